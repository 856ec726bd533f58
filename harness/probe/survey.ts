import { announces } from '../endpoint/amqp091/negotiation.ts';
import { amqplainClient, anonymousClient, type ClientMechanism, plainClient } from '../endpoint/sasl.ts';
import { type Clock, DialError, type Stream, type StreamEnd, type Transport } from '../endpoint/transport.ts';
import type { Method, MethodName } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { fieldTable, fieldValue, plain } from '../wire/amqp091/field-table.ts';
import { decodeFrame } from '../wire/amqp091/frame.ts';
import { encodeMethodFrame, method } from '../wire/amqp091/method.ts';
import { protocolHeader091 } from '../wire/protocol-header.ts';

/** What can be learned of a port without harm. */
export interface Survey {
  /** As `0-9-1` and `1.0`. */
  readonly protocols: readonly string[];
  readonly product: string | null;
  readonly version: string | null;
  readonly capabilities: Readonly<Record<string, boolean>>;
  /** The whole of server-properties as plain values. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly mechanisms: readonly string[];
  readonly locales: readonly string[];
  /** What the server proposes. */
  readonly tune: { readonly channelMax: number; readonly frameMax: number; readonly heartbeatS: number };
  /** Milliseconds from the protocol header to connection.start. */
  readonly roundTripMs: number;
}

export interface SurveyLogin {
  readonly user: string;
  readonly password: string;
  readonly virtualHost: string;
}

/** The port cannot be judged; the message is one sentence: what happened, where, what to do. */
export class SurveyError extends Error {
  override readonly name = 'SurveyError';
}

interface Heard {
  readonly bytes: Uint8Array;
  /** Undefined: silence until the time was up. */
  readonly end: StreamEnd | undefined;
}

/** One stream read step by step: octets pile up until a step finds what it waits for. */
class Listening {
  readonly stream: Stream;
  readonly clock: Clock;
  bytes: Uint8Array = new Uint8Array(0);
  end: StreamEnd | undefined;
  wake: () => void = () => {};

  constructor(stream: Stream, clock: Clock) {
    this.stream = stream;
    this.clock = clock;
    stream.listen({
      data: bytes => {
        if (this.bytes.length < 1 << 20) this.bytes = Buffer.concat([this.bytes, bytes]);
        this.wake();
      },
      end: how => {
        this.end = how;
        this.wake();
      },
    });
  }

  /** Resolves when `enough` holds, the stream ended, or the time is up. */
  until(enough: (bytes: Uint8Array) => boolean, withinMs: number): Promise<Heard> {
    return new Promise(resolve => {
      const cancel = this.clock.at(this.clock.now() + withinMs, () => finish());
      const finish = (): void => {
        cancel();
        this.wake = () => {};
        resolve({ bytes: this.bytes, end: this.end });
      };
      this.wake = () => {
        if (enough(this.bytes) || this.end !== undefined) finish();
      };
      this.wake();
    });
  }

  /** Takes the next method, or says why none came. */
  async method(withinMs: number): Promise<Method | Heard> {
    const heard = await this.until(bytes => decodeFrame(bytes).kind !== 'need-more', withinMs);
    const decoded = decodeFrame(heard.bytes);
    if (decoded.kind !== 'value' || decoded.value.type !== 'method') return heard;
    this.bytes = heard.bytes.subarray(decoded.end);
    return decoded.value.method;
  }
}

const isMethod = <N extends MethodName>(answer: Method | Heard, name: N): answer is Extract<Method, { readonly name: N }> =>
  'name' in answer && answer.name === name;

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 200)).toString('latin1');
}

/** Says what listens there when it is no AMQP 0-9-1 broker. */
function notAmqp091(heard: Heard, where: string): SurveyError {
  const begin = text(heard.bytes);
  if (begin.startsWith('HTTP/'))
    return new SurveyError(`${where} answers HTTP, not AMQP. Use the broker's AMQP port (5672 as a rule), not its management port.`);
  if (heard.bytes[0] === 0x15 && heard.bytes[1] === 0x03) return new SurveyError(`${where} wants TLS. Write amqps:// instead of amqp://.`);
  if (begin.startsWith('AMQP')) {
    const [id, major, minor, revision] = heard.bytes.subarray(4, 8);
    if (id === 0 && major === 0)
      return new SurveyError(`${where} speaks AMQP ${[major, minor, revision].join('-')} and refused 0-9-1, which is what is judged.`);
    return new SurveyError(`${where} speaks AMQP 1.0 only; this version of amqpspec judges AMQP 0-9-1.`);
  }
  if (heard.bytes.length > 0)
    return new SurveyError(`${where} answers, but not in AMQP: its first octets are ${Buffer.from(heard.bytes.subarray(0, 16)).toString('hex')}.`);
  if (heard.end !== undefined)
    return new SurveyError(
      `${where} closed the connection without an answer to the AMQP protocol header. Check the port, and whether it wants TLS (amqps://).`,
    );
  return new SurveyError(
    `${where} accepted the connection and then said nothing. Check the port; behind it may be another service or a broker that has not started yet.`,
  );
}

async function dial(transport: Transport): Promise<Stream> {
  try {
    return await transport.dial();
  } catch (error) {
    if (error instanceof DialError) throw new SurveyError(`${error.message}. Check host and port, and that the broker runs.`);
    throw error;
  }
}

/** Asks one port for one protocol by its header and tells what the first octets say. */
async function speaks(transport: Transport, clock: Clock, header: Uint8Array, withinMs: number): Promise<boolean> {
  const listening = new Listening(await dial(transport), clock);
  listening.stream.write(header);
  const { bytes } = await listening.until(seen => seen.length >= 8, withinMs);
  listening.stream.destroy();
  return bytes.length >= 8 && Buffer.from(bytes.subarray(0, 8)).equals(Buffer.from(header));
}

const header10 = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0);
const header10Sasl = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0);

async function start(listening: Listening, where: string, withinMs: number): Promise<Method<'connection.start'>> {
  listening.stream.write(protocolHeader091);
  const answer = await listening.method(withinMs);
  if (isMethod(answer, 'connection.start')) return answer;
  if ('name' in answer) throw new SurveyError(`${where} began with ${answer.name} instead of connection.start.`);
  throw notAmqp091(answer, where);
}

function closeText(answer: Method | Heard): string {
  if (isMethod(answer, 'connection.close')) return `connection.close ${answer.args.replyCode} ${answer.args.replyText}`;
  if ('name' in answer) return answer.name;
  return answer.end === undefined ? 'silence' : 'a closed connection';
}

const ourMechanisms = (login: SurveyLogin): readonly ClientMechanism[] => [plainClient(login), amqplainClient(login), anonymousClient()];

async function logIn(
  listening: Listening,
  login: SurveyLogin,
  mechanisms: readonly string[],
  where: string,
  withinMs: number,
): Promise<Method<'connection.tune'>> {
  const mechanism = ourMechanisms(login).find(({ name }) => mechanisms.includes(name));
  if (mechanism === undefined) throw new SurveyError(`${where} offers only ${mechanisms.join(', ')}; amqpspec can log in with PLAIN, AMQPLAIN or ANONYMOUS.`);
  const clientProperties = fieldTable({ product: 'amqpspec', capabilities: { authentication_failure_close: true } });
  const args = { clientProperties, mechanism: mechanism.name, response: mechanism.respond(undefined), locale: 'en_US' };
  listening.stream.write(encodeMethodFrame(0, method('connection.start-ok', args)));
  const answer = await listening.method(withinMs);
  if (isMethod(answer, 'connection.tune')) return answer;
  throw new SurveyError(`${where} refused user ${login.user} (${closeText(answer)}). Check user and password in the URL.`);
}

async function open(listening: Listening, login: SurveyLogin, tune: Method<'connection.tune'>, where: string, withinMs: number): Promise<void> {
  const { channelMax, frameMax } = tune.args;
  listening.stream.write(encodeMethodFrame(0, method('connection.tune-ok', { channelMax, frameMax, heartbeat: 0 })));
  listening.stream.write(encodeMethodFrame(0, method('connection.open', { virtualHost: login.virtualHost })));
  const answer = await listening.method(withinMs);
  if (!isMethod(answer, 'connection.open-ok')) {
    throw new SurveyError(
      `${where} refused the virtual host ${login.virtualHost} for user ${login.user} (${closeText(answer)}). The path of the URL names it: amqp://host/name.`,
    );
  }
  listening.stream.write(encodeMethodFrame(0, method('connection.close', { replyCode: 200 })));
  await listening.method(withinMs);
}

function capabilitiesOf(properties: FieldTable): Readonly<Record<string, boolean>> {
  const capabilities = fieldValue(properties, 'capabilities');
  const names = capabilities?.type === 'table' ? capabilities.value.map(([name]) => name) : [];
  return Object.fromEntries(names.map(name => [name, announces(properties, name)]));
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/**
 * Learns what a port is: product, mechanisms, capabilities, limits; logs in and out once. Throws a SurveyError in plain words when it is
 * no AMQP 0-9-1 broker or does not let us in. `where` names it for people, without secrets.
 */
export async function survey(target: { transport: Transport; clock: Clock; credentials: SurveyLogin; url: string }, withinMs = 10_000): Promise<Survey> {
  const { transport, clock, credentials, url: where } = target;
  const listening = new Listening(await dial(transport), clock);
  try {
    const begin = clock.now();
    const { args } = await start(listening, where, withinMs);
    const roundTripMs = clock.now() - begin;
    const mechanisms = text(args.mechanisms)
      .split(' ')
      .filter(name => name !== '');
    const tune = await logIn(listening, credentials, mechanisms, where, withinMs);
    await open(listening, credentials, tune, where, withinMs);
    const properties = plain(args.serverProperties);
    const is10 = (await speaks(transport, clock, header10Sasl, 2_000)) || (await speaks(transport, clock, header10, 2_000));
    const { channelMax, frameMax, heartbeat: heartbeatS } = tune.args;
    return {
      protocols: is10 ? ['0-9-1', '1.0'] : ['0-9-1'],
      product: textOf(properties.product),
      version: textOf(properties.version),
      capabilities: capabilitiesOf(args.serverProperties),
      properties,
      mechanisms,
      locales: text(args.locales)
        .split(' ')
        .filter(name => name !== ''),
      tune: { channelMax, frameMax, heartbeatS },
      roundTripMs,
    };
  } finally {
    listening.stream.destroy();
  }
}
