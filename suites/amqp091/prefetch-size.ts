import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { acknowledge, allHandedOut, handedOut, limit, requireAhead, requireShares, type Sharing } from './handing-out.ts';
import { fill } from './observations.ts';

/** A body of this many octets that begins with its label. */
const sized = (label: string, octets: number): string => label.padEnd(octets, '.');

/** A consumer whose channel has these limits; a server that has no prefetch size says not-implemented here. */
async function limited(
  peer: Peer,
  limits: { readonly prefetchSize: number; readonly prefetchCount?: number },
  noAck = false,
): Promise<Sharing & { readonly channel: ProbeChannel }> {
  const channel = await peer.channel();
  await limit(channel, limits);
  const looking = await channel.connection.channel();
  const queue = await channel.queue();
  await channel.consume(queue, { consumerTag: 'one', noAck });
  return { channel, looking, queue, channels: [channel] };
}

/** Class basic, method qos, field prefetch-size. */
export const prefetchSizeChecks = [
  check('amqp091/qos/size/limit', {
    title: 'No more octets are sent ahead than the prefetch size, and each acknowledgement makes room',
    duties: ['amqp091/basic.qos.prefetch-size:emit'],
    optional: true,
    async run(peer) {
      const sharing = await limited(peer, { prefetchSize: 100 });
      fill(
        sharing.looking,
        sharing.queue,
        ['a', 'b', 'c', 'd'].map(label => sized(label, 40)),
      );
      const first = await requireAhead(peer, sharing, 2, 1);
      acknowledge(sharing.channel, first.slice(0, 1));
      await requireAhead(peer, sharing, 3 - first.length, first.length === 1 ? 1 : 0);
    },
  }),
  check('amqp091/qos/size/exact', {
    title: 'A message that just fits into the prefetch size is sent ahead',
    duties: ['amqp091/basic.qos.filled:emit', 'amqp091/basic.qos.prefetch-size:emit'],
    optional: true,
    async run(peer) {
      const sharing = await limited(peer, { prefetchSize: 100 });
      const bodies = [sized('a', 60), sized('b', 40), sized('c', 1)];
      fill(sharing.looking, sharing.queue, bodies);
      requireShares(peer, await handedOut(peer, sharing, { atLeast: 2 }), { one: bodies.slice(0, 2) });
    },
  }),
  check('amqp091/qos/size/with-count', {
    title: 'With a prefetch size and a prefetch count the lower of the two decides',
    duties: ['amqp091/basic.qos.prefetch-size:emit'],
    optional: true,
    async run(peer) {
      const bodies = ['a', 'b', 'c', 'd'].map(label => sized(label, 40));
      for (const [limits, out] of [
        [{ prefetchSize: 1000, prefetchCount: 2 }, 2],
        [{ prefetchSize: 100, prefetchCount: 3 }, 2],
      ] as const) {
        const sharing = await limited(peer, limits);
        fill(sharing.looking, sharing.queue, bodies);
        await requireAhead(peer, sharing, out, 1);
      }
    },
  }),
  check('amqp091/qos/size/single', {
    title: 'A message larger than the prefetch size is sent where none is out, and alone',
    duties: ['amqp091/basic.qos.prefetch-size-single:emit', 'amqp091/basic.qos.prefetch-size:emit'],
    optional: true,
    async run(peer) {
      const sharing = await limited(peer, { prefetchSize: 10 });
      const bodies = ['a', 'b', 'c'].map(label => sized(label, 500));
      fill(sharing.looking, sharing.queue, bodies);
      for (const body of bodies) {
        const came = await handedOut(peer, sharing, { atLeast: 1 });
        requireShares(peer, came, { one: [body] });
        acknowledge(sharing.channel, came);
      }
    },
  }),
  check('amqp091/qos/size/no-ack', {
    title: 'The prefetch size does not hold back a consumer with no-ack',
    duties: ['amqp091/basic.qos.no-ack:emit'],
    optional: true,
    async run(peer) {
      const sharing = await limited(peer, { prefetchSize: 10 }, true);
      const bodies = ['a', 'b', 'c'].map(label => sized(label, 50));
      fill(sharing.looking, sharing.queue, bodies);
      requireShares(peer, await allHandedOut(peer, sharing, 3), { one: bodies });
    },
  }),
];
