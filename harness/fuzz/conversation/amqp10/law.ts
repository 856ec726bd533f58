import { ConnectionMachine } from '../../../endpoint/amqp10/connection.ts';
import { followOwn } from '../../../endpoint/amqp10/own.ts';
import type { ConnectionEvent, Remedy } from '../../../endpoint/amqp10/vocabulary.ts';
import { anonymousServer, externalServer, plainServer, type ServerMechanism } from '../../../endpoint/sasl.ts';
import type { SaslCode } from '../../../spec/amqp10/conditions.ts';
import type { RuleId } from '../../../spec/catalogue.ts';
import type { Answer10 } from '../../../spec/rule.ts';
import { type AmqpOpen, decodeMessage, isViolation, type Performative, type Violation } from '../../../wire/amqp10/codec.ts';
import { wireRules } from '../../../wire/amqp10/wire-rules.ts';
import type { Offence, Stage } from './legal.ts';

/** Goes on for as long as the peer does: what it makes of the responses is told by its outcome. */
const challenging = (name: string): ServerMechanism => ({ name, begin: () => ({ step: () => ({ kind: 'challenge', challenge: new Uint8Array(0) }) }) });
/** Whoever says who they are is let in: whether a broker does is its own affair. */
const mechanisms = [
  plainServer(() => true),
  anonymousServer('anybody'),
  externalServer('anybody', () => true),
  ...['SCRAM-SHA-256', 'SCRAM-SHA-512', 'SCRAM-SHA-1', 'CRAM-MD5', 'AMQPLAIN'].map(challenging),
];

/** What hangs on what the peer had said when it read our frame, which nobody but the peer knows. */
const hangsOnTime: ReadonlySet<RuleId> = new Set<RuleId>([
  'amqp10/2.6.7.transfer-limit',
  'amqp10/2.5.6.window-violation',
  'amqp10/2.7.4.next-incoming-id',
  'amqp10/2.7.4.receiver-early',
  'amqp10/2.6.5.errant-link',
  'amqp10/2.6.5.pipelined-attach',
  'amqp10/2.6.12.tag-unique',
  'amqp10/2.7.5.delivery-id',
  'amqp10/2.7.5.mode-settled',
  'amqp10/2.7.5.mode-unsettled',
]);

const automatic = { header: true, sasl: true, ending: false, idle: false, window: false, echo: false, drain: false, raise: false } as const;

/** A server's machine that hears what we send, and follows what the peer in truth says. It tells what of ours is against the law. */
export class Law extends ConnectionMachine {
  readonly offences: Offence[] = [];
  #layer: Stage = 'header';
  #letIn = false;
  readonly #listener: (event: ConnectionEvent) => void;

  /** `listener` is told of what we send, before it is judged. */
  constructor(listener: (event: ConnectionEvent) => void) {
    const told: { law?: Law } = {};
    const event = (each: ConnectionEvent) => told.law?.hear(each);
    const sasl = { role: 'server', mechanisms, required: false } as const;
    super(
      { role: 'server', open: { containerId: 'law' }, sasl, automatic },
      { transmit: () => undefined, wakeAt: () => undefined, close: () => undefined, event },
    );
    this.#listener = listener;
    told.law = this;
  }

  /** What the peer has said: open, begin and the like of its own. */
  said(channel: number, what: Performative): void {
    followOwn(this.progress, channel, what);
    if (what.type === 'begin') this.#beyond(channel);
  }

  /** The peer's outcome: where it lets us in by a mechanism of challenges, headers follow. */
  outcome(code: SaslCode): void {
    if (code === 'ok' && !this.#letIn) this.sendSasl({ type: 'sasl-outcome', code }, 0);
  }

  /** Links that were attached before the peer told its handle-max. */
  #beyond(channel: number): void {
    const session = this.progress.channels.get(channel);
    for (const handle of session?.inputHandles.keys() ?? []) {
      if (session !== undefined && handle > session.handleMax)
        this.note('amqp10/2.7.2.handle-beyond', `handle ${handle} where handle-max is ${session.handleMax}`);
    }
  }

  /** Our close has gone: whatever follows it is passed over. */
  get closed(): boolean {
    return this.state === 'CLOSE_RCVD' || this.state === 'END';
  }

  /** The limits that the peer has told. */
  get limits(): AmqpOpen | undefined {
    return this.progress.localOpen;
  }

  /** Notes a breach that only who sees both directions can tell. */
  note(rule: RuleId, detail: string, uncertain = false): void {
    this.offences.push({ rule, detail, stage: this.stage, uncertain, remedy: undefined });
  }

  get stage(): Stage {
    return this.#layer === 'before-open' && this.progress.remoteOpen !== undefined ? 'open' : this.#layer;
  }

  hear(event: ConnectionEvent): void {
    if (event.kind === 'protocol-header') this.#layer = event.id === 3 ? 'sasl' : 'before-open';
    this.#listener(event);
    if (event.kind === 'authenticated') this.#letIn = true;
    if (event.kind === 'violation') this.#violated(event.violation, event.channel, event.answer);
    else if (event.kind === 'disposition') this.#judgeRange(event);
    else if (event.kind === 'delivery') this.#judgeMessage(event.delivery.payload);
  }

  #violated({ rule, detail }: Violation, channel: number, answer: Remedy): void {
    if (this.closed) {
      this.note('amqp10/2.4.3.close-last', detail, true);
      return;
    }
    // What is too large for us to gather need not be so for the peer: what it told is held against each frame elsewhere.
    if (rule === wireRules.frameMax && this.stage !== 'sasl') {
      if (this.limits?.maxFrameSize === undefined) this.note('amqp10/2.4.1.limits-before-open', detail, true);
      return;
    }
    const uncertain = hangsOnTime.has(rule) || answer.kind === 'borne';
    const offence = { detail, channel, stage: this.stage, uncertain, remedy: asAnswer(answer) };
    // A frame of SASL is to the AMQP layer one of a type that is none, whatever is in it; who looks into it first says so.
    if (rule.startsWith('amqp10/5.3.1.') && this.stage !== 'sasl') this.offences.push({ ...offence, rule: 'amqp10/2.3.1.type' });
    this.offences.push({ ...offence, rule });
  }

  /** What a disposition of deliveries that nobody knows leads to is not said. */
  #judgeRange({ disposition: { first, last = first }, deliveries }: Extract<ConnectionEvent, { readonly kind: 'disposition' }>): void {
    if (deliveries.length <= (last - first) >>> 0)
      this.note('amqp10/2.7.6.unknown-delivery', `a disposition of ${first} to ${last}, of which not all are known`, true);
  }

  /** A message that cannot be read is the affair of whoever has to read it, and of nobody else. */
  #judgeMessage(payload: readonly Uint8Array[]): void {
    const message = decodeMessage(Buffer.concat(payload));
    if (isViolation(message)) this.note('amqp10/2.8.15.decode-error', message.detail, true);
  }
}

function asAnswer(remedy: Remedy): Answer10 | undefined {
  switch (remedy.kind) {
    case 'close':
    case 'end':
    case 'detach':
      return { kind: remedy.kind, condition: remedy.error.condition as 'any', reading: 'text' };
    case 'sasl-outcome':
      return { kind: 'sasl-outcome', saslCode: remedy.code, reading: 'text' };
    case 'borne':
      return undefined;
    default:
      return { kind: remedy.kind, reading: 'text' };
  }
}
