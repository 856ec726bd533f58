import { protocolIds } from '../../spec/amqp10/constants.ts';
import type { AmqpValue, PrimitiveType, PrimitiveValues } from '../../spec/amqp10/primitives.ts';
import type { Composite } from '../../spec/amqp10/values.ts';
import { describeViolation, octets, quoted } from '../amqp091/describe.ts';
import { isViolation, shifted, type Violation } from '../decoded.ts';
import { parseProtocolHeader } from '../protocol-header.ts';
import { camelCase, compositeFields, compositeNames, compositeOf } from './composite.ts';
import { decodeBody, type Frame } from './frame.ts';
import { decodeMessage, type Message } from './message.ts';
import { decodeRawFrame } from './raw-frame.ts';
import { decodeValue } from './value.ts';

const uuid = (value: Uint8Array): string =>
  Buffer.from(value)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const hex = (value: Uint8Array): string => `0x${Buffer.from(value).toString('hex')}`;
const list = (values: readonly AmqpValue[]): string => `[${values.map(describeValue).join(', ')}]`;

/** Strings are quoted and symbols are not; of numbers the type is told unless it is uint. */
const texts: { readonly [T in PrimitiveType]: (value: PrimitiveValues[T]) => string } = {
  null: () => 'null',
  boolean: String,
  ubyte: value => `ubyte ${value}`,
  ushort: value => `ushort ${value}`,
  uint: String,
  ulong: value => `ulong ${value}`,
  byte: value => `byte ${value}`,
  short: value => `short ${value}`,
  int: value => `int ${value}`,
  long: value => `long ${value}`,
  float: value => `float ${value}`,
  double: value => `double ${value}`,
  decimal32: value => `decimal32 ${hex(value)}`,
  decimal64: value => `decimal64 ${hex(value)}`,
  decimal128: value => `decimal128 ${hex(value)}`,
  char: value => `char U+${value.toString(16).toUpperCase().padStart(4, '0')}`,
  timestamp: value => `timestamp ${value}`,
  uuid,
  binary: value => `binary ${octets(value)}`,
  string: quoted,
  symbol: plainSymbol,
  list,
  map: value => `{${value.map(([key, each]) => `${describeValue(key)}: ${describeValue(each)}`).join(', ')}}`,
  array: ({ of, descriptors, items }) => `array of ${descriptors.map(each => `(${describeValue(each)}) `).join('')}${of} ${list(items)}`,
};

/** A symbol without quotes where it looks like one. */
function plainSymbol(symbol: string): string {
  return /^[\w:.*/+-]+$/.test(symbol) ? symbol : `symbol ${quoted(symbol)}`;
}

/** A value in a line. What the standard describes is called by its name. */
export function describeValue(value: AmqpValue): string {
  if (value.type !== 'described') return (texts[value.type] as (value: unknown) => string)(value.value);
  const known = compositeOf(value);
  return known ? describeComposite(known) : `(${describeValue(value.descriptor)}) ${describeValue(value.value)}`;
}

const isNested = (value: unknown): value is Composite | AmqpValue => typeof value === 'object' && value !== null && 'type' in value;
const names: ReadonlySet<string> = new Set(compositeNames);

/** A field as the codec answers it: a composite, a typed value, several of one type, pairs, or a plain value. */
function field(value: unknown): string {
  if (value instanceof Uint8Array) return octets(value);
  if (Array.isArray(value)) return value.some(Array.isArray) ? pairs(value as readonly (readonly [unknown, unknown])[]) : `[${value.map(field).join(', ')}]`;
  if (isNested(value)) return names.has(value.type) ? describeComposite(value as Composite) : describeValue(value as AmqpValue);
  return typeof value === 'string' ? quoted(value) : String(value);
}

const pairs = (entries: readonly (readonly [unknown, unknown])[]): string => `{${entries.map(([key, value]) => `${field(key)}: ${field(value)}`).join(', ')}}`;

/**
 * A composite in a line: its name and the fields that have a value, by their names on the wire.
 * @example describeComposite(composite('open', { containerId: 'me' })) // 'open (container-id "me")'
 */
export function describeComposite(value: Composite): string {
  const values = value as unknown as Readonly<Record<string, unknown>>;
  const parts = Object.keys(compositeFields(value.type)).flatMap(name => {
    const each = values[camelCase(name)];
    return each === undefined ? [] : [`${name} ${field(each)}`];
  });
  return parts.length === 0 ? value.type : `${value.type} (${parts.join(', ')})`;
}

/** A message in a line: its sections as they stand, each with its value. */
export function describeMessage(message: Message): string {
  return message.places
    .map(({ name, valueStart, end }) => {
      const value = decodeValue(message.bytes.subarray(valueStart, end));
      if (value.kind !== 'value') return name;
      const typed = name === 'header' ? message.header : name === 'properties' ? message.properties : undefined;
      return typed ? describeComposite(typed) : `${name} ${value.value.type === 'binary' ? octets(value.value.value) : describeValue(value.value)}`;
    })
    .join(', ');
}

/** Octets behind a performative: the message that they are, or as much of one as can be told. */
function payloadText(payload: Uint8Array, more: boolean): string {
  if (payload.length === 0) return '';
  const message = more ? undefined : decodeMessage(payload);
  if (!message || isViolation(message)) return ` and ${payload.length} octets ${octets(payload)}`;
  return ` and ${payload.length} octets: ${describeMessage(message)}`;
}

/**
 * One frame in a line, long strings and bodies elided.
 * @example describeFrame({ type: 'sasl', body: composite('sasl-outcome', { code: 'ok' }) }) // 'SASL sasl-outcome (code "ok")'
 */
export function describeFrame(frame: Frame): string {
  if (frame.type === 'sasl') return `SASL ${describeComposite(frame.body)}`;
  const { channel, performative, payload } = frame;
  if (!performative) return `channel ${channel} empty frame`;
  const more = performative.type === 'transfer' && performative.more === true;
  return `channel ${channel} ${describeComposite(performative)}${payloadText(payload, more)}`;
}

/**
 * A piece of a stream, one line for each frame, protocol header or leftover, numbered by its first octet; `offset` is where the piece starts in its stream.
 * A malformed body is one line too; where no frame can be cut out, all the rest is one line. Total on any octets.
 */
export function annotate(bytes: Uint8Array, { offset = 0 }: { readonly offset?: number } = {}): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { text, end } = piece(bytes, at, offset);
    lines.push(`${offset + at}: ${text}`);
    at = end;
  }
  return lines;
}

const layers = Object.entries(protocolIds).map(([name, id]) => [id, name] as const);

function piece(bytes: Uint8Array, at: number, base: number): { readonly text: string; readonly end: number } {
  const rest = bytes.subarray(at);
  const header = rest[0] === 0x41 ? parseProtocolHeader(rest) : undefined;
  if (header?.kind === 'value') {
    const { id, major, minor, revision } = header.value;
    const layer = layers.find(([each]) => each === id)?.[1];
    return {
      text: `protocol header AMQP ${id} ${major} ${minor} ${revision}${layer === undefined || id === 0 ? '' : ` (${layer.toUpperCase()})`}`,
      end: at + header.end,
    };
  }
  const raw = decodeRawFrame(rest);
  if (raw.kind === 'value') {
    const frame = decodeBody(raw.value);
    return { text: isViolation(frame) ? broken(frame, base + at, rest.subarray(0, raw.end)) : describeFrame(frame), end: at + raw.end };
  }
  const unfinished = raw.kind === 'need-more' || header?.kind === 'need-more';
  return { text: unfinished ? `beginning of a ${header ? 'protocol header' : 'frame'}: ${sized(rest)}` : broken(raw, base + at, rest), end: bytes.length };
}

const sized = (bytes: Uint8Array): string => `${bytes.length} octets ${octets(bytes)}`;

/** A violation found in `bytes`, which start at `base` in the stream. */
const broken = (violation: Violation, base: number, bytes: Uint8Array): string => `${describeViolation(shifted(violation, base))}: ${sized(bytes)}`;
