import type { CommandOf } from '../broker/vocabulary.ts';
import { method } from '../wire/amqp091/codec.ts';
import type { Apply, EffectSeam, FrameSeam } from './fault.ts';
import { delivered } from './messages.ts';
import { either, remembering, request } from './rewrites.ts';

/** Whenever a channel has one consumer more, its limit grows by as much. */
export function perConsumer(): EffectSeam {
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

export function bindsEveryConnection(): EffectSeam {
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

export function unchanged(): FrameSeam {
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

export function emptyWhileLimited(): FrameSeam {
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

export function neverLarger(): FrameSeam {
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

/** On a channel with a prefetch count. */
export function deafToReject(): FrameSeam {
  return remembering(() => {
    const limited = new Set<number>();
    return either(
      request('basic.qos', ({ args, channel }) => {
        if (args.prefetchCount > 0) limited.add(channel);
        return false;
      }),
      request('basic.reject', draft => !draft.args.requeue && limited.has(draft.channel) && draft.swallowed()),
    );
  });
}
