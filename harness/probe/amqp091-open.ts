import { amqplainClient, anonymousClient, type ClientMechanism, externalClient, plainClient } from '../endpoint/sasl.ts';
import { DialError, type Stream, type Transport } from '../endpoint/transport.ts';
import { fieldTable } from '../wire/amqp091/codec.ts';
import { Amqp091Connection } from './amqp091.ts';
import { Amqp091Wire } from './amqp091-wire.ts';
import type { Login, ProbeContext } from './context.ts';
import type { ConnectOptions } from './peer.ts';
import { Stop } from './stop.ts';

type Mechanism = NonNullable<ConnectOptions['mechanism']>;

const mechanisms: Readonly<Record<Mechanism, (login: Login) => ClientMechanism>> = {
  PLAIN: plainClient,
  AMQPLAIN: amqplainClient,
  ANONYMOUS: () => anonymousClient('amqpspec'),
  EXTERNAL: () => externalClient(),
};

/** Extensions that the probe understands when a server uses them. */
const honoured = {
  publisher_confirms: true,
  exchange_exchange_bindings: true,
  'basic.nack': true,
  consumer_cancel_notify: true,
  'connection.blocked': true,
  authentication_failure_close: true,
};

/** What to agree to where a server sets no limit to the size of a frame, in octets. */
const frameMaxUnlimited = 1 << 17;

/** The steps of the handshake in order; the client's own are odd. */
const steps = ['dial', 'start', 'start-ok', 'tune', 'tune-ok', 'open', 'open-ok'] as const;

/** Dials and takes a healthy handshake as far as asked. `opened` hears of the connection as soon as there is a stream. */
export async function openConnection(
  context: ProbeContext,
  number: number,
  options: ConnectOptions,
  opened: (connection: Amqp091Connection) => void,
): Promise<Amqp091Connection> {
  const wire = new Amqp091Wire(number, context, await dial(options.transport ?? context.transport), options.heartbeats ?? true);
  const connection = new Amqp091Connection(wire, options.user ?? (options.as ?? context.credentials).user);
  opened(connection);
  const goesTo = (step: (typeof steps)[number]) => steps.indexOf(options.upTo ?? 'open-ok') >= steps.indexOf(step);
  if (!goesTo('start')) return connection;
  wire.tap.cut = options.cut;
  wire.sendProtocolHeader();
  await greeted(connection);
  if (goesTo('start-ok')) await authenticate(connection, options, goesTo('tune'));
  if (goesTo('tune-ok')) {
    const { channelMax, frameMax } = connection.tune;
    connection.send(0, 'connection.tune-ok', {
      channelMax: options.channelMax ?? channelMax,
      frameMax: options.frameMax ?? (frameMax === 0 ? frameMaxUnlimited : frameMax),
      heartbeat: options.heartbeatS ?? 0,
    });
  }
  if (goesTo('open')) connection.send(0, 'connection.open', { virtualHost: options.virtualHost ?? (options.as ?? context.credentials).virtualHost });
  if (goesTo('open-ok')) await connection.expect(0, 'connection.open-ok', 'handshake');
  wire.tap.cut = undefined;
  return connection;
}

/** A stream that ends before the server's first word may be that of a dead server: what stands before it, as a container engine's proxy, took it. */
async function greeted(connection: Amqp091Connection): Promise<void> {
  try {
    await connection.expect(0, 'connection.start', 'handshake');
  } catch (error) {
    if (!(error instanceof Stop) || error.why.kind !== 'failed' || !ended.has(error.why.ending.kind)) throw error;
    throw new Stop({ ...error.why, unopened: true });
  }
}

const ended: ReadonlySet<string> = new Set(['eof', 'reset']);

/** Opens a stream, or says that the peer would not go through the handshake of TLS or WebSocket. */
export async function dialUnlessRefused(transport: Transport): Promise<Stream | 'refused'> {
  try {
    return await transport.dial();
  } catch (error) {
    if (error instanceof DialError && (error.kind === 'tls' || error.kind === 'handshake')) return 'refused';
    throw undialled(error);
  }
}

/** Opens a stream; the check ends where there is none. */
export async function dial(transport: Transport): Promise<Stream> {
  try {
    return await transport.dial();
  } catch (error) {
    throw undialled(error);
  }
}

/** The check ends with a sentence that says why there is no stream. */
function undialled(error: unknown): unknown {
  return error instanceof DialError ? new Stop({ kind: 'undialled', sentence: `${error.message}.` }) : error;
}

async function authenticate(connection: Amqp091Connection, options: ConnectOptions, untilTune: boolean): Promise<void> {
  const { credentials, role } = connection.wire.context;
  const own = options.as ?? credentials;
  const login = { ...own, user: options.user ?? own.user, password: options.password ?? own.password };
  const mechanism = mechanisms[options.mechanism ?? 'PLAIN'](login);
  const properties = fieldTable({ product: 'amqpspec', information: role, capabilities: { ...honoured, ...options.capabilities } });
  connection.send(0, 'connection.start-ok', {
    clientProperties: [...properties, ...(options.properties ?? [])],
    mechanism: mechanism.name,
    response: mechanism.respond(undefined),
    locale: 'en_US',
  });
  while (untilTune) {
    const { method } = await connection.find(0, ['connection.tune', 'connection.secure'], 'handshake');
    if (method.name !== 'connection.secure') return;
    connection.send(0, 'connection.secure-ok', { response: mechanism.respond(method.args.challenge) });
  }
}
