import { describe, expect, test } from 'vitest';
import type { Stream, StreamListener } from '../endpoint/transport.ts';
import { OwnFrames } from './own-frames.ts';
import { Tap } from './tap.ts';

/** A stream that drains when told to. */
class Slow implements Stream {
  readonly written: string[] = [];
  listener: StreamListener | undefined;
  #waiting: (() => void)[] = [];

  listen(listener: StreamListener): void {
    this.listener = listener;
  }
  write(bytes: Uint8Array): boolean {
    this.written.push(Buffer.from(bytes).toString('hex'));
    return true;
  }
  onDrain(ready: () => void): void {
    this.#waiting.push(ready);
  }
  drain(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const ready of waiting) ready();
  }
  end(): void {
    this.written.push('end');
  }
  destroy(): void {}
  pause(): void {}
  resume(): void {}
}

function tapped(inOnePiece = false) {
  const slow = new Slow();
  const log: string[] = [];
  const report = {
    sent: (bytes: Uint8Array) => log.push(`sent ${bytes.length}`),
    received: () => log.push('received'),
    processed: () => log.push('processed'),
  };
  const tap = new Tap(slow, report, inOnePiece);
  tap.listen({ data: () => log.push('data'), end: how => log.push(how) });
  return { slow, log, tap };
}

const one = Uint8Array.of(1);
const two = Uint8Array.of(2);
const heartbeat = Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0xce);

describe('a tap', () => {
  test('writes what is separate only after what went before has drained', () => {
    const { slow, tap } = tapped();
    tap.separate = true;
    tap.write(one);
    tap.write(two);
    expect([slow.written, tap.writing]).toEqual([['01'], true]);
    slow.drain();
    expect([slow.written, tap.pieces]).toEqual([['01', '02'], 2]);
  });

  test('knows that it is writing while octets have not drained, and after more than one piece until the peer is heard', () => {
    const { slow, tap } = tapped();
    tap.write(one);
    tap.write(two);
    expect(tap.writing).toBe(true);
    slow.drain();
    expect(tap.writing).toBe(false);
    tap.write(one);
    slow.drain();
    expect(tap.writing).toBe(true);
    slow.listener?.data(one);
    expect(tap.writing).toBe(false);
  });

  test('holds all back for one piece until it is released, and ends after it', () => {
    const { slow, tap } = tapped(true);
    tap.write(one);
    tap.write(two);
    expect(slow.written).toEqual([]);
    tap.release();
    expect(slow.written).toEqual(['0102']);
    tap.write(one);
    tap.end();
    expect(slow.written).toEqual(['0102', '01', 'end']);
  });

  test('writes nothing while muted', () => {
    const { slow, tap, log } = tapped();
    tap.muted = true;
    tap.write(heartbeat);
    expect([slow.written, log]).toEqual([[], []]);
  });

  test('tells received octets before and after they are dealt with, and wakes who waits for draining when the stream ends', async () => {
    const { slow, tap, log } = tapped();
    tap.write(one);
    const drained = tap.drained();
    slow.listener?.data(two);
    slow.listener?.end('reset');
    await drained;
    expect(log).toEqual(['sent 1', 'received', 'data', 'processed', 'reset']);
  });

  test('knows where frames end by their declared sizes, also in pieces and behind a protocol header', () => {
    const { tap } = tapped();
    tap.write(Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9));
    expect(tap.atFrameEnd).toBe(false);
    tap.write(Uint8Array.of(1, ...heartbeat.subarray(0, 3)));
    expect(tap.atFrameEnd).toBe(false);
    tap.write(heartbeat.subarray(3));
    expect(tap.atFrameEnd).toBe(true);
    tap.write(Uint8Array.of(1, 0, 1, 0, 0, 0, 4, 9, 9));
    expect(tap.atFrameEnd).toBe(false);
  });
});

describe('own frames', () => {
  const open = Uint8Array.of(1, 0, 1, 0, 0, 0, 5, 0, 20, 0, 10, 0, 0xce);

  test('are read however they were cut', () => {
    const own = new OwnFrames();
    expect([...open].flatMap(octet => own.methods(Uint8Array.of(octet)))).toMatchObject([{ channel: 1, method: { name: 'channel.open' } }]);
  });

  test('are lost when they make no frames, or when other octets come between', () => {
    const broken = new OwnFrames();
    broken.methods(Uint8Array.of(77, 0, 0, 0, 0, 0, 0, 0xce));
    expect([broken.legible, broken.methods(open)]).toEqual([false, []]);
    const mixed = new OwnFrames();
    mixed.methods(open.subarray(0, 6));
    mixed.passedBy();
    expect(mixed.legible).toBe(false);
  });
});
