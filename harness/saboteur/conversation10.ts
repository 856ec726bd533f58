import type { SaslCode } from '../spec/amqp10/conditions.ts';
import { minMaxFrameSize } from '../spec/amqp10/constants.ts';
import type { AmqpFrame, AmqpOpen, Frame, Performative, SaslBody } from '../wire/amqp10/codec.ts';
import type { Conversation10, LinkSeen, Passing10, SessionSeen } from './fault10.ts';
import type { Direction } from './passing.ts';
import { other, SessionRecord, type Ways, ways } from './sessions10.ts';
import type { Recording } from './tap.ts';

/** Stands for no limit: the largest frame that the seam keeps whole. */
const largestFrame = 64 * 1024 * 1024;

/** What passed so far on one connection of AMQP 1.0, as a fault may ask for it. */
export class ConversationRecord10 implements Conversation10, Recording<Frame> {
  readonly connection: number;
  readonly random: () => number;
  readonly frames: Ways<number> = ways(() => 0);
  readonly header: Ways<Uint8Array | undefined> = ways(() => undefined);
  readonly open: Ways<AmqpOpen | undefined> = ways(() => undefined);
  readonly closed: Ways<boolean> = ways(() => false);
  readonly frameMax: Ways<number> = ways(() => minMaxFrameSize);
  readonly channelMax: Ways<number> = ways(() => 0);
  mechanism: string | undefined;
  saslOutcome: SaslCode | undefined;
  released = 0;
  readonly sessions = new Set<SessionRecord>();
  readonly #now: () => number;
  readonly #lanes: Ways<Lane> = ways(() => new Lane());

  constructor(connection: number, random: () => number, now: () => number) {
    this.connection = connection;
    this.random = random;
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  largest(direction: Direction): number {
    return Math.min(this.frameMax[direction], largestFrame);
  }

  session(direction: Direction, channel: number): SessionSeen | undefined {
    return this.#lanes[direction].sessions.get(channel);
  }

  link(direction: Direction, channel: number, handle: number): LinkSeen | undefined {
    return this.#lanes[direction].sessions.get(channel)?.handles[direction].get(handle);
  }

  previous(direction: Direction): Passing10 | undefined {
    return this.#lanes[direction].previous;
  }

  performative(direction: Direction, channel?: number): Performative | undefined {
    const lane = this.#lanes[direction];
    return channel === undefined ? lane.performative : lane.performatives.get(channel);
  }

  sasl(direction: Direction): SaslBody | undefined {
    return this.#lanes[direction].sasl;
  }

  note(passing: Passing10): void {
    const { direction } = passing;
    const lane = this.#lanes[direction];
    lane.previous = passing;
    if (passing.what === 'header') this.header[direction] = passing.bytes;
    if (passing.what !== 'frame') return;
    this.frames[direction] += 1;
    const { frame } = passing;
    if (frame.type === 'amqp') this.#noteFrame(direction, frame);
    else {
      lane.sasl = frame.body;
      if (frame.body.type === 'sasl-init') this.mechanism = frame.body.mechanism;
      if (frame.body.type === 'sasl-outcome') this.saslOutcome = frame.body.code;
    }
  }

  #noteFrame(direction: Direction, { channel, performative, payload }: AmqpFrame): void {
    if (performative === undefined) return;
    const lane = this.#lanes[direction];
    lane.performative = performative;
    lane.performatives.set(channel, performative);
    if (performative.type === 'open') this.#opened(direction, performative);
    else if (performative.type === 'close') this.closed[direction] = true;
    else if (performative.type === 'begin') this.#begun(direction, channel, performative);
    else if (performative.type === 'end') this.#ended(direction, channel);
    else {
      const session = lane.sessions.get(channel);
      if (performative.type === 'attach') session?.attached(direction, performative);
      else if (performative.type === 'detach') session?.detached(direction, performative.handle);
      else if (performative.type === 'flow') session?.flowed(direction, performative);
      else if (performative.type === 'transfer') session?.transferred(direction, performative, payload.length);
      else session?.disposed(direction, performative);
    }
  }

  #opened(direction: Direction, open: AmqpOpen): void {
    this.open[direction] = open;
    this.frameMax[other(direction)] = Math.max(minMaxFrameSize, open.maxFrameSize ?? 0xffffffff);
    this.channelMax[other(direction)] = open.channelMax ?? 0xffff;
  }

  #begun(direction: Direction, channel: number, begin: Extract<Performative, { type: 'begin' }>): void {
    const answered = begin.remoteChannel === undefined ? undefined : this.#lanes[other(direction)].sessions.get(begin.remoteChannel);
    const session = answered?.channels[direction] === undefined ? (answered ?? new SessionRecord()) : new SessionRecord();
    session.begun(direction, channel, begin);
    this.sessions.add(session);
    this.#lanes[direction].sessions.set(channel, session);
  }

  #ended(direction: Direction, channel: number): void {
    const { sessions } = this.#lanes[direction];
    const session = sessions.get(channel);
    sessions.delete(channel);
    if (session === undefined) return;
    session.ended[direction] = true;
    if (session.ended[other(direction)]) this.sessions.delete(session);
  }
}

class Lane {
  previous: Passing10 | undefined;
  performative: Performative | undefined;
  sasl: SaslBody | undefined;
  readonly performatives = new Map<number, Performative>();
  readonly sessions = new Map<number, SessionRecord>();
}
