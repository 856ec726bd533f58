import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer, ProbeChannel, ProbeConnection } from '../../harness/probe/peer.ts';
import { textIn } from '../amqp10/crossing.ts';
import { bodyOf } from './dialogue.ts';
import type { Binding, Kind } from './routing-model.ts';

/** The ways on which messages come in. */
export type By = '0-9-1' | 'a link' | 'a link to no address';

/** A message that somebody took and did not settle. */
export interface Held {
  readonly body: string;
  readonly alias: string;
  readonly by: 'get' | 'receive';
  readonly settle: (back: boolean) => void;
}

/** The connections of 0-9-1, one for all cases: each has a channel of its own there. */
const connections = new WeakMap<Peer, ProbeConnection>();

async function connectionOf(peer: Peer): Promise<ProbeConnection> {
  const known = connections.get(peer);
  const connection = known === undefined || known.over ? await peer.connection() : known;
  connections.set(peer, connection);
  return connection;
}

/** Queues and exchanges that both protocols use, made over 0-9-1. */
export class Crossroads {
  readonly queues: readonly string[];
  readonly exchanges: readonly string[];
  readonly #play: Play10;
  readonly #channel: ProbeChannel;
  readonly #confirms: boolean;
  readonly #session: Session10;
  /** What the target knows them by. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #receivers = new Map<string, Receiver10>();
  readonly #senders = new Map<string, Sender10>();

  private constructor(
    play: Play10,
    on: { readonly channel: ProbeChannel; readonly session: Session10 },
    known: { readonly names: ReadonlyMap<string, string>; readonly addresses: ReadonlyMap<string, string>; readonly exchanges: readonly string[] },
  ) {
    this.#play = play;
    this.#channel = on.channel;
    this.#confirms = on.channel.connection.capability('publisher_confirms');
    this.#session = on.session;
    this.#names = known.names;
    this.#addresses = known.addresses;
    this.queues = [...known.addresses.keys()];
    this.exchanges = known.exchanges;
  }

  static async begin(play: Play10, kinds: Readonly<Record<string, Kind>>, queues: number): Promise<Crossroads> {
    const { peer } = play;
    const channel = await (await connectionOf(peer)).channel();
    const names = new Map<string, string>();
    const addresses = new Map<string, string>();
    for (const [alias, kind] of Object.entries(kinds)) {
      play.step(`declare ${kind} exchange ${alias}`);
      names.set(alias, await channel.exchange(kind));
    }
    for (let index = 1; index <= queues; index++) {
      play.step(`declare queue q${index}`);
      const queue = await channel.queue({ durable: true, exclusive: false });
      names.set(`q${index}`, queue);
      addresses.set(`q${index}`, await peer.address10(queue));
    }
    const made = new Crossroads(play, { channel, session: await play.session() }, { names, addresses, exchanges: Object.keys(kinds) });
    if (made.#confirms) await channel.call('confirm.select', {}, 'confirm.select-ok');
    return made;
  }

  async bind({ to, from, key }: Binding): Promise<void> {
    await this.#channel.call('queue.bind', { queue: this.#name(to), exchange: this.#name(from), routingKey: key }, 'queue.bind-ok');
  }

  async unbind({ to, from, key }: Binding): Promise<void> {
    await this.#channel.call('queue.unbind', { queue: this.#name(to), exchange: this.#name(from), routingKey: key }, 'queue.unbind-ok');
  }

  /** Answers the outcome, which 0-9-1 has none of. */
  publish(by: By, exchange: string, key: string, body: string): Promise<string | undefined> {
    const name = this.#name(exchange);
    return this.#out(by, { exchange: name, routingKey: key }, `/exchanges/${encodeURIComponent(name)}/${encodeURIComponent(key)}`, body);
  }

  send(by: By, queue: string, body: string): Promise<string | undefined> {
    return this.#out(by, { routingKey: this.#name(queue) }, this.#addresses.get(queue) ?? '', body);
  }

  async #out(by: By, to: { readonly exchange?: string; readonly routingKey: string }, address: string, body: string): Promise<string | undefined> {
    if (by === '0-9-1') {
      this.#channel.publish({ ...to, properties: { deliveryMode: 2 }, body });
      if (this.#confirms) await this.#channel.expect('basic.ack');
      else await this.#channel.barrier();
      return undefined;
    }
    const anonymous = by === 'a link to no address' && this.#play.connection.capability('ANONYMOUS-RELAY');
    const sender = await this.#sender(anonymous ? null : address);
    const data = { type: 'data', value: [Buffer.from(body)] } as const;
    const outcome = await sender.send({ header: { durable: true }, ...(anonymous && { properties: { to: address } }), body: data });
    return outcome?.type ?? 'no outcome';
  }

  /** Takes so many messages, of which `due` are there for sure. */
  async take(by: 'get' | 'receive', alias: string, count: number, due: number): Promise<readonly Held[]> {
    return by === 'get' ? this.#get(alias, count, due) : this.#receive(alias, count, due);
  }

  async purge(alias: string, waiting: number): Promise<void> {
    const { args } = await this.#channel.call('queue.purge', { queue: this.#name(alias) }, 'queue.purge-ok');
    const sentence = `A purge of ${alias} told of ${args.messageCount} messages, where ${waiting} wait.`;
    this.#play.require(args.messageCount === waiting, { what: 'a purge of another count', sentence, duty: 'amqp10/conversion.same-queue:emit' });
  }

  /** What was settled is settled on both sides. */
  async barrier(): Promise<void> {
    await this.#session.barrier(['transfer']);
    await this.#channel.barrier();
  }

  async end(): Promise<void> {
    for (const receiver of this.#receivers.values()) await receiver.detach();
    for (const sender of this.#senders.values()) await sender.detach();
    for (const queue of this.queues) await this.#channel.call('queue.delete', { queue: this.#name(queue) }, 'queue.delete-ok');
    for (const exchange of this.exchanges) await this.#channel.call('exchange.delete', { exchange: this.#name(exchange) }, 'exchange.delete-ok');
    await this.#channel.close();
  }

  #name(alias: string): string {
    return this.#names.get(alias) ?? alias;
  }

  async #sender(address: string | null): Promise<Sender10> {
    const known = address ?? '';
    const sender = this.#senders.get(known) ?? (await this.#session.sender(address));
    this.#senders.set(known, sender);
    return sender;
  }

  /** What goes back does so a moment later. */
  async #get(alias: string, count: number, due: number): Promise<readonly Held[]> {
    const held: Held[] = [];
    await this.#play.peer.eventually(`${due} messages come out of ${alias}`, async () => {
      while (held.length < count) {
        const one = await this.#channel.get(this.#name(alias));
        if (one === null) break;
        const { deliveryTag } = one.method.args;
        const settle = (back: boolean) => {
          if (back) this.#channel.send('basic.reject', { deliveryTag, requeue: true });
          else this.#channel.send('basic.ack', { deliveryTag });
        };
        held.push({ body: bodyOf(one), alias, by: 'get', settle });
      }
      return held.length >= due;
    });
    return held;
  }

  async #receive(alias: string, count: number, due: number): Promise<readonly Held[]> {
    const receiver = this.#receivers.get(alias) ?? (await this.#session.receiver(this.#addresses.get(alias) ?? ''));
    this.#receivers.set(alias, receiver);
    receiver.credit(count);
    const held: Held[] = [];
    while (held.length < due) {
      const delivery = await receiver.receive();
      held.push({ body: textIn(delivery), alias, by: 'receive', settle: back => (back ? delivery.release() : delivery.accept()) });
    }
    await receiver.barrier(['transfer']);
    if (due < count) receiver.credit(0);
    await receiver.barrier(['transfer']);
    return held;
  }
}
