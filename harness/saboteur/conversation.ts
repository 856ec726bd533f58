import type { ContentMethodName, Method, MethodName } from '../spec/amqp091/classes.ts';
import { frameMinSize } from '../spec/amqp091/constants.ts';
import type { Conversation, Direction, Passing } from './fault.ts';

/** Stands for a frame-max of zero, no limit: the largest frame that the seam keeps whole. */
const largestFrame = 64 * 1024 * 1024;

const contentMethods: ReadonlySet<MethodName> = new Set<ContentMethodName>(['basic.publish', 'basic.return', 'basic.deliver', 'basic.get-ok']);

function carriesContent(method: Method): method is Method<ContentMethodName> {
  return contentMethods.has(method.name);
}

/** What passed so far on one connection, as a fault may ask for it. */
export class ConversationRecord implements Conversation {
  readonly connection: number;
  readonly frames = { 'to-server': 0, 'to-client': 0 };
  readonly random: () => number;
  opened = false;
  frameMax: number = frameMinSize;
  heartbeatS = 0;
  readonly #lanes = { 'to-server': new Lane(), 'to-client': new Lane() };

  constructor(connection: number, random: () => number) {
    this.connection = connection;
    this.random = random;
  }

  previous(direction: Direction): Passing | undefined {
    return this.#lanes[direction].previous;
  }

  method(direction: Direction, channel: number): Method | undefined {
    return this.#lanes[direction].methods.get(channel);
  }

  carrier(direction: Direction, channel: number): Method<ContentMethodName> | undefined {
    return this.#lanes[direction].contents.get(channel)?.method;
  }

  note(passing: Passing): void {
    const lane = this.#lanes[passing.direction];
    lane.note(passing);
    if (passing.what !== 'frame') return;
    this.frames[passing.direction] += 1;
    if (passing.frame.type === 'method') this.#noteMethod(passing.frame.method);
  }

  #noteMethod(method: Method): void {
    if (method.name === 'connection.open-ok') this.opened = true;
    if (method.name !== 'connection.tune-ok') return;
    this.frameMax = method.args.frameMax === 0 ? largestFrame : Math.max(frameMinSize, Math.min(method.args.frameMax, largestFrame));
    this.heartbeatS = method.args.heartbeat;
  }
}

class Lane {
  previous: Passing | undefined;
  readonly methods = new Map<number, Method>();
  readonly contents = new Map<number, { readonly method: Method<ContentMethodName>; left: bigint | undefined }>();

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
      content.left = frame.type === 'header' ? frame.header.bodySize : (content.left ?? 0n) - BigInt(frame.payload.length);
      if (content.left <= 0n) this.contents.delete(channel);
    }
  }
}
