import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { pattern, same } from './frames.ts';

const crowd = 200;
/** Published between two barriers: a broker that writes each message to disk before the next needs its time. */
const batch = 20;

/** Queues that grow while nobody consumes them. */
export const persistenceChecks = [
  check('amqp091/publish/persistent-crowd', {
    title: 'A queue that nobody consumes keeps two hundred persistent messages, every one',
    duties: ['amqp091/basic.persistent-overflow:emit'],
    worstMs: 2000,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      const body = pattern(200);
      for (let count = 1; count <= crowd; count++) {
        channel.publish({ routingKey: queue, properties: { deliveryMode: 2 }, body });
        if (count % batch === 0) await channel.barrier();
      }
      await channel.consume(queue, { noAck: true });
      for (let count = 1; count <= crowd; count++) {
        const message = await channel.arrival('basic.deliver');
        peer.require(same(message.body, body), `Message ${count} of ${crowd} came back changed.`);
      }
    },
  }),
  check('amqp091/publish/crowd-flow', {
    title: 'Whether the server asks a client to pause that fills a queue nobody consumes',
    duties: ['amqp091/basic.flow:permit'],
    worstMs: 2000,
    async run(peer: Peer) {
      for (const deliveryMode of [1, 2]) {
        const channel = await peer.channel();
        const queue = await channel.queue();
        for (let count = 1; count <= crowd; count++) {
          channel.publish({ routingKey: queue, properties: { deliveryMode } });
          if (count % batch === 0) await channel.barrier();
        }
        const asked = channel.taken().some(seen => seen.kind === 'method' && seen.method.name === 'channel.flow');
        peer.measure(`channel.flow after ${crowd} ${deliveryMode === 2 ? 'persistent' : 'transient'} messages`, asked);
      }
    },
  }),
];
