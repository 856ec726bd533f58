import { describe, expect, test } from 'vitest';
import { encodeRawFrame } from '../../wire/amqp091/raw-frame.ts';
import { limits, octetsOf, type Recorded, reached } from './recorded.test-kit.ts';

const heartbeat = encodeRawFrame(8, 0, new Uint8Array(0));

/** A connection with an interval of two seconds from time zero on. */
function beating(automatic: object = {}): Recorded {
  const it = reached({ role: 'server', automatic, closeOkWithinMs: 60_000 }, 'open-ok', 'open');
  it.machine.agree({ ...limits, heartbeatS: 2 }, 0);
  return it;
}

/** Lets time pass as a driver does: to each wake-up that is asked for, with the peer's octets at their times. Answers what was said when. */
function pass(it: Recorded, untilMs: number, arrivals: readonly (readonly [ms: number, bytes: Uint8Array])[] = []): readonly string[] {
  const said: string[] = [];
  const note = (ms: number) => said.push(...it.said().map(what => `${ms} ${what}`));
  const due = [...arrivals];
  for (;;) {
    const [next] = due;
    const wake = it.closed === undefined ? (it.wake ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const now = Math.min(wake, next?.[0] ?? Number.POSITIVE_INFINITY);
    if (now > untilMs) return said;
    if (next !== undefined && next[0] === now) {
      due.shift();
      it.machine.receive(next[1], now);
    } else it.machine.tick(now);
    note(now);
  }
}

const every = (ms: number, untilMs: number, bytes = heartbeat) =>
  Array.from({ length: Math.floor(untilMs / ms) }, (_, turn) => [(turn + 1) * ms, bytes] as const);

describe('heartbeats', () => {
  test('go out once an interval while nothing else does', () => {
    expect(pass(beating(), 9000, every(1500, 9000))).toEqual(['2000 0 heartbeat', '4000 0 heartbeat', '6000 0 heartbeat', '8000 0 heartbeat']);
  });

  test('are put off by anything else that is sent', () => {
    const said = pass(beating(), 7000, every(1500, 7000, octetsOf(1, 'channel.flow', { active: true })));
    expect(said).toEqual(['1500 1 channel.flow-ok', '3000 1 channel.flow-ok', '4500 1 channel.flow-ok', '6000 1 channel.flow-ok']);
  });

  test('a peer silent for two intervals is dropped without a word', () => {
    const it = beating();
    expect(pass(it, 20_000, [[1000, heartbeat]])).toEqual(['2000 0 heartbeat', '4000 0 heartbeat']);
    expect({ heard: it.heard(), closed: it.closed }).toEqual({ heard: ['heartbeat', 'peer-silent'], closed: 'abort' });
  });

  test('any octet is a sign of life, half a frame too', () => {
    const it = beating();
    const frame = octetsOf(1, 'basic.ack');
    pass(it, 11_000, [
      [3000, frame.subarray(0, 1)],
      [6000, frame.subarray(1, 5)],
      [9000, frame.subarray(5)],
    ]);
    expect({ heard: it.heard(), closed: it.closed }).toEqual({ heard: ['1 basic.ack'], closed: undefined });
  });

  test('go on while a close waits for its answer', () => {
    const it = beating();
    it.machine.raise({ scope: 'connection', code: 320, text: 'x', classId: 0, methodId: 0 }, 500);
    it.said();
    expect(pass(it, 5000, [[4000, heartbeat]])).toEqual(['2500 0 heartbeat', '4500 0 heartbeat']);
  });

  test('silence proves nothing while we do not read', () => {
    const it = beating();
    it.machine.holdInput(true, 1000);
    expect(pass(it, 10_000)).toHaveLength(5);
    it.machine.holdInput(false, 10_000);
    pass(it, 13_999);
    expect(it.closed).toBeUndefined();
    pass(it, 14_000);
    expect(it.closed).toBe('abort');
  });

  test('an interval of zero is none', () => {
    const it = reached({ role: 'server' });
    expect(it.wake).toBeUndefined();
  });

  test('a user may switch them off', () => {
    const it = beating({ heartbeats: false });
    expect(it.wake).toBeUndefined();
    it.machine.tick(100_000);
    expect({ said: it.said(), closed: it.closed }).toEqual({ said: [], closed: undefined });
  });

  test('a tick that comes early changes nothing', () => {
    const it = beating();
    it.machine.tick(1999.5);
    expect({ said: it.said(), wake: it.wake }).toEqual({ said: [], wake: 2000 });
  });
});
