import { classes, type Method } from '../../spec/amqp091/classes.ts';
import { frameEnd, frameTypes } from '../../spec/amqp091/constants.ts';
import { tagDialects } from '../../spec/amqp091/domains.ts';
import { readLong } from './cursor.ts';
import { encodeMethodWith } from './method.ts';
import { Octets } from './octets.ts';
import { encodeRawFrame, frameHead } from './raw-frame.ts';

/*
 * Well-named ways to be wrong. Whatever takes a frame takes the octets of one legal frame and answers changed octets of its own;
 * what a receiver makes of them is for the rule to say.
 */

/** The frame with another octet where CE should stand. */
export function wrongFrameEnd(frame: Uint8Array, octet = 0x00): Uint8Array {
  return replaced(frame, frame.length - 1, octet);
}

/** A frame of any type, known or not, on any channel. */
export function frameOfType(type: number, channel: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeRawFrame(type, channel, payload);
}

/** The frame with another size in its head than its payload has. */
export function declaredSize(frame: Uint8Array, size: number): Uint8Array {
  const changed = Uint8Array.from(frame);
  new DataView(changed.buffer).setUint32(3, size);
  return changed;
}

/** The frame on another channel. */
export function onChannel(frame: Uint8Array, channel: number): Uint8Array {
  return replaced(frame, 1, channel >> 8, channel & 0xff);
}

/** Only the first octets of the frame: `size` of them or, where negative, all but so many. */
export function truncated(frame: Uint8Array, size: number): Uint8Array {
  return frame.slice(0, size);
}

/** A well-formed frame with only the first octets of its payload: `size` of them or, where negative, all but so many. */
export function truncatedPayload(frame: Uint8Array, size: number): Uint8Array {
  return encodeRawFrame(typeOf(frame), channelOf(frame), payloadOf(frame).subarray(0, size));
}

/** A well-formed frame with octets behind the end of its payload. */
export function trailing(frame: Uint8Array, extra: Uint8Array = Uint8Array.of(0)): Uint8Array {
  return encodeRawFrame(typeOf(frame), channelOf(frame), joined(payloadOf(frame), extra));
}

/** A method frame of any class and method, with any octets for arguments. */
export function unknownMethod(channel: number, classId: number, methodId: number, args: Uint8Array = new Uint8Array(0)): Uint8Array {
  const octets = new Octets();
  octets.short(classId);
  octets.short(methodId);
  octets.raw(args);
  return encodeRawFrame(frameTypes.method, channel, octets.done());
}

/**
 * A method frame in which other octets stand in place of one argument, as of a malformed table.
 * @throws {RangeError} where the method has no argument of that name, or it is a bit.
 */
export function withArgument(channel: number, method: Method, key: string, octets: Uint8Array): Uint8Array {
  return encodeRawFrame(frameTypes.method, channel, encodeMethodWith(method, key, octets));
}

/** A short string of any octets, zero and broken UTF-8 included, with its true length or another. */
export function shortString(octets: Uint8Array, length = octets.length): Uint8Array {
  return joined(Uint8Array.of(length), octets);
}

/** A field table of any octets, with its true length or another. */
export function tableOf(pairs: Uint8Array, length = pairs.length): Uint8Array {
  const octets = new Octets();
  octets.long(length);
  octets.raw(pairs);
  return octets.done();
}

/** One name-value pair with any octet for a tag and any octets for a value. */
export function pair(name: string, tag: number | string, value: Uint8Array = new Uint8Array(0)): Uint8Array {
  const octets = new Octets();
  octets.shortstr(name);
  octets.octet(typeof tag === 'string' ? tag.charCodeAt(0) : tag);
  octets.raw(value);
  return octets.done();
}

/** A field table with tables in tables, `depth` deep, each under the same name. */
export function nestedTables(depth: number, name = 'n'): Uint8Array {
  const head = pair(name, tagDialects.errata.table);
  const octets = new Octets();
  for (let level = 1; level < depth; level += 1) {
    octets.long((depth - level) * (head.length + 4));
    octets.raw(head);
  }
  octets.long(0);
  return octets.done();
}

/** A content header frame with any flags and any octets for a property list. */
export function contentHeaderOf(
  channel: number,
  { classId = classes.basic.id, weight = 0, bodySize = 0n, flags = [0], list = new Uint8Array(0) }: ContentHeaderOctets,
): Uint8Array {
  const octets = new Octets();
  octets.short(classId);
  octets.short(weight);
  octets.longlong(bodySize);
  for (const word of flags) octets.short(word);
  octets.raw(list);
  return encodeRawFrame(frameTypes.header, channel, octets.done());
}

/** The parts of a content header; what is left out is legal and empty. */
export interface ContentHeaderOctets {
  readonly classId?: number;
  readonly weight?: number;
  readonly bodySize?: bigint;
  /** One word, or several where the low bit of each but the last says so. */
  readonly flags?: readonly number[];
  readonly list?: Uint8Array;
}

/** A heartbeat as section 4.2.1 prints it: type, one octet of channel, one of nothing and the frame-end, without a size. */
export const grammarHeartbeat: Uint8Array = Uint8Array.of(frameTypes.heartbeat, 0, 0, frameEnd);

/** The same octets, one behind the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const octets = new Octets(parts.reduce((size, part) => size + part.length, 0));
  for (const part of parts) octets.raw(part);
  return octets.done();
}

function replaced(frame: Uint8Array, at: number, ...octets: readonly number[]): Uint8Array {
  const changed = Uint8Array.from(frame);
  changed.set(octets, at);
  return changed;
}

const typeOf = (frame: Uint8Array): number => frame[0] as number;
const channelOf = (frame: Uint8Array): number => ((frame[1] as number) << 8) | (frame[2] as number);
const payloadOf = (frame: Uint8Array): Uint8Array => frame.subarray(frameHead, frameHead + readLong(frame, 3));
