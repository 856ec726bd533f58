import { describe, expect, test } from 'vitest';
import type { Peer } from '../probe/peer.ts';
import type { Script } from '../probe/scripted-peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import { runChecks } from './scheduler.ts';
import { scripted } from './scripted-checks.ts';
import { scriptedTarget } from './scripted-target.ts';

describe('a stream that ends while others run', () => {
  const ended = (times: number) => {
    let left = times;
    const asks = async (peer: Peer) => {
      const channel = await peer.channel();
      channel.send('basic.qos');
      await channel.expect('basic.qos-ok');
    };
    const script: Script = {
      'basic.qos'(_, stage) {
        left -= 1;
        if (left >= 0) stage.end();
        else stage.healthy();
      },
    };
    return {
      checks: [{ ...scripted(asks), id: 'amqp091/test/asks' }, scripted(async peer => await peer.quiet(100, 'takes its time'), { worstMs: 5000 })],
      script,
    };
  };

  test('is looked at again alone where the target can be started again: a death may be the doing of others', async () => {
    const { checks, script } = ended(1);
    const { verdicts } = await runChecks(checks, scriptedTarget(createSimulation({ seed: 1 }), script, { restartable: true }), { seed: 1 });
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  });

  test('is a failure where it ends alone too', async () => {
    const { checks, script } = ended(2);
    const { verdicts } = await runChecks(checks, scriptedTarget(createSimulation({ seed: 1 }), script, { restartable: true }), { seed: 1 });
    expect(verdicts.map(({ outcome, reaction }) => `${outcome} ${reaction}`)).toContain('fail eof without an answer');
  });
});
