import { once } from 'node:events';
import rhea from 'rhea';
import { describe, expect, test } from 'vitest';
import { startBroker } from './reference.ts';
import { first, next, outcomeOf, RheaClient, rheaBench } from './rhea.test-kit.ts';

const bench = rheaBench();
const { freshQueue, withClient } = bench;

const types = rhea.types as unknown as Readonly<Record<string, (value: unknown) => unknown>> & {
  described(descriptor: unknown, value: unknown): unknown;
};
const described = (code: number, fields: readonly unknown[]) => types.described(types.wrap_ulong?.(code), types.wrap_list?.(fields));

describe('rhea as applications use it', () => {
  test('settles, accepts and gives credit by itself', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const receiver = client.connection.open_receiver({ source: queue, credit_window: 3 });
      const bodies: unknown[] = [];
      const all = new Promise<void>(resolve => {
        receiver.on('message', ({ message }) => {
          bodies.push(message?.body);
          if (bodies.length === 10) resolve();
        });
      });
      const sender = await client.sender(queue);
      for (let at = 0; at < 10; at += 1) sender.send({ body: at });
      await all;
      expect(bodies).toEqual(Array.from({ length: 10 }, (_, at) => at));
      await expect.poll(() => bench.broker.queue(queue).messages.length + bench.broker.queue(queue).unacknowledgedCount).toBe(0);
    }));

  test('asks and is answered over a dynamic node', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const server = client.connection.open_receiver(queue);
      const answering = client.connection.open_sender({ target: {} });
      server.on('message', ({ message }) => {
        answering.send({ to: String(message?.reply_to), correlation_id: message?.correlation_id as string, body: `${message?.body}!` });
      });
      const answers = await client.receiver({ source: { dynamic: true } } as never);
      const { address } = answers.source as unknown as { readonly address: string };
      await outcomeOf(await client.sender(queue), { reply_to: address, correlation_id: 'c', body: 'hello' });
      expect((await next(answers)).message).toMatchObject({ correlation_id: 'c', body: 'hello!' });
    }));

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

  test('publishes within a transaction that it declares and discharges by hand', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const coordinator = client.connection.open_sender({ target: described(0x30, []) } as never);
      await first(coordinator, 'sendable', 'sender_error');
      const declared = first(coordinator, 'settled', 'accepted', 'rejected');
      coordinator.send({ body: described(0x31, [null]) } as never);
      const { context } = await declared;
      const state = context.delivery?.remote_state as {
        readonly descriptor?: { readonly value: number };
        readonly value?: readonly { readonly value: Buffer }[];
      };
      expect(Number(state.descriptor?.value)).toBe(0x33);
      const id = state.value?.[0]?.value;
      const discharged = first(coordinator, 'accepted', 'rejected');
      coordinator.send({ body: described(0x32, [types.wrap_binary?.(id), false]) } as never);
      expect((await discharged).event).toBe('accepted');
      expect(await outcomeOf(await client.sender(queue), { body: 'after' })).toBe('accepted');
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
