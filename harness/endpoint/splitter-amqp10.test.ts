import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amqpFrames } from '../fuzz/arbitraries-amqp10.ts';
import { type CutFrame, emptyFrame, encodeFrame } from '../wire/amqp10/codec.ts';
import { frameOf, joined } from '../wire/amqp10/craft.ts';
import { wireRules } from '../wire/amqp10/wire-rules.ts';
import { framing10 } from './framing.ts';
import { Splitter } from './splitter.ts';

/** Everything the splitter answers, up to a violation that ends the stream. */
function split(chunks: readonly Uint8Array[], frameMax = 512) {
  const splitter = new Splitter<CutFrame>({ frameMax, framing: framing10 });
  const answers: unknown[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let next = splitter.next(); next !== undefined; next = splitter.next()) {
      if (!('kind' in next))
        answers.push([next.type, next.channel, next.offset, Buffer.from(next.extendedHeader).toString('hex'), Buffer.from(next.body).toString('hex')]);
      else answers.push(next);
      if ('kind' in next && next.rule === wireRules.frameSize) return { answers, offset: splitter.offset };
    }
  }
  return { answers, offset: splitter.offset };
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map(place => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const each = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
const streams = fc.array(amqpFrames(), { maxLength: 6 }).map(list => Buffer.concat(list.map(encodeFrame)));
const places = fc.array(fc.nat(), { maxLength: 12 });

describe('every way to cut a stream of AMQP 1.0 gives the same frames', () => {
  test('of legal octets', () => {
    fc.assert(
      fc.property(streams, places, (bytes, where) => {
        const whole = split([bytes], 0);
        expect(split(cut(bytes, where), 0)).toEqual(whole);
        expect(split(each(bytes), 0)).toEqual(whole);
        expect(whole.offset).toBe(bytes.length);
      }),
      { numRuns: 100 },
    );
  });

  test('of octets with some changed, frames too large and data offsets beyond them among them', () => {
    const rules = new Set<string>();
    const changes = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(12), fc.nat(255))), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(streams, changes, places, (stream, changed, where) => {
        const bytes = new Uint8Array(stream);
        for (const [at, octet] of changed) bytes[at % Math.max(bytes.length, 1)] = octet;
        const whole = split([bytes]);
        for (const answer of whole.answers) if (!Array.isArray(answer)) rules.add((answer as { rule: string }).rule);
        expect(split(cut(bytes, where))).toEqual(whole);
        expect(split(each(bytes))).toEqual(whole);
      }),
      { numRuns: 600 },
    );
    expect(rules.size).toBeGreaterThanOrEqual(3);
  });
});

test('a frame with a wrong head is one violation, and those behind it are cut as usual', () => {
  const stream = joined(
    frameOf(new Uint8Array(600)),
    emptyFrame,
    frameOf(new Uint8Array(4), { dataOffset: 9 }),
    frameOf(new Uint8Array(4), { type: 7 }),
    emptyFrame,
  );
  const { answers } = split([stream]);
  expect(answers).toMatchObject([
    { rule: wireRules.frameMax, offset: 0 },
    [0, 0, 608, '', ''],
    { rule: wireRules.dataOffsetBeyond, offset: 620 },
    { rule: wireRules.frameType, offset: 633 },
    [0, 0, 640, '', ''],
  ]);
});

test('a size below that of the head ends the stream: where the next frame starts cannot be known', () => {
  const splitter = new Splitter<CutFrame>({ frameMax: 512, framing: framing10 });
  splitter.push(joined(frameOf(new Uint8Array(0), { size: 3 }), emptyFrame));
  expect([splitter.next(), splitter.next()]).toMatchObject([{ rule: wireRules.frameSize }, { rule: wireRules.frameSize }]);
});

test('a frame that is announced and does not come takes no memory ahead of its octets', () => {
  const splitter = new Splitter<CutFrame>({ frameMax: 0, framing: framing10 });
  const before = process.memoryUsage().arrayBuffers;
  splitter.push(frameOf(new Uint8Array(2), { size: 0x7fff0000 }));
  expect(splitter.next()).toBeUndefined();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
});
