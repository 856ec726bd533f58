import { describe, expect, test } from 'vitest';
import type { Peer } from '../probe/peer.ts';
import type { Script } from '../probe/scripted-peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import { type Check, type CheckSpec, check } from './check.ts';
import { runChecks, type ScheduleOptions } from './scheduler.ts';
import { scriptedTarget } from './scripted-target.ts';

const duty = 'amqp091/queue.declare.passive-missing:enforce';

function named(name: string, run: (peer: Peer) => Promise<void>, spec: Partial<CheckSpec> = {}): Check {
  return check(`amqp091/test/${name}`, { title: name, duties: [duty], run, ...spec });
}

function start(checks: readonly Check[], script: Script = {}, options: ScheduleOptions & { restartable?: boolean } = {}) {
  const target = scriptedTarget(createSimulation({ seed: 1 }), script, { restartable: options.restartable ?? false });
  return { target, finished: runChecks(checks, target, { seed: 1, ...options }) };
}

/** A check that tells when it begins and ends, and takes its time. */
function timed(log: string[], name: string, spec: Partial<CheckSpec> = {}): Check {
  const run = async (peer: Peer) => {
    log.push(`${name} begins`);
    await peer.quiet(100, 'takes its time');
    log.push(`${name} ends`);
  };
  return named(name, run, spec);
}

const silent = (name: string) =>
  named(
    name,
    async peer => {
      const channel = await peer.channel();
      channel.send('basic.qos');
      await channel.expect('basic.qos-ok');
    },
    { departs: true },
  );

const deafToQos: Script = { 'basic.qos': (_, stage) => stage.deaf() };

describe('isolation', () => {
  test('shared checks run side by side, the longest first; exclusive ones alone; destructive ones last', async () => {
    const log: string[] = [];
    const checks = [
      timed(log, 'breaks', { isolation: 'destructive' }),
      timed(log, 'alone', { isolation: 'exclusive' }),
      timed(log, 'short', { worstMs: 10 }),
      timed(log, 'long', { worstMs: 5000 }),
    ];
    const { finished } = start(checks, {}, { restartable: true });
    expect((await finished).verdicts.map(verdict => verdict.outcome)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(log.slice(0, 2)).toEqual(['long begins', 'short begins']);
    expect(log.slice(4)).toEqual(['alone begins', 'alone ends', 'breaks begins', 'breaks ends']);
  });

  test('no more run at a time than asked for', async () => {
    const log: string[] = [];
    await start([timed(log, 'one'), timed(log, 'two')], {}, { concurrency: 1 }).finished;
    expect(log).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  test('destructive checks are not run where the target cannot be started again', async () => {
    const { verdicts } = await start([timed([], 'breaks', { isolation: 'destructive' })]).finished;
    expect(verdicts).toMatchObject([{ outcome: 'not-run', reason: expect.stringContaining('cannot be started again'), surprise: false }]);
  });

  test('on a shared broker only shared checks are run', async () => {
    const checks = [timed([], 'alone', { isolation: 'exclusive' }), timed([], 'shared')];
    const { verdicts } = await start(checks, {}, { safe: true, restartable: true }).finished;
    expect(verdicts.map(({ check: id, outcome }) => [id, outcome])).toEqual([
      ['amqp091/test/shared', 'pass'],
      ['amqp091/test/alone', 'not-run'],
    ]);
  });
});

describe('silence', () => {
  test('is run again only when nothing runs beside it', async () => {
    const log: string[] = [];
    const subject = silent('mute');
    const run = (peer: Peer) => {
      log.push('mute');
      return subject.run(peer);
    };
    const watched = { ...subject, run };
    const { verdicts } = await start([watched, timed(log, 'other', { worstMs: 5000 })], deafToQos).finished;
    expect(log).toEqual(['other begins', 'mute', 'other ends', 'mute']);
    expect(verdicts.map(verdict => verdict.outcome)).toEqual(['pass', 'fail']);
  });

  test('of more than twenty checks is not run again, and the target is called degraded', async () => {
    const checks = Array.from({ length: 23 }, (_, index) => silent(`mute-${index}`));
    const { verdicts, notes } = await start(checks, deafToQos).finished;
    expect([verdicts.filter(({ outcome }) => outcome === 'fail').length, verdicts.filter(({ reason }) => reason === 'peer-slow').length]).toEqual([20, 3]);
    expect(notes).toMatchObject([{ kind: 'target-degraded', text: expect.stringContaining('The target is degraded') }]);
  });

  test('that was declared is none of the twenty', async () => {
    const checks = Array.from({ length: 23 }, (_, index) => silent(`mute-${index}`));
    const declared = { kind: 'check', outcome: 'fail', reaction: 'silence', reason: 'Known.', origin: 'a test' } as const;
    const declarations = checks.map(({ id }) => ({ ...declared, id, checks: [id] }));
    const { verdicts, notes } = await start(checks, deafToQos, { declarations }).finished;
    expect(new Set(verdicts.map(({ outcome, surprise }) => `${outcome} ${surprise}`))).toEqual(new Set(['fail false']));
    expect(notes).toEqual([]);
  });
});

const kills = (spec: Partial<CheckSpec> = {}) =>
  named(
    'kills',
    async peer => {
      const channel = await peer.channel();
      channel.send('queue.purge', { queue: 'fatal' });
      await channel.expect('queue.purge-ok');
    },
    { departs: true, ...spec },
  );

const healthy = (name: string, spec: Partial<CheckSpec> = {}) => named(name, async peer => void (await (await peer.channel()).queue()), spec);

const mortal: Script = { 'queue.purge': (_, stage) => stage.die() };

describe('a target that dies', () => {
  test('ends the run as target-down for the rest', async () => {
    const { finished } = start([kills({ worstMs: 900 }), healthy('one'), healthy('two')], mortal, { concurrency: 1 });
    const { verdicts, down } = await finished;
    expect(verdicts.map(({ outcome, reason, ending }) => [outcome, reason, ending.kind])).toEqual([
      ['fail', undefined, 'peer-died'],
      ['inconclusive', 'target-down', 'open'],
      ['inconclusive', 'target-down', 'open'],
    ]);
    expect(down).toMatch(/cannot be started again|refused/);
  });

  test('keeps what could not be deleted, and the run says so', async () => {
    const leaves = kills({
      async run(peer) {
        const channel = await peer.channel();
        await channel.queue({ queue: peer.name('kept'), exclusive: false });
        await channel.queue();
        await channel.call('queue.purge', { queue: 'fatal' }, 'queue.purge-ok');
      },
    });
    const { notes } = await start([leaves], mortal).finished;
    expect(notes).toMatchObject([{ kind: 'other', text: expect.stringMatching(/^Not deleted, since the target is down: amqpspec-\S+-kept\.$/) }]);
  });

  test('is started again, so that the rest is judged', async () => {
    const { verdicts, notes } = await start([kills({ worstMs: 900 }), healthy('one')], mortal, { concurrency: 1, restartable: true }).finished;
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['fail', 'pass']);
    expect(notes.map(({ kind }) => kind)).toEqual(['restarted', 'restarted']);
  });

  test('while several ran is blamed on the one that kills it alone', async () => {
    const { finished } = start([kills(), timed([], 'beside'), healthy('after', { isolation: 'exclusive' })], mortal, { restartable: true });
    const outcomes = Object.fromEntries((await finished).verdicts.map(({ title, outcome, ending }) => [title, [outcome, ending.kind]]));
    expect(outcomes).toEqual({ beside: ['pass', 'open'], kills: ['fail', 'peer-died'], after: ['pass', 'open'] });
  });

  test("while several ran, and cannot be started again, is nobody's verdict", async () => {
    const { verdicts } = await start([kills(), timed([], 'beside')], mortal).finished;
    expect(verdicts.find(({ title }) => title === 'kills')).toMatchObject({ outcome: 'inconclusive', reason: 'target-down' });
  });
});

describe('a bystander that is harmed while several ran', () => {
  test('is blamed on the check that harms it alone', async () => {
    const script: Script = {
      'queue.purge': (_, stage) => {
        stage.healthy();
        for (const line of target.peer.lines) if (line.number !== stage.connection && !line.peer.queues.has('x')) line.stream.end();
      },
    };
    const target = scriptedTarget(createSimulation({ seed: 1 }), script);
    const harmless = named('harmless', async peer => void (await peer.quiet(50, 'minds its own business')), { departs: true });
    const { verdicts } = await runChecks([kills(), harmless], target);
    expect(Object.fromEntries(verdicts.map(({ title, outcome, alive }) => [title, [outcome, alive]]))).toEqual({
      kills: ['fail', false],
      harmless: ['pass', true],
    });
  });
});

describe('a run that is cancelled', () => {
  test('keeps what was judged and cleans up', async () => {
    const controller = new AbortController();
    const leaves = named('leaves', async peer => void (await (await peer.channel()).queue({ exclusive: false })), { worstMs: 900 });
    const hangs = named('hangs', async peer => {
      const channel = await peer.channel();
      await channel.queue({ queue: peer.name(), exclusive: false });
      controller.abort();
      await peer.quiet(60_000, 'cancelled meanwhile');
    });
    const { target, finished } = start([leaves, hangs, healthy('never')], {}, { concurrency: 1, signal: controller.signal });
    const { verdicts, cancelled } = await finished;
    expect([verdicts.map(({ title }) => title), cancelled]).toEqual([['leaves'], true]);
    expect([...target.peer.queues.keys()]).toEqual([]);
  });

  test('by bail at the first surprise', async () => {
    const { verdicts } = await start([kills({ worstMs: 900 }), healthy('never')], mortal, { concurrency: 1, bail: true, restartable: true }).finished;
    expect(verdicts).toHaveLength(1);
  });
});

describe('what checks leave behind', () => {
  test('is deleted, whatever they named or declared, also octet by octet', async () => {
    const messy = named('messy', async peer => {
      const channel = await peer.channel();
      await channel.queue({ exclusive: false, durable: true });
      await channel.call('queue.declare', { exclusive: false }, 'queue.declare-ok');
      await channel.queue();
      const queue = new TextEncoder().encode(peer.name());
      const payload = [0, 50, 0, 10, 0, 0, queue.length, ...queue, 0, 0, 0, 0, 0];
      channel.connection.sendBytes(Uint8Array.from([1, 0, channel.number, 0, 0, 0, payload.length, ...payload, 0xce]));
      await channel.expect('queue.declare-ok');
    });
    const { target, finished } = start([messy]);
    expect([(await finished).notes, ...target.peer.queues.keys()]).toEqual([[]]);
  });

  test('and cannot be deleted is said, and hides no verdict', async () => {
    const leaves = named('leaves', async peer => void (await (await peer.channel()).queue({ exclusive: false })));
    const { verdicts, notes } = await start([leaves], { 'queue.delete': (_, stage) => stage.reply('channel.close', { replyCode: 403 }) }).finished;
    expect(verdicts).toMatchObject([{ outcome: 'pass' }]);
    expect(notes).toMatchObject([
      { kind: 'other', text: expect.stringMatching(/^queue amqpspec-.* may be left behind: deleting it was refused with 403 access-refused\.$/) },
    ]);
  });
});

describe('the budget', () => {
  test('is measured on a target that is warmed up before it is judged', async () => {
    const target = scriptedTarget(createSimulation({ seed: 1, delays: { minMs: 20, maxMs: 20 } }), {});
    let reply = 0;
    const { roundTripMs } = await runChecks(
      [
        named('asks', async peer => {
          reply = peer.budgetMs('reply');
        }),
      ],
      target,
    );
    expect([roundTripMs, reply]).toEqual([40, 4000]);
  });
});
