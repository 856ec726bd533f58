import type { SaslCode } from '../../spec/amqp10/conditions.ts';
import type { RuleId10 } from '../../spec/catalogue.ts';
import type { SaslBody } from '../../wire/amqp10/codec.ts';
import type { ClientMechanism, SaslExchange, SaslStep } from '../sasl.ts';
import { type SaslState, type SaslStep as Step, saslTransitions } from './transitions.ts';
import type { ClientSasl, Role, ServerSasl } from './vocabulary.ts';

/** Whom the exchange tells what to say and how it ended. */
export interface SecurityUser {
  /** The time at which something that had waited goes on. */
  at(now: number): void;
  say(body: SaslBody): void;
  authenticated(user: string | undefined, mechanism: string): void;
  failed(reason: string): void;
  breach(rule: RuleId10, detail: string): void;
}

/** The SASL exchange of one connection: followed by its table for both senders, and carried on where `automatic`. */
export class Security {
  state: SaslState = 'none';
  /** The outcome was ok. */
  passed = false;
  mechanism = '';
  readonly #role: Role;
  readonly #sasl: ServerSasl | ClientSasl | undefined;
  readonly #automatic: boolean;
  readonly #user: SecurityUser;
  #exchange: SaslExchange | undefined;
  #client: ClientMechanism | undefined;
  #name: string | undefined;
  /** Our init has gone before the mechanisms came. */
  #ahead = false;

  constructor(role: Role, sasl: ServerSasl | ClientSasl | undefined, automatic: boolean, user: SecurityUser) {
    this.#role = role;
    this.#sasl = sasl;
    this.#automatic = automatic;
    this.#user = user;
  }

  /** Both headers have passed. */
  begin(): void {
    if (this.state === 'none') this.state = 'header';
    const sasl = this.#sasl;
    if (sasl?.role !== 'server' || !this.#automatic) return;
    this.#user.say({ type: 'sasl-mechanisms', saslServerMechanisms: sasl.mechanisms.map(({ name }) => name) });
  }

  /** Client role: init with the first mechanism, before the announcement has come. True where all that follows may be sent unasked, too. */
  pipeline(): boolean {
    const first = this.#sasl?.role === 'client' ? this.#sasl.mechanisms[0] : undefined;
    if (first === undefined) return false;
    this.#init(first);
    this.state = 'init';
    return first.challenged !== true;
  }

  /** Follows a body of ours that has gone out. */
  sent(body: SaslBody): void {
    if (body.type === 'sasl-init' && (this.state === 'none' || this.state === 'header')) this.#ahead = this.#role === 'client';
    this.#follow(this.#role, body);
    if (body.type === 'sasl-outcome' && body.code === 'ok') this.passed = true;
  }

  received(body: SaslBody): void {
    const step = stepOf(body);
    const peer = this.#role === 'client' ? 'server' : 'client';
    const early = this.#client !== undefined && body.type === 'sasl-mechanisms' && this.state === 'init';
    if (!early && saslTransitions[this.state][peer]?.[step] === undefined) {
      const theirs = Object.values(saslTransitions).some(row => row[peer]?.[step] !== undefined);
      this.#user.breach(theirs ? 'amqp10/5.3.2.sequence' : 'amqp10/5.3.2.roles', `${body.type} after ${this.state}`);
      return;
    }
    if (!early) this.#follow(peer, body);
    if (this.#ahead && body.type === 'sasl-mechanisms') this.state = 'init';
    if (this.#role === 'server') this.#asServer(body);
    else this.#asClient(body, early);
  }

  #follow(sender: Role, body: SaslBody): void {
    this.state = saslTransitions[this.state][sender]?.[stepOf(body)] ?? this.state;
    if (body.type === 'sasl-init') this.mechanism = body.mechanism;
  }

  #asServer(body: SaslBody): void {
    if (!this.#automatic || this.#sasl?.role !== 'server') return;
    if (body.type === 'sasl-init') {
      const chosen = this.#sasl.mechanisms.find(({ name }) => name === body.mechanism);
      if (chosen === undefined) {
        this.#user.breach('amqp10/5.3.2.mechanism-chosen', `${body.mechanism.slice(0, 40)} is none of the mechanisms that were announced`);
        return;
      }
      this.#exchange = chosen.begin();
      this.#step(this.#exchange.step(body.initialResponse ?? new Uint8Array(0)));
    } else if (body.type === 'sasl-response' && this.#exchange !== undefined) this.#step(this.#exchange.step(body.response));
  }

  #step(step: SaslStep): void {
    if (step.kind === 'challenge') this.#user.say({ type: 'sasl-challenge', challenge: step.challenge });
    else if (step.kind === 'failure') this.#refuse(step.reason);
    else {
      this.#name = step.user;
      this.#user.say({ type: 'sasl-outcome', code: 'ok', ...(step.data !== undefined && { additionalData: step.data }) });
      this.#user.authenticated(this.#name, this.mechanism);
    }
  }

  #refuse(reason: string): void {
    const { afterRefusal } = this.#sasl as ServerSasl;
    this.#exchange = undefined;
    const proceed = () => {
      this.#user.say({ type: 'sasl-outcome', code: 'auth' });
      this.#user.failed(reason);
    };
    if (afterRefusal === undefined) proceed();
    else
      afterRefusal(now => {
        this.#user.at(now);
        proceed();
      });
  }

  #asClient(body: SaslBody, early: boolean): void {
    if (body.type === 'sasl-outcome') this.#outcome(body.code, body.additionalData);
    else if (!this.#automatic || this.#sasl?.role !== 'client') return;
    else if (body.type === 'sasl-mechanisms') {
      const offered = body.saslServerMechanisms;
      const chosen = this.#sasl.mechanisms.find(({ name }) => offered.includes(name));
      if (chosen === undefined) this.#user.failed(`the server offers no mechanism that we know, only ${offered.join(' ')}`);
      else if (!early) this.#init(chosen);
    } else if (body.type === 'sasl-challenge') this.#respond(body.challenge);
  }

  #outcome(code: SaslCode, data: Uint8Array | undefined): void {
    this.passed = code === 'ok';
    const untrue = this.passed && data !== undefined ? this.#client?.verify?.(data) === false : this.passed && this.#client?.verified === false;
    if (untrue) {
      this.#user.breach('amqp10/sasl.scram-server-final', 'the server did not prove that it knows the password');
      this.#user.failed('the server did not prove that it knows the password');
    } else if (this.passed) this.#user.authenticated(undefined, this.mechanism);
    else this.#user.failed(`the outcome is ${code}`);
    this.passed &&= !untrue;
  }

  #respond(challenge: Uint8Array): void {
    const response = this.#client?.respond(challenge);
    if (response !== undefined) this.#user.say({ type: 'sasl-response', response });
  }

  #init(chosen: ClientMechanism): void {
    this.#client = chosen;
    const { hostname } = this.#sasl as ClientSasl;
    this.#user.say({ type: 'sasl-init', mechanism: chosen.name, initialResponse: chosen.respond(undefined), ...(hostname !== undefined && { hostname }) });
  }
}

const stepOf = ({ type }: SaslBody): Step => type.slice('sasl-'.length) as Step;
