import { describe, expect, test } from 'vitest';
import type { Peer } from '../probe/peer.ts';
import type { Script } from '../probe/scripted-peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import type { Check } from './check.ts';
import { type RunOptions, runCheck } from './run-check.ts';
import { answers404, departure, dutyOf, passiveMissing, scripted } from './scripted-checks.ts';
import { scriptedTarget } from './scripted-target.ts';

async function verdictOf(subject: Check, script: Script, options: RunOptions = {}, restartable = false) {
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

  test('540 is no excuse for what a check holds against the peer in its own words', async () => {
    const script: Script = { 'basic.qos': (_, stage) => stage.reply('channel.close', { replyCode: 540 }) };
    const run = async (peer: Peer) => {
      const channel = await peer.channel();
      channel.send('basic.qos', { prefetchCount: 7 });
      await channel.expect('channel.close');
      peer.require(false, 'The queue is empty.');
    };
    const { verdict } = await verdictOf(departure(passiveMissing, { optional: true, run }), script);
    expect(verdict).toMatchObject({ outcome: 'fail', reaction: 'The queue is empty', ending: { code: 540 } });
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
