import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frames } from '../fuzz/arbitraries.ts';
import { encodeFrame, encodeRawFrame, type RawFrame } from '../wire/amqp091/codec.ts';
import type { Violation } from '../wire/decoded.ts';
import { Splitter } from './splitter.ts';

/** Everything the splitter answers before a violation that ends the stream, and where it stands in the end. */
function split(chunks: readonly Uint8Array[], frameMax = 4096) {
  const splitter = new Splitter({ frameMax });
  const answers: unknown[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let next = splitter.next(); next !== undefined; next = splitter.next()) {
      answers.push(plain(next));
      if ('kind' in next && next.rule !== 'amqp091/4.2.3.frame-max') return { answers, offset: splitter.offset };
    }
  }
  return { answers, offset: splitter.offset };
}

function plain(next: RawFrame | Violation): unknown {
  if ('kind' in next) return next;
  const { type, channel, offset, payload } = next;
  return { type, channel, offset, payload: Buffer.from(payload).toString('hex') };
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map(place => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const each = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
const streams = fc.array(frames(), { maxLength: 8 }).map(list => Buffer.concat(list.map(frame => encodeFrame(frame))));
const places = fc.array(fc.nat(), { maxLength: 12 });

describe('every way to cut a stream gives the same frames', () => {
  test('of legal octets', () => {
    fc.assert(
      fc.property(streams, places, (bytes, where) => {
        const whole = split([bytes]);
        expect(split(cut(bytes, where))).toEqual(whole);
        expect(split(each(bytes))).toEqual(whole);
        expect(whole.offset).toBe(bytes.length);
      }),
      { numRuns: 150 },
    );
  });

  test('of octets with some changed, frames too large among them', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(streams, places, changes, fc.constantFrom(16, 40, 4096, 0), (bytes, where, changed, frameMax) => {
        for (const [at, octet] of changed) bytes[at % Math.max(1, bytes.length)] = octet;
        const whole = split([bytes], frameMax);
        expect(split(cut(bytes, where), frameMax)).toEqual(whole);
        expect(split(each(bytes), frameMax)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  test('pushed one behind the other before anything is taken', () => {
    const bytes = Buffer.concat([encodeRawFrame(1, 1, Buffer.alloc(20)), encodeRawFrame(3, 2, Buffer.from('abc'))]);
    const splitter = new Splitter({ frameMax: 4096 });
    for (const octet of each(bytes)) splitter.push(octet);
    expect(splitter.buffered).toBe(bytes.length);
    expect(splitter.next()).toMatchObject({ type: 1, channel: 1, offset: 0 });
    expect(splitter.next()).toMatchObject({ type: 3, channel: 2, offset: 28, payload: Uint8Array.of(0x61, 0x62, 0x63) });
    expect(splitter.next()).toBeUndefined();
    expect(splitter.buffered).toBe(0);
  });
});

describe('a stream is bounded and ends where it breaks', () => {
  test('frames within a chunk are views on it', () => {
    const bytes = encodeRawFrame(3, 1, Buffer.from('abc'));
    const splitter = new Splitter({ frameMax: 4096 });
    splitter.push(bytes);
    const frame = splitter.next();
    expect(frame && 'payload' in frame && frame.payload.buffer === bytes.buffer).toBe(true);
  });

  test('a frame above frame-max is known by its head, dropped, and the next one is cut', () => {
    const large = encodeRawFrame(3, 1, Buffer.alloc(10_000));
    const splitter = new Splitter({ frameMax: 4096 });
    splitter.push(large.subarray(0, 7));
    expect(splitter.next()).toMatchObject({ kind: 'violation', rule: 'amqp091/4.2.3.frame-max', offset: 3 });
    expect(splitter.next()).toBeUndefined();
    splitter.push(large.subarray(7, 9000));
    expect(splitter.buffered).toBe(0);
    splitter.push(Buffer.concat([large.subarray(9000), encodeRawFrame(8, 0, Buffer.alloc(0))]));
    expect(splitter.next()).toMatchObject({ type: 8, offset: large.length });
    expect(splitter.next()).toBeUndefined();
  });

  test('a wrong type is known by the first octet and ends the stream', () => {
    const splitter = new Splitter({ frameMax: 0 });
    splitter.push(Buffer.from('H'));
    const violation = { kind: 'violation', rule: 'amqp091/4.2.3.frame-type', offset: 0 };
    expect(splitter.next()).toMatchObject(violation);
    splitter.push(Buffer.from('TTP/1.1 400 Bad Request'));
    expect(splitter.next()).toMatchObject(violation);
    expect(splitter.buffered).toBe(0);
  });

  test('a wrong frame-end is found where it stands', () => {
    const first = encodeRawFrame(8, 0, Buffer.alloc(0));
    expect(split([first, encodeRawFrame(3, 1, Buffer.from('ab'), 0xcd)]).answers[1]).toMatchObject({ rule: 'amqp091/4.2.3.frame-end', offset: 17 });
  });

  test('a new frame-max holds from the next frame on', () => {
    const splitter = new Splitter({ frameMax: 8 });
    splitter.push(Buffer.concat([encodeRawFrame(8, 0, Buffer.alloc(0)), encodeRawFrame(3, 1, Buffer.alloc(100))]));
    expect(splitter.next()).toMatchObject({ type: 8 });
    splitter.frameMax = 4096;
    expect(splitter.next()).toMatchObject({ type: 3 });
  });

  test('what is gathered grows with the octets that came, not with those declared', () => {
    const splitter = new Splitter({ frameMax: 0 });
    splitter.push(Uint8Array.of(3, 0, 1, 0x7f, 0, 0, 0, 1, 2, 3));
    expect(splitter.next()).toBeUndefined();
    expect(splitter.buffered).toBe(10);
  });

  test('a large frame in single octets takes linear time', () => {
    const bytes = encodeRawFrame(3, 1, Buffer.alloc(200_000));
    expect(split(each(bytes), 0).answers).toHaveLength(1);
  });
});
