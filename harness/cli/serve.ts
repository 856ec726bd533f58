import type { TlsListenOptions } from '../net/listen.ts';
import { ListenError } from '../net/listen.ts';
import { faultIds } from '../saboteur/faults.ts';
import { StoreError } from '../store/store.ts';
import { type DialectName, UnknownDialectError } from '../target/dialect.ts';
import { type RunningBroker, type StartOptions, startBroker, UnknownFaultError } from '../target/reference.ts';
import { TargetError } from '../target/target.ts';
import { pem, type TlsFiles } from '../target/url.ts';
import { CommandError, exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { didYouMean } from './nearest.ts';
import { type SharedOptions, terminal } from './terminal.ts';

interface ServeOptions extends SharedOptions, TlsFiles {
  readonly host: string;
  readonly port?: number;
  readonly tlsPort?: number;
  readonly dialect: DialectName;
  readonly fault?: readonly string[];
  readonly data?: string;
  readonly log: 'text' | 'json';
}

const usualPort = 5672;
/** How many ports are tried from 5672 on. */
const portsTried = 20;

/** The first free port from 5672 on, or the one asked for. */
async function startOnPort(options: StartOptions, asked: number | undefined): Promise<RunningBroker> {
  if (asked !== undefined) return startBroker({ ...options, port: asked });
  for (let port = usualPort; port < usualPort + portsTried; port += 1) {
    try {
      return await startBroker({ ...options, port });
    } catch (error) {
      if (!(error instanceof ListenError) || error.kind !== 'in-use') throw error;
    }
  }
  throw new CommandError(`No port from ${usualPort} to ${usualPort + portsTried - 1} is free. Choose one with --port.`);
}

/** TLS where its port was asked for. Clients are asked for certificates where an authority of theirs is named. */
async function tlsOf({ tlsPort, ca, cert, key }: ServeOptions): Promise<(TlsListenOptions & { readonly port: number }) | undefined> {
  if (tlsPort === undefined) return undefined;
  const [own, secret, authority] = await Promise.all([pem(cert, '--cert'), pem(key, '--key'), pem(ca, '--ca')]).catch(error => {
    throw error instanceof TargetError ? usage(error.message) : error;
  });
  if (own === undefined || secret === undefined) throw usage('--tls-port wants a certificate and its key: --cert FILE --key FILE.');
  return { port: tlsPort, cert: own, key: secret, ...(authority !== undefined && { ca: authority }) };
}

/** Resolves when the user, the system or the parent process wants an end. */
function untilEnded(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    if (process.connected) process.once('disconnect', () => resolve());
  });
}

/** `amqpspec serve`: the reference broker until it is told to end. */
export async function execute({ options }: Invocation): Promise<number> {
  const given = options as unknown as ServeOptions;
  const screen = await terminal(given);
  const faults = given.fault ?? [];
  const [host = '127.0.0.1', ...otherHosts] = given.host.split(' and ');
  const tls = await tlsOf(given);
  let broker: RunningBroker;
  try {
    broker = await startOnPort(
      { host, otherHosts, faults, dialect: given.dialect, ...(tls !== undefined && { tls }), ...(given.data !== undefined && { data: given.data }) },
      given.port,
    );
  } catch (error) {
    if (error instanceof ListenError && error.kind === 'certificate') throw usage(`${error.message}.`);
    if (error instanceof ListenError) throw new CommandError(`${error.message}. Choose another address with --host and --port.`);
    if (error instanceof UnknownFaultError) throw usage(`There is no fault ${error.id}.${didYouMean(error.id, faultIds())} amqpspec list faults shows them.`);
    if (error instanceof StoreError) throw new CommandError(`${error.message}.`);
    if (error instanceof UnknownDialectError) throw usage(error.message);
    throw error;
  }
  const ended = untilEnded();
  const { dialect } = given;
  const read = dialect === 'spec' ? '' : `, in the dialect ${dialect}`;
  const broken = faults.length === 0 ? '' : `, broken on purpose: ${faults.join(', ')}`;
  const { url, tlsUrl } = broker;
  const accepting = { url, ...(tlsUrl !== undefined && { tlsUrl }), dialect, faults };
  if (given.log === 'json' && !screen.json) screen.warn(JSON.stringify({ event: 'accepting', ...accepting }));
  else if (!screen.json) screen.warn(`accepting on ${tlsUrl === undefined ? url : `${url} and ${tlsUrl}`}${read}${broken}`);
  screen.result(accepting);
  await ended;
  await broker.close();
  return exitStatus.asDeclared;
}
