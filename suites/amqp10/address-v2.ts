import { type Check, check } from '../../harness/check/check.ts';
import { HttpDesk10, mapOf10 } from '../../harness/probe/amqp10-http.ts';
import type { Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import type { AmqpValue, MessageDraft } from '../../harness/wire/amqp10/codec.ts';

const text = (value: string): AmqpValue => ({ type: 'string', value });
const durable = { durable: { type: 'boolean', value: true } } as const;
/** By which management, and so a broker that knows these addresses, makes itself known. */
const capabilities = ['LINK_PAIR_V1_0'];

const queuePath = (name: string): string => `/queues/${encodeURIComponent(name)}`;
const exchangePath = (name: string, key?: string): string => `/exchanges/${encodeURIComponent(name)}${key === undefined ? '' : `/${encodeURIComponent(key)}`}`;

/** A session, and entities that go with the check. */
class Grounds {
  readonly session: Session10;
  readonly #peer: Peer;
  readonly #desk: HttpDesk10;
  readonly #made: string[] = [];

  constructor(peer: Peer, session: Session10, desk: HttpDesk10) {
    this.#peer = peer;
    this.session = session;
    this.#desk = desk;
  }

  async queue(name: string, args: Readonly<Record<string, AmqpValue>> = {}): Promise<string> {
    return this.#make(queuePath(name), mapOf10({ ...durable, arguments: mapOf10(args) }), name);
  }

  async exchange(type: string): Promise<string> {
    const name = this.#peer.name();
    return this.#make(exchangePath(name), mapOf10({ ...durable, type: text(type) }), name);
  }

  async bind(source: string, queue: string, key: string): Promise<void> {
    await this.#desk.ask(
      'POST',
      '/bindings',
      mapOf10({ source: text(source), destination_queue: text(queue), binding_key: text(key), arguments: mapOf10({}) }),
    );
  }

  async clear(): Promise<void> {
    for (const each of this.#made) await this.#desk.ask('DELETE', each);
  }

  async #make(path: string, body: AmqpValue, name: string): Promise<string> {
    const { status } = await this.#desk.ask('PUT', path, body);
    this.#peer.require(status < 300, `PUT ${path} is answered with ${status}.`);
    this.#made.push(path);
    return name;
  }
}

async function grounds(peer: Peer): Promise<Grounds> {
  const session = await peer.session10();
  return new Grounds(peer, session, await HttpDesk10.attach(session, peer.name('link')));
}

/** What is sent to one address arrives from another. */
async function leads(peer: Peer, { session }: Grounds, to: string, from: string, message: MessageDraft = {}): Promise<void> {
  const outcome = await (await session.sender(to)).send({ ...message, body: { type: 'data', value: [Buffer.from('by address')] } });
  peer.require(outcome?.type === 'accepted', `A message to ${to} is ${outcome?.type}.`);
  await arrives(peer, session, from);
}

async function arrives(peer: Peer, session: Session10, from: string): Promise<void> {
  const receiver = await session.receiver(from);
  receiver.credit(1);
  const delivery = await receiver.receive();
  delivery.accept();
  peer.require(delivery.text === 'by address', `Expected the message from ${from}, got ${delivery.text}.`);
}

/** A link to this address is refused. */
async function refused(peer: Peer, duty: DutyId, address: string): Promise<void> {
  const session = await peer.session10();
  session.send('attach', {
    name: peer.name('link'),
    handle: 5,
    role: 'sender',
    initialDeliveryCount: 0,
    source: { type: 'source' },
    target: { type: 'target', address },
  });
  await session.connection.answersTo(duty, { channel: session.channel });
}

/** Addresses that begin with the kind of what they name. */
export const addressV210Checks: readonly Check[] = [
  check('amqp10/address-v2/queue-target', {
    title: 'A link to /queues/ and a name sends to that queue',
    duties: ['amqp10/address-v2.queue-target:emit', 'amqp10/address-v2.queue-source:emit'],
    capabilities,
    async run(peer: Peer) {
      const at = await grounds(peer);
      const [queue, other] = [await at.queue(peer.name()), await at.queue(peer.name())];
      await leads(peer, at, queuePath(queue), queuePath(queue));
      const receiver = await at.session.receiver(queuePath(other));
      receiver.credit(1);
      await receiver.barrier(['transfer']);
      await at.clear();
    },
  }),
  check('amqp10/address-v2/queue-missing', {
    title: 'A queue that is not there is not found',
    duties: ['amqp10/address-v2.queue-missing:enforce'],
    capabilities,
    departs: true,
    run: peer => refused(peer, 'amqp10/address-v2.queue-missing:enforce', queuePath(peer.name())),
  }),
  check('amqp10/address-v2/exchange-key', {
    title: 'A link to /exchanges/, a name and a routing key publishes there with that key',
    duties: ['amqp10/address-v2.exchange-key:emit'],
    capabilities,
    async run(peer: Peer) {
      const at = await grounds(peer);
      const [exchange, queue] = [await at.exchange('direct'), await at.queue(peer.name())];
      await at.bind(exchange, queue, 'a key');
      await leads(peer, at, exchangePath(exchange, 'a key'), queuePath(queue));
      await at.clear();
    },
  }),
  check('amqp10/address-v2/exchange', {
    title: 'A link to /exchanges/ and a name publishes there with the empty routing key',
    duties: ['amqp10/address-v2.exchange:emit'],
    capabilities,
    async run(peer: Peer) {
      const at = await grounds(peer);
      const [exchange, queue] = [await at.exchange('direct'), await at.queue(peer.name())];
      await at.bind(exchange, queue, '');
      await leads(peer, at, exchangePath(exchange), queuePath(queue));
      await at.clear();
    },
  }),
  check('amqp10/address-v2/exchange-missing', {
    title: 'An exchange that is not there is not found',
    duties: ['amqp10/address-v2.exchange-missing:enforce'],
    capabilities,
    departs: true,
    run: peer => refused(peer, 'amqp10/address-v2.exchange-missing:enforce', exchangePath(peer.name(), 'key')),
  }),
  check('amqp10/address-v2/default-exchange', {
    title: 'The default exchange is not to be named',
    duties: ['amqp10/address-v2.default-exchange:enforce'],
    capabilities,
    departs: true,
    run: peer => refused(peer, 'amqp10/address-v2.default-exchange:enforce', '/exchanges//key'),
  }),
  check('amqp10/address-v2/percent-encoded', {
    title: 'Names and keys of any characters are addressed percent-encoded',
    duties: ['amqp10/address-v2.percent-encoded:emit'],
    capabilities,
    async run(peer: Peer) {
      const at = await grounds(peer);
      const [exchange, queue] = [await at.exchange('direct'), await at.queue(peer.name('a:b'))];
      await at.bind(exchange, queue, 'a/key%2F of ä');
      await leads(peer, at, exchangePath(exchange, 'a/key%2F of ä'), queuePath(queue));
      await leads(peer, at, queuePath(queue), queuePath(queue));
      await at.clear();
    },
  }),
  check('amqp10/address-v2/not-percent-encoded', {
    title: 'What cannot be decoded is no address',
    duties: ['amqp10/address-v2.percent-encoded:enforce'],
    capabilities,
    departs: true,
    run: peer => refused(peer, 'amqp10/address-v2.percent-encoded:enforce', '/queues/%zz'),
  }),
  check('amqp10/address-v2/null-target', {
    title: 'On a link without target address each message names its address in to',
    duties: ['amqp10/address-v2.null-target:emit'],
    capabilities,
    async run(peer: Peer) {
      const at = await grounds(peer);
      const [exchange, queue] = [await at.exchange('direct'), await at.queue(peer.name())];
      await at.bind(exchange, queue, 'key');
      const sender = await at.session.sender(null);
      for (const to of [queuePath(queue), exchangePath(exchange, 'key')]) {
        const outcome = await sender.send({ properties: { to }, body: { type: 'data', value: [Buffer.from('by address')] } });
        peer.require(outcome?.type === 'accepted', `A message to ${to} is ${outcome?.type}.`);
        await arrives(peer, at.session, queuePath(queue));
      }
      await at.clear();
    },
  }),
  check('amqp10/address-v2/unroutable', {
    title: 'A message that an exchange routes to no queue is released',
    duties: ['amqp10/address-v2.unroutable:enforce'],
    departs: true,
    capabilities,
    async run(peer: Peer) {
      const at = await grounds(peer);
      const sender = await at.session.sender(exchangePath(await at.exchange('direct'), 'nowhere'));
      await sender.deliver('to nowhere');
      await sender.answersTo('amqp10/address-v2.unroutable:enforce');
      await at.clear();
    },
  }),
  check('amqp10/address-v2/one-queue-rejects', {
    title: 'A message is accepted once all its queues have it, and rejected if one of them rejects it',
    duties: ['amqp10/address-v2.one-queue-rejects:emit'],
    capabilities,
    async run(peer: Peer) {
      const at = await grounds(peer);
      const [exchange, open] = [await at.exchange('fanout'), await at.queue(peer.name())];
      const full = await at.queue(peer.name(), { 'x-max-length': { type: 'long', value: 1n }, 'x-overflow': text('reject-publish') });
      for (const each of [open, full]) await at.bind(exchange, each, '');
      const sender = await at.session.sender(exchangePath(exchange));
      const outcomes = [await sender.send('there is room'), await sender.send('one too many')].map(each => each?.type);
      peer.require(outcomes.join() === 'accepted,rejected', `A message for two queues with room, and one where one has none, are ${outcomes.join()}.`);
      await at.clear();
    },
  }),
  check('amqp10/address-v2/further-keys', {
    title: 'The annotation x-cc names further routing keys',
    duties: ['amqp10/address-v2.further-keys:emit'],
    capabilities,
    async run(peer: Peer) {
      const at = await grounds(peer);
      const [exchange, queue, copies] = [await at.exchange('direct'), await at.queue(peer.name()), await at.queue(peer.name())];
      await at.bind(exchange, queue, 'key');
      await at.bind(exchange, copies, 'further');
      await leads(peer, at, exchangePath(exchange, 'key'), queuePath(queue), {
        messageAnnotations: [['x-cc', { type: 'list', value: [text('further')] }]],
      });
      await arrives(peer, at.session, queuePath(copies));
      await at.clear();
    },
  }),
];
