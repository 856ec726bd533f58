import { Splitter } from '../../endpoint/splitter.ts';
import { contentHeader } from '../../wire/amqp091/codec.ts';
import { annotate } from '../../wire/amqp091/describe.ts';
import { decodeFrame, decodePayload, encodeFrame, type Frame } from '../../wire/amqp091/frame.ts';
import type { RawFrame } from '../../wire/amqp091/raw-frame.ts';
import { isViolation, type Violation } from '../../wire/decoded.ts';

/** What our own parsers say of a frame, with everything lazy in it read. */
function read(frame: Frame): ReadFrame {
  if (frame.type !== 'header') return frame;
  const { classId, weight, bodySize, properties } = frame.header;
  return { type: frame.type, channel: frame.channel, classId, weight, bodySize, properties };
}

type Header = Extract<Frame, { readonly type: 'header' }>;
type ReadFrame =
  | Exclude<Frame, Header>
  | ({ readonly type: 'header'; readonly channel: number } & Pick<Header['header'], 'classId' | 'weight' | 'bodySize' | 'properties'>);

/** Reads frame by frame up to a violation or the end. */
function parse(bytes: Uint8Array): unknown {
  const frames: ReadFrame[] = [];
  for (let offset = 0; ; ) {
    const decoded = decodeFrame(bytes, { offset });
    if (decoded.kind === 'violation') return { error: decoded, frames };
    if (decoded.kind === 'need-more') return frames;
    frames.push(read(decoded.value));
    offset = decoded.end;
  }
}

/** The octets of frames that were read. */
function encode(frames: unknown): Uint8Array {
  return Buffer.concat(
    (frames as readonly ReadFrame[]).map(frame => encodeFrame(frame.type === 'header' ? { ...frame, header: contentHeader(frame) } : frame)),
  );
}

function create() {
  const splitter = new Splitter({ frameMax: 0x20000 });
  let last: RawFrame | Violation | undefined;
  return {
    push(chunk: Uint8Array): readonly unknown[] {
      splitter.push(chunk);
      const found: unknown[] = [];
      // A stream that cannot be cut any further answers its last violation for ever.
      for (let raw = splitter.next(); raw !== undefined && raw !== last; raw = splitter.next()) {
        const frame: Frame | Violation = isViolation(raw) ? raw : decodePayload(raw);
        found.push(isViolation(frame) ? frame : read(frame));
        last = raw;
      }
      return found;
    },
  };
}

/** The codec and the splitter of this project, and the annotations that reports show. */
export const builtinAmqp091 = {
  parse,
  encode,
  create,
  /** What is of no account for accepting, and has to be total all the same. */
  describe(bytes: Uint8Array): void {
    annotate(bytes);
    annotate(bytes, { tags: 'text' });
  },
  /** It neither changes nor keeps the octets that it is given. */
  shares: true,
} as const;
