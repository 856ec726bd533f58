import { type Check, check } from '../../harness/check/check.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import { fill, requireBack, requireFound } from './observations.ts';
import { commit, endings, endingTitles, numbers, requireIn, requireNothingYet, rollBack, type Transacted, transactedHolding } from './transactions.ts';

type Holding = Transacted & { readonly tags: readonly bigint[] };

function acknowledge({ channel, tags }: Holding, number: number, multiple = false): void {
  channel.send('basic.ack', { deliveryTag: tags[number - 1] ?? 0n, multiple });
}

/** Whatever ends the channel before a commit, what it acknowledged comes back. */
function abandoned(how: keyof typeof endings): Check {
  return check(`amqp091/tx/ack/${how}`, {
    title: `What is acknowledged in a transaction comes back when ${endingTitles[how]} before the commit`,
    duties: ['amqp091/tx.acknowledgements-held:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 3);
      acknowledge(holding, 2);
      await holding.channel.barrier();
      await endings[how](peer, holding);
      await requireFound(peer, holding, numbers(1, 3));
    },
  });
}

/** What acknowledges wrongly inside of a transaction is told at once: no commit is sent. */
function refused(slug: string, title: string, settle: (channel: ProbeChannel, tag: bigint) => void, capabilities: readonly string[] = []): Check {
  return check(`amqp091/tx/ack/${slug}`, {
    title,
    duties: ['amqp091/tx.acknowledgement-checked:enforce'],
    capabilities,
    optional: true,
    departs: true,
    async run(peer) {
      const { channel, tags } = await transactedHolding(peer, 2);
      settle(channel, tags[1] ?? 0n);
      await channel.answersTo('amqp091/tx.acknowledgement-checked:enforce');
    },
  });
}

/** Class tx, acknowledgements. */
export const txAcknowledgeChecks: readonly Check[] = [
  check('amqp091/tx/ack/held', {
    title: 'A message that is acknowledged in a transaction is given to nobody before the commit',
    duties: ['amqp091/tx.acknowledgements-held:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 2);
      acknowledge(holding, 1);
      await requireNothingYet(peer, holding);
      await holding.channel.close();
      await requireFound(peer, holding, ['1', '2']);
    },
  }),
  ...(['channel-closed', 'channel-failed', 'connection-closed', 'connection-lost'] as const).map(abandoned),
  check('amqp091/tx/ack/committed', {
    title: 'A commit settles the deliveries that were acknowledged, and no other',
    duties: ['amqp091/tx.commit.acknowledgements:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 4);
      acknowledge(holding, 3);
      acknowledge(holding, 1);
      await commit(holding.channel);
      await requireBack(peer, holding, ['2', '4']);
    },
  }),
  check('amqp091/tx/ack/multiple', {
    title: 'A commit settles every delivery up to the one that was acknowledged with multiple, and no later one',
    duties: ['amqp091/tx.commit.acknowledgements:emit', 'amqp091/basic.ack.multiple:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 4);
      acknowledge(holding, 2);
      acknowledge(holding, 3, true);
      await commit(holding.channel);
      await requireBack(peer, holding, ['4']);
    },
  }),
  check('amqp091/tx/ack/all', {
    title: 'A commit settles all that was held when tag zero was acknowledged with multiple, and nothing got later',
    duties: ['amqp091/tx.commit.acknowledgements:emit', 'amqp091/basic.ack.all:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 3);
      holding.channel.send('basic.ack', { deliveryTag: 0n, multiple: true });
      await holding.channel.barrier();
      fill(holding.other, holding.queue, ['later']);
      await peer.eventually('the later message comes', async () => (await holding.channel.get(holding.queue)) !== null);
      await commit(holding.channel);
      await requireBack(peer, holding, ['later']);
    },
  }),
  check('amqp091/tx/ack/over-transactions', {
    title: 'What one transaction leaves unacknowledged the next one may acknowledge',
    duties: ['amqp091/tx.next:emit', 'amqp091/tx.commit.acknowledgements:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 3);
      acknowledge(holding, 1);
      await commit(holding.channel);
      acknowledge(holding, 2);
      await commit(holding.channel);
      await requireBack(peer, holding, ['3']);
    },
  }),
  check('amqp091/tx/ack/next-held', {
    title: 'After a commit an acknowledgement waits for the next one',
    duties: ['amqp091/tx.next:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 3);
      acknowledge(holding, 1);
      await commit(holding.channel);
      acknowledge(holding, 2);
      await requireBack(peer, holding, ['2', '3']);
    },
  }),
  check('amqp091/tx/ack/rolled-back', {
    title: 'A rollback abandons acknowledgements: the messages are still to be settled',
    duties: ['amqp091/tx.rollback.acknowledgements:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 3);
      acknowledge(holding, 1);
      acknowledge(holding, 3);
      await rollBack(holding.channel);
      await commit(holding.channel);
      await requireBack(peer, holding, ['1', '2', '3']);
    },
  }),
  check('amqp091/tx/ack/again', {
    title: 'After a rollback the same deliveries can be acknowledged in the next transaction',
    duties: ['amqp091/tx.rollback.acknowledgements:emit', 'amqp091/tx.commit.acknowledgements:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 3);
      acknowledge(holding, 1);
      acknowledge(holding, 2);
      await rollBack(holding.channel);
      acknowledge(holding, 2);
      acknowledge(holding, 1);
      await commit(holding.channel);
      await requireBack(peer, holding, ['3']);
    },
  }),
  check('amqp091/tx/ack/no-redelivery', {
    title: 'A rollback has nothing delivered again, neither to the channel nor to others',
    duties: ['amqp091/tx.rollback.no-redelivery:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 2);
      const { channel, other, queue } = holding;
      await channel.consume(queue);
      await other.consume(queue);
      acknowledge(holding, 1);
      await rollBack(channel);
      await channel.barrier(['basic.deliver']);
      await other.barrier(['basic.deliver']);
    },
  }),
  check('amqp091/tx/ack/recover', {
    title: 'After a rollback recover has the messages delivered again, flagged as redelivered',
    duties: ['amqp091/tx.rollback.no-redelivery:emit', 'amqp091/basic.recover.requeue:emit'],
    optional: true,
    async run(peer) {
      const holding = await transactedHolding(peer, 2);
      const { channel, other, queue } = holding;
      acknowledge(holding, 1);
      await rollBack(channel);
      await requireIn(peer, { other, queue }, []);
      await channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
      await requireFound(peer, holding, ['1', '2']);
    },
  }),
  refused('unknown', 'An ack of a tag that was never delivered is refused at once in a transaction', (channel, tag) =>
    channel.send('basic.ack', { deliveryTag: tag + 100n }),
  ),
  refused('unknown-multiple', 'An ack with multiple up to a tag that was never delivered is refused at once in a transaction', (channel, tag) =>
    channel.send('basic.ack', { deliveryTag: tag + 100n, multiple: true }),
  ),
  refused('twice', 'A second ack of the same tag is refused at once in the same transaction', (channel, deliveryTag) => {
    channel.send('basic.ack', { deliveryTag });
    channel.send('basic.ack', { deliveryTag });
  }),
  refused('rejected', 'A reject of a tag that the transaction acknowledged is refused at once', (channel, deliveryTag) => {
    channel.send('basic.ack', { deliveryTag, multiple: true });
    channel.send('basic.reject', { deliveryTag });
  }),
  refused(
    'nack-unknown',
    'A nack of a tag that was never delivered is refused at once in a transaction',
    (channel, tag) => channel.send('basic.nack', { deliveryTag: tag + 100n }),
    ['basic.nack'],
  ),
];
