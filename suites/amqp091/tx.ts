import { type Check, check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fill, takeAll, textOf } from './observations.ts';
import { commit, numbers, requireIn, requireNothingYet, rollBack, select, transacted } from './transactions.ts';

async function reopened(channel: ProbeChannel): Promise<ProbeChannel> {
  await channel.close();
  return channel.connection.channel(channel.number);
}

/** A channel that is not transacted, of a server that has the class. */
async function besideTransacted(peer: Peer): Promise<ProbeChannel> {
  const channel = await peer.channel();
  await select(peer, channel);
  return channel.connection.channel();
}

/** Class tx: which channels are transacted, and how transactions follow one another. */
export const txChecks: readonly Check[] = [
  check('amqp091/tx/implemented', {
    title: 'Class tx is implemented: tx.select is answered with select-ok',
    duties: ['amqp091/tx.implemented:emit'],
    departs: true,
    async run(peer) {
      await (await peer.channel()).call('tx.select', {}, 'tx.select-ok');
    },
  }),
  check('amqp091/tx/select/ok', {
    title: 'tx.select is answered with select-ok, on each channel that asks',
    duties: ['amqp091/tx.select:emit'],
    optional: true,
    async run(peer) {
      const channel = await peer.channel();
      await select(peer, channel);
      await select(peer, await channel.connection.channel());
    },
  }),
  check('amqp091/tx/select/twice', {
    title: 'A second tx.select is answered with select-ok and commits nothing',
    duties: ['amqp091/tx.select:emit'],
    optional: true,
    async run(peer: Peer) {
      const transaction = await transacted(peer);
      const { channel, other, queue } = transaction;
      fill(channel, queue, ['1']);
      await select(peer, channel);
      await requireNothingYet(peer, transaction);
      fill(channel, queue, ['2']);
      await commit(channel);
      const found: string[] = [];
      await peer.eventually('the message from behind the second tx.select comes out of the queue', async () => {
        found.push(...(await takeAll(peer, other, queue, 0)).map(textOf));
        return found.includes('2');
      });
      peer.note(`The message from before the second tx.select was ${found.includes('1') ? 'committed' : 'abandoned'}.`);
    },
  }),
  check('amqp091/tx/select/other-channel', {
    title: 'Beside a transacted channel the other channels of the connection publish at once',
    duties: ['amqp091/tx.select.per-channel:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      fill(transaction.channel, transaction.queue, ['held']);
      fill(await transaction.channel.connection.channel(), transaction.queue, ['at once']);
      await requireIn(peer, transaction, ['at once']);
    },
  }),
  check('amqp091/tx/select/reopened', {
    title: 'A channel that is opened again is not transacted any more',
    duties: ['amqp091/tx.select.per-channel:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      fill(await reopened(transaction.channel), transaction.queue, ['at once']);
      await requireIn(peer, transaction, ['at once']);
    },
  }),
  check('amqp091/tx/select/confirming', {
    title: 'tx.select on a channel in confirm mode is refused as precondition-failed, or done',
    duties: ['amqp091/tx.select.confirming:enforce'],
    capabilities: ['publisher_confirms'],
    optional: true,
    departs: true,
    async run(peer) {
      await select(peer, await peer.channel());
      const channel = await peer.channel();
      await channel.call('confirm.select', {}, 'confirm.select-ok');
      channel.send('tx.select');
      await channel.answersTo('amqp091/tx.select.confirming:enforce');
    },
  }),
  check('amqp091/tx/select/confirm-select', {
    title: 'confirm.select on a transacted channel is refused as precondition-failed, or done',
    duties: ['amqp091/confirm.select.transacted:enforce'],
    capabilities: ['publisher_confirms'],
    optional: true,
    departs: true,
    async run(peer) {
      const { channel } = await transacted(peer);
      channel.send('confirm.select');
      await channel.answersTo('amqp091/confirm.select.transacted:enforce');
    },
  }),
  check('amqp091/tx/select/beside-confirms', {
    title: 'A channel in confirm mode is confirmed while a transaction waits beside it, and a commit confirms nothing',
    duties: ['amqp091/tx.select.per-channel:emit'],
    capabilities: ['publisher_confirms'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, queue } = transaction;
      const confirming = await channel.connection.channel();
      await confirming.call('confirm.select', {}, 'confirm.select-ok');
      fill(channel, queue, ['held']);
      fill(confirming, queue, ['confirmed']);
      await confirming.expect('basic.ack');
      await commit(channel);
      await requireIn(peer, transaction, ['confirmed', 'held']);
      await channel.barrier(['basic.ack', 'basic.nack']);
    },
  }),
  check('amqp091/tx/commit/not-selected', {
    title: 'tx.commit on a channel that is not transacted is precondition-failed',
    duties: ['amqp091/tx.commit.transacted:enforce'],
    optional: true,
    departs: true,
    async run(peer) {
      const channel = await besideTransacted(peer);
      channel.send('tx.commit');
      await channel.answersTo('amqp091/tx.commit.transacted:enforce');
    },
  }),
  check('amqp091/tx/commit/reopened', {
    title: 'tx.commit on a channel that was transacted before it was closed and opened again is precondition-failed',
    duties: ['amqp091/tx.commit.transacted:enforce'],
    optional: true,
    departs: true,
    async run(peer) {
      const channel = await reopened((await transacted(peer)).channel);
      channel.send('tx.commit');
      await channel.answersTo('amqp091/tx.commit.transacted:enforce');
    },
  }),
  check('amqp091/tx/commit/nothing', {
    title: 'A commit of nothing is answered with commit-ok, again and again',
    duties: ['amqp091/tx.commit-ok:emit'],
    optional: true,
    async run(peer) {
      const { channel } = await transacted(peer);
      for (let times = 0; times < 3; times += 1) await commit(channel);
    },
  }),
  check('amqp091/tx/commit/next', {
    title: 'After a commit the next transaction waits for its own',
    duties: ['amqp091/tx.next:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      await commit(transaction.channel);
      fill(transaction.channel, transaction.queue, ['1']);
      await requireNothingYet(peer, transaction);
      await commit(transaction.channel);
      await requireIn(peer, transaction, ['1']);
    },
  }),
  check('amqp091/tx/commit/pipelined', {
    title: 'Transactions sent one behind the other without waiting are each ended as asked, and answered in order',
    duties: ['amqp091/3.2.1.pipelining:emit', 'amqp091/tx.next:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, queue } = transaction;
      const ends = ['tx.commit', 'tx.rollback', 'tx.commit', 'tx.commit'] as const;
      for (const [index, end] of ends.entries()) {
        channel.publish({ routingKey: queue, body: String(index + 1), properties: { deliveryMode: 2 } });
        channel.send(end);
      }
      for (const end of ends) await channel.expect(`${end}-ok`);
      await requireIn(peer, transaction, ['1', '3', '4']);
    },
  }),
  check('amqp091/tx/rollback/not-selected', {
    title: 'tx.rollback on a channel that is not transacted is precondition-failed',
    duties: ['amqp091/tx.rollback.transacted:enforce'],
    optional: true,
    departs: true,
    async run(peer) {
      const channel = await besideTransacted(peer);
      channel.send('tx.rollback');
      await channel.answersTo('amqp091/tx.rollback.transacted:enforce');
    },
  }),
  check('amqp091/tx/rollback/nothing', {
    title: 'A rollback of nothing is answered with rollback-ok, again and again',
    duties: ['amqp091/tx.rollback-ok:emit'],
    optional: true,
    async run(peer) {
      const { channel } = await transacted(peer);
      for (let times = 0; times < 3; times += 1) await rollBack(channel);
    },
  }),
  check('amqp091/tx/rollback/next', {
    title: 'After a rollback the next transaction waits for its commit, and brings nothing of the one before',
    duties: ['amqp091/tx.next:emit', 'amqp091/tx.rollback.publications:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, queue } = transaction;
      fill(channel, queue, numbers(1, 3));
      await rollBack(channel);
      fill(channel, queue, numbers(4, 6));
      await requireNothingYet(peer, transaction);
      await commit(channel);
      await requireIn(peer, transaction, numbers(4, 6));
    },
  }),
];
