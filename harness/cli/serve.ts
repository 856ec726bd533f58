import { type Definitions, DefinitionsError } from '../broker/dialects/amqp091-definitions.ts';
import type { TlsListenOptions } from '../net/listen.ts';
import { ListenError } from '../net/listen.ts';
import { StoreError } from '../store/store.ts';
import { type DialectName, UnknownDialectError } from '../target/dialect.ts';
import { DiskError } from '../target/disk.ts';
import { type RunningBroker, type StartOptions, startBroker, UnknownFaultError } from '../target/reference.ts';
import { TargetError } from '../target/target.ts';
import type { TlsFiles } from '../target/url.ts';
import type { DataFile } from './data-file.ts';
import { CommandError, exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { didYouMean } from './nearest.ts';
import { type LogLine, lineLog, withoutSecret } from './serve-log.ts';
import { type SharedOptions, terminal } from './terminal.ts';

interface ServeOptions extends SharedOptions, TlsFiles {
  readonly host: string;
  readonly port?: number;
  readonly tlsPort?: number;
  readonly wsPort?: number;
  readonly wssPort?: number;
  readonly dialect: DialectName;
  readonly fault?: readonly string[];
  readonly data?: string;
  readonly definitions?: string;
  readonly autoCreate?: boolean;
  readonly log: 'text' | 'json';
  readonly maxConnections: number;
  readonly maxChannels: number;
  readonly maxQueues: number;
  /** Octets. */
  readonly memoryLimit?: number;
  readonly diskFreeLimit?: number;
  readonly healthEvery?: number;
}

const usualPort = 5672;
/** How long clients get to answer that the broker ends. */
const closeWithinMs = 5000;
/** How many ports are tried from 5672 on. */
const portsTried = 20;

/** TLS where its port was asked for. Clients are asked for certificates where an authority of theirs is named. */
async function tlsOf({ tlsPort, wssPort, ca, cert, key }: ServeOptions): Promise<TlsListenOptions | undefined> {
  if (tlsPort === undefined && wssPort === undefined) return undefined;
  const { pem } = await import('../target/url.ts');
  const [own, secret, authority] = await Promise.all([pem(cert, '--cert'), pem(key, '--key'), pem(ca, '--ca')]).catch(error => {
    throw error instanceof TargetError ? usage(error.message) : error;
  });
  if (own === undefined || secret === undefined)
    throw usage(`--${tlsPort === undefined ? 'wss' : 'tls'}-port wants a certificate and its key: --cert FILE --key FILE.`);
  return { cert: own, key: secret, ...(authority !== undefined && { ca: authority }) };
}

/** Resolves, with the reason, when the user, the system or the parent process wants an end. A second signal ends at once. */
function untilEnded(): Promise<string> {
  return new Promise(resolve => {
    let asked = false;
    const hear = (signal: string, status: number) => {
      if (asked) process.exit(status);
      asked = true;
      // A parent that stays connected would keep us.
      process.channel?.unref();
      resolve(signal);
    };
    process.on('SIGINT', () => hear('SIGINT', 130));
    process.on('SIGTERM', () => hear('SIGTERM', 143));
    if (process.connected) process.once('disconnect', () => hear('the parent process has gone', 0));
  });
}

/** A line with all counts, every so often and whenever SIGUSR2 asks for one. The answer ends it. */
function tellHealth(broker: RunningBroker, everyS: number, log: (line: LogLine) => void): () => void {
  const tell = () => log({ event: 'health', ...broker.health(), residentOctets: process.memoryUsage.rss() });
  const timer = everyS > 0 ? setInterval(tell, everyS * 1000) : undefined;
  if (process.platform !== 'win32') process.on('SIGUSR2', tell);
  return () => {
    clearInterval(timer);
    process.off('SIGUSR2', tell);
  };
}

/** What the file defines; what of it is not served is told. */
async function definitionsOf(path: string, log: (line: LogLine) => void): Promise<DataFile<Definitions>> {
  const { readDefinitions } = await import('./definitions.ts');
  const { leftOut, ...file } = await readDefinitions(path);
  if (leftOut.length > 0) log({ event: 'definitions-left-out', parts: leftOut, why: 'this broker does not serve them' });
  return file;
}

/** The port asked for, or the first free one from 5672 on. */
function portsOf({ port }: ServeOptions): { readonly port: number; readonly portMax: number } {
  return port === undefined ? { port: usualPort, portMax: usualPort + portsTried - 1 } : { port, portMax: port };
}

async function startOptions(given: ServeOptions, definitions: Definitions | undefined, log: (line: LogLine) => void): Promise<StartOptions> {
  const [host = '127.0.0.1', ...otherHosts] = given.host.split(' and ');
  const { dialect, data, memoryLimit, diskFreeLimit, tlsPort, wsPort, wssPort } = given;
  const tls = await tlsOf(given);
  return {
    host,
    otherHosts,
    ...portsOf(given),
    dialect,
    log,
    faults: given.fault ?? [],
    limits: { connections: given.maxConnections, channels: given.maxChannels, queues: given.maxQueues },
    ...(data !== undefined && { data }),
    ...(given.autoCreate !== undefined && { autoCreate: given.autoCreate }),
    ...(memoryLimit !== undefined && { memoryOctets: memoryLimit }),
    ...(diskFreeLimit !== undefined && { disk: { folder: data ?? process.cwd(), freeMin: diskFreeLimit } }),
    ...(tls !== undefined && tlsPort !== undefined && { tls: { ...tls, port: tlsPort } }),
    ...(tls !== undefined && wssPort !== undefined && { secureWebSocket: { ...tls, port: wssPort } }),
    ...(wsPort !== undefined && { webSocket: { port: wsPort } }),
    ...(definitions !== undefined && { definitions }),
  };
}

/** What is wrong with the command line, a file or the machine, in one sentence. */
async function explain(error: unknown, definitions: DataFile<Definitions> | undefined): Promise<unknown> {
  if (error instanceof DefinitionsError && definitions !== undefined) return definitions.wrongAt(error.at, error.message);
  if (error instanceof ListenError && error.kind === 'certificate') return usage(`${error.message}.`);
  if (error instanceof ListenError) return new CommandError(`${error.message}. Choose another address with --host and --port.`);
  if (error instanceof Error && error.name === 'FaultOptionError') return usage(error.message);
  if (error instanceof UnknownFaultError) {
    const { faultIds } = await import('../saboteur/faults.ts');
    return usage(`There is no fault ${error.id}.${didYouMean(error.id, faultIds())} amqpspec list faults shows them.`);
  }
  if (error instanceof UnknownDialectError) return usage(error.message);
  if (error instanceof StoreError) return new CommandError(`${error.message}.`);
  if (error instanceof DiskError) return new CommandError(`${error.message}.`);
  return error;
}

/** `amqpspec serve`: the reference broker until it is told to end. */
export async function execute({ options }: Invocation): Promise<number> {
  const given = options as unknown as ServeOptions;
  const screen = await terminal(given);
  const log = lineLog({ style: given.log, quiet: screen.quiet, now: () => new Date(), write: screen.warn });
  const definitions = given.definitions === undefined ? undefined : await definitionsOf(given.definitions, log);
  const broker = await startBroker(await startOptions(given, definitions?.content, log)).catch(async (error: unknown) => {
    throw await explain(error, definitions);
  });
  const ended = untilEnded();
  const { url, tlsUrl, webSocketUrl, secureWebSocketUrl } = broker;
  const accepting = {
    url: withoutSecret(url),
    ...(tlsUrl !== undefined && { tlsUrl: withoutSecret(tlsUrl) }),
    ...(webSocketUrl !== undefined && { webSocketUrl: withoutSecret(webSocketUrl) }),
    ...(secureWebSocketUrl !== undefined && { secureWebSocketUrl: withoutSecret(secureWebSocketUrl) }),
    dialect: given.dialect,
    faults: given.fault ?? [],
  };
  const silence = tellHealth(broker, given.healthEvery ?? 0, log);
  if (screen.json) screen.result(accepting);
  else log({ event: 'accepting', ...accepting });
  log({ event: 'closing', why: await ended });
  silence();
  await broker.close({ withinMs: closeWithinMs });
  return exitStatus.asDeclared;
}
