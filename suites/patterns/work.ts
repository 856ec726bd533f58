import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { deliveries, fill, numbered, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';

/** A queue that outlives the connection of who made it. */
async function sharedQueue(channel: ProbeChannel, peer: Peer): Promise<string> {
  return channel.queue({ queue: peer.name('work'), durable: true, exclusive: false });
}

/** Workers, each on a connection of its own, that take one task at a time. */
async function workers(peer: Peer, queue: string, count: number): Promise<readonly ProbeChannel[]> {
  const all: ProbeChannel[] = [];
  while (all.length < count) {
    const channel = await peer.channel();
    await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
    await channel.consume(queue);
    all.push(channel);
  }
  return all;
}

/** Lets the workers work until so many tasks are done, and gives them as they were done. */
async function worked(peer: Peer, all: readonly ProbeChannel[], count: number): Promise<readonly string[]> {
  const done: string[] = [];
  await peer.eventually(`the workers do ${count} tasks`, async () => {
    for (let before = -1; before < done.length; ) {
      before = done.length;
      for (const channel of all) done.push(...(await workedOnce(channel)));
    }
    return done.length >= count;
  });
  return done;
}

/** Does what a worker has at hand. */
async function workedOnce(channel: ProbeChannel): Promise<readonly string[]> {
  const done: string[] = [];
  await channel.barrier();
  for (const seen of channel.taken()) {
    if (seen.kind !== 'method' || seen.arrival === undefined || seen.method.name !== 'basic.deliver') continue;
    done.push(textOf(seen.arrival));
    channel.send('basic.ack', { deliveryTag: seen.method.args.deliveryTag });
  }
  return done;
}

const inOrder = (bodies: readonly string[]): readonly string[] => bodies.toSorted((one, other) => Number(one) - Number(other));

/** One-way messages and work that is shared. */
export const workChecks = [
  check('amqp091/pattern/one-way/publisher-gone', {
    title: 'One-way messages of a publisher that closes right behind them reach a consumer on another connection, each once and in order',
    duties: ['amqp091/4.7.order:emit', 'amqp091/3.1.4.one-reader:emit'],
    async run(peer) {
      const [publisher, consumer] = [await peer.channel(), await peer.channel()];
      const queue = await sharedQueue(consumer, peer);
      await consumer.consume(queue, { noAck: true });
      fill(publisher, queue, numbered(50));
      await publisher.connection.close();
      requireTexts(peer, (await deliveries(consumer, 50)).map(textOf), numbered(50), 'Messages as they came');
      await consumer.barrier(['basic.deliver']);
    },
  }),
  check('amqp091/pattern/one-way/consumer-later', {
    title: 'One-way messages wait for a consumer that comes when their publisher is long gone',
    duties: ['amqp091/4.7.order:emit', 'amqp091/queue.declare.default-binding:emit'],
    async run(peer) {
      const publisher = await peer.channel();
      const queue = await sharedQueue(publisher, peer);
      fill(publisher, queue, numbered(20));
      await publisher.connection.close();
      const consumer = await peer.channel();
      await consumer.consume(queue, { noAck: true });
      requireTexts(peer, (await deliveries(consumer, 20)).map(textOf), numbered(20), 'Messages as they came');
    },
  }),
  check('amqp091/pattern/competing-workers/each-once', {
    title: 'Three workers that share a queue do thirty tasks between them, each task once',
    duties: ['amqp091/3.1.4.one-reader:emit', 'amqp091/basic.ack.single:emit'],
    worstMs: 2000,
    async run(peer) {
      const publisher = await peer.channel();
      const queue = await sharedQueue(publisher, peer);
      const all = await workers(peer, queue, 3);
      fill(publisher, queue, numbered(30));
      const done = await worked(peer, all, 30);
      requireTexts(peer, inOrder(done), numbered(30), 'Tasks that were done');
      for (const channel of all) await channel.barrier(['basic.deliver']);
    },
  }),
  check('amqp091/pattern/competing-workers/one-dies', {
    title: 'What a worker held when its connection broke is done by the others, and nothing twice',
    duties: ['amqp091/basic.explicit-acknowledgement:emit', 'amqp091/3.1.4.one-reader:emit'],
    worstMs: 2000,
    async run(peer) {
      const publisher = await peer.channel();
      const queue = await sharedQueue(publisher, peer);
      const [doomed, ...others] = await workers(peer, queue, 3);
      fill(publisher, queue, numbered(9));
      await doomed?.arrival('basic.deliver');
      doomed?.connection.destroy();
      requireTexts(peer, inOrder(await worked(peer, others, 9)), numbered(9), 'Tasks that the others did');
      requireTexts(peer, (await takeAll(peer, publisher, queue, 0)).map(textOf), [], 'Tasks that are left');
    },
  }),
];
