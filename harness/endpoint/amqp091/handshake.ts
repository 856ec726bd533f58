import type { Method, MethodArguments } from '../../spec/amqp091/classes.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import { method, methodIds } from '../../wire/amqp091/method.ts';
import type { ClientMechanism, SaslExchange, SaslStep } from '../sasl.ts';
import { replyText } from './breaches.ts';
import type { ConnectionMachine } from './connection.ts';
import { Dialogue, pending } from './dialogue.ts';
import {
  announces,
  type ClientHandshakeSettings,
  type ClientSession,
  type HandshakeResult,
  judgeTuneOk,
  lower,
  notOpened,
  type ServerHandshakeSettings,
  type ServerSession,
  versionOf,
  wished,
} from './negotiation.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The server's part from the protocol header to open-ok. Fed with the machine's events, it drives the machine until `done` or `failed`. */
export class ServerHandshake extends Dialogue<ClientSession> {
  readonly #settings: ServerHandshakeSettings;
  #startOk: MethodArguments<'connection.start-ok'> | undefined;
  #exchange: SaslExchange | undefined;
  #user = '';

  constructor(machine: ConnectionMachine, settings: ServerHandshakeSettings) {
    super(machine);
    this.#settings = settings;
  }

  protected headerCame(_bytes: Uint8Array, now: number): HandshakeResult<ClientSession> {
    const { properties, mechanisms, locales = ['en_US'] } = this.#settings;
    const args = {
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: properties,
      mechanisms: encoder.encode(mechanisms.map(({ name }) => name).join(' ')),
      locales: encoder.encode(locales.join(' ')),
    };
    this.machine.send(0, method('connection.start', args), now);
    return pending;
  }

  protected methodCame(received: Method, now: number): HandshakeResult<ClientSession> {
    switch (received.name) {
      case 'connection.start-ok':
        return this.#select(received, now);
      case 'connection.secure-ok':
        return this.#step(this.#exchange?.step(received.args.response), received, now);
      case 'connection.tune-ok':
        return this.#agree(received, now);
      case 'connection.open':
        return this.#open(received, now);
      default:
        return pending;
    }
  }

  #select(startOk: Method<'connection.start-ok'>, now: number): HandshakeResult<ClientSession> {
    const { mechanism, response } = startOk.args;
    const chosen = this.#settings.mechanisms.find(({ name }) => name === mechanism);
    if (chosen === undefined) {
      const rule = mechanism === '' ? 'amqp091/connection.start-ok.mechanism-notnull' : 'amqp091/connection.start-ok.mechanism-validity';
      return this.#breach(rule, 'the mechanism is none of those proposed', startOk, now);
    }
    this.#startOk = startOk.args;
    this.#exchange = chosen.begin();
    return this.#step(this.#exchange.step(response), startOk, now);
  }

  #step(step: SaslStep | undefined, received: Method, now: number): HandshakeResult<ClientSession> {
    if (step === undefined) return pending;
    if (step.kind === 'failure') return this.#refuse(step.reason, received, now);
    if (step.kind === 'challenge') this.machine.send(0, method('connection.secure', { challenge: step.challenge }), now);
    else {
      const { channelMax, frameMax, heartbeatS } = this.machine.settings.limits;
      this.#user = step.user;
      this.#exchange = undefined;
      this.machine.send(0, method('connection.tune', { channelMax, frameMax, heartbeat: heartbeatS }), now);
    }
    return pending;
  }

  /** A bare close, or 403 first where the client said that it wants to know. */
  #refuse(reason: string, received: Method, now: number): HandshakeResult<ClientSession> {
    const told = announces(this.#startOk?.clientProperties ?? [], 'authentication_failure_close');
    const answer = (at: number) => {
      if (told) this.machine.send(0, method('connection.close', { replyCode: 403, replyText: replyText(403, reason), ...methodIds(received.name) }), at);
      else this.machine.breach({ rule: 'amqp091/connection.start-ok.credentials', detail: reason }, 0, received, at);
    };
    const { afterRefusal = (proceed: (at: number) => void) => proceed(now) } = this.#settings;
    return this.fail(reason, () => afterRefusal(answer));
  }

  #agree(tuneOk: Method<'connection.tune-ok'>, now: number): HandshakeResult<ClientSession> {
    const offer = this.machine.settings.limits;
    const breach = judgeTuneOk(offer, tuneOk.args, this.machine.settings.readings);
    if (breach !== undefined) return this.#breach(breach.rule, breach.detail, tuneOk, now);
    const { channelMax, frameMax, heartbeat } = tuneOk.args;
    this.machine.agree({ channelMax: lower(offer.channelMax, channelMax), frameMax: lower(offer.frameMax, frameMax), heartbeatS: heartbeat }, now);
    return pending;
  }

  #open(open: Method<'connection.open'>, now: number): HandshakeResult<ClientSession> {
    const { virtualHost } = open.args;
    const startOk = this.#startOk;
    if (startOk === undefined) return pending;
    const answer = this.#settings.openVirtualHost(virtualHost, this.#user);
    if (answer === 'unknown') return this.#breach('amqp091/connection.open.virtual-host-unknown', 'no such virtual host', open, now);
    if (answer !== 'open') {
      const reason = answer === 'refused' ? `${this.#user} may not use this virtual host` : notOpened[answer];
      const exception = { scope: 'connection', code: 530, text: replyText(530, reason), ...methodIds(open.name) } as const;
      return this.fail(reason, () => this.machine.raise(exception, now));
    }
    this.machine.send(0, method('connection.open-ok'), now);
    const { clientProperties, locale, mechanism } = startOk;
    return { kind: 'done', session: { user: this.#user, virtualHost, mechanism, locale, clientProperties, limits: this.machine.limits } };
  }

  #breach(rule: RuleId, detail: string, origin: Method, now: number): HandshakeResult<ClientSession> {
    return this.fail(detail, () => this.machine.breach({ rule, detail }, 0, origin, now));
  }
}

/** The client's part from the protocol header, which `begin` sends, to open-ok. Fed with the machine's events, it drives the machine. */
export class ClientHandshake extends Dialogue<ServerSession> {
  readonly #settings: ClientHandshakeSettings;
  readonly #upTo: NonNullable<ClientHandshakeSettings['upTo']>;
  #start: MethodArguments<'connection.start'> | undefined;
  #tune: MethodArguments<'connection.tune'> | undefined;
  #mechanism: ClientMechanism | undefined;

  constructor(machine: ConnectionMachine, settings: ClientHandshakeSettings) {
    super(machine);
    this.#settings = settings;
    this.#upTo = settings.upTo ?? 'open-ok';
  }

  begin(now: number): void {
    this.machine.start(now);
  }

  protected headerCame(bytes: Uint8Array): HandshakeResult<ServerSession> {
    return { kind: 'failed', reason: `the server does not serve this version and names ${versionOf(bytes)} instead` };
  }

  protected methodCame(received: Method, now: number): HandshakeResult<ServerSession> {
    switch (received.name) {
      case 'connection.start':
        return this.#select(received, now);
      case 'connection.secure': {
        const response = this.#mechanism?.respond(received.args.challenge);
        if (response !== undefined) this.machine.send(0, method('connection.secure-ok', { response }), now);
        return pending;
      }
      case 'connection.tune':
        return this.#agree(received, now);
      case 'connection.open-ok':
        return this.#done();
      case 'connection.close':
        return { kind: 'failed', reason: `the server closed the connection: ${received.args.replyCode} ${received.args.replyText}` };
      default:
        return pending;
    }
  }

  #select(start: Method<'connection.start'>, now: number): HandshakeResult<ServerSession> {
    const { versionMajor, versionMinor, mechanisms } = start.args;
    this.#start = start.args;
    if (versionMajor !== 0 || versionMinor !== 9) {
      const detail = `the server starts version ${versionMajor}-${versionMinor}`;
      return this.fail(detail, () => this.machine.breach({ rule: 'amqp091/connection.start.client-support', detail }, 0, start, now));
    }
    if (this.#upTo === 'start') return this.#done();
    const offered = decoder.decode(mechanisms).split(' ');
    this.#mechanism = this.#settings.mechanisms.find(({ name }) => offered.includes(name));
    if (this.#mechanism === undefined) {
      return this.fail(`the server offers no mechanism that we know, only ${offered.join(' ')}`, () => this.machine.abort(now));
    }
    const { properties, locale = 'en_US' } = this.#settings;
    const args = { clientProperties: properties, mechanism: this.#mechanism.name, response: this.#mechanism.respond(undefined), locale };
    this.machine.send(0, method('connection.start-ok', args), now);
    return pending;
  }

  #agree(tune: Method<'connection.tune'>, now: number): HandshakeResult<ServerSession> {
    this.#tune = tune.args;
    if (this.#upTo === 'tune') return this.#done();
    const limits = wished(tune.args, this.machine.settings.limits);
    this.machine.send(0, method('connection.tune-ok', { channelMax: limits.channelMax, frameMax: limits.frameMax, heartbeat: limits.heartbeatS }), now);
    this.machine.agree(limits, now);
    if (this.#upTo === 'tune-ok') return this.#done();
    this.machine.send(0, method('connection.open', { virtualHost: this.#settings.virtualHost }), now);
    return pending;
  }

  #done(): HandshakeResult<ServerSession> {
    const start = this.#start;
    return start === undefined ? pending : { kind: 'done', session: { start, tune: this.#tune, limits: this.machine.limits } };
  }
}
