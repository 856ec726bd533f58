import { Splitter } from '../../endpoint/splitter.ts';
import { annotate } from '../../wire/amqp091/describe.ts';
import { decodeFrame, decodePayload, type Frame } from '../../wire/amqp091/frame.ts';
import type { RawFrame } from '../../wire/amqp091/raw-frame.ts';
import { isViolation, type Violation } from '../../wire/decoded.ts';

/** What our own parsers say of a frame, with everything lazy in it read. */
function read(frame: Frame): unknown {
  if (frame.type !== 'header') return frame;
  const { classId, weight, bodySize, properties } = frame.header;
  return { type: frame.type, channel: frame.channel, classId, weight, bodySize, properties };
}

/** Reads frame by frame up to a violation or the end. */
function parse(bytes: Uint8Array): unknown {
  const frames: unknown[] = [];
  for (let offset = 0; ; ) {
    const decoded = decodeFrame(bytes, { offset });
    if (decoded.kind === 'violation') return { error: decoded, frames };
    if (decoded.kind === 'need-more') return frames;
    frames.push(read(decoded.value));
    offset = decoded.end;
  }
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
  parse(bytes: Uint8Array): unknown {
    annotate(bytes);
    return parse(bytes);
  },
  create,
};
