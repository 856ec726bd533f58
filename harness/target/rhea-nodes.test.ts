import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea from 'rhea';
import { describe, expect, test } from 'vitest';
import { startBroker } from './reference.ts';
import { drained, first, next, outcomeOf, RheaClient } from './rhea.test-kit.ts';

const types = rhea.types as unknown as {
  described(descriptor: unknown, value: unknown): unknown;
  wrap_ulong(value: number): unknown;
  wrap_list(value: unknown[]): unknown;
};
const policy = (code: number) => types.described(types.wrap_ulong(code), types.wrap_list([]));
const dynamic = (code?: number) => ({ dynamic: true, ...(code !== undefined && { dynamic_node_properties: { 'lifetime-policy': policy(code) } }) });
const addressOf = (terminus: unknown): string => (terminus as { readonly address: string }).address;

describe('a dynamic node', () => {
  test('has an address with the names of container and link, which others can send to, and goes with its link', async () => {
    await using broker = await startBroker();
    await using client = await RheaClient.open(broker, { container_id: 'me' });
    const receiver = await client.receiver({ name: 'answers', source: dynamic() } as never);
    const address = addressOf(receiver.source);
    expect(address).toMatch(/^dynamic\.[\w.-]*me\.answers\./);
    expect((receiver.source as unknown as { readonly dynamic: boolean }).dynamic).toBe(true);
    await using other = await RheaClient.open(broker);
    expect(await outcomeOf(await other.sender(address), { body: 'answer' })).toBe('accepted');
    expect((await next(receiver)).message?.body).toBe('answer');
    receiver.close();
    await first(receiver, 'receiver_close');
    expect(broker.health().queues).toBe(0);
  });

  test('of delete-on-no-links lives as long as somebody is linked to it', async () => {
    await using broker = await startBroker();
    await using client = await RheaClient.open(broker);
    const receiver = await client.receiver({ source: dynamic(0x2c) } as never);
    const sender = await client.sender(addressOf(receiver.source));
    receiver.close();
    await first(receiver, 'receiver_close');
    expect(await outcomeOf(sender, { body: 1 })).toBe('accepted');
    sender.close();
    await first(sender, 'sender_close');
    expect(broker.health().queues).toBe(0);
  });

  test('is asked for without an address, and with a policy that there is', async () => {
    await using broker = await startBroker();
    await using client = await RheaClient.open(broker);
    await expect(client.receiver({ source: { ...dynamic(), address: 'a' } } as never)).rejects.toThrow('amqp:invalid-field');
    await expect(client.receiver({ source: dynamic(0x24) } as never)).rejects.toThrow('amqp:invalid-field');
  });
});

test('queues come into being on attach where the broker is told to', async () => {
  await using broker = await startBroker({ autoCreate: true });
  await using client = await RheaClient.open(broker);
  expect(await outcomeOf(await client.sender('made'), { body: 1, durable: true })).toBe('accepted');
  await client.receiver('/queues/other');
  expect(broker.queue('made').messages).toHaveLength(1);
  expect(broker.queue('other').consumerCount).toBe(1);
});

test('what is durable outlives the broker, with the octets that it came with', async () => {
  const data = await mkdtemp(join(tmpdir(), 'amqpspec-rhea-'));
  const definitions = { queues: [{ name: 'kept' }] };
  {
    await using broker = await startBroker({ data, definitions });
    await using client = await RheaClient.open(broker);
    const sender = await client.sender('kept');
    const message = { durable: true, message_id: 'm', message_annotations: { 'x-opt-a': 1 }, application_properties: { b: true }, body: { list: [1, 'two'] } };
    expect(await outcomeOf(sender, message)).toBe('accepted');
    expect(await outcomeOf(sender, { body: 'transient' })).toBe('accepted');
  }
  await using broker = await startBroker({ data });
  await using client = await RheaClient.open(broker);
  const receiver = await client.receiver('kept');
  const { message } = await next(receiver);
  expect(message).toMatchObject({
    durable: true,
    message_id: 'm',
    message_annotations: { 'x-opt-a': 1 },
    application_properties: { b: true },
    body: { list: [1, 'two'] },
  });
  expect(await drained(receiver, 5)).toBe(0);
  await rm(data, { recursive: true, force: true });
});

test('time to live and alarms: what has expired is gone, and nobody is given credit meanwhile', async () => {
  await using broker = await startBroker({ autoCreate: true });
  await using client = await RheaClient.open(broker);
  const sender = await client.sender('q');
  expect(await outcomeOf(sender, { body: 1, ttl: 1 })).toBe('accepted');
  expect(await outcomeOf(sender, { body: 2, ttl: 60_000 })).toBe('accepted');
  await expect.poll(() => broker.queue('q').messages.length).toBe(1);
  const { message } = await next(await client.receiver('q'));
  expect(message).toMatchObject({ body: 2 });
  expect((message as unknown as { readonly ttl: number }).ttl).toBeLessThan(60_000);
  broker.alarm('memory');
  expect(await outcomeOf(sender, { body: 3 })).toBe('accepted');
  const another = client.connection.open_sender('q');
  await first(another, 'sender_open');
  expect(another.sendable()).toBe(false);
  const sendable = first(another, 'sendable');
  broker.alarm('memory', false);
  await sendable;
});
