import { ConnectionMachine } from '../endpoint/amqp091/connection.ts';
import { lower } from '../endpoint/amqp091/negotiation.ts';
import type { ConnectionEvent } from '../endpoint/amqp091/vocabulary.ts';
import { type Driven, drive } from '../endpoint/drive.ts';
import type { Stream } from '../endpoint/transport.ts';
import type { ContentMethodName, Method, MethodArguments } from '../spec/amqp091/classes.ts';
import { frameMinSize } from '../spec/amqp091/constants.ts';
import type { RuleId } from '../spec/catalogue.ts';
import type { ContentHeader } from '../wire/amqp091/codec.ts';
import { wireRules } from '../wire/amqp091/wire-rules.ts';
import type { Violation } from '../wire/decoded.ts';
import { elapsed, type ProbeContext } from './context.ts';
import { isUnasked } from './expectation.ts';
import { Inbox, type Pick } from './inbox.ts';
import { OwnFrames } from './own-frames.ts';
import type { Arrival, Seen } from './peer.ts';
import { Tap } from './tap.ts';

/** Largest content that the probe assembles, in octets. */
const contentMax = 1 << 26;

const malformed: ReadonlySet<RuleId> = new Set(Object.values(wireRules));

type ContentEvent = Extract<ConnectionEvent, { kind: 'content' }>;
type SeenEvent = Exclude<ConnectionEvent, { kind: 'violation' | 'peer-silent' | 'ended' }>;

/** One stream with a client machine on it: whatever is sent goes out as it is, whatever comes lies in the inbox with its breach, if any. */
export class Amqp091Wire {
  readonly number: number;
  readonly context: ProbeContext;
  readonly inbox: Inbox;
  readonly tap: Tap;
  readonly machine: ConnectionMachine;
  start: MethodArguments<'connection.start'> | undefined;
  tune: MethodArguments<'connection.tune'> | undefined;
  /** The newest answer that the peer gave; what it said unasked is none. */
  lastSeen: Seen | undefined;
  readonly #driven: Driven<ConnectionMachine>;
  readonly #own = new OwnFrames();
  readonly #asked = new Set<number>();
  #channels = 0;
  #breach: Violation | undefined;
  #over = false;

  constructor(number: number, context: ProbeContext, stream: Stream, heartbeats: boolean) {
    this.number = number;
    this.context = context;
    this.inbox = new Inbox(context.clock, contentOf);
    this.tap = new Tap(
      stream,
      {
        sent: bytes => context.transcript.octets(number, 'sent', bytes, elapsed(context)),
        received: bytes => context.transcript.octets(number, 'received', bytes, elapsed(context)),
        processed: () => this.#settleBreach(),
      },
      context.inOnePiece,
    );
    const settings = {
      role: 'client',
      limits: { channelMax: 0, frameMax: 0, heartbeatS: 0 },
      automatic: { closeOk: false, flowOk: true, heartbeats, raise: false },
      contentMax,
    } as const;
    this.#driven = drive(this.tap, context.clock, wire => new ConnectionMachine(settings, { ...wire, event: event => this.#event(event) }));
    this.machine = this.#driven.machine;
    this.inbox.onLoad = heavy => (heavy ? this.#driven.pause() : this.#driven.resume());
  }

  /** The peer's side has ended, or we dropped ours. */
  get over(): boolean {
    return this.#over;
  }

  /** What we sent can be read as frames, so that the machine's judgement of what is out of place holds. */
  get legible(): boolean {
    return this.#own.legible;
  }

  now(): number {
    return this.context.clock.now();
  }

  /** A channel number that was not used before. */
  freshChannel(): number {
    this.#channels += 1;
    return this.machine.channelState(this.#channels) === 'closed' ? this.#channels : this.freshChannel();
  }

  /** Numbers of the channels that are open. */
  openChannels(): readonly number[] {
    return [...this.#asked].filter(number => this.machine.channelState(number) === 'open');
  }

  /** Waits until `pick` answers a value, or for undefined after `budgetMs`. */
  wait<T>(pick: Pick<T>, budgetMs: number): Promise<T | undefined> {
    this.tap.release();
    return this.inbox.wait(pick, this.now() + budgetMs);
  }

  send(channel: number, what: Method): void {
    this.context.fence?.pass(what);
    this.#own.passedBy();
    this.machine.send(channel, what, this.now());
    this.#sent(channel, what);
  }

  sendProtocolHeader(): void {
    this.#own.passedBy();
    this.machine.start(this.now());
  }

  sendContent(channel: number, what: Method<ContentMethodName>, header: ContentHeader, body: Uint8Array): void {
    this.context.fence?.pass(what, header.properties);
    this.#own.passedBy();
    this.machine.sendContent(channel, what, header, body.length === 0 ? [] : [body], this.now());
  }

  /** Octets as they are, in a piece of their own; the machine follows the methods that they spell. */
  sendBytes(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const spelt = this.#own.methods(bytes);
    for (const { method } of spelt) this.context.fence?.pass(method);
    this.context.names.sentOctets();
    this.tap.separate = true;
    this.machine.sendBytes(bytes, this.now());
    this.tap.separate = false;
    for (const { channel, method } of spelt) {
      this.tap.following = true;
      this.machine.send(channel, method, this.now());
      this.tap.following = false;
      this.#sent(channel, method);
    }
  }

  /** Ends our direction. */
  end(): void {
    this.tap.end();
  }

  /** Drops both directions at once. */
  destroy(): void {
    this.#driven.drop();
    this.#end('eof');
  }

  #sent(channel: number, what: Method): void {
    this.context.names.sent(this.number, channel, what);
    if (what.name === 'channel.open') this.#asked.add(channel);
    if (what.name !== 'connection.tune-ok') return;
    const { channelMax, frameMax, heartbeat } = what.args;
    const limits = {
      channelMax: lower(channelMax, this.tune?.channelMax ?? 0),
      frameMax: agreedFrameMax(lower(frameMax, this.tune?.frameMax ?? 0)),
      heartbeatS: heartbeat,
    };
    this.machine.agree(limits, this.now());
  }

  #event(event: ConnectionEvent): void {
    if (event.kind === 'violation') this.#violation(event.violation);
    else if (event.kind === 'peer-silent') this.#push({ breach: silence });
    else if (event.kind === 'ended') this.#end(event.how);
    else {
      if (event.kind === 'method') this.#learn(event.channel, event.method);
      this.#push({ seen: seenOf(event, this.now()) });
    }
  }

  #learn(channel: number, what: Method): void {
    this.context.names.received(this.number, channel, what);
    if (what.name === 'connection.start') this.start ??= what.args;
    if (what.name === 'connection.tune') this.tune ??= what.args;
  }

  /** A breach of the order of things is told just before the thing itself; octets that could not be read stand alone. */
  #violation(violation: Violation): void {
    this.#settleBreach();
    if (malformed.has(violation.rule)) this.#push({ breach: violation });
    else if (this.legible) this.#breach = violation;
  }

  #settleBreach(): void {
    const breach = this.#breach;
    this.#breach = undefined;
    if (breach !== undefined) this.inbox.push({ breach });
  }

  #push(item: { readonly seen?: Seen; readonly breach?: Violation }): void {
    const breach = item.breach ?? this.#breach;
    this.#breach = undefined;
    const { seen } = item;
    if (seen !== undefined && seen.kind !== 'heartbeat') {
      this.tap.muted = false;
      if (seen.kind !== 'method' || !isUnasked(seen.method.name)) this.lastSeen = seen;
    }
    this.inbox.push(breach === undefined ? item : { ...item, breach });
  }

  #end(how: 'eof' | 'reset'): void {
    if (this.#over) return;
    this.#over = true;
    this.#settleBreach();
    this.context.transcript.note(this.number, how === 'eof' ? 'the stream ended' : 'the stream was reset', elapsed(this.context));
    this.#push({ seen: { kind: 'ended', how } });
  }
}

/** No two peers can agree to less than frame-min-size: who asks for less gets an answer in a frame that needs more. */
const agreedFrameMax = (frameMax: number): number => (frameMax === 0 ? 0 : Math.max(frameMax, frameMinSize));

const silence: Violation = {
  kind: 'violation',
  rule: 'amqp091/4.2.7.heartbeat-interval',
  offset: 0,
  detail: 'nothing came for two heartbeat intervals',
};

function seenOf(event: SeenEvent, now: number): Seen {
  if (event.kind === 'content') return { kind: 'method', channel: event.channel, method: event.method, arrival: arrivalOf(event) };
  return event.kind === 'heartbeat' ? { ...event, atMs: now } : event;
}

const contentOf = (seen: Seen): number => (seen.kind === 'method' ? (seen.arrival?.body.length ?? 0) : 0);

function arrivalOf({ channel, method, header, body }: ContentEvent): Arrival {
  const [only, second] = body;
  const whole = only === undefined ? new Uint8Array(0) : second === undefined ? only : Buffer.concat(body);
  return {
    channel,
    method,
    header,
    body: whole,
    get properties() {
      return header.properties;
    },
  };
}
