import { announces } from '../endpoint/amqp091/negotiation.ts';
import { amqplainClient, anonymousClient, type ClientMechanism, plainClient } from '../endpoint/sasl.ts';
import type { Clock, Transport } from '../endpoint/transport.ts';
import type { Method, MethodName } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { fieldTable, fieldValue, plain } from '../wire/amqp091/field-table.ts';
import { encodeMethodFrame, method } from '../wire/amqp091/method.ts';
import { protocolHeader091 } from '../wire/protocol-header.ts';
import { dial, type Heard, Listening, SurveyError, text } from './survey-listening.ts';

export interface SurveyLogin {
  readonly user: string;
  readonly password: string;
  readonly virtualHost: string;
}

/** What a port says of itself in 0-9-1. */
export interface Survey091 {
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

/** The port answered the header of 0-9-1 with that of 1.0. */
export class OtherProtocol extends SurveyError {}

const isMethod = <N extends MethodName>(answer: Method | Heard, name: N): answer is Extract<Method, { readonly name: N }> =>
  'name' in answer && answer.name === name;

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
    return new OtherProtocol(`${where} speaks AMQP 1.0 only.`);
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

const words = (list: Uint8Array): readonly string[] =>
  text(list)
    .split(' ')
    .filter(name => name !== '');

/** Asks a port in 0-9-1, logs in and out once. Throws a SurveyError in plain words where it does not answer so or does not let us in. */
export async function survey091(
  target: { readonly transport: Transport; readonly clock: Clock; readonly credentials: SurveyLogin; readonly url: string },
  withinMs: number,
): Promise<Survey091> {
  const { transport, clock, credentials, url: where } = target;
  const listening = new Listening(await dial(transport), clock);
  try {
    const begin = clock.now();
    const { args } = await start(listening, where, withinMs);
    const roundTripMs = clock.now() - begin;
    const mechanisms = words(args.mechanisms);
    const tune = await logIn(listening, credentials, mechanisms, where, withinMs);
    await open(listening, credentials, tune, where, withinMs);
    const { channelMax, frameMax, heartbeat: heartbeatS } = tune.args;
    return {
      capabilities: capabilitiesOf(args.serverProperties),
      properties: plain(args.serverProperties),
      mechanisms,
      locales: words(args.locales),
      tune: { channelMax, frameMax, heartbeatS },
      roundTripMs,
    };
  } finally {
    listening.stream.destroy();
  }
}
