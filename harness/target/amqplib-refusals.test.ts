import { once } from 'node:events';
import amqp, { type Channel, type ChannelModel, type ConfirmChannel, type Message } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningBroker, startBroker } from './reference.ts';

/** What amqplib makes of the reference broker's refusals and closes, and of its headers exchange. */
describe.each(['spec', 'rabbitmq'] as const)('amqplib against the dialect %s', dialect => {
  let broker: RunningBroker;
  let connection: ChannelModel;
  let channel: ConfirmChannel;

  beforeEach(async () => {
    broker = await startBroker({ dialect });
    connection = await amqp.connect(broker.url);
    connection.on('error', () => undefined);
    channel = await connection.createConfirmChannel();
  });

  afterEach(async () => {
    await connection.close().catch(() => undefined);
    await broker.close();
  });

  /** Code and text of the error that ends a channel of its own when this is done on it. */
  async function failure(work: (on: Channel) => unknown): Promise<string> {
    const victim = await connection.createChannel();
    const [[error]] = await Promise.all([once(victim, 'error'), Promise.resolve(work(victim)).catch(() => undefined)]);
    return (error as Error).message;
  }

  test.each([
    ['404', (each: Channel) => each.publish('missing', 'k', Buffer.alloc(0))],
    ['404', (each: Channel) => each.bindQueue('q', 'missing', '')],
    ['404', (each: Channel) => each.get('missing')],
    ['403', (each: Channel) => each.assertExchange('amq.mine', 'direct')],
    ['406', (each: Channel) => each.assertQueue('q', { autoDelete: true })],
    ['406', (each: Channel) => each.assertQueue('other', { arguments: { 'x-message-ttl': 'soon' } })],
    ['406', (each: Channel) => each.sendToQueue('q', Buffer.alloc(0), { userId: 'somebody' })],
    ['406', (each: Channel) => each.sendToQueue('q', Buffer.alloc(0), { expiration: 'soon' })],
    ['406', (each: Channel) => each.ack({ fields: { deliveryTag: 99 } } as Message)],
  ])('hears %s on the channel that is at fault, and the others live on', async (code, work) => {
    await channel.assertQueue('q');
    expect(await failure(work)).toContain(code);
    expect(await channel.checkQueue('q')).toMatchObject({ messageCount: 0 });
  });

  test.each([
    ['headers of all kinds match', { 'x-match': 'all', a: 1, b: 'x' }, { a: 1, b: 'x' }, 1],
    ['any of the headers matches', { 'x-match': 'any', a: 1, b: 'x' }, { b: 'x' }, 1],
    ['no header matches', { 'x-match': 'any', a: 1 }, { a: 2 }, 0],
  ])('routes by headers: %s', async (_, args, headers, count) => {
    await channel.assertQueue('q');
    await channel.bindQueue('q', 'amq.headers', '', args);
    channel.publish('amq.headers', '', Buffer.from('x'), { headers });
    await channel.waitForConfirms();
    expect(broker.queue('q').messages).toHaveLength(count);
  });

  test('closes channels and connections, and opens channels again', async () => {
    const closed = once(channel, 'close');
    await channel.close();
    await closed;
    expect(() => channel.sendToQueue('q', Buffer.alloc(0))).toThrow('Channel closed');
    const again = await connection.createChannel();
    await again.assertQueue('q');
    const ended = once(connection, 'close');
    await connection.close();
    await ended;
    await expect(connection.createChannel()).rejects.toThrow('Connection closed');
  });
});
