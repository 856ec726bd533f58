import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from './clock.ts';

test('runs tasks by time, and those of one moment in the order they were set', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean())), timers => {
      const clock = new VirtualClock();
      const ran: number[] = [];
      const cancels = timers.map(([ms], index) => clock.at(ms, () => ran.push(index)));
      timers.forEach(([, cancelled], index) => {
        if (cancelled) cancels[index]?.();
      });
      while (clock.advance());
      const expected = timers.map(([ms, cancelled], index) => ({ ms, cancelled, index })).filter(({ cancelled }) => !cancelled);
      expect(ran).toEqual(expected.sort((one, other) => one.ms - other.ms || one.index - other.index).map(({ index }) => index));
    }),
  );
});

test('time moves to each task, never back', () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  clock.at(5, () => {
    seen.push(clock.now());
    clock.at(1, () => seen.push(clock.now()));
    clock.at(7.5, () => seen.push(clock.now()));
  });
  while (clock.advance());
  expect({ seen, pending: clock.pending }).toEqual({ seen: [5, 5, 7.5], pending: 0 });
});

test('cancelling twice or after the fact is harmless', () => {
  const clock = new VirtualClock();
  const cancel = clock.at(1, () => {});
  clock.at(2, () => {});
  clock.advance();
  cancel();
  cancel();
  expect(clock.pending).toBe(1);
});
