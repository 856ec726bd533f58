import type { FrameSeam } from './fault.ts';
import { published } from './messages.ts';
import { remembering } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';

const crowding = faultsIn('amqp091/publish/*', 'amqp091/confirm/all/many');

/** What outlives a crowd or a restart. */
export const persistenceFaults = {
  'amqp091/basic.persistent-overflow:emit': [crowding('keeps no more than one hundred persistent messages', keepingOneHundred())],
} as const satisfies FaultTable;

function keepingOneHundred(): FrameSeam {
  return remembering(() => {
    let kept = 0;
    return published(({ properties }) => {
      if (properties.deliveryMode !== 2) return false;
      kept += 1;
      return kept > 100 && [];
    });
  });
}
