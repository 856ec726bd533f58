import rhea, { type ConnectionOptions } from 'rhea';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startBroker } from './reference.ts';
import { first, next, outcomeOf, RheaClient, rheaBench } from './rhea.test-kit.ts';

const bench = rheaBench();
const { freshQueue, withClient } = bench;

const types = rhea.types as unknown as Readonly<Record<string, (value: unknown) => unknown>>;
const wrapped = (type: string, value: unknown): unknown => types[`wrap_${type}`]?.(value);

describe('options of a connection', () => {
  test('are told to the broker, and its own to the client', async () => {
    await using client = await RheaClient.open(bench.broker, {
      max_frame_size: 4096,
      channel_max: 7,
      idle_time_out: 9_000,
      properties: { shop: 'one' },
    } as never);
    const { remote } = client.connection as unknown as { readonly remote: { readonly open: Readonly<Record<string, unknown>> } };
    expect(remote.open).toMatchObject({ container_id: expect.stringMatching(/./), max_frame_size: expect.any(Number), channel_max: expect.any(Number) });
    expect(String(JSON.stringify(remote.open.properties))).toContain('amqpspec');
    const queue = await freshQueue();
    const body = 'x'.repeat(50_000);
    expect(await outcomeOf(await client.sender(queue), { body })).toBe('accepted');
    expect((await next(await client.receiver(queue))).message?.body).toBe(body);
  });

  test('over WebSocket it does the same', async () => {
    await using broker = await startBroker({ webSocket: {}, autoCreate: true });
    const dial = rhea.websocket_connect(WebSocket as never);
    const options = { connection_details: dial(broker.webSocketUrl ?? '', ['amqp'], {}) } as unknown as ConnectionOptions;
    await using client = await RheaClient.open(broker, options);
    expect(await outcomeOf(await client.sender('over-web'), { body: 'm' })).toBe('accepted');
    expect((await next(await client.receiver('over-web'))).message?.body).toBe('m');
  });

  test('a mechanism that is not offered lets nobody in', async () => {
    await expect(RheaClient.open(bench.broker, { password: undefined, username: undefined, sasl: { mechanisms: [] } } as never)).rejects.toThrow();
  });

  test('a second connection has sessions of its own, and ends them with itself', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sessions = Array.from({ length: 20 }, () => client.connection.create_session());
      for (const each of sessions) each.begin();
      const senders = sessions.map(each => each.open_sender(queue));
      await Promise.all(senders.map(each => first(each, 'sendable')));
      expect(await Promise.all(senders.map(each => outcomeOf(each, { body: 'm' })))).toEqual(senders.map(() => 'accepted'));
      expect(bench.broker.queue(queue).messages).toHaveLength(20);
    }));
});

describe('modified, field by field', () => {
  test.each([
    ['nothing said', {}, { delivery_count: 0 }],
    ['delivery-failed', { delivery_failed: true }, { delivery_count: 1 }],
    ['message-annotations', { message_annotations: { 'x-opt-a': 'b' } }, { message_annotations: { 'x-opt-a': 'b' } }],
  ] as const)('%s', (_, fields, expected) =>
    withClient(async client => {
      const queue = await freshQueue();
      await outcomeOf(await client.sender(queue), { body: 'm' });
      const receiver = await client.receiver(queue);
      (await next(receiver)).delivery?.modified(fields as never);
      const { message } = await next(receiver);
      expect({ delivery_count: 0, ...message }).toMatchObject({ body: 'm', ...expected });
    }),
  );

  test('undeliverable-here: another link gets it', () =>
    withClient(async client => {
      const queue = await freshQueue();
      await outcomeOf(await client.sender(queue), { body: 'm' });
      const [one, other] = [await client.receiver(queue), await client.receiver(queue)];
      (await next(one)).delivery?.modified({ delivery_failed: false, undeliverable_here: true } as never);
      one.add_credit(1);
      expect((await next(other)).message?.body).toBe('m');
    }));
});

describe('messages', () => {
  test.each([
    ['ubyte', 255],
    ['ushort', 65_535],
    ['uint', 4_294_967_295],
    ['byte', -128],
    ['short', -32_768],
    ['int', -2_147_483_648],
    ['long', -5],
    ['ulong', 5],
    ['float', 1.5],
    ['double', -2.25],
    ['boolean', true],
    ['string', 'Grüße'],
    ['symbol', 'a-symbol'],
  ])('carry a %s as property and as body', (type, value) =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender(queue);
      await outcomeOf(sender, { application_properties: { it: wrapped(type, value) }, body: wrapped(type, value) });
      const { message } = await next(await client.receiver(queue));
      expect([message?.application_properties?.it, message?.body]).toEqual([value, value]);
    }),
  );

  test.each([
    ['one data section', rhea.message.data_section(Buffer.from('abc')), 'content'],
    ['several data sections', rhea.message.data_sections([Buffer.from('a'), Buffer.from('b')]), 'content'],
    ['a sequence', rhea.message.sequence_section([1, 'two', true]), 'content'],
    ['several sequences', rhea.message.sequence_sections([[1], ['two']]), 'content'],
  ])('whose body is %s come as they were sent', (_, body, part) =>
    withClient(async client => {
      const queue = await freshQueue();
      await outcomeOf(await client.sender(queue), { body });
      const { message } = await next(await client.receiver(queue));
      const partOf = (each: unknown) => (each as Readonly<Record<string, unknown>>)[part];
      expect(partOf(message?.body)).toEqual(partOf(body));
    }),
  );

  test('keep every property and the header', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sent = {
        message_id: 'm',
        to: 'somewhere',
        subject: 's',
        reply_to: 'r',
        correlation_id: 'c',
        content_type: 'text/plain',
        content_encoding: 'gzip',
        group_id: 'g',
        group_sequence: 7,
        reply_to_group_id: 'h',
        durable: true,
        priority: 7,
        ttl: 60_000,
        body: 'm',
      };
      await outcomeOf(await client.sender(queue), { ...sent, user_id: Buffer.from('guest') });
      const { message } = await next(await client.receiver(queue));
      expect(message).toMatchObject({ ...sent, ttl: expect.any(Number) });
      expect(String(message?.user_id)).toBe('guest');
    }));

  test('are chosen by a selector', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender(queue);
      for (const colour of ['red', 'blue', 'red']) await outcomeOf(sender, { application_properties: { colour }, body: colour });
      const receiver = await client.receiver({ source: { address: queue, filter: rhea.filter.selector("colour = 'blue'") } });
      const { message, delivery } = await next(receiver);
      delivery?.accept();
      expect(message?.body).toBe('blue');
      await expect.poll(() => bench.broker.queue(queue).messages.length).toBe(2);
    }));
});

test('what was not settled when the connection was lost comes again when rhea is back', { timeout: 30_000 }, async () => {
  const queue = await freshQueue();
  const client = await RheaClient.open(bench.broker, { reconnect: true, initial_reconnect_delay: 20, max_reconnect_delay: 50 } as never);
  await outcomeOf(await client.sender(queue), { body: 'm' });
  const receiver = await client.receiver(queue);
  expect((await next(receiver)).message?.body).toBe('m');
  const back = first(receiver, 'receiver_open');
  (client.connection as unknown as { readonly socket: { end(): void } }).socket.end();
  await back;
  const { message, delivery } = await next(receiver);
  expect([message?.body, message?.first_acquirer ?? false]).toEqual(['m', false]);
  delivery?.accept();
  await expect.poll(() => bench.broker.queue(queue).messages.length + bench.broker.queue(queue).unacknowledgedCount).toBe(0);
  await client[Symbol.asyncDispose]();
});
