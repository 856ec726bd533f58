import { describe, expect, test } from 'vitest';
import { conditionOf, ending, first, next, outcomeOf, RheaClient, rheaBench } from './rhea.test-kit.ts';

const bench = rheaBench();
const { freshQueue, withClient, over091 } = bench;

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
      await over091(channel => channel.deleteQueue(queue));
      expect(await endings).toEqual(['amqp:resource-deleted', 'amqp:resource-deleted']);
      expect(conditionOf(sender)).toBe('amqp:resource-deleted');
    }));

  test('wrong passwords and virtual hosts that are not there', async () => {
    await expect(RheaClient.open(bench.broker, { password: 'wrong' })).rejects.toThrow();
    await using stray = await RheaClient.open(bench.broker, { hostname: 'vhost:none' } as never);
    if (!stray.connection.error) await first(stray.connection, 'connection_close', 'disconnected');
    expect(stray.connection.error).toMatchObject({ condition: 'amqp:not-found' });
  });
});
