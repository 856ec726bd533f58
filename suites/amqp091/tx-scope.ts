import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fill, holding, queueView, requireBack, requireFound, requireTexts, takeAll, textOf } from './observations.ts';
import {
  commit,
  endings,
  requireIn,
  requireNoReturnYet,
  requireNothingYet,
  rollBack,
  select,
  sharedQueue,
  transacted,
  transactedHolding,
} from './transactions.ts';

/** Class tx: what belongs to a transaction and what does not, and that it is done whole or not at all. */
export const txScopeChecks: readonly Check[] = [
  check('amqp091/tx/deliveries/consumer', {
    title: 'A consumer of a transacted channel is sent messages without a commit',
    duties: ['amqp091/tx.deliveries:emit'],
    optional: true,
    async run(peer) {
      const { channel, other, queue } = await transacted(peer);
      await channel.consume(queue);
      fill(other, queue, ['1']);
      const first = await channel.arrival('basic.deliver');
      channel.send('basic.ack', { deliveryTag: first.method.args.deliveryTag });
      fill(other, queue, ['2']);
      const second = await channel.arrival('basic.deliver');
      requireTexts(peer, [first, second].map(textOf), ['1', '2'], 'Deliveries on the transacted channel');
    },
  }),
  check('amqp091/tx/deliveries/got-without-acknowledgement', {
    title: 'A message that was taken without acknowledgement stays taken after a rollback',
    duties: ['amqp091/tx.deliveries:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, other, queue } = transaction;
      fill(other, queue, ['1', '2']);
      await peer.eventually('a message comes out of the queue', async () => (await channel.get(queue, { noAck: true })) !== null);
      await rollBack(channel);
      await channel.close();
      await requireIn(peer, transaction, ['2']);
    },
  }),
  check('amqp091/tx/deliveries/consumed-without-acknowledgement', {
    title: 'A message that was consumed without acknowledgement stays consumed after a rollback',
    duties: ['amqp091/tx.deliveries:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, other, queue } = transaction;
      const consumerTag = await channel.consume(queue, { noAck: true });
      fill(other, queue, ['1']);
      await channel.arrival('basic.deliver');
      await channel.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
      await rollBack(channel);
      fill(other, queue, ['2']);
      await requireIn(peer, transaction, ['2']);
    },
  }),
  check('amqp091/tx/others/binding', {
    title: 'A binding that is made in a transaction works at once, and stays after a rollback',
    duties: ['amqp091/tx.others:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, other, queue } = transaction;
      const exchange = await channel.exchange('fanout');
      await channel.bind(queue, exchange);
      other.publish({ exchange, body: 'before' });
      await requireIn(peer, transaction, ['before']);
      await rollBack(channel);
      other.publish({ exchange, body: 'after' });
      await requireIn(peer, transaction, ['after']);
    },
  }),
  check('amqp091/tx/others/queue', {
    title: 'A queue that is declared in a transaction is there at once, and stays after a rollback',
    duties: ['amqp091/tx.others:emit'],
    optional: true,
    async run(peer) {
      const { channel, other } = await transacted(peer);
      const queue = await sharedQueue(peer, channel);
      await other.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
      await rollBack(channel);
      await other.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
    },
  }),
  check('amqp091/tx/others/purge', {
    title: 'A purge in a transaction empties the queue at once, and a rollback brings nothing back',
    duties: ['amqp091/tx.others:emit'],
    optional: true,
    async run(peer) {
      const transaction = await transacted(peer);
      const { channel, other, queue } = transaction;
      fill(other, queue, ['purged']);
      await other.barrier();
      await peer.eventually('the queue is purged', async () => (await channel.call('queue.purge', { queue }, 'queue.purge-ok')).args.messageCount === 1);
      await requireIn(peer, transaction, []);
      await rollBack(channel);
      fill(other, queue, ['later']);
      await requireIn(peer, transaction, ['later']);
    },
  }),
  check('amqp091/tx/others/deletion', {
    title: 'A queue that is deleted in a transaction is gone at once, and stays gone after a rollback',
    duties: ['amqp091/tx.others:emit'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { channel, other, queue } = await transacted(peer);
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      await rollBack(channel);
      const view = await queueView(peer, other.connection, queue);
      peer.require(view.kind === 'refused' && view.code === 404, 'The deleted queue is there again.');
    },
  }),
  check('amqp091/tx/atomicity/relay-committed', {
    title: 'A message is acknowledged and its answer published by one commit',
    duties: ['amqp091/tx.commit.publications:emit', 'amqp091/tx.commit.acknowledgements:emit'],
    optional: true,
    async run(peer) {
      const held = await transactedHolding(peer, 1);
      const { channel, other, queue, tags } = held;
      fill(channel, queue, ['answer']);
      channel.send('basic.ack', { deliveryTag: tags[0] ?? 0n });
      await requireNothingYet(peer, held);
      await commit(channel);
      await channel.close();
      await requireIn(peer, { other, queue }, ['answer']);
    },
  }),
  check('amqp091/tx/atomicity/relay-lost', {
    title: 'When the connection is lost before the commit, the message comes back and its answer is gone',
    duties: ['amqp091/tx.atomicity:emit'],
    optional: true,
    async run(peer) {
      const held = await transactedHolding(peer, 1);
      fill(held.channel, held.queue, ['answer']);
      held.channel.send('basic.ack', { deliveryTag: held.tags[0] ?? 0n });
      await held.channel.barrier();
      await endings['connection-lost'](peer, held);
      await requireFound(peer, held, ['1']);
    },
  }),
  check('amqp091/tx/atomicity/relay-rolled-back', {
    title: 'A rollback abandons an acknowledgement and a publication together',
    duties: ['amqp091/tx.rollback.publications:emit', 'amqp091/tx.rollback.acknowledgements:emit'],
    optional: true,
    async run(peer) {
      const held = await transactedHolding(peer, 1);
      fill(held.channel, held.queue, ['answer']);
      held.channel.send('basic.ack', { deliveryTag: held.tags[0] ?? 0n });
      await rollBack(held.channel);
      await requireBack(peer, held, ['1']);
    },
  }),
  check('amqp091/tx/atomicity/acknowledgement-fails', {
    title: 'When an acknowledgement fails, nothing of its transaction is done',
    duties: ['amqp091/tx.atomicity:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const held = await transactedHolding(peer, 2);
      const { channel, queue, tags } = held;
      fill(channel, queue, ['published']);
      channel.send('basic.ack', { deliveryTag: tags[0] ?? 0n });
      channel.send('basic.ack', { deliveryTag: (tags[1] ?? 0n) + 100n });
      await channel.answersTo('amqp091/tx.acknowledgement-checked:enforce');
      await requireFound(peer, held, ['1', '2']);
    },
  }),
  check('amqp091/tx/atomicity/publication-fails', {
    title: 'When a publication fails, at once or by the commit, nothing of its transaction is done',
    duties: ['amqp091/tx.atomicity:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const held = await transactedHolding(peer, 2);
      const { channel, queue, tags } = held;
      fill(channel, queue, ['published']);
      channel.send('basic.ack', { deliveryTag: tags[0] ?? 0n });
      channel.publish({ exchange: peer.name(), body: 'nowhere' });
      channel.send('tx.commit');
      await channel.answersTo('amqp091/tx.exchange-checked:enforce');
      await requireFound(peer, held, ['1', '2']);
    },
  }),
  check('amqp091/tx/mandatory/committed', {
    title: 'A mandatory message that no queue takes comes back once, with its content, when its transaction is committed',
    duties: ['amqp091/tx.mandatory-at-commit:emit'],
    optional: true,
    async run(peer: Peer) {
      const { channel } = await transacted(peer);
      channel.publish({ routingKey: peer.name('nobody'), mandatory: true, body: 'back' });
      await requireNoReturnYet(peer, channel);
      await commit(channel);
      const back = await channel.arrival('basic.return');
      peer.require(back.method.args.replyCode === 312 && textOf(back) === 'back', `The return says ${back.method.args.replyCode} and carries ${textOf(back)}.`);
      await channel.barrier(['basic.return']);
    },
  }),
  check('amqp091/tx/mandatory/rolled-back', {
    title: 'A mandatory message that no queue takes does not come back when its transaction is rolled back',
    duties: ['amqp091/tx.mandatory-at-commit:emit'],
    optional: true,
    async run(peer) {
      const { channel } = await transacted(peer);
      channel.publish({ routingKey: peer.name('nobody'), mandatory: true, body: 'abandoned' });
      await requireNoReturnYet(peer, channel);
      await rollBack(channel);
      await channel.barrier(['basic.return']);
    },
  }),
  check('amqp091/tx/mandatory/routed', {
    title: 'A mandatory message that a queue takes does not come back by the commit',
    duties: ['amqp091/tx.mandatory-at-commit:emit'],
    optional: true,
    async run(peer) {
      const { channel, other, queue } = await transacted(peer);
      channel.publish({ routingKey: queue, mandatory: true, body: 'kept' });
      await commit(channel);
      await requireIn(peer, { other, queue }, ['kept']);
      await channel.barrier(['basic.return']);
    },
  }),
  check('amqp091/tx/deliveries/taken-before', {
    title: 'Deliveries from before tx.select are acknowledged by the first transaction',
    duties: ['amqp091/tx.commit.acknowledgements:emit'],
    optional: true,
    async run(peer) {
      const held = await holding(peer, 2);
      held.channel.send('basic.ack', { deliveryTag: held.tags[0] ?? 0n });
      await select(peer, held.channel);
      held.channel.send('basic.ack', { deliveryTag: held.tags[1] ?? 0n });
      await commit(held.channel);
      fill(held.other, held.queue, ['later']);
      const left = (await takeAll(peer, held.other, held.queue, 1)).map(textOf);
      requireTexts(peer, left, ['later'], 'Messages in the queue');
    },
  }),
];
