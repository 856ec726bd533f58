import type { Connection, EventContext, Receiver, Delivery as RheaDelivery, Sender } from 'rhea';
import type { Delivery, Login, Message, Operations } from '../../../harness/interop/protocol.ts';
import { type Handlers, serve, Unsupported, within } from './lines.ts';
import { encoded, incoming, outgoing, type Rhea } from './rhea-values.ts';

/** rhea, loaded from where the first argument says. */
const loaded = (await import(process.argv[2] ?? 'rhea')) as { readonly default: typeof import('rhea') };
const rhea = loaded.default;
const own = rhea as unknown as Rhea;

interface Condition {
  readonly condition?: string;
  readonly description?: string;
}

interface Emitter {
  on(event: string, listener: (context: EventContext) => void): unknown;
  removeListener(event: string, listener: (context: EventContext) => void): unknown;
}

/** The first of these events. */
function first(emitter: unknown, ...events: readonly string[]): Promise<{ readonly event: string; readonly context: EventContext }> {
  const { on, removeListener } = emitter as Emitter;
  return new Promise(resolve => {
    const listeners = events.map(event => {
      const listener = (context: EventContext): void => {
        for (const [name, each] of listeners) removeListener.call(emitter, name, each);
        resolve({ event, context });
      };
      on.call(emitter, event, listener);
      return [event, listener] as const;
    });
  });
}

type Topic = Extract<Operations['publish']['asks']['to'], { readonly address: string }>;

/** An address, and what is asked of it. */
function terminus(address: string, { capability }: { readonly capability?: string }): object {
  return { address, ...(capability !== undefined && { capabilities: [capability] }) };
}

class Client {
  readonly #connection: Connection;
  readonly #senders = new Map<string, Sender>();
  readonly #receivers = new Map<string, { readonly link: Receiver; readonly came: EventContext[] }>();
  readonly #outstanding = new Map<number, RheaDelivery>();
  #count = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    for (const event of ['connection_error', 'session_error', 'sender_error', 'receiver_error', 'disconnected', 'error']) connection.on(event, () => undefined);
  }

  static async open({ host, port, user, password, hostname }: Login): Promise<Client> {
    const connection = rhea.create_container({ id: `interop-rhea-${process.pid}` }).connect({
      host,
      port,
      username: user,
      password,
      reconnect: false,
      ...(hostname !== undefined && { hostname }),
    } as never);
    const client = new Client(connection);
    const { event } = await first(connection, 'connection_open', 'connection_error', 'disconnected');
    if (event !== 'connection_open') throw failure(connection.error, event);
    return client;
  }

  async sender(target: unknown, options: object = {}): Promise<Sender> {
    const link = this.#connection.open_sender({ target, ...options } as never);
    const { event } = await this.#attached(link, 'sendable', 'sender_error', 'sender_close');
    if (event !== 'sendable') throw failure(link.error, event);
    return link;
  }

  /** The first of these events of a link, or the end of its session or connection. */
  #attached(link: unknown, ...events: readonly string[]): ReturnType<typeof first> {
    return Promise.race([first(link, ...events), first(this.#connection, 'session_error', 'session_close', 'disconnected')]);
  }

  async receiver(key: string, options: object): Promise<{ readonly link: Receiver; readonly came: EventContext[] }> {
    const known = this.#receivers.get(key);
    if (known !== undefined) return known;
    const link = this.#connection.open_receiver({ credit_window: 0, autoaccept: false, ...options } as never);
    const came: EventContext[] = [];
    link.on('message', context => came.push(context));
    const { event } = await this.#attached(link, 'receiver_open', 'receiver_error', 'receiver_close');
    if (event !== 'receiver_open' || link.error) throw failure(link.error, event);
    const made = { link, came };
    this.#receivers.set(key, made);
    return made;
  }

  async publish({ address, ...asked }: Topic, messages: readonly Message[], settled: boolean, transaction: boolean): Promise<readonly string[]> {
    const key = `${address} ${settled}`;
    const sender = this.#senders.get(key) ?? (await this.sender(terminus(address, asked), settled ? { snd_settle_mode: 1 } : {}));
    this.#senders.set(key, sender);
    const outcomes: string[] = [];
    for (const message of messages) {
      if (!sender.sendable()) await first(sender, 'sendable', 'sender_close', 'disconnected');
      if (settled) {
        sender.send(outgoing(own, message) as never);
        outcomes.push('settled');
      } else outcomes.push(await this.#outcome(sender, outgoing(own, message), transaction));
    }
    return outcomes;
  }

  async #outcome(sender: Sender, message: unknown, transaction: boolean): Promise<string> {
    if (transaction) throw new Unsupported('it sends nothing within a transaction');
    const settled = first(sender, 'accepted', 'rejected', 'released', 'modified', 'sender_error', 'sender_close', 'disconnected');
    sender.send(message as never);
    const { event, context } = await settled;
    const { error } = (context.delivery?.remote_state ?? {}) as { readonly error?: Condition };
    return [event, error?.condition].filter(each => each !== undefined).join(' ');
  }

  async receive({ from, count, waitMs, settled = false, ...asked }: Operations['receive']['asks']): Promise<readonly Delivery[]> {
    const { link, came } = await this.receiver(`${from}${settled ? ' settled' : ''}`, {
      source: terminus(from, asked),
      ...(settled && { snd_settle_mode: 1 }),
    });
    const lacking = count - came.length;
    if (lacking > 0) link.add_credit(lacking);
    const until = performance.now() + waitMs;
    while (came.length < count && performance.now() < until) await within(first(link, 'message'), until - performance.now());
    return came.splice(0, count).map(({ message, delivery }) => {
      this.#count += 1;
      const given = message as unknown as Readonly<Record<string, unknown>>;
      if (delivery !== undefined && delivery.remote_settled !== true) this.#outstanding.set(this.#count, delivery);
      return { delivery: this.#count, message: incoming(given), again: given.first_acquirer !== true, failures: Number(given.delivery_count ?? 0) };
    });
  }

  async reply(): Promise<string> {
    const { link, came } = await this.receiver('', { source: { dynamic: true } });
    const { address } = link.source as { readonly address: string };
    this.#receivers.set(address, { link, came });
    return address;
  }

  settle({ delivery, outcome, failed = false, annotations }: Operations['settle']['asks']): void {
    const held = this.#outstanding.get(delivery);
    if (held === undefined) throw new Error(`delivery ${delivery} is not outstanding`);
    this.#outstanding.delete(delivery);
    if (outcome === 'accepted') held.accept();
    else if (outcome === 'released') held.release();
    else if (outcome === 'rejected') held.reject({ condition: 'amqp:not-allowed', description: 'as the test wants it' });
    else {
      const merged = Object.fromEntries(Object.entries(annotations ?? {}).map(([key, value]) => [key, encoded(own, value)]));
      held.modified({ delivery_failed: failed, undeliverable_here: false, ...(annotations !== undefined && { message_annotations: merged }) } as never);
    }
  }

  async rest(): Promise<void> {
    const links = [...this.#senders.values(), ...[...this.#receivers.values()].map(({ link }) => link)];
    this.#senders.clear();
    this.#receivers.clear();
    this.#outstanding.clear();
    for (const link of new Set(links)) {
      if (!link.is_open()) continue;
      const closed = first(link, 'sender_close', 'receiver_close', 'disconnected');
      link.close();
      await within(closed, 2_000);
    }
  }

  async close(): Promise<void> {
    const closed = first(this.#connection, 'connection_close', 'disconnected');
    this.#connection.close();
    await within(closed, 2_000);
  }
}

function failure(error: unknown, event: string): Error {
  const { condition, description } = (error ?? {}) as Condition;
  return Object.assign(new Error(event), condition === undefined ? {} : { condition, description });
}

let client: Client | undefined;

function connected(): Client {
  if (client === undefined) throw new Error('it is not connected');
  return client;
}

const handlers: Handlers = {
  hello: async () => ({ client: 'rhea', version: process.argv[3] ?? '', protocol: '1.0' }),
  connect: async login => {
    client = await Client.open(login);
    return {};
  },
  publish: async ({ to, messages, settled = false, transaction = false }) => {
    if (!('address' in to)) throw new Unsupported('1.0 has addresses alone');
    return { outcomes: await connected().publish(to, messages, settled, transaction) };
  },
  receive: async asks => ({ deliveries: await connected().receive(asks) }),
  settle: async asks => {
    connected().settle(asks);
    return {};
  },
  reply: async () => ({ address: await connected().reply() }),
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
