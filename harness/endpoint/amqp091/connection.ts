import type { ContentMethodName, Method, MethodArguments } from '../../spec/amqp091/classes.ts';
import { frameMinSize, frameTypes } from '../../spec/amqp091/constants.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import { type ContentHeader, encodeContent } from '../../wire/amqp091/content.ts';
import { encodeMethodFrame, method } from '../../wire/amqp091/method.ts';
import { encodeRawFrame } from '../../wire/amqp091/raw-frame.ts';
import type { Violation } from '../../wire/decoded.ts';
import { protocolHeader091 } from '../../wire/protocol-header.ts';
import { Idle } from '../idle.ts';
import type { Machine, MachineOutput } from '../machine.ts';
import type { StreamEnd } from '../transport.ts';
import { answerTo, type Breach, replyText } from './breaches.ts';
import { Inbound } from './inbound.ts';
import { methodFacts } from './method-facts.ts';
import type { Origin } from './origin.ts';
import { Progress } from './progress.ts';
import { readsOf, textWireReadings, type WireReadings } from './readings.ts';
import { beforeOpen, type ChannelState, type ConnectionState, channelsUsable, discards } from './transitions.ts';
import type { Automatic, ConnectionEvent, ConnectionSettings, Exception, Limits, Role } from './vocabulary.ts';

const defaultAutomatic: Automatic = { closeOk: true, flowOk: true, heartbeats: true, raise: true };
const beforeTune: Limits = { channelMax: 0, frameMax: frameMinSize, heartbeatS: 0 };
const defaultContentMax = 1 << 27;
/** Size of the frames that a body is cut to where no frame-max was agreed. */
const unlimitedFrameSize = 1 << 17;
const heartbeatFrame = encodeRawFrame(frameTypes.heartbeat, 0, new Uint8Array(0));

/**
 * One AMQP 0-9-1 connection as either role sees it: octets, time and commands in; octets, events and wishes out. What is received is judged by the
 * tables of transitions and, with `automatic.raise`, answered as the standard says; what is sent is sent, legal or not. An event is told before the
 * machine answers it. With `automatic.raise` off, a method that is well-formed but out of place is told as a violation and then as the method it is.
 */
export class ConnectionMachine implements Machine {
  readonly settings: ConnectionSettings;
  readonly #output: MachineOutput<ConnectionEvent>;
  readonly #automatic: Automatic;
  readonly #readings: WireReadings;
  readonly #progress: Progress;
  readonly #inbound: Inbound;
  readonly #idle = new Idle();
  #now = 0;
  #closed = false;
  #ended = false;
  #closeOkBy = Number.POSITIVE_INFINITY;

  constructor(settings: ConnectionSettings, output: MachineOutput<ConnectionEvent>) {
    this.settings = settings;
    this.#output = output;
    this.#automatic = { ...defaultAutomatic, ...settings.automatic };
    this.#readings = settings.readings ?? textWireReadings;
    this.#progress = new Progress(settings.role, beforeTune);
    this.#inbound = new Inbound(
      this.#progress,
      { take: event => this.#take(event), violation: (...breach) => this.#violation(...breach) },
      { contentMax: settings.contentMax ?? defaultContentMax, tolerant: !this.#automatic.raise, ...readsOf(settings) },
    );
  }

  get role(): Role {
    return this.settings.role;
  }

  get state(): ConnectionState {
    return this.#progress.state;
  }

  /** Limits in force: before `agree` those of the opening sequence. */
  get limits(): Limits {
    return this.#progress.limits;
  }

  channelState(number: number): ChannelState {
    return this.#progress.channels.get(number)?.state ?? 'closed';
  }

  /** Client role: sends the protocol header. */
  start(now: number): void {
    this.sendBytes(protocolHeader091, now);
  }

  receive(bytes: Uint8Array, now: number): void {
    this.#now = now;
    this.#idle.received(now);
    this.#inbound.receive(bytes);
  }

  tick(now: number): void {
    if (this.#closed || this.#ended) return;
    this.#now = now;
    const due = this.#automatic.heartbeats ? this.#idle.due(now) : undefined;
    if (due === 'peer-silent') this.#output.event({ kind: 'peer-silent' });
    if (due === 'peer-silent' || now >= this.#closeOkBy) this.#close('abort');
    else if (due === 'send') this.#transmit(heartbeatFrame, now);
    this.#plan();
  }

  endOfInput(how: StreamEnd, _now: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#inbound.deaf = true;
    this.#progress.channels.clear();
    if (this.state !== 'close-ok') this.#progress.state = 'closed';
    this.#output.event({ kind: 'ended', how, handshake: this.#progress.handshake });
  }

  holdInput(held: boolean, now: number): void {
    this.#idle.hold(held, now);
    this.#plan();
  }

  /** Stops reading at the frame at hand, and goes on with what came meanwhile. */
  holdFrames(held: boolean, now: number): void {
    this.#now = now;
    this.#inbound.hold(held);
  }

  /** Sends a method without content, whether it is in place or not. */
  send(channel: number, what: Method, now: number): void {
    this.#transmit(encodeMethodFrame(channel, what, this.settings), now);
    this.#progress.follow(channel, what, methodFacts(what.name), this.role);
    if (what.name === 'channel.flow') this.#progress.channels.get(channel)?.askedFlow();
    if (what.name === 'connection.close') this.#awaitCloseOk(now);
    if (what.name === 'connection.close-ok') this.#finish();
  }

  /** Sends a method with its content, the body cut to the agreed frame size. */
  sendContent(channel: number, what: Method<ContentMethodName>, header: ContentHeader, body: readonly Uint8Array[], now: number): void {
    for (const bytes of encodeContent(channel, what, header, body, this.limits.frameMax || unlimitedFrameSize)) this.#transmit(bytes, now);
  }

  /** Sends octets as they are; the first of a client are its protocol header. */
  sendBytes(bytes: Uint8Array, now: number): void {
    if (this.state === 'initial' && this.role === 'client') {
      this.#progress.state = 'header';
      this.#inbound.asked = bytes.slice();
    }
    this.#transmit(bytes, now);
  }

  /** Closes the channel or the connection with an exception; before the connection is open, closes the socket without a word (2.2.4). */
  raise(what: Exception, now: number, channel = 0): void {
    const args = { replyCode: what.code, replyText: what.text, classId: what.classId, methodId: what.methodId };
    if (this.#untold) this.#close('flush');
    else if (!channelsUsable.has(this.state) && this.state !== this.#readings.toldFrom) return;
    else if (what.scope === 'connection' || channel === 0) this.#sendClose(args, now);
    else if (this.#progress.channels.has(channel) && !discards(this.role, this.channelState(channel))) {
      this.send(channel, method('channel.close', args), now);
    }
  }

  /** Reports and answers a breach that only the machine's user can see, such as a bad argument of the opening sequence. `origin` is the method that holds it. */
  breach({ rule, detail }: Breach, channel: number, origin: Method, now: number): void {
    this.#now = now;
    this.#violation({ kind: 'violation', rule, offset: this.#inbound.offset, detail }, channel, methodFacts(origin.name));
  }

  /** Ends the stream at once, without a handshake. */
  abort(_now: number): void {
    this.#close('abort');
  }

  /** Puts the negotiated limits into force: for a server when it received tune-ok, for a client when it sent it. */
  agree(limits: Limits, now: number): void {
    this.#progress.limits = limits;
    this.#inbound.splitter.frameMax = limits.frameMax === 0 ? 0 : limits.frameMax + this.#readings.frameMaxSlack;
    this.#idle.watch(limits.heartbeatS * 1000, 2 * limits.heartbeatS * 1000, now);
    this.#plan();
  }

  #take(event: ConnectionEvent): void {
    this.#output.event(event);
    if (event.kind === 'method') this.#answer(event.channel, event.method);
    else if (event.kind === 'protocol-header' && this.role === 'client' && this.#automatic.raise) this.#close('flush');
  }

  /** What the standard has answered at once, unless the user did so on hearing of it. */
  #answer(channel: number, what: Method): void {
    const { closeOk, flowOk } = this.#automatic;
    const { peer } = this.#progress;
    if (what.name === 'channel.flow') {
      if (flowOk && this.channelState(channel) === 'open') this.send(channel, method('channel.flow-ok', what.args), this.#now);
    } else if (what.name === 'channel.close') {
      if (closeOk && discards(peer, this.channelState(channel))) this.send(channel, method('channel.close-ok'), this.#now);
    } else if (what.name === 'connection.close') {
      if (closeOk && discards(peer, this.state)) this.send(0, method('connection.close-ok'), this.#now);
    } else if (what.name === 'connection.close-ok') this.#finish();
  }

  #violation(violation: Violation, channel: number, origin: Origin, answered: RuleId = violation.rule): void {
    const answer = this.#answerTo(answered, violation.detail, origin);
    this.#output.event({ kind: 'violation', violation, channel, answer });
    if (!this.#automatic.raise) return;
    if (answer === 'header-then-close') this.#transmit(protocolHeader091, this.#now);
    if (typeof answer === 'string') this.#close('flush');
    else this.raise(answer, this.#now, channel);
  }

  /** Whether an error ends with a bare close at this point. */
  get #untold(): boolean {
    return beforeOpen.has(this.state) && this.state !== this.#readings.toldFrom;
  }

  #answerTo(rule: RuleId, detail: string, { classId, methodId }: Origin): Exception | 'bare-close' | 'header-then-close' {
    const answer = this.#readings.answers[rule] ?? answerTo(rule, this.role);
    if (answer.kind === 'header-then-close') return 'header-then-close';
    if (this.#untold || (answer.kind !== 'connection-close' && answer.kind !== 'channel-close')) return 'bare-close';
    const scope = answer.kind === 'channel-close' ? 'channel' : 'connection';
    return { scope, code: answer.code, text: replyText(answer.code, detail), classId, methodId };
  }

  /** Both closes are answered: what is left is to close the socket. */
  #finish(): void {
    if (this.state === 'close-ok' && this.#automatic.closeOk) this.#close('flush');
  }

  /** In the table no close follows tune-ok; where readings have one told there, it is awaited like others. */
  #sendClose(args: MethodArguments<'connection.close'>, now: number): void {
    this.send(0, method('connection.close', args), now);
    if (this.state === this.#readings.toldFrom) this.#progress.state = 'server-close';
  }

  #awaitCloseOk(now: number): void {
    const { closeOkWithinMs } = this.settings;
    if (closeOkWithinMs === undefined || this.#closeOkBy < Number.POSITIVE_INFINITY) return;
    this.#closeOkBy = now + closeOkWithinMs;
    this.#plan();
  }

  #transmit(bytes: Uint8Array, now: number): void {
    this.#idle.sent(now);
    this.#output.transmit(bytes);
  }

  #close(how: 'flush' | 'abort'): void {
    this.#inbound.deaf = true;
    if (this.#ended || (this.#closed && how === 'flush')) return;
    this.#closed = true;
    if (this.state !== 'close-ok') this.#progress.state = 'closed';
    this.#output.wakeAt(undefined);
    this.#output.close(how);
  }

  #plan(): void {
    if (this.#closed || this.#ended) return;
    const next = Math.min(this.#closeOkBy, this.#automatic.heartbeats ? this.#idle.deadline : Number.POSITIVE_INFINITY);
    this.#output.wakeAt(next === Number.POSITIVE_INFINITY ? undefined : next);
  }
}
