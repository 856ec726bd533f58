import { check } from '../../harness/check/check.ts';
import type { Receiver10, Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { carried, crossing, receiverOf, textIn } from '../amqp10/crossing.ts';
import { bodyOf, messageOf, sendTo } from '../amqp10/passage.ts';
import { numbered, requireTexts } from '../amqp091/observations.ts';

const order = 'amqp10/3.3.1.order:emit';
const acquired = 'amqp10/3.3.1.acquired:emit';
const unaltered = 'amqp10/3.2.4.properties-unaltered:emit';

/** Takes so many messages in the order they come, and accepts each. */
async function taken(receiver: Receiver10, count: number): Promise<readonly string[]> {
  const came: string[] = [];
  while (came.length < count) {
    const delivery = await receiver.receive();
    came.push(textIn(delivery));
    if (!delivery.settled) delivery.accept();
  }
  return came;
}

async function sender(peer: Peer, address: string): Promise<Sender10> {
  return (await peer.session10()).sender(address);
}

async function receiver(peer: Peer, address: string, credit: number): Promise<Receiver10> {
  const link = await (await peer.session10()).receiver(address);
  link.credit(credit);
  return link;
}

/** One party of a conversation: where it is asked or answered, and what it hears. */
interface Party {
  readonly address: string;
  readonly hears: Receiver10;
}

async function party(peer: Peer): Promise<Party> {
  const { address } = await peer.node10();
  return { address, hears: await receiver(peer, address, 10) };
}

async function ask(peer: Peer, to: Sender10, client: Party, question: string): Promise<void> {
  await sendTo(peer, to, { properties: { replyTo: client.address, correlationId: { type: 'string', value: `about ${question}` } }, ...bodyOf(question) });
}

/** Takes one request and answers it to where it says. */
async function answer(peer: Peer, server: Party): Promise<void> {
  const request = await server.hears.receive();
  request.accept();
  const { replyTo, correlationId } = request.message.properties ?? {};
  peer.require(replyTo !== undefined, 'The request came without the address for its answer.');
  await sendTo(peer, await sender(peer, replyTo), { properties: { correlationId }, ...bodyOf(`answer to ${textIn(request)}`) });
}

async function requireAnswer(peer: Peer, client: Party, question: string): Promise<void> {
  const reply = await client.hears.receive();
  reply.accept();
  const { correlationId } = reply.message.properties ?? {};
  requireTexts(peer, [`${correlationId?.value}`, textIn(reply)], [`about ${question}`, `answer to ${question}`], 'Correlation-id and body of the answer');
}

/** Lets workers with one credit each, on connections of their own, do what they have at hand until so many tasks are done, and gives them as they were done. */
async function worked(peer: Peer, workers: readonly Receiver10[], count: number): Promise<readonly string[]> {
  const done: string[] = [];
  await peer.eventually(`the workers do ${count} tasks`, async () => {
    for (const worker of workers) {
      await worker.barrier();
      done.push(...atHand(worker));
    }
    return done.length >= count;
  });
  return done;
}

/** The task that has come already, which is done; then the next may come. */
function atHand(worker: Receiver10): readonly string[] {
  const { session } = worker;
  return session.connection.taken().flatMap(seen => {
    if (seen.kind !== 'frame' || seen.performative.type !== 'transfer') return [];
    session.send('disposition', { role: 'receiver', first: seen.performative.deliveryId ?? 0, settled: true, state: { type: 'accepted' } });
    worker.credit(1);
    return [Buffer.from(carried(messageOf(seen.payload)) ?? []).toString()];
  });
}

const inOrder = (bodies: readonly string[]): readonly string[] => bodies.toSorted((one, other) => Number(one) - Number(other));

/** How applications talk over 1.0. */
export const pattern10Checks = [
  check('amqp10/pattern/one-way/sender-gone', {
    title: 'One-way messages of a sender of 1.0 that closes right behind them reach a receiver on another connection, each once and in order',
    duties: [order],
    async run(peer: Peer) {
      const { hears, address } = await party(peer);
      hears.credit(60);
      const link = await sender(peer, address);
      for (const body of numbered(50)) await sendTo(peer, link, bodyOf(body));
      await link.session.connection.close();
      requireTexts(peer, await taken(hears, 50), numbered(50), 'Messages as they came');
      await hears.barrier(['transfer']);
    },
  }),
  check('amqp10/pattern/one-way/receiver-later', {
    title: 'One-way messages wait for a receiver of 1.0 that comes when their sender is long gone',
    duties: [order],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const link = await sender(peer, address);
      for (const body of numbered(20)) await sendTo(peer, link, bodyOf(body));
      await link.session.connection.close();
      requireTexts(peer, await taken(await receiver(peer, address, 20), 20), numbered(20), 'Messages as they came');
    },
  }),
  check('amqp10/pattern/one-way/small-credit', {
    title: 'A hundred messages come in order to a receiver of 1.0 that gives credit for five at a time',
    duties: [order],
    worstMs: 1500,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const link = await sender(peer, address);
      for (const body of numbered(100)) await link.deliver(bodyOf(body), { settled: true });
      const hears = await receiver(peer, address, 0);
      const came: string[] = [];
      while (came.length < 100) {
        hears.credit(5);
        came.push(...(await taken(hears, 5)));
      }
      requireTexts(peer, came, numbered(100), 'Messages as they came');
    },
  }),
  check('amqp10/pattern/request-reply/own-node', {
    title: 'A request of 1.0 is answered to the node that its reply-to names, with its correlation-id',
    duties: [unaltered],
    async run(peer: Peer) {
      const [client, server] = [await party(peer), await party(peer)];
      const to = await sender(peer, server.address);
      for (const question of ['one', 'two']) await ask(peer, to, client, question);
      for (const question of ['one', 'two']) {
        await answer(peer, server);
        await requireAnswer(peer, client, question);
      }
    },
  }),
  check('amqp10/pattern/request-reply/many-clients', {
    title: 'Clients of 1.0 that ask one server at the same time each get the answers to their own questions',
    duties: [unaltered],
    async run(peer: Peer) {
      const server = await party(peer);
      const clients = [await party(peer), await party(peer), await party(peer)];
      const to = await sender(peer, server.address);
      for (const [at, client] of clients.entries()) await ask(peer, to, client, `question ${at}`);
      for (const _ of clients) await answer(peer, server);
      for (const [at, client] of clients.entries()) {
        await requireAnswer(peer, client, `question ${at}`);
        await client.hears.barrier(['transfer']);
      }
    },
  }),
  check('amqp10/pattern/request-reply/dynamic-node', {
    title: 'A request of 1.0 is answered to the dynamic node of its client, whose address the attach told',
    duties: [unaltered],
    optional: true,
    async run(peer: Peer) {
      const server = await party(peer);
      const session = await peer.session10();
      const asked = { name: peer.name('answers'), handle: 0, role: 'receiver', source: { type: 'source', dynamic: true }, target: { type: 'target' } } as const;
      session.send('attach', asked);
      const { performative: attach } = await session.expect('attach', { handle: 0 });
      const { source } = attach;
      if (source?.type !== 'source' || source.address === undefined) {
        const { performative } = await session.expect('detach', { handle: 0 });
        return peer.unsupported(`The broker makes no dynamic node: detach ${performative.error?.condition ?? 'without an error'}.`);
      }
      session.send('flow', { handle: 0, deliveryCount: attach.initialDeliveryCount ?? 0, linkCredit: 2 });
      const to = await sender(peer, server.address);
      await sendTo(peer, to, { properties: { replyTo: source.address, correlationId: { type: 'ulong', value: 7n } }, ...bodyOf('question') });
      await answer(peer, server);
      const { payload } = await session.expect('transfer', { handle: 0 });
      peer.require(Buffer.from(payload).includes('answer to question'), 'What came to the dynamic node is not the answer.');
    },
  }),
  check('amqp10/pattern/competing-workers/each-once', {
    title: 'Three receivers of 1.0 that share a queue do thirty tasks between them, each task once',
    duties: [acquired],
    worstMs: 3000,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const workers = [await receiver(peer, address, 1), await receiver(peer, address, 1), await receiver(peer, address, 1)];
      const link = await sender(peer, address);
      for (const body of numbered(30)) await sendTo(peer, link, bodyOf(body));
      requireTexts(peer, inOrder(await worked(peer, workers, 30)), numbered(30), 'Tasks that were done');
      for (const worker of workers) await worker.barrier(['transfer']);
    },
  }),
  check('amqp10/pattern/competing-workers/one-dies', {
    title: 'What a worker of 1.0 held when its connection broke is done by the others, and nothing twice',
    duties: [acquired, 'amqp10/3.4.returned-unsettled:emit'],
    worstMs: 3000,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const doomed = await receiver(peer, address, 1);
      const link = await sender(peer, address);
      await sendTo(peer, link, bodyOf('1'));
      await doomed.receive();
      const others = [await receiver(peer, address, 1), await receiver(peer, address, 1)];
      for (const body of numbered(9).slice(1)) await sendTo(peer, link, bodyOf(body));
      doomed.session.connection.destroy();
      requireTexts(peer, inOrder(await worked(peer, others, 9)), numbered(9), 'Tasks that the others did');
    },
  }),
  check('amqp10/pattern/publish-subscribe/both-protocols', {
    title: 'What is published once reaches each subscriber, those of 0-9-1 and those of 1.0, in its order',
    duties: ['amqp10/conversion.same-queue:emit'],
    crosses: true,
    async run(peer: Peer) {
      const [one, two, three] = [await crossing(peer), await crossing(peer), await crossing(peer)];
      const exchange = await one.channel.exchange('fanout');
      for (const { channel, queue } of [one, two, three]) await channel.bind(queue, exchange);
      const subscribers = [await receiverOf(one), await receiverOf(two)];
      await three.channel.consume(three.queue, { noAck: true });
      for (const body of numbered(5)) one.channel.publish({ exchange, body });
      for (const subscriber of subscribers) requireTexts(peer, await taken(subscriber, 5), numbered(5), 'Messages of a subscriber of 1.0');
      const heard: string[] = [];
      while (heard.length < 5) heard.push(Buffer.from((await three.channel.arrival('basic.deliver')).body).toString());
      requireTexts(peer, heard, numbered(5), 'Messages of a subscriber of 0-9-1');
    },
  }),
];
