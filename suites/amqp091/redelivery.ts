import { check } from '../../harness/check/check.ts';
import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { consumerOn, sharedQueue } from './handing-out.ts';
import { deliveries, exclusiveQueueGone, fill, type Held, hold, numbered, queueHolds, requireTexts, takeAll, textOf } from './observations.ts';

interface Way {
  readonly slug: string;
  /** What a title says: `… are given back by …`. */
  readonly by: string;
  readonly capabilities?: readonly string[];
  /** The connection ends, which an exclusive queue of its own tells. */
  readonly endsConnection?: true;
  /** Gives back all that the channel holds, and is heard by the server. */
  give(held: Held, peer: Peer): Promise<unknown>;
}

/** Every way in which messages come back to their queue. */
const ways: readonly Way[] = [
  {
    slug: 'reject',
    by: 'rejecting them one by one, the last first',
    async give({ channel, tags }) {
      for (const deliveryTag of tags.toReversed()) channel.send('basic.reject', { deliveryTag, requeue: true });
      await channel.barrier();
    },
  },
  {
    slug: 'nack',
    by: 'nacking them one by one',
    capabilities: ['basic.nack'],
    async give({ channel, tags }) {
      for (const deliveryTag of tags) channel.send('basic.nack', { deliveryTag, requeue: true });
      await channel.barrier();
    },
  },
  {
    slug: 'nack-multiple',
    by: 'a nack with multiple',
    capabilities: ['basic.nack'],
    async give({ channel, tags }) {
      channel.send('basic.nack', { deliveryTag: tags.at(-1) ?? 0n, multiple: true, requeue: true });
      await channel.barrier();
    },
  },
  {
    slug: 'nack-all',
    by: 'a nack with multiple and tag zero',
    capabilities: ['basic.nack'],
    async give({ channel }) {
      channel.send('basic.nack', { deliveryTag: 0n, multiple: true, requeue: true });
      await channel.barrier();
    },
  },
  { slug: 'recover', by: 'recover', give: ({ channel }) => channel.call('basic.recover', { requeue: true }, 'basic.recover-ok') },
  { slug: 'channel-closed', by: 'closing their channel', give: ({ channel }) => channel.close() },
  { slug: 'connection-closed', by: 'closing their connection', endsConnection: true, give: ({ channel }) => channel.connection.close() },
  { slug: 'connection-lost', by: 'losing their connection', endsConnection: true, give: async ({ channel }) => channel.connection.destroy() },
  {
    slug: 'channel-failed',
    by: 'an error on their channel',
    async give({ channel }, peer) {
      channel.send('queue.declare', { queue: peer.name(), passive: true });
      await channel.expect('channel.close');
      channel.send('channel.close-ok');
    },
  },
];

/** Messages 1 to 5, of which the channel holds the first three: these come back, and all are taken by another connection. */
async function givenBack(peer: Peer, way: Way): Promise<readonly Arrival<'basic.get-ok'>[]> {
  const held = await holdingThree(peer);
  const { channel, other, queue } = held;
  const lease = await channel.queue();
  await way.give(held, peer);
  if (way.endsConnection) await exclusiveQueueGone(peer, lease);
  await queueHolds(peer, other, queue, 5);
  return takeAll(peer, other, queue, 5);
}

/** Messages of which a channel holds the first three. */
async function holdingThree(peer: Peer, count = 5): Promise<Held> {
  const [channel, other] = [await peer.channel(), await peer.channel()];
  const queue = await sharedQueue(peer, channel);
  fill(channel, queue, numbered(count));
  await queueHolds(peer, channel, queue, count);
  const tags: bigint[] = [];
  while (tags.length < 3) tags.push((await hold(peer, channel, queue)).method.args.deliveryTag);
  return { channel, other, queue, tags };
}

function requireFlags(peer: Peer, came: readonly Arrival<'basic.get-ok' | 'basic.deliver'>[]): void {
  for (const message of came) {
    const { redelivered } = message.method.args;
    const again = ['1', '2', '3'].includes(textOf(message));
    if (again) peer.require(redelivered, `Message ${textOf(message)} came again without the redelivered flag.`);
    else peer.require(!redelivered, `Message ${textOf(message)} came for the first time with the redelivered flag.`, 'amqp091/domain.redelivered.first:emit');
  }
}

/** What comes back to its queue, in each way in which it can. */
export const redeliveryChecks = ways.flatMap(way => [
  check(`amqp091/redelivery/position/${way.slug}`, {
    title: `Messages given back by ${way.by} stand in their queue where they stood`,
    duties: ['amqp091/queue.requeue-position:emit'],
    ...(way.capabilities && { capabilities: way.capabilities }),
    async run(peer) {
      requireTexts(peer, (await givenBack(peer, way)).map(textOf), numbered(5), 'Messages in the order they are got');
    },
  }),
  check(`amqp091/redelivery/flag/${way.slug}`, {
    title: `Messages given back by ${way.by} bear the redelivered flag, and no others do`,
    duties: ['amqp091/domain.redelivered.implementation:emit', 'amqp091/domain.redelivered.first:emit'],
    ...(way.capabilities && { capabilities: way.capabilities }),
    run: async peer => requireFlags(peer, await givenBack(peer, way)),
  }),
]);

async function closedAndConsumed(peer: Peer): Promise<readonly Arrival<'basic.deliver'>[]> {
  const { channel, other, queue } = await holdingThree(peer);
  await channel.close();
  await queueHolds(peer, other, queue, 5);
  return deliveries(await consumerOn(other.connection, queue, 'next'), 5);
}

/** The tags of what is out on a channel. */
const tagsOf = (came: readonly Arrival<'basic.get-ok' | 'basic.deliver'>[]): readonly bigint[] => came.map(({ method }) => method.args.deliveryTag);

/** Class basic: redelivery to consumers, counts and tags. */
export const redeliveredChecks = [
  check('amqp091/redelivery/position/deliver', {
    title: 'A consumer that comes after a channel closed gets its messages in their old order',
    duties: ['amqp091/queue.requeue-position:emit'],
    async run(peer) {
      requireTexts(peer, (await closedAndConsumed(peer)).map(textOf), numbered(5), 'Deliveries in order');
    },
  }),
  check('amqp091/redelivery/flag/deliver', {
    title: 'Deliveries of messages that came back bear the redelivered flag, and no others do',
    duties: ['amqp091/domain.redelivered.implementation:emit', 'amqp091/domain.redelivered.first:emit'],
    run: async peer => requireFlags(peer, await closedAndConsumed(peer)),
  }),
  check('amqp091/redelivery/position/one-of-three', {
    title: 'One of three held messages given back stands before those never delivered',
    duties: ['amqp091/queue.requeue-position:emit'],
    async run(peer) {
      const { channel, other, queue, tags } = await holdingThree(peer);
      channel.send('basic.reject', { deliveryTag: tags[1] ?? 0n, requeue: true });
      await channel.barrier();
      requireTexts(peer, (await takeAll(peer, other, queue, 3)).map(textOf), ['2', '4', '5'], 'Messages in the order they are got');
    },
  }),
  check('amqp091/redelivery/fresh-order', {
    title: 'Messages never delivered before keep their order among themselves, whatever came back',
    duties: ['amqp091/4.7.order:emit'],
    async run(peer) {
      const { channel, other, queue } = await holdingThree(peer, 20);
      await channel.close();
      await queueHolds(peer, other, queue, 20);
      const fresh = (await takeAll(peer, other, queue, 20)).filter(({ method }) => !method.args.redelivered);
      requireTexts(peer, fresh.map(textOf), numbered(20).slice(3), 'Messages without the redelivered flag');
    },
  }),
  check('amqp091/redelivery/message-count', {
    title: 'What is held unacknowledged is not counted as waiting, and counts again when it comes back',
    duties: ['amqp091/domain.message-count:emit'],
    async run(peer) {
      const { channel, other, queue, tags } = await holdingThree(peer);
      await queueHolds(peer, other, queue, 2);
      channel.send('basic.reject', { deliveryTag: tags[2] ?? 0n, requeue: true });
      await queueHolds(peer, other, queue, 3);
      channel.send('basic.ack', { deliveryTag: tags[1] ?? 0n });
      await channel.close();
      await queueHolds(peer, other, queue, 4);
    },
  }),
  check('amqp091/redelivery/after-cancel', {
    title: 'What a cancelled consumer holds comes back when its channel closes, not before',
    duties: ['amqp091/basic.cancel.delivered:emit', 'amqp091/4.5.redelivery:emit'],
    async run(peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const queue = await sharedQueue(peer, channel);
      const consumerTag = await channel.consume(queue);
      fill(channel, queue, numbered(2));
      await deliveries(channel, 2);
      await channel.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
      await other.call('basic.get', { queue }, 'basic.get-empty');
      await channel.close();
      requireTexts(peer, (await takeAll(peer, other, queue, 2)).map(textOf).sort(), ['1', '2'], 'Messages after the channel closed');
    },
  }),
  check('amqp091/redelivery/again-and-again', {
    title: 'A message given back three times comes each time with the flag, under a new and higher tag',
    duties: ['amqp091/domain.redelivered.implementation:emit', 'amqp091/domain.delivery-tag.growing:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      fill(channel, queue, ['1']);
      let before = (await channel.arrival('basic.deliver')).method.args.deliveryTag;
      for (let time = 1; time <= 3; time += 1) {
        channel.send('basic.reject', { deliveryTag: before, requeue: true });
        const { args } = (await channel.arrival('basic.deliver')).method;
        peer.require(args.redelivered, `Delivery ${time + 1} lacks the redelivered flag.`);
        peer.require(args.deliveryTag > before, `Tag ${before} was followed by ${args.deliveryTag}.`, 'amqp091/domain.delivery-tag.growing:emit');
        before = args.deliveryTag;
      }
    },
  }),
  check('amqp091/deliver/tags-grow', {
    title: 'The delivery tags of a channel grow, from one consumer to the next and with gets in between',
    duties: ['amqp091/domain.delivery-tag.growing:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [one, two, third] = [await channel.queue(), await channel.queue(), await channel.queue()];
      fill(channel, third, numbered(2));
      const tags: bigint[] = [];
      for (const queue of [one, two]) {
        await channel.consume(queue);
        fill(channel, queue, numbered(3));
        tags.push(...tagsOf(await deliveries(channel, 3)), ...tagsOf([await hold(peer, channel, third)]));
      }
      const grow = tags.every((tag, at) => at === 0 || tag > (tags[at - 1] ?? 0n));
      peer.require(grow, `The delivery tags came as ${tags.join(', ')}.`);
      peer.measure('delivery tags count from 1 in steps of 1', tags.join() === '1,2,3,4,5,6,7,8');
    },
  }),
  ...(['ack', 'nack'] as const).map(method =>
    check(`amqp091/${method}/queue-deleted`, {
      title: `A message whose queue is deleted meanwhile can still be settled with ${method}`,
      duties: ['amqp091/basic.ack.outstanding:emit'],
      ...(method === 'nack' && { capabilities: ['basic.nack'] }),
      async run(peer) {
        const channel = await peer.channel({ capabilities: { consumer_cancel_notify: false } });
        const queue = await channel.queue();
        await channel.consume(queue);
        fill(channel, queue, ['1']);
        const { deliveryTag } = (await channel.arrival('basic.deliver')).method.args;
        await channel.call('queue.delete', { queue }, 'queue.delete-ok');
        settle(channel, method, deliveryTag);
        await channel.barrier();
      },
    }),
  ),
];

function settle(channel: ProbeChannel, method: 'ack' | 'nack', deliveryTag: bigint): void {
  if (method === 'ack') channel.send('basic.ack', { deliveryTag });
  else channel.send('basic.nack', { deliveryTag, requeue: true });
}
