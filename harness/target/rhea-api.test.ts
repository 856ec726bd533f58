import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { startBroker } from './reference.ts';
import { first, outcomeOf, RheaClient, rheaBench } from './rhea.test-kit.ts';

const bench = rheaBench();
const { freshQueue, withClient } = bench;

describe('rhea as applications use it', () => {
  test('has several sessions, each of which ends alone', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sessions = [client.connection.create_session(), client.connection.create_session()];
      for (const session of sessions) session.begin();
      const [one, other] = sessions.map(session => session.open_sender(queue));
      if (one === undefined || other === undefined) throw new Error('two senders were opened');
      await Promise.all([first(one, 'sendable'), first(other, 'sendable')]);
      const ended = once(client.connection, 'session_close');
      sessions[0]?.close();
      await ended;
      expect(await outcomeOf(other, { body: 'still here' })).toBe('accepted');
    }));
});

test('comes back by itself to a broker that was away', { timeout: 30_000 }, async () => {
  const broker = await startBroker();
  const client = await RheaClient.open(broker, { reconnect: true, initial_reconnect_delay: 20, max_reconnect_delay: 50 } as never);
  const { port } = broker;
  const lost = once(client.connection, 'disconnected');
  await broker.close();
  await lost;
  const back = once(client.connection, 'connection_open');
  await using again = await startBroker({ port, autoCreate: true });
  await back;
  expect(await outcomeOf(await client.sender('made'), { body: 'back' })).toBe('accepted');
  expect(again.queue('made').messages).toHaveLength(1);
  await client[Symbol.asyncDispose]();
});

test('keeps a connection alive that is idle, and is kept alive', { timeout: 30_000 }, async () => {
  await using client = await RheaClient.open(bench.broker, { idle_time_out: 400 });
  const gone = once(client.connection, 'disconnected').then(() => 'gone');
  // Longer than twice the time after which either side would give a silent one up.
  const quiet = new Promise(resolve => setTimeout(() => resolve('there'), 1_200));
  expect(await Promise.race([gone, quiet])).toBe('there');
});
