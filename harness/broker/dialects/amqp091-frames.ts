import type { ContentMethodName, Method } from '../../spec/amqp091/classes.ts';
import { frameEnd, frameOverhead, frameTypes } from '../../spec/amqp091/constants.ts';
import { encodeMethodFrame } from '../../wire/amqp091/method.ts';
import type { Message } from '../message.ts';

/** Largest body that is copied in between its frames; a larger one is sent from where it lies. */
const copyMax = 1 << 14;

/** Size of the frames that a body is cut to where no frame-max was agreed. */
const unlimitedFrameSize = 1 << 17;

/** A message in the frames of one delivery: method, its header as it came, its body cut to the frame size. `frameMax` in octets, 0 for no limit. */
export function contentFrames(channel: number, method: Method<ContentMethodName>, message: Message, frameMax: number): Uint8Array[] {
  const room = (frameMax || unlimitedFrameSize) - frameOverhead;
  const first = encodeMethodFrame(channel, method);
  return message.size <= copyMax ? [inOne(channel, first, message, room)] : inPieces(channel, first, message, room);
}

function inOne(channel: number, first: Uint8Array, { header, body }: Message, room: number): Uint8Array {
  let size = first.length + header.length + frameOverhead;
  for (const part of body) size += part.length + frameOverhead * Math.ceil(part.length / room);
  const octets = Buffer.allocUnsafe(size);
  octets.set(first);
  let at = frameInto(octets, first.length, frameTypes.header, channel, header);
  for (const part of body) {
    for (let from = 0; from < part.length; from += room) at = frameInto(octets, at, frameTypes.body, channel, part.subarray(from, from + room));
  }
  return octets;
}

function frameInto(octets: Buffer, at: number, type: number, channel: number, payload: Uint8Array): number {
  const body = headInto(octets, at, type, channel, payload.length);
  octets.set(payload, body);
  octets[body + payload.length] = frameEnd;
  return body + payload.length + 1;
}

function headInto(octets: Buffer, at: number, type: number, channel: number, size: number): number {
  octets[at] = type;
  octets.writeUInt16BE(channel, at + 1);
  octets.writeUInt32BE(size, at + 3);
  return at + frameOverhead - 1;
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
