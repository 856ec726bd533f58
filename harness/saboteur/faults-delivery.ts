import type { CommandOf, Effect } from '../broker/vocabulary.ts';
import { method } from '../wire/amqp091/codec.ts';
import { acknowledgements, consumers } from './areas.ts';
import { command } from './effect-seam.ts';
import type { Apply, EffectSeam, FrameSeam } from './fault.ts';
import { delivered } from './messages.ts';
import { knowingOutstanding } from './outstanding.ts';
import { refused } from './refusals.ts';
import { answer, either, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { knowing } from './topology.ts';

/** Several consumers share a queue, or one has several. */
const sharing = [
  ...consumers,
  'amqp091/{competition,consumer-priority,single-active-consumer,per-consumer-prefetch,redelivery,flow,ack}/**',
  'amqp091/methods/*',
  'amqp091/binding/**',
];
const limiting = faultsIn('amqp091/qos/**', 'amqp091/{competition,per-consumer-prefetch,consumer-priority,single-active-consumer,flow}/*');
const consuming = faultsIn('amqp091/consume/**', 'amqp091/cancel/*', 'amqp091/channel/*');
const cancelling = faultsIn('amqp091/cancel/*', 'amqp091/consume/**');
const recovering = faultsIn('amqp091/{recover,recover-async,redelivery}/**');
const competing = faultsIn(...sharing);

/** Class basic: whom messages go to, how many, and how they come back. */
export const deliveryFaults = {
  'amqp091/basic.deliver.round-robin:emit': [competing('serves the consumer that came first for as long as it takes anything', firstComeFirst())],
  'amqp091/3.1.6.delivers:emit': [
    competing('serves one consumer of a queue and keeps the others waiting', onlyOneOfQueue()),
    competing('serves only the first consumer of a channel', onlyOneOfChannel(), [...sharing, 'amqp091/fields/*', 'amqp091/queue/**']),
    limiting(
      'takes no room to be made by a reject',
      request('basic.reject', draft => !draft.args.requeue && draft.swallowed()),
      ['amqp091/qos/**', 'amqp091/reject/*'],
    ),
  ],
  'amqp091/basic.ack.outstanding:emit': [
    competing(
      'knows the deliveries of a deleted queue no more',
      knowing(topology => refused(['basic.ack', 'basic.nack'], 406, () => topology.deleted.size > 0)),
      ['amqp091/{ack,nack}/*', 'amqp091/queue/**', 'amqp091/cancel/*'],
    ),
  ],
  'amqp091/basic.cancel.crossing:emit': [cancelling('refuses the cancel of a consumer that it ended itself', refusesLost())],
  'amqp091/basic.cancel.unannounced:emit': [
    cancelling(
      'tells every client of the consumers it loses',
      command('connect', (connect, apply) => apply({ ...connect, cancelNotify: true })),
    ),
    cancelling(
      'sends a cancel behind its cancel-ok',
      answer('basic.cancel-ok', draft => draft.followedBy(method('basic.cancel', { consumerTag: draft.args.consumerTag, noWait: true }))),
    ),
  ],
  'amqp091/basic.consume.lifetime:emit': [
    consuming('holds a consumer tag for as long as the connection lasts', tagsForGood()),
    consuming('keeps a queue to the exclusive consumer that it had once', exclusiveForGood()),
  ],
  'amqp091/domain.no-local:emit': [
    consuming(
      'does not know no-local',
      request('basic.consume', draft => draft.args.noLocal && draft.with({ noLocal: false })),
    ),
  ],
  'amqp091/domain.delivery-tag.growing:emit': [
    competing('exchanges the delivery tags five and six of a channel', exchangedTags(), [...sharing, ...acknowledgements, 'amqp091/get/*', 'amqp091/tx/**']),
  ],
  'amqp091/queue.requeue-position:emit': [competing('puts what comes back at the end of its queue', requeuesAtTheEnd())],
  'amqp091/basic.qos.channel:emit': [
    limiting('allows each consumer of a channel as much as the channel', perConsumer()),
    limiting(
      'takes the prefetch count of one channel for that of the connection',
      request('basic.qos', draft => !draft.args.global && draft.args.prefetchCount > 0 && draft.with({ global: true })),
    ),
  ],
  'amqp091/basic.qos.connection:emit': [
    limiting(
      'takes a global prefetch count for that of one channel',
      request('basic.qos', draft => draft.args.global && draft.with({ global: false })),
    ),
    limiting('takes a global prefetch count for that of all connections', bindsEveryConnection()),
  ],
  'amqp091/basic.qos.change:emit': [limiting('keeps to the prefetch count that a channel had when its first consumer came', unchanged())],
  'amqp091/basic.qos.filled:emit': [
    limiting(
      'sends one message at a time as soon as it knows any prefetch count',
      request('basic.qos', draft => draft.with({ prefetchCount: 1 })),
    ),
  ],
  'amqp091/basic.qos.get:emit': [limiting('answers get with nothing on a channel with a prefetch count', emptyWhileLimited())],
  'amqp091/basic.qos.prefetch-size:emit': [
    limiting(
      'takes no notice of a prefetch size',
      request('basic.qos', draft => draft.args.prefetchSize > 0 && draft.with({ prefetchSize: 0 })),
    ),
  ],
  'amqp091/basic.qos.prefetch-size-single:emit': [limiting('never sends a message larger than the prefetch size', neverLarger())],
  'amqp091/basic.recover.channel:emit': [
    recovering('puts back the first of the messages to recover, and no more', recoversOne()),
    recovering("recovers what the connection's other channels hold as well", recoversAllChannels()),
  ],
  'amqp091/basic.recover-async.requeue:emit': [
    recovering(
      'does not hear recover-async',
      request('basic.recover-async', draft => draft.swallowed()),
    ),
  ],
  'amqp091/basic.recover-async.original-recipient:emit': [
    recovering(
      'requeues whatever recover-async is about',
      request('basic.recover-async', draft => !draft.args.requeue && draft.with({ requeue: true })),
    ),
  ],
  'amqp091/basic.recover-async.redelivered:emit': [recovering('does not flag what recover-async puts back', asyncUnflagged())],
} as const satisfies FaultTable;

const xPriority = 'x-priority';

function firstComeFirst(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      let count = 0;
      return (each, apply) => {
        if (each.kind !== 'consume' || each.arguments.length > 0) return apply(each);
        count += 1;
        return apply({ ...each, arguments: [[xPriority, { type: 'long-int', value: -count }]] });
      };
    },
  };
}

function onlyOneOfQueue(): EffectSeam {
  return command('declare-queue', (declare, apply) => {
    const taken = declare.passive || declare.arguments.length > 0;
    return apply(taken ? declare : { ...declare, arguments: [['x-single-active-consumer', { type: 'boolean', value: true }]] });
  });
}

/** A consumer that ends unheard: nothing tells its client. */
function ended(apply: Apply, { connection, channel }: { readonly connection: number; readonly channel: number }, consumerTag: string): void {
  apply({ kind: 'cancel', connection, channel, consumerTag, noWait: true });
}

/** The tag that a consume got, where it was taken. */
export function tagGiven(all: readonly Effect[]): string | undefined {
  return all.find(each => each.kind === 'consuming')?.consumerTag;
}

function onlyOneOfChannel(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const served = new Set<string>();
      return (each, apply) => {
        if (each.kind !== 'consume') return apply(each);
        const key = `${each.connection} ${each.channel}`;
        const all = apply(each);
        const tag = tagGiven(all);
        if (tag === undefined) return all;
        if (!served.has(key)) {
          served.add(key);
          return all;
        }
        ended(apply, each, tag);
        return all.filter(({ kind }) => kind !== 'deliver');
      };
    },
  };
}

function refusesLost(): FrameSeam {
  return remembering(() => {
    const lost = new Set<string>();
    return either(
      answer('basic.cancel', ({ args }) => {
        lost.add(args.consumerTag);
        return false;
      }),
      refused('basic.cancel', 404, ({ args }) => lost.has(args.consumerTag)),
    );
  });
}

function tagsForGood(): FrameSeam {
  return remembering(() => {
    const used = new Set<string>();
    return refused('basic.consume', 530, ({ args, channel }) => {
      const key = `${channel} ${args.consumerTag}`;
      const again = args.consumerTag !== '' && used.has(key);
      used.add(key);
      return again;
    });
  });
}

function exclusiveForGood(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const held = new Set<string>();
      return (each, apply) => {
        if (each.kind !== 'consume') return apply(each);
        const { connection, channel, queue } = each;
        if (!held.has(queue)) {
          if (each.exclusive) held.add(queue);
          return apply(each);
        }
        const refusal: Effect = { kind: 'refused', connection, channel, scope: 'channel', code: 403, text: 'exclusive' };
        return [refusal, ...apply({ kind: 'close-channel', connection, channel })];
      };
    },
  };
}

function exchangedTags(): FrameSeam {
  const other = (tag: bigint): bigint => (tag === 5n ? 6n : tag === 6n ? 5n : tag);
  return either(
    answer(
      ['basic.deliver', 'basic.get-ok'],
      draft => other(draft.args.deliveryTag) !== draft.args.deliveryTag && draft.with({ deliveryTag: other(draft.args.deliveryTag) }),
    ),
    request(
      ['basic.ack', 'basic.nack', 'basic.reject'],
      draft => other(draft.args.deliveryTag) !== draft.args.deliveryTag && draft.with({ deliveryTag: other(draft.args.deliveryTag) }),
    ),
  );
}

/** Returns are settled for good and published anew, with the flag that they would have had. */
function requeuesAtTheEnd(): EffectSeam {
  return knowingOutstanding(outstanding => {
    const again = new Set<unknown>();
    return (each, apply) => {
      const returns = each.kind !== 'settle' || each.outcome === 'requeue' ? outstanding.takenBy(each).filter(({ message }) => message.exchange === '') : [];
      if (returns.length === 0) return flagged(apply(each), again);
      const all = returns.flatMap(({ connection, channel, deliveryTag }) =>
        apply({ kind: 'settle', connection, channel, deliveryTag, multiple: false, outcome: 'discard' }),
      );
      const done = each.kind === 'settle' ? all : [...all, ...apply(each)];
      for (const { message } of returns) again.add(message);
      return flagged([...done, ...returns.flatMap(({ message }) => apply({ kind: 'inject', virtualHost: '/', message }))], again);
    };
  });
}

function flagged(all: readonly Effect[], again: ReadonlySet<unknown>): readonly Effect[] {
  const isAgain = (each: Effect) => (each.kind === 'got' || each.kind === 'deliver') && again.has(each.message);
  return all.some(isAgain) ? all.map(each => (isAgain(each) ? ({ ...each, redelivered: true } as Effect) : each)) : all;
}

/** Whenever a channel has one consumer more, its limit grows by as much. */
function perConsumer(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const limits = new Map<string, CommandOf<'limit-prefetch'>>();
      const counts = new Map<string, number>();
      return (each, apply) => {
        const key = 'channel' in each ? `${each.connection} ${each.channel}` : '';
        if (each.kind === 'limit-prefetch' && !each.global) limits.set(key, each);
        if (each.kind !== 'consume') return apply(each);
        const count = (counts.get(key) ?? 0) + 1;
        const limit = limits.get(key);
        counts.set(key, count);
        if (limit !== undefined && count > 1) apply({ ...limit, prefetchCount: limit.prefetchCount * count });
        return apply(each);
      };
    },
  };
}

function bindsEveryConnection(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      let limit: CommandOf<'limit-prefetch'> | undefined;
      const channels = new Map<number, CommandOf<'open-channel'>>();
      const bind = (apply: Apply, { connection, channel }: CommandOf<'open-channel'>) => limit && apply({ ...limit, connection, channel });
      return (each, apply) => {
        const all = apply(each);
        if (each.kind === 'open-channel') {
          channels.set(each.connection, each);
          bind(apply, each);
        }
        if (each.kind === 'limit-prefetch' && each.global) {
          limit = each;
          for (const [connection, open] of channels) if (connection !== each.connection) bind(apply, open);
        }
        return all;
      };
    },
  };
}

function unchanged(): FrameSeam {
  return remembering(() => {
    const consuming = new Set<number>();
    return either(
      request('basic.consume', ({ channel }) => {
        consuming.add(channel);
        return false;
      }),
      request('basic.qos', draft => consuming.has(draft.channel) && draft.accepted()),
    );
  });
}

function emptyWhileLimited(): FrameSeam {
  return remembering(() => {
    const limited = new Set<number>();
    return either(
      request('basic.qos', ({ args, channel }) => {
        if (args.prefetchCount > 0) limited.add(channel);
        return false;
      }),
      request('basic.get', draft => limited.has(draft.channel) && draft.answered(method('basic.get-empty'))),
    );
  });
}

function neverLarger(): FrameSeam {
  return remembering(() => {
    const sizes = new Map<number, number>();
    return either(
      request('basic.qos', ({ args, channel }) => {
        if (args.prefetchSize > 0) sizes.set(channel, args.prefetchSize);
        return false;
      }),
      delivered('basic.deliver', ({ channel, body }) => body.length > (sizes.get(channel) ?? body.length) && []),
    );
  });
}

function recoversOne(): EffectSeam {
  return knowingOutstanding(outstanding => (each, apply) => {
    if (each.kind !== 'recover') return apply(each);
    const [first] = outstanding.takenBy(each);
    if (first === undefined) return apply(each);
    const { connection, channel } = each;
    return [
      { kind: 'recovered', connection, channel },
      ...apply({ kind: 'settle', connection, channel, deliveryTag: first.deliveryTag, multiple: false, outcome: 'requeue' }),
    ];
  });
}

function recoversAllChannels(): EffectSeam {
  return knowingOutstanding(outstanding => (each, apply) => {
    if (each.kind !== 'recover') return apply(each);
    const others = new Set(
      outstanding.all.filter(({ connection, channel }) => connection === each.connection && channel !== each.channel).map(({ channel }) => channel),
    );
    const all = apply(each);
    return others.size === 0 ? all : [...all, ...[...others].flatMap(channel => apply({ ...each, channel, noWait: true }))];
  });
}

function asyncUnflagged(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      let recovered = false;
      return (each, apply) => {
        if (each.kind === 'recover' && each.noWait) recovered = true;
        const all = apply(each);
        const isFlagged = (one: Effect) => (one.kind === 'got' || one.kind === 'deliver') && one.redelivered;
        return recovered && all.some(isFlagged) ? all.map(one => (isFlagged(one) ? ({ ...one, redelivered: false } as Effect) : one)) : all;
      };
    },
  };
}
