import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { Meter, obey, onTheWayMax, prefix, type Traffic } from './client.ts';
import type { Load } from './load.ts';

const unconfirmedMax = 200;

class Traffic091 implements Traffic {
  readonly meter = new Meter();
  readonly #load: Load;
  readonly #connections: ChannelModel[] = [];
  readonly #publishers: Publisher[] = [];
  #published = 0;
  #stopped = false;
  /** Written anew for each message: amqplib has copied it when `sendToQueue` returns. */
  readonly #body: Buffer;
  #pace: NodeJS.Timeout | undefined;

  constructor(load: Load) {
    this.#load = load;
    this.#body = Buffer.alloc(load.size);
  }

  async open(): Promise<void> {
    const { url, connections, queues, persistent } = this.#load;
    for (let at = 0; at < connections; at += 1) this.#connections.push(await connect(url));
    const consumers = connections === 1 ? this.#connections : this.#connections.slice(connections >> 1);
    const publishers = connections === 1 ? this.#connections : this.#connections.slice(0, connections >> 1);
    const all = Math.max(queues, consumers.length);
    const channels = await Promise.all(consumers.map(each => each.createChannel()));
    for (let at = 0; at < all; at += 1) await this.#consume(channels[at % channels.length] as Channel, `${prefix}-${at}`);
    for (const [at, connection] of publishers.entries()) {
      const channel = persistent ? await connection.createConfirmChannel() : await connection.createChannel();
      const names = Array.from({ length: all }, (_, queue) => `${prefix}-${queue}`).filter((_, queue) => queue % publishers.length === at);
      this.#publishers.push({ channel, names, next: 0, unconfirmed: 0, blocked: false });
    }
  }

  async #consume(channel: Channel, queue: string): Promise<void> {
    await channel.assertQueue(queue, { durable: true, autoDelete: true });
    await channel.consume(
      queue,
      message => {
        if (message === null) return;
        this.meter.take(message.content.readDoubleBE(0));
        if (this.#load.rate === undefined && this.meter.received % 50 === 0) this.#pump();
      },
      { noAck: true },
    );
  }

  start(): void {
    const { rate } = this.#load;
    if (rate === undefined) {
      this.#pump();
      this.#pace = setInterval(() => this.#pump(), 20);
      return;
    }
    const begun = performance.now();
    let due = 0;
    this.#pace = setInterval(() => {
      const now = Math.floor(((performance.now() - begun) / 1000) * rate);
      for (; due < now; due += 1) this.#publish(this.#publishers[due % this.#publishers.length] as Publisher);
    }, 1);
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#pace);
    await Promise.all(this.#connections.map(each => each.close()));
  }

  #pump(): void {
    let idle = 0;
    for (let turn = 0; idle < this.#publishers.length && this.#published - this.meter.received < onTheWayMax; turn += 1) {
      idle = this.#publish(this.#publishers[turn % this.#publishers.length] as Publisher) ? 0 : idle + 1;
    }
  }

  #publish(publisher: Publisher): boolean {
    const { channel, names } = publisher;
    const { persistent } = this.#load;
    if (this.#stopped || publisher.blocked || (persistent && publisher.unconfirmed >= unconfirmedMax)) return false;
    const body = this.#body;
    body.writeDoubleBE(performance.now());
    const queue = names[publisher.next++ % names.length] as string;
    this.#published += 1;
    const flowing = persistent
      ? (channel as ConfirmChannel).sendToQueue(queue, body, { persistent }, () => {
          publisher.unconfirmed -= 1;
          if (this.#load.rate === undefined && publisher.unconfirmed === unconfirmedMax >> 1) this.#pump();
        })
      : channel.sendToQueue(queue, body);
    if (persistent) publisher.unconfirmed += 1;
    if (!flowing) this.#await(publisher);
    return true;
  }

  #await(publisher: Publisher): void {
    publisher.blocked = true;
    publisher.channel.once('drain', () => {
      publisher.blocked = false;
      if (this.#load.rate === undefined) this.#pump();
    });
  }
}

interface Publisher {
  readonly channel: Channel | ConfirmChannel;
  readonly names: readonly string[];
  next: number;
  unconfirmed: number;
  blocked: boolean;
}

obey<Load | 'go'>(load => new Traffic091(load));
