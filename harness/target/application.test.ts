import { type ChannelModel, connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { startBroker } from './reference.ts';

/** An application's own code, as its tests would call it: leaves nothing behind, whether or not there was anything. */
async function tearDown(connection: ChannelModel, queues: readonly string[]): Promise<void> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  for (const queue of queues) await channel.deleteQueue(queue);
  await channel.close();
}

/** The test that the application's author writes, once for each broker that the application has to live with. */
describe('an application that tidies up twice', () => {
  test('lives with RabbitMQ, where deleting what is not there is done', async () => {
    await using broker = await startBroker({ dialect: 'rabbitmq' });
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    await channel.assertQueue('orders');
    await tearDown(connection, ['orders', 'orders']);
    expect(() => broker.queue('orders')).toThrow('no queue');
    await connection.close();
  });

  test('fails where the standard is read as it stands, and learns why', async () => {
    await using broker = await startBroker();
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    await channel.assertQueue('orders');
    await expect(tearDown(connection, ['orders', 'orders'])).rejects.toThrow(/404 \(NOT-FOUND\).*orders/);
    await connection.close();
  });
});
