import { performance } from 'node:perf_hooks';
import type { Clock } from '../endpoint/transport.ts';

/** Longest delay a timer takes; later moments are reached in steps. */
const longestMs = 2 ** 31 - 1;

/** The monotonic time of this process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  at(ms, task) {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const wait = Math.ceil(ms - performance.now());
      timer = wait > longestMs ? setTimeout(arm, longestMs) : setTimeout(task, Math.max(wait, 0));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Milliseconds since 1970 by the same time, so that no correction of the machine's clock makes it jump. */
export const wallClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  at: (ms, task) => systemClock.at(ms - performance.timeOrigin, task),
};
