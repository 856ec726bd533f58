import { randomBytes } from 'node:crypto';
import { Access, type PermissionTable } from '../broker/access.ts';
import { Broker, type BrokerOptions } from '../broker/broker.ts';
import { serveAmqp091 } from '../broker/dialects/amqp091.ts';
import { type Amqp091Message, composeMessage, reviveMessage } from '../broker/dialects/amqp091-message.ts';
import { type Amqp091Settings, defaultAmqp091Settings } from '../broker/dialects/amqp091-settings.ts';
import type { Resource } from '../broker/vocabulary.ts';
import type { Limits } from '../endpoint/amqp091/vocabulary.ts';
import type { Clock, Stream } from '../endpoint/transport.ts';
import { systemClock, wallClock } from '../net/clock.ts';
import type { Accepted, TlsListenOptions } from '../net/listen.ts';
import type { BasicProperties } from '../spec/amqp091/classes.ts';
import { memoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { type DialectName, dialectNamed } from './dialect.ts';
import { listenOnAll } from './listen-on-all.ts';

/** How the broker is to be. Everything has a default; limits and time-outs are those of `Amqp091Settings`. */
export interface StartOptions extends Partial<Omit<Amqp091Settings, 'limits' | 'readings' | 'dialectName'>> {
  /** What is offered in tune; those left out keep their defaults. */
  readonly limits?: Partial<Limits>;
  /** Defaults to the loopback address 127.0.0.1. */
  readonly host?: string;
  /** Further addresses to listen on, at the same port; those that this machine lacks are left out. */
  readonly otherHosts?: readonly string[];
  /** Breaks duties on purpose, or is a nuisance: `violation:<duty>` and `chaos:<verb>`, as `amqpspec list faults` shows them. */
  readonly faults?: readonly string[];
  /** Defaults to 0: any free port. */
  readonly port?: number;
  /** A port for TLS besides the plain one; any free port where it names none. */
  readonly tls?: TlsListenOptions & { readonly port?: number };
  /** Defaults to `/` alone. */
  readonly virtualHosts?: readonly string[];
  /** What users may do, by user and virtual host. Users that it does not name may do everything. */
  readonly permissions?: PermissionTable;
  /**
   * `spec`, the default, reads the standard as it stands; `rabbitmq` as RabbitMQ does in all that its profile declares, at the version that the profile
   * defaults to, or at another, as `rabbitmq@4.3`.
   */
  readonly dialect?: DialectName;
  /** Octets of message bodies above which publishing connections are held. Defaults to 512 MiB. */
  readonly memoryOctets?: number;
  /** A folder that keeps durable definitions and persistent messages, made where there is none. Left out: the memory of this process. */
  readonly data?: string;
  /** Where definitions and persistent messages are kept, instead of `data`. */
  readonly store?: Store;
  /** Stands between every accepted connection and the broker. */
  readonly wrapStream?: (stream: Stream, clock: Clock) => Stream;
  /** Stands around the broker's core. */
  readonly around?: NonNullable<BrokerOptions['around']>;
}

/** A message that waits in a queue, as `RunningBroker.queue` shows it. */
export interface WaitingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  readonly body: Buffer;
  /** Whether it was delivered before and came back. */
  readonly redelivered: boolean;
}

export interface QueueView {
  readonly name: string;
  /** What waits for a consumer, in the order of delivery. Messages that were sent and not acknowledged are not among them. */
  readonly messages: readonly WaitingMessage[];
  readonly unacknowledgedCount: number;
  readonly consumerCount: number;
}

/** An AMQP 0-9-1 broker that runs in this process. Leaving the scope of `await using` ends it. */
export interface RunningBroker extends AsyncDisposable {
  /** To connect with: address, first user, its password and virtual host. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The port for TLS and its URL, where there is one. */
  readonly tlsPort: number | undefined;
  readonly tlsUrl: string | undefined;
  /** Raises an alarm of memory or disk, as if the broker ran short of it, or ends it: connections that publish are held meanwhile. */
  alarm(resource: Resource, raised?: boolean): void;
  /**
   * Publishes a message from within, as if a client had.
   * @throws {Error} where the virtual host has no such exchange.
   */
  publish(message: {
    /** Defaults to the default exchange, where the routing key is the queue. */
    readonly exchange?: string;
    readonly routingKey?: string;
    readonly properties?: BasicProperties;
    readonly body: Uint8Array | string;
    readonly virtualHost?: string;
  }): void;
  /**
   * What is in a queue at this moment.
   * @throws {Error} where there is no such queue.
   */
  queue(name: string, virtualHost?: string): QueueView;
  /** Drops all connections and stops accepting. */
  close(): Promise<void>;
}

/** No fault bears this name. */
export class UnknownFaultError extends Error {
  override readonly name = 'UnknownFaultError';
  readonly id: string;

  constructor(id: string) {
    super(`There is no fault ${id}; amqpspec list faults shows what exists.`);
    this.id = id;
  }
}

/** The saboteur is loaded only where it is wanted: most who start a broker want it whole. */
async function withFaults({ faults = [], ...options }: StartOptions & { readonly store: Store }): Promise<StartOptions & { readonly store: Store }> {
  if (faults.length === 0) return options;
  const [{ findFault }, { sabotaged }] = await Promise.all([import('../saboteur/faults.ts'), import('./sabotaged.ts')]);
  const found = faults.map(id => {
    const fault = findFault(id);
    if (fault === undefined) throw new UnknownFaultError(id);
    return fault;
  });
  return sabotaged(options, found);
}

/** The database is loaded only where it is wanted. */
async function openFolder(folder: string): Promise<Store> {
  const { openStore } = await import('../store/open.ts');
  return openStore(folder);
}

/**
 * Starts a broker in this process: `await using broker = await startBroker()`. Rejects with a `ListenError` where the address is taken,
 * with an `UnknownFaultError` or `UnknownDialectError` for what does not exist, and with a `StoreError` where the folder `data` cannot be used.
 */
export async function startBroker(given: StartOptions = {}): Promise<RunningBroker> {
  const store = given.store ?? (given.data === undefined ? memoryStore() : await openFolder(given.data));
  try {
    return await startOn(await withFaults({ ...given, store }));
  } catch (error) {
    if (given.store === undefined) await store.close();
    throw error;
  }
}

async function startOn(options: StartOptions & { readonly store: Store }): Promise<RunningBroker> {
  const { host = '127.0.0.1', otherHosts = [], port = 0, tls, virtualHosts = ['/'], permissions = {}, wrapStream, around, memoryOctets } = options;
  for (const each of Object.values(permissions).flatMap(row => Object.values(row))) new Access(each);
  const dialect = await dialectNamed(options.dialect);
  const broker = new Broker({
    store: options.store,
    clock: wallClock,
    virtualHosts,
    permissions,
    readings: dialect.readings,
    uniqueName: () => randomBytes(16).toString('base64url'),
    ...(memoryOctets !== undefined && { memoryOctets }),
    ...(around !== undefined && { around }),
  });
  await broker.restore(reviveMessage);
  const settings = { ...defaultAmqp091Settings, ...options, ...dialect, host, limits: { ...defaultAmqp091Settings.limits, ...options.limits } };
  const accept = (stream: Stream, accepted: Accepted) =>
    serveAmqp091(wrapStream === undefined ? stream : wrapStream(stream, systemClock), systemClock, broker, settings, accepted);
  const plain = await listenOnAll([host, ...otherHosts], port, { accept });
  const secure =
    tls && (await listenOnAll([host, ...otherHosts], tls.port ?? 0, { accept, tls }).catch(error => plain.close().then(() => Promise.reject(error))));
  const urlFor = (scheme: 'amqp' | 'amqps', at: number) => urlOf(scheme, host, at, settings.users, virtualHosts[0] ?? '/');
  const close = async () => {
    await Promise.all([plain.close(), secure?.close()]);
    await broker.close();
  };
  return {
    url: urlFor('amqp', plain.port),
    host,
    port: plain.port,
    tlsPort: secure?.port,
    tlsUrl: secure && urlFor('amqps', secure.port),
    alarm: (resource, raised = true) => broker.submit({ kind: 'alarm', resource, raised }),
    publish: message => publish(broker, message),
    queue: (name, virtualHost = '/') => viewOf(broker, virtualHost, name),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function urlOf(scheme: string, host: string, port: number, users: Amqp091Settings['users'], virtualHost: string): string {
  const [user, password] = Object.entries(users)[0] ?? ['guest', 'guest'];
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const address = host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${login}@${address}:${port}${virtualHost === '/' ? '' : `/${encodeURIComponent(virtualHost)}`}`;
}

function publish(broker: Broker, message: Parameters<RunningBroker['publish']>[0]): void {
  const { exchange = '', routingKey = '', properties = {}, virtualHost = '/' } = message;
  const body = typeof message.body === 'string' ? Buffer.from(message.body) : message.body;
  if (!broker.core.virtualHosts.get(virtualHost)?.exchanges.has(exchange))
    throw new Error(`There is no exchange '${exchange}' in virtual host '${virtualHost}'.`);
  broker.submit({ kind: 'inject', virtualHost, message: composeMessage(exchange, routingKey, body, properties) });
}

function viewOf(broker: Broker, virtualHost: string, name: string): QueueView {
  const queue = broker.core.virtualHosts.get(virtualHost)?.queues.get(name);
  if (queue === undefined) throw new Error(`There is no queue '${name}' in virtual host '${virtualHost}'.`);
  const messages = [...queue.peek()].map(({ message, deliveries }) => ({
    exchange: message.exchange,
    routingKey: message.routingKey,
    properties: (message as Amqp091Message).properties,
    body: Buffer.concat(message.body),
    redelivered: deliveries > 0,
  }));
  return { name, messages, unacknowledgedCount: queue.unacknowledged, consumerCount: queue.consumers.size };
}
