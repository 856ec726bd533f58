import amqplib from 'amqplib';
import rhea, { type Connection, type ConnectionOptions, type EventContext, type Receiver, type ReceiverOptions, type Sender, type SenderOptions } from 'rhea';
import { afterAll, beforeAll } from 'vitest';
import { type RunningBroker, startBroker } from './reference.ts';

/** What happened first of several kinds, with its context. */
export interface Happened {
  readonly event: string;
  readonly context: EventContext;
}

/** Waits for the first of these events. */
export function first(emitter: { once(event: string, listener: (context: EventContext) => void): unknown }, ...events: readonly string[]): Promise<Happened> {
  return new Promise(resolve => {
    for (const event of events) emitter.once(event, (context: EventContext) => resolve({ event, context }));
  });
}

/** A connection of rhea to a broker. */
export class RheaClient implements AsyncDisposable {
  readonly connection: Connection;

  private constructor(connection: Connection) {
    this.connection = connection;
  }

  static async open({ port }: RunningBroker, options: Partial<ConnectionOptions> = {}): Promise<RheaClient> {
    const container = rhea.create_container({ id: `client-${options.container_id ?? Math.random()}` });
    const connection = container.connect({ host: '127.0.0.1', port, username: 'guest', password: 'guest', reconnect: false, ...options } as ConnectionOptions);
    connection.on('disconnected', () => {});
    const { event, context } = await first(connection, 'connection_open', 'connection_error', 'connection_close', 'disconnected');
    if (event !== 'connection_open') throw new Error(`${event} ${(context.connection.error as { readonly condition?: string } | undefined)?.condition ?? ''}`);
    connection.on('connection_error', () => {});
    connection.on('session_error', () => {});
    connection.on('sender_error', () => {});
    connection.on('receiver_error', () => {});
    return new RheaClient(connection);
  }

  async sender(options: SenderOptions | string): Promise<Sender> {
    const sender = this.connection.open_sender(options);
    const { event } = await first(sender, 'sendable', 'sender_error', 'sender_close');
    if (event !== 'sendable') throw new Error(conditionOf(sender));
    return sender;
  }

  /** A receiver without credit, whose messages are not accepted by themselves. */
  async receiver(options: ReceiverOptions | string): Promise<Receiver> {
    const given = typeof options === 'string' ? { source: options } : options;
    const receiver = this.connection.open_receiver({ credit_window: 0, autoaccept: false, ...given } as ReceiverOptions);
    const { event } = await first(receiver, 'receiver_open', 'receiver_error', 'receiver_close');
    if (event !== 'receiver_open' || receiver.error) throw new Error(conditionOf(receiver));
    return receiver;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.connection.is_open()) return;
    const closed = first(this.connection, 'connection_close', 'disconnected');
    this.connection.close();
    await closed;
  }
}

/** Sends one message and answers its outcome: `accepted`, `rejected amqp:…`. */
export async function outcomeOf(sender: Sender, message: unknown, tag?: Buffer): Promise<string> {
  const settled = first(sender, 'accepted', 'rejected', 'released', 'modified', 'sender_error');
  sender.send(message as never, tag);
  const { event, context } = await settled;
  const error = (context.delivery?.remote_state as { readonly error?: { readonly condition?: string } } | undefined)?.error;
  return error?.condition === undefined ? event : `${event} ${error.condition}`;
}

/** Gives credit for one message and waits for it. */
export async function next(receiver: Receiver): Promise<EventContext> {
  const message = first(receiver, 'message');
  receiver.add_credit(1);
  return (await message).context;
}

/** Uses the credit up and answers how many messages came. */
export async function drained(receiver: Receiver, credit: number): Promise<number> {
  let count = 0;
  const counting = () => {
    count += 1;
  };
  receiver.on('message', counting);
  const done = first(receiver, 'receiver_drained');
  receiver.add_credit(credit);
  (receiver as unknown as { drain_credit(): void }).drain_credit();
  await done;
  receiver.removeListener('message', counting);
  return count;
}

/** The condition that a link was refused or detached with. */
export function conditionOf(link: Sender | Receiver): string {
  return (link.error as { readonly condition?: string } | undefined)?.condition ?? 'no error';
}

/** Waits until a link has ended and answers the condition. */
export async function ending(link: Sender | Receiver, kind: 'sender' | 'receiver'): Promise<string> {
  if (link.is_open()) await first(link, `${kind}_error`, `${kind}_close`);
  return conditionOf(link);
}

/** A broker for all tests of a file, with the topic exchange `x`. */
export interface RheaBench {
  readonly broker: RunningBroker;
  /** A queue of its own for each test. */
  readonly freshQueue: (args?: Record<string, unknown>) => Promise<string>;
  /** Works with a channel of 0-9-1, whose connection is closed behind it. */
  readonly over091: <T>(work: (channel: amqplib.ConfirmChannel) => Promise<T>) => Promise<T>;
  readonly withClient: (work: (client: RheaClient) => Promise<void>) => Promise<void>;
}

/** Starts the broker before the tests of the file that calls, and ends it behind them. */
export function rheaBench(): RheaBench {
  let running: RunningBroker | undefined;
  let count = 0;
  beforeAll(async () => {
    running = await startBroker({ definitions: { exchanges: [{ name: 'x', type: 'topic' }] } });
  });
  afterAll(() => running?.close());
  const broker = (): RunningBroker => {
    if (running === undefined) throw new Error('the broker is there within tests only');
    return running;
  };
  const over091: RheaBench['over091'] = async work => {
    const connection = await amqplib.connect(broker().url);
    try {
      return await work(await connection.createConfirmChannel());
    } finally {
      await connection.close();
    }
  };
  return {
    get broker() {
      return broker();
    },
    over091,
    freshQueue: (args = {}) => {
      count += 1;
      return over091(async channel => (await channel.assertQueue(`q${count}`, { arguments: args })).queue);
    },
    withClient: async work => {
      await using client = await RheaClient.open(broker());
      await work(client);
    },
  };
}
