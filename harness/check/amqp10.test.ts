import { describe, expect, test } from 'vitest';
import { NodeBank } from '../probe/amqp10-nodes.ts';
import { barriers } from '../probe/barriers.ts';
import { defaultBudgets } from '../probe/budgets.ts';
import type { NodeFacts } from '../probe/node-facts.ts';
import type { Peer } from '../probe/peer.ts';
import { Probe } from '../probe/probe.ts';
import type { Script10 } from '../probe/scripted-peer10.ts';
import { scriptedProbe10, stopOf } from '../probe/scripted-probe.ts';
import { survey } from '../probe/survey.ts';
import { createSimulation } from '../sim/simulator.ts';
import { simulatedTarget } from '../target/simulated.ts';
import { check } from './check.ts';
import { runCheck } from './run-check.ts';
import { runChecks } from './scheduler.ts';

const options = { budgets: defaultBudgets, runId: 'test', seed: 1 };

/** By which way a queue of the reference broker is had, and whether it holds what it is sent. */
async function provided(facts: NodeFacts): Promise<readonly string[]> {
  const target = simulatedTarget({ seed: 1 });
  return target.run(async () => {
    const bank = new NodeBank(target, options, facts);
    const probe = new Probe(target, { ...options, check: 'some/check', attempt: 1, nodes: bank });
    const { address, provisioner } = await probe.node10();
    const session = await probe.session10();
    const outcome = await (await session.sender(address)).send('kept');
    const receiver = await session.receiver(address);
    receiver.credit(1);
    const { text = '' } = await receiver.receive();
    await probe.dispose(100);
    const left = await bank.close();
    return [provisioner, outcome?.type ?? '', text, ...left.map(({ name }) => name)];
  });
}

describe('a queue for a check of 1.0', () => {
  test.each(['dynamic', 'management', 'http-management', 'amqp091'] as const)('comes by way of %s, and nothing of it is left', async way => {
    expect(await provided({ provisioners: [way] })).toEqual([way, 'accepted', 'kept']);
  });

  test('is lent to whom has one already, unless all who could give one back wait for another', async () => {
    const target = simulatedTarget({ seed: 1 });
    await target.run(async () => {
      const setUp = new Probe(target, { ...options, check: 'set/up', attempt: 1 });
      const channel = await setUp.channel();
      const given = [await channel.queue({ exclusive: false }), await channel.queue({ exclusive: false })];
      const bank = new NodeBank(target, options, { given });
      const [one, other] = [{}, {}];
      const [mine, theirs] = [await bank.provide(one), await bank.provide(other)];
      const waiting = bank.provide(one);
      expect(await stopOf(bank.provide(other))).toMatchObject({ kind: 'no-provisioner', sentence: expect.stringContaining('more queues at once than the 2') });
      await theirs.release();
      expect((await waiting).node.address).toBe(theirs.node.address);
      expect(await stopOf(bank.provide(one))).toMatchObject({ kind: 'no-provisioner' });
      await mine.release();
      await bank.close();
      await setUp.dispose(100);
    });
  });

  test('that one holds for the whole run is another one than those that were made beforehand, where there is a way', async () => {
    const target = simulatedTarget({ seed: 1 });
    await target.run(async () => {
      const setUp = new Probe(target, { ...options, check: 'set/up', attempt: 1 });
      const queue = await (await setUp.channel()).queue({ exclusive: false });
      const bank = new NodeBank(target, options, { given: [queue] });
      const forGood = await bank.provideForGood();
      expect(forGood.node.provisioner).toBe('dynamic');
      expect((await bank.provide()).node).toMatchObject({ address: queue, provisioner: 'address' });
      await bank.close();
      const alone = new NodeBank(target, options, { given: [queue], provisioners: [] });
      expect(await stopOf(alone.provideForGood())).toMatchObject({ kind: 'no-provisioner' });
      await alone.close();
      await setUp.dispose(100);
    });
  });

  test('comes by programs of the user, whatever else the profile knows, and they are asked to remove it', async () => {
    const told: string[] = [];
    const target = simulatedTarget({ seed: 1 });
    await target.run(async () => {
      const setUp = new Probe(target, { ...options, check: 'set/up', attempt: 1 });
      const channel = await setUp.channel();
      const hook = {
        create: async (queue: string) => {
          told.push('made');
          await channel.call('queue.declare', { queue, durable: true }, 'queue.declare-ok');
        },
        remove: async (queue: string) => {
          told.push('removed');
          await channel.call('queue.delete', { queue }, 'queue.delete-ok');
        },
      };
      const bank = new NodeBank(target, options, { provisioners: ['address'], hook });
      const { node, release } = await bank.provide();
      told.push(node.provisioner);
      await release();
      expect(await bank.close()).toEqual([]);
      await setUp.dispose(100);
    });
    // The first one is the trial.
    expect(told).toEqual(['made', 'removed', 'made', 'hook', 'removed']);
  });

  test('is not there where the programs of the user fail, and it is said why', async () => {
    const target = simulatedTarget({ seed: 1 });
    const hook = { create: () => Promise.reject(new Error('The program sh failed: status 3.')), remove: async () => {} };
    const bank = new NodeBank(target, options, { provisioners: [], hook });
    expect(await target.run(() => stopOf(bank.provide()))).toMatchObject({
      kind: 'no-provisioner',
      sentence: expect.stringMatching(/hook: .*The program sh failed: status 3/),
    });
  });

  test('those made by requests at once get an answer each', async () => {
    const target = simulatedTarget({ seed: 1 });
    await target.run(async () => {
      for (const way of ['management', 'http-management'] as const) {
        const bank = new NodeBank(target, options, { provisioners: [way] });
        const provided = await Promise.all(Array.from({ length: 60 }, () => bank.provide()));
        expect(new Set(provided.map(({ node }) => node.address)).size).toBe(60);
        await Promise.all(provided.map(({ release }) => release()));
        expect(await bank.close()).toEqual([]);
      }
    });
  });

  test('comes by the first way that leads to one', async () => {
    expect(await provided({ provisioners: ['attach', 'amqp091', 'dynamic'], address: '/queues/{queue}' })).toEqual(
      expect.arrayContaining(['amqp091', 'accepted', 'kept']),
    );
  });

  test('is one that was made beforehand, emptied, for one check at a time', async () => {
    const target = simulatedTarget({ seed: 1 });
    const seen = await target.run(async () => {
      const setUp = new Probe(target, { ...options, check: 'set/up', attempt: 1 });
      const channel = await setUp.channel();
      const queue = await channel.queue({ exclusive: false });
      channel.publish({ routingKey: queue, body: 'from before' });
      await channel.barrier();
      const bank = new NodeBank(target, options, { provisioners: ['address'], given: [queue] });
      const [first, second] = [await bank.provide(), bank.provide()];
      let waits = true;
      second.then(() => {
        waits = false;
      });
      const declared = await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
      const waited = waits;
      await first.release();
      await (await second).release();
      await bank.close();
      await setUp.dispose(100);
      return { messages: declared.args.messageCount, address: first.node.address === queue, waited };
    });
    expect(seen).toEqual({ messages: 0, address: true, waited: true });
  });

  test('that cannot be had ends the check as inconclusive, with every reason', async () => {
    const target = simulatedTarget({ seed: 1 });
    const lost = check('amqp10/test/lost', {
      title: 'a check without a queue',
      duties: ['amqp10/2.7.4.echo:emit'],
      async run(peer: Peer) {
        await peer.node10();
      },
    });
    const bank = new NodeBank(target, options, { provisioners: ['address'] });
    expect(await target.run(() => stopOf(bank.provide()))).toMatchObject({ kind: 'no-provisioner' });
    const { outcome } = await runCheck(lost, target);
    expect(outcome).toBe('pass');
  });
});

/** Sends a transfer that belongs to nobody, which ends its session. */
const departing = check('amqp10/test/departing', {
  title: 'a departure',
  duties: ['amqp10/2.7.4.unattached-handle:enforce'],
  departs: true,
  async run(peer: Peer) {
    const session = await peer.session10();
    session.flow({ handle: 9, deliveryCount: 0, linkCredit: 1 });
    await session.answersTo('amqp10/2.7.4.unattached-handle:enforce');
  },
});

describe('a check of 1.0', () => {
  test('is judged with a bystander of its protocol, and says how the conversation ended', async () => {
    const verdict = await runCheck(departing, simulatedTarget({ seed: 1 }));
    expect(verdict).toMatchObject({
      outcome: 'pass',
      alive: true,
      reaction: 'end amqp:session:unattached-handle',
      ending: { kind: 'session-ended', condition: 'amqp:session:unattached-handle' },
    });
    expect(verdict.transcript.some(({ decoded }) => decoded.some(line => line.includes('AMQP 3 1 0 0')))).toBe(true);
  });

  test('needs what open offers', async () => {
    const wanting = { ...departing, capabilities: ['NOBODY-HAS-THIS'] };
    expect(await runCheck(wanting, simulatedTarget({ seed: 1 }))).toMatchObject({ outcome: 'unsupported' });
  });

  test('runs beside those of 0-9-1', async () => {
    const old = check('amqp091/test/open', {
      title: 'a channel',
      duties: ['amqp091/channel.open.open-ok:emit'],
      async run(peer: Peer) {
        await peer.channel();
      },
    });
    const { verdicts, notes } = await runChecks([old, departing], simulatedTarget({ seed: 1 }));
    expect([verdicts.map(({ outcome }) => outcome), notes]).toEqual([['pass', 'pass'], []]);
  });
});

describe('a survey', () => {
  test('asks both protocols', async () => {
    const target = simulatedTarget({ seed: 1 });
    const seen = await target.run(() => survey(target));
    expect(seen).toMatchObject({ protocols: ['0-9-1', '1.0'], product: 'amqpspec', amqp10: { limits: { channelMax: expect.any(Number) } } });
  });
});

describe('a target that does not echo', () => {
  const quiet: Script10 = { flow: ({ frame }) => frame.performative?.type === 'flow' && frame.performative.echo === true };

  test.each(['attach', { attachTo: 'q' }] as const)('shows how far it has come by its answer to an attach: %j', async barrier10 => {
    const simulation = createSimulation({ seed: 1 });
    const probe = scriptedProbe10(simulation, quiet, { barrier10: barriers(barrier10) });
    await simulation.run(async () => (await probe.session10()).barrier(['transfer']));
    expect(probe.unnoticed()).toBeUndefined();
  });
});
