import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import type { FieldTable, FieldValue } from '../../spec/amqp091/domains.ts';
import type { Afterlife, Death, DeathReason } from '../message.ts';

const reasons: readonly DeathReason[] = ['rejected', 'expired', 'maxlen'];

/** Properties for the next life of a message: with its deaths in the headers, without expiration. `exchange`: where it was published to before the last of them. */
export function propertiesAfter(
  { expiration: _, headers = [], ...rest }: BasicProperties,
  exchange: string,
  { routingKey, deaths, tellsLast }: Afterlife,
): BasicProperties {
  const rerouted = routingKey !== undefined;
  const [last] = deaths;
  const first = deaths.length === 1 && last?.count === 1;
  const gone = ([name]: FieldTable[number]) =>
    name === 'x-death' || name.startsWith('x-last-death-') || (first && name.startsWith('x-first-death-')) || (rerouted && name === 'CC');
  const told =
    last === undefined ? [] : [...(first ? sayings('x-first-death', last) : []), ...(tellsLast ? sayings('x-last-death', { ...last, exchange }) : [])];
  const added: FieldTable = [deathsHeader(deaths), ...told];
  return { ...rest, headers: [...headers.filter(field => !gone(field)), ...added] };
}

/** The header that lists deaths. */
export function deathsHeader(deaths: readonly Death[]): FieldTable[number] {
  return ['x-death', { type: 'array', value: deaths.map(entryOf) }];
}

function sayings(prefix: string, { reason, queue, exchange }: Death): FieldTable {
  return [
    [`${prefix}-reason`, text(reason)],
    [`${prefix}-queue`, text(queue)],
    [`${prefix}-exchange`, text(exchange)],
  ];
}

function entryOf({ queue, reason, count, timeMs, exchange, routingKeys, expiration }: Death): FieldValue {
  const table: FieldTable = [
    ['count', { type: 'long-long-int', value: BigInt(count) }],
    ['reason', text(reason)],
    ['queue', text(queue)],
    ['time', { type: 'timestamp', value: BigInt(Math.floor(timeMs / 1000)) }],
    ['exchange', text(exchange)],
    ['routing-keys', { type: 'array', value: routingKeys.map(text) }],
  ];
  return { type: 'table', value: expiration === undefined ? table : [...table, ['original-expiration', text(expiration)]] };
}

/** The deaths that the headers tell of, as this broker wrote them: what else a client may have put there counts for nothing. */
export function deathsIn(headers: FieldTable | undefined): readonly Death[] {
  const told = headers?.find(([name]) => name === 'x-death')?.[1];
  if (told?.type !== 'array') return [];
  return told.value.flatMap(entry => (entry.type === 'table' ? deathOf(new Map(entry.value)) : []));
}

function deathOf(fields: ReadonlyMap<string, FieldValue>): Death | readonly [] {
  const count = fields.get('count');
  const time = fields.get('time');
  const queue = textOf(fields.get('queue'));
  const reason = reasons.find(each => each === textOf(fields.get('reason')));
  if (count?.type !== 'long-long-int' || time?.type !== 'timestamp' || queue === undefined || reason === undefined) return [];
  return {
    queue,
    reason,
    count: Number(count.value),
    timeMs: Number(time.value) * 1000,
    exchange: textOf(fields.get('exchange')) ?? '',
    routingKeys: textsOf(fields.get('routing-keys')),
    expiration: textOf(fields.get('original-expiration')),
  };
}

/** Keys besides the routing key that a message was published with and that its receivers see. */
export function copyKeys(headers: FieldTable | undefined): readonly string[] {
  return textsOf(headers?.find(([name]) => name === 'CC')?.[1]);
}

function text(value: string): FieldValue {
  return { type: 'long-string', value: Buffer.from(value) };
}

function textOf(value: FieldValue | undefined): string | undefined {
  return value?.type === 'long-string' ? Buffer.from(value.value).toString() : undefined;
}

function textsOf(value: FieldValue | undefined): readonly string[] {
  return value?.type === 'array' ? value.value.flatMap(each => textOf(each) ?? []) : [];
}
