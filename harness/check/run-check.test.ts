import { describe, expect, test } from 'vitest';
import type { Peer } from '../probe/peer.ts';
import type { Script, Stage } from '../probe/scripted-peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import type { DutyId } from '../spec/catalogue.ts';
import { rules } from '../spec/catalogue.ts';
import type { Level, Rule } from '../spec/rule.ts';
import { type CheckSpec, check } from './check.ts';
import { type RunOptions, runCheck } from './run-check.ts';
import { scriptedTarget } from './scripted-target.ts';

const passiveMissing: DutyId = 'amqp091/queue.declare.passive-missing:enforce';

/** A duty of this level that lists its answers. */
function dutyOf(level: Level): DutyId {
  for (const [id, rule] of Object.entries<Rule>(rules)) {
    for (const [key, duty] of Object.entries(rule.duties)) {
      if (duty.level === level && duty.answers !== undefined && !key.startsWith('client') && rule.capability === undefined) return `${id}:${key}` as DutyId;
    }
  }
  throw new Error(`no duty of level ${level}`);
}

const departure = (duty: DutyId = passiveMissing, spec: Partial<CheckSpec> = {}) =>
  check('amqp091/test/departure', {
    title: 'a departure',
    duties: [duty],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.send('basic.qos', { prefetchCount: 7 });
      await channel.answersTo(duty);
    },
    ...spec,
  });

const scripted = (run: (peer: Peer) => Promise<void>, spec: Partial<CheckSpec> = {}) =>
  check('amqp091/test/script', { title: 'a script', duties: [passiveMissing], run, ...spec });

const answers404 = (_: unknown, stage: Stage) => stage.reply('channel.close', { replyCode: 404, replyText: 'none' });

async function verdictOf(subject: ReturnType<typeof check>, script: Script, options: RunOptions = {}, restartable = false) {
  const target = scriptedTarget(createSimulation({ seed: 1 }), script, { restartable });
  return { target, verdict: await runCheck(subject, target, { seed: 42, ...options }) };
}

describe('outcomes', () => {
  test('pass, with the reaction, the reading, the bystander alive and a command to replay it', async () => {
    const { verdict } = await verdictOf(departure(), { 'basic.qos': answers404 });
    expect(verdict).toMatchObject({
      outcome: 'pass',
      rule: 'amqp091/queue.declare.passive-missing',
      level: 'MUST',
      reaction: 'channel.close 404 not-found',
      ending: { kind: 'channel-closed', code: 404, text: 'none' },
      reading: 'text',
      alive: true,
      declared: 'conforms',
      surprise: false,
      replay: 'amqpspec replay amqp091/test/departure scripted: --seed 42',
    });
    expect(verdict.message).toBeUndefined();
    expect(verdict.transcript.flatMap(entry => entry.decoded).some(line => line.includes('channel.close '))).toBe(true);
  });

  test('fail, with what was expected and what came', async () => {
    const { verdict } = await verdictOf(departure(), { 'basic.qos': (_, stage) => stage.reply('connection.close', { replyCode: 541, replyText: 'oops' }) });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      surprise: true,
      reaction: 'connection.close 541 internal-error',
      message: 'Expected channel.close 404 not-found, got connection.close 541 internal-error ("oops").',
      legal: [{ kind: 'channel-close', code: 404 }],
    });
  });

  test('a SHOULD that is breached is a failure of its level, and a surprise only where that gates', async () => {
    const subject = departure(dutyOf('SHOULD'));
    const { verdict } = await verdictOf(subject, {});
    expect(verdict).toMatchObject({ outcome: 'fail', level: 'SHOULD', surprise: false });
    expect((await verdictOf(subject, {}, { gate: 'should' })).verdict).toMatchObject({ outcome: 'fail', surprise: true });
  });

  test('a MAY is observed and never judged', async () => {
    const { verdict } = await verdictOf(departure(dutyOf('MAY')), { 'basic.qos': (_, stage) => stage.reply('connection.close', { replyCode: 320 }) });
    expect(verdict).toMatchObject({ outcome: 'pass', level: 'MAY', message: expect.stringMatching(/^Observed: Expected /) });
  });

  test('a measurement is handed on', async () => {
    const taken: unknown[] = [];
    const subject = scripted(async peer => peer.measure('limit', 5));
    await verdictOf(subject, {}, { onMeasurement: (_, measured) => taken.push(measured) });
    expect(taken).toEqual([{ name: 'limit', value: 5 }]);
  });

  test('not-applicable where nothing is left to break', async () => {
    const { verdict } = await verdictOf(
      scripted(async peer => peer.notApplicable('no limit')),
      {},
    );
    expect(verdict).toMatchObject({ outcome: 'not-applicable', reason: 'no limit', surprise: false });
  });

  test('unsupported where a capability is not advertised: the check is not even run', async () => {
    const { verdict } = await verdictOf(departure(passiveMissing, { capabilities: ['teleportation'] }), {});
    expect(verdict).toMatchObject({ outcome: 'unsupported', reason: 'The peer does not advertise teleportation.', transcript: [] });
  });

  test('540 is unsupported where the standard names the feature optional, else a failure', async () => {
    const script: Script = { 'basic.qos': (_, stage) => stage.reply('connection.close', { replyCode: 540 }) };
    expect((await verdictOf(departure(passiveMissing, { optional: true }), script)).verdict).toMatchObject({ outcome: 'unsupported' });
    expect((await verdictOf(departure(), script)).verdict).toMatchObject({ outcome: 'fail', reaction: 'connection.close 540 not-implemented' });
  });
});

describe('our own mistakes are never blamed on the peer', () => {
  test('a script that throws', async () => {
    const { verdict } = await verdictOf(
      scripted(async () => {
        throw new TypeError('undefined is not a function');
      }),
      {},
    );
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'harness', message: expect.stringContaining('undefined is not a function') });
  });

  test('a script that waits for ever', async () => {
    const { verdict } = await verdictOf(
      scripted(() => new Promise(() => {})),
      {},
    );
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'harness', message: expect.stringContaining('did not end within 120 s') });
  });
});

describe('silence', () => {
  test('lasting through a second run with a long budget, while the bystander is answered, is a failure', async () => {
    const { verdict, target } = await verdictOf(departure(), { 'basic.qos': (_, stage) => stage.deaf() });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reaction: 'silence',
      ending: { kind: 'silence' },
      alive: true,
      message: expect.stringContaining('within 5 s, got silence'),
    });
    expect(target.peer.lines).toHaveLength(3);
  });

  test('that was only slowness passes in the second run', async () => {
    const late: Script = { 'basic.qos': (_, stage) => stage.after(2500, () => answers404(_, stage)), 'channel.flow': () => {} };
    const { verdict } = await verdictOf(departure(), late);
    expect(verdict).toMatchObject({ outcome: 'pass', reaction: 'channel.close 404 not-found' });
  });

  test('is inconclusive where the bystander is not answered either', async () => {
    let stuck = false;
    const script: Script = {
      'basic.qos': (_, stage) => {
        stuck = true;
        stage.deaf();
      },
      'basic.publish': (_, stage) => (stuck ? stage.deaf() : stage.healthy()),
    };
    const { verdict } = await verdictOf(departure(), script);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'peer-slow', alive: false, surprise: false });
  });

  test('a profile may grant more time', async () => {
    const late: Script = { 'basic.qos': (_, stage) => stage.after(2500, () => answers404(_, stage)) };
    const { target, verdict } = await verdictOf(departure(), late, { budgets: { reply: 3000 } });
    expect(verdict.outcome).toBe('pass');
    expect(target.peer.lines).toHaveLength(2);
  });

  test('of what was promised without a moment is the failure of that promise', async () => {
    const subject = scripted(peer => peer.eventually('the moon is blue', async () => false));
    expect((await verdictOf(subject, {})).verdict).toMatchObject({ outcome: 'fail', reaction: 'never: the moon is blue', ending: { kind: 'open' } });
  });

  test('a promise that is kept late is kept', async () => {
    const subject = scripted(async peer => {
      const begun = peer.now();
      await peer.eventually('time passes', async () => peer.now() - begun > 3000);
    });
    expect((await verdictOf(subject, {})).verdict.outcome).toBe('pass');
  });
});

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
    const { verdict, target } = await verdictOf(departure(), killer, {}, true);
    expect(verdict.ending.kind).toBe('peer-died');
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

describe('a target that lets nobody in', () => {
  test('is judged without a bystander, by what it does', async () => {
    const { verdict } = await verdictOf(departure(), { 'connection.open': (_, stage) => stage.end() });
    expect(verdict).toMatchObject({ outcome: 'fail', reaction: 'eof without an answer' });
  });
});
