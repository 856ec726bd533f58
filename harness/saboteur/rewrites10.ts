import type { CompositeFields, Frame, Performative, PerformativeName, SaslBody, SaslBodyName } from '../wire/amqp10/codec.ts';
import { type CompositeOctets, compositeAs, frameOf, joined } from '../wire/amqp10/craft.ts';
import type { Conversation10, Filter10, FrameSeam10, LinkSeen, Passing10, Piece10, Rewrite10, Rewritten10 } from './fault10.ts';
import type { Direction } from './passing.ts';

/** Whatever the body of a frame may be. */
export type BodyName = PerformativeName | SaslBodyName;
type Body = Performative | SaslBody;

/** What a rewriting function answers; `false` leaves things as they are, so that a condition can stand in front with `&&`. */
export type Change10 = Rewritten10 | Frame | Body | Uint8Array | false;

/** One performative or SASL body under way, and the usual ways to spoil it. */
export class Draft10<N extends BodyName = BodyName> {
  readonly direction: Direction;
  readonly channel: number;
  readonly name: N;
  readonly fields: CompositeFields<N>;
  /** What stands behind the performative: part of a message behind a transfer. */
  readonly payload: Uint8Array;
  readonly frame: Frame;

  constructor(direction: Direction, channel: number, body: Body, frame: Frame) {
    this.direction = direction;
    this.channel = channel;
    this.name = body.type as N;
    this.fields = body as unknown as CompositeFields<N>;
    this.payload = frame.type === 'amqp' ? frame.payload : new Uint8Array(0);
    this.frame = frame;
  }

  /** The same with other fields; `undefined` takes one away, as long as it is not mandatory. */
  with(changes: Partial<CompositeFields<N>>): Frame {
    const body = { ...this.fields, ...changes } as unknown as Body;
    return this.frame.type === 'sasl' ? { type: 'sasl', body: body as SaslBody } : { ...this.frame, performative: body as Performative };
  }

  /** The same in a form of one's choice, legally or not: with octets in place of fields, another descriptor, a wrong count; without mandatory fields. */
  as(how: CompositeOctets, without: readonly (keyof CompositeFields<N>)[] = []): Uint8Array {
    const kept = Object.fromEntries(Object.entries(this.fields).filter(([key]) => !(without as readonly string[]).includes(key)));
    const body = compositeAs(this.name, kept as never, how);
    return frameOf(joined(body, this.payload), { channel: this.channel, type: this.frame.type === 'sasl' ? 1 : 0 });
  }

  /** Mandatory fields are null. */
  lacking(...fields: readonly (keyof CompositeFields<N>)[]): Uint8Array {
    return this.as({}, fields);
  }

  /** With other octets behind the performative. */
  carrying(payload: Uint8Array): Frame {
    return this.frame.type === 'sasl' ? this.frame : { ...this.frame, payload };
  }

  /** Sent to another channel. */
  on(channel: number): Rewritten10 {
    return { send: [this.frame.type === 'sasl' ? this.frame : { ...this.frame, channel }] };
  }

  /** Never arrives. */
  swallowed(): Rewritten10 {
    return {};
  }

  /** Never arrives; its sender gets these answers at once. */
  answered(...replies: readonly (Body | Piece10)[]): Rewritten10 {
    return { back: replies.map(reply => piece10(reply, this.channel)) };
  }

  /** Something else arrives in its place, on its channel unless it says otherwise. */
  replaced(...others: readonly (Body | Piece10)[]): Rewritten10 {
    return { send: others.map(one => piece10(one, this.channel)) };
  }

  /** Arrives twice. */
  twice(): Rewritten10 {
    return { send: [this.frame, this.frame] };
  }

  precededBy(...others: readonly (Body | Piece10)[]): Rewritten10 {
    return { send: [...others.map(one => piece10(one, this.channel)), this.frame] };
  }

  followedBy(...others: readonly (Body | Piece10)[]): Rewritten10 {
    return { send: [this.frame, ...others.map(one => piece10(one, this.channel))] };
  }

  late(delayMs: number): Rewritten10 {
    return { send: [this.frame], delayMs };
  }

  /** The stream is cut instead. */
  cut(how: 'end' | 'reset' = 'reset'): Rewritten10 {
    return { finish: how };
  }
}

const nothing = new Uint8Array(0);

/** A performative as a frame on `channel`, a SASL body as one of its own; anything else as it is. */
export function piece10(item: Body | Piece10, channel: number): Piece10 {
  if (item instanceof Uint8Array || item.type === 'amqp' || item.type === 'sasl') return item;
  return item.type.startsWith('sasl-')
    ? { type: 'sasl', body: item as SaslBody }
    : { type: 'amqp', channel, performative: item as Performative, payload: nothing };
}

function rewriteOf(change: Change10, channel: number): Rewrite10 {
  if (change === false) return 'pass';
  return change instanceof Uint8Array || 'type' in change ? { send: [piece10(change, channel)] } : change;
}

/** A seam whose filter is `filter`; use `start` by hand where it must remember. */
export function frames10(filter: Filter10): FrameSeam10 {
  return { kind: 'frames10', start: () => filter };
}

/** Gives each connection a seam of its own, so that closures may remember. */
export function remembering10(make: () => FrameSeam10): FrameSeam10 {
  return { kind: 'frames10', start: () => make().start() };
}

/** Several seams at once: the first that rewrites wins, then the first that holds. */
export function either10(...seams: readonly FrameSeam10[]): FrameSeam10 {
  return {
    kind: 'frames10',
    start: () => {
      const filters = seams.map(seam => seam.start());
      return (passing, conversation) => {
        const wanted = filters.map(filter => filter(passing, conversation));
        return wanted.find(one => typeof one === 'object') ?? (wanted.includes('hold') ? 'hold' : 'pass');
      };
    },
  };
}

/** Strikes from the second time on: the first passes as it is, and with it whatever has to come through before a check can begin. */
export function later10(seam: FrameSeam10): FrameSeam10 {
  return {
    kind: 'frames10',
    start: () => {
      const filter = seam.start();
      let struck = false;
      return (passing, conversation) => {
        const wanted = filter(passing, conversation);
        if (struck || typeof wanted !== 'object') return wanted;
        struck = true;
        return 'pass';
      };
    },
  };
}

/** What is in a frame; undefined for an empty one, and for what is no frame. */
export function bodyOf(passing: Passing10): Body | undefined {
  if (passing.what !== 'frame') return undefined;
  return passing.frame.type === 'sasl' ? passing.frame.body : passing.frame.performative;
}

/** Whether the server takes it at all: what comes on a session or a link that it has ended, or on a connection that it has closed, is another matter. */
function isHeard(channel: number, body: Body, at: Conversation10): boolean {
  if (at.closed['to-client'] && body.type !== 'close') return false;
  if (body.type === 'open' || body.type === 'begin' || body.type === 'close' || body.type.startsWith('sasl-')) return true;
  const session = at.session('to-server', channel);
  if (session === undefined || session.ended['to-client']) return false;
  if (body.type === 'attach' || !('handle' in body) || body.handle === undefined) return true;
  return at.link('to-server', channel, body.handle)?.detached['to-client'] === false;
}

type Names<N extends BodyName> = N | readonly N[];

function bodies<N extends BodyName>(direction: Direction, names: Names<N>, change: (draft: Draft10<N>, at: Conversation10) => Change10): FrameSeam10 {
  const wanted = new Set<string>(typeof names === 'string' ? [names] : names);
  return frames10((passing, conversation) => {
    if (passing.direction !== direction || passing.what !== 'frame') return 'pass';
    const body = bodyOf(passing);
    if (body === undefined || !wanted.has(body.type)) return 'pass';
    const { channel, frame } = passing;
    if (direction === 'to-server' && !isHeard(channel, body, conversation)) return 'pass';
    return rewriteOf(change(new Draft10<N>(direction, channel, body, frame), conversation), channel);
  });
}

/** What the client says reaches the server changed. */
export function request10<N extends BodyName>(names: Names<N>, change: (draft: Draft10<N>, at: Conversation10) => Change10): FrameSeam10 {
  return bodies('to-server', names, change);
}

/** What the server says reaches the client changed. */
export function answer10<N extends BodyName>(names: Names<N>, change: (draft: Draft10<N>, at: Conversation10) => Change10): FrameSeam10 {
  return bodies('to-client', names, change);
}

/** Anything in one direction that is in no frame, or in a broken one, or in one of any kind. */
export function passing10<W extends Passing10['what']>(
  direction: Direction,
  what: W,
  change: (passing: Extract<Passing10, { what: W }>, at: Conversation10) => Rewritten10 | false,
): FrameSeam10 {
  return frames10((seen, conversation) => {
    if (seen.direction !== direction || seen.what !== what) return 'pass';
    return change(seen as Extract<Passing10, { what: W }>, conversation) || 'pass';
  });
}

/** The link that a draft is of, where its handle names one. */
export function linkOf(
  { direction, channel, fields }: Pick<Draft10, 'direction' | 'channel'> & { readonly fields: unknown },
  at: Conversation10,
): LinkSeen | undefined {
  const { handle } = fields as { readonly handle?: number };
  return handle === undefined ? undefined : at.link(direction, channel, handle);
}
