import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { deliveries, fill, hold, numbered, queueHolds, queueView, requireTexts, takeAll, textOf } from './observations.ts';

/** Class queue, method declare, and requests that mean the queue declared last. */
export const queueChecks = [
  check('amqp091/queue/declare/named', {
    title: 'declare-ok carries the name that was asked for, and a new queue is empty',
    duties: ['amqp091/queue.declare-ok.name:emit', 'amqp091/domain.message-count:emit', 'amqp091/queue.declare-ok.consumer-count:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = peer.name();
      const { args } = await channel.call('queue.declare', { queue, exclusive: true }, 'queue.declare-ok');
      peer.require(args.queue === queue, 'declare-ok names another queue than was declared.', 'amqp091/queue.declare-ok.name:emit');
      peer.require(args.messageCount === 0, `A new queue counts ${args.messageCount} messages.`, 'amqp091/domain.message-count:emit');
      peer.require(args.consumerCount === 0, `A new queue counts ${args.consumerCount} consumers.`, 'amqp091/queue.declare-ok.consumer-count:emit');
    },
  }),
  check('amqp091/queue/declare/server-named', {
    title: 'Queues declared with an empty name get names of their own, which work',
    duties: ['amqp091/queue.declare.default-name:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const names = new Set<string>();
      for (let count = 0; count < 3; count += 1) {
        const { args } = await channel.call('queue.declare', { exclusive: true }, 'queue.declare-ok');
        names.add(args.queue);
      }
      peer.require(names.size === 3 && !names.has(''), 'Three queues without a name did not get three names.');
      for (const queue of names) await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
    },
  }),
  check('amqp091/queue/declare/durable', {
    title: 'A durable queue can be declared',
    duties: ['amqp091/queue.declare.durable-types:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
    },
  }),
  check('amqp091/queue/declare/transient-shared', {
    title: 'A queue that is neither durable nor exclusive can be declared',
    duties: ['amqp091/queue.declare.durable-types:emit', 'amqp091/queue.declare.exclusive-types:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.queue({ queue: peer.name(), durable: false, exclusive: false });
    },
  }),
  check('amqp091/queue/declare/exclusive-and-shared', {
    title: 'Both exclusive and shared queues can be declared, and another connection may use the shared one',
    duties: ['amqp091/queue.declare.exclusive-types:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.queue({ queue: peer.name(), exclusive: true });
      const queue = await channel.queue({ queue: peer.name(), exclusive: false, durable: true });
      const other = await peer.channel();
      await other.call('basic.get', { queue }, 'basic.get-empty');
    },
  }),
  check('amqp091/queue/declare/many', {
    title: 'At least 256 queues can be declared',
    duties: ['amqp091/queue.declare.minimum:emit'],
    isolation: 'exclusive',
    worstMs: 5000,
    async run(peer) {
      const channel = await peer.channel();
      for (let count = 0; count < 256; count += 1) channel.send('queue.declare', { exclusive: true });
      for (let count = 0; count < 256; count += 1) await channel.expect('queue.declare-ok');
    },
  }),
  check('amqp091/queue/declare/again-same', {
    title: 'Declaring a queue again with the same properties succeeds and keeps its messages',
    duties: ['amqp091/queue.declare.equivalent:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name() });
      fill(channel, queue, numbered(2));
      await channel.call('queue.declare', { queue, exclusive: true }, 'queue.declare-ok');
      await queueHolds(peer, channel, queue, 2);
    },
  }),
  check('amqp091/queue/declare/again-other-durability', {
    title: 'Declaring a durable queue again as transient closes the channel',
    duties: ['amqp091/queue.declare.equivalent:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      channel.send('queue.declare', { queue, durable: false });
      await channel.answersTo('amqp091/queue.declare.equivalent:enforce');
    },
  }),
  check('amqp091/queue/declare/again-other-exclusivity', {
    title: 'Declaring a shared queue again as exclusive closes the channel',
    duties: ['amqp091/queue.declare.equivalent:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      channel.send('queue.declare', { queue, durable: true, exclusive: true });
      await channel.answersTo('amqp091/queue.declare.equivalent:enforce');
    },
  }),
  check('amqp091/queue/declare/passive-existing', {
    title: 'A passive declare finds a queue, whatever its other fields say',
    duties: ['amqp091/queue.declare.passive-existing:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      const { args } = await channel.call('queue.declare', { queue, passive: true, durable: false, autoDelete: true }, 'queue.declare-ok');
      peer.require(args.queue === queue, 'declare-ok names another queue than was asked for.');
    },
  }),
  check('amqp091/queue/declare/passive-missing', {
    title: 'A passive declare of a missing queue is not-found and creates nothing',
    duties: ['amqp091/queue.declare.passive-missing:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = peer.name();
      channel.send('queue.declare', { queue, passive: true, durable: true });
      await channel.answersTo('amqp091/queue.declare.passive-missing:enforce');
      const view = await queueView(peer, channel.connection, queue);
      peer.require(view.kind === 'refused', 'The passive declare created the queue.');
    },
  }),
  check('amqp091/queue/declare/reserved-name', {
    title: 'A queue named amq.… cannot be created',
    duties: ['amqp091/queue.declare.reserved:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.declare', { queue: `amq.${peer.name()}`, exclusive: true });
      await channel.answersTo('amqp091/queue.declare.reserved:enforce');
    },
  }),
  check('amqp091/queue/declare/illegal-name', {
    title: 'A queue name with other characters than the standard allows is refused',
    duties: ['amqp091/queue.declare.syntax:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.declare', { queue: `${peer.name()} / !`, exclusive: true });
      await channel.answersTo('amqp091/queue.declare.syntax:enforce');
    },
  }),
  check('amqp091/queue/declare/long-name', {
    title: 'A queue name of 127 octets is accepted, one of 128 refused',
    duties: ['amqp091/domain.queue-name.length:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      await channel.queue({ queue: peer.name().padEnd(127, 'x') });
      channel.send('queue.declare', { queue: peer.name().padEnd(128, 'x'), exclusive: true });
      await channel.answersTo('amqp091/domain.queue-name.length:enforce');
    },
  }),
  check('amqp091/queue/declare/no-wait', {
    title: 'A queue declared with no-wait is there, and no declare-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = peer.name();
      channel.send('queue.declare', { queue, exclusive: true, noWait: true });
      await channel.barrier(['queue.declare-ok']);
      const view = await queueView(peer, channel.connection, queue);
      peer.require(view.kind === 'there', 'The queue was not created.');
    },
  }),
  check('amqp091/queue/declare/counts', {
    title: 'The message count leaves out what waits for an acknowledgement',
    duties: ['amqp091/domain.message-count:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(3));
      await queueHolds(peer, channel, queue, 3);
      await hold(peer, channel, queue);
      await queueHolds(peer, channel, queue, 2);
    },
  }),
  check('amqp091/queue/declare/consumer-count', {
    title: 'The consumer count follows consume and cancel',
    duties: ['amqp091/queue.declare-ok.consumer-count:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const counts: number[] = [];
      const count = async () => counts.push((await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok')).args.consumerCount);
      const consumerTag = await channel.consume(queue);
      await channel.consume(queue);
      await count();
      await channel.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
      await count();
      peer.require(counts.join() === '2,1', `After two consumes and after one cancel the queue counted ${counts.join(' and ')} consumers.`);
    },
  }),
  check('amqp091/queue/declare/visible', {
    title: 'A queue confirmed to one connection is there for every other at once',
    duties: ['amqp091/4.4.visibility:emit'],
    async run(peer) {
      const [one, two] = [await peer.channel(), await peer.channel()];
      const queue = await one.queue({ queue: peer.name(), durable: true, exclusive: false });
      await two.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
    },
  }),
  check('amqp091/queue/current/get-purge-delete', {
    title: 'Get, purge and delete without a queue name take the queue declared last on the channel',
    duties: ['amqp091/domain.queue-name.current:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [first, last] = [await channel.queue({ queue: peer.name() }), await channel.queue({ queue: peer.name() })];
      fill(channel, first, ['first']);
      fill(channel, last, ['last']);
      requireTexts(peer, (await takeAll(peer, channel, '', 1)).map(textOf), ['last'], 'Messages in the last queue');
      await channel.call('queue.purge', {}, 'queue.purge-ok');
      await channel.call('queue.delete', {}, 'queue.delete-ok');
      requireTexts(peer, (await takeAll(peer, channel, first, 1)).map(textOf), ['first'], 'Messages in the first queue');
    },
  }),
  check('amqp091/queue/current/consume', {
    title: 'Consume without a queue name takes the queue declared last on the channel',
    duties: ['amqp091/domain.queue-name.current:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [first, last] = [await channel.queue({ queue: peer.name() }), await channel.queue({ queue: peer.name() })];
      await channel.consume('', { noAck: true });
      fill(channel, first, ['first']);
      fill(channel, last, ['last']);
      requireTexts(peer, (await deliveries(channel, 1)).map(textOf), ['last'], 'Messages that reach the consumer');
    },
  }),
];
