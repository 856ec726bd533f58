import { minMaxFrameSize } from '../../spec/amqp10/constants.ts';
import type { AmqpBegin, AmqpClose, AmqpEnd, AmqpFrame, AmqpOpen, Performative } from '../../wire/amqp10/codec.ts';
import { type CutFrame, decodeBody } from '../../wire/amqp10/codec.ts';
import { isViolation, shifted, type Violation } from '../../wire/decoded.ts';
import { framing10 } from '../framing.ts';
import { Splitter } from '../splitter.ts';
import type { Breach } from './breaches.ts';
import { judgeConnection } from './judge.ts';
import type { Progress } from './progress.ts';
import { Session } from './session.ts';
import { SessionInbound } from './session-inbound.ts';
import { connectionStep, discards } from './transitions.ts';
import type { Bounds, ConnectionEvent, Remedy } from './vocabulary.ts';

/** Whom the input side tells what came. */
export interface InboundUser {
  tell(event: ConnectionEvent): void;
  violation(violation: Violation, channel: number, handle: number | undefined): void;
  /** Answers what is said to it. */
  breach(breach: Breach, channel: number, handle: number | undefined): Remedy;
  opened(open: AmqpOpen): void;
  /** A transfer has come; there may be more room to tell of. */
  windowUsed(session: Session): void;
}

export interface InboundOptions extends Bounds {
  readonly channelMax: number;
  readonly maxFrameSize: number;
  readonly idleTimeOutMin: number;
  /** What is out of place is acted on all the same, after its violation. */
  readonly tolerant: boolean;
}

/** The input side of the AMQP layer: finds the frames, judges each, follows them, and tells of them. */
export class Inbound {
  /** Nothing more is read. */
  deaf = false;
  /** Of the frame at hand in the whole input. */
  offset = 0;
  /** Octets before the first frame. */
  base = 0;
  #held = false;
  #cutting = false;
  #unread: Violation | undefined;
  readonly #splitter: Splitter<CutFrame>;
  readonly #progress: Progress;
  readonly #user: InboundUser;
  readonly #options: InboundOptions;
  readonly #sessions: SessionInbound;

  constructor(progress: Progress, user: InboundUser, options: InboundOptions) {
    this.#progress = progress;
    this.#user = user;
    this.#options = options;
    this.#sessions = new SessionInbound(progress, user, options);
    this.#splitter = new Splitter({ frameMax: Math.max(options.maxFrameSize, minMaxFrameSize), framing: framing10 });
  }

  receive(bytes: Uint8Array): void {
    if (this.deaf) return;
    this.#splitter.push(bytes);
    this.#goOn();
  }

  /** Stops at the frame at hand; what came and comes waits until it goes on. */
  hold(held: boolean): void {
    this.#held = held;
    this.#goOn();
  }

  /** A hold that ends within an event is no second turn. */
  #goOn(): void {
    if (this.#cutting) return;
    this.#cutting = true;
    while (!this.deaf && !this.#held) {
      const frame = this.#splitter.next();
      if (frame === undefined) break;
      if (frame === this.#unread) this.deaf = true;
      else if (isViolation(frame)) this.#unreadable(frame);
      else this.#frame(frame);
    }
    this.#cutting = false;
  }

  /** The splitter steps over what is no frame where it can; where it cannot, it answers the same violation again. */
  #unreadable(violation: Violation): void {
    this.#unread = violation;
    this.offset = violation.offset + this.base;
    if (!discards(this.#progress.state)) this.#user.violation(shifted(violation, this.base), 0, undefined);
  }

  #frame(cut: CutFrame): void {
    const { state } = this.#progress;
    this.offset = cut.offset + this.base;
    if (state === 'CLOSE_RCVD' || state === 'END') {
      this.#user.breach({ rule: 'amqp10/2.4.3.close-last', detail: 'a frame behind close', answer: 'borne' }, cut.channel, undefined);
      return;
    }
    const frame = decodeBody(cut);
    if (isViolation(frame)) {
      if (!this.#isDiscarded(cut.channel)) this.#user.violation(shifted(frame, this.base), cut.channel, undefined);
      return;
    }
    this.#user.tell({ kind: 'frame', frame, offset: this.offset });
    if (this.deaf) return;
    if (frame.type === 'sasl' && this.#isDiscarded(0)) return;
    if (frame.type === 'sasl') this.#user.breach({ rule: 'amqp10/2.3.1.type', detail: `${frame.body.type} outside the SASL layer` }, 0, undefined);
    else if (frame.performative !== undefined) this.#performative(frame, frame.performative);
    else if (this.#progress.remoteOpen === undefined)
      this.#user.breach({ rule: 'amqp10/2.4.1.open-first', detail: 'an empty frame before open' }, 0, undefined);
  }

  #isDiscarded(channel: number): boolean {
    const session = this.#progress.remoteChannels.get(channel);
    return discards(this.#progress.state) || this.#progress.state === 'CLOSE_PIPE' || (session !== undefined && discards(session.state));
  }

  #performative({ channel, payload }: AmqpFrame, what: Performative): void {
    const progress = this.#progress;
    if (discards(progress.state) && what.type !== 'close') return;
    if (progress.state === 'CLOSE_PIPE' && what.type !== 'open') return;
    const breach = judgeConnection(progress, channel, what, this.#options);
    if (breach !== undefined) {
      const { kind } = this.#user.breach(breach, channel, undefined);
      if ((!this.#options.tolerant && kind !== 'borne') || this.deaf) return;
    }
    progress.follow('received', connectionStep(what.type, 'error' in what && what.error !== undefined));
    if (what.type === 'open') this.#open(what);
    else if (what.type === 'begin') this.#begin(channel, what);
    else if (what.type === 'close') this.#close(what);
    else if (what.type === 'end') this.#end(channel, what);
    else {
      const session = progress.remoteChannels.get(channel);
      if (session !== undefined) this.#sessions.take(session, channel, what, payload);
    }
  }

  #open(open: AmqpOpen): void {
    this.#progress.remoteOpen ??= open;
    this.#user.opened(open);
  }

  #begin(channel: number, begin: AmqpBegin): void {
    const progress = this.#progress;
    const asked = begin.remoteChannel === undefined ? undefined : progress.channels.get(begin.remoteChannel);
    const session = asked !== undefined && asked.remoteChannel === undefined ? asked : new Session();
    session.begunByPeer(channel, begin);
    progress.sessions.add(session);
    progress.remoteChannels.set(channel, session);
    if (!discards(session.state)) this.#user.tell({ kind: 'session-begun', session, begin });
  }

  #end(channel: number, end: AmqpEnd): void {
    const progress = this.#progress;
    const session = progress.remoteChannels.get(channel);
    if (session === undefined) return;
    progress.remoteChannels.delete(channel);
    session.follow('received', end.error === undefined ? 'end' : 'error-end');
    this.#user.tell({ kind: 'session-ended', session, end });
    if (session.state === 'UNMAPPED') progress.sessionGone(session);
    else progress.sessionOver(session);
  }

  #close(close: AmqpClose): void {
    this.#user.tell({ kind: 'closed', close });
  }
}
