import { ConnectionMachine } from '../endpoint/amqp10/connection.ts';
import type { ConnectionEvent, ConnectionSettings, LinkEndpoint, OutgoingDelivery, SessionEndpoint } from '../endpoint/amqp10/vocabulary.ts';
import { type Driven, drive } from '../endpoint/drive.ts';
import type { Stream } from '../endpoint/transport.ts';
import type { RuleId } from '../spec/catalogue.ts';
import type { AmqpOpen, Frame, Performative, SaslBody } from '../wire/amqp10/codec.ts';
import { wireRules } from '../wire/amqp10/wire-rules.ts';
import type { Violation } from '../wire/decoded.ts';
import { isUnasked10 } from './amqp10-expectation.ts';
import { hearNode, passAmqp10 } from './amqp10-fence.ts';
import { type HeaderName, OwnFrames10, type OwnUnit } from './amqp10-own-frames.ts';
import type { Seen10 } from './amqp10-peer.ts';
import { Routes } from './amqp10-routes.ts';
import { elapsed, type ProbeContext } from './context.ts';
import { Inbox, type Item, type Pick } from './inbox.ts';
import { Tap } from './tap.ts';

const malformed: ReadonlySet<RuleId> = new Set<RuleId>(Object.values(wireRules));

/** One stream with a client machine of 1.0 on it: whatever is sent goes out as it is, whatever comes lies in the inbox with its breach, if any. */
export class Amqp10Wire {
  readonly number: number;
  readonly context: ProbeContext;
  readonly inbox: Inbox<Seen10>;
  readonly tap: Tap;
  readonly machine: ConnectionMachine;
  open: AmqpOpen | undefined;
  mechanisms: readonly string[] = [];
  /** The newest answer that the peer gave; what it said unasked is none. */
  lastSeen: Seen10 | undefined;
  /** As the machine sees them, by our channel. */
  readonly sessions = new Map<number, SessionEndpoint>();
  readonly #driven: Driven<ConnectionMachine>;
  readonly #own = new OwnFrames10();
  readonly #routes = new Routes();
  /** What octets spell that the machine does not know of. */
  #spelt: OwnUnit[] | undefined;
  /** The newest thing that came, until it is known whether it is a breach. */
  #held: Item<Seen10> | undefined;
  #over = false;

  constructor(number: number, context: ProbeContext, stream: Stream, settings: ConnectionSettings) {
    this.number = number;
    this.context = context;
    this.inbox = new Inbox<Seen10>(context.clock, contentOf);
    this.tap = new Tap(
      stream,
      {
        sent: bytes => this.#sent(bytes),
        received: bytes => context.transcript.octets(number, 'received', bytes, elapsed(context)),
        processed: () => this.#settle(),
      },
      context.inOnePiece,
    );
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

  /** The machine's view of our handle. */
  link(channel: number, handle: number): LinkEndpoint | undefined {
    return [...(this.sessions.get(channel)?.links ?? [])].find(link => link.handle === handle);
  }

  /** Waits until `pick` answers a value, or for undefined after `budgetMs`. */
  wait<T>(pick: Pick<T, Seen10>, budgetMs: number): Promise<T | undefined> {
    this.tap.release();
    return this.inbox.wait(pick, this.now() + budgetMs);
  }

  /** Does what it is told with the machine, which sends whole frames. */
  command<T>(act: (machine: ConnectionMachine, now: number) => T): T {
    this.#own.begins();
    return act(this.machine, this.now());
  }

  send(channel: number, what: Performative, payload?: Uint8Array): void {
    passAmqp10(this.context.fence, what, payload);
    this.#made(this.command((machine, now) => machine.send(channel, what, now, payload)));
  }

  /** Sends a whole delivery as the peer's limits allow; undefined where the link takes none. */
  deliver(link: LinkEndpoint, delivery: OutgoingDelivery & { readonly payload: Uint8Array }): number | undefined {
    passAmqp10(this.context.fence, { type: 'transfer', handle: 0 }, delivery.payload);
    return this.command((machine, now) => machine.deliver(link, delivery, now));
  }

  /** A session is known by our channel as soon as our begin has gone. */
  #made({ session }: { readonly session?: SessionEndpoint | undefined }): void {
    if (session?.channel !== undefined) this.sessions.set(session.channel, session);
  }

  sendSasl(body: SaslBody): void {
    this.command((machine, now) => machine.sendSasl(body, now));
  }

  sendHeader(name: HeaderName): void {
    this.command((machine, now) => machine.sendHeader(name, now));
  }

  /** Octets as they are, in a piece of their own; the machine follows what they spell. */
  sendBytes(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const spelt: OwnUnit[] = [];
    this.#spelt = spelt;
    this.tap.separate = true;
    this.machine.sendBytes(bytes, this.now());
    this.tap.separate = false;
    this.#spelt = undefined;
    this.tap.following = true;
    for (const unit of spelt) this.#follow(unit);
    this.tap.following = false;
  }

  #follow(unit: OwnUnit): void {
    const now = this.now();
    if (unit.type === 'header') this.machine.sendHeader(unit.name, now);
    else if (unit.type === 'sasl') this.machine.sendSasl(unit.body, now);
    else if (unit.performative !== undefined) this.#made(this.machine.send(unit.channel, unit.performative, now, unit.payload));
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

  #sent(bytes: Uint8Array): void {
    this.context.transcript.octets(this.number, 'sent', bytes, elapsed(this.context));
    for (const unit of this.#own.units(bytes)) {
      if (unit.type === 'amqp' && unit.performative !== undefined) this.#routes.sent(unit.channel, unit.performative);
      this.#spelt?.push(unit);
    }
  }

  #event(event: ConnectionEvent): void {
    switch (event.kind) {
      case 'frame':
        this.#frame(event.frame);
        break;
      case 'protocol-header':
        this.#hold({ kind: 'protocol-header', bytes: event.bytes });
        break;
      case 'violation':
        this.#violation(event.violation);
        break;
      case 'peer-silent':
        this.#violation(silence);
        break;
      case 'opened':
        this.open ??= event.open;
        break;
      case 'session-begun':
        this.#made(event);
        break;
      case 'ended':
        this.#end(event.how);
        break;
    }
  }

  #frame(frame: Frame): void {
    if (frame.type === 'sasl') {
      if (frame.body.type === 'sasl-mechanisms') this.mechanisms = frame.body.saslServerMechanisms;
      this.#hold({ kind: 'sasl', body: frame.body });
      return;
    }
    const { channel, performative, payload } = frame;
    if (performative?.type === 'attach') hearNode(this.context.fence, performative);
    if (performative === undefined) this.#hold({ kind: 'empty', channel, atMs: this.now() });
    else this.#hold({ kind: 'frame', channel, performative, payload, atMs: this.now(), ...this.#routes.received(channel, performative) });
  }

  /** A breach of the order of things is told just behind the frame itself; octets that could not be read stand alone. */
  #violation(violation: Violation): void {
    if (malformed.has(violation.rule)) {
      this.#settle();
      this.inbox.push({ breach: violation });
    } else if (this.legible) {
      if (this.#held === undefined) this.inbox.push({ breach: violation });
      else this.#held = { ...this.#held, breach: violation };
    }
  }

  #hold(seen: Seen10): void {
    this.#settle();
    this.#held = { seen };
    if (seen.kind === 'empty') return;
    this.tap.muted = false;
    if (seen.kind !== 'frame' || !isUnasked10(seen.performative.type)) this.lastSeen = seen;
  }

  #settle(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.inbox.push(held);
  }

  #end(how: 'eof' | 'reset'): void {
    if (this.#over) return;
    this.#over = true;
    this.context.transcript.note(this.number, how === 'eof' ? 'the stream ended' : 'the stream was reset', elapsed(this.context));
    this.#hold({ kind: 'ended', how });
    this.#settle();
  }
}

const silence: Violation = {
  kind: 'violation',
  rule: 'amqp10/2.4.5.keep-alive',
  offset: 0,
  detail: 'nothing came for as long as the connection may be idle',
};

const contentOf = (seen: Seen10): number => (seen.kind === 'frame' ? seen.payload.length : 0);
