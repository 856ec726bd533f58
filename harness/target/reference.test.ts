import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import amqp, { type Channel, type ChannelModel, type ConfirmChannel, type ConsumeMessage, type Message } from 'amqplib';
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
});

afterEach(async () => {
  await connection.close().catch(() => undefined);
  await broker.close();
});

function bodies(name: string): string[] {
  return broker.queue(name).messages.map(({ body }) => body.toString());
}

/** The error by which a channel ends when this is done on it, as code and text. */
async function failure(on: Channel, work: (channel: Channel) => unknown): Promise<string> {
  const [[error]] = await Promise.all([once(on, 'error'), Promise.resolve(work(on)).catch(() => undefined)]);
  return (error as Error).message;
}

/** Collects what is delivered; `count` deliveries resolve `arrived`. */
function collector(count: number) {
  const messages: ConsumeMessage[] = [];
  let done: (messages: ConsumeMessage[]) => void = () => undefined;
  const arrived = new Promise<ConsumeMessage[]>(resolve => {
    done = resolve;
  });
  const take = (message: ConsumeMessage | null) => {
    if (message !== null) messages.push(message);
    if (messages.length === count) done(messages);
  };
  return { messages, arrived, take };
}

describe('amqplib', () => {
  test('declares, binds, publishes, waits for confirms, consumes and acknowledges', async () => {
    await channel.assertExchange('events', 'topic');
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, 'events', 'order.*');
    for (let n = 0; n < 100; n += 1) channel.publish('events', n % 2 === 0 ? 'order.new' : 'other', Buffer.from(`${n}`), { persistent: true, headers: { n } });
    await channel.waitForConfirms();
    expect(bodies(queue)).toHaveLength(50);
    const { arrived, take } = collector(50);
    await channel.consume(queue, take);
    const messages = await arrived;
    expect(messages.map(({ content }) => Number(content.toString()))).toEqual(Array.from({ length: 50 }, (_, n) => 2 * n));
    expect(messages[1]?.properties.headers).toEqual({ n: 2 });
    expect(messages[1]?.fields).toMatchObject({ exchange: 'events', routingKey: 'order.new', redelivered: false, deliveryTag: 2 });
    channel.ackAll();
    expect(await channel.checkQueue(queue)).toEqual({ queue, messageCount: 0, consumerCount: 1 });
    expect(broker.queue(queue).unacknowledgedCount).toBe(0);
  });

  test('gets no more than it prefetches, and a nacked message again', async () => {
    await channel.assertQueue('work');
    for (const body of ['1', '2', '3']) channel.sendToQueue('work', Buffer.from(body));
    await channel.waitForConfirms();
    await channel.prefetch(2);
    const first = collector(2);
    const { consumerTag } = await channel.consume('work', first.take);
    const [one, two] = await first.arrived;
    await channel.checkQueue('work');
    expect(first.messages).toHaveLength(2);
    await channel.cancel(consumerTag);
    channel.nack(one as Message);
    channel.reject(two as Message, false);
    const got = await channel.get('work', { noAck: true });
    expect(got).toMatchObject({ fields: { redelivered: true, messageCount: 1 } });
    expect(await channel.get('work')).toMatchObject({ fields: { redelivered: false, messageCount: 0 } });
    expect(await channel.get('work')).toBe(false);
  });

  test('is returned what is mandatory and reaches nobody, before it is confirmed', async () => {
    const order: string[] = [];
    channel.on('return', (message: Message) => order.push(`return ${message.content.toString()}`));
    channel.publish('', 'nowhere', Buffer.from('back'), { mandatory: true }, () => order.push('confirm'));
    await channel.waitForConfirms();
    expect(order).toEqual(['return back', 'confirm']);
  });
});

describe('a client', () => {
  test('carries properties and bodies of a megabyte through untouched', async () => {
    await channel.assertQueue('big');
    const body = Buffer.from(Array.from({ length: 1 << 20 }, (_, at) => (at * 31) & 0xff));
    const properties = {
      contentType: 'application/octet-stream',
      messageId: 'm',
      correlationId: 'ü',
      timestamp: 1_700_000_000,
      headers: { deep: { list: [1, true, 'x'] } },
    };
    channel.sendToQueue('big', body, properties);
    channel.sendToQueue('big', Buffer.alloc(0));
    await channel.waitForConfirms();
    const { arrived, take } = collector(2);
    await channel.consume('big', take, { noAck: true });
    const [big, empty] = await arrived;
    expect(big?.content.equals(body)).toBe(true);
    expect(big?.properties).toMatchObject(properties);
    expect(empty?.content.length).toBe(0);
  });

  test('works on fifty channels at once', async () => {
    const channels = await Promise.all(Array.from({ length: 50 }, () => connection.createChannel()));
    await Promise.all(
      channels.map(async (each, index) => {
        const { queue } = await each.assertQueue('', { exclusive: true });
        for (let n = 0; n < 20; n += 1) each.sendToQueue(queue, Buffer.from(`${index}.${n}`));
        const { arrived, take } = collector(20);
        await each.consume(queue, take);
        const messages = await arrived;
        expect(messages.map(({ content }) => content.toString())).toEqual(Array.from({ length: 20 }, (_, n) => `${index}.${n}`));
        each.ackAll();
        await each.close();
      }),
    );
  });

  test('hears of a consumer that it loses', async () => {
    await channel.assertQueue('mortal');
    const lost = new Promise(resolve => void channel.consume('mortal', resolve));
    await channel.checkQueue('mortal');
    await channel.deleteQueue('mortal');
    expect(await lost).toBeNull();
  });
});

describe('an error', () => {
  test.each([
    ['404', (each: Channel) => each.checkQueue('missing')],
    ['404', (each: Channel) => each.publish('missing', '', Buffer.alloc(0))],
    ['403', (each: Channel) => each.assertQueue('amq.mine')],
    ['406', (each: Channel) => each.assertQueue('there', { durable: false })],
    ['406', (each: Channel) => each.ack({ fields: { deliveryTag: 7 } } as Message)],
    ['405', (each: Channel) => each.checkQueue('locked')],
  ])('of code %s closes its channel only', async (code, work) => {
    const owner = await amqp.connect(broker.url);
    await (await owner.createChannel()).assertQueue('locked', { exclusive: true });
    await channel.assertQueue('there');
    const victim = await connection.createChannel();
    expect(await failure(victim, work)).toContain(code);
    expect(await channel.checkQueue('there')).toMatchObject({ messageCount: 0 });
    await owner.close();
  });

  test('that is hard names its method and closes the connection; others live on', async () => {
    const other = await amqp.connect(broker.url);
    const closed = once(other, 'error');
    await (await other.createChannel()).assertQueue('stream', { arguments: { 'x-queue-type': 'stream' } }).catch(() => undefined);
    const [error] = await closed;
    expect((error as Error).message).toMatch(/540 .*x-queue-type/);
    expect(await channel.assertQueue('alive')).toMatchObject({ queue: 'alive' });
  });
});

describe('the broker', () => {
  test('is there well under 50 milliseconds', async () => {
    const took: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const before = performance.now();
      await using another = await startBroker();
      took.push(performance.now() - before);
      expect(another.port).not.toBe(broker.port);
    }
    expect(Math.min(...took)).toBeLessThan(50);
  });

  test('takes messages from within and shows what waits', async () => {
    await channel.assertQueue('q');
    broker.publish({ routingKey: 'q', body: 'from within', properties: { type: 'note' } });
    expect(broker.queue('q').messages).toMatchObject([{ routingKey: 'q', properties: { type: 'note' }, redelivered: false }]);
    expect(await channel.get('q', { noAck: true })).toMatchObject({ content: Buffer.from('from within'), properties: { type: 'note' } });
    expect(() => broker.queue('missing')).toThrow("no queue 'missing'");
    expect(() => broker.publish({ exchange: 'missing', body: '' })).toThrow("no exchange 'missing'");
  });

  test('lets in its users, by each mechanism that it offers, and nobody else', async () => {
    await using strict = await startBroker({ users: { ada: 'secret' }, anonymous: 'nobody', virtualHosts: ['work'] });
    expect(strict.url).toBe(`amqp://ada:secret@127.0.0.1:${strict.port}/work`);
    for (const credentials of [undefined, amqp.credentials.amqplain('ada', 'secret'), amqp.credentials.external()]) {
      const attempt = amqp.connect(strict.url, credentials && { credentials });
      if (credentials?.mechanism === 'EXTERNAL') await expect(attempt).rejects.toThrow();
      else await (await attempt).close();
    }
    await expect(amqp.connect(strict.url.replace('secret', 'wrong'))).rejects.toThrow(/403|ACCESS/);
    await expect(amqp.connect(strict.url.replace('ada', 'constructor'))).rejects.toThrow(/403|ACCESS/);
    await expect(amqp.connect(strict.url.replace('/work', '/play'))).rejects.toThrow('ConnectionClose');
  });

  test('drops who does not come to the point', async () => {
    await using impatient = await startBroker({ handshakeTimeoutMs: 30 });
    const socket = connectTcp(impatient.port, impatient.host);
    socket.write('AMQ');
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });

  test('in the dialect of RabbitMQ counts prefetch per consumer and minds names and deletions less', async () => {
    await using relaxed = await startBroker({ dialect: 'rabbitmq' });
    const client = await amqp.connect(relaxed.url);
    const each = await client.createChannel();
    await each.deleteQueue('was/never there');
    await each.assertQueue('in/a/path');
    await each.prefetch(1);
    for (let n = 0; n < 2; n += 1) each.sendToQueue('in/a/path', Buffer.from(`${n}`));
    const { arrived, take } = collector(2);
    await each.consume('in/a/path', take);
    await each.consume('in/a/path', take);
    expect(await arrived).toHaveLength(2);
    await client.close();
  });
});
