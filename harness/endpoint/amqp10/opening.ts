import { protocolIds } from '../../spec/amqp10/constants.ts';
import { type ProtocolHeader, protocolHeaders, type SaslBody, saslBodyFrame, type Violation } from '../../wire/amqp10/codec.ts';
import type { Breach } from './breaches.ts';
import { Front, type Layer } from './front.ts';
import type { Progress } from './progress.ts';
import { Security } from './security.ts';
import type { Automatic, ConnectionEvent, ConnectionSettings } from './vocabulary.ts';

/** Whom the opening tells what came before the AMQP layer, and what is to be done. */
export interface OpeningUser {
  tell(event: ConnectionEvent): void;
  transmit(bytes: Uint8Array): void;
  at(now: number): void;
  breach(breach: Breach, offset: number): void;
  /** The header of AMQP has gone out: open may follow. */
  headerSent(): void;
  close(): void;
}

type HeaderName = keyof typeof protocolHeaders;

const versionOf = ({ major, minor, revision }: ProtocolHeader): string => `${major}.${minor}.${revision}`;

/** All before the AMQP layer: protocol headers of both sides, and the SASL exchange between them. */
export class Opening {
  readonly #settings: ConnectionSettings;
  readonly #automatic: Automatic;
  readonly #progress: Progress;
  readonly #user: OpeningUser;
  readonly #front: Front;
  readonly #security: Security;
  /** Headers that we sent and the peer has not answered yet. */
  readonly #asked: HeaderName[] = [];
  #amqpSent = false;
  #at = 0;

  constructor(settings: ConnectionSettings, automatic: Automatic, progress: Progress, user: OpeningUser) {
    this.#settings = settings;
    this.#automatic = automatic;
    this.#progress = progress;
    this.#user = user;
    this.#front = new Front({
      header: header => this.#header(header),
      saslFrame: (frame, offset) => {
        this.#at = offset;
        user.tell({ kind: 'frame', frame, offset });
        this.#security.received(frame.body);
        this.#passed();
      },
      unreadable: (violation, layer, offset) => this.#unreadable(violation, layer, offset),
    });
    this.#security = new Security(settings.role, settings.sasl, automatic.sasl, {
      at: now => user.at(now),
      say: body => this.sendSasl(body),
      authenticated: (name, mechanism) => user.tell({ kind: 'authenticated', user: name, mechanism }),
      failed: reason => this.#failed(reason),
      breach: (rule, detail) => user.breach({ rule, detail }, this.#at),
    });
  }

  /** The AMQP layer has begun. */
  get done(): boolean {
    return this.#front.layer === 'amqp';
  }

  /** Octets before the AMQP layer. */
  get offset(): number {
    return this.#front.offset;
  }

  /** An outcome would be in place. */
  get awaitsOutcome(): boolean {
    return this.#front.layer !== 'header' && this.#settings.role === 'server' && ['init', 'response'].includes(this.#security.state);
  }

  /** Shows a refused client the header that would do. */
  showAcceptable(): void {
    this.#user.transmit(this.#required ? protocolHeaders.sasl : protocolHeaders.amqp);
  }

  start(): void {
    const { sasl } = this.#settings;
    this.sendHeader(sasl === undefined ? 'amqp' : 'sasl');
    if (sasl?.role !== 'client' || sasl.pipelined !== true) return;
    if (this.#security.pipeline()) this.sendHeader('amqp');
  }

  receive(bytes: Uint8Array): Uint8Array {
    return this.#front.receive(bytes);
  }

  sendHeader(name: HeaderName): void {
    this.#user.transmit(protocolHeaders[name]);
    this.#asked.push(name);
    if (name !== 'amqp') return;
    this.#amqpSent = true;
    this.#progress.follow('sent', 'header');
    this.#user.headerSent();
  }

  sendSasl(body: SaslBody): void {
    this.#user.transmit(saslBodyFrame(body));
    this.#security.sent(body);
    this.#passed();
  }

  /** Ends the exchange with a bad outcome, and the stream. */
  refuse(code: Extract<SaslBody, { readonly type: 'sasl-outcome' }>['code']): void {
    this.sendSasl({ type: 'sasl-outcome', code });
    this.#failed(`the outcome is ${code}`);
  }

  get #required(): boolean {
    const { sasl } = this.#settings;
    return sasl?.role === 'server' && sasl.required && !this.#security.passed;
  }

  /** Behind an outcome of ok both sides begin anew with a header. */
  #passed(): void {
    if (!this.#security.passed || this.#front.layer !== 'sasl') return;
    this.#front.layer = 'header';
    if (this.#settings.role === 'client' && this.#automatic.sasl && !this.#amqpSent) this.sendHeader('amqp');
  }

  #failed(reason: string): void {
    this.#front.layer = 'closed';
    this.#user.tell({ kind: 'authentication-failed', reason });
    if (this.#automatic.sasl) this.#user.close();
  }

  #header(header: ProtocolHeader): void {
    this.#at = this.#front.offset - header.bytes.length;
    this.#user.tell({ kind: 'protocol-header', id: header.id, bytes: header.bytes });
    if (this.#settings.role === 'server') this.#asServer(header);
    else this.#asClient(header);
  }

  #asClient(header: ProtocolHeader): void {
    const expected = this.#asked.shift() ?? (this.#settings.sasl === undefined || this.#security.passed ? 'amqp' : 'sasl');
    if (header.id === protocolIds[expected] && versionOf(header) === '1.0.0') {
      this.#enter(expected);
      return;
    }
    this.#front.layer = 'closed';
    this.#user.tell({ kind: 'refused', id: header.id, version: versionOf(header) });
    if (this.#automatic.header) this.#user.close();
  }

  #asServer(header: ProtocolHeader): void {
    const breach = this.#judge(header);
    if (breach !== undefined) {
      if (this.#automatic.raise) this.#front.layer = 'closed';
      this.#user.breach(breach, this.#at);
      if (this.#automatic.raise) return;
    }
    const name: HeaderName = header.id === protocolIds.sasl ? 'sasl' : 'amqp';
    if (this.#automatic.header && this.#asked.shift() !== name) this.#answer(name);
    this.#enter(name);
  }

  #answer(name: HeaderName): void {
    this.sendHeader(name);
    this.#asked.length = 0;
  }

  #judge(header: ProtocolHeader): Breach | undefined {
    const { id } = header;
    const version = versionOf(header);
    if (version !== '1.0.0') return { rule: 'amqp10/2.2.unsupported-version', detail: `version ${version} is not 1.0.0` };
    if (id === protocolIds.sasl) {
      if (this.#security.passed) return { rule: 'amqp10/5.3.3.5.headers-again', detail: 'another SASL layer within one' };
      return this.#settings.sasl === undefined ? { rule: 'amqp10/2.2.unacceptable-id', detail: 'no SASL layer is spoken here' } : undefined;
    }
    if (id === protocolIds.tls) return { rule: 'amqp10/5.2.header', detail: 'no TLS layer is begun here' };
    if (id !== protocolIds.amqp) return { rule: 'amqp10/2.2.unacceptable-id', detail: `protocol id ${id} is none that is spoken here` };
    return this.#required ? { rule: 'amqp10/5.3.required', detail: 'a SASL layer is required' } : undefined;
  }

  /** Both headers of a layer have passed. */
  #enter(name: HeaderName): void {
    if (name === 'amqp') this.#progress.follow('received', 'header');
    this.#front.layer = name === 'amqp' ? 'amqp' : 'sasl';
    if (name === 'sasl') this.#security.begin();
  }

  #unreadable(violation: Violation | undefined, layer: Layer, offset: number): void {
    if (layer === 'sasl' && violation === undefined) {
      this.#user.breach({ rule: 'amqp10/5.3.bypassed', detail: 'a frame of AMQP before the outcome' }, offset);
    } else if (layer === 'sasl') {
      this.#user.breach({ rule: 'amqp10/5.3.1.body', detail: violation?.detail ?? '' }, violation?.offset ?? offset);
    } else {
      const rule = this.#settings.role === 'server' ? 'amqp10/2.2.unreadable-header' : 'amqp10/2.2.header-first';
      this.#user.breach({ rule, detail: violation?.detail ?? '' }, violation?.offset ?? offset);
    }
  }
}
