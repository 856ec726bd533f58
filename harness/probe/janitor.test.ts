import { expect, test } from 'vitest';
import { createSimulation } from '../sim/simulator.ts';
import { defaultBudgets } from './budgets.ts';
import { Janitor } from './janitor.ts';
import { type Script, ScriptedPeer } from './scripted-peer.ts';

const entities = ['one', 'stubborn', 'three'].map(name => ({ kind: 'queue', name, exclusive: false }) as const);

/** What a janitor asked this peer to delete, and what it left. */
async function cleaned(script: Script) {
  const asked: string[] = [];
  const simulation = createSimulation({ seed: 1 });
  const peer = new ScriptedPeer(simulation.clock, {
    ...script,
    'queue.delete': (request, stage) => {
      asked.push(request.args.queue);
      if (script['queue.delete'] !== undefined && request.args.queue === 'stubborn') script['queue.delete'](request, stage);
      else stage.healthy();
    },
  });
  const transport = simulation.transport(stream => peer.accept(stream));
  const probed = { transport, clock: simulation.clock, credentials: { user: 'guest', password: 'guest', virtualHost: '/' } };
  const left = await simulation.run(async () => {
    const janitor = new Janitor(probed, { budgets: defaultBudgets, runId: 'run', seed: 1 });
    const leftovers = await janitor.clean(entities);
    await janitor.close();
    return leftovers;
  });
  return { asked: new Set(asked), left: left.map(({ entity }) => entity.name) };
}

test('what is there is deleted', async () => {
  expect(await cleaned({})).toEqual({ asked: new Set(['one', 'stubborn', 'three']), left: [] });
});

test('a refusal that costs the channel takes nobody with it', async () => {
  const refusal: Script = { 'queue.delete': (_, stage) => stage.reply('channel.close', { replyCode: 405, replyText: 'RESOURCE_LOCKED' }) };
  expect((await cleaned(refusal)).left).toEqual(['stubborn']);
});

test('a refusal that costs the connection takes nobody with it', async () => {
  const refusal: Script = {
    'queue.delete': (_, stage) => {
      stage.reply('connection.close', { replyCode: 530, replyText: 'NOT_ALLOWED' });
      stage.deaf();
    },
  };
  const { asked, left } = await cleaned(refusal);
  expect(left).toEqual(['stubborn']);
  expect(asked).toContain('three');
});

test('a peer that lets no janitor in keeps what it has', async () => {
  expect((await cleaned({ 'connection.open': (_, stage) => stage.end() })).left).toEqual(['one', 'stubborn', 'three']);
});

test('a kind whose deletion is ignored is asked for once, and left; the others are deleted', async () => {
  const asked: string[] = [];
  const simulation = createSimulation({ seed: 1 });
  const peer = new ScriptedPeer(simulation.clock, { 'exchange.delete': request => void asked.push(request.args.exchange) });
  const transport = simulation.transport(stream => peer.accept(stream));
  const probed = { transport, clock: simulation.clock, credentials: { user: 'guest', password: 'guest', virtualHost: '/' } };
  const exchanges = ['one', 'two', 'three'].map(name => ({ kind: 'exchange', name, exclusive: false }) as const);
  const ignored = new Set<'queue' | 'exchange'>();
  const left = await simulation.run(async () => {
    const first = new Janitor(probed, { budgets: defaultBudgets, runId: 'run', seed: 1, ignored });
    const leftovers = await first.clean([...exchanges, { kind: 'queue', name: 'queue', exclusive: false }]);
    const second = new Janitor(probed, { budgets: defaultBudgets, runId: 'run', seed: 1, ignored });
    return [...leftovers, ...(await second.clean(exchanges))];
  });
  expect(left.map(({ entity }) => entity.name)).toEqual(['one', 'two', 'three', 'one', 'two', 'three']);
  expect([...ignored]).toEqual(['exchange']);
  expect(asked).toEqual(['one', 'two', 'three', 'one']);
});
