import type { AmqpTransfer, CompositeFields, Message, MessageDraft, SectionName } from '../wire/amqp10/codec.ts';
import { decodeMessage, encodeMessage, isViolation, transferFrames } from '../wire/amqp10/codec.ts';
import { joined } from '../wire/amqp10/craft.ts';
import type { Conversation10, Filter10, FrameSeam10, Passing10, Rewrite10, Rewritten10 } from './fault10.ts';
import type { Direction } from './passing.ts';

/** A whole delivery under way: what its first transfer says, and its message. */
export class Message10 {
  readonly channel: number;
  readonly transfer: AmqpTransfer;
  readonly payload: Uint8Array;
  /** In how many transfers it came. */
  readonly transfers: number;
  readonly #frameMax: number;

  constructor(channel: number, transfer: AmqpTransfer, payload: Uint8Array, transfers: number, frameMax: number) {
    this.channel = channel;
    this.transfer = transfer;
    this.payload = payload;
    this.transfers = transfers;
    this.#frameMax = frameMax;
  }

  /** Its sections as values; undefined where it is no message. */
  get decoded(): Message | undefined {
    const message = decodeMessage(this.payload);
    return isViolation(message) ? undefined : message;
  }

  /** The octets of its sections in order; none where they cannot be told apart. */
  get sections(): readonly { readonly name: SectionName; readonly octets: Uint8Array }[] {
    const message = decodeMessage(this.payload);
    return isViolation(message) ? [] : message.places.map(({ name, start, end }) => ({ name, octets: this.payload.subarray(start, end) }));
  }

  /** The octets of the first section of that name. */
  section(name: SectionName): Uint8Array | undefined {
    return this.sections.find(each => each.name === name)?.octets;
  }

  /** The fields of its header or its properties; none where it has no such section. */
  fieldsOf<N extends 'header' | 'properties'>(name: N): Partial<CompositeFields<N>> {
    const message = decodeMessage(this.payload);
    const found = isViolation(message) ? undefined : message[name];
    return (found ?? {}) as unknown as Partial<CompositeFields<N>>;
  }

  /** Its first transfer says something else. */
  with(changes: Partial<CompositeFields<'transfer'>>): Message10 {
    return new Message10(this.channel, { ...this.transfer, ...changes }, this.payload, this.transfers, this.#frameMax);
  }

  carrying(payload: Uint8Array): Message10 {
    return new Message10(this.channel, this.transfer, payload, this.transfers, this.#frameMax);
  }

  /** With other octets for some sections: what `change` answers in place of each, and nothing where it answers undefined. */
  resectioned(change: (name: SectionName, octets: Uint8Array) => Uint8Array | undefined): Message10 {
    return this.carrying(joined(...this.sections.map(({ name, octets }) => change(name, octets) ?? new Uint8Array(0))));
  }

  /** With this header, or these properties, in place of its own, where the section stands. */
  refielded<N extends 'header' | 'properties'>(name: N, fields: CompositeFields<N>): Message10 {
    const octets = encodeMessage({ [name]: fields } as MessageDraft);
    const rest = this.sections.filter(each => each.name !== name);
    const at = name === 'header' ? 0 : rest.findIndex(each => !inFront.has(each.name));
    const before = rest.slice(0, at < 0 ? rest.length : at);
    const behind = rest.slice(before.length);
    return this.carrying(joined(...before.map(each => each.octets), octets, ...behind.map(each => each.octets)));
  }

  /** Its frames, cut to what the receiver takes. */
  frames(): Uint8Array[] {
    return transferFrames(this.channel, this.transfer, this.payload, this.#frameMax);
  }
}

const inFront: ReadonlySet<SectionName> = new Set(['header', 'delivery-annotations', 'message-annotations']);

/** `false`: as it was. A list: these, in order, instead. */
export type MessageChange10 = Message10 | readonly Message10[] | Rewritten10 | false;
export type ChangeMessage10 = (message: Message10, at: Conversation10) => MessageChange10;

interface Held {
  readonly first: AmqpTransfer;
  readonly parts: readonly Uint8Array[];
}

/** Holds each delivery back until it is whole, and lets `change` decide. One that others interrupt, or that is aborted, goes on as it came. */
function messages(direction: Direction, change: ChangeMessage10): FrameSeam10 {
  return { kind: 'frames10', start: () => messageFilter(direction, change) };
}

function messageFilter(direction: Direction, change: ChangeMessage10): Filter10 {
  const held = new Map<number, Held>();
  return (passing, conversation) => {
    const { channel } = passing;
    if (passing.direction !== direction || isEmpty(passing)) return 'pass';
    const before = held.get(channel);
    held.delete(channel);
    const transfer = transferOf(passing, conversation, before);
    if (transfer === undefined) return 'pass';
    const next = { first: before?.first ?? transfer, parts: [...(before?.parts ?? []), payloadOf(passing)] };
    if (transfer.more === true) {
      held.set(channel, next);
      return 'hold';
    }
    const { more: _more, ...first } = next.first;
    const frameMax = Math.min(conversation.frameMax[direction], 0x7fffffff);
    const settled = transfer.settled ?? first.settled;
    const whole = { ...first, ...(settled !== undefined && { settled }) };
    return rewriteOf(change(new Message10(channel, whole, joined(...next.parts), next.parts.length, frameMax), conversation));
  };
}

function isEmpty(passing: Passing10): boolean {
  return passing.what === 'frame' && passing.frame.type === 'amqp' && passing.frame.performative === undefined;
}

/** The transfer that begins a delivery, or goes on with the one that is held. */
function transferOf(passing: Passing10, at: Conversation10, before: Held | undefined): AmqpTransfer | undefined {
  if (passing.what !== 'frame' || passing.frame.type !== 'amqp' || passing.frame.performative?.type !== 'transfer') return undefined;
  const { performative } = passing.frame;
  if (performative.aborted === true) return undefined;
  if (before !== undefined) return before.first.handle === performative.handle ? performative : undefined;
  return at.link(passing.direction, passing.channel, performative.handle)?.underWay === undefined ? performative : undefined;
}

function payloadOf(passing: Passing10): Uint8Array {
  return passing.what === 'frame' && passing.frame.type === 'amqp' ? passing.frame.payload : new Uint8Array(0);
}

function rewriteOf(change: MessageChange10): Rewrite10 {
  if (change === false) return 'pass';
  if (change instanceof Message10) return { send: change.frames() };
  return isList(change) ? { send: change.flatMap(message => message.frames()) } : change;
}

function isList(change: readonly Message10[] | Rewritten10): change is readonly Message10[] {
  return Array.isArray(change);
}

/** What a client publishes reaches the server changed. */
export function published10(change: ChangeMessage10): FrameSeam10 {
  return messages('to-server', change);
}

/** What the server delivers reaches the client changed. */
export function delivered10(change: ChangeMessage10): FrameSeam10 {
  return messages('to-client', change);
}
