import type { Peer } from '../../harness/probe/peer.ts';
import { deliveries, takeAll, textOf } from '../amqp091/observations.ts';
import { settle } from './books.ts';
import { holdAll } from './holding.ts';
import { drain, drainTexts, durable, durableQueue, named, only, publishAll } from './scenes.ts';
import { securing } from './secured.ts';

const back = 'amqp091/4.5.redelivery:emit';
const flag = 'amqp091/domain.redelivered.implementation:emit';
const kept = 'amqp091/basic.persistent-restored:emit';

/** A queue with persistent messages that the server has taken over, and a channel to take them by. */
async function filled(peer: Peer, count: number) {
  const { channel: publisher, take, duty } = await securing(peer);
  const queue = await durableQueue(peer, publisher);
  const attempted = named(count);
  await take(count, channel => publishAll(channel, attempted, { routingKey: queue }));
  return { channel: await peer.channel(), queue, attempted, take, duty };
}

/** Messages that were delivered, and acknowledged or not. */
export const durableAcknowledgementChecks = [
  only('stop', 'ack/settled', {
    title: 'What was acknowledged is gone, and the rest is there,',
    duties: ['amqp091/basic.ack.single:emit', kept],
    async run(peer: Peer, outage) {
      const { channel, queue, attempted, duty } = await filled(peer, 20);
      await holdAll(peer, channel, queue, 10);
      const barred = attempted.filter((_, at) => at < 10 && at % 2 === 0);
      for (const [at] of barred.entries()) channel.send('basic.ack', { deliveryTag: BigInt(2 * at + 1) });
      await channel.barrier();
      await peer.outage();
      const found = await drainTexts(await peer.channel(), queue);
      settle(peer, 'acknowledged', { outage, attempted, confirmed: attempted, barred }, found, { lost: duty });
    },
  }),
  only('kill', 'ack/settled', {
    title: 'What was acknowledged may be back, marked as redelivered, and the rest is there,',
    duties: [kept, flag],
    async run(peer: Peer, outage) {
      const { channel, queue, attempted, duty } = await filled(peer, 20);
      await holdAll(peer, channel, queue, 10);
      channel.send('basic.ack', { deliveryTag: 10n, multiple: true });
      await channel.barrier();
      await peer.outage();
      const found = await drain(await peer.channel(), queue);
      const owed = attempted.slice(10);
      settle(peer, 'acknowledged just before', { outage, attempted, confirmed: owed }, found.map(textOf), { lost: duty });
      const unmarked = found.filter(each => !each.method.args.redelivered && !owed.includes(textOf(each)));
      peer.require(unmarked.length === 0, `Acknowledged messages came back without the redelivered flag: ${unmarked.length}.`, flag);
    },
  }),
  ...durable('ack/unsettled', {
    title: 'What was delivered and not acknowledged is there, marked as redelivered,',
    duties: [back, flag],
    async run(peer: Peer, outage) {
      const { channel, queue, attempted, take } = await filled(peer, 10);
      await channel.call('basic.qos', { prefetchCount: 4 }, 'basic.qos-ok');
      await channel.consume(queue);
      await deliveries(channel, 4);
      // What is stored now is stored behind whatever the server noted of the deliveries.
      await take(1, publisher => publishAll(publisher, named(1, 11), { routingKey: queue }));
      await peer.outage();
      const found = await drain(await peer.channel(), queue);
      const all = [...attempted, ...named(1, 11)];
      settle(peer, 'delivered and never acknowledged', { outage, attempted: all, confirmed: all }, found.map(textOf));
      const marked = found.map(({ method }) => method.args.redelivered);
      peer.measure(`redelivered flags of eleven messages, four of which had been delivered (${outage})`, marked.map(each => (each ? 1 : 0)).join(''));
      peer.require(marked.slice(0, 4).every(Boolean), 'Messages that had been delivered come back without the redelivered flag.', flag);
    },
  }),
  ...durable('ack/got', {
    title: 'What was fetched by get and never acknowledged is there, marked as redelivered,',
    duties: [back, flag],
    async run(peer: Peer, outage) {
      const { channel, queue, attempted } = await filled(peer, 5);
      await holdAll(peer, channel, queue, 2);
      await peer.outage();
      const found = await drain(await peer.channel(), queue);
      settle(peer, 'fetched and never acknowledged', { outage, attempted, confirmed: attempted }, found.map(textOf));
      peer.require(
        found.slice(0, 2).every(({ method }) => method.args.redelivered),
        'Messages that had been fetched come back without the redelivered flag.',
        flag,
      );
    },
  }),
  // A server that was killed cannot know what it had delivered, and the flag is a hint: there it may flag too much.
  only('stop', 'ack/fresh', {
    title: 'What was never delivered is not marked as redelivered',
    duties: ['amqp091/domain.redelivered.first:emit', kept],
    async run(peer: Peer, outage) {
      const { queue, attempted, duty } = await filled(peer, 5);
      await peer.outage();
      const found = await drain(await peer.channel(), queue);
      settle(peer, 'never delivered', { outage, attempted, confirmed: attempted }, found.map(textOf), { lost: duty });
      peer.require(!found.some(({ method }) => method.args.redelivered), 'A message that was never delivered is marked as redelivered.');
    },
  }),
  ...durable('client/goes-on', {
    title: 'A client that comes back goes on publishing, and gets everything that is left once,',
    duties: [kept, back],
    async run(peer: Peer, outage) {
      const { channel, queue, attempted, duty } = await filled(peer, 20);
      await channel.call('basic.qos', { prefetchCount: 5 }, 'basic.qos-ok');
      await channel.consume(queue);
      await deliveries(channel, 5);
      await peer.outage();
      const publisher = await securing(peer);
      const more = named(10, 21);
      await publisher.take(more.length, channel => publishAll(channel, more, { routingKey: queue }));
      const again = await peer.channel();
      await again.consume(queue);
      const all = [...attempted, ...more];
      const found = (await deliveries(again, all.length)).map(textOf);
      again.send('basic.ack', { deliveryTag: 0n, multiple: true });
      await again.close();
      const left = await takeAll(peer, await peer.channel(), queue, 0);
      settle(peer, 'a client that comes back', { outage, attempted: all, confirmed: all }, [...found, ...left.map(textOf)], { lost: duty });
    },
  }),
];
