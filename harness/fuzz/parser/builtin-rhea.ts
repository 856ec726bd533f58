import { primitives } from '../../spec/amqp10/primitives.ts';
import { moduleOf } from './beside.ts';
import type { ParserModule } from './parsers.ts';
import type { Verdict } from './verdict.ts';

/** A value as rhea's `lib/types.js` has it. */
interface Typed {
  readonly type: { readonly typecode: number };
  readonly value: unknown;
  readonly descriptor?: Typed;
  readonly array_constructor?: { readonly typecode: number; readonly descriptor?: Typed };
}

/** A performative that rhea knows: its fields, unless something else was described, and its descriptor with the class. */
interface Composite {
  readonly value: readonly Typed[] | string | number;
  readonly constructor: { readonly descriptor?: { readonly numeric: number } };
}

interface Frame {
  readonly size: number;
  readonly type: number;
  readonly channel: number;
  readonly performative?: (Typed | Composite) & { readonly dispatch: (handler: unknown, frame: Frame) => void };
  readonly payload?: Buffer;
}

interface FramesModule {
  readonly read_frame: (bytes: Buffer) => Frame | null;
}

interface ErrorsModule {
  readonly ProtocolError: new (message: string) => Error;
}

const typeByCode: ReadonlyMap<number, string> = new Map(
  Object.entries(primitives).flatMap(([type, rows]) => Object.values(rows).map(({ code }) => [code as number, type] as const)),
);

const hex = (octets: Buffer): string => octets.toString('hex');

/** What stands for a value of a type; 64-bit integers are numbers, or octets where a number is not exact. */
function plain(type: string, value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (Buffer.isBuffer(value) && (type === 'ulong' || type === 'long')) return String(type === 'ulong' ? value.readBigUInt64BE() : value.readBigInt64BE());
  if (Buffer.isBuffer(value)) return hex(value);
  return value;
}

function canonical(typed: Typed): unknown {
  const { descriptor, value } = typed;
  if (descriptor !== undefined) return { described: [canonical(descriptor), canonical({ ...typed, descriptor: undefined } as unknown as Typed)] };
  const type = typeByCode.get(typed.type.typecode) ?? 'unknown';
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return Boolean(value);
    case 'list':
    case 'array':
      return { [type]: (value as readonly Typed[]).map(canonical) };
    case 'map': {
      const items = (value as readonly Typed[]).map(canonical);
      return { map: Array.from({ length: Math.ceil(items.length / 2) }, (_, index) => items.slice(2 * index, 2 * index + 2)) };
    }
    default:
      return { [type]: plain(type, value) };
  }
}

const isComposite = (performative: Typed | Composite): performative is Composite =>
  'constructor' in performative && (performative as Composite).constructor.descriptor !== undefined;

function frameOf({ type, channel, performative, payload }: Frame): object {
  const body =
    performative === undefined
      ? null
      : isComposite(performative)
        ? // Which of its two descriptors it had is lost.
          { described: [undefined, Array.isArray(performative.value) ? performative.value.map(canonical) : undefined] }
        : canonical(performative);
  return { type: type === 0 ? 'amqp' : 'sasl', channel, performative: body, payload: payload === undefined ? '' : hex(payload) };
}

/** Whoever a performative is handed on to. */
const nobody = new Proxy({}, { get: () => () => undefined });

/**
 * The frame parser of rhea, as its transport calls it: one slice of the stream for each frame, then its performative handed on. What it means as a rejection are its `ProtocolError`s, which its
 * connection tells apart: those close the connection. Any other exception becomes an event `error`, which ends a program that does not listen to it.
 * @throws {ParserError} where rhea is not installed.
 */
export function builtinRhea(): ParserModule {
  const { read_frame } = moduleOf('rhea', 'lib/frames.js') as FramesModule;
  const { ProtocolError } = moduleOf('rhea', 'lib/errors.js') as ErrorsModule;
  return {
    parse(bytes: Buffer): Verdict {
      const value: object[] = [];
      let consumed = 0;
      try {
        while (consumed < bytes.length - 4) {
          const size = bytes.readUInt32BE(consumed);
          if (bytes.length < consumed + size) break;
          const frame = read_frame(bytes.subarray(consumed, consumed + size));
          if (frame === null) break;
          frame.performative?.dispatch(nobody, frame);
          value.push(frameOf(frame));
          consumed += size;
        }
        return { accept: true, consumed, value };
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        return { accept: false, consumed, error: error.message, value };
      }
    },
  };
}
