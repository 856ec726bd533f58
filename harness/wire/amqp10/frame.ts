import { dataOffsetMin, frameHead, frameTypes } from '../../spec/amqp10/constants.ts';
import { describedCode } from '../../spec/amqp10/primitives.ts';
import type { AmqpTransfer, Composite, Performative, SaslBody } from '../../spec/amqp10/values.ts';
import { type Decoded, shifted, type Violation } from '../decoded.ts';
import { compositeByCode, readComposite, readDescriptor, writeComposite } from './composite.ts';
import { type Cursor, cursorOver } from './cursor.ts';
import { viewOf } from './octets.ts';
import { type CutFrame, decodeRawFrame, type FrameOptions } from './raw-frame.ts';
import type { WireRule } from './wire-rules.ts';
import { writer } from './writer.ts';

/** One frame, decoded. Payloads are views on the octets they came in. */
export type Frame = AmqpFrame | SaslFrame;

export interface AmqpFrame {
  readonly type: 'amqp';
  readonly channel: number;
  /** Undefined where the frame is empty, as those are that only keep a connection from being idle. */
  readonly performative: Performative | undefined;
  /** The octets behind the performative, as a view: part of a message behind a transfer, else by rights none. */
  readonly payload: Uint8Array;
}

export interface SaslFrame {
  readonly type: 'sasl';
  readonly body: SaslBody;
}

const nothing = new Uint8Array(0);

/**
 * Reads one frame. Offsets, `end` included, count from the start of `bytes`.
 * @example decodeFrame(Uint8Array.of(0, 0, 0, 8, 2, 0, 0, 0)) // an empty frame on channel 0, end: 8
 */
export function decodeFrame(bytes: Uint8Array, options: FrameOptions = {}): Decoded<Frame> {
  const raw = decodeRawFrame(bytes, options);
  if (raw.kind !== 'value') return raw;
  const frame = decodeBody(raw.value);
  return 'kind' in frame ? frame : { kind: 'value', value: frame, end: raw.end };
}

/** Reads the body of a frame that was cut out. The offset of a violation is that in the stream. */
export function decodeBody({ type, channel, bytes, bodyStart, start, end, offset }: CutFrame): Frame | Violation {
  if (type === frameTypes.amqp && bodyStart === end) return { type: 'amqp', channel, performative: undefined, payload: nothing };
  const cursor = cursorOver(bytes, bodyStart, end);
  if (type === frameTypes.sasl) return saslFrame(cursor) ?? shifted(cursor.fault as Violation, offset - start);
  const performative = readBody(cursor, 'frame', 'frameBody') as Performative | undefined;
  if (cursor.fault) return shifted(cursor.fault, offset - start);
  return { type: 'amqp', channel, performative, payload: cursor.offset === end ? nothing : viewOf(bytes, cursor.offset, end) };
}

/** A SASL frame has a body and nothing behind it; what stands where others have a channel is of no account. */
function saslFrame(cursor: Cursor): SaslFrame | undefined {
  const body = readBody(cursor, 'sasl-frame', 'saslBody') as SaslBody;
  if (cursor.at < cursor.end) cursor.fail('saslBody', cursor.at, `${cursor.end - cursor.at} octets behind ${body.type}`);
  return cursor.fault ? undefined : { type: 'sasl', body };
}

function readBody(cursor: Cursor, archetype: 'frame' | 'sasl-frame', rule: WireRule): Composite | undefined {
  const offset = cursor.at;
  if (cursor.at === cursor.end) return cursor.fail('saslEmpty', offset, 'a frame without a body');
  if (cursor.octet() !== describedCode) return cursor.fail(rule, offset, 'the body of a frame begins with no described value');
  const codec = compositeByCode(readDescriptor(cursor));
  if (cursor.fault) return undefined;
  if (codec?.provides.has(archetype)) return readComposite(cursor, codec);
  return cursor.fail(rule, offset, `${codec?.name ?? 'a descriptor that the standard does not define'} as the body of a frame`);
}

/** Writes a whole frame, but for `behind` octets of payload that follow it. */
function writeFrame(type: number, channel: number, body: Composite | undefined, payload: Uint8Array, behind: number): Uint8Array {
  writer.begin();
  writer.long(0);
  writer.octet(dataOffsetMin);
  writer.octet(type);
  writer.short(channel);
  if (body) writeComposite(writer, body);
  if (payload.length > 0) writer.raw(payload);
  writer.setLong(0, writer.length + behind);
  return writer.done();
}

/**
 * A frame as octets in their shortest form. They share their memory with other frames, so that frames encoded one behind the other lie side by side.
 * @throws {RangeError} where a value does not fit its type.
 * @example encodeFrame({ type: 'amqp', channel: 0, performative: composite('open', { containerId: 'me' }), payload: new Uint8Array(0) })
 */
export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.type === 'sasl') return writeFrame(frameTypes.sasl, 0, frame.body, nothing, 0);
  return writeFrame(frameTypes.amqp, frame.channel, frame.performative, frame.payload, 0);
}

/** A frame with a performative and nothing behind it. */
export function performativeFrame(channel: number, performative: Performative): Uint8Array {
  return writeFrame(frameTypes.amqp, channel, performative, nothing, 0);
}

/** A SASL frame. */
export function saslBodyFrame(body: SaslBody): Uint8Array {
  return writeFrame(frameTypes.sasl, 0, body, nothing, 0);
}

/** A frame without a body: all that it says is that its sender lives. */
export const emptyFrame: Uint8Array = Uint8Array.of(0, 0, 0, frameHead, dataOffsetMin, frameTypes.amqp, 0, 0);

/** Largest payload that is copied behind its transfer; a larger one is sent from where it lies. */
const copyMax = 1 << 12;

/**
 * A delivery as frames no larger than `maxFrameSize` (0 is no limit): the first is `transfer`, those behind it only say that they go on with it, and all but
 * the last have `more`. Answers pieces that are to be sent one behind the other; large payloads are not copied.
 * @throws {RangeError} where `maxFrameSize` leaves no room for a payload, or a value does not fit its type.
 */
export function transferFrames(channel: number, transfer: AmqpTransfer, payload: Uint8Array, maxFrameSize: number): Uint8Array[] {
  const limit = maxFrameSize || Number.MAX_SAFE_INTEGER;
  if (payload.length <= copyMax) {
    const frame = writeFrame(frameTypes.amqp, channel, transfer, payload, 0);
    if (frame.length <= limit) return [frame];
  }
  const pieces: Uint8Array[] = [];
  let next = transfer;
  for (let at = 0; ; ) {
    const left = payload.length - at;
    if (octetsBefore(next) + left <= limit) return [...pieces, writeFrame(frameTypes.amqp, channel, next, nothing, left), payload.subarray(at)];
    const going: AmqpTransfer = { ...next, more: true };
    const room = limit - octetsBefore(going);
    if (room <= 0) throw new RangeError(`a max-frame-size of ${maxFrameSize} leaves no room for a payload`);
    const part = payload.subarray(at, at + room);
    pieces.push(writeFrame(frameTypes.amqp, channel, going, nothing, part.length), part);
    at += part.length;
    next = { type: 'transfer', handle: transfer.handle, more: transfer.more };
  }
}

/** Octets of a frame with this performative before its payload. */
function octetsBefore(transfer: AmqpTransfer): number {
  writer.begin();
  writeComposite(writer, transfer);
  return frameHead + writer.length;
}
