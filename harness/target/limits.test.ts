import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import type { BrokerEvent } from '../broker/log.ts';
import { type StartOptions, startBroker } from './reference.ts';

/** A broker that remembers what it logged; `until` resolves with the first event of a kind. */
async function logging(options: StartOptions = {}) {
  const events: BrokerEvent[] = [];
  const waiting: { readonly kind: BrokerEvent['event']; take(event: BrokerEvent): void }[] = [];
  const log = (event: BrokerEvent) => {
    events.push(event);
    for (const each of waiting) if (each.kind === event.event) each.take(event);
  };
  const until = (kind: BrokerEvent['event']) => events.find(({ event }) => event === kind) ?? new Promise<BrokerEvent>(take => waiting.push({ kind, take }));
  const broker = await startBroker({ ...options, log });
  return { broker, events, until, [Symbol.asyncDispose]: () => broker.close() };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

describe('limits', () => {
  test('one connection too many is refused by 530 and told; there is room again when one leaves', async () => {
    await using run = await logging({ limits: { connections: 2 } });
    const first = await connect(run.broker.url);
    const second = await connect(run.broker.url);
    expect(await connect(run.broker.url).catch(messageOf)).toMatch(/got <ConnectionClose/);
    expect(await run.until('connection-refused')).toMatchObject({ why: 'the broker takes no more connections' });
    await first.close();
    const third = await connect(run.broker.url);
    expect(run.broker.health().connections).toBe(2);
    await Promise.all([second.close(), third.close()]);
  });

  test('sockets far beyond the limit are dropped, and the log says so once', async () => {
    await using run = await logging({ limits: { connections: 1 }, handshakeTimeoutMs: 60_000 });
    const sockets = Array.from({ length: 300 }, () => connectTcp(run.broker.port, '127.0.0.1').on('error', () => undefined));
    const dropped = (await Promise.all(sockets.slice(129).map(socket => once(socket, 'close').then(() => 1)))).length;
    expect(dropped).toBe(171);
    expect(sockets.filter(socket => !socket.destroyed)).toHaveLength(129);
    expect(run.events.filter(({ event }) => event === 'connections-dropped').length).toBeLessThan(20);
    for (const socket of sockets) socket.destroy();
  });

  test('one channel too many ends its connection by 530, and no other', async () => {
    await using run = await logging({ limits: { channels: 3 } });
    const [one, two] = [await connect(run.broker.url), await connect(run.broker.url)];
    const failed = once(two, 'error');
    const channel = await one.createChannel();
    await two.createChannel();
    await two.createChannel();
    await expect(two.createChannel()).rejects.toThrow();
    expect(messageOf((await failed)[0])).toMatch(/530 \(NOT-ALLOWED\).*3 channels/);
    await channel.assertQueue('still-here');
    for (let n = 0; n < 5; n += 1) await (await one.createChannel()).close();
    await one.close();
  });

  test('one queue too many closes its channel by 406; redeclaring is none', async () => {
    await using run = await logging({ limits: { queues: 1 } });
    const connection = await connect(run.broker.url);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    await channel.assertQueue('one');
    await channel.assertQueue('one');
    expect(await channel.assertQueue('two').catch(messageOf)).toMatch(/406 \(PRECONDITION-FAILED\).*1 queues/);
    expect(await run.until('channel-exception')).toMatchObject({ channel: 1, code: 406 });
    await connection.close();
  });
});

describe('the log', () => {
  test('tells who came and went and why, and no secret', async () => {
    await using run = await logging({ users: { alice: 'wonderland', guest: 'guest' } });
    const url = run.broker.url;
    await (await connect(url, { clientProperties: { connection_name: 'billing\nforged' } })).close();
    expect(await run.until('connection-opened')).toMatchObject({ user: 'alice', virtualHost: '/', client: 'billing\nforged' });
    expect(await run.until('connection-closed')).toMatchObject({
      user: 'alice',
      why: 'the client closed it',
      peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    expect(await connect(url.replace('wonderland', 'looking-glass')).catch(messageOf)).toMatch(/403/);
    expect(await run.until('connection-refused')).toMatchObject({ why: 'the credentials of alice do not hold' });
    expect(JSON.stringify(run.events)).not.toMatch(/wonderland|looking-glass/);
  });

  test('tells of alarms and of the publishers that they hold', async () => {
    await using run = await logging({ memoryOctets: 1000 });
    const connection = await connect(run.broker.url);
    const channel = await connection.createChannel();
    await channel.assertQueue('q');
    channel.sendToQueue('q', Buffer.alloc(2000));
    expect(await run.until('publisher-held')).toMatchObject({ why: 'low on memory' });
    expect(await run.until('alarm-raised')).toMatchObject({ resource: 'memory' });
    expect(run.broker.health()).toMatchObject({ queues: 1, ready: 1, bodyOctets: 2000, alarms: ['memory'] });
    const other = await connect(run.broker.url);
    const reader = await other.createChannel();
    await reader.purgeQueue('q');
    expect(await run.until('alarm-cleared')).toMatchObject({ resource: 'memory' });
    await Promise.all([connection.close(), other.close()]);
  });
});

test('closing tells clients that the broker ends, and takes those that do not answer along', async () => {
  const run = await logging();
  const connection = await connect(run.broker.url);
  const closed = once(connection, 'close');
  const mute = connectTcp(run.broker.port, '127.0.0.1').on('error', () => undefined);
  await once(mute, 'connect');
  await run.broker.close();
  const [reason] = await closed;
  expect(messageOf(reason)).toMatch(/320 \(CONNECTION-FORCED\)/);
  expect(await run.until('connection-closed')).toMatchObject({ why: expect.stringContaining('320') });
});
