import { framing10 } from '../../endpoint/framing.ts';
import { Splitter } from '../../endpoint/splitter.ts';
import {
  type CutFrame,
  decodeBody,
  decodeFrame,
  decodeMessage,
  encodeFrame,
  encodeMessage,
  type Frame,
  type Message,
  type MessageDraft,
  parseProtocolHeader,
} from '../../wire/amqp10/codec.ts';
import { annotate } from '../../wire/amqp10/describe.ts';
import { wireRules } from '../../wire/amqp10/wire-rules.ts';
import { isViolation, type Violation } from '../../wire/decoded.ts';

/** A frame as read, with the message that it holds the whole of, its sections read when they are asked for. */
type ReadFrame = Frame & { readonly message?: MessageDraft | Violation };

const nothing = new Uint8Array(0);

function sectionsOf(message: Message): MessageDraft {
  const { header, deliveryAnnotations, messageAnnotations, properties, applicationProperties, body, footer } = message;
  return {
    ...(header && { header }),
    ...(deliveryAnnotations && { deliveryAnnotations }),
    ...(messageAnnotations && { messageAnnotations }),
    ...(properties && { properties }),
    ...(applicationProperties && { applicationProperties }),
    ...(body && { body }),
    ...(footer && { footer }),
  } as MessageDraft;
}

function read(frame: Frame): ReadFrame {
  if (frame.type !== 'amqp' || frame.payload.length === 0 || frame.performative?.type !== 'transfer') return frame;
  const message = decodeMessage(frame.payload);
  if (isViolation(message)) return { ...frame, message };
  // Sections are read when they are looked at, as everybody does who reads messages.
  return Object.defineProperty({ ...frame, payload: nothing }, 'message', { enumerable: true, get: () => sectionsOf(message) });
}

/** Reads a protocol header, where the octets begin with one, and then frame by frame up to a violation or the end. */
function parse(bytes: Uint8Array): unknown {
  const frames: ReadFrame[] = [];
  const header = startsHeader(bytes) ? parseProtocolHeader(bytes, wireRules.protocolHeader) : undefined;
  if (header && header.kind !== 'value') return header.kind === 'violation' ? { error: header, frames } : frames;
  for (let offset = header?.end ?? 0; ; ) {
    const decoded = decodeFrame(bytes, { offset });
    if (decoded.kind === 'violation') return { error: decoded, frames };
    if (decoded.kind === 'need-more') return frames;
    frames.push(read(decoded.value));
    offset = decoded.end;
  }
}

const startsHeader = (bytes: Uint8Array): boolean => bytes[0] === 0x41;

/** The octets of frames that were read; a message that was is written anew. */
function encode(frames: unknown): Uint8Array {
  return Buffer.concat((frames as readonly ReadFrame[]).map(encodeRead));
}

function encodeRead(frame: ReadFrame): Uint8Array {
  const { message } = frame;
  if (frame.type !== 'amqp' || message === undefined || isViolation(message)) return encodeFrame(frame);
  return encodeFrame({ ...frame, payload: encodeMessage(message) });
}

function create() {
  const splitter = new Splitter<CutFrame>({ frameMax: 0x20000, framing: framing10 });
  let head: Uint8Array | undefined = new Uint8Array(0);
  let last: CutFrame | Violation | undefined;
  const headed = (chunk: Uint8Array): Violation | undefined => {
    const octets = head === undefined ? chunk : Buffer.concat([head, chunk]);
    head = undefined;
    const header = octets.length > 0 && startsHeader(octets) ? parseProtocolHeader(octets, wireRules.protocolHeader) : undefined;
    if (header?.kind === 'violation') return header;
    if (header?.kind === 'need-more' || octets.length === 0) head = octets;
    else splitter.push(header ? octets.subarray(header.end) : octets);
    return undefined;
  };
  return {
    push(chunk: Uint8Array): unknown {
      const wrong = head === undefined ? splitter.push(chunk) : headed(chunk);
      if (wrong) return { error: wrong };
      const found: unknown[] = [];
      // A stream that cannot be cut any further answers its last violation for ever.
      for (let cut = splitter.next(); cut !== undefined && cut !== last; cut = splitter.next()) {
        const frame: Frame | Violation = isViolation(cut) ? cut : decodeBody(cut);
        found.push(isViolation(frame) ? frame : read(frame));
        last = cut;
      }
      return found;
    },
  };
}

/** The codec and the splitter of this project, the sections of messages, and the annotations that reports show. */
export const builtinAmqp10 = {
  parse,
  encode,
  create,
  describe(bytes: Uint8Array): void {
    annotate(bytes);
  },
  shares: true,
} as const;
