import amqplib from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningBroker, startBroker } from './reference.ts';
import { conditionOf, ending, first, next, outcomeOf, RheaClient } from './rhea.test-kit.ts';

let broker: RunningBroker;
let count = 0;

beforeAll(async () => {
  broker = await startBroker({ definitions: { exchanges: [{ name: 'x', type: 'topic' }] } });
});
afterAll(() => broker.close());

/** A queue of its own for each test. */
async function freshQueue(args: Record<string, unknown> = {}): Promise<string> {
  count += 1;
  const connection = await amqplib.connect(broker.url);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue(`q${count}`, { arguments: args });
  await connection.close();
  return queue;
}

async function withClient(work: (client: RheaClient) => Promise<void>): Promise<void> {
  await using client = await RheaClient.open(broker);
  await work(client);
}

describe('a sender of rhea', () => {
  test('that settles by itself hears nothing and is heard', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender({ target: queue, snd_settle_mode: 1 });
      sender.send({ body: 'settled' });
      expect((await next(await client.receiver(queue))).message?.body).toBe('settled');
    }));

  test('is told that a queue took it not', () =>
    withClient(async client => {
      const queue = await freshQueue({ 'x-max-length': 1, 'x-overflow': 'reject-publish' });
      const sender = await client.sender(queue);
      expect(await outcomeOf(sender, { body: 1 })).toBe('accepted');
      expect(await outcomeOf(sender, { body: 2 })).toBe('rejected amqp:resource-limit-exceeded');
    }));

  test('may not say that it is somebody else', () =>
    withClient(async client => {
      const sender = await client.sender(await freshQueue());
      expect(await outcomeOf(sender, { user_id: Buffer.from('guest'), body: 1 })).toBe('accepted');
      expect(await outcomeOf(sender, { user_id: Buffer.from('other'), body: 1 })).toBe('rejected amqp:precondition-failed');
    }));
});

describe('what is refused', () => {
  test('is refused at the link, and the session lives on', () =>
    withClient(async client => {
      await expect(client.sender('none')).rejects.toThrow('amqp:not-found');
      await expect(client.sender('/exchanges/none/k')).rejects.toThrow('amqp:not-found');
      await expect(client.sender('/nonsense')).rejects.toThrow('amqp:invalid-field');
      await expect(client.receiver('none')).rejects.toThrow('amqp:not-found');
      await expect(client.receiver({ source: {} as never })).rejects.toThrow('amqp:invalid-field');
      expect(await outcomeOf(await client.sender(await freshQueue()), { body: 1 })).toBe('accepted');
    }));

  test('a queue that is deleted detaches its links', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender(queue);
      const receiver = await client.receiver(queue);
      const endings = Promise.all([ending(sender, 'sender'), ending(receiver, 'receiver')]);
      const connection = await amqplib.connect(broker.url);
      await (await connection.createChannel()).deleteQueue(queue);
      await connection.close();
      expect(await endings).toEqual(['amqp:resource-deleted', 'amqp:resource-deleted']);
      expect(conditionOf(sender)).toBe('amqp:resource-deleted');
    }));

  test('wrong passwords and virtual hosts that are not there', async () => {
    await expect(RheaClient.open(broker, { password: 'wrong' })).rejects.toThrow();
    await using stray = await RheaClient.open(broker, { hostname: 'vhost:none' } as never);
    if (!stray.connection.error) await first(stray.connection, 'connection_close', 'disconnected');
    expect(stray.connection.error).toMatchObject({ condition: 'amqp:not-found' });
  });
});
