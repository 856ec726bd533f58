import { describe, expect, test } from 'vitest';
import { arm } from '../../../saboteur/arm.ts';
import { faults10 } from '../../../saboteur/faults10.ts';
import type { Setting } from '../conversation.ts';
import { playAll, setting } from './played.test-kit.ts';
import { speech10 } from './speech.ts';

/** Conversations within which each of these faults is found. */
const budget = 250;
const stranger: Setting = { ...setting, authenticated: false };

/** Faults about what is malformed, too large or out of place, by their duty and place in its row. */
const sabotaged = [
  ['amqp10/2.3.1.type:enforce', 0],
  ['amqp10/2.3.1.doff-beyond:enforce', 0],
  ['amqp10/2.3.1.size-minimum:enforce', 1],
  ['amqp10/2.7.1.frame-too-large:enforce', 2],
  ['amqp10/2.4.1.open-first:enforce', 0],
  ['amqp10/2.5.5.unmapped-channel:enforce', 0],
  ['amqp10/2.5.5.unmapped-channel:enforce', 1],
  ['amqp10/2.7.4.unattached-handle:enforce', 0],
] as const;

describe('the fuzzer can fail', () => {
  test.each(sabotaged)('%s, fault %i', async (duty, at) => {
    const fault = faults10[duty][at];
    if (fault === undefined) throw new Error(`${duty} has no fault ${at}`);
    const armed = arm([fault]);
    let found = -1;
    for (let index = 0; index < budget && found < 0; index += 1) {
      const how = index % 8 === 7 ? stranger : setting;
      const [result] = await playAll([speech10.conversation(5, index, how)], { setting: how, between: (stream, clock) => armed.wrapStream(stream, clock) });
      if (result?.verdict !== undefined) found = index;
    }
    expect(found, `what the broker got wrong was not found in ${budget} conversations`).toBeGreaterThanOrEqual(0);
  });
});
