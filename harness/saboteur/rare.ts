import { frameOverhead } from '../spec/amqp091/constants.ts';
import type { Fault, Seam } from './fault.ts';
import { published } from './messages.ts';
import { passing, remembering, request } from './rewrites.ts';
import { knowing } from './topology.ts';

/*
 * Breaches that come to light only in a rare state: few scripts that people think of reach it, random ones do.
 */

const properties = ['amqp091/properties/**'] as const;

const rare = (does: string, seam: Seam, ...besides: readonly string[]): Fault => ({ does, seam, area: [...properties, ...besides] });

export const losesCutFrames = rare(
  'loses a frame that comes in seven pieces or more',
  passing('to-server', 'frame', seen => seen.pieces >= 7 && {}),
  'amqp091/framing/octet-by-octet',
);

export const keepsBindingOfMany = rare(
  'confirms an unbind that it does not do where an exchange has three bindings or more',
  knowing(topology => request('queue.unbind', draft => topology.on(draft.args.exchange).length >= 3 && draft.accepted())),
  'amqp091/exchange/auto-delete/*',
  'amqp091/routing/topic/rebound',
);

export const readsOneHash = rare(
  'overlooks the second hash of a pattern that has something between two',
  request('queue.bind', draft => {
    const key = draft.args.routingKey.replace(/^(.*#.+)\.#$/, '$1');
    return key !== draft.args.routingKey && draft.with({ routingKey: key });
  }),
  'amqp091/routing/topic/*',
);

export const readsTwoPairs = rare(
  'looks at two pairs of a binding at most',
  request('queue.bind', draft => draft.args.arguments.length > 3 && draft.with({ arguments: draft.args.arguments.slice(0, 3) })),
);

export const losesInBursts = rare(
  'confirms every seventh message of a channel and loses it',
  remembering(() => {
    const counts = new Map<number, number>();
    return published(message => {
      const count = (counts.get(message.channel) ?? 0) + 1;
      counts.set(message.channel, count);
      return count % 7 === 0 && message.with({ args: { exchange: '', routingKey: 'amqpspec.nowhere', mandatory: false } });
    });
  }),
  'amqp091/{competition,confirm,deliver,publish,qos,redelivery,routing,tx}/**',
  'amqp091/{consumer-priority,content,get,per-consumer-prefetch}/*',
);

export const sendsOneAhead = rare(
  'lets one message more through than a prefetch count of four or more allows',
  request(
    'basic.qos',
    draft => draft.args.prefetchCount >= 4 && draft.args.prefetchCount < 0xffff && draft.with({ prefetchCount: draft.args.prefetchCount + 1 }),
  ),
);

export const settlesOneLess = rare(
  'does not settle the last of three messages or more that are acknowledged at once',
  request('basic.ack', draft => draft.args.multiple && draft.args.deliveryTag >= 3n && draft.with({ deliveryTag: draft.args.deliveryTag - 1n })),
  'amqp091/{tx/ack,ack,qos/prefetch}/*',
);

export const shortensFullFrames = rare(
  'loses the last octet of a body that fills two frames or more exactly',
  published((message, { frameMax }) => {
    const room = frameMax - frameOverhead;
    const fills = message.body.length >= 2 * room && message.body.length % room === 0;
    return fills && message.with({ body: message.body.subarray(0, -1) });
  }),
  'amqp091/framing/server-frame-max',
  'amqp091/publish/content/*',
);
