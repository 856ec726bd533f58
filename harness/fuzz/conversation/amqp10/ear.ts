import { ConnectionMachine } from '../../../endpoint/amqp10/connection.ts';
import { followOwn } from '../../../endpoint/amqp10/own.ts';
import { serialPlus } from '../../../endpoint/amqp10/serial.ts';
import type { Session } from '../../../endpoint/amqp10/session.ts';
import type { ConnectionEvent } from '../../../endpoint/amqp10/vocabulary.ts';
import type { RuleId } from '../../../spec/catalogue.ts';
import type { AmqpFrame, Performative, SaslBody, Violation } from '../../../wire/amqp10/codec.ts';
import { wireRules } from '../../../wire/amqp10/wire-rules.ts';

/** What octets alone break: so whatever we had sent before. */
const malformed: ReadonlySet<RuleId> = new Set<RuleId>([
  ...Object.values(wireRules).filter(rule => rule !== wireRules.frameMax),
  'amqp10/2.4.3.close-last',
  'amqp10/5.3.1.body',
]);

/** What the first octets of a protocol header are as the size of a frame. */
const headerAsSize = `a frame of ${0x414d5150} octets`;

const automatic = { header: false, sasl: false, ending: false, idle: false, window: false, echo: false, drain: false, raise: false } as const;

/** Told of all that the peer says, in order. */
export interface Listener {
  event(event: ConnectionEvent): void;
  broke(rule: RuleId, detail: string): void;
}

/** A client's machine that hears what the peer says, and follows what we in truth send. It tells what of the peer's is against the law. */
export class Ear extends ConnectionMachine {
  /** We have sent something illegal: what the peer makes of it may lead it anywhere, so that only octets are judged. */
  lenient = false;
  /** What our open said. */
  #channelMax = 65535;
  #frameMax = 0;
  #frameAt: number | undefined;
  #initSpoken = false;
  readonly #listener: Listener;

  constructor(listener: Listener) {
    const told: { ear?: Ear } = {};
    super(
      { role: 'client', open: { containerId: 'ear' }, sasl: { role: 'client', mechanisms: [] }, automatic },
      { transmit: () => undefined, wakeAt: () => undefined, close: () => undefined, event: each => told.ear?.hear(each) },
    );
    this.#listener = listener;
    told.ear = this;
  }

  /** A performative of ours has gone. */
  spoke(channel: number, what: Performative): void {
    if (what.type === 'open' && this.progress.localOpen === undefined) {
      this.#channelMax = what.channelMax ?? 65535;
      this.#frameMax = what.maxFrameSize ?? 0;
    }
    followOwn(this.progress, channel, what);
  }

  /** A SASL body of ours has gone. What only a server says moves nothing. */
  spokeSasl(body: SaslBody): void {
    this.#initSpoken ||= body.type === 'sasl-init';
    if (body.type === 'sasl-init' || body.type === 'sasl-response') this.sendSasl(body, 0);
  }

  /** The channel of ours that a frame of the peer's is about, where a session has both. */
  ours({ channel, performative }: AmqpFrame): number {
    if (performative?.type === 'begin') return performative.remoteChannel ?? channel;
    return this.progress.remoteChannels.get(channel)?.channel ?? channel;
  }

  /** Which transfer is to come behind the one that is at hand. */
  nextIncomingId(remoteChannel: number): number | undefined {
    const next = this.progress.remoteChannels.get(remoteChannel)?.nextIncomingId;
    return next === undefined ? undefined : serialPlus(next, 1);
  }

  get sessions(): Iterable<Session> {
    return this.progress.sessions;
  }

  hear(event: ConnectionEvent): void {
    if (event.kind === 'violation') this.#wrong(event.violation);
    else {
      if (event.kind === 'frame') {
        this.#limits(event);
        if (event.frame.type === 'sasl') this.#tookInit(event.frame.body);
      }
      this.#listener.event(event);
    }
  }

  /** Octets that we could not read were an init to the peer, who goes on. */
  #tookInit({ type }: SaslBody): void {
    if (!this.#initSpoken && type !== 'sasl-mechanisms') this.spokeSasl({ type: 'sasl-init', mechanism: 'PLAIN' });
  }

  #limits({ frame, offset }: Extract<ConnectionEvent, { readonly kind: 'frame' }>): void {
    const size = this.#frameAt === undefined ? 0 : offset - this.#frameAt;
    this.#frameAt = frame.type === 'amqp' ? offset : undefined;
    if (frame.type !== 'amqp') return;
    if (size > this.#frameMax && this.#frameMax >= 512)
      this.#tell('amqp10/2.7.1.max-frame-size', `a frame of ${size} octets, where our open says ${this.#frameMax}`);
    if (frame.channel > this.#channelMax) this.#tell('amqp10/2.7.1.channel-max', `channel ${frame.channel}, where our open says ${this.#channelMax}`);
  }

  /** A protocol header in place of a frame shows what would have done, before the end (2.2). */
  #wrong({ rule, detail }: Violation): void {
    if (this.lenient && detail.includes(headerAsSize)) this.#listener.event({ kind: 'refused', id: 0, version: '' });
    else this.#tell(rule, detail);
  }

  #tell(rule: RuleId, detail: string): void {
    if (!this.lenient || malformed.has(rule)) this.#listener.broke(rule, detail);
  }
}
