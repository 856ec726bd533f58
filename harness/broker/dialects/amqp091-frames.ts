import { type ContentMethodName, classes, type Method } from '../../spec/amqp091/classes.ts';
import { frameEnd, frameOverhead, frameTypes } from '../../spec/amqp091/constants.ts';
import { encodeMethodFrame } from '../../wire/amqp091/method.ts';
import { frameHead } from '../../wire/amqp091/raw-frame.ts';
import { shortstrMax, writeShortstr } from '../../wire/amqp091/short-string.ts';
import { Slab } from '../../wire/slab.ts';
import type { Message } from '../message.ts';
import type { EffectOf } from '../vocabulary.ts';

/** Largest body that is copied in between its frames; a larger one is sent from where it lies. */
const copyMax = 1 << 14;

/** Size of the frames that a body is cut to where no frame-max was agreed. */
const unlimitedFrameSize = 1 << 17;

const slab = new Slab();

/** A message in the frames of one delivery: method, its header as it came, its body cut to the frame size. `frameMax` in octets, 0 for no limit. */
export function contentFrames(channel: number, method: Method<ContentMethodName>, message: Message, frameMax: number): Uint8Array[] {
  const first = encodeMethodFrame(channel, method);
  const room = roomOf(frameMax);
  if (message.size > copyMax) return inPieces(channel, first, message, room);
  const at = slab.reserve(first.length + contentSize(message, room));
  slab.bytes.set(first, at);
  return [slab.cut(contentInto(slab.bytes, at + first.length, channel, message, room))];
}

/** The same of basic.deliver, by far the most frequent, written octet by octet. */
export function deliveryFrames(delivery: EffectOf<'deliver'>, frameMax: number): Uint8Array[] {
  const { channel, message } = delivery;
  const room = roomOf(frameMax);
  if (message.size > copyMax) {
    const at = slab.reserve(deliverMax);
    return inPieces(channel, slab.cut(deliverInto(slab.bytes, at, delivery)), message, room);
  }
  const at = slab.reserve(deliverMax + contentSize(message, room));
  return [slab.cut(contentInto(slab.bytes, deliverInto(slab.bytes, at, delivery), channel, message, room))];
}

function roomOf(frameMax: number): number {
  return (frameMax || unlimitedFrameSize) - frameOverhead;
}

const basicId = classes.basic.id;
const deliverId = classes.basic.methods.deliver.id;
/** Most octets of a frame of basic.deliver: its numbers, three short strings, the delivery tag and one octet of bits. */
const deliverMax = frameOverhead + 4 + 3 * (1 + shortstrMax) + 8 + 1;

function deliverInto(octets: Uint8Array, start: number, { channel, consumerTag, deliveryTag, redelivered, message }: EffectOf<'deliver'>): number {
  let at = start + frameHead;
  octets[at] = 0;
  octets[at + 1] = basicId;
  octets[at + 2] = 0;
  octets[at + 3] = deliverId;
  at = writeShortstr(octets, at + 4, consumerTag);
  longInto(octets, at, Math.floor(deliveryTag / 0x1_0000_0000));
  longInto(octets, at + 4, deliveryTag);
  octets[at + 8] = redelivered ? 1 : 0;
  at = writeShortstr(octets, at + 9, message.exchange);
  at = writeShortstr(octets, at, message.routingKey);
  headInto(octets, start, frameTypes.method, channel, at - start - frameHead);
  octets[at] = frameEnd;
  return at + 1;
}

/** Octets of header and body with all that frames add to them. */
function contentSize({ header, body }: Message, room: number): number {
  let size = header.length + frameOverhead;
  for (const part of body) size += part.length + frameOverhead * Math.ceil(part.length / room);
  return size;
}

function contentInto(octets: Uint8Array, start: number, channel: number, { header, body }: Message, room: number): number {
  let at = frameInto(octets, start, frameTypes.header, channel, header);
  for (const part of body) {
    if (part.length <= room) at = frameInto(octets, at, frameTypes.body, channel, part);
    else for (let from = 0; from < part.length; from += room) at = frameInto(octets, at, frameTypes.body, channel, part.subarray(from, from + room));
  }
  return at;
}

/** Up to so many octets are copied one by one: that is quicker than to have them copied. */
const fewOctets = 32;

function frameInto(octets: Uint8Array, start: number, type: number, channel: number, payload: Uint8Array): number {
  const at = headInto(octets, start, type, channel, payload.length);
  const { length } = payload;
  if (length > fewOctets) octets.set(payload, at);
  else for (let index = 0; index < length; index += 1) octets[at + index] = payload[index] as number;
  octets[at + length] = frameEnd;
  return at + length + 1;
}

function headInto(octets: Uint8Array, at: number, type: number, channel: number, size: number): number {
  octets[at] = type;
  octets[at + 1] = channel >>> 8;
  octets[at + 2] = channel;
  longInto(octets, at + 3, size);
  return at + frameHead;
}

function longInto(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 24;
  octets[at + 1] = value >>> 16;
  octets[at + 2] = value >>> 8;
  octets[at + 3] = value;
}

/** Between two parts of the body stand the end of one frame and the head of the next. */
function inPieces(channel: number, first: Uint8Array, { header, body }: Message, room: number): Uint8Array[] {
  const opening = Buffer.allocUnsafe(first.length + header.length + 2 * frameOverhead - 1);
  opening.set(first);
  let between: Buffer = opening;
  let at = frameInto(opening, first.length, frameTypes.header, channel, header);
  const pieces: Uint8Array[] = [];
  for (const part of body) {
    for (let from = 0; from < part.length; from += room) {
      const payload = part.subarray(from, from + room);
      headInto(between, at, frameTypes.body, channel, payload.length);
      pieces.push(between, payload);
      between = Buffer.allocUnsafe(frameOverhead);
      between[0] = frameEnd;
      at = 1;
    }
  }
  pieces.push(between.subarray(0, at));
  return pieces;
}
