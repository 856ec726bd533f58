import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, Options } from 'amqplib';
import type { Delivery, Destination, Login, Message, Value, Values } from '../../../harness/interop/protocol.ts';
import { type Handlers, serve, Unsupported, within } from './lines.ts';

/** amqplib, loaded from where the first argument says. */
const amqplib = (await import(process.argv[2] ?? 'amqplib')) as { readonly default: typeof import('amqplib') };
const { connect } = amqplib.default;

const tags: Readonly<Record<string, string>> = {
  byte: 'byte',
  short: 'short',
  int: 'int',
  long: 'long',
  float: 'float',
  double: 'double',
};

/** As amqplib wants a header: a plain value, or one with its type beside it. */
function encoded([type, content, more]: Value): unknown {
  if (type in tags) return { '!': tags[type], value: Number(content) };
  if (type === 'timestamp') return { '!': 'timestamp', value: Number(content) / 1000 };
  if (type === 'boolean' || type === 'string') return content;
  if (type === 'null') return null;
  if (type === 'binary') return Buffer.from(String(content), 'hex');
  if (type === 'decimal') return { '!': 'decimal', value: { places: Number(content), digits: Number(more) } };
  if (type === 'list') return (content as readonly Value[]).map(encoded);
  if (type === 'map') return Object.fromEntries((content as readonly (readonly [Value, Value])[]).map(([key, value]) => [String(key[1]), encoded(value)]));
  throw new Unsupported(`it has no ${type} in headers`);
}

function decoded(value: unknown): Value {
  if (value === null) return ['null'];
  if (typeof value === 'boolean') return ['boolean', value];
  if (typeof value === 'number' || typeof value === 'bigint') return ['number', String(value)];
  if (typeof value === 'string') return ['text', value];
  if (Buffer.isBuffer(value)) return ['binary', value.toString('hex')];
  if (Array.isArray(value)) return ['list', value.map(decoded)];
  const { '!': type, value: inner } = value as { readonly '!'?: string; readonly value?: unknown };
  if (type === 'timestamp') return ['timestamp', String(Number(inner) * 1000)];
  if (type === 'decimal') {
    const { places, digits } = inner as { readonly places: number; readonly digits: number };
    return ['decimal', places, String(digits)];
  }
  if (type !== undefined) return ['number', String(inner)];
  return ['map', Object.entries(value as object).map(([key, each]) => [['string', key], decoded(each)])];
}

const names = ['contentType', 'contentEncoding', 'correlationId', 'replyTo', 'expiration', 'messageId', 'type', 'userId', 'appId'] as const;

function optionsOf({ header = {}, properties = {}, application }: Message): Options.Publish {
  const { timestamp } = properties;
  return {
    ...Object.fromEntries(names.flatMap(name => (properties[name] === undefined ? [] : [[name, properties[name][1]]]))),
    ...(timestamp !== undefined && { timestamp: Number(timestamp[1]) / 1000 }),
    ...(header.durable !== undefined && { persistent: header.durable }),
    ...(header.priority !== undefined && { priority: header.priority }),
    ...(application !== undefined && { headers: Object.fromEntries(Object.entries(application).map(([name, value]) => [name, encoded(value)])) }),
    mandatory: true,
  };
}

function bodyOf({ body }: Message): Buffer {
  if (!('data' in body)) throw new Unsupported('0-9-1 has octets alone as body');
  return Buffer.from(body.data.join(''), 'hex');
}

function messageOf({ content, properties }: ConsumeMessage): Message {
  const given = properties as unknown as Readonly<Record<string, unknown>>;
  const found: Record<string, Value> = {};
  for (const name of names) if (given[name] !== undefined) found[name] = ['string', given[name]];
  if (given.timestamp !== undefined) found.timestamp = ['timestamp', String(Number(given.timestamp) * 1000)];
  const headers = (given.headers ?? {}) as Readonly<Record<string, unknown>>;
  const application: Values = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, decoded(value)]));
  return {
    header: {
      ...(given.deliveryMode !== undefined && { durable: given.deliveryMode === 2 }),
      ...(given.priority !== undefined && { priority: Number(given.priority) }),
    },
    properties: found,
    application,
    body: { data: [content.toString('hex')] },
  };
}

class Client {
  readonly #connection: ChannelModel;
  #publishing: ConfirmChannel | undefined;
  #consuming: Channel | undefined;
  readonly #unsettled = new Map<number, ConsumeMessage>();
  #count = 0;

  constructor(connection: ChannelModel) {
    this.#connection = connection;
    connection.on('error', () => undefined);
  }

  static async open({ host, port, user, password, virtualHost }: Login): Promise<Client> {
    return new Client(await connect({ protocol: 'amqp', hostname: host, port, username: user, password, vhost: virtualHost }, { noDelay: true }));
  }

  async channel(): Promise<Channel> {
    this.#consuming ??= quiet(await this.#connection.createChannel());
    return this.#consuming;
  }

  async publish(to: Destination, messages: readonly Message[]): Promise<readonly string[]> {
    this.#publishing ??= quiet(await this.#connection.createConfirmChannel());
    const channel = this.#publishing;
    const returned = new Set<string>();
    const hear = ({ content }: { readonly content: Buffer }): void => void returned.add(content.toString('hex'));
    channel.on('return', hear);
    const [exchange, key] = 'exchange' in to ? [to.exchange, to.key] : ['', 'queue' in to ? to.queue : to.address];
    const outcomes = await Promise.all(
      messages.map(
        message =>
          new Promise<string>((resolve, reject) => {
            channel.once('error', reject);
            const body = bodyOf(message);
            channel.publish(exchange, key, body, optionsOf(message), (error: unknown) => {
              channel.removeListener('error', reject);
              resolve(error ? 'rejected' : returned.has(body.toString('hex')) ? 'released' : 'accepted');
            });
          }),
      ),
    );
    channel.removeListener('return', hear);
    return outcomes;
  }

  async receive(queue: string, count: number, waitMs: number, settled: boolean): Promise<readonly Delivery[]> {
    const channel = await this.channel();
    await channel.prefetch(count);
    const deliveries: Delivery[] = [];
    let done = (): void => undefined;
    const enough = new Promise<void>(resolve => {
      done = resolve;
    });
    const take = (message: ConsumeMessage | null): void => {
      if (message === null) return;
      this.#count += 1;
      if (!settled) this.#unsettled.set(this.#count, message);
      deliveries.push({ delivery: this.#count, message: messageOf(message), again: message.fields.redelivered });
      if (deliveries.length >= count) done();
    };
    const { consumerTag } = await channel.consume(queue, take, { noAck: settled });
    await within(enough, waitMs);
    await channel.cancel(consumerTag);
    return deliveries;
  }

  async settle(delivery: number, outcome: string): Promise<void> {
    const message = this.#unsettled.get(delivery);
    if (message === undefined) throw new Error(`delivery ${delivery} is not outstanding`);
    const channel = await this.channel();
    if (outcome === 'accepted') channel.ack(message);
    else if (outcome === 'released') channel.nack(message, false, true);
    else if (outcome === 'rejected') channel.reject(message, false);
    else throw new Unsupported('0-9-1 has no outcome modified');
    this.#unsettled.delete(delivery);
    // A request whose answer comes after the settlement was taken.
    await channel.checkExchange('amq.direct');
  }

  async rest(): Promise<void> {
    this.#unsettled.clear();
    const open = [this.#consuming, this.#publishing];
    this.#consuming = undefined;
    this.#publishing = undefined;
    await Promise.all(open.map(channel => channel?.close().catch(() => undefined)));
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

function quiet<T extends Channel>(channel: T): T {
  channel.on('error', () => undefined);
  return channel;
}

let client: Client | undefined;

function connected(): Client {
  if (client === undefined) throw new Error('it is not connected');
  return client;
}

const handlers: Handlers = {
  hello: async () => ({ client: 'amqplib', version: process.argv[3] ?? '', protocol: '0-9-1' }),
  connect: async login => {
    client = await Client.open(login);
    return {};
  },
  declare: async ({ queue, exchange }) => {
    const channel = await connected().channel();
    await channel.assertQueue(queue, { durable: false });
    if (exchange !== undefined) {
      await channel.assertExchange(exchange, 'fanout', { durable: false });
      await channel.bindQueue(queue, exchange, '');
    }
    return {};
  },
  remove: async ({ queue, exchange }) => {
    const channel = await connected().channel();
    if (queue !== undefined) await channel.deleteQueue(queue);
    if (exchange !== undefined) await channel.deleteExchange(exchange);
    return {};
  },
  publish: async ({ to, messages, settled, transaction }) => {
    if (settled === true || transaction === true) throw new Unsupported('it has no transactions');
    return { outcomes: await connected().publish(to, messages) };
  },
  receive: async ({ from, count, waitMs, settled = false }) => ({ deliveries: await connected().receive(from, count, waitMs, settled) }),
  settle: async ({ delivery, outcome }) => {
    await connected().settle(delivery, outcome);
    return {};
  },
  reply: async () => ({ address: (await (await connected().channel()).assertQueue('', { exclusive: true })).queue }),
  rest: async () => {
    await connected().rest();
    return {};
  },
  close: async () => {
    await connected().close();
    return {};
  },
};

await serve(handlers);
