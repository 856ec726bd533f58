import { type AmqpError, type AmqpValue, type Composite, compositeFields } from '../../wire/amqp10/codec.ts';
import { camelCase } from '../../wire/amqp10/composite.ts';
import type { Message } from '../message.ts';
import { errorOf } from './amqp10-errors.ts';
import { idText, plainOf, sqlField, subjectsLike } from './amqp10-filter-fields.ts';
import type { Amqp10Message } from './amqp10-message.ts';
import { as10 } from './convert.ts';
import { selectorOf } from './selector.ts';
import type { SelectorValue } from './selector-values.ts';

type FilterSet = NonNullable<Composite<'source'>['filter']>;
type Wants = (message: Amqp10Message) => boolean;

/** Filters that are in place, and what they want. */
export interface Filters {
  readonly told: FilterSet | undefined;
  readonly noLocal: boolean;
  readonly wants: ((message: Message) => boolean) | undefined;
}

/** A filter by its value; `refused`: the value is none of its form. */
type Reader = (value: AmqpValue) => Wants | 'no-local' | 'refused';

const byName: Readonly<Record<string, Reader>> = {
  'apache.org:selector-filter:string': selector,
  'apache.org:no-local-filter:list': () => 'no-local',
  'apache.org:legacy-amqp-direct-binding:string': value => (value.type === 'string' ? bySubject(subject => subject === value.value) : 'refused'),
  'apache.org:legacy-amqp-topic-binding:string': value => (value.type === 'string' ? bySubject(subjectsLike(value.value)) : 'refused'),
  'amqp:sql-filter': sql,
  'amqp:properties-filter': propertiesFilter,
  'amqp:application-properties-filter': applicationPropertiesFilter,
};

/** By the domain and number that stand for the names. */
const nameOf: ReadonlyMap<bigint, string> = new Map([
  [0x0000_468c_0000_0000n, 'apache.org:legacy-amqp-direct-binding:string'],
  [0x0000_468c_0000_0001n, 'apache.org:legacy-amqp-topic-binding:string'],
  [0x0000_468c_0000_0004n, 'apache.org:selector-filter:string'],
  [0x0000_468c_0000_0003n, 'apache.org:no-local-filter:list'],
  [0x120n, 'amqp:sql-filter'],
  [0x173n, 'amqp:properties-filter'],
  [0x174n, 'amqp:application-properties-filter'],
]);

/** What a filter set asks for: filters that are not known here are left out, those that cannot be read refuse the link. */
export function filtersOf(asked: Composite<'source'>['filter']): Filters | AmqpError {
  const told: (readonly [string, AmqpValue])[] = [];
  const wants: Wants[] = [];
  let noLocal = false;
  for (const [key, value] of asked ?? []) {
    const read = value.type === 'described' ? readerOf(value.descriptor) : undefined;
    if (value.type === 'null') told.push([key, value]);
    else if (value.type !== 'described') return errorOf('amqp:invalid-field', `the filter ${key.slice(0, 80)} is not described`);
    if (read === undefined || value.type !== 'described') continue;
    const filter = read(value.value);
    if (filter === 'refused') return errorOf('amqp:invalid-field', `the filter ${key.slice(0, 80)} cannot be read`);
    told.push([key, value]);
    if (filter === 'no-local') noLocal = true;
    else wants.push(filter);
  }
  return { told: told.length > 0 ? told : undefined, noLocal, wants: wants.length > 0 ? together(wants) : undefined };
}

function readerOf(descriptor: AmqpValue): Reader | undefined {
  const name = descriptor.type === 'symbol' ? descriptor.value : descriptor.type === 'ulong' ? nameOf.get(descriptor.value) : undefined;
  return name !== undefined && Object.hasOwn(byName, name) ? byName[name] : undefined;
}

/** Messages of 0-9-1 are looked at as what 1.0 clients get of them. */
function together(wants: readonly Wants[]): (message: Message) => boolean {
  const converted = new WeakMap<Message, Amqp10Message>();
  return message => {
    const own = converted.get(message) ?? as10(message);
    if (own !== message) converted.set(message, own);
    return wants.every(each => each(own));
  };
}

function selector(value: AmqpValue): Wants | 'refused' {
  const selects = value.type === 'string' ? selectorOf(value.value) : undefined;
  return selects === undefined ? 'refused' : message => selects(fieldsOf(message));
}

function bySubject(passes: (subject: string) => boolean): Wants {
  return ({ properties }) => properties?.subject !== undefined && passes(properties.subject);
}

function sql(value: AmqpValue): Wants | 'refused' {
  const selects = value.type === 'string' ? selectorOf(value.value, 'sql') : undefined;
  return selects === undefined ? 'refused' : message => selects(name => sqlField(message, name));
}

/** What selectors call the fields of a message. */
const headers: Readonly<Record<string, (message: Amqp10Message) => SelectorValue>> = {
  JMSPriority: ({ sent }) => sent?.priority ?? 4,
  JMSDeliveryMode: ({ persistent }) => (persistent ? 'PERSISTENT' : 'NON_PERSISTENT'),
  JMSMessageID: ({ properties }) => idText(properties?.messageId),
  JMSCorrelationID: ({ properties }) => idText(properties?.correlationId),
  JMSTimestamp: ({ properties }) => (properties?.creationTime === undefined ? undefined : Number(properties.creationTime)),
  JMSType: ({ properties }) => properties?.subject,
};

function fieldsOf(message: Amqp10Message): (name: string) => SelectorValue {
  return name => {
    const header = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (header !== undefined) return header(message);
    return plainOf(message.applicationProperties?.find(([key]) => key === name)?.[1]);
  };
}

const names: ReadonlyMap<string, string> = new Map(Object.keys(compositeFields('properties')).map(name => [name, camelCase(name)]));

function propertiesFilter(value: AmqpValue): Wants | 'refused' {
  const wanted = pairsOf(value, 'symbol');
  if (wanted === undefined || wanted.some(([name]) => !names.has(name))) return 'refused';
  return ({ properties }) =>
    wanted.every(([name, due]) => equal(due, native((properties as Readonly<Record<string, unknown>> | undefined)?.[names.get(name) ?? ''])));
}

function applicationPropertiesFilter(value: AmqpValue): Wants | 'refused' {
  const wanted = pairsOf(value, 'string');
  if (wanted === undefined) return 'refused';
  return ({ applicationProperties }) => wanted.every(([name, due]) => equal(due, comparable(applicationProperties?.find(([key]) => key === name)?.[1])));
}

function pairsOf(value: AmqpValue, keys: 'symbol' | 'string'): readonly (readonly [string, AmqpValue])[] | undefined {
  if (value.type !== 'map') return undefined;
  const pairs = value.value.flatMap(([key, each]) => (key.type === keys || key.type === 'symbol' ? [[key.value, each] as const] : []));
  return pairs.length === value.value.length ? pairs : undefined;
}

type Comparable = SelectorValue | bigint;

/** Numbers of all types are compared by what they come to, octets by what they are. */
function comparable(value: AmqpValue | undefined): Comparable {
  if (value === undefined || value.type === 'null' || value.type === 'described') return undefined;
  const { value: plain } = value;
  if (plain instanceof Uint8Array) return `\0${Buffer.from(plain).toString('hex')}`;
  if (typeof plain === 'bigint') return Number.isSafeInteger(Number(plain)) ? Number(plain) : plain;
  return typeof plain === 'object' ? undefined : (plain ?? undefined);
}

/** A field of the properties section, whose ids alone bear their types. */
function native(value: unknown): Comparable {
  if (value instanceof Uint8Array) return `\0${Buffer.from(value).toString('hex')}`;
  if (typeof value === 'object' && value !== null) return comparable(value as AmqpValue);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return value as SelectorValue;
}

/** Whether a value is the one that is due. `&p:` and `&s:` in front of a string ask for a prefix and a suffix, `&&` is an ampersand. */
function equal(due: AmqpValue, value: Comparable): boolean {
  const wanted = comparable(due);
  if (wanted === undefined || typeof wanted !== 'string' || !wanted.startsWith('&')) return wanted === value;
  if (typeof value !== 'string') return false;
  if (wanted.startsWith('&p:')) return value.startsWith(wanted.slice(3));
  if (wanted.startsWith('&s:')) return value.endsWith(wanted.slice(3));
  return value === (wanted.startsWith('&&') ? wanted.slice(1) : wanted);
}
