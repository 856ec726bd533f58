import type { ContentMethodName, Method, MethodName } from '../spec/amqp091/classes.ts';
import { frameMinSize } from '../spec/amqp091/constants.ts';
import type { Frame } from '../wire/amqp091/codec.ts';
import type { ContentUnderWay, Conversation, Passing } from './fault.ts';
import type { Direction } from './passing.ts';
import type { Recording } from './tap.ts';

/** Stands for a frame-max of zero, no limit: the largest frame that the seam keeps whole. */
const largestFrame = 64 * 1024 * 1024;

const contentMethods: ReadonlySet<MethodName> = new Set<ContentMethodName>(['basic.publish', 'basic.return', 'basic.deliver', 'basic.get-ok']);

function carriesContent(method: Method): method is Method<ContentMethodName> {
  return contentMethods.has(method.name);
}

/** What passed so far on one connection, as a fault may ask for it. */
export class ConversationRecord implements Conversation, Recording<Frame> {
  readonly connection: number;
  readonly frames = { 'to-server': 0, 'to-client': 0 };
  readonly random: () => number;
  opened = false;
  frameMax: number = frameMinSize;
  channelMax = 0;
  released = 0;
  heartbeatS = 0;
  readonly openChannels = new Set<number>();
  readonly #now: () => number;
  readonly #lanes = { 'to-server': new Lane(), 'to-client': new Lane() };

  constructor(connection: number, random: () => number, now: () => number) {
    this.connection = connection;
    this.random = random;
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  previous(direction: Direction): Passing | undefined {
    return this.#lanes[direction].previous;
  }

  method(direction: Direction, channel: number): Method | undefined {
    return this.#lanes[direction].methods.get(channel);
  }

  content(direction: Direction, channel: number): ContentUnderWay | undefined {
    return this.#lanes[direction].contents.get(channel);
  }

  busy(direction: Direction): readonly number[] {
    return [...this.#lanes[direction].contents.keys()];
  }

  largest(): number {
    return this.frameMax;
  }

  note(passing: Passing): void {
    const lane = this.#lanes[passing.direction];
    lane.note(passing);
    if (passing.what !== 'frame') return;
    this.frames[passing.direction] += 1;
    if (passing.frame.type === 'method') this.#noteMethod(passing.direction, passing.channel, passing.frame.method);
  }

  #noteMethod(direction: Direction, channel: number, { name, args }: Method): void {
    if (name === 'connection.open-ok') this.opened = true;
    else if (name === 'channel.open' && direction === 'to-server') this.openChannels.add(channel);
    else if (name === 'channel.close-ok') this.openChannels.delete(channel);
    if (name !== 'connection.tune-ok' || this.opened) return;
    this.frameMax = args.frameMax === 0 ? largestFrame : Math.max(frameMinSize, Math.min(args.frameMax, largestFrame));
    this.channelMax = args.channelMax;
    this.heartbeatS = args.heartbeat;
  }
}

class Lane {
  previous: Passing | undefined;
  readonly methods = new Map<number, Method>();
  readonly contents = new Map<number, ContentUnderWay>();

  note(passing: Passing): void {
    this.previous = passing;
    if (passing.what !== 'frame') return;
    const { channel, frame } = passing;
    const content = this.contents.get(channel);
    if (frame.type === 'method') {
      this.methods.set(channel, frame.method);
      if (carriesContent(frame.method)) this.contents.set(channel, { method: frame.method, left: undefined });
      else this.contents.delete(channel);
    } else if (content !== undefined && frame.type !== 'heartbeat') {
      const left = frame.type === 'header' ? frame.header.bodySize : (content.left ?? 0n) - BigInt(frame.payload.length);
      if (left <= 0n) this.contents.delete(channel);
      else this.contents.set(channel, { method: content.method, left });
    }
  }
}
