import { type CamelCase, classes, type Method, type MethodArguments, type MethodName, type MethodRow } from '../../spec/amqp091/classes.ts';
import { frameEnd, frameTypes } from '../../spec/amqp091/constants.ts';
import { type DomainName, domains, type TagDialect } from '../../spec/amqp091/domains.ts';
import type { Violation } from '../decoded.ts';
import { cursorOver } from './cursor.ts';
import { wireCodecs } from './domain-codecs.ts';
import type { ReadOptions, TagOptions } from './field-table.ts';
import { Octets } from './octets.ts';
import { type FieldReader, type RecordReader, recordReader } from './record.ts';
import { wireRules } from './wire-rules.ts';

type Values = Record<string, unknown>;

/** Writes one argument, or one octet of up to eight bits; `key` is the name of the argument, bits have none. */
interface Step {
  readonly key?: string;
  readonly write: (octets: Octets, args: Values, tags: TagDialect) => void;
}

/** One method, compiled from its row: its arguments in wire order, with the values that left-out ones have. */
interface Compiled {
  readonly name: MethodName;
  readonly classId: number;
  readonly methodId: number;
  readonly fields: MethodRow['fields'];
  readonly zeros: Values;
  readonly read: RecordReader;
  readonly steps: readonly Step[];
}

/** `auto-delete` as `autoDelete`. */
export function camelCase<S extends string>(name: S): CamelCase<S> {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) as CamelCase<S>;
}

const bitsStep = (keys: readonly string[]): Step => ({
  write(octets, args) {
    octets.octet(keys.reduce((octet, key, bit) => (args[key] ? octet | (1 << bit) : octet), 0));
  },
});

function valueStep(key: string, type: keyof typeof wireCodecs): Step {
  const write = wireCodecs[type].write as (octets: Octets, value: unknown, tags: TagDialect) => void;
  return { key, write: (octets, args, tags) => write(octets, args[key], tags) };
}

/** Reads a bit from the octet that it shares with its neighbours; the first of them takes the octet. */
const bitReader = (index: number): FieldReader => (index === 0 ? cursor => cursor.firstBit() : cursor => cursor.bit(index));

function compile(name: MethodName, classId: number, row: MethodRow): Compiled {
  const zeros: Values = {};
  const readers: FieldReader[] = [];
  const steps: Step[] = [];
  let bits: string[] = [];
  const flush = () => {
    if (bits.length > 0) steps.push(bitsStep(bits));
    bits = [];
  };
  for (const [field, domain] of Object.entries(row.fields)) {
    const key = camelCase(field);
    const { type } = domains[domain];
    if (type === 'bit') {
      if (bits.length === 8) flush();
      readers.push(bitReader(bits.length));
      bits.push(key);
      zeros[key] = false;
    } else {
      flush();
      readers.push(wireCodecs[type].read);
      steps.push(valueStep(key, type));
      zeros[key] = wireCodecs[type].zero;
    }
  }
  flush();
  return { name, classId, methodId: row.id, fields: row.fields, zeros, read: recordReader(Object.keys(zeros), readers), steps };
}

const compiled = Object.entries(classes).flatMap(([className, { id, methods }]) =>
  Object.entries(methods as Readonly<Record<string, MethodRow>>).map(([method, row]) => compile(`${className}.${method}` as MethodName, id, row)),
);
const byName: ReadonlyMap<string, Compiled> = new Map(compiled.map(each => [each.name, each]));
const byIds: ReadonlyMap<number, Compiled> = new Map(compiled.map(each => [each.classId * 0x10000 + each.methodId, each]));
const classIds: ReadonlySet<number> = new Set(compiled.map(each => each.classId));

/** Every method of the tables, in their order. */
export const methodNames: readonly MethodName[] = compiled.map(each => each.name);

function codecOf(name: MethodName): Compiled {
  const codec = byName.get(name);
  if (!codec) throw new RangeError(`${name} is no method of AMQP 0-9-1`);
  return codec;
}

/** A method of that name; arguments left out are zero, empty or false. */
export function method<N extends MethodName>(name: N, args: Partial<MethodArguments<N>> = {}): Method<N> {
  return { name, args: { ...codecOf(name).zeros, ...args } } as unknown as Method<N>;
}

/** The fields of a method in wire order, by their names on the wire. */
export function methodFields(name: MethodName): Readonly<Record<string, DomainName>> {
  return codecOf(name).fields;
}

/** The numbers that stand for a method on the wire. */
export function methodIds(name: MethodName): { readonly classId: number; readonly methodId: number } {
  const { classId, methodId } = codecOf(name);
  return { classId, methodId };
}

/** The method that these numbers stand for, if any. */
export function methodName(classId: number, methodId: number): MethodName | undefined {
  return byIds.get(classId * 0x10000 + methodId)?.name;
}

/** Reads the payload of a method frame. Offsets count from its start. */
export function decodeMethod(payload: Uint8Array, { tags = 'errata', zeros = false }: ReadOptions = {}): Method | Violation {
  return methodAt(payload, 0, payload.length, tags, zeros);
}

/** Reads the payload of a method frame that is `bytes[start, end)`. Offsets count from the start of `bytes`. */
export function methodAt(bytes: Uint8Array, start: number, end: number, tags: TagDialect, zeros = false): Method | Violation {
  const cursor = cursorOver(bytes, start, end, 'methodIdentifiers', 'a method payload');
  cursor.zeros = zeros;
  const classId = cursor.short();
  const methodId = cursor.short();
  if (cursor.fault) return cursor.fault;
  const codec = byIds.get(classId * 0x10000 + methodId);
  if (!codec) return unknown(classId, methodId, start);
  cursor.overrun = 'argumentsTruncated';
  const args = codec.read(cursor, tags);
  const left = cursor.end - cursor.at;
  if (left > 0) cursor.fail('argumentsTrailing', cursor.at, `${left} octets behind the last argument of ${codec.name}`);
  return cursor.fault ?? ({ name: codec.name, args } as unknown as Method);
}

function unknown(classId: number, methodId: number, start: number): Violation {
  const known = classIds.has(classId);
  return {
    kind: 'violation',
    rule: known ? wireRules.methodUnknown : wireRules.classUnknown,
    offset: known ? start + 2 : start,
    detail: known ? `class ${classId} has no method ${methodId}` : `class ${classId} is not known`,
  };
}

function writeMethod(octets: Octets, { name, args }: Method, tags: TagDialect): void {
  const codec = codecOf(name);
  octets.short(codec.classId);
  octets.short(codec.methodId);
  for (const step of codec.steps) step.write(octets, args as unknown as Values, tags);
}

/**
 * The payload of a method frame in which other octets, legal or not, stand in place of one argument.
 * @throws {RangeError} where the method has no argument of that name, or it is a bit.
 */
export function encodeMethodWith(value: Method, key: string, replacement: Uint8Array, { tags = 'errata' }: TagOptions = {}): Uint8Array {
  const codec = codecOf(value.name);
  if (!codec.steps.some(step => step.key === key)) throw new RangeError(`${value.name} has no octets of its own for ${key}`);
  const octets = new Octets();
  octets.short(codec.classId);
  octets.short(codec.methodId);
  for (const step of codec.steps) {
    if (step.key === key) octets.raw(replacement);
    else step.write(octets, value.args as unknown as Values, tags);
  }
  return octets.done();
}

/** The payload of a method frame. */
export function encodeMethod(value: Method, { tags = 'errata' }: TagOptions = {}): Uint8Array {
  const octets = new Octets();
  writeMethod(octets, value, tags);
  return octets.done();
}

/** Where one frame is written at a time: no more than one is ever under way, and making room for each costs more than writing it. */
const scratch = new Octets(1024);

/**
 * A whole method frame.
 * @throws {RangeError} where an argument does not fit its type.
 */
export function encodeMethodFrame(channel: number, value: Method, { tags = 'errata' }: TagOptions = {}): Uint8Array {
  const octets = scratch;
  octets.clear();
  octets.octet(frameTypes.method);
  octets.short(channel);
  const start = octets.skipLong();
  writeMethod(octets, value, tags);
  octets.sizeSince(start);
  octets.octet(frameEnd);
  return octets.done();
}
