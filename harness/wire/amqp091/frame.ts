import type { Method } from '../../spec/amqp091/classes.ts';
import { frameTypes } from '../../spec/amqp091/constants.ts';
import { type Decoded, isViolation, shifted, type Violation } from '../decoded.ts';
import { type ContentHeader, contentHeaderAt } from './content.ts';
import type { TagOptions } from './field-table.ts';
import { encodeMethodFrame, methodAt } from './method.ts';
import { CutFrame, checkType, decodeRawFrame, encodeRawFrame, type FrameOptions, frameHead, type RawFrame } from './raw-frame.ts';
import { wireRules } from './wire-rules.ts';

/** One frame, decoded. Payloads are views on the octets they came in. */
export type Frame =
  | { readonly type: 'method'; readonly channel: number; readonly method: Method }
  | { readonly type: 'header'; readonly channel: number; readonly header: ContentHeader }
  | { readonly type: 'body'; readonly channel: number; readonly payload: Uint8Array }
  | { readonly type: 'heartbeat'; readonly channel: number };

/**
 * Reads one frame. Offsets, `end` included, count from the start of `bytes`.
 * @example decodeFrame(Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0xce)) // a heartbeat, end: 8
 */
export function decodeFrame(bytes: Uint8Array, options: FrameOptions = {}): Decoded<Frame> {
  const raw = decodeRawFrame(bytes, options);
  if (raw.kind !== 'value') return raw;
  const frame = decodePayload(raw.value, options);
  return 'kind' in frame ? frame : { kind: 'value', value: frame, end: raw.end };
}

/** Reads the payload of a frame that was cut out. The offset of a violation is that in the stream. */
export function decodePayload(raw: RawFrame, { tags = 'errata' }: TagOptions = {}): Frame | Violation {
  const { bytes, start, end } = raw instanceof CutFrame ? raw : { bytes: raw.payload, start: 0, end: raw.payload.length };
  const { type, channel, offset } = raw;
  switch (type) {
    case frameTypes.method: {
      const method = methodAt(bytes, start, end, tags);
      return isViolation(method) ? shifted(method, offset + frameHead - start) : { type: 'method', channel, method };
    }
    case frameTypes.header: {
      const header = contentHeaderAt(bytes, start, end, tags);
      return isViolation(header) ? shifted(header, offset + frameHead - start) : { type: 'header', channel, header };
    }
    case frameTypes.body:
      return { type: 'body', channel, payload: raw.payload };
    case frameTypes.heartbeat:
      return start === end ? { type: 'heartbeat', channel } : heartbeatPayload(raw);
    default:
      return checkType(type, offset) ?? heartbeatPayload(raw);
  }
}

function heartbeatPayload({ payload, offset }: RawFrame): Violation {
  return { kind: 'violation', rule: wireRules.heartbeatPayload, offset: offset + frameHead, detail: `a heartbeat with ${payload.length} octets of payload` };
}

const nothing = new Uint8Array(0);

/**
 * A frame as octets. A header is sent as its `raw` octets are.
 * @throws {RangeError} where a value does not fit its type.
 */
export function encodeFrame(frame: Frame, options: TagOptions = {}): Uint8Array {
  switch (frame.type) {
    case 'method':
      return encodeMethodFrame(frame.channel, frame.method, options);
    case 'header':
      return encodeRawFrame(frameTypes.header, frame.channel, frame.header.raw);
    case 'body':
      return encodeRawFrame(frameTypes.body, frame.channel, frame.payload);
    case 'heartbeat':
      return encodeRawFrame(frameTypes.heartbeat, frame.channel, nothing);
  }
}
