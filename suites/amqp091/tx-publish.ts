import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fill, queueHolds, requireTexts, takeAll, textOf } from './observations.ts';
import {
  commit,
  endings,
  endingTitles,
  numbers,
  requireIn,
  requireNothingYet,
  rollBack,
  select,
  sharedQueue,
  type Transacted,
  transacted,
} from './transactions.ts';

/** Whatever ends the channel before a commit, what it published is gone: a later message is the only one in the queue. */
function abandoned(how: keyof typeof endings): Check {
  return check(`amqp091/tx/publish/${how}`, {
    title: `What is published in a transaction is gone when ${endingTitles[how]} before the commit`,
    duties: ['amqp091/tx.publications-held:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const transaction = await transacted(peer);
      fill(transaction.channel, transaction.queue, ['gone']);
      await transaction.channel.barrier();
      await endings[how](peer, transaction);
      fill(transaction.other, transaction.queue, ['later']);
      await requireIn(peer, transaction, ['later']);
    },
  });
}

/** A transaction on a queue that is deleted before its commit, and on another that stays. */
async function requireAnswered(peer: Peer, { channel, other, queue }: Transacted, spoil: () => Promise<unknown>): Promise<void> {
  fill(channel, queue, ['kept']);
  await channel.barrier();
  await spoil();
  channel.send('tx.commit');
  const answer = await channel.answersTo('amqp091/tx.destination-gone:enforce');
  const committed = answer.kind === 'method';
  fill(other, queue, ['later']);
  const found = (await takeAll(peer, other, queue, committed ? 2 : 1)).map(textOf);
  requireTexts(
    peer,
    found.filter(each => each !== 'kept' || committed),
    committed ? ['kept', 'later'] : ['later'],
    'Messages in the queue that stayed',
  );
}

/** Class tx, publications. */
export const txPublishChecks: readonly Check[] = [
  check('amqp091/tx/publish/held', {
    title: 'What is published in a transaction is found by nobody before the commit, and then by everybody',
    duties: ['amqp091/tx.publications-held:emit', 'amqp091/tx.commit.publications:emit'],
    optional: true,
    async run(peer: Peer) {
      const transaction = await transacted(peer);
      const { channel, queue } = transaction;
      fill(channel, queue, numbers(1, 3));
      await requireNothingYet(peer, transaction);
      peer.require((await channel.get(queue)) === null, 'The transacted channel itself finds what it has not committed.');
      await commit(channel);
      await requireIn(peer, transaction, numbers(1, 3));
    },
  }),
  check('amqp091/tx/publish/not-counted', {
    title: 'The message count of a queue leaves out what waits for a commit',
    duties: ['amqp091/tx.publications-held:emit'],
    optional: true,
    async run(peer: Peer) {
      const { channel, queue } = await transacted(peer);
      fill(channel, queue, numbers(1, 3));
      const { args } = await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
      peer.require(args.messageCount === 0, `The queue counts ${args.messageCount} messages that are not committed.`);
      await commit(channel);
      await queueHolds(peer, channel, queue, 3);
    },
  }),
  check('amqp091/tx/publish/consumers', {
    title: 'Consumers, of the transacted channel too, are sent nothing before the commit and everything after it',
    duties: ['amqp091/tx.publications-held:emit', 'amqp091/tx.commit.publications:emit'],
    optional: true,
    async run(peer) {
      const { channel, other, queue } = await transacted(peer);
      const own = await channel.queue();
      await channel.consume(own);
      await other.consume(queue);
      for (const routingKey of [own, queue]) channel.publish({ routingKey, body: 'x' });
      await channel.barrier(['basic.deliver']);
      await other.barrier(['basic.deliver']);
      await commit(channel);
      await channel.arrival('basic.deliver');
      await other.arrival('basic.deliver');
    },
  }),
  check('amqp091/tx/publish/order', {
    title: 'The messages of a transaction keep their order, and stand behind what was there before the commit',
    duties: ['amqp091/tx.commit.order:emit', 'amqp091/tx.publications-held:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, other, queue } = transaction;
      fill(channel, queue, numbers(1, 20));
      await channel.barrier();
      fill(other, queue, ['before']);
      await queueHolds(peer, other, queue, 1);
      await commit(channel);
      await requireIn(peer, transaction, ['before', ...numbers(1, 20)]);
    },
  }),
  check('amqp091/tx/publish/order-of-sizes', {
    title: 'Messages of several sizes, persistent or not, come out of a transaction whole and in order',
    duties: ['amqp091/tx.commit.order:emit', 'amqp091/tx.commit.publications:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, queue } = transaction;
      const bodies = [1, 200_000, 0, 5000, 131_072, 17].map((size, index) => String(index).padEnd(size, 'x').slice(0, size));
      for (const [index, body] of bodies.entries()) channel.publish({ routingKey: queue, body, properties: { deliveryMode: (index % 2) + 1 } });
      await commit(channel);
      await requireIn(peer, transaction, bodies);
    },
  }),
  check('amqp091/tx/publish/many', {
    title: 'A transaction of 500 messages is committed whole',
    duties: ['amqp091/tx.commit.publications:emit'],
    optional: true,
    worstMs: 2000,
    departs: true,
    async run(peer) {
      const transaction = await transacted(peer);
      fill(transaction.channel, transaction.queue, numbers(1, 500));
      await requireNothingYet(peer, transaction);
      await commit(transaction.channel);
      await requireIn(peer, transaction, numbers(1, 500));
    },
  }),
  check('amqp091/tx/publish/several-queues', {
    title: 'A commit reaches every queue of the transaction, by fan-out and one by one',
    duties: ['amqp091/tx.commit.publications:emit'],
    optional: true,
    async run(peer) {
      const { channel, other, queue } = await transacted(peer);
      const queues = [queue, await sharedQueue(peer, channel), await sharedQueue(peer, channel)];
      const exchange = await channel.exchange('fanout');
      for (const each of queues) await channel.bind(each, exchange);
      channel.publish({ exchange, body: 'everywhere' });
      for (const routingKey of queues) channel.publish({ routingKey, body: 'here' });
      await channel.barrier();
      for (const each of queues) await requireIn(peer, { other, queue: each }, []);
      await commit(channel);
      for (const each of queues) await requireIn(peer, { other, queue: each }, ['everywhere', 'here']);
    },
  }),
  check('amqp091/tx/publish/rolled-back', {
    title: 'A rollback abandons what was published, in every queue',
    duties: ['amqp091/tx.rollback.publications:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, other, queue } = transaction;
      const second = await sharedQueue(peer, channel);
      fill(channel, queue, numbers(1, 3));
      fill(channel, second, ['4']);
      await rollBack(channel);
      fill(other, queue, ['later']);
      fill(other, second, ['later']);
      await requireIn(peer, transaction, ['later']);
      await requireIn(peer, { other, queue: second }, ['later']);
    },
  }),
  ...(['channel-closed', 'channel-failed', 'connection-closed', 'connection-lost'] as const).map(abandoned),
  check('amqp091/tx/publish/two-transactions', {
    title: 'Transactions of two channels on one queue do not touch each other, and stand there in the order of their commits',
    duties: ['amqp091/tx.select.per-channel:emit', 'amqp091/tx.publications-held:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, queue } = transaction;
      const [second, third] = [await channel.connection.channel(), await channel.connection.channel()];
      await select(peer, second);
      await select(peer, third);
      for (const [each, bodies] of [
        [channel, ['1', '2']],
        [second, ['3', '4']],
        [third, ['5']],
      ] as const)
        fill(each, queue, bodies);
      await rollBack(third);
      await commit(second);
      await commit(channel);
      await requireIn(peer, transaction, ['3', '4', '1', '2']);
    },
  }),
  check('amqp091/tx/publish/exchange-missing', {
    title: 'Publishing to a missing exchange in a transaction is not-found, at once or by the commit',
    duties: ['amqp091/tx.exchange-checked:enforce'],
    optional: true,
    departs: true,
    async run(peer) {
      const { channel } = await transacted(peer);
      channel.publish({ exchange: peer.name(), body: 'x' });
      channel.send('tx.commit');
      await channel.answersTo('amqp091/tx.exchange-checked:enforce');
    },
  }),
  check('amqp091/tx/publish/queue-deleted', {
    title: 'A commit is answered though a queue of its transaction was deleted, and with commit-ok the other queue has its message',
    duties: ['amqp091/tx.destination-gone:enforce'],
    optional: true,
    departs: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const doomed = await sharedQueue(peer, transaction.other);
      fill(transaction.channel, doomed, ['gone']);
      await requireAnswered(peer, transaction, () => transaction.other.call('queue.delete', { queue: doomed }, 'queue.delete-ok'));
    },
  }),
  check('amqp091/tx/publish/exchange-deleted', {
    title: 'A commit is answered though an exchange of its transaction was deleted, and with commit-ok what went elsewhere arrives',
    duties: ['amqp091/tx.destination-gone:enforce'],
    optional: true,
    departs: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const doomed = await transaction.other.exchange('direct');
      transaction.channel.publish({ exchange: doomed, body: 'gone' });
      await requireAnswered(peer, transaction, () => transaction.other.call('exchange.delete', { exchange: doomed }, 'exchange.delete-ok'));
    },
  }),
];
