import type { MethodName } from '../../spec/amqp091/classes.ts';
import { classes } from '../../spec/amqp091/classes.ts';
import { type DomainName, domains, type FieldTable, type FieldType, type FieldValue, type TagDialect, type WireType } from '../../spec/amqp091/domains.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import { encodeTable } from '../../wire/amqp091/field-table.ts';
import { decodeFrame, type Frame } from '../../wire/amqp091/frame.ts';
import { camelCase, methodFields } from '../../wire/amqp091/method.ts';
import { byName, plainDepth, plainFrameMax, plainName, type Reading } from './reading.ts';
import { type Difference, differing, type Node } from './same-value.ts';

const integers = 'amqp091/4.2.5.1.integers';
const fieldTypes = 'amqp091/4.2.5.5.field-types';

/** What says how each type is written. */
const rules: { readonly [T in WireType | FieldType]: RuleId } = {
  bit: 'amqp091/4.2.5.2.bits',
  octet: integers,
  short: integers,
  long: integers,
  longlong: integers,
  shortstr: 'amqp091/4.2.5.3.short-string-length',
  longstr: 'amqp091/4.2.5.3.long-string',
  timestamp: 'amqp091/4.2.5.4.timestamp',
  table: fieldTypes,
  boolean: fieldTypes,
  'short-short-int': fieldTypes,
  'short-short-uint': fieldTypes,
  'short-int': fieldTypes,
  'short-uint': fieldTypes,
  'long-int': fieldTypes,
  'long-uint': fieldTypes,
  'long-long-int': fieldTypes,
  'long-long-uint': fieldTypes,
  float: fieldTypes,
  double: fieldTypes,
  decimal: 'amqp091/4.2.5.5.decimal',
  'short-string': 'amqp091/4.2.5.3.short-string-length',
  'long-string': 'amqp091/4.2.5.3.long-string',
  array: 'amqp091/4.2.5.5.array',
  void: fieldTypes,
  'byte-array': fieldTypes,
};

function ofField({ type, value }: FieldValue): Node {
  const rule = rules[type];
  switch (type) {
    case 'void':
      return { kind: 'null', type, rule };
    case 'boolean':
      return { kind: 'boolean', type, rule, value };
    case 'float':
    case 'double':
      return { kind: 'real', type, rule, value, single: type === 'float' };
    case 'decimal':
      return { kind: 'decimal', type, rule, ...value };
    case 'short-string':
      return { kind: 'text', type, rule, value };
    case 'long-string':
    case 'byte-array':
      return { kind: 'octets', type, rule, value, text: type === 'long-string' };
    case 'array':
      return { kind: 'items', type, rule, items: value.map(ofField) };
    case 'table':
      return ofTable(value);
    default:
      return { kind: 'integer', type, rule, value };
  }
}

const nameOf = (value: string): Node => ({ kind: 'text', type: 'shortstr', rule: rules.shortstr, value });

/** Pairs of a table have no order. */
function ofTable(table: FieldTable): Node {
  return { kind: 'map', type: 'table', rule: rules.table, ordered: false, pairs: table.map(([name, value]) => [nameOf(name), ofField(value)] as const) };
}

function ofWire(type: WireType, value: unknown): Node {
  const rule = rules[type];
  switch (type) {
    case 'bit':
      return { kind: 'boolean', type, rule, value: value as boolean };
    case 'shortstr':
      return nameOf(value as string);
    case 'longstr':
      return { kind: 'octets', type, rule, value: value as Uint8Array, text: true };
    case 'table':
      return ofTable(value as FieldTable);
    default:
      return { kind: 'integer', type, rule, value: value as number | bigint };
  }
}

/** What is different in the fields that both name. */
function inFields(
  rows: Readonly<Record<string, DomainName>>,
  values: Readonly<Record<string, unknown>>,
  theirs: unknown,
  path: string,
): Difference | undefined {
  const given = byName(theirs);
  if (given === undefined) return undefined;
  for (const [name, domain] of Object.entries(rows)) {
    const value = values[camelCase(name)];
    const their = given.get(plainName(name));
    if (value === undefined || their === undefined) continue;
    const found = differing(ofWire(domains[domain].type, value), their, `${path}.${name}`);
    if (found) return found;
  }
  return undefined;
}

const literal = (type: string, rule: RuleId, ours: string | number, theirs: unknown): Difference | undefined =>
  theirs === undefined || theirs === ours ? undefined : { rule, type, detail: `the ${type} is ${ours}, they read ${JSON.stringify(theirs)}` };

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

function inFrame(frame: Frame, theirs: unknown): Difference | undefined {
  const given = byName(theirs);
  if (given === undefined) return undefined;
  const head =
    literal('frame type', 'amqp091/4.2.3.frame-type', frame.type, given.get('type')) ??
    // Where a heartbeat travels is of no account.
    (frame.type === 'heartbeat' ? undefined : literal('channel', 'amqp091/4.2.3.channel-number', frame.channel, given.get('channel')));
  if (head) return head;
  switch (frame.type) {
    case 'method':
      return (
        literal('method', 'amqp091/4.2.4.method-identifiers', frame.method.name, given.get('method')) ??
        inFields(methodFields(frame.method.name), frame.method.args as Readonly<Record<string, unknown>>, given.get('arguments'), frame.method.name)
      );
    case 'header':
      return (
        literal('class', 'amqp091/4.2.6.1.class-id', frame.header.classId, given.get('class')) ??
        differing(
          { kind: 'integer', type: 'body size', rule: 'amqp091/4.2.6.1.body-size', value: frame.header.bodySize },
          given.get('bodysize'),
          'the body size',
        ) ??
        inFields(classes.basic.properties, frame.header.properties as Readonly<Record<string, unknown>>, given.get('properties'), 'header')
      );
    case 'body':
      return literal('payload', 'amqp091/4.2.6.2.opaque', hex(frame.payload), given.get('payload'));
    case 'heartbeat':
      return undefined;
  }
}

function plainField({ type, value }: FieldValue, depth: number): boolean {
  if (type === 'table') return plainTable(value, depth + 1);
  return type !== 'array' || (depth < plainDepth && value.every(each => plainField(each, depth + 1)));
}

const fieldName = /^[a-z$#][\w$#-]{0,127}$/i;

function plainTable(table: FieldTable, depth: number): boolean {
  const names = table.map(([name]) => name);
  return (
    depth < plainDepth &&
    new Set(names).size === names.length &&
    names.every(name => fieldName.test(name)) &&
    table.every(([, value]) => plainField(value, depth))
  );
}

const surrogate = /\p{Surrogate}/u;

/** Whether a table stands there as the errata write it: tags of the text alone are known to few, and a boolean may be any octet. */
const asWritten = (table: FieldTable, octets: Uint8Array): boolean => table.length === 0 || Buffer.from(octets).includes(Buffer.from(encodeTable(table)));

function plainFields(rows: Readonly<Record<string, DomainName>>, values: Readonly<Record<string, unknown>>, octets: Uint8Array): boolean {
  return Object.entries(rows).every(([name, domain]) => {
    const value = values[camelCase(name)];
    if (value === undefined) return true;
    const { type } = domains[domain];
    if (type === 'shortstr') return !surrogate.test(value as string);
    return type !== 'table' || (plainTable(value as FieldTable, 0) && asWritten(value as FieldTable, octets));
  });
}

const onChannelZero = (name: MethodName): boolean => name.startsWith('connection.');

function plainFrame(frame: Frame, octets: Uint8Array): boolean {
  switch (frame.type) {
    case 'method':
      return (
        (frame.channel === 0) === onChannelZero(frame.method.name) &&
        plainFields(methodFields(frame.method.name), frame.method.args as Readonly<Record<string, unknown>>, octets)
      );
    case 'header':
      return frame.channel > 0 && plainFields(classes.basic.properties, frame.header.properties as Readonly<Record<string, unknown>>, octets);
    case 'body':
      return frame.channel > 0;
    case 'heartbeat':
      return frame.channel === 0;
  }
}

interface Frames {
  readonly frames: readonly Frame[];
  readonly largest: number;
  readonly reading: Pick<Reading, 'end' | 'violation' | 'whole'>;
}

function framesOf(bytes: Uint8Array, tags: TagDialect): Frames {
  const frames: Frame[] = [];
  let largest = 0;
  for (let offset = 0; ; ) {
    const decoded = decodeFrame(bytes, { offset, tags });
    if (decoded.kind === 'need-more') return { frames, largest, reading: { end: offset, whole: false } };
    if (decoded.kind === 'violation') {
      const size = bytes.length - offset < 8 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset + offset).getUint32(3) + 8;
      return { frames, largest, reading: { end: offset, violation: decoded, whole: offset + size <= bytes.length } };
    }
    frames.push(decoded.value);
    largest = Math.max(largest, decoded.end - offset);
    offset = decoded.end;
  }
}

/** What we read of a stream of 0-9-1, by the tags of the errata; what a subject reads by those of the text is no difference. */
export function readAmqp091(bytes: Uint8Array): Reading {
  const { frames, largest, reading } = framesOf(bytes, 'errata');
  const among = (ours: readonly Frame[], values: readonly unknown[]): Difference | undefined => {
    for (const [index, frame] of ours.slice(0, values.length).entries()) {
      const found = inFrame(frame, values[index]);
      if (found) return found;
    }
    return undefined;
  };
  return {
    ...reading,
    count: frames.length,
    plain: () => largest <= plainFrameMax && frames.every(frame => plainFrame(frame, bytes)),
    compare(values) {
      const found = among(frames, values);
      return found && among(framesOf(bytes, 'text').frames, values) ? found : undefined;
    },
  };
}
