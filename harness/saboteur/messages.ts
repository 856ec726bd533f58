import type { BasicProperties, ContentMethodName, Method, MethodArguments } from '../spec/amqp091/classes.ts';
import { frameOverhead } from '../spec/amqp091/constants.ts';
import { type ContentHeader, contentHeader, type Frame } from '../wire/amqp091/codec.ts';
import { joined } from '../wire/amqp091/craft.ts';
import type { Conversation, Filter, FrameSeam, Piece, Rewrite, Rewritten } from './fault.ts';
import type { Direction } from './passing.ts';

/** A whole message under way: method, properties and body. */
export class Message<N extends ContentMethodName = ContentMethodName> {
  readonly channel: number;
  readonly method: Method;
  readonly args: MethodArguments<N>;
  readonly header: ContentHeader;
  /** The body, in the pieces in which it came. */
  readonly parts: readonly Uint8Array[];
  readonly #frameMax: number;
  #body: Uint8Array | undefined;

  constructor(channel: number, method: Method, header: ContentHeader, parts: readonly Uint8Array[], frameMax: number) {
    this.channel = channel;
    this.method = method;
    this.args = method.args as MethodArguments<N>;
    this.header = header;
    this.parts = parts;
    this.#frameMax = frameMax;
  }

  get body(): Uint8Array {
    this.#body ??= joined(...this.parts);
    return this.#body;
  }

  get properties(): BasicProperties {
    return this.header.properties;
  }

  with(changes: { readonly args?: Partial<MethodArguments<N>>; readonly properties?: BasicProperties; readonly body?: Uint8Array }): Message<N> {
    const method = { name: this.method.name, args: { ...this.args, ...changes.args } } as Method;
    const body = changes.body ?? this.body;
    const header = contentHeader({ properties: changes.properties ?? this.properties, bodySize: BigInt(body.length) });
    return new Message<N>(this.channel, method, header, [body], this.#frameMax);
  }

  /** Its frames, the body cut to the agreed frame-max. */
  frames(): Piece[] {
    const { channel, header, body } = this;
    const most = this.#frameMax - frameOverhead;
    const pieces: Piece[] = [
      { type: 'method', channel, method: this.method },
      { type: 'header', channel, header },
    ];
    for (let at = 0; at < body.length; at += most) pieces.push({ type: 'body', channel, payload: body.subarray(at, at + most) });
    return pieces;
  }
}

/** `false`: as it was. A list: these, in order, instead. */
export type MessageChange = Message | readonly Message[] | Rewritten | false;

interface Held {
  readonly method: Method;
  readonly header?: ContentHeader;
  readonly body: readonly Uint8Array[];
  readonly left: bigint;
}

type ChangeMessage<N extends ContentMethodName> = (message: Message<N>, at: Conversation) => MessageChange;

/** Holds each message of this kind back until it is whole, and lets `change` decide. What breaks off in the middle goes on as it came. */
function messages<N extends ContentMethodName>(direction: Direction, name: N, change: ChangeMessage<N>): FrameSeam {
  return { kind: 'frames', start: () => messageFilter(direction, name, change) };
}

function messageFilter<N extends ContentMethodName>(direction: Direction, name: N, change: ChangeMessage<N>): Filter {
  const held = new Map<number, Held>();
  return (passing, conversation) => {
    if (passing.direction !== direction || (passing.what === 'frame' && passing.frame.type === 'heartbeat')) return 'pass';
    const next = step(held.get(passing.channel), passing.what === 'frame' ? passing.frame : undefined, name);
    held.delete(passing.channel);
    if (next === undefined) return 'pass';
    if (next.left > 0n || next.header === undefined) {
      held.set(passing.channel, next);
      return 'hold';
    }
    return rewriteOf(change(new Message<N>(passing.channel, next.method, next.header, next.body, conversation.frameMax), conversation));
  };
}

/** The held message with this frame added, or undefined where the frame does not continue one. */
function step(held: Held | undefined, frame: Frame | undefined, name: ContentMethodName): Held | undefined {
  if (frame?.type === 'method') return frame.method.name === name ? { method: frame.method, body: [], left: 0n } : undefined;
  if (held === undefined || frame === undefined) return undefined;
  if (frame.type === 'header' && held.header === undefined) return { ...held, header: frame.header, left: frame.header.bodySize };
  if (frame.type !== 'body' || held.header === undefined) return undefined;
  return { ...held, body: [...held.body, frame.payload], left: held.left - BigInt(frame.payload.length) };
}

function rewriteOf(change: MessageChange): Rewrite {
  if (change === false) return 'pass';
  if (change instanceof Message) return { send: change.frames() };
  return isList(change) ? { send: change.flatMap(message => message.frames()) } : change;
}

function isList(change: readonly Message[] | Rewritten): change is readonly Message[] {
  return Array.isArray(change);
}

/** What a client publishes reaches the server changed. */
export function published(change: (message: Message<'basic.publish'>, at: Conversation) => MessageChange): FrameSeam {
  return messages('to-server', 'basic.publish', change);
}

/** What the server delivers or returns reaches the client changed. */
export function delivered<N extends 'basic.deliver' | 'basic.get-ok' | 'basic.return'>(
  name: N,
  change: (message: Message<N>, at: Conversation) => MessageChange,
): FrameSeam {
  return messages('to-client', name, change);
}
