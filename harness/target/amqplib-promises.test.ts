import { once } from 'node:events';
import amqp, { type Channel, type ChannelModel, type ConfirmChannel, type ConsumeMessage, type GetMessage, type Message } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningBroker, startBroker } from './reference.ts';

/** amqplib's promises against the reference broker, method by method, as it is read in both dialects. */
describe.each(['spec', 'rabbitmq'] as const)('amqplib against the dialect %s', dialect => {
  let broker: RunningBroker;
  let connection: ChannelModel;
  let channel: ConfirmChannel;

  beforeEach(async () => {
    broker = await startBroker({ dialect });
    connection = await amqp.connect(broker.url);
    connection.on('error', () => undefined);
    channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
  });

  afterEach(async () => {
    await connection.close().catch(() => undefined);
    await broker.close();
  });

  const waiting = (queue: string) => broker.queue(queue).messages.map(({ body }) => body.toString());

  async function filled(queue: string, ...bodies: readonly string[]): Promise<string> {
    await channel.assertQueue(queue);
    for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body));
    await channel.waitForConfirms();
    return queue;
  }

  async function got(queue: string, on: Channel = channel): Promise<GetMessage> {
    const message = await on.get(queue);
    if (message === false) throw new Error(`${queue} is empty`);
    return message;
  }

  /** The next messages of a consumer, null for one that it lost. */
  function inbox(): { readonly take: (message: ConsumeMessage | null) => void; next(): Promise<ConsumeMessage | null> } {
    const came: (ConsumeMessage | null)[] = [];
    let wake: () => void = () => undefined;
    return {
      take(message) {
        came.push(message);
        wake();
      },
      async next() {
        while (came.length === 0) {
          await new Promise<void>(resolve => {
            wake = resolve;
          });
        }
        return came.shift() ?? null;
      },
    };
  }

  /** Code and text of the error that ends a channel of its own when this is done on it. */
  async function failure(work: (on: Channel) => unknown): Promise<string> {
    const victim = await connection.createChannel();
    const [[error]] = await Promise.all([once(victim, 'error'), Promise.resolve(work(victim)).catch(() => undefined)]);
    return (error as Error).message;
  }

  test('asserts, checks, binds, unbinds, purges and deletes queues', async () => {
    const args = { messageTtl: 60_000, expires: 60_000, maxLength: 10, deadLetterExchange: 'amq.direct', deadLetterRoutingKey: 'dead', maxPriority: 5 };
    expect(await channel.assertQueue('q', { durable: true, ...args })).toEqual({ queue: 'q', messageCount: 0, consumerCount: 0 });
    await channel.assertQueue('q', { durable: true, ...args });
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
    expect(queue).toMatch(/^amq\.gen-/);
    await channel.bindQueue('q', 'amq.topic', 'a.*', { note: 'kept' });
    for (const key of ['a.b', 'a.c', 'b']) channel.publish('amq.topic', key, Buffer.from(key));
    await channel.waitForConfirms();
    expect(await channel.checkQueue('q')).toEqual({ queue: 'q', messageCount: 2, consumerCount: 0 });
    expect(await channel.purgeQueue('q')).toEqual({ messageCount: 2 });
    await channel.unbindQueue('q', 'amq.topic', 'a.*', { note: 'kept' });
    channel.publish('amq.topic', 'a.b', Buffer.from('x'));
    await channel.waitForConfirms();
    expect(await channel.deleteQueue('q', { ifEmpty: true, ifUnused: true })).toEqual({ messageCount: 0 });
    expect(await failure(each => each.checkQueue('q'))).toContain('404');
  });

  test('asserts, checks, binds, unbinds and deletes exchanges', async () => {
    for (const type of ['direct', 'fanout', 'topic', 'headers'])
      expect(await channel.assertExchange(type, type, { durable: false })).toEqual({ exchange: type });
    await channel.assertExchange('alternated', 'direct', { alternateExchange: 'fanout', autoDelete: false, internal: false });
    await channel.checkExchange('alternated');
    await channel.assertQueue('q');
    await channel.bindQueue('q', 'fanout', '');
    await channel.bindExchange('fanout', 'topic', 'x.#');
    channel.publish('topic', 'x.y', Buffer.from('bound'));
    channel.publish('alternated', 'nobody', Buffer.from('alternate'));
    await channel.waitForConfirms();
    await channel.unbindExchange('fanout', 'topic', 'x.#');
    channel.publish('topic', 'x.y', Buffer.from('unbound'));
    await channel.waitForConfirms();
    expect(waiting('q')).toEqual(['bound', 'alternate']);
    expect(await failure(each => each.deleteExchange('fanout', { ifUnused: true }))).toContain('406');
    await channel.deleteExchange('fanout');
    expect(await failure(each => each.checkExchange('fanout'))).toContain('404');
  });

  test('publishes with every property, and gets it back', async () => {
    await channel.assertQueue('q');
    const options = {
      contentType: 'text/plain',
      contentEncoding: 'identity',
      headers: { text: 'x', number: 7, flag: true, none: null, list: [1, 'two'], nested: { deep: 1.5 } },
      persistent: true,
      priority: 3,
      correlationId: 'c',
      replyTo: 'r',
      expiration: '60000',
      messageId: 'm',
      timestamp: 1_700_000_000,
      type: 't',
      userId: 'guest',
      appId: 'a',
    };
    channel.sendToQueue('q', Buffer.from('body'), options);
    await channel.waitForConfirms();
    const { persistent: _, ...properties } = options;
    const message = await got('q');
    expect(message.properties).toMatchObject({ ...properties, deliveryMode: 2 });
    expect(message.fields).toMatchObject({ exchange: '', routingKey: 'q', redelivered: false, messageCount: 0 });
    expect(message.content.toString()).toBe('body');
  });

  test('sends copies to CC and BCC, the latter unseen', async () => {
    for (const queue of ['main', 'copy', 'blind']) await channel.assertQueue(queue);
    channel.sendToQueue('main', Buffer.from('x'), { CC: ['copy'], BCC: ['blind'] });
    await channel.waitForConfirms();
    for (const queue of ['main', 'copy', 'blind']) expect((await got(queue)).properties.headers).toEqual({ CC: ['copy'] });
  });

  test('settles what it holds: ack, ackAll, nack, nackAll, reject, recover', async () => {
    await filled('q', '1', '2', '3', '4', '5');
    const held = [await got('q'), await got('q'), await got('q')] as const;
    channel.nack(held[0]);
    channel.reject(held[1], true);
    channel.ack(held[2]);
    await channel.checkQueue('q');
    expect(waiting('q')).toEqual(['1', '2', '4', '5']);
    await got('q');
    channel.ack(await got('q'), true);
    await channel.checkQueue('q');
    expect(waiting('q')).toEqual(['4', '5']);
    await got('q');
    channel.nackAll(true);
    await got('q');
    await channel.recover();
    await channel.checkQueue('q');
    expect(waiting('q')).toEqual(['4', '5']);
    for (const _ of ['4', '5']) await got('q');
    channel.ackAll();
    await channel.checkQueue('q');
    expect(broker.queue('q').unacknowledgedCount).toBe(0);
    await filled('q', '6', '7');
    channel.reject(await got('q'), false);
    channel.nack(await got('q'), false, false);
    expect(await channel.checkQueue('q')).toMatchObject({ messageCount: 0 });
  });

  test('consumes with its options, and cancels', async () => {
    await filled('q', '1', '2');
    const own = inbox();
    expect(await channel.consume('q', own.take, { consumerTag: 'mine', noAck: true, noLocal: false, exclusive: true, priority: 2 })).toEqual({
      consumerTag: 'mine',
    });
    expect((await own.next())?.fields).toMatchObject({ consumerTag: 'mine', deliveryTag: 1, redelivered: false, exchange: '', routingKey: 'q' });
    expect((await own.next())?.content.toString()).toBe('2');
    expect(await failure(each => each.consume('q', () => undefined))).toContain('403');
    await channel.cancel('mine');
    await filled('q', '3');
    expect(waiting('q')).toEqual(['3']);
    const lost = inbox();
    await channel.consume('q', lost.take);
    await lost.next();
    await channel.deleteQueue('q');
    expect(await lost.next()).toBeNull();
  });

  test('is sent no more than it prefetches', async () => {
    await filled('q', '1', '2', '3');
    await channel.prefetch(2);
    const own = inbox();
    await channel.consume('q', own.take);
    const first = await own.next();
    await own.next();
    await channel.checkQueue('q');
    expect(broker.queue('q').unacknowledgedCount).toBe(2);
    channel.ack(first as Message);
    expect((await own.next())?.content.toString()).toBe('3');
    await channel.prefetch(0, true);
  });

  test('tells each publish its confirm, and waits for all', async () => {
    await channel.assertQueue('q', { maxLength: 2, arguments: { 'x-overflow': 'reject-publish' } });
    const outcomes = [1, 2, 3].map(
      n => new Promise(resolve => void channel.sendToQueue('q', Buffer.from(`${n}`), { persistent: true }, error => resolve(error === null ? 'ack' : 'nack'))),
    );
    expect(await Promise.all(outcomes)).toEqual(['ack', 'ack', 'nack']);
    channel.sendToQueue('q', Buffer.from('4'));
    await expect(channel.waitForConfirms()).rejects.toThrow(/nack/);
    await channel.waitForConfirms();
  });

  test('hears of what is returned, with what was published', async () => {
    const returned = once(channel, 'return');
    channel.publish('', 'nowhere', Buffer.from('back'), { mandatory: true, messageId: 'm' });
    const [message] = (await returned) as [Message];
    expect(message.fields).toMatchObject({ replyCode: 312, exchange: '', routingKey: 'nowhere' });
    expect(message.properties.messageId).toBe('m');
    expect(message.content.toString()).toBe('back');
  });

  test('is told to wait when its buffer is full, and to go on when it has drained', async () => {
    await channel.assertQueue('q');
    const body = Buffer.alloc(1000);
    let sent = 0;
    while (channel.sendToQueue('q', body)) sent += 1;
    await once(channel, 'drain');
    await channel.waitForConfirms();
    expect(broker.queue('q').messages).toHaveLength(sent + 1);
  });

  test('answers over the direct reply-to', async () => {
    const answers = inbox();
    await channel.consume('amq.rabbitmq.reply-to', answers.take, { noAck: true });
    await channel.assertQueue('requests');
    channel.sendToQueue('requests', Buffer.from('question'), { replyTo: 'amq.rabbitmq.reply-to', correlationId: '7' });
    await channel.waitForConfirms();
    const { properties } = await got('requests');
    channel.sendToQueue(properties.replyTo, Buffer.from('answer'), { correlationId: properties.correlationId });
    const answer = await answers.next();
    expect([answer?.content.toString(), answer?.properties.correlationId]).toEqual(['answer', '7']);
  });
});
