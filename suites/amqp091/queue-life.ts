import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { exclusiveQueueGone, fill, hold, numbered, queueGone, queueHolds, queueView, requireTexts, takeAll, textOf } from './observations.ts';

/** What another connection may try with an exclusive queue, by the slug of its check. */
const exclusiveUses: Readonly<Record<string, (channel: ProbeChannel, queue: string) => void>> = {
  declare: (channel, queue) => channel.send('queue.declare', { queue, exclusive: true }),
  'declare-passive': (channel, queue) => channel.send('queue.declare', { queue, passive: true }),
  bind: (channel, queue) => channel.send('queue.bind', { queue, exchange: 'amq.direct', routingKey: `other-${queue}` }),
  unbind: (channel, queue) => channel.send('queue.unbind', { queue, exchange: 'amq.direct', routingKey: queue }),
  purge: (channel, queue) => channel.send('queue.purge', { queue }),
  delete: (channel, queue) => channel.send('queue.delete', { queue }),
  consume: (channel, queue) => channel.send('basic.consume', { queue }),
  get: (channel, queue) => channel.send('basic.get', { queue }),
};

const exclusiveChecks = Object.entries(exclusiveUses).map(([use, attempt]) =>
  check(`amqp091/queue/exclusive/${use}`, {
    title: `Another connection's ${use.replace('-passive', ' (passive)')} on an exclusive queue is refused as resource-locked`,
    duties: ['amqp091/queue.declare.exclusive:enforce'],
    departs: true,
    async run(peer) {
      const owner = await peer.channel();
      const queue = await owner.queue({ queue: peer.name(), exclusive: true });
      await owner.bind(queue, 'amq.direct', queue);
      const other = await peer.channel();
      attempt(other, queue);
      await other.answersTo('amqp091/queue.declare.exclusive:enforce');
      await owner.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
    },
  }),
);

/** How queues end (exclusive, auto-delete, delete) and are emptied (purge). */
export const queueLifeChecks = [
  ...exclusiveChecks,
  check('amqp091/queue/exclusive/gone-with-connection', {
    title: 'An exclusive queue is deleted when its connection closes',
    duties: ['amqp091/queue.declare.exclusive-life:emit'],
    async run(peer) {
      const owner = await peer.channel();
      const queue = await owner.queue({ queue: peer.name(), exclusive: true });
      await owner.connection.close();
      await exclusiveQueueGone(peer, queue);
    },
  }),
  check('amqp091/queue/exclusive/gone-with-socket', {
    title: 'An exclusive queue is deleted when its connection is lost',
    duties: ['amqp091/queue.declare.exclusive-life:emit'],
    async run(peer) {
      const owner = await peer.channel();
      const queue = await owner.queue({ queue: peer.name(), exclusive: true });
      owner.connection.destroy();
      await exclusiveQueueGone(peer, queue);
    },
  }),
  check('amqp091/queue/auto-delete/last-cancel', {
    title: 'An auto-delete queue goes with the last cancel, not with the first of two',
    duties: ['amqp091/queue.declare.auto-delete:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), autoDelete: true });
      const [first, last] = [await channel.consume(queue), await channel.consume(queue)];
      await channel.call('basic.cancel', { consumerTag: first }, 'basic.cancel-ok');
      await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
      await channel.call('basic.cancel', { consumerTag: last }, 'basic.cancel-ok');
      await queueGone(peer, channel.connection, queue);
    },
  }),
  check('amqp091/queue/auto-delete/channel-closed', {
    title: 'An auto-delete queue goes with the channel of its last consumer',
    duties: ['amqp091/queue.declare.auto-delete:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), autoDelete: true });
      await channel.consume(queue);
      await channel.close();
      await queueGone(peer, channel.connection, queue);
    },
  }),
  check('amqp091/queue/auto-delete/never-consumed', {
    title: 'An auto-delete queue that was only read with get stays',
    duties: ['amqp091/queue.declare.auto-delete-unused:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), autoDelete: true });
      fill(channel, queue, ['1']);
      await takeAll(peer, channel, queue, 1);
      await channel.call('basic.get', { queue }, 'basic.get-empty');
      await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
    },
  }),
  check('amqp091/queue/purge/count', {
    title: 'Purge empties a queue and says how many messages it removed',
    duties: ['amqp091/queue.purge.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(3));
      await queueHolds(peer, channel, queue, 3);
      const { args } = await channel.call('queue.purge', { queue }, 'queue.purge-ok');
      peer.require(args.messageCount === 3, `purge-ok counts ${args.messageCount} messages where 3 were removed.`);
      await channel.call('basic.get', { queue }, 'basic.get-empty');
    },
  }),
  check('amqp091/queue/purge/unacknowledged', {
    title: 'Purge leaves alone what waits for an acknowledgement',
    duties: ['amqp091/queue.purge.unacknowledged:emit'],
    async run(peer: Peer) {
      const [holder, channel] = [await peer.channel(), await peer.channel()];
      const queue = await holder.queue({ queue: peer.name(), durable: true, exclusive: false });
      fill(holder, queue, ['held', 'ready']);
      await queueHolds(peer, holder, queue, 2);
      await hold(peer, holder, queue);
      const { args } = await channel.call('queue.purge', { queue }, 'queue.purge-ok');
      peer.require(args.messageCount === 1, `purge-ok counts ${args.messageCount} messages where 1 was ready.`);
      await holder.close();
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['held'], 'Messages after purge and channel close');
    },
  }),
  check('amqp091/queue/purge/missing', {
    title: 'Purging a queue that does not exist is not-found',
    duties: ['amqp091/queue.purge.exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.purge', { queue: peer.name() });
      await channel.answersTo('amqp091/queue.purge.exists:enforce');
    },
  }),
  check('amqp091/queue/purge/no-wait', {
    title: 'A queue purged with no-wait is empty, and no purge-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(3));
      await queueHolds(peer, channel, queue, 3);
      channel.send('queue.purge', { queue, noWait: true });
      await channel.barrier(['queue.purge-ok']);
      await queueHolds(peer, channel, queue, 0);
    },
  }),
  check('amqp091/queue/delete/count', {
    title: 'After delete-ok, which counts the messages, the queue does not exist',
    duties: ['amqp091/queue.delete.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name() });
      fill(channel, queue, numbered(3));
      await queueHolds(peer, channel, queue, 3);
      const { args } = await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      peer.require(args.messageCount === 3, `delete-ok counts ${args.messageCount} messages where 3 were there.`);
      const view = await queueView(peer, channel.connection, queue);
      peer.require(view.kind === 'refused' && view.code === 404, 'The queue still exists after delete-ok.');
    },
  }),
  check('amqp091/queue/delete/missing', {
    title: 'Deleting a queue that does not exist is not-found',
    duties: ['amqp091/queue.delete.exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.delete', { queue: peer.name() });
      await channel.answersTo('amqp091/queue.delete.exists:enforce');
    },
  }),
  check('amqp091/queue/delete/if-unused-in-use', {
    title: 'A queue with a consumer survives a delete with if-unused',
    duties: ['amqp091/queue.delete.in-use:enforce'],
    departs: true,
    async run(peer: Peer) {
      const [consuming, channel] = [await peer.channel(), await peer.channel()];
      const queue = await consuming.queue({ queue: peer.name(), durable: true, exclusive: false });
      await consuming.consume(queue);
      channel.send('queue.delete', { queue, ifUnused: true });
      await channel.answersTo('amqp091/queue.delete.in-use:enforce');
      const view = await queueView(peer, channel.connection, queue);
      peer.require(view.kind === 'there' && view.consumers === 1, 'The queue or its consumer is gone.');
    },
  }),
  check('amqp091/queue/delete/if-empty-not-empty', {
    title: 'A queue with messages survives a delete with if-empty, and keeps them',
    duties: ['amqp091/queue.delete.not-empty:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name() });
      fill(channel, queue, numbered(2));
      await queueHolds(peer, channel, queue, 2);
      channel.send('queue.delete', { queue, ifEmpty: true });
      await channel.answersTo('amqp091/queue.delete.not-empty:enforce');
      const view = await queueView(peer, channel.connection, queue);
      peer.require(view.kind === 'there' && view.messages === 2, 'The queue or its messages are gone.');
    },
  }),
  check('amqp091/queue/delete/if-unused-if-empty', {
    title: 'An unused and empty queue is deleted with if-unused and if-empty',
    duties: ['amqp091/queue.delete.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name() });
      const { args } = await channel.call('queue.delete', { queue, ifUnused: true, ifEmpty: true }, 'queue.delete-ok');
      peer.require(args.messageCount === 0, `delete-ok counts ${args.messageCount} messages in an empty queue.`);
    },
  }),
  check('amqp091/queue/delete/no-wait', {
    title: 'A queue deleted with no-wait is gone, and no delete-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name() });
      channel.send('queue.delete', { queue, noWait: true });
      await channel.barrier(['queue.delete-ok']);
      await queueGone(peer, channel.connection, queue);
    },
  }),
];
