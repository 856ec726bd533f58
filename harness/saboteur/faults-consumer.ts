import type { CommandOf, Effect } from '../broker/vocabulary.ts';
import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { method } from '../wire/amqp091/codec.ts';
import { tagGiven } from './delivery-seams.ts';
import { forgiven } from './departures.ts';
import type { Apply, Conversation, EffectSeam } from './fault.ts';
import { knowingHandouts } from './memories.ts';
import { request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';

const prioritising = faultsIn('amqp091/consumer-priority/*');
const electing = faultsIn('amqp091/single-active-consumer/*');
const timing = faultsIn('amqp091/acknowledgement-timeout/*');
const limiting = faultsIn('amqp091/per-consumer-prefetch/*', 'amqp091/qos/**');
const [xPriority, xSingleActive] = ['x-priority', 'x-single-active-consumer'];

/** Extensions for consumers: priorities, single active consumer, prefetch of each consumer. */
export const consumerFaults = {
  'amqp091/consumer-priority.highest:emit': [
    prioritising(
      'does not know consumer priorities',
      request('basic.consume', draft => isInteger(given(draft.args.arguments, xPriority)) && draft.with({ arguments: [] })),
    ),
  ],
  'amqp091/consumer-priority.blocked:emit': [prioritising('serves the consumers of the highest priority only', onlyTheHighest())],
  'amqp091/consumer-priority.default:emit': [
    prioritising(
      'takes a consumer without priority for the last',
      request('basic.consume', draft => draft.args.arguments.length === 0 && draft.with({ arguments: priority(-1_000_000) })),
    ),
    prioritising(
      'cuts a priority to 16 bits',
      request('basic.consume', draft => {
        const value = given(draft.args.arguments, xPriority);
        return value?.type === 'long-int' && Math.abs(value.value) > 0x7fff && draft.with({ arguments: priority((value.value << 16) >> 16) });
      }),
    ),
  ],
  'amqp091/consumer-priority.equal:emit': [
    prioritising('serves the later of two consumers with the same priority only when the earlier is full', neverEqual()),
  ],
  'amqp091/consumer-priority.integer:enforce': [
    prioritising(
      'takes a priority of any type',
      forgiven({ about: 'basic.consume', code: 406 }, () => method('basic.consume-ok', { consumerTag: 'any' })),
    ),
  ],
  'amqp091/single-active-consumer.one:emit': [
    electing(
      'does not know single active consumers',
      request('queue.declare', draft => isTrue(given(draft.args.arguments, xSingleActive)) && draft.with({ arguments: [] })),
    ),
  ],
  'amqp091/single-active-consumer.takeover:emit': [electing('lets no other consumer become the active one', noSuccessor())],
  'amqp091/single-active-consumer.exclusive:enforce': [
    electing(
      'takes an exclusive consumer beside single active ones',
      forgiven({ about: 'basic.consume', code: 403 }, () => method('basic.consume-ok', { consumerTag: 'exclusive' })),
      ['amqp091/single-active-consumer/exclusive', 'amqp091/consume/exclusive/*', 'amqp091/permission/**'],
    ),
  ],
  'amqp091/single-active-consumer.boolean:enforce': [
    electing(
      'takes any value for that of x-single-active-consumer',
      forgiven({ about: 'queue.declare', code: 406, when: asksForSingleActive }, () => method('queue.declare-ok', { queue: 'any' })),
    ),
  ],
  'amqp091/per-consumer-prefetch.each:emit': [
    limiting(
      'takes the prefetch count of each consumer for that of the channel',
      request('basic.qos', draft => !draft.args.global && draft.with({ global: true })),
      ['amqp091/per-consumer-prefetch/*', 'amqp091/{qos,competition,consumer-priority,single-active-consumer,flow}/**'],
    ),
  ],
  'amqp091/per-consumer-prefetch.new-only:emit': [
    limiting('gives a new prefetch count to the consumers that there are', remade(), [
      'amqp091/per-consumer-prefetch/*',
      'amqp091/{qos,competition,consumer-priority,single-active-consumer,flow}/**',
    ]),
  ],
  'amqp091/per-consumer-prefetch.shared:emit': [
    limiting(
      'takes the prefetch count of the channel for that of each consumer',
      request('basic.qos', draft => draft.args.global && draft.with({ global: false })),
    ),
  ],
  'amqp091/acknowledgement-timeout.close:emit': [
    timing(
      'waits for an acknowledgement for ever',
      request('queue.declare', draft => given(draft.args.arguments, 'x-consumer-timeout') !== undefined && draft.with({ arguments: [] })),
    ),
  ],
  'amqp091/acknowledgement-timeout.requeue:emit': [timing('drops what a channel held that it gives up', dropsWithChannel())],
  'amqp091/acknowledgement-timeout.others:emit': [timing('gives up every channel with a consumer when it gives up one', givesUpAll())],
} as const satisfies FaultTable;

function given(args: FieldTable, name: string | undefined): FieldValue | undefined {
  return args.find(([each]) => each === name)?.[1];
}

function priority(value: number): FieldTable {
  return [['x-priority', { type: 'long-int', value }]];
}

function isInteger(value: FieldValue | undefined): boolean {
  return typeof value?.value === 'number';
}

function isTrue(value: FieldValue | undefined): boolean {
  return value?.value === true;
}

function asksForSingleActive(at: Conversation, { channel }: { readonly channel: number }): boolean {
  const asked = at.method('to-server', channel);
  return asked?.name === 'queue.declare' && given(asked.args.arguments, xSingleActive) !== undefined;
}

interface Made {
  readonly connection: number;
  readonly channel: number;
  readonly consumerTag: string;
  readonly queue: string;
  readonly priority: number;
}

function ended(apply: Apply, { connection, channel, consumerTag }: Made): void {
  apply({ kind: 'cancel', connection, channel, consumerTag, noWait: true });
}

/** A consumer below the highest priority that its queue has seen is served nothing. */
function onlyTheHighest(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const made: Made[] = [];
      return (each, apply) => {
        if (each.kind !== 'consume') return apply(each);
        const all = apply(each);
        const consumerTag = tagGiven(all);
        const value = given(each.arguments, xPriority)?.value;
        if (consumerTag === undefined) return all;
        const { connection, channel, queue } = each;
        made.push({ connection, channel, consumerTag, queue, priority: typeof value === 'number' ? value : 0 });
        const rivals = made.filter(one => one.queue === queue);
        const highest = Math.max(...rivals.map(one => one.priority));
        for (const one of rivals) if (one.priority < highest) ended(apply, one);
        return all;
      };
    },
  };
}

function neverEqual(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      let count = 0;
      return (each, apply) => {
        const value = each.kind === 'consume' ? given(each.arguments, xPriority)?.value : undefined;
        if (each.kind !== 'consume' || typeof value !== 'number') return apply(each);
        count += 1;
        return apply({ ...each, arguments: [['x-priority', { type: 'long-long-int', value: BigInt(value) * 1000n - BigInt(count) }]] });
      };
    },
  };
}

/** All consumers but the first of a queue with single active consumer end unheard. */
function noSuccessor(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const queues = new Set<string>();
      const had = new Set<string>();
      return (each, apply) => {
        if (each.kind === 'declare-queue' && isTrue(given(each.arguments, xSingleActive))) queues.add(each.queue);
        if (each.kind !== 'consume' || !queues.has(each.queue)) return apply(each);
        const all = apply(each);
        const consumerTag = tagGiven(all);
        const { connection, channel, queue } = each;
        if (had.has(queue) && consumerTag !== undefined) ended(apply, { connection, channel, consumerTag, queue, priority: 0 });
        had.add(queue);
        return all;
      };
    },
  };
}

/** Every qos makes the consumers of its channel anew. */
function remade(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const made = new Map<string, Parameters<Apply>[0][]>();
      return (each, apply) => {
        const all = apply(each);
        const key = 'channel' in each ? `${each.connection} ${each.channel}` : '';
        if (each.kind === 'consume' && each.consumerTag !== '') made.set(key, [...(made.get(key) ?? []), each]);
        if (each.kind !== 'limit-prefetch') return all;
        const again = (made.get(key) ?? []).flatMap(one => {
          if (one.kind !== 'consume') return [];
          apply({ kind: 'cancel', connection: one.connection, channel: one.channel, consumerTag: one.consumerTag, noWait: true });
          return apply({ ...one, noWait: true });
        });
        return again.length === 0 ? all : [...all, ...again];
      };
    },
  };
}

function givesUp(all: readonly Effect[]): boolean {
  return all.some(each => each.kind === 'refused' && each.unprovoked === true);
}

function dropsWithChannel(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const declared: CommandOf<'declare-queue'>[] = [];
      return (each, apply) => {
        if (each.kind === 'declare-queue' && !each.passive) declared.push(each);
        const all = apply(each);
        if (!givesUp(all)) return all;
        for (const { connection, channel, queue } of declared) apply({ kind: 'purge-queue', connection, channel, queue, noWait: true });
        return all;
      };
    },
  };
}

function givesUpAll(): EffectSeam {
  return knowingHandouts(({ consumers }) => (each, apply) => {
    const all = apply(each);
    if (!givesUp(all)) return all;
    const others = consumers.filter(({ connection }) => !all.some(one => one.kind === 'refused' && one.connection === connection));
    return [
      ...all,
      ...others.flatMap(({ connection, channel }) => [
        { kind: 'refused', connection, channel, scope: 'channel', code: 406, text: 'given up', unprovoked: true } as const,
        ...apply({ kind: 'close-channel', connection, channel }),
      ]),
    ];
  });
}
