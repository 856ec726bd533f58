import type { ProbeChannel } from '../../harness/probe/peer.ts';
import { frameTypes } from '../../harness/spec/amqp091/constants.ts';
import {
  type ContentHeaderDraft,
  contentHeader,
  encodeMethodFrame,
  encodeRawFrame,
  type Method,
  type MethodArguments,
  type MethodName,
  method,
} from '../../harness/wire/amqp091/codec.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';

/** Frames written by hand, for checks whose matter is the frames themselves. */

export const methodFrame = <N extends MethodName>(channel: number, name: N, args: Partial<MethodArguments<N>> = {}): Uint8Array =>
  encodeMethodFrame(channel, method(name, args) as Method);

/** basic.publish to the default exchange, without its content. */
export const publishFrame = (channel: number, routingKey: string): Uint8Array => methodFrame(channel, 'basic.publish', { routingKey });

export const headerFrame = (channel: number, draft: ContentHeaderDraft): Uint8Array => encodeRawFrame(frameTypes.header, channel, contentHeader(draft).raw);

export const bodyFrame = (channel: number, payload: Uint8Array): Uint8Array => encodeRawFrame(frameTypes.body, channel, payload);

export const heartbeatFrame = (channel = 0, payload: Uint8Array = new Uint8Array()): Uint8Array => encodeRawFrame(frameTypes.heartbeat, channel, payload);

export const octets = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, letter => letter.charCodeAt(0));

/** Octets of a body that tell their own place, so that a lost or doubled one is seen. */
export function pattern(size: number): Uint8Array {
  const octets = new Uint8Array(size);
  for (let at = 0; at < size; at += 1) octets[at] = (at * 31 + (at >> 8)) & 0xff;
  return octets;
}

export const same = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;

/** Sends frames by hand on this channel's connection. */
export const sendFrames = (channel: ProbeChannel, ...frames: readonly Uint8Array[]): void => channel.connection.sendBytes(joined(...frames));
