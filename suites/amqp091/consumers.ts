import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { allHandedOut, consumerOn, delivered, requireShares, sharedQueue } from './handing-out.ts';
import { deliveries, fill, numbered, requireTexts, textOf } from './observations.ts';

/** A consumer is there again: its queue's next message comes to it. */
async function requireServed(peer: Peer, channel: ProbeChannel, queue: string, consumerTag: string): Promise<void> {
  await channel.consume(queue, { consumerTag });
  fill(channel, queue, ['served']);
  const { method } = await channel.arrival('basic.deliver');
  peer.require(method.args.consumerTag === consumerTag, `The delivery names the consumer ${method.args.consumerTag}.`);
}

/** Whether an exclusive consumer is taken; a refusal costs the channel that it was asked on. */
async function takesExclusive(peer: Peer, channel: ProbeChannel, queue: string): Promise<boolean> {
  channel.send('basic.consume', { queue, exclusive: true });
  const seen = await channel.connection.next();
  peer.require(seen.kind === 'method', `A consume got no answer but ${seen.kind}.`);
  if (seen.method.name === 'basic.consume-ok') return true;
  peer.require(seen.method.name === 'channel.close' && seen.method.args.replyCode === 403, `A consume was answered with ${seen.method.name}.`);
  channel.send('channel.close-ok');
  return false;
}

/** Class basic, method consume: how long a consumer lasts, and no-local. */
export const consumerChecks = [
  check('amqp091/consume/tag/again-after-cancel', {
    title: 'The tag of a consumer that was cancelled may be used again on its channel',
    duties: ['amqp091/basic.consume.lifetime:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'again' });
      await channel.call('basic.cancel', { consumerTag: 'again' }, 'basic.cancel-ok');
      await requireServed(peer, channel, queue, 'again');
    },
  }),
  check('amqp091/consume/tag/again-after-close', {
    title: 'The tags of a closed channel may be used again when its number is opened again',
    duties: ['amqp091/basic.consume.lifetime:emit'],
    async run(peer) {
      const { connection } = await peer.channel();
      const first = await connection.channel();
      const queue = await first.queue();
      await first.consume(queue, { consumerTag: 'again' });
      await first.close();
      await requireServed(peer, await connection.channel(first.number), queue, 'again');
    },
  }),
  check('amqp091/consume/tag/long', {
    title: 'Consumer tags may have 255 octets, and differ in their last',
    duties: ['amqp091/basic.consume-ok.tag:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const [one, two] = ['1', '2'].map(last => 'tag '.padEnd(254, '-') + last) as [string, string];
      for (const consumerTag of [one, two]) await requireTagged(peer, channel, queue, consumerTag);
      await channel.call('basic.cancel', { consumerTag: one }, 'basic.cancel-ok');
      fill(channel, queue, ['rest']);
      const { method } = await channel.arrival('basic.deliver');
      peer.require(method.args.consumerTag === two, 'The delivery names another consumer than the one that is left.');
    },
  }),
  check('amqp091/consume/tag/case', {
    title: 'Consumer tags that differ in case are different',
    duties: ['amqp091/basic.consume-ok.tag:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      for (const consumerTag of ['My Tag', 'my tag']) await requireTagged(peer, channel, queue, consumerTag);
    },
  }),
  check('amqp091/consume/exclusive/after-cancel', {
    title: 'When an exclusive consumer is cancelled its queue is free for others',
    duties: ['amqp091/basic.consume.lifetime:emit'],
    async run(peer) {
      const [one, two] = [await peer.channel(), await peer.channel()];
      const queue = await sharedQueue(peer, one);
      const consumerTag = await one.consume(queue, { exclusive: true });
      await one.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
      await two.consume(queue, { exclusive: true });
    },
  }),
  check('amqp091/consume/exclusive/after-close', {
    title: 'When the channel of an exclusive consumer closes its queue is free for others',
    duties: ['amqp091/basic.consume.lifetime:emit'],
    async run(peer) {
      const [one, two] = [await peer.channel(), await peer.channel()];
      const queue = await sharedQueue(peer, one);
      await one.consume(queue, { exclusive: true });
      await one.close();
      await two.consume(queue);
      await two.consume(queue);
    },
  }),
  check('amqp091/consume/exclusive/after-loss', {
    title: 'When the connection of an exclusive consumer is lost its queue is free for others',
    duties: ['amqp091/basic.consume.lifetime:emit'],
    async run(peer) {
      const [one, two] = [await peer.channel(), await peer.connection()];
      const queue = await sharedQueue(peer, one);
      await one.consume(queue, { exclusive: true });
      one.connection.destroy();
      await peer.eventually('an exclusive consumer is taken', async () => takesExclusive(peer, await two.channel(), queue));
    },
  }),
  check('amqp091/consume/exclusive/own', {
    title: 'An exclusive consumer is refused where the same channel has one already',
    duties: ['amqp091/basic.consume.exclusive:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      channel.send('basic.consume', { queue, exclusive: true });
      await channel.answersTo('amqp091/basic.consume.exclusive:enforce');
    },
  }),
  check('amqp091/consume/exclusive/two', {
    title: 'Of two exclusive consumers of a queue the second is refused, and the first goes on',
    duties: ['amqp091/basic.consume.exclusive:enforce'],
    departs: true,
    async run(peer) {
      const [one, two] = [await peer.channel(), await peer.channel()];
      const queue = await sharedQueue(peer, one);
      await one.consume(queue, { exclusive: true });
      two.send('basic.consume', { queue, exclusive: true });
      await two.answersTo('amqp091/basic.consume.exclusive:enforce');
      fill(one, queue, ['1']);
      requireTexts(peer, (await deliveries(one, 1)).map(textOf), ['1'], 'Deliveries to the exclusive consumer');
    },
  }),
  check('amqp091/consume/no-local/own', {
    title: 'A consumer with no-local gets what others publish, and nothing that its own connection did on any channel',
    duties: ['amqp091/domain.no-local:emit'],
    async run(peer) {
      const [channel, stranger] = [await peer.channel(), await peer.channel()];
      const queue = await sharedQueue(peer, channel);
      await channel.consume(queue, { consumerTag: 'one', noLocal: true });
      fill(channel, queue, ['own']);
      const second = await channel.connection.channel();
      fill(second, queue, ['own as well']);
      await second.barrier();
      fill(stranger, queue, ['other 1', 'other 2']);
      const came = [...(await deliveries(channel, 2))];
      await second.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
      await channel.barrier();
      requireShares(peer, [...came, ...delivered(channel)], { one: ['other 1', 'other 2'] });
    },
  }),
  check('amqp091/consume/no-local/for-others', {
    title: 'What no-local keeps from one connection goes to the consumer of another',
    duties: ['amqp091/domain.no-local:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await sharedQueue(peer, channel);
      const looking = await channel.connection.channel();
      await channel.consume(queue, { consumerTag: 'deaf', noLocal: true });
      const other = await consumerOn(await peer.connection(), queue, 'other');
      fill(looking, queue, numbered(4));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [channel, other] }, 4), { other: numbered(4) });
    },
  }),
  check('amqp091/consume/no-local/with-own', {
    title: 'A consumer without no-local beside one with it gets what its connection publishes',
    duties: ['amqp091/domain.no-local:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const looking = await channel.connection.channel();
      await channel.consume(queue, { consumerTag: 'deaf', noLocal: true });
      await channel.consume(queue, { consumerTag: 'plain' });
      fill(looking, queue, numbered(4));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [channel] }, 4), { plain: numbered(4) });
    },
  }),
];

async function requireTagged(peer: Peer, channel: ProbeChannel, queue: string, consumerTag: string): Promise<void> {
  const given = await channel.consume(queue, { consumerTag });
  peer.require(given === consumerTag, 'consume-ok bears another tag than consume asked for.');
}
