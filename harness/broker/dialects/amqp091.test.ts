import { describe, expect, test } from 'vitest';
import type { MethodName } from '../../spec/amqp091/classes.ts';
import { describeMethod } from '../../wire/amqp091/describe.ts';
import { fieldTable } from '../../wire/amqp091/field-table.ts';
import { methodIds } from '../../wire/amqp091/method.ts';
import { DialectTestbed, frame, publishFrames, type TestClient } from './testbed.ts';

const kilobyte = Buffer.alloc(1024, 'x');

async function withChannel(bed: DialectTestbed, options: Parameters<DialectTestbed['client']>[0] = {}): Promise<TestClient> {
  const client = await bed.client(options);
  await client.call(1, 'channel.open', {}, 'channel.open-ok');
  await client.call(1, 'queue.declare', { queue: 'q' }, 'queue.declare-ok');
  return client;
}

describe('an exception', () => {
  test('closes its channel with code, text and the ids of the method, and leaves the others alone', async () => {
    const bed = new DialectTestbed();
    await bed.run(async () => {
      const client = await withChannel(bed);
      await client.call(2, 'channel.open', {}, 'channel.open-ok');
      const { args } = await client.call(2, 'queue.bind', { queue: 'q', exchange: 'missing' }, 'channel.close');
      expect(args).toMatchObject({ replyCode: 404, ...methodIds('queue.bind') });
      expect(args.replyText).toMatch(/^not-found: .*'missing'/);
      await client.call(1, 'basic.qos', {}, 'basic.qos-ok');
      await client.call(2, 'channel.open', {}, 'channel.open-ok');
    });
  });

  test('530 answers a secret that is not that of the user; that of the user is confirmed', async () => {
    const bed = new DialectTestbed();
    const secret = (text: string) => ({ newSecret: new TextEncoder().encode(text) });
    await bed.run(async () => {
      const client = await withChannel(bed);
      await client.call(0, 'connection.update-secret', secret('guest'), 'connection.update-secret-ok');
      const { args } = await client.call(0, 'connection.update-secret', secret('another'), 'connection.close');
      expect(args).toMatchObject({ replyCode: 530, ...methodIds('connection.update-secret') });
    });
  });

  test('keeps within a short string, however long the names are', async () => {
    const bed = new DialectTestbed();
    await bed.run(async () => {
      const { args } = await (await withChannel(bed)).call(1, 'queue.purge', { queue: '\u{1f407}'.repeat(63) }, 'channel.close');
      expect(args.replyCode).toBe(404);
    });
  });

  test('of the frames gives back what the channel had', async () => {
    const bed = new DialectTestbed();
    await bed.run(async () => {
      const client = await withChannel(bed);
      client.sendTogether(publishFrames(1, 'q', kilobyte), frame(1, 'basic.get', { queue: 'q' }));
      await client.until(() => client.methods('basic.get-ok').length === 1);
      client.sendTogether(frame(1, 'basic.publish'), frame(1, 'basic.qos'));
      await client.until(() => client.methods('connection.close').length === 1);
      expect(bed.broker.core.connections.size).toBe(0);
      expect(bed.broker.core.virtualHosts.get('/')?.queues.get('q')?.ready).toBe(1);
    });
  });
});

describe('confirms', () => {
  test('of what came in one piece are one ack, and none comes behind a close', async () => {
    const bed = new DialectTestbed();
    await bed.run(async () => {
      const client = await withChannel(bed);
      await client.call(1, 'confirm.select', {}, 'confirm.select-ok');
      client.sendTogether(...Array.from({ length: 50 }, () => publishFrames(1, 'q', kilobyte)));
      await client.until(() => client.methods('basic.ack').length > 0);
      expect(client.methods('basic.ack').map(({ args }) => args)).toEqual([{ deliveryTag: 50n, multiple: true }]);
      client.sendTogether(publishFrames(1, 'q', kilobyte));
      client.send(1, 'channel.close');
      await client.until(() => client.methods('channel.close-ok').length === 1);
      expect(client.events.slice(-2).map(event => event.kind === 'method' && event.method.name)).toEqual(['basic.ack', 'channel.close-ok']);
    });
  });

  test('of a channel that fails come before it closes', async () => {
    const bed = new DialectTestbed();
    await bed.run(async () => {
      const client = await withChannel(bed);
      await client.call(1, 'confirm.select', {}, 'confirm.select-ok');
      client.sendTogether(publishFrames(1, 'q', kilobyte), publishFrames(1, 'q', kilobyte, { exchange: 'missing' }));
      await client.until(() => client.methods('channel.close').length === 1);
      expect(client.methods('basic.ack').map(({ args }) => args)).toEqual([{ deliveryTag: 1n, multiple: false }]);
    });
  });
});

describe('a client that does not read', () => {
  test('is sent no more than its window, and the rest when it reads again', async () => {
    const bed = new DialectTestbed({}, { windowOctets: 10_000 });
    await bed.run(async () => {
      const publisher = await withChannel(bed);
      publisher.sendTogether(...Array.from({ length: 500 }, () => publishFrames(1, 'q', kilobyte)));
      const client = await withChannel(bed);
      await client.call(1, 'queue.declare', { queue: 'q', passive: true }, 'queue.declare-ok');
      client.driven.pause();
      const before = bed.written;
      client.send(1, 'basic.consume', { queue: 'q', noAck: true });
      await client.pass(1000);
      expect(bed.written - before).toBeLessThan(20_000);
      client.driven.resume();
      await client.until(() => client.methods('basic.deliver').length === 500);
      expect(client.methods('basic.deliver').map(({ args }) => args.deliveryTag)).toEqual(Array.from({ length: 500 }, (_, index) => BigInt(index + 1)));
    });
  });

  test('is not read from either when it asks for ever more', async () => {
    const bed = new DialectTestbed({ unreadMax: 50_000 });
    await bed.run(async () => {
      const client = await withChannel(bed);
      client.sendTogether(...Array.from({ length: 400 }, () => publishFrames(1, 'q', kilobyte)));
      await client.call(1, 'basic.qos', {}, 'basic.qos-ok');
      client.driven.pause();
      const before = bed.written;
      for (let n = 0; n < 400; n += 1) {
        client.send(1, 'basic.get', { queue: 'q', noAck: true });
        await client.pass(2);
      }
      expect(bed.written - before).toBeLessThan(60_000);
      client.driven.resume();
      await client.until(() => client.methods('basic.get-ok').length === 400);
    });
  });
});

describe('a publisher of more than the broker may hold', () => {
  test('is told so, is not read from, and goes on when there is room', async () => {
    const bed = new DialectTestbed({}, { memoryOctets: 10_000 });
    await bed.run(async () => {
      const publisher = await withChannel(bed, { capabilities: ['connection.blocked'], heartbeatS: 1 });
      publisher.sendTogether(...Array.from({ length: 12 }, () => publishFrames(1, 'q', kilobyte)));
      await publisher.until(() => publisher.methods('connection.blocked').length === 1);
      publisher.send(1, 'basic.qos');
      await publisher.pass(10_000);
      expect(publisher.methods('basic.qos-ok')).toEqual([]);
      const consumer = await withChannel(bed);
      consumer.send(1, 'basic.consume', { queue: 'q', noAck: true });
      await publisher.until(() => publisher.methods('basic.qos-ok').length === 1);
      expect(publisher.methods('connection.unblocked')).toHaveLength(1);
    });
  });
});

describe('a connection that ends without a word', () => {
  test.each(['a reset', 'octets that are no frame'] as const)('by %s gives back what it had and takes its queues along', async how => {
    const bed = new DialectTestbed();
    await bed.run(async () => {
      const client = await withChannel(bed);
      client.send(1, 'queue.declare', { queue: 'mine', exclusive: true });
      client.sendTogether(publishFrames(1, 'q', kilobyte), frame(1, 'basic.get', { queue: 'q' }));
      await client.until(() => client.methods('basic.get-ok').length === 1);
      if (how === 'a reset') client.driven.machine.abort(bed.simulation.clock.now());
      else client.sendTogether(Buffer.alloc(8, 0xff));
      await client.pass(100);
      const queues = bed.broker.core.virtualHosts.get('/')?.queues;
      expect([...(queues?.keys() ?? [])]).toEqual(['q']);
      expect(queues?.get('q')?.ready).toBe(1);
      expect(bed.broker.core.connections.size).toBe(0);
    });
  });
});

test('flow is answered before deliveries go on, and a lost consumer is told', async () => {
  const bed = new DialectTestbed();
  await bed.run(async () => {
    const client = await withChannel(bed, { capabilities: ['consumer_cancel_notify'] });
    await client.call(1, 'channel.flow', { active: false }, 'channel.flow-ok');
    await client.call(1, 'basic.consume', { queue: 'q', consumerTag: 'c' }, 'basic.consume-ok');
    client.sendTogether(publishFrames(1, 'q', kilobyte));
    client.send(1, 'channel.flow', { active: true });
    client.send(1, 'queue.delete', { queue: 'q' });
    await client.until(() => client.methods('queue.delete-ok').length === 1);
    const names = client.events.flatMap(event => ('method' in event ? [event.method.name as MethodName] : [])).slice(-4);
    expect(names).toEqual(['channel.flow-ok', 'basic.deliver', 'basic.cancel', 'queue.delete-ok']);
  });
});

test('every cut of the stream gives the same conversation', async () => {
  const conversation = async (splits: number) => {
    const bed = new DialectTestbed({}, {}, { splits, seed: 7 });
    return bed.run(async () => {
      const client = await withChannel(bed);
      const args = { queue: 'q', exchange: 'amq.headers', arguments: fieldTable({ 'x-match': 'any', n: 1 }) };
      await client.call(1, 'queue.bind', args, 'queue.bind-ok');
      client.sendTogether(
        publishFrames(1, 'q', kilobyte),
        frame(1, 'basic.get', { queue: 'q' }),
        frame(1, 'basic.ack', { deliveryTag: 1n }),
        frame(1, 'basic.ack', { deliveryTag: 1n }),
      );
      await client.until(() => client.methods('channel.close').length === 1);
      return client.events.map(event => ('method' in event ? describeMethod(event.method) : event.kind));
    });
  };
  expect(await conversation(0.9)).toEqual(await conversation(0));
});
