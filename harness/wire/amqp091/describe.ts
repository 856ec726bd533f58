import { classes, type Method } from '../../spec/amqp091/classes.ts';
import { type DomainName, domains, type FieldTable, type FieldValue, type WireType, type WireValues } from '../../spec/amqp091/domains.ts';
import { isViolation, shifted, type Violation } from '../decoded.ts';
import { parseProtocolHeader } from '../protocol-header.ts';
import type { ContentHeader } from './content.ts';
import type { TagOptions } from './field-table.ts';
import { decodePayload, type Frame } from './frame.ts';
import { camelCase, methodFields } from './method.ts';
import { decodeRawFrame } from './raw-frame.ts';
import { readText } from './short-string.ts';

/** Longest body, string or hexadecimal dump that is shown whole, in octets. */
const shown = 32;

const table = (pairs: FieldTable): string => `{${pairs.map(([name, value]) => `${quoted(name)}: ${field(value)}`).join(', ')}}`;

const texts: { readonly [T in WireType]: (value: WireValues[T]) => string } = {
  bit: String,
  octet: String,
  short: String,
  long: String,
  longlong: String,
  shortstr: value => quoted(value),
  longstr: value => octets(value),
  timestamp: String,
  table,
};

function field({ type, value }: FieldValue): string {
  switch (type) {
    case 'table':
      return table(value);
    case 'array':
      return `[${value.map(field).join(', ')}]`;
    case 'long-string':
      return octets(value);
    case 'byte-array':
      return `${type} ${octets(value)}`;
    case 'short-string':
      return `${type} ${quoted(value)}`;
    case 'decimal':
      return `${type} ${value.value} / 10^${value.scale}`;
    case 'void':
      return type;
    default:
      return `${type} ${value}`;
  }
}

/** Text with all that could disturb a terminal or a line escaped. */
export function quoted(text: string): string {
  const plain = JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, symbol => `\\u${symbol.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return plain;
}

/** Octets as quoted text where they are printable, else hexadecimal; long ones elided. */
export function octets(bytes: Uint8Array): string {
  const part = bytes.subarray(0, shown);
  const rest = bytes.length > shown ? `… (${bytes.length} octets)` : '';
  const printable = part.every(octet => octet >= 0x20 && octet < 0x7f);
  return (printable ? quoted(readText(part, 0, part.length)) : `0x${hex(part)}`) + rest;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Fields by their names on the wire, those left out that are zero, empty or false. */
function fields(rows: Readonly<Record<string, DomainName>>, values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(rows).flatMap(([name, domain]) => {
    const value = values[camelCase(name)];
    const empty = !value || (typeof value === 'object' && 'length' in value && value.length === 0);
    return empty ? [] : [`${name} ${(texts[domains[domain].type] as (value: unknown) => string)(value)}`];
  });
}

/** One method in a line: its name and the arguments that are not zero, empty or false. */
export function describeMethod({ name, args }: Method): string {
  const parts = fields(methodFields(name), args as Readonly<Record<string, unknown>>);
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`;
}

function describeHeader({ classId, weight, bodySize, properties }: ContentHeader): string {
  const odd = [classId === classes.basic.id ? [] : [`class ${classId}`], weight === 0 ? [] : [`weight ${weight}`]].flat();
  return ['header', [`body of ${bodySize} octets`, ...odd, ...fields(classes.basic.properties, properties)].join(', ')].join(' ');
}

/**
 * One frame in a line, long bodies and strings elided.
 * @example describeFrame({ type: 'body', channel: 1, payload }) // 'channel 1 body of 5 octets "hello"'
 */
export function describeFrame(frame: Frame): string {
  const channel = `channel ${frame.channel}`;
  switch (frame.type) {
    case 'method':
      return `${channel} ${describeMethod(frame.method)}`;
    case 'header':
      return `${channel} ${describeHeader(frame.header)}`;
    case 'body':
      return `${channel} body of ${frame.payload.length} octets${frame.payload.length === 0 ? '' : ` ${octets(frame.payload)}`}`;
    case 'heartbeat':
      return `${channel} heartbeat`;
  }
}

/** A violation in a line. */
export function describeViolation({ rule, offset, detail }: Violation): string {
  return `breaks ${rule} at octet ${offset}: ${detail}`;
}

/** How a piece of a stream is annotated. */
export interface AnnotateOptions extends TagOptions {
  /** Where the piece starts in its stream: what the first line is numbered. */
  readonly offset?: number;
}

/**
 * A piece of a stream, one line for each frame, protocol header or leftover, numbered by its first octet. A malformed payload is one line too;
 * where no frame can be cut out, all the rest is one line. Total on any octets.
 */
export function annotate(bytes: Uint8Array, { offset = 0, tags = 'errata' }: AnnotateOptions = {}): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { text, end } = piece(bytes, at, tags, offset);
    lines.push(`${offset + at}: ${text}`);
    at = end;
  }
  return lines;
}

function piece(bytes: Uint8Array, at: number, tags: TagOptions['tags'] & string, base: number): { readonly text: string; readonly end: number } {
  const rest = bytes.subarray(at);
  const header = rest[0] === 0x41 ? parseProtocolHeader(rest) : undefined;
  if (header?.kind === 'value') {
    const { id, major, minor, revision } = header.value;
    return { text: `protocol header AMQP ${id} ${major} ${minor} ${revision}`, end: at + header.end };
  }
  const raw = decodeRawFrame(rest);
  if (raw.kind === 'value') {
    const frame = decodePayload(raw.value, { tags });
    const text = isViolation(frame) ? broken(frame, base + at, rest.subarray(0, raw.end)) : describeFrame(frame);
    return { text, end: at + raw.end };
  }
  const unfinished = raw.kind === 'need-more' || header?.kind === 'need-more';
  return { text: unfinished ? `beginning of a ${header ? 'protocol header' : 'frame'}: ${sized(rest)}` : broken(raw, base + at, rest), end: bytes.length };
}

const sized = (bytes: Uint8Array): string => `${bytes.length} octets ${octets(bytes)}`;

/** A violation found in `bytes`, which start at `base` in the stream. */
const broken = (violation: Violation, base: number, bytes: Uint8Array): string => `${describeViolation(shifted(violation, base))}: ${sized(bytes)}`;
