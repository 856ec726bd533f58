import type { Method } from '../spec/amqp091/classes.ts';
import type { Fault, FrameSeam } from './fault.ts';
import { delivered } from './messages.ts';
import { answer, frames, remembering } from './rewrites.ts';

const all = ['amqp091/**'];
const slowestMs = 2_000;

/** Publisher confirms turned into refusals. */
function refused({ args }: { readonly args: { readonly deliveryTag: bigint; readonly multiple: boolean } }): Method {
  return { name: 'basic.nack', args: { deliveryTag: args.deliveryTag, multiple: args.multiple, requeue: false } };
}

/** Breaks off behind so many frames of the server, once the connection is open. */
function after(finish: 'reset' | 'stall'): FrameSeam {
  return remembering(() => {
    let left: number | undefined;
    return frames((seen, at) => {
      if (!at.opened || seen.direction === 'to-server') return 'pass';
      left ??= 2 + Math.floor(at.random() * 16);
      left -= 1;
      return left > 0 ? 'pass' : { finish };
    });
  });
}

/** Legal but nasty: what a network, a full disk or a busy broker may do to a client any day. */
export const chaos = {
  drop: {
    area: all,
    does: 'loses the connection in place of every fourth delivery or so',
    seam: delivered('basic.deliver', (_message, at) => at.random() < 0.25 && { finish: 'reset' }),
  },
  delay: {
    area: all,
    does: 'answers up to two seconds late',
    seam: frames((seen, at) =>
      seen.direction === 'to-client' && at.opened && seen.what !== 'end' ? { send: [seen.bytes], delayMs: Math.floor(at.random() * slowestMs) } : 'pass',
    ),
  },
  nack: { area: all, does: 'refuses every message that a publisher wants confirmed', seam: answer('basic.ack', refused) },
  stall: { area: all, does: 'falls silent in the middle of a conversation and keeps the stream open', seam: after('stall') },
  cut: { area: all, does: 'resets the connection in the middle of a conversation', seam: after('reset') },
} as const satisfies Readonly<Record<string, Fault>>;
