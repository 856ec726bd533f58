import type { Outage } from '../../harness/probe/outage.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { commit, rollBack, select } from '../amqp091/transactions.ts';
import { settle } from './books.ts';
import { holdAll } from './holding.ts';
import { drainTexts, durable, durableQueue, named, publishAll } from './scenes.ts';

const committed = 'amqp091/tx.commit.persistent:emit';
const order = 'amqp091/4.7.order:emit';

async function selected(peer: Peer): Promise<{ readonly channel: ProbeChannel; readonly queue: string }> {
  const channel = await peer.channel();
  const queue = await durableQueue(peer, channel);
  await select(peer, channel);
  return { channel, queue };
}

/** Publishes and acknowledges in a transaction behind a committed one, and goes through an outage without a commit: both are to be undone. */
function undone(scenario: string, leave: (channel: ProbeChannel) => Promise<unknown>, duties: Parameters<typeof settle>[4]) {
  return async (peer: Peer, outage: Outage): Promise<void> => {
    const { channel, queue } = await selected(peer);
    const kept = named(5);
    publishAll(channel, kept, { routingKey: queue });
    await commit(channel);
    await holdAll(peer, channel, queue, 2);
    channel.send('basic.ack', { deliveryTag: 2n, multiple: true });
    const barred = named(5, 6);
    publishAll(channel, barred, { routingKey: queue });
    await leave(channel);
    await peer.outage();
    settle(peer, scenario, { outage, attempted: [...kept, ...barred], confirmed: kept, barred }, await drainTexts(await peer.channel(), queue), duties);
  };
}

/** Transactions that were committed, rolled back or left open. */
export const durableTransactionChecks = [
  ...durable('tx/committed', {
    title: 'What transactions published and committed is there, each once and in order,',
    duties: [committed, order],
    async run(peer: Peer, outage) {
      const { channel, queue } = await selected(peer);
      const attempted = named(50);
      for (let at = 0; at < attempted.length; at += 10) {
        publishAll(channel, attempted.slice(at, at + 10), { routingKey: queue });
        await commit(channel);
      }
      await peer.outage();
      settle(peer, 'committed', { outage, attempted, confirmed: attempted }, await drainTexts(await peer.channel(), queue), { reordered: order });
    },
  }),
  ...durable('tx/acknowledged', {
    title: 'What a transaction acknowledged and committed is gone, and what it published is there,',
    duties: [committed],
    async run(peer: Peer, outage) {
      const { channel, queue } = await selected(peer);
      const attempted = named(10);
      publishAll(channel, attempted, { routingKey: queue });
      await commit(channel);
      const barred = attempted.slice(0, 4);
      await holdAll(peer, channel, queue, barred.length);
      channel.send('basic.ack', { deliveryTag: BigInt(barred.length), multiple: true });
      const more = named(3, 11);
      publishAll(channel, more, { routingKey: queue });
      await commit(channel);
      const all = [...attempted, ...more];
      await peer.outage();
      settle(peer, 'acknowledged in a transaction', { outage, attempted: all, confirmed: all, barred }, await drainTexts(await peer.channel(), queue));
    },
  }),
  ...durable('tx/rolled-back', {
    title: 'What was rolled back is undone, published and acknowledged alike,',
    duties: ['amqp091/tx.rollback.publications:emit', 'amqp091/tx.rollback.acknowledgements:emit', committed],
    run: undone('rolled back', rollBack, {
      lost: 'amqp091/tx.rollback.acknowledgements:emit',
      unexpected: 'amqp091/tx.rollback.publications:emit',
    }),
  }),
  ...durable('tx/open', {
    title: 'What was never committed is undone, published and acknowledged alike,',
    duties: ['amqp091/tx.publications-held:emit', 'amqp091/tx.acknowledgements-held:emit', committed],
    run: undone('never committed', channel => channel.barrier(), {
      lost: 'amqp091/tx.acknowledgements-held:emit',
      unexpected: 'amqp091/tx.publications-held:emit',
    }),
  }),
  ...durable('tx/under-way', {
    title: 'Transactions that were committed are there, and the last one whole or not at all,',
    duties: [committed, 'amqp091/tx.atomicity:emit'],
    async run(peer: Peer, outage) {
      const { channel, queue } = await selected(peer);
      const attempted: string[] = [];
      const confirmed: string[] = [];
      await peer.outage(async begun => {
        for (;;) {
          const group = named(size, attempted.length + 1);
          attempted.push(...group);
          publishAll(channel, group, { routingKey: queue });
          channel.send('tx.commit');
          const seen = await channel.connection.next('close');
          if (seen.kind !== 'method' || seen.method.name !== 'tx.commit-ok') return;
          confirmed.push(...group);
          if (confirmed.length >= swing) begun();
        }
      });
      const found = await drainTexts(await peer.channel(), queue);
      settle(peer, 'committed while it ended', { outage, attempted, confirmed }, found, { reordered: order });
      const whole = found.length % size === 0;
      peer.require(whole, `Of the last transaction ${found.length % size} of ${size} messages are there.`, 'amqp091/tx.atomicity:emit');
    },
  }),
];

/** Messages of each transaction, and committed messages that show that the client is in full swing. */
const size = 5;
const swing = 25;
