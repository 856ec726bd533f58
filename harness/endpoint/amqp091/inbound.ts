import type { Method, MethodName } from '../../spec/amqp091/classes.ts';
import { frameMinSize, frameTypes } from '../../spec/amqp091/constants.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import { methodAt } from '../../wire/amqp091/method.ts';
import { type CutFrame, frameHead, type RawFrame } from '../../wire/amqp091/raw-frame.ts';
import { isViolation, shifted, type Violation } from '../../wire/decoded.ts';
import { Splitter } from '../splitter.ts';
import type { Breach } from './breaches.ts';
import { type AssembledContent, Channel } from './channel.ts';
import { type MethodFacts, methodFacts } from './method-facts.ts';
import { isClosing, noOrigin, type Origin, originOf } from './origin.ts';
import { Preamble } from './preamble.ts';
import type { Progress } from './progress.ts';
import { answeredFor, type HeaderOptions, readHeader } from './read-header.ts';
import { beforeOpen, type ConnectionMethodName, type ConnectionState, channelsUsable, connectionTransitions, discards } from './transitions.ts';
import type { ConnectionEvent } from './vocabulary.ts';

/** Whom the input side tells what came. */
export interface InboundUser {
  take(event: Exclude<ConnectionEvent, { readonly kind: 'violation' | 'ended' }>): void;
  /** `answered`: the rule whose answer is due, where it is not the broken one. */
  violation(violation: Violation, channel: number, origin: Origin, answered?: RuleId): void;
}

export interface InboundOptions extends HeaderOptions {
  /** Most octets of one content that are assembled. */
  readonly contentMax: number;
  /** A method out of place is told all the same, after its violation. */
  readonly tolerant: boolean;
  /** More body than was announced is dropped, and its end waited for. */
  readonly excessBody: boolean;
  /** A channel.open is judged also while our close of the channel waits for close-ok. */
  readonly hearsOpen: boolean;
}

/** What answers any frame of a channel that comes too early. */
const errorBeforeOpen = 'amqp091/2.2.4.error-before-open';

/** The input side of a connection: finds the frames, judges each by the tables, assembles contents. Stops where the stream cannot be read on. */
export class Inbound {
  readonly splitter = new Splitter({ frameMax: frameMinSize });
  /** Nothing more is read. */
  deaf = false;
  /** Of the frame at hand in the whole input. */
  offset = 0;
  /** The header that a client opened with. Servers of other protocols accept one by sending it back; what follows then is not ours to read. */
  asked = new Uint8Array(0);
  #held = false;
  #cutting = false;
  readonly #progress: Progress;
  readonly #user: InboundUser;
  readonly #options: InboundOptions;
  readonly #preamble: Preamble;

  constructor(progress: Progress, user: InboundUser, options: InboundOptions) {
    this.#progress = progress;
    this.#user = user;
    this.#options = options;
    this.#preamble = new Preamble(progress.role);
  }

  receive(bytes: Uint8Array): void {
    if (this.deaf) return;
    const rest = this.#preamble.done ? bytes : this.#open(bytes);
    if (rest === undefined || this.deaf) return;
    if (this.#progress.role === 'client' && this.#preamble.size > 0) this.#behindRejection(rest);
    else this.#cut(rest);
  }

  /** A server that rejects a client's header has nothing more to say. */
  #behindRejection(octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.deaf = true;
    const detail = `${octets.length} octets behind the header that rejects another`;
    this.#user.violation({ kind: 'violation', rule: 'amqp091/4.2.2.valid-header', offset: this.#preamble.size, detail }, 0, noOrigin);
  }

  #cut(octets: Uint8Array): void {
    this.splitter.push(octets);
    this.#goOn();
  }

  /** What comes while the input is held waits, whole frames or not. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held && !this.#cutting) this.#goOn();
  }

  #goOn(): void {
    this.#cutting = true;
    while (!this.deaf && !this.#held) {
      const frame = this.splitter.next();
      if (frame === undefined) break;
      if (isViolation(frame)) this.#unreadable(frame);
      else this.#frame(frame);
    }
    this.#cutting = false;
  }

  #open(bytes: Uint8Array): Uint8Array | undefined {
    const opening = this.#preamble.take(bytes);
    if (opening === undefined) return undefined;
    if (isViolation(opening)) {
      this.deaf = true;
      this.#user.violation(opening, 0, noOrigin);
      return undefined;
    }
    if (opening.header !== undefined) {
      if (this.#progress.role === 'server') this.#progress.state = 'header';
      else this.deaf = isSame(opening.header, this.asked);
      this.#user.take({ kind: 'protocol-header', bytes: opening.header });
    }
    return opening.rest;
  }

  /** A wrong type or end leaves no way to find the next frame; the splitter steps over one that is too large. */
  #unreadable(violation: Violation): void {
    this.deaf = violation.rule !== 'amqp091/4.2.3.frame-max';
    this.#user.violation(shifted(violation, this.#preamble.size), 0, noOrigin);
  }

  #frame(frame: CutFrame): void {
    const { role, state } = this.#progress;
    this.offset = frame.offset + this.#preamble.size;
    if (discards(role, state) && !isClosing(frame)) return;
    switch (frame.type) {
      case frameTypes.method:
        this.#method(frame);
        break;
      case frameTypes.heartbeat:
        this.#heartbeat(frame);
        break;
      default:
        this.#contentFrame(frame);
    }
  }

  #heartbeat({ channel, payload }: RawFrame): void {
    const detail = `a heartbeat on channel ${channel} with ${payload.length} octets of payload`;
    if (channel !== 0) this.#breach({ rule: 'amqp091/4.2.7.heartbeat-channel', detail }, channel);
    else if (payload.length > 0) this.#breach({ rule: 'amqp091/4.2.7.heartbeat-format', detail }, channel);
    else this.#user.take({ kind: 'heartbeat', channel });
  }

  #method(frame: CutFrame): void {
    const { channel: number, bytes, start, end } = frame;
    const progress = this.#progress;
    const channel = progress.channels.get(number);
    const discarding = channel !== undefined && discards(progress.role, channel.state);
    const method = methodAt(bytes, start, end, this.#options.tags, this.#options.zeros);
    if (isViolation(method)) {
      if (!discarding) this.#user.violation(shifted(method, this.offset + frameHead - start), number, originOf(frame.payload));
      return;
    }
    const facts = methodFacts(method.name);
    if (discarding && !this.#isHeard(method.name)) return;
    const breach = facts.level === 'connection' ? this.#judgeConnection(number, method, facts) : this.#judgeChannel(number, channel, method, facts);
    if (breach !== undefined) this.#breach(breach, number, facts);
    if (this.deaf || (breach !== undefined && !this.#options.tolerant)) return;
    progress.follow(facts.level === 'connection' ? 0 : number, method, facts, progress.peer);
    if (facts.content && breach === undefined) channel?.begin(method);
    else this.#user.take({ kind: 'method', channel: number, method });
  }

  /** Whether a method counts while all that does not close the channel is discarded. */
  #isHeard(name: MethodName): boolean {
    return name === 'channel.close' || name === 'channel.close-ok' || (name === 'channel.open' && this.#options.hearsOpen);
  }

  #judgeConnection(number: number, { name }: Method, facts: MethodFacts): Breach | undefined {
    const { state, peer } = this.#progress;
    if (number !== 0) return { rule: 'amqp091/4.2.3.channel-zero', detail: `${name} on channel ${number}` };
    if (connectionTransitions[state][peer]?.[name as ConnectionMethodName] !== undefined) return undefined;
    if (beforeOpen.has(state)) return { rule: 'amqp091/connection.sequence-before-open', detail: `${name} after ${state}` };
    if (!facts[peer]) return { rule: 'amqp091/4.2.4.method-direction', detail: `${name} is not the ${peer}'s to send` };
    return { rule: 'amqp091/connection.sequence', detail: `${name} after ${state}` };
  }

  #judgeChannel(number: number, channel: Channel | undefined, { name }: Method, facts: MethodFacts): Breach | undefined {
    const { state, peer, limits } = this.#progress;
    if (beforeOpen.has(state)) return { rule: 'amqp091/connection.sequence-before-open', answered: errorBeforeOpen, detail: `${name} after ${state}` };
    if (number === 0) return { rule: 'amqp091/4.2.3.channel-number', detail: `${name} on channel 0` };
    if (!channelsUsable.has(state)) return { rule: 'amqp091/connection.sequence', detail: `${name} after ${state}` };
    if (name === 'channel.open' && limits.channelMax > 0 && number > limits.channelMax) {
      return { rule: 'amqp091/connection.tune.channel-max', detail: `channel ${number} where channel-max is ${limits.channelMax}` };
    }
    return (channel ?? new Channel(number)).judge(name, facts, peer);
  }

  #contentFrame(frame: CutFrame): void {
    const { type, channel: number } = frame;
    const { role, state, channels } = this.#progress;
    const kind = type === frameTypes.header ? 'header' : 'body';
    const channel = channels.get(number);
    if (channel === undefined || !channelsUsable.has(state)) {
      this.#breach(strayFrame(state, kind, number), number);
      return;
    }
    if (discards(role, channel.state)) return;
    const origin = channel.underway === undefined ? noOrigin : methodFacts(channel.underway.name);
    const breach = channel.judgeFrame(kind);
    if (breach !== undefined) this.#breach(breach, number, origin);
    else if (kind === 'header') this.#header(channel, frame, origin);
    else this.#body(channel, frame.payload, origin);
  }

  #header(channel: Channel, frame: CutFrame, origin: Origin): void {
    const header = readHeader(frame, this.#options);
    if (isViolation(header)) {
      channel.abandon();
      this.#user.violation(shifted(header, this.offset + frameHead), channel.number, origin, answeredFor(header));
      return;
    }
    const taken = channel.header(header, this.#options.contentMax);
    if (taken === 'too-large') {
      const detail = `a body of ${header.bodySize} octets where ${this.#options.contentMax} are the most that is taken`;
      this.#breach({ rule: 'amqp091/content-too-large', detail }, channel.number, origin);
    } else if (taken !== undefined) this.#content(channel, taken);
  }

  #body(channel: Channel, payload: Uint8Array, origin: Origin): void {
    const taken = channel.body(payload, this.#options.excessBody);
    if (taken === undefined) return;
    if ('rule' in taken) this.#breach(taken, channel.number, origin);
    else this.#content(channel, taken);
  }

  #content(channel: Channel, { method, header, body }: AssembledContent): void {
    this.#user.take({ kind: 'content', channel: channel.number, method, header, body });
  }

  #breach({ rule, detail, answered }: Breach, channel: number, origin: Origin = noOrigin): void {
    this.#user.violation({ kind: 'violation', rule, offset: this.offset, detail }, channel, origin, answered);
  }
}

function strayFrame(state: ConnectionState, kind: 'header' | 'body', number: number): Breach {
  const detail = `a ${kind} frame on channel ${number}`;
  if (number === 0) return { rule: 'amqp091/4.2.6.1.channel-zero', detail };
  if (!beforeOpen.has(state)) return { rule: 'amqp091/channel.not-open', detail: `${detail}, which is not open` };
  return { rule: 'amqp091/connection.sequence-before-open', answered: errorBeforeOpen, detail: `${detail} before the connection is open` };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}
