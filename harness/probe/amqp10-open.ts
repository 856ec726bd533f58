import type { ConnectionSettings } from '../endpoint/amqp10/vocabulary.ts';
import { anonymousClient, externalClient, plainClient } from '../endpoint/sasl.ts';
import { scramClient } from '../endpoint/scram.ts';
import type { Stream } from '../endpoint/transport.ts';
import { Amqp10Connection } from './amqp10.ts';
import type { Connection10Options, Step10 } from './amqp10-peer.ts';
import { Amqp10Wire } from './amqp10-wire.ts';
import type { Login, ProbeContext } from './context.ts';
import { Stop } from './stop.ts';

const mechanisms = {
  PLAIN: plainClient,
  ANONYMOUS: () => anonymousClient('amqpspec'),
  EXTERNAL: () => externalClient(),
  'SCRAM-SHA-256': (login: Login) => scramClient('sha256', login),
  'SCRAM-SHA-512': (login: Login) => scramClient('sha512', login),
} as const;

/** What is tried where nobody says otherwise. */
const usual = ['PLAIN', 'ANONYMOUS'] as const;

const steps: readonly Step10[] = ['dial', 'sasl', 'header', 'open-sent', 'open'];

/** Octets of the largest frame that the probe takes where a check says nothing. */
const maxFrameSize = 1 << 20;

function loginOf(context: ProbeContext, options: Connection10Options): Login {
  const own = options.as ?? context.credentials;
  return { ...own, user: options.user ?? own.user, password: options.password ?? own.password };
}

function settingsOf(context: ProbeContext, options: Connection10Options): ConnectionSettings {
  const login = loginOf(context, options);
  const { mechanism = login.mechanism, upTo } = options;
  const offered = mechanism === undefined || mechanism === 'none' ? usual : [mechanism];
  const hostname = login.virtualHost === '/' ? {} : { hostname: context.hostname10.replaceAll('{virtualHost}', () => login.virtualHost) };
  const byHand = upTo === 'dial';
  return {
    role: 'client',
    open: { containerId: context.names.issue(context.role.replace(/[^a-z0-9]+/gi, '-')), ...hostname, maxFrameSize, ...options.open },
    ...(mechanism !== 'none' && { sasl: { role: 'client' as const, mechanisms: offered.map(name => mechanisms[name](login)), ...hostname } }),
    automatic: { header: !byHand, sasl: !byHand, ending: false, raise: false, ...options.automatic },
  };
}

/** Takes a healthy opening as far as asked. `opened` hears of the connection as soon as there is a stream. */
export async function openConnection10(
  context: ProbeContext,
  number: number,
  stream: Stream,
  options: Connection10Options,
  opened: (connection: Amqp10Connection) => void,
): Promise<Amqp10Connection> {
  const wire = new Amqp10Wire(number, context, stream, settingsOf(context, options));
  const connection = new Amqp10Connection(wire, loginOf(context, options));
  opened(connection);
  const goesTo = (step: Step10) => steps.indexOf(options.upTo ?? 'open') >= steps.indexOf(step);
  if (!goesTo('sasl')) return connection;
  wire.tap.cut = options.cut;
  wire.command((machine, now) => machine.start(now));
  await greeted(connection);
  if (options.mechanism !== 'none') {
    await authenticated(connection);
    if (goesTo('header')) await connection.expectHeader();
  }
  if (goesTo('open-sent')) wire.command((machine, now) => machine.open(now));
  if (goesTo('open')) await connection.expect('open', { wait: 'handshake' });
  wire.tap.cut = undefined;
  return connection;
}

/** A stream that ends before the server's first word may be that of a dead server: what stands before it, as a container engine's proxy, took it. */
async function greeted(connection: Amqp10Connection): Promise<void> {
  try {
    await connection.expectHeader();
  } catch (error) {
    if (!(error instanceof Stop) || error.why.kind !== 'failed' || (error.why.ending.kind !== 'eof' && error.why.ending.kind !== 'reset')) throw error;
    throw new Stop({ ...error.why, unopened: true });
  }
}

/** The machine carries the exchange; its frames are taken out of the way. */
async function authenticated(connection: Amqp10Connection): Promise<void> {
  const expected = 'sasl-outcome ok';
  for (;;) {
    const code = await connection.look<string>(expected, 'handshake', ({ seen }) => {
      if (seen === undefined) return undefined;
      if (seen.kind !== 'sasl') return { value: connection.other(expected, seen), keep: true };
      if (seen.body.type !== 'sasl-outcome') return { value: '' };
      return seen.body.code === 'ok' ? { value: 'ok' } : { value: connection.other(expected, seen), keep: true };
    });
    if (code === 'ok') return;
  }
}
