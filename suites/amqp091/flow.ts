import { type Check, check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { allHandedOut, consumerOn, delivered, handedOut, requireOnce, requireShares } from './handing-out.ts';
import { deliveries, fill, numbered, queueHolds, requireTexts, textOf } from './observations.ts';

async function flow(channel: ProbeChannel, active: boolean): Promise<void> {
  await channel.call('channel.flow', { active }, 'channel.flow-ok');
}

/** Nothing is delivered on a paused channel while a request on it is answered, of a kind that does not resume it. */
async function requireNothing(peer: Peer, channel: ProbeChannel): Promise<void> {
  await channel.call('basic.qos', {}, 'basic.qos-ok');
  const came = delivered(channel).length;
  peer.require(came === 0, `The paused channel delivered ${came} messages.`);
}

/** Methods channel.flow and flow-ok: section 3.1.9. */
export const flowChecks: readonly Check[] = [
  check('amqp091/flow/resume', {
    title: 'Flow with active one is answered with flow-ok and active one',
    duties: ['amqp091/channel.flow.flow-ok:emit', 'amqp091/channel.flow-ok.active:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const { args } = await channel.call('channel.flow', { active: true }, 'channel.flow-ok');
      peer.require(args.active, 'Flow-ok says inactive.', 'amqp091/channel.flow-ok.active:emit');
    },
  }),
  check('amqp091/flow/pause', {
    title: 'Flow with active zero is answered with flow-ok and active zero',
    duties: ['amqp091/channel.flow.flow-ok:emit', 'amqp091/channel.flow-ok.active:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const { args } = await channel.call('channel.flow', { active: false }, 'channel.flow-ok');
      peer.require(!args.active, 'Flow-ok says active.', 'amqp091/channel.flow-ok.active:emit');
    },
  }),
  check('amqp091/flow/initially-active', {
    title: 'A new channel delivers without a flow method',
    duties: ['amqp091/channel.flow.initial-state:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      channel.publish({ routingKey: queue });
      await channel.arrival('basic.deliver');
    },
  }),
  check('amqp091/flow/paused-and-resumed', {
    title: 'A paused channel delivers nothing, and goes on where it stopped when resumed',
    duties: ['amqp091/channel.flow.active:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      await channel.call('channel.flow', { active: false }, 'channel.flow-ok');
      other.publish({ routingKey: queue, body: 'waits' });
      await queueHolds(peer, other, queue, 1);
      await channel.call('basic.qos', {}, 'basic.qos-ok');
      const delivered = channel.taken().some(seen => seen.kind === 'method' && seen.method.name === 'basic.deliver');
      peer.require(!delivered, 'The paused channel delivered a message.');
      await channel.call('channel.flow', { active: true }, 'channel.flow-ok');
      await channel.arrival('basic.deliver');
    },
  }),
  check('amqp091/flow/get-while-paused', {
    title: 'A paused channel still answers basic.get with content',
    duties: ['amqp091/channel.flow.get:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      await channel.call('channel.flow', { active: false }, 'channel.flow-ok');
      other.publish({ routingKey: queue });
      await queueHolds(peer, other, queue, 1);
      peer.require((await channel.get(queue)) !== null, 'The paused channel gets no content.');
    },
  }),
  check('amqp091/flow/consume-while-paused', {
    title: 'A consumer made on a paused channel is confirmed, and gets its messages when the channel is resumed',
    duties: ['amqp091/channel.flow.active:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      fill(other, queue, numbered(3));
      await queueHolds(peer, other, queue, 3);
      await flow(channel, false);
      await channel.consume(queue);
      await queueHolds(peer, other, queue, 3);
      await requireNothing(peer, channel);
      await flow(channel, true);
      requireTexts(peer, (await deliveries(channel, 3)).map(textOf), numbered(3), 'Deliveries in order');
    },
  }),
  check('amqp091/flow/no-ack', {
    title: 'Messages for a consumer with no-ack wait in the queue while its channel is paused',
    duties: ['amqp091/channel.flow.active:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { noAck: true });
      await flow(channel, false);
      fill(other, queue, numbered(3));
      await queueHolds(peer, other, queue, 3);
      await requireNothing(peer, channel);
      await flow(channel, true);
      requireTexts(peer, (await deliveries(channel, 3)).map(textOf), numbered(3), 'Deliveries in order');
    },
  }),
  check('amqp091/flow/twice', {
    title: 'A channel paused twice is resumed by one flow',
    duties: ['amqp091/channel.flow.active:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      await flow(channel, false);
      await flow(channel, false);
      fill(other, queue, ['1']);
      await queueHolds(peer, other, queue, 1);
      await requireNothing(peer, channel);
      await flow(channel, true);
      await channel.arrival('basic.deliver');
    },
  }),
  check('amqp091/flow/to-others', {
    title: 'While one consumer is paused the messages go to another, and to both again afterwards',
    duties: ['amqp091/channel.flow.active:emit', 'amqp091/3.1.6.delivers:emit'],
    async run(peer) {
      const looking = await peer.channel();
      const queue = await looking.queue();
      const [paused, free] = [await consumerOn(looking.connection, queue, 'paused'), await consumerOn(looking.connection, queue, 'free')];
      await flow(paused, false);
      fill(looking, queue, numbered(4));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [free] }, 4), { free: numbered(4) });
      await requireNothing(peer, paused);
      await flow(paused, true);
      await free.close();
      requireOnce(peer, await allHandedOut(peer, { looking, queue, channels: [paused] }, 4), numbered(4), 'Deliveries to the resumed consumer');
    },
  }),
  check('amqp091/flow/other-channel', {
    title: 'Pausing one channel leaves the other channels of its connection active',
    duties: ['amqp091/channel.flow.initial-state:emit', 'amqp091/4.3.multiple-channels:emit'],
    async run(peer) {
      const looking = await peer.channel();
      await flow(await looking.connection.channel(), false);
      const queue = await looking.queue();
      const channel = await consumerOn(looking.connection, queue, 'one');
      fill(looking, queue, ['1']);
      requireShares(peer, await handedOut(peer, { looking, queue, channels: [channel] }, { atLeast: 1 }), { one: ['1'] });
    },
  }),
  check('amqp091/flow/publish-while-paused', {
    title: 'A client that paused a channel may still publish and acknowledge on it',
    duties: ['amqp091/channel.flow.active:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      fill(channel, queue, ['1']);
      const { deliveryTag } = (await channel.arrival('basic.deliver')).method.args;
      await flow(channel, false);
      channel.send('basic.ack', { deliveryTag });
      fill(channel, queue, ['2']);
      await queueHolds(peer, other, queue, 1);
      await requireNothing(peer, channel);
      await flow(channel, true);
      requireTexts(peer, (await deliveries(channel, 1)).map(textOf), ['2'], 'Deliveries after the pause');
    },
  }),
  check('amqp091/flow/reopened', {
    title: 'A channel number that is opened again is active, though it was paused when it closed',
    duties: ['amqp091/channel.flow.initial-state:emit', 'amqp091/channel.close.reuse:emit'],
    async run(peer) {
      const { connection } = await peer.channel();
      const paused = await connection.channel();
      await flow(paused, false);
      await paused.close();
      const channel = await connection.channel(paused.number);
      const queue = await channel.queue();
      await channel.consume(queue);
      fill(channel, queue, ['1']);
      await channel.arrival('basic.deliver');
    },
  }),
];
