import { describe, expect, test } from 'vitest';
import type { Script, ScriptedPeer, Stage } from '../probe/scripted-peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import type { Check } from './check.ts';
import { type RunOptions, runCheck } from './run-check.ts';
import { runChecks } from './scheduler.ts';
import { answers404, departure, passiveMissing } from './scripted-checks.ts';
import { type ScriptedOptions, type ScriptedTarget, scriptedTarget } from './scripted-target.ts';
import { Session } from './session.ts';

async function verdictOf(subject: Check, script: Script, options: RunOptions = {}, place: ScriptedOptions = {}) {
  const target = scriptedTarget(createSimulation({ seed: 1 }), script, place);
  return { target, verdict: await runCheck(subject, target, { seed: 42, ...options }) };
}

describe('a reset without an answer while we were writing', () => {
  const twoPieces = departure(passiveMissing, {
    async run(peer) {
      const channel = await peer.channel();
      channel.send('basic.qos');
      await channel.connection.flush();
      channel.send('queue.declare');
      await channel.answersTo(passiveMissing);
    },
  });

  test('is run again with the departure in one piece, which brings the answer out', async () => {
    let alreadyClosed = false;
    const script: Script = {
      'basic.qos': (_, stage) => {
        if (!alreadyClosed) {
          stage.deaf();
          stage.after(5, () => stage.destroy());
        } else answers404(_, stage);
        alreadyClosed = true;
      },
      'queue.declare': (request, stage) => (stage.channel === 1 && request.args.queue === '' ? undefined : stage.healthy()),
    };
    expect((await verdictOf(twoPieces, script)).verdict).toMatchObject({ outcome: 'pass', reaction: 'channel.close 404 not-found' });
  });

  test('is inconclusive where octets were under way again', async () => {
    const subject = departure(passiveMissing, {
      async run(peer) {
        const channel = await peer.channel();
        channel.publish({ routingKey: 'q', body: new Uint8Array(600_000) });
        await channel.answersTo(passiveMissing);
      },
    });
    const script: Script = {
      'basic.publish': (request, stage) => {
        if (request.args.routingKey !== 'q') return stage.healthy();
        stage.deaf();
        stage.after(20, () => stage.destroy());
      },
    };
    const target = scriptedTarget(createSimulation({ seed: 1, splits: 0.9 }), script);
    expect(await runCheck(subject, target)).toMatchObject({ outcome: 'inconclusive', reason: 'cut-while-writing', reaction: 'reset without an answer' });
  });
});

describe('what happens to others', () => {
  test('a broker that closes a bystander fails, though its own answer was right', async () => {
    const script: Script = {
      'basic.qos': (request, stage) => {
        answers404(request, stage);
        for (const line of target.peer.lines.slice(0, -1)) line.stream.end();
      },
    };
    const target = scriptedTarget(createSimulation({ seed: 1 }), script);
    expect(await runCheck(departure(), target)).toMatchObject({
      outcome: 'fail',
      alive: false,
      reaction: 'channel.close 404 not-found, and a bystander was harmed',
      message: 'Another connection, which had done nothing wrong, was closed or its messages were touched.',
    });
  });

  test('a broker that touches the messages of a bystander fails', async () => {
    let harm = false;
    const script: Script = {
      'basic.qos': (request, stage) => {
        harm = true;
        answers404(request, stage);
      },
      'basic.publish': (_, stage) => {
        if (harm) target.peer.lines[0]?.content(1, 'basic.deliver', { consumerTag: 'ctag', deliveryTag: 9n }, new Uint8Array(3));
        stage.healthy();
      },
    };
    const target = scriptedTarget(createSimulation({ seed: 1 }), script);
    expect(await runCheck(departure(), target)).toMatchObject({ outcome: 'fail', alive: false });
  });
});

describe('a target that dies', () => {
  const killer: Script = { 'basic.qos': (_, stage) => stage.die() };

  test('by this check alone: the death is the verdict', async () => {
    const { verdict } = await verdictOf(departure(), killer);
    expect(verdict).toMatchObject({ outcome: 'fail', reaction: 'the peer died', ending: { kind: 'peer-died' }, alive: false });
  });

  test('is started again where that is possible', async () => {
    const { verdict, target } = await verdictOf(departure(), killer, {}, { restartable: true });
    expect(verdict.ending.kind).toBe('peer-died');
    expect(target.restarts).toBe(1);
  });

  test('behind a proxy that goes on taking streams is dead all the same', async () => {
    const { verdict, target } = await verdictOf(departure(), killer, {}, { restartable: true, proxied: true });
    expect(verdict).toMatchObject({ outcome: 'fail', reaction: 'the peer died', alive: false });
    expect(target.restarts).toBe(1);
  });

  test('behind a proxy before the check has done anything is started again and judged', async () => {
    const target = scriptedTarget(createSimulation({ seed: 1 }), { 'basic.qos': answers404 }, { restartable: true, proxied: true });
    const session = await target.run(() => Session.open(target));
    target.peer.die();
    expect(await target.run(() => runCheck(departure(), target, { session }))).toMatchObject({ outcome: 'pass' });
    expect(target.restarts).toBe(1);
  });

  test('before the check leaves it inconclusive', async () => {
    const target = scriptedTarget(createSimulation({ seed: 1 }), {});
    target.peer.die();
    expect(await runCheck(departure(), target)).toMatchObject({ outcome: 'inconclusive', reason: 'target-down', surprise: false });
  });

  test('before the check and can be started again is judged after all', async () => {
    const target = scriptedTarget(createSimulation({ seed: 1 }), { 'basic.qos': answers404 }, { restartable: true });
    target.peer.die();
    expect(await runCheck(departure(), target)).toMatchObject({ outcome: 'pass' });
  });
});

describe('a target that hangs', () => {
  /** From the departure on nobody is answered, on no connection, until the peer is started again. */
  function hanging(restartable: boolean): ScriptedTarget {
    let hung: ScriptedPeer | undefined;
    const mute = (_: unknown, stage: Stage) => (hung === target.peer ? stage.deaf() : stage.healthy());
    const target: ScriptedTarget = scriptedTarget(
      createSimulation({ seed: 1 }),
      {
        header: stage => mute(undefined, stage),
        'basic.publish': mute,
        'basic.qos': (_, stage) => {
          hung = target.peer;
          stage.deaf();
        },
      },
      { restartable },
    );
    return target;
  }

  test('is started again, and the hang is the verdict', async () => {
    const target = hanging(true);
    expect(await runCheck(departure(), target)).toMatchObject({ outcome: 'fail', reaction: 'the peer hung', ending: { kind: 'silence' }, alive: false });
    expect(target.restarts).toBe(1);
  });

  test('and cannot be started again leaves the check inconclusive', async () => {
    expect(await runCheck(departure(), hanging(false))).toMatchObject({ outcome: 'inconclusive', reason: 'peer-slow' });
  });

  test('is no longer held against the check that comes next', async () => {
    const target = hanging(true);
    const gentle = departure(passiveMissing, {
      async run(peer) {
        await (await peer.channel()).close();
      },
    });
    const { verdicts } = await runChecks([departure(), { ...gentle, id: 'amqp091/test/gentle' }], target, { concurrency: 1 });
    expect(verdicts.map(({ check, outcome }) => [check, outcome])).toEqual([
      [departure().id, 'fail'],
      ['amqp091/test/gentle', 'pass'],
    ]);
  });
});

describe('a target that lets nobody in', () => {
  test('is judged without a bystander, by what it does', async () => {
    const { verdict } = await verdictOf(departure(), { 'connection.open': (_, stage) => stage.end() });
    expect(verdict).toMatchObject({ outcome: 'fail', reaction: 'eof without an answer' });
  });
});
