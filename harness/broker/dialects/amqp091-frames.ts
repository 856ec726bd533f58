import { type ContentMethodName, classes, type Method } from '../../spec/amqp091/classes.ts';
import { frameEnd, frameOverhead, frameTypes } from '../../spec/amqp091/constants.ts';
import { encodeMethodFrame } from '../../wire/amqp091/method.ts';
import { frameHead } from '../../wire/amqp091/raw-frame.ts';
import { shortstrMax, writeShortstr } from '../../wire/amqp091/short-string.ts';
import { Slab } from '../../wire/slab.ts';
import type { Message } from '../message.ts';
import type { EffectOf } from '../vocabulary.ts';

/** Largest body that is copied in between its frames; a larger one is sent from where it lies. */
const copyMax = 1 << 12;

/** Size of the frames that a body is cut to where no frame-max was agreed. */
const unlimitedFrameSize = 1 << 17;

const slab = new Slab();

/** A message in the frames of one delivery: method, its header as it came, its body cut to the frame size. `frameMax` in octets, 0 for no limit. */
export function contentFrames(channel: number, method: Method<ContentMethodName>, message: Message, frameMax: number): Uint8Array[] {
  const first = encodeMethodFrame(channel, method);
  const room = roomOf(frameMax);
  const at = slab.reserve(first.length + sizeAtOnce(message, room));
  slab.bytes.set(first, at);
  return framesBehind(at + first.length, channel, message, room);
}

/** The same of basic.deliver, by far the most frequent, written octet by octet. */
export function deliveryFrames(delivery: EffectOf<'deliver'>, frameMax: number): Uint8Array[] {
  const { channel, message } = delivery;
  const room = roomOf(frameMax);
  const at = slab.reserve(deliverMax + sizeAtOnce(message, room));
  return framesBehind(deliverInto(slab.bytes, at, delivery), channel, message, room);
}

/** Header and body behind a method that ends at `at`. */
function framesBehind(at: number, channel: number, message: Message, room: number): Uint8Array[] {
  return message.size > copyMax ? inPieces(at, channel, message, room) : [slab.cut(contentInto(slab.bytes, at, channel, message, room))];
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

/** Octets of what is written into one piece behind the method: header and body, or the header and the head of the first body frame. */
function sizeAtOnce({ header, body, size: bodySize }: Message, room: number): number {
  let size = header.length + 2 * frameOverhead;
  if (bodySize > copyMax) return size;
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

/**
 * Between two parts of the body stand the end of one frame and the head of the next. The end of the last lies beside the beginning of the message that is
 * written next.
 */
function inPieces(opening: number, channel: number, { header, body }: Message, room: number): Uint8Array[] {
  let at = frameInto(slab.bytes, opening, frameTypes.header, channel, header);
  const pieces: Uint8Array[] = [];
  for (const part of body) {
    for (let from = 0; from < part.length; from += room) {
      const payload = part.length <= room ? part : part.subarray(from, from + room);
      pieces.push(slab.cut(headInto(slab.bytes, at, frameTypes.body, channel, payload.length)), payload);
      at = slab.reserve(frameOverhead);
      slab.bytes[at] = frameEnd;
      at += 1;
    }
  }
  pieces.push(slab.cut(at));
  return pieces;
}
