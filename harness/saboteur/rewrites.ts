import { type ClassRow, classes, type Method, type MethodArguments, type MethodName, type MethodRow } from '../spec/amqp091/classes.ts';
import { type Frame, method } from '../wire/amqp091/codec.ts';
import type { Conversation, Filter, FrameSeam, Passing, Piece, Rewrite, Rewritten } from './fault.ts';
import type { Direction } from './passing.ts';

/** What a rewriting function answers; `false` leaves things as they are, so that a condition can stand in front with `&&`. */
export type Change = Rewritten | Frame | Method | false;

/** One method under way, and the usual ways to spoil it. */
export class Draft<N extends MethodName = MethodName> {
  readonly channel: number;
  readonly name: N;
  readonly args: MethodArguments<N>;
  readonly #frame: Frame;
  readonly #method: Method;

  constructor(channel: number, method: Method, frame: Frame) {
    this.channel = channel;
    this.name = method.name as N;
    this.args = method.args as MethodArguments<N>;
    this.#method = method;
    this.#frame = frame;
  }

  /** The same method with other arguments. */
  with(changes: Partial<MethodArguments<N>>): Method {
    return { name: this.name, args: { ...this.args, ...changes } } as Method;
  }

  /** Sent to another channel. */
  on(channel: number): Rewritten {
    return { send: [{ type: 'method', channel, method: this.#method }] };
  }

  /** Never arrives. */
  swallowed(): Rewritten {
    return {};
  }

  /** Never arrives; its sender gets these answers at once. */
  answered(...replies: readonly (Method | Piece)[]): Rewritten {
    return { back: replies.map(reply => piece(reply, this.channel)) };
  }

  /** Never arrives; its sender gets the reply that means success, with these arguments and zeros for the rest. */
  accepted(args: Readonly<Record<string, unknown>> = {}): Rewritten {
    const reply = replyTo(this.name);
    return reply === undefined ? {} : this.answered(method(reply, args));
  }

  /** Arrives twice. */
  twice(): Rewritten {
    return { send: [this.#frame, this.#frame] };
  }

  precededBy(...others: readonly (Method | Piece)[]): Rewritten {
    return { send: [...others.map(one => piece(one, this.channel)), this.#frame] };
  }

  followedBy(...others: readonly (Method | Piece)[]): Rewritten {
    return { send: [this.#frame, ...others.map(one => piece(one, this.channel))] };
  }

  late(delayMs: number): Rewritten {
    return { send: [this.#frame], delayMs };
  }

  /** The stream is cut instead. */
  cut(how: 'end' | 'reset' = 'reset'): Rewritten {
    return { finish: how };
  }
}

/** The method that says a request was done, where there is one. */
export function replyTo(name: MethodName): MethodName | undefined {
  const [className = '', methodName = ''] = name.split('.');
  const row: ClassRow | undefined = (classes as Readonly<Record<string, ClassRow>>)[className];
  const reply = (row?.methods[methodName] as MethodRow | undefined)?.replies?.[0];
  return reply === undefined ? undefined : (`${className}.${reply}` as MethodName);
}

/** A method as a frame on `channel`; anything else as it is. */
export function piece(item: Method | Piece, channel: number): Piece {
  return item instanceof Uint8Array || 'type' in item ? item : { type: 'method', channel, method: item };
}

function rewriteOf(change: Change, channel: number): Rewrite {
  if (change === false) return 'pass';
  if ('type' in change || 'name' in change) return { send: [piece(change, channel)] };
  return change;
}

/** A seam whose filter is `filter`; use `start` by hand where it must remember. */
export function frames(filter: Filter): FrameSeam {
  return { kind: 'frames', start: () => filter };
}

/** Gives each connection a seam of its own, so that closures may remember. */
export function remembering(make: () => FrameSeam): FrameSeam {
  return { kind: 'frames', start: () => make().start() };
}

/** Several seams at once: the first that rewrites wins, then the first that holds. */
export function either(...seams: readonly FrameSeam[]): FrameSeam {
  return {
    kind: 'frames',
    start: () => {
      const filters = seams.map(seam => seam.start());
      return (passing, conversation) => {
        const wanted = filters.map(filter => filter(passing, conversation));
        return wanted.find(one => typeof one === 'object') ?? (wanted.includes('hold') ? 'hold' : 'pass');
      };
    },
  };
}

/** Whether the server takes the method at all: what comes on a closed channel, or one that it is closing, is another matter. */
function isHeard({ channel }: Passing, { name }: Method, at: Conversation): boolean {
  if (at.method('to-client', 0)?.name === 'connection.close' && name !== 'connection.close') return false;
  if (channel === 0 || name === 'channel.open') return true;
  return at.openChannels.has(channel) && at.method('to-client', channel)?.name !== 'channel.close';
}

function methods<N extends MethodName>(direction: Direction, names: readonly N[], change: (draft: Draft<N>, at: Conversation) => Change): FrameSeam {
  return frames((passing, conversation) => {
    if (passing.direction !== direction || passing.what !== 'frame' || passing.frame.type !== 'method') return 'pass';
    const { frame, channel } = passing;
    if (!(names as readonly MethodName[]).includes(frame.method.name)) return 'pass';
    if (direction === 'to-server' && !isHeard(passing, frame.method, conversation)) return 'pass';
    return rewriteOf(change(new Draft<N>(channel, frame.method, frame), conversation), channel);
  });
}

type Names<N extends MethodName> = N | readonly N[];

function listed<N extends MethodName>(names: Names<N>): readonly N[] {
  return typeof names === 'string' ? [names] : names;
}

/** What the client asks reaches the server changed. */
export function request<N extends MethodName>(names: Names<N>, change: (draft: Draft<N>, at: Conversation) => Change): FrameSeam {
  return methods('to-server', listed(names), change);
}

/** What the server says reaches the client changed. */
export function answer<N extends MethodName>(names: Names<N>, change: (draft: Draft<N>, at: Conversation) => Change): FrameSeam {
  return methods('to-client', listed(names), change);
}

/** Anything in one direction that is not a method. */
export function passing<W extends Passing['what']>(
  direction: Direction,
  what: W,
  change: (passing: Extract<Passing, { what: W }>, at: Conversation) => Rewritten | false,
): FrameSeam {
  return frames((seen, conversation) => {
    if (seen.direction !== direction || seen.what !== what) return 'pass';
    return change(seen as Extract<Passing, { what: W }>, conversation) || 'pass';
  });
}
