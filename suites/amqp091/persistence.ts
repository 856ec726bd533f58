import { check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { pattern, same } from './frames.ts';

const crowd = 200;
/** Published between two barriers: a broker that writes each message to disk before the next needs its time. */
const batch = 20;

/** What came of a request that nobody needs to answer: the answer to it, or to the next one. */
async function measured(peer: Peer, channel: ProbeChannel, name: string): Promise<void> {
  channel.send('basic.qos', { prefetchCount: 1 });
  const seen = await channel.connection.next();
  const ignored = seen.kind === 'method' && seen.method.name === 'basic.qos-ok';
  peer.measure(name, ignored ? 'ignored' : describeSeen(seen));
}

/** Persistent messages and durable entities, as far as no restart is needed to see them. */
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
  check('amqp091/queue/declare/passive-no-wait', {
    title: 'What becomes of a passive declare with no-wait of a queue that does not exist',
    duties: ['amqp091/domain.no-wait.passive:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.send('queue.declare', { queue: peer.name(), passive: true, noWait: true });
      await measured(peer, channel, 'passive declare with no-wait of a missing queue');
    },
  }),
  check('amqp091/exchange/declare/passive-no-wait', {
    title: 'What becomes of a passive declare with no-wait of an exchange that does not exist',
    duties: ['amqp091/domain.no-wait.passive:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.send('exchange.declare', { exchange: peer.name(), type: 'direct', passive: true, noWait: true });
      await measured(peer, channel, 'passive declare with no-wait of a missing exchange');
    },
  }),
  check('amqp091/exchange/declare/predeclared-durability', {
    title: 'Whether the exchanges that come with a virtual host are durable',
    duties: ['amqp091/exchange.predeclared-durability:permit'],
    departs: true,
    async run(peer: Peer) {
      for (const durable of [true, false]) {
        const channel = await peer.channel();
        channel.send('exchange.declare', { exchange: 'amq.direct', type: 'direct', durable });
        const seen = await channel.connection.next();
        const taken = seen.kind === 'method' && seen.method.name === 'exchange.declare-ok';
        peer.measure(`amq.direct declared again as ${durable ? 'durable' : 'transient'}`, taken ? 'taken' : describeSeen(seen));
      }
    },
  }),
  check('amqp091/queue/declare/durable-exclusive', {
    title: 'What becomes of a declare that is both durable and exclusive',
    duties: ['amqp091/queue.declare.durable-exclusive:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.send('queue.declare', { queue: peer.name(), durable: true, exclusive: true });
      peer.measure('durable and exclusive queue', describeSeen(await channel.connection.next()));
    },
  }),
];
