import { performance } from 'node:perf_hooks';
import type { Clock } from '../endpoint/transport.ts';

/** Longest delay a timer takes; later moments are reached in steps. */
const longestMs = 2 ** 31 - 1;

/** A timer that is later than this, in milliseconds, rings behind a stall of this process, and what came meanwhile is still to be read. */
const stalledMs = 50;

/** The monotonic time of this process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  at(ms, task) {
    let timer: NodeJS.Timeout;
    let behind: NodeJS.Immediate | undefined;
    const ring = () => {
      if (performance.now() - ms > stalledMs) behind = setImmediate(task);
      else task();
    };
    const arm = () => {
      const wait = Math.ceil(ms - performance.now());
      timer = wait > longestMs ? setTimeout(arm, longestMs) : setTimeout(ring, Math.max(wait, 0));
    };
    arm();
    return () => {
      clearTimeout(timer);
      if (behind !== undefined) clearImmediate(behind);
    };
  },
};

/** Milliseconds since 1970 by the same time, so that no correction of the machine's clock makes it jump. */
export const wallClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  at: (ms, task) => systemClock.at(ms - performance.timeOrigin, task),
};
