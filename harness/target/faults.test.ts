import { once } from 'node:events';
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningBroker, startBroker } from './reference.ts';

let broker: RunningBroker;
let connection: ChannelModel;
let channel: ConfirmChannel;

beforeEach(async () => {
  broker = await startBroker();
  connection = await amqp.connect(broker.url);
  connection.on('error', () => undefined);
  channel = await connection.createConfirmChannel();
  channel.on('error', () => undefined);
  await channel.assertQueue('q');
});

afterEach(async () => {
  await broker.close();
});

/** Publishes and says how that went. */
function published(body: string, queue = 'q'): Promise<'confirmed' | 'refused'> {
  return new Promise(resolve => channel.sendToQueue(queue, Buffer.from(body), {}, error => resolve(error ? 'refused' : 'confirmed')));
}

const bodies = (queue = 'q') => broker.queue(queue).messages.map(({ body }) => `${body}`);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

describe('a fault in a running broker', () => {
  test('nack: what is refused is in no queue, and numbers stay in step', async () => {
    {
      await using fault = await broker.fault({ fault: 'chaos:nack', after: 1, first: 2 });
      const outcomes = [];
      for (const body of ['1', '2', '3', '4']) outcomes.push(await published(body));
      expect(outcomes).toEqual(['confirmed', 'refused', 'refused', 'confirmed']);
      expect(fault.strikes).toBe(2);
    }
    expect(await published('5')).toBe('confirmed');
    expect(bodies()).toEqual(['1', '4', '5']);
  });

  test('nack: one queue alone, and gone when its scope is left', async () => {
    await channel.assertQueue('other');
    {
      using fault = await broker.fault('chaos:nack:queue=other');
      expect([await published('1'), await published('2', 'other')]).toEqual(['confirmed', 'refused']);
      expect(fault.strikes).toBe(1);
    }
    expect(await published('3', 'other')).toBe('confirmed');
    expect([bodies(), bodies('other')]).toEqual([['1'], ['3']]);
  });

  test('delay: what is asked for is answered late, in order, and others are not', async () => {
    const fault = await broker.fault({ fault: 'chaos:delay', method: 'queue.declare', queue: 'slow', delayMs: 150 });
    const other = await connection.createChannel();
    await other.assertQueue('quick');
    const begun = performance.now();
    const order: string[] = [];
    await Promise.all([channel.assertQueue('slow').then(() => order.push('slow')), channel.checkQueue('quick').then(() => order.push('quick'))]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(149);
    expect(order).toEqual(['slow', 'quick']);
    expect(fault.strikes).toBe(1);
    fault.stop();
    await channel.checkQueue('slow');
  });

  test('delay: what is late still comes when the fault is gone', async () => {
    const fault = await broker.fault({ fault: 'chaos:delay', method: 'basic.publish', delayMs: 50 });
    const confirmed = published('1');
    await expect.poll(() => fault.strikes).toBe(1);
    fault.stop();
    expect(await confirmed).toBe('confirmed');
  });

  test('close: a soft code closes the channel, a hard one the connection', async () => {
    const soft = await broker.fault({ fault: 'chaos:close', method: 'queue.declare', code: 405, first: 1 });
    expect(await channel.assertQueue('x').catch(messageOf)).toMatch(/405 \(RESOURCE-LOCKED\)/);
    soft.stop();
    const next = await connection.createChannel();
    await next.assertQueue('y');
    await broker.fault({ fault: 'chaos:close', method: 'queue.declare', code: 320, first: 1 });
    const closed = once(connection, 'close');
    await expect(next.assertQueue('z')).rejects.toThrow();
    expect(messageOf((await closed)[0])).toMatch(/320 \(CONNECTION-FORCED\)/);
    expect(() => broker.queue('z')).toThrow('no queue');
  });

  test('drop: the connection is lost in place of a delivery, which then goes to somebody else', async () => {
    await broker.fault({ fault: 'chaos:drop', queue: 'q', first: 1 });
    await published('1');
    const lost = new Promise(resolve => connection.once('close', resolve));
    await channel.consume('q', () => undefined).catch(() => undefined);
    await lost;
    const again = await amqp.connect(broker.url);
    const message = await (await again.createChannel()).get('q');
    expect(message && `${message.content} ${message.fields.redelivered}`).toBe('1 true');
    await again.close();
  });

  test('stall: the connection falls silent and stays open; others are served', async () => {
    const fault = await broker.fault({ fault: 'chaos:stall', method: 'queue.declare', queue: 'never' });
    let answered = false;
    channel.assertQueue('never').then(
      () => {
        answered = true;
      },
      () => undefined,
    );
    await expect.poll(() => fault.strikes).toBe(1);
    const other = await amqp.connect(broker.url);
    await (await other.createChannel()).assertQueue('served');
    await other.close();
    expect({ answered, connections: broker.health().connections }).toEqual({ answered: false, connections: 1 });
  });

  test('a violation touches connections that are opened from then on, until it is taken away', async () => {
    const fault = await broker.fault('violation:amqp091/queue.declare.passive-missing:enforce');
    const other = await amqp.connect(broker.url);
    const asking = await other.createChannel();
    expect((await asking.checkQueue('nowhere')).queue).toBe('nowhere');
    expect(await channel.checkQueue('absent').catch(messageOf)).toMatch(/404/);
    fault.stop();
    asking.on('error', () => undefined);
    expect(await asking.checkQueue('absent').catch(messageOf)).toMatch(/404/);
    await other.close();
  });

  test('what does not exist is refused with a reason', async () => {
    await expect(broker.fault('chaos:monkey')).rejects.toThrow('There is no fault chaos:monkey');
    await expect(broker.fault({ fault: 'chaos:delay', delayMs: -1 })).rejects.toThrow(/delayMs/);
  });
});
