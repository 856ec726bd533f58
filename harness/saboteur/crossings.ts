import type { Effect, EffectOf } from '../broker/vocabulary.ts';
import { changed } from './effect-seam.ts';
import type { EffectSeam } from './fault.ts';

/** Messages that a client of 1.0 sent and one of 0-9-1 consumes become these effects in place of their deliveries. */
export function consumedBy091(change: (delivery: EffectOf<'deliver'>) => readonly Effect[]): EffectSeam {
  return acrossSeam(false, change);
}

/** What 0-9-1 retires comes back, where a message of 1.0 was among what its connection got. */
export function retiredBy091(): EffectSeam {
  return acrossSeam(true, delivery => [delivery]);
}

/** `keeps`: what those settle for good comes back. Watches which connections are of 1.0 (their consumers have credit) and which others get messages of 1.0. */
function acrossSeam(keeps: boolean, change: (delivery: EffectOf<'deliver'>) => readonly Effect[]): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const ten = new Set<number>();
      const crossed = new Set<number>();
      return (each, apply) => {
        if (each.kind === 'consume' && each.credit !== undefined) ten.add(each.connection);
        const kept = each.kind === 'settle' && each.outcome !== 'requeue' && keeps && crossed.has(each.connection);
        const all = apply(kept ? { ...each, outcome: 'requeue' } : each);
        return changed(all, 'deliver', delivery => {
          if (delivery.message.dialect !== 'amqp10' || ten.has(delivery.connection)) return [delivery];
          crossed.add(delivery.connection);
          return change(delivery);
        });
      };
    },
  };
}
