import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { acknowledge, allHandedOut, consumerOn, limit, requireAhead, type Sharing } from './handing-out.ts';
import { fill, numbered } from './observations.ts';

interface Consuming extends Sharing {
  readonly channel: ProbeChannel;
}

/** A queue of its own and a channel with one consumer on it, still without any limit. */
async function consuming(peer: Peer): Promise<Consuming> {
  const looking = await peer.channel();
  const queue = await looking.queue();
  const channel = await consumerOn(looking.connection, queue, 'one');
  return { looking, queue, channel, channels: [channel] };
}

interface Kind {
  readonly global: boolean;
  readonly label: string;
  readonly which: string;
}

const kinds: readonly Kind[] = [
  { global: false, label: '', which: 'prefetch count' },
  { global: true, label: '-global', which: 'global prefetch count' },
];

const narrowing = ({ global, label, which }: Kind) => [
  check(`amqp091/qos/change/set${label}`, {
    title: `A ${which} that is set while messages are out holds for the consumer that has them`,
    duties: ['amqp091/basic.qos.change:emit'],
    async run(peer) {
      const sharing = await consuming(peer);
      const { channel, looking, queue } = sharing;
      fill(looking, queue, numbered(3));
      const out = await allHandedOut(peer, sharing, 3);
      await limit(channel, { prefetchCount: 2, global });
      fill(looking, queue, ['4', '5']);
      await requireAhead(peer, sharing, 0);
      acknowledge(channel, out.slice(0, 2));
      await requireAhead(peer, sharing, 1);
    },
  }),
  check(`amqp091/qos/change/lower${label}`, {
    title: `A ${which} that is lowered lets nothing through until fewer messages are out`,
    duties: ['amqp091/basic.qos.change:emit'],
    async run(peer) {
      const sharing = await consuming(peer);
      const { channel, looking, queue } = sharing;
      await limit(channel, { prefetchCount: 3, global });
      fill(looking, queue, numbered(6));
      const out = await requireAhead(peer, sharing, 3, 1);
      await limit(channel, { prefetchCount: 1, global });
      acknowledge(channel, out.slice(1));
      await requireAhead(peer, sharing, 0);
      acknowledge(channel, out.slice(0, 1));
      await requireAhead(peer, sharing, 1, 1);
    },
  }),
];

const widening = ({ global, label, which }: Kind) => [
  check(`amqp091/qos/change/raise${label}`, {
    title: `A ${which} that is raised lets more messages through at once`,
    duties: ['amqp091/basic.qos.filled:emit'],
    async run(peer) {
      const sharing = await consuming(peer);
      const { channel, looking, queue } = sharing;
      await limit(channel, { prefetchCount: 1, global });
      fill(looking, queue, numbered(5));
      await requireAhead(peer, sharing, 1, 1);
      await limit(channel, { prefetchCount: 3, global });
      await requireAhead(peer, sharing, 2, 2);
    },
  }),
  check(`amqp091/qos/change/lift${label}`, {
    title: `A ${which} of zero lifts the limit`,
    duties: ['amqp091/basic.qos.filled:emit'],
    async run(peer) {
      const sharing = await consuming(peer);
      const { channel, looking, queue } = sharing;
      await limit(channel, { prefetchCount: 1, global });
      fill(looking, queue, numbered(5));
      await requireAhead(peer, sharing, 1, 1);
      await limit(channel, { prefetchCount: 0, global });
      await allHandedOut(peer, sharing, 4);
    },
  }),
];

/** Class basic, method qos: what becomes of a limit when it changes. */
export const prefetchChangeChecks = kinds.flatMap(kind => [...narrowing(kind), ...widening(kind)]);
