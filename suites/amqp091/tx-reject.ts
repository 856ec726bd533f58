import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { requireBack, requireTexts, takeAll, textOf } from './observations.ts';
import { commit, rejectionTakesEffect, rollBack, type Transacted, transactedHolding } from './transactions.ts';

/**
 * Class tx speaks of acknowledgements; that rejections belong to them is an extension. A server that requeues a rejected message before the commit
 * lacks it.
 */
async function requireHeld(peer: Peer, transaction: Transacted): Promise<void> {
  if (await rejectionTakesEffect(peer, transaction)) {
    peer.unsupported('The server requeues what is rejected in a transaction without waiting for the commit.');
  }
}

/** Class tx, methods reject and nack: an extension. */
export const txRejectChecks: readonly Check[] = [
  check('amqp091/tx/reject/committed', {
    title: 'A commit requeues what was rejected with requeue and discards what was rejected without',
    duties: ['amqp091/tx.rejections:emit'],
    optional: true,
    async run(peer) {
      const held = await transactedHolding(peer, 3);
      const { channel, other, queue, tags } = held;
      channel.send('basic.reject', { deliveryTag: tags[0] ?? 0n, requeue: true });
      channel.send('basic.reject', { deliveryTag: tags[1] ?? 0n, requeue: false });
      await requireHeld(peer, held);
      await commit(channel);
      requireTexts(peer, (await takeAll(peer, other, queue, 1)).map(textOf), ['1'], 'Messages after the commit');
      await requireBack(peer, held, ['3']);
    },
  }),
  check('amqp091/tx/reject/rolled-back', {
    title: 'A rollback abandons rejections: the messages are still to be settled',
    duties: ['amqp091/tx.rejections:emit'],
    optional: true,
    async run(peer) {
      const held = await transactedHolding(peer, 3);
      const { channel, tags } = held;
      channel.send('basic.reject', { deliveryTag: tags[0] ?? 0n, requeue: true });
      channel.send('basic.reject', { deliveryTag: tags[1] ?? 0n, requeue: false });
      await requireHeld(peer, held);
      await rollBack(channel);
      channel.send('basic.ack', { deliveryTag: tags[0] ?? 0n });
      await commit(channel);
      await requireBack(peer, held, ['2', '3']);
    },
  }),
  check('amqp091/tx/reject/nack-multiple', {
    title: 'A commit requeues every delivery up to the one that was refused by nack with multiple, and no later one',
    duties: ['amqp091/tx.rejections:emit'],
    capabilities: ['basic.nack'],
    optional: true,
    async run(peer) {
      const held = await transactedHolding(peer, 4);
      const { channel, other, queue, tags } = held;
      channel.send('basic.nack', { deliveryTag: tags[2] ?? 0n, multiple: true, requeue: true });
      await requireHeld(peer, held);
      await commit(channel);
      requireTexts(peer, (await takeAll(peer, other, queue, 3)).map(textOf).sort(), ['1', '2', '3'], 'Messages after the commit');
      await requireBack(peer, held, ['4']);
    },
  }),
  check('amqp091/tx/reject/mixture', {
    title: 'A commit carries out acks, nacks and rejects of one transaction side by side',
    duties: ['amqp091/tx.rejections:emit', 'amqp091/tx.commit.acknowledgements:emit'],
    capabilities: ['basic.nack'],
    optional: true,
    async run(peer) {
      const held = await transactedHolding(peer, 5);
      const { channel, other, queue, tags } = held;
      channel.send('basic.ack', { deliveryTag: tags[0] ?? 0n });
      channel.send('basic.nack', { deliveryTag: tags[1] ?? 0n, requeue: true });
      channel.send('basic.reject', { deliveryTag: tags[2] ?? 0n, requeue: false });
      channel.send('basic.nack', { deliveryTag: tags[3] ?? 0n, requeue: false });
      await requireHeld(peer, held);
      await commit(channel);
      requireTexts(peer, (await takeAll(peer, other, queue, 1)).map(textOf), ['2'], 'Messages after the commit');
      await requireBack(peer, held, ['5']);
    },
  }),
];
