import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { portOf } from '../bench/durability-cycles.ts';
import { amqpspec, emptyFolder, servedBroker } from './testing.ts';

const program = fileURLToPath(new URL('../../dist/harness/cli/main.js', import.meta.url));
const withSecret = (url: string) => `amqp://guest:guest@127.0.0.1:${new URL(url).port}`;

test('serve --data keeps what is durable over a kill, octet by octet', { timeout: 120_000 }, async () => {
  const folder = await emptyFolder();
  const data = join(folder, 'data');
  const properties = {
    contentType: 'text/plain',
    headers: { a: 1, b: { c: ['x', null, 1.5] } },
    priority: 7,
    correlationId: 'c',
    messageId: 'm',
    timestamp: 12,
    type: 't',
  };
  const bodies = [Buffer.alloc(0), Buffer.from('ä'), Buffer.alloc(300_000, 'x')];
  {
    await using first = await servedBroker(folder, ['--data', data]);
    const connection = await connect(withSecret(first.url));
    connection.on('error', () => {});
    const channel = await connection.createConfirmChannel();
    await channel.assertExchange('e', 'topic', { durable: true });
    await channel.assertExchange('f', 'fanout', { durable: true });
    await channel.assertQueue('q', { durable: true, maxPriority: 9 });
    await channel.assertQueue('gone', { durable: false });
    await channel.bindQueue('q', 'f', '');
    await channel.bindExchange('f', 'e', 'a.#');
    for (const body of bodies) channel.publish('e', 'a.b', body, { ...properties, persistent: true });
    channel.publish('e', 'a.b', Buffer.from('transient'), { persistent: false });
    await channel.waitForConfirms();
    await channel.get('q');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
  }
  await using second = await servedBroker(folder, ['--data', data]);
  const connection = await connect(withSecret(second.url));
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  channel.publish('e', 'a.new', Buffer.from('new'), { persistent: true, priority: 7 });
  await channel.waitForConfirms();
  const got = [];
  for (let message = await channel.get('q'); message !== false; message = await channel.get('q')) got.push(message);
  expect(got.map(({ content }) => content.length)).toEqual([0, 2, 300_000, 3]);
  expect(got.map(({ fields }) => fields.redelivered)).toEqual([true, false, false, false]);
  expect(got[1]?.properties).toMatchObject(properties);
  expect(got[1]?.content.toString()).toBe('ä');
  await expect(channel.checkQueue('gone')).rejects.toThrow('404');
  await connection.close();
});

test('serve --data refuses a folder that another process has', { timeout: 60_000 }, async () => {
  const folder = await emptyFolder();
  await using first = await servedBroker(folder, ['--data', 'data']);
  const { status, stderr } = await amqpspec(['serve', '--port', '0', '--data', 'data'], folder);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `amqpspec: The store in data is in use by process ${first.child.pid}; end that one, or choose another folder.\n`,
  });
});

test('a full disk loses nothing that was confirmed and ends nobody', { timeout: 120_000 }, async () => {
  const data = join(await emptyFolder(), 'data');
  const words = [program, 'serve', '--host', '127.0.0.1', '--port', '0', '--json', '--data', data].map(word => `'${word}'`).join(' ');
  const limited = spawn('sh', ['-c', `ulimit -f 4000; exec '${process.execPath}' ${words}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  limited.stderr.on('data', chunk => {
    told += String(chunk);
  });
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${await portOf(limited)}`);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q', { durable: true });
  let confirmed = 0;
  let refused = 0;
  for (let round = 0; round < 200 && refused === 0; round += 1) {
    const publish = () =>
      new Promise<void>(resolve => {
        channel.sendToQueue('q', Buffer.alloc(1000), { persistent: true }, error => {
          if (error === null) confirmed += 1;
          else refused += 1;
          resolve();
        });
      });
    await Promise.all(Array.from({ length: 50 }, publish));
  }
  expect(confirmed).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(0);
  await channel.assertQueue('transient', { durable: false });
  const { messageCount } = await channel.checkQueue('q');
  expect(messageCount).toBe(confirmed + refused);
  limited.kill('SIGKILL');
  await once(limited, 'close');
  expect(told).toContain('store-failed');
  await using after = await servedBroker('.', ['--data', data]);
  const again = await connect(withSecret(after.url));
  expect((await (await again.createChannel()).checkQueue('q')).messageCount).toBe(confirmed);
  await again.close();
});
