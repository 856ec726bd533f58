import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stream } from '../endpoint/transport.ts';
import { VirtualClock } from './clock.ts';
import { link } from './link.ts';
import type { Conditions } from './pipe.ts';
import { seeded } from './random.ts';

interface Heard {
  readonly stream: Stream;
  readonly events: string[];
  readonly pieces: Uint8Array[];
}

function listening(stream: Stream): Heard {
  const heard: Heard = { stream, events: [], pieces: [] };
  stream.listen({
    data: bytes => {
      heard.pieces.push(bytes);
      heard.events.push(`octets ${bytes.length}`);
    },
    end: how => heard.events.push(how),
  });
  return heard;
}

function linked(conditions: Conditions = {}, seed = 1): { readonly clock: VirtualClock; readonly near: Heard; readonly far: Heard; settle(): void } {
  const clock = new VirtualClock();
  const [near, far] = link(clock, seeded(seed), conditions);
  return {
    clock,
    near: listening(near),
    far: listening(far),
    settle() {
      while (clock.advance());
    },
  };
}

const octets = (size: number) => Uint8Array.from({ length: size }, (_, at) => at % 256);

describe('a link', () => {
  test('brings all octets in order, whatever the conditions', () => {
    const conditions = fc.record({
      splits: fc.double({ min: 0, max: 1, noNaN: true }),
      delays: fc.constant({ minMs: 0, maxMs: 20 }),
      stalls: fc.constant({ probability: 0.2, ms: 1000 }),
    });
    fc.assert(
      fc.property(conditions, fc.integer(), fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (given, seed, writes) => {
        const { near, far, clock, settle } = linked(given, seed);
        writes.forEach((bytes, turn) => {
          clock.at(turn % 5, () => near.stream.write(bytes));
        });
        clock.at(100, () => near.stream.end());
        settle();
        expect(far.events.at(-1)).toBe('eof');
        const written = writes.map((bytes, turn) => ({ bytes, turn })).sort((one, other) => (one.turn % 5) - (other.turn % 5));
        expect(Buffer.concat(far.pieces)).toEqual(Buffer.concat(written.map(({ bytes }) => bytes)));
      }),
    );
  });

  test('splits what was written in one piece', () => {
    const { near, far, settle } = linked({ splits: 1 });
    near.stream.write(octets(100));
    settle();
    expect(far.pieces.length).toBeGreaterThan(2);
    expect(Buffer.concat(far.pieces)).toEqual(Buffer.from(octets(100)));
  });

  test('joins what was written at one moment', () => {
    const { near, far, settle } = linked();
    near.stream.write(octets(3));
    near.stream.write(octets(4));
    settle();
    expect(far.events).toEqual(['octets 7']);
  });

  test('delivers nothing from within write', () => {
    const { near, far } = linked({ delays: { minMs: 0, maxMs: 0 } });
    near.stream.write(octets(1));
    expect(far.events).toEqual([]);
  });

  test('keeps the other direction open after an end', () => {
    const { near, far, settle } = linked();
    near.stream.end();
    settle();
    far.stream.write(octets(2));
    far.stream.end();
    settle();
    expect({ near: near.events, far: far.events }).toEqual({ near: ['octets 2', 'eof'], far: ['eof'] });
  });

  test('pushes back on a reader that pauses, until it reads again', () => {
    const { near, far, settle } = linked();
    far.stream.pause();
    let drained = 0;
    expect(near.stream.write(octets(1000))).toBe(true);
    expect(near.stream.write(octets(1 << 18))).toBe(false);
    near.stream.onDrain(() => drained++);
    settle();
    expect({ drained, far: far.events }).toEqual({ drained: 0, far: [] });
    far.stream.resume();
    settle();
    expect({ drained, far: far.events }).toEqual({ drained: 1, far: [`octets ${1000 + (1 << 18)}`] });
  });

  test('drains at the next turn where nothing is queued', () => {
    const { near, settle } = linked();
    let drained = 0;
    near.stream.onDrain(() => drained++);
    expect(drained).toBe(0);
    settle();
    expect(drained).toBe(1);
  });

  test('a stream that is destroyed with nothing unread ends after its last words', () => {
    const { near, far, settle } = linked();
    near.stream.write(octets(5));
    near.stream.destroy();
    near.stream.write(octets(5));
    settle();
    expect({ near: near.events, far: far.events }).toEqual({ near: [], far: ['octets 5', 'eof'] });
  });

  test('a stream that is destroyed with octets unread resets, and its last words are lost', () => {
    const { near, far, settle } = linked();
    near.stream.write(octets(5));
    far.stream.write(octets(1));
    near.stream.destroy();
    settle();
    expect({ near: near.events, far: far.events }).toEqual({ near: [], far: ['reset'] });
  });

  test('whoever writes to a destroyed stream is reset', () => {
    const { clock, near, far, settle } = linked({ delays: { minMs: 10, maxMs: 10 } });
    near.stream.destroy();
    clock.at(5, () => far.stream.write(octets(1)));
    settle();
    expect(far.events).toEqual(['eof']);
    const other = linked({ delays: { minMs: 10, maxMs: 10 } });
    other.far.stream.pause();
    other.clock.at(5, () => other.far.stream.write(octets(1)));
    other.near.stream.destroy();
    other.settle();
    expect(other.far.events).toEqual(['reset']);
  });

  test('a cut resets both ends', () => {
    const { near, far, settle } = linked({ cuts: 1 });
    near.stream.write(octets(5));
    settle();
    expect({ near: near.events, far: far.events }).toEqual({ near: ['reset'], far: ['reset'] });
  });

  test('octets that come before listen are kept', () => {
    const clock = new VirtualClock();
    const [near, far] = link(clock, seeded(1));
    near.write(octets(3));
    while (clock.advance());
    const heard = listening(far);
    while (clock.advance());
    expect(heard.events).toEqual(['octets 3']);
  });
});
