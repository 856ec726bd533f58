import type { AmqpValue, Annotations } from '../../wire/amqp10/codec.ts';
import type { Death, DeathReason } from '../message.ts';

const reasons: readonly DeathReason[] = ['rejected', 'expired', 'maxlen'];

/** The annotation that lists the deaths of a message, the latest first. */
export const deathsKey = 'x-opt-deaths';

/** Message annotations for the next life of a message. `exchange`: where it was published to before the last of its deaths. */
export function annotationsAfter(annotations: Annotations, exchange: string, deaths: readonly Death[], rerouted: boolean): Annotations {
  const [last] = deaths;
  const first = deaths.length === 1 && last?.count === 1;
  const gone = ([key]: Annotations[number]) =>
    key === deathsKey ||
    (typeof key === 'string' && (key.startsWith('x-last-death-') || (first && key.startsWith('x-first-death-')))) ||
    (rerouted && key === 'x-cc');
  const told = last === undefined ? [] : [...(first ? sayings('x-first-death', last) : []), ...sayings('x-last-death', { ...last, exchange })];
  return [...annotations.filter(each => !gone(each)), deathsAnnotation(deaths), ...told];
}

/** The annotation that lists deaths. */
export function deathsAnnotation(deaths: readonly Death[]): Annotations[number] {
  return [deathsKey, { type: 'array', value: { of: 'map', descriptors: [], items: deaths.map(mapOf) } }];
}

function sayings(prefix: string, { reason, queue, exchange }: Death): Annotations {
  return [
    [`${prefix}-reason`, text(reason)],
    [`${prefix}-queue`, text(queue)],
    [`${prefix}-exchange`, text(exchange)],
  ];
}

function mapOf({ queue, reason, count, timeMs, exchange, routingKeys, expiration }: Death): AmqpValue {
  const pairs: readonly (readonly [string, AmqpValue])[] = [
    ['queue', text(queue)],
    ['reason', symbol(reason)],
    ['count', { type: 'ulong', value: BigInt(count) }],
    ['first-time', { type: 'timestamp', value: BigInt(Math.floor(timeMs)) }],
    ['exchange', text(exchange)],
    ['routing-keys', { type: 'array', value: { of: 'string', descriptors: [], items: routingKeys.map(text) } }],
    ...(expiration === undefined ? [] : [['ttl', text(expiration)] as const]),
  ];
  return { type: 'map', value: pairs.map(([key, value]) => [symbol(key), value] as const) };
}

/** The deaths that annotations tell of, as this broker wrote them: what else a client may have put there counts for nothing. */
export function deathsAmong(annotations: Annotations | undefined): readonly Death[] {
  const told = annotations?.find(([key]) => key === deathsKey)?.[1];
  if (told?.type !== 'array') return [];
  return told.value.items.flatMap(item => (item.type === 'map' ? deathOf(new Map(item.value.map(([key, value]) => [wordOf(key), value]))) : []));
}

function deathOf(fields: ReadonlyMap<string | undefined, AmqpValue>): Death | readonly [] {
  const count = fields.get('count');
  const time = fields.get('first-time');
  const queue = wordOf(fields.get('queue'));
  const reason = reasons.find(each => each === wordOf(fields.get('reason')));
  if (count?.type !== 'ulong' || time?.type !== 'timestamp' || queue === undefined || reason === undefined) return [];
  const keys = fields.get('routing-keys');
  return {
    queue,
    reason,
    count: Number(count.value),
    timeMs: Number(time.value),
    exchange: wordOf(fields.get('exchange')) ?? '',
    routingKeys: keys?.type === 'array' ? keys.value.items.flatMap(each => wordOf(each) ?? []) : [],
    expiration: wordOf(fields.get('ttl')),
  };
}

function wordOf(value: AmqpValue | undefined): string | undefined {
  return value?.type === 'string' || value?.type === 'symbol' ? value.value : undefined;
}

function text(value: string): AmqpValue {
  return { type: 'string', value };
}

function symbol(value: string): AmqpValue {
  return { type: 'symbol', value };
}
