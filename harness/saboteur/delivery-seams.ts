import type { Effect } from '../broker/vocabulary.ts';
import { command } from './effect-seam.ts';
import type { Apply, EffectSeam, FrameSeam } from './fault.ts';
import { knowingOutstanding } from './outstanding.ts';
import { refused } from './refusals.ts';
import { answer, either, remembering, request } from './rewrites.ts';

const xPriority = 'x-priority';

export function firstComeFirst(): EffectSeam {
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

export function onlyOneOfQueue(): EffectSeam {
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

export function onlyOneOfChannel(): EffectSeam {
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

export function refusesLost(): FrameSeam {
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

export function tagsForGood(): FrameSeam {
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

export function exclusiveForGood(): EffectSeam {
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

export function exchangedTags(): FrameSeam {
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
export function requeuesAtTheEnd(): EffectSeam {
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

export function recoversOne(): EffectSeam {
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

export function recoversAllChannels(): EffectSeam {
  return knowingOutstanding(outstanding => (each, apply) => {
    if (each.kind !== 'recover') return apply(each);
    const others = new Set(
      outstanding.all.filter(({ connection, channel }) => connection === each.connection && channel !== each.channel).map(({ channel }) => channel),
    );
    const all = apply(each);
    return others.size === 0 ? all : [...all, ...[...others].flatMap(channel => apply({ ...each, channel, noWait: true }))];
  });
}

export function asyncUnflagged(): EffectSeam {
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
