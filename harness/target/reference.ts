import { randomBytes } from 'node:crypto';
import type { PermissionTable } from '../broker/access.ts';
import { Access } from '../broker/access-patterns.ts';
import { Broker, type BrokerOptions } from '../broker/broker.ts';
import { type Amqp10Settings, defaultAmqp10Settings } from '../broker/dialects/amqp10-settings.ts';
import type { TokenChecker } from '../broker/dialects/amqp10-tokens.ts';
import { type Definitions, define, settingsOf } from '../broker/dialects/amqp091-definitions.ts';
import { reviveMessage as revive091 } from '../broker/dialects/amqp091-message.ts';
import { type Amqp091Settings, defaultAmqp091Settings } from '../broker/dialects/amqp091-settings.ts';
import { serveAmqp } from '../broker/dialects/first-octets.ts';
import type { Health } from '../broker/health.ts';
import type { EntityLimits } from '../broker/limits.ts';
import type { Quotas } from '../broker/quotas.ts';
import type { Resource } from '../broker/vocabulary.ts';
import type { Limits } from '../endpoint/amqp091/vocabulary.ts';
import type { Clock, Stream } from '../endpoint/transport.ts';
import { systemClock, wallClock } from '../net/clock.ts';
import type { TlsListenOptions, WebSocketListenOptions } from '../net/listen.ts';
import { memoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { urlOf } from './broker-url.ts';
import { type DialectName, dialectNamed } from './dialect.ts';
import { type DiskOptions, diskToWatch, watchDisk } from './disk.ts';
import { FaultRack, type FaultSpec, faultOf, type RunningFault } from './faults.ts';
import { type OwnMessage, publish, type QueueView, viewOf } from './inside.ts';
import type { Dialect } from './profile.ts';
import { receive } from './reception.ts';

/** How the broker is to be. Everything has a default; limits and time-outs are those of `Amqp091Settings`. */
export interface StartOptions extends Partial<Omit<Amqp091Settings, 'limits' | 'readings' | 'dialectName'>> {
  /** What is offered in tune, and how many connections, channels and queues there may be; those left out keep their defaults. */
  readonly limits?: Partial<Limits & EntityLimits>;
  /** Defaults to the loopback address 127.0.0.1. */
  readonly host?: string;
  /** Further addresses to listen on, at the same port; those that this machine lacks are left out. */
  readonly otherHosts?: readonly string[];
  /** Breaks duties on purpose, or is a nuisance: `violation:<duty>` and `chaos:<verb>`, as `amqpspec list faults` shows them, or with options. */
  readonly faults?: readonly FaultSpec[];
  /** Defaults to 0: any free port. */
  readonly port?: number;
  /** Where `port` is taken, the next free one up to this is. Defaults to `port`: no other will do. */
  readonly portMax?: number;
  /** A port for TLS besides the plain one; any free port where it names none. */
  readonly tls?: TlsListenOptions & { readonly port?: number };
  /** A port for WebSocket besides, at any path; any free port where it names none. */
  readonly webSocket?: WebSocketListenOptions & { readonly port?: number };
  /** The same over TLS. */
  readonly secureWebSocket?: TlsListenOptions & { readonly port?: number };
  /** Defaults to `/` alone. */
  readonly virtualHosts?: readonly string[];
  /** Users, virtual hosts and permissions instead of those that stand beside it, and what is declared and bound before the first client comes. */
  readonly definitions?: Definitions;
  /** What single users and virtual hosts may have of what `limits` grants to all. */
  readonly quotas?: Quotas;
  /** What users may do, by user and virtual host. Users that it does not name may do everything. */
  readonly permissions?: PermissionTable;
  /**
   * `spec`, the default, reads the standard as it stands; `rabbitmq` as RabbitMQ does in all that its profile declares, at the version that the profile
   * defaults to, or at another, as `rabbitmq@4.3`.
   */
  readonly dialect?: DialectName;
  /** Octets that messages in memory take, each its body and 768 more, above which publishing connections are held. Defaults to 512 MiB. */
  readonly memoryOctets?: number;
  /** Raises the disk alarm where too little of a file system is free; 0 octets: never. Defaults to 50 MB where the folder `data` is; without that nobody looks. */
  readonly disk?: DiskOptions;
  /** A folder that keeps durable definitions and persistent messages, made where there is none. Left out: the memory of this process. */
  readonly data?: string;
  /** Where definitions and persistent messages are kept, instead of `data`. */
  readonly store?: Store;
  /** Queues that a client of 1.0 attaches to and that do not exist come into being, durable. Defaults to false. */
  readonly autoCreate?: boolean;
  /** Clients of 1.0 go through SASL although `anonymous` names a user. Defaults to false. */
  readonly saslRequired?: boolean;
  /** Looks into tokens that clients of 1.0 put to `$cbs`, and to `/auth/tokens` over HTTP semantics; left out: there is no such node. */
  readonly tokens?: TokenChecker;
  /** What is offered to clients of 1.0. */
  readonly limits10?: Amqp10Settings['limits10'];
  /** Stands between every accepted connection and the broker. */
  readonly wrapStream?: (stream: Stream, clock: Clock) => Stream;
  /** Stands around the broker's core. */
  readonly around?: NonNullable<BrokerOptions['around']>;
}

/** An AMQP broker that runs in this process and speaks 0-9-1 and 1.0 on the same port. Leaving the scope of `await using` ends it. */
export interface RunningBroker extends AsyncDisposable {
  /** To connect with: address, first user whose password is known, that password, and a virtual host that it may use. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The port for TLS and its URL, where there is one. */
  readonly tlsPort: number | undefined;
  readonly tlsUrl: string | undefined;
  /** Where it is spoken over WebSocket, where it is, and over TLS besides. */
  readonly webSocketPort: number | undefined;
  readonly webSocketUrl: string | undefined;
  readonly secureWebSocketUrl: string | undefined;
  /** Raises an alarm of memory or disk, as if the broker ran short of it, or ends it: connections that publish are held meanwhile. */
  alarm(resource: Resource, raised?: boolean): void;
  /**
   * Publishes a message from within, as if a client had.
   * @throws {Error} where the virtual host has no such exchange.
   */
  publish(message: OwnMessage): void;
  /**
   * What is in a queue at this moment.
   * @throws {Error} where there is no such queue.
   */
  queue(name: string, virtualHost?: string): QueueView;
  /**
   * Puts a fault into the running broker. Nuisances (`chaos:`) touch connections that are open already, violations those that are opened from then on.
   * Rejects with an `UnknownFaultError`, with a `FaultOptionError` for options that cannot be, and with an `Error` for the few violations that have to
   * be there from the start.
   */
  fault(spec: FaultSpec): Promise<RunningFault>;
  /** How many of everything there are at this moment. */
  health(): Health;
  /**
   * Accepts no more, tells every client that the broker ends (320) and stores what is to be stored. A client that does not answer within `withinMs`,
   * by default 500, is dropped.
   */
  close(options?: { readonly withinMs?: number }): Promise<void>;
}

/** How long clients get to answer that the broker ends. */
const closeWithinMs = 500;

type OnStore = StartOptions & { readonly store: Store; readonly givenStore: boolean };

async function withFaults({ faults = [], ...options }: OnStore): Promise<OnStore> {
  if (faults.length === 0) return options;
  const [{ sabotaged }, ...found] = await Promise.all([import('./sabotaged.ts'), ...faults.map(each => faultOf(each))]);
  return { ...sabotaged(options, found), givenStore: options.givenStore };
}

/** The database is loaded only where it is wanted. */
async function openFolder(folder: string): Promise<Store> {
  const { openStore } = await import('../store/open.ts');
  return openStore(folder);
}

/**
 * Starts a broker in this process: `await using broker = await startBroker()`. Rejects with a `ListenError` where the address is taken,
 * with an `UnknownFaultError` or `UnknownDialectError` for what does not exist, a `StoreError` where the folder `data` cannot be used,
 * and a `DefinitionsError` where definitions cannot be.
 */
export async function startBroker(given: StartOptions = {}): Promise<RunningBroker> {
  const store = given.store ?? (given.data === undefined ? memoryStore() : await openFolder(given.data));
  try {
    const { definitions } = given;
    return await startOn({ ...(await withFaults({ ...given, store, givenStore: given.store !== undefined })), ...(definitions && settingsOf(definitions)) });
  } catch (error) {
    if (given.store === undefined) await store.close();
    throw error;
  }
}

/** Whether messages of 1.0 may be in the store. */
function holdsFrom({ data, givenStore }: OnStore): boolean {
  return data !== undefined || givenStore;
}

/** Loaded as the first client asks for it. */
const ten = { load: () => import('../broker/dialects/amqp10.ts').then(({ serveAmqp10 }) => serveAmqp10) };

/** The broker with what was stored and defined, before its first client. */
async function furnished(options: OnStore, readings: Dialect): Promise<Broker> {
  const { store, definitions, virtualHosts = ['/'], permissions = {}, limits = {}, quotas, log, memoryOctets, around } = options;
  for (const each of Object.values(permissions).flatMap(row => Object.values(row))) new Access(each);
  const { reviveMessage: revive } = holdsFrom(options) ? await import('../broker/dialects/revive.ts') : { reviveMessage: revive091 };
  const broker = new Broker({
    store,
    revive,
    clock: wallClock,
    virtualHosts,
    permissions,
    readings,
    uniqueName: () => randomBytes(16).toString('base64url'),
    limits,
    ...(quotas !== undefined && { quotas }),
    ...(log !== undefined && { log }),
    ...(memoryOctets !== undefined && { memoryOctets }),
    ...(around !== undefined && { around }),
  });
  await broker.restore();
  if (definitions !== undefined) define(broker, definitions);
  return broker;
}

async function startOn(options: OnStore): Promise<RunningBroker> {
  const { host = '127.0.0.1', otherHosts = [], port = 0, portMax = port, tls, webSocket, secureWebSocket, virtualHosts = ['/'], wrapStream } = options;
  const dialect = await dialectNamed(options.dialect);
  const broker = await furnished(options, dialect.readings);
  const settings = {
    ...defaultAmqp091Settings,
    ...defaultAmqp10Settings,
    ...options,
    ...dialect,
    host,
    limits: { ...defaultAmqp091Settings.limits, ...options.limits },
  };
  const disk = diskToWatch(options);
  const unwatch = disk && (await watchDisk(disk, raised => broker.submit({ kind: 'alarm', resource: 'disk', raised })));
  const rack = new FaultRack(broker);
  const reception = await receive({
    hosts: [host, ...otherHosts],
    port,
    portMax,
    tls,
    webSocket,
    secureWebSocket,
    connections: broker.core.settings.limits.connections,
    log: settings.log,
    serve: (stream, accepted) => serveAmqp(rack.wrap(wrapStream?.(stream, systemClock) ?? stream), systemClock, broker, settings, ten, accepted),
  }).catch((error: unknown) => {
    unwatch?.();
    throw error;
  });
  const urlFor = (scheme: 'amqp' | 'amqps' | 'ws' | 'wss', at: number) =>
    urlOf(scheme, host, at, settings.users, user => virtualHosts.find(each => broker.core.admits(user, each) !== 'refused') ?? '/');
  let closing: Promise<void> | undefined;
  const close = ({ withinMs = closeWithinMs } = {}) => {
    unwatch?.();
    closing ??= reception.close(withinMs).then(() => broker.close());
    return closing;
  };
  return {
    url: urlFor('amqp', reception.port),
    host,
    port: reception.port,
    tlsPort: reception.tlsPort,
    tlsUrl: reception.tlsPort === undefined ? undefined : urlFor('amqps', reception.tlsPort),
    webSocketPort: reception.webSocketPort,
    webSocketUrl: reception.webSocketPort === undefined ? undefined : urlFor('ws', reception.webSocketPort),
    secureWebSocketUrl: reception.secureWebSocketPort === undefined ? undefined : urlFor('wss', reception.secureWebSocketPort),
    alarm: (resource, raised = true) => broker.submit({ kind: 'alarm', resource, raised }),
    publish: message => publish(broker, message),
    queue: (name, virtualHost = '/') => viewOf(broker, virtualHost, name),
    fault: spec => rack.arm(spec),
    health: () => broker.health(),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

export { type FaultSpec, type RunningFault, UnknownFaultError } from './faults.ts';
