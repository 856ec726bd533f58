import { once } from 'node:events';
import amqp from 'amqplib';
import callbacks from 'amqplib/callback_api';
import { describe, expect, test } from 'vitest';
import { startBroker } from './reference.ts';

/** The answer of one of amqplib's callbacks, or its error. */
function answer<T>(ask: (callback: (error: unknown, value: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, value) => (error === null || error === undefined ? resolve(value) : reject(error)));
  });
}

describe('amqplib connects', () => {
  test('by a URL with options, or by an object', async () => {
    await using broker = await startBroker({
      virtualHosts: ['/', 'work'],
      users: { ada: 'love/lace:1' },
      limits: { channelMax: 100, frameMax: 16_384, heartbeatS: 5 },
    });
    const { port, host } = broker;
    const byUrl = await amqp.connect(
      `amqp://ada:${encodeURIComponent('love/lace:1')}@${host}:${port}/work?frameMax=8192&channelMax=2&heartbeat=30&locale=en_US`,
    );
    await Promise.all([byUrl.createChannel(), byUrl.createChannel()]);
    await expect(byUrl.createChannel()).rejects.toThrow('No channels left');
    const byObject = await amqp.connect({
      protocol: 'amqp',
      hostname: host,
      port,
      username: 'ada',
      password: 'love/lace:1',
      vhost: 'work',
      frameMax: 0x1000,
      heartbeat: 0,
    });
    const channel = await byObject.createConfirmChannel();
    await channel.assertQueue('q');
    channel.sendToQueue('q', Buffer.alloc(50_000, 'x'));
    await channel.waitForConfirms();
    expect(broker.queue('q', 'work').messages[0]?.body.length).toBe(50_000);
    for (const connection of [byUrl, byObject]) await connection.close();
  });

  test('with client properties and a socket option, and is told what it talks to', async () => {
    await using broker = await startBroker();
    const connection = await amqp.connect(broker.url, { clientProperties: { connection_name: 'test' }, noDelay: true, timeout: 1000 });
    expect(connection.connection.serverProperties).toMatchObject({ product: 'amqpspec', capabilities: { publisher_confirms: true, 'basic.nack': true } });
    await connection.close();
  });

  test('by PLAIN and AMQPLAIN, and not with a wrong password or to a virtual host that is not there', async () => {
    await using broker = await startBroker();
    for (const credentials of [amqp.credentials.plain('guest', 'guest'), amqp.credentials.amqplain('guest', 'guest')])
      await (await amqp.connect(broker.url, { credentials })).close();
    await expect(amqp.connect(broker.url, { credentials: amqp.credentials.plain('guest', 'wrong') })).rejects.toThrow(/403/);
    await expect(amqp.connect(`${broker.url}/missing`)).rejects.toThrow('ConnectionClose');
  });

  test('and renews its secret: that of the user goes on, any other ends the connection', async () => {
    await using broker = await startBroker();
    const connection = await amqp.connect(broker.url);
    await connection.updateSecret(Buffer.from('guest'), 'renewed');
    expect(await (await connection.createChannel()).assertQueue('q')).toMatchObject({ queue: 'q' });
    const refused = once(connection, 'error');
    connection.updateSecret(Buffer.from('wrong'), 'renewed').catch(() => undefined);
    expect(await refused).toMatchObject([{ code: 530 }]);
  });

  test('keeps a quiet connection alive by heartbeats', async () => {
    await using broker = await startBroker();
    const connection = await amqp.connect(`${broker.url}?heartbeat=1`);
    const channel = await connection.createChannel();
    await new Promise(resolve => void setTimeout(resolve, 2500));
    expect(await channel.assertQueue('q')).toMatchObject({ queue: 'q' });
    await connection.close();
  });

  test('and is told when it is blocked, and when no longer', async () => {
    await using broker = await startBroker({ memoryOctets: 3000 });
    const [publisher, other] = [await amqp.connect(broker.url), await amqp.connect(broker.url)];
    const [blocked, unblocked] = [once(publisher, 'blocked'), once(publisher, 'unblocked')];
    const channel = await publisher.createChannel();
    await channel.assertQueue('q');
    for (let n = 0; n < 2; n += 1) channel.sendToQueue('q', Buffer.alloc(800));
    expect(String((await blocked)[0])).not.toBe('');
    await (await other.createChannel()).purgeQueue('q');
    await unblocked;
    expect(await channel.checkQueue('q')).toMatchObject({ messageCount: 0 });
    for (const connection of [publisher, other]) await connection.close();
  });

  test('again by itself, when the broker was gone for a while', async () => {
    const first = await startBroker();
    const options = { recovery: { initialDelay: 20, maxDelay: 50, jitter: 0 } };
    const connection = await amqp.connect(first.url, options);
    connection.on('error', () => undefined);
    const heard = (event: string) => new Promise<void>(resolve => void connection.once(event, () => resolve()));
    const gone = heard('disconnect');
    await first.close();
    await gone;
    const back = heard('connect');
    await using second = await startBroker({ port: first.port });
    await back;
    await (await connection.createChannel()).assertQueue('q');
    expect(second.queue('q').name).toBe('q');
    await connection.close();
  });
});

describe('amqplib by callbacks', () => {
  test('does what its promises do', async () => {
    await using broker = await startBroker();
    const connection = await answer<callbacks.Connection>(callback => callbacks.connect(broker.url, callback));
    const channel = await answer<callbacks.ConfirmChannel>(callback => connection.createConfirmChannel(callback));
    await answer(callback => channel.assertExchange('e', 'topic', { durable: true }, callback));
    await answer(callback => channel.checkExchange('e', callback));
    await answer(callback => channel.assertExchange('f', 'fanout', {}, callback));
    await answer(callback => channel.bindExchange('f', 'e', '#', {}, callback));
    await answer(callback => channel.unbindExchange('f', 'e', '#', {}, callback));
    await answer(callback => channel.deleteExchange('f', {}, callback));
    await answer(callback => channel.assertQueue('q', {}, callback));
    await answer(callback => channel.bindQueue('q', 'e', 'a.#', {}, callback));
    await answer(callback => channel.publish('e', 'a.b', Buffer.from('1'), {}, callback));
    await answer(callback => channel.sendToQueue('q', Buffer.from('2'), { persistent: true }, callback));
    await answer<void>(callback => channel.waitForConfirms(error => callback(error, undefined)));
    expect(await answer(callback => channel.checkQueue('q', callback))).toMatchObject({ messageCount: 2 });
    const message = await answer<callbacks.Message | false>(callback => channel.get('q', {}, callback));
    expect(message).toMatchObject({ content: Buffer.from('1'), fields: { messageCount: 1 } });
    channel.nackAll();
    await answer(callback => channel.recover(callback));
    channel.prefetch(1);
    const delivered = answer<callbacks.Message | null>(callback => channel.consume('q', each => callback(null, each), { consumerTag: 'c' }));
    expect(await delivered).toMatchObject({ content: Buffer.from('1'), fields: { redelivered: true, consumerTag: 'c' } });
    await answer(callback => channel.cancel('c', callback));
    channel.ackAll();
    expect(await answer(callback => channel.purgeQueue('q', callback))).toEqual({ messageCount: 1 });
    await answer(callback => channel.unbindQueue('q', 'e', 'a.#', {}, callback));
    await answer(callback => channel.deleteQueue('q', {}, callback));
    await answer<void>(callback => channel.close(error => callback(error, undefined)));
    await answer<void>(callback => connection.close(error => callback(error, undefined)));
  });

  test('hears of errors where its promises do', async () => {
    await using broker = await startBroker();
    const connection = await answer<callbacks.Connection>(callback => callbacks.connect(broker.url, callback));
    const channel = await answer<callbacks.Channel>(callback => connection.createChannel(callback));
    const error = once(channel, 'error');
    await expect(answer(callback => channel.checkQueue('missing', callback))).rejects.toThrow('404');
    expect(String((await error)[0])).toContain('404');
    await answer<void>(callback => connection.close(each => callback(each, undefined)));
  });
});
