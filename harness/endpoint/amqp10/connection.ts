import {
  type AmqpError,
  type AmqpOpen,
  type CompositeFields,
  emptyFrame,
  type Performative,
  type protocolHeaders,
  type SaslBody,
  type Violation,
} from '../../wire/amqp10/codec.ts';
import type { Machine, MachineOutput } from '../machine.ts';
import type { StreamEnd } from '../transport.ts';
import { Answers } from './answers.ts';
import { type Breach, errorOf } from './breaches.ts';
import { Commander } from './commands.ts';
import { Deadlines } from './deadlines.ts';
import { defaultAutomatic, defaultBounds, idleTimeOutMinDefault, unlimitedFrame } from './defaults.ts';
import { Inbound } from './inbound.ts';
import { Opening } from './opening.ts';
import { Outbound } from './outbound.ts';
import type { Followed } from './own.ts';
import { Progress } from './progress.ts';
import { Reactions } from './reactions.ts';
import type { Session } from './session.ts';
import { mayClose, mayOpen } from './transitions.ts';
import type { Automatic, Commands, ConnectionEvent, ConnectionSettings } from './vocabulary.ts';

/**
 * One AMQP 1.0 connection as either role sees it, with its security layer, sessions and links: octets, time and commands in; octets, events and wishes out. What is
 * received is judged and, with `automatic.raise`, answered as the catalogue says; what is sent is sent, legal or not. An event is told before the machine answers
 * it. No input throws.
 * @example drive(stream, clock, wire => new ConnectionMachine(settings, { ...wire, event }))
 */
export class ConnectionMachine extends Commander implements Machine, Commands {
  readonly settings: ConnectionSettings;
  protected readonly progress: Progress;
  protected readonly outbound: Outbound;
  readonly #output: MachineOutput<ConnectionEvent>;
  readonly #automatic: Automatic;
  readonly #opening: Opening;
  readonly #inbound: Inbound;
  readonly #reactions: Reactions;
  readonly #answers: Answers;
  readonly #deadlines: Deadlines;
  #now = 0;
  #closed = false;
  #ended = false;
  #pendingOpen: Partial<CompositeFields<'open'>> | undefined;

  constructor(settings: ConnectionSettings, output: MachineOutput<ConnectionEvent>) {
    super();
    this.settings = settings;
    this.#output = output;
    this.#automatic = { ...defaultAutomatic, ...settings.automatic };
    const bounds = { ...defaultBounds, ...settings.bounds };
    this.progress = new Progress(settings.role, event => output.event(event));
    const sends = {
      transmit: (bytes: Uint8Array) => this.#transmit(bytes),
      unsayable: (what: Performative, { session }: Followed) => this.#reactions.unsayable(what, session, this.#now),
    };
    this.outbound = new Outbound(this.progress, sends, { queuedMax: bounds.queuedMax, refreshes: this.#automatic.window });
    this.#reactions = new Reactions(this, { progress: this.progress, outbound: this.outbound }, this.#automatic, () => this.#close('flush'));
    this.#opening = new Opening(settings, this.#automatic, this.progress, {
      tell: event => output.event(event),
      transmit: bytes => this.#transmit(bytes),
      at: now => this.at(now),
      breach: (breach, offset) => void this.#answers.breach(breach, offset, 0, undefined),
      headerSent: () => this.#openPending(),
      close: () => this.#close('flush'),
    });
    this.#deadlines = new Deadlines(settings, {
      wakeAt: ms => this.#live && output.wakeAt(ms),
      send: () => this.progress.localOpen !== undefined && this.#transmit(emptyFrame),
      silent: ms => this.#silent(ms),
      abandon: () => this.#close('abort'),
    });
    this.#answers = new Answers(settings, this.progress, this.#opening, {
      tell: event => output.event(event),
      raises: () => this.#automatic.raise && this.#live,
      end: (session, error) => this.end(session, this.#now, error),
      detach: (link, error) => this.refuseLink(link, error, this.#now),
      close: error => this.close(this.#now, error),
      finish: () => this.#close('flush'),
    });
    const {
      idleTimeOutMin = idleTimeOutMinDefault,
      open: { channelMax = 65535, maxFrameSize = unlimitedFrame },
    } = settings;
    const user = {
      tell: (event: ConnectionEvent) => this.#tell(event),
      violation: (violation: Violation, channel: number, handle: number | undefined) => void this.#answers.violation(violation, channel, handle),
      breach: (breach: Breach, channel: number, handle: number | undefined) => this.#answers.breach(breach, this.#inbound.offset, channel, handle),
      windowUsed: (session: Session) => this.#reactions.used(session),
      opened: (open: AmqpOpen) => this.#opened(open),
    };
    this.#inbound = new Inbound(this.progress, user, { ...bounds, channelMax, maxFrameSize, idleTimeOutMin, tolerant: !this.#automatic.raise });
  }

  start(now: number): void {
    this.at(now);
    this.#opening.start();
  }

  receive(bytes: Uint8Array, now: number): void {
    this.at(now);
    this.#deadlines.received(now);
    if (!this.#live) return;
    if (this.#opening.done) this.#inbound.receive(bytes);
    else {
      const rest = this.#opening.receive(bytes);
      if (!this.#opening.done) return;
      this.#inbound.base = this.#opening.offset;
      this.#inbound.receive(rest);
    }
  }

  tick(now: number): void {
    this.at(now);
    if (this.#live) this.#deadlines.tick(now);
  }

  endOfInput(how: StreamEnd, now: number): void {
    if (this.#ended) return;
    this.at(now);
    this.#ended = true;
    this.#inbound.deaf = true;
    const handshake = this.state === 'END';
    this.progress.state = 'END';
    this.progress.allOver();
    this.#output.event({ kind: 'ended', how, handshake });
  }

  holdInput(held: boolean, now: number): void {
    this.#deadlines.hold(held, now);
  }

  /** Stops acting on frames at the one at hand, and goes on with what came meanwhile. Whoever holds stops reading too (`pause`): what was read waits here. */
  holdFrames(held: boolean, now: number): void {
    this.at(now);
    this.#inbound.hold(held);
  }

  holdWindows(held: boolean, now: number): void {
    this.at(now);
    this.#reactions.holdWindows(held);
  }

  open(now: number, fields: Partial<CompositeFields<'open'>> = {}): void {
    this.at(now);
    this.#pendingOpen = fields;
    this.#openPending();
  }

  close(now: number, error?: AmqpError): void {
    this.at(now);
    if (!this.#opening.done && !mayClose.has(this.state)) {
      this.#close('flush');
      return;
    }
    if (this.progress.localOpen === undefined && mayOpen.has(this.state)) this.outbound.say(0, { type: 'open', ...this.settings.open });
    if (!this.#live || !mayClose.has(this.state)) return;
    this.outbound.say(0, { type: 'close', error });
    this.#closeSent();
  }

  override send(...args: Parameters<Commander['send']>): ReturnType<Commander['send']> {
    const followed = super.send(...args);
    if (args[1].type === 'close') this.#closeSent();
    return followed;
  }

  sendHeader(id: keyof typeof protocolHeaders, now: number): void {
    this.at(now);
    this.#opening.sendHeader(id);
  }

  /** Sends a SASL body, in place or not. An outcome of ok ends the layer. */
  sendSasl(body: SaslBody, now: number): void {
    this.at(now);
    this.#opening.sendSasl(body);
  }

  sendBytes(bytes: Uint8Array, now: number): void {
    this.at(now);
    this.#transmit(bytes);
  }

  /** Reports and answers a breach that only the machine's user can see, such as of what is in a message. */
  breach(breach: Breach, where: { readonly channel: number; readonly handle?: number }, now: number): void {
    this.at(now);
    this.#answers.breach(breach, this.#inbound.offset, where.channel, where.handle);
  }

  abort(_now: number): void {
    this.#close('abort');
  }

  protected at(now: number): void {
    this.#now = now;
  }

  #tell(event: ConnectionEvent): void {
    const before = this.outbound.flows;
    this.#output.event(event);
    if (!this.#live) return;
    this.#reactions.to(event, this.outbound.flows > before, this.#now);
  }

  #opened(open: AmqpOpen): void {
    this.#deadlines.opened(open, this.#now);
    this.#tell({ kind: 'opened', open });
  }

  #openPending(): void {
    if (this.#pendingOpen === undefined || !mayOpen.has(this.state) || this.progress.localOpen !== undefined) return;
    const fields = this.#pendingOpen;
    this.#pendingOpen = undefined;
    this.outbound.say(0, { type: 'open', ...this.settings.open, ...fields });
  }

  #closeSent(): void {
    const answered = this.state === 'END';
    this.progress.allOver();
    if (answered && this.#automatic.ending) this.#close('flush');
    if (this.#live) this.#deadlines.closing(this.#now);
  }

  #silent(ms: number): void {
    this.#output.event({ kind: 'peer-silent' });
    if (this.#live) this.close(this.#now, errorOf('amqp:resource-limit-exceeded', `nothing came for ${ms} ms`));
  }

  #transmit(bytes: Uint8Array): void {
    this.#deadlines.sent(this.#now);
    this.#output.transmit(bytes);
  }

  #close(how: 'flush' | 'abort'): void {
    this.#inbound.deaf = true;
    if (this.#ended || (this.#closed && how === 'flush')) return;
    this.#closed = true;
    this.#output.wakeAt(undefined);
    this.#output.close(how);
  }

  get #live(): boolean {
    return !this.#closed && !this.#ended;
  }
}
