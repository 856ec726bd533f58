import { check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';

/** What came of a request that nobody needs to answer: the answer to it, or to the next one. */
async function measured(peer: Peer, channel: ProbeChannel, name: string): Promise<void> {
  channel.send('basic.qos', { prefetchCount: 1 });
  const seen = await channel.connection.next();
  const ignored = seen.kind === 'method' && seen.method.name === 'basic.qos-ok';
  peer.measure(name, ignored ? 'ignored' : describeSeen(seen));
}

/** Declares that the standard leaves undefined, or answers twice: observed, never judged. */
export const leftOpenChecks = [
  check('amqp091/queue/declare/again-other-auto-delete', {
    title: 'What becomes of declaring an existing queue again with the contrary of its auto-delete',
    duties: ['amqp091/queue.declare.auto-delete-existing:permit'],
    departs: true,
    async run(peer: Peer) {
      for (const autoDelete of [true, false]) {
        const channel = await peer.channel();
        const queue = await channel.queue({ queue: peer.name(), autoDelete });
        channel.send('queue.declare', { queue, exclusive: true, autoDelete: !autoDelete });
        peer.measure(`queue ${autoDelete ? 'with' : 'without'} auto-delete declared again the other way`, describeSeen(await channel.connection.next()));
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
