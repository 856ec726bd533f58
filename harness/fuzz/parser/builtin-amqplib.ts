import { classes } from '../../spec/amqp091/classes.ts';
import { frameTypes } from '../../spec/amqp091/constants.ts';
import { methodName } from '../../wire/amqp091/method.ts';
import { moduleOf } from './beside.ts';
import type { ParserModule } from './parsers.ts';
import type { Verdict } from './verdict.ts';

/** What amqplib's `lib/frame.js` gives. */
interface Cut {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
  readonly rest: Buffer;
}

interface Decoded {
  readonly id?: number;
  readonly channel: number;
  readonly size?: number;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly content?: Buffer;
}

interface FrameModule {
  readonly parseFrame: (bytes: Buffer, max: number) => Cut | false;
  readonly decodeFrame: (frame: Cut) => Decoded;
}

/** What amqplib says on purpose of octets that it does not take. */
const refusals = [/^Invalid frame$/, /^Frame size \d+ exceeds/, /^Unknown frame type/, /^Unexpected type tag/, /^Unknown class\/(method|properties) ID/];

/** Codes of Node's own errors for reading behind the end of a buffer. */
const behindTheEnd = new Set(['ERR_OUT_OF_RANGE', 'ERR_BUFFER_OUT_OF_BOUNDS']);

/**
 * Whether an exception is a rejection. Besides what amqplib says on purpose, that is what Node throws where a read goes behind the end of the frame: it has no other
 * check for octets that are missing, and whoever calls its decoder catches all and closes the connection. So it is with a table nested too deep for the stack, which it may refuse. Anything else is a mistake inside of it.
 */
function refuses(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  return behindTheEnd.has(String(code)) || (error instanceof RangeError && /call stack/.test(error.message)) || refusals.some(each => each.test(error.message));
}

const hex = (octets: Buffer): string => octets.toString('hex');

/** A value as amqplib has it, in canonical form: it tells integers from floating-point numbers no more than JavaScript does. */
function canonical(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return { octets: hex(value) };
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const { '!': type, value: inner } = value as { readonly '!'?: unknown; readonly value?: unknown };
  if (type === 'timestamp' && typeof inner === 'number') return { timestamp: inner };
  if (type === 'decimal' && typeof inner === 'object') {
    const { places, digits } = inner as { readonly places: number; readonly digits: number };
    return { decimal: [places, digits] };
  }
  return { entries: Object.entries(value).map(([name, each]) => [name, canonical(each)]) };
}

const fieldsOf = (fields: Readonly<Record<string, unknown>> = {}): object =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === undefined ? undefined : canonical(value)]));

function frameOf({ type, channel }: Cut, { id = 0, size = 0, fields, content }: Decoded): object {
  switch (type) {
    case frameTypes.method:
      return { type: 'method', channel, method: methodName(id >>> 16, id & 0xffff), arguments: fieldsOf(fields) };
    case frameTypes.header:
      return { type: 'header', channel, class: classes.basic.id, 'body-size': size, properties: fieldsOf(fields) };
    case frameTypes.body:
      return { type: 'body', channel, payload: hex(content ?? Buffer.alloc(0)) };
    default:
      return { type: 'heartbeat' };
  }
}

/**
 * The frame parser of amqplib, as its connection calls it: `parseFrame`, then `decodeFrame`.
 * @throws {ParserError} where amqplib is not installed.
 */
export function builtinAmqplib(): ParserModule {
  const { parseFrame, decodeFrame } = moduleOf('amqplib', 'lib/frame.js') as FrameModule;
  return {
    parse(bytes: Buffer): Verdict {
      const value: object[] = [];
      let rest = bytes;
      try {
        for (let cut = parseFrame(rest, 0); cut !== false; cut = parseFrame(rest, 0)) {
          value.push(frameOf(cut, decodeFrame(cut)));
          rest = cut.rest;
        }
        return { accept: true, consumed: bytes.length - rest.length, value };
      } catch (error) {
        if (!refuses(error)) throw error;
        return { accept: false, consumed: bytes.length - rest.length, error: error.message, value };
      }
    },
  };
}
