import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import type { FromLoad, Load, LoadResult, ToLoad } from './broker-load.ts';

/*
 * The client of `bench:broker`: its parent says what to send and when to begin. Publisher and consumer share a process, so that the age of a message is
 * measured by one clock.
 */

/** Messages that are on their way at most, so that neither side is measured alone. */
const onTheWayMax = 2000;
const unconfirmedMax = 200;
const warmUpMs = 1500;

const prefix = `amqpspec-bench-${process.pid}`;

class Traffic {
  readonly #load: Load;
  readonly #connections: ChannelModel[] = [];
  readonly #publishers: Publisher[] = [];
  #received = 0;
  #ages: number[] = [];
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
        this.#received += 1;
        this.#ages.push(performance.now() - message.content.readDoubleBE(0));
        if (this.#load.rate === undefined && this.#received % 50 === 0) this.#pump();
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

  async measured(ms: number): Promise<LoadResult> {
    this.#ages = [];
    const before = this.#received;
    const cpu = process.cpuUsage();
    const begun = performance.now();
    await new Promise(resolve => setTimeout(resolve, ms));
    const messages = this.#received - before;
    const perSecond = messages / ((performance.now() - begun) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    const ages = Float64Array.from(this.#ages).sort();
    const share = (part: number) => ages[Math.min(ages.length - 1, Math.floor(ages.length * part))] ?? Number.NaN;
    return { messages, perSecond, p50Ms: share(0.5), p99Ms: share(0.99), clientCpuUs: (user + system) / messages };
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#pace);
    await Promise.all(this.#connections.map(each => each.close()));
  }

  #pump(): void {
    let idle = 0;
    for (let turn = 0; idle < this.#publishers.length && this.#published - this.#received < onTheWayMax; turn += 1) {
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

let traffic: Traffic | undefined;
let load: Load | undefined;
const tell = (message: FromLoad) => process.send?.(message);

process.on('message', async (message: ToLoad) => {
  if (message !== 'go') {
    load = message;
    traffic = new Traffic(message);
    await traffic.open();
    traffic.start();
    await new Promise(resolve => setTimeout(resolve, warmUpMs));
    tell({ kind: 'warm' });
    return;
  }
  if (traffic === undefined || load === undefined) return;
  const result = await traffic.measured(load.seconds * 1000);
  await traffic.close();
  tell({ kind: 'done', result });
});
process.once('disconnect', () => process.exit(0));
