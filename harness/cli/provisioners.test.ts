import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { amqpspec, emptyFolder, servedBroker } from './testing.ts';

/** Declares or deletes a queue over 0-9-1, and keeps a diary. */
const program = `import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { connect } = createRequire(process.argv[2])('amqplib');
const [, , , url, what, queue] = process.argv;
const connection = await connect(url);
const channel = await connection.createChannel();
await (what === 'create' ? channel.assertQueue(queue) : channel.deleteQueue(queue));
await connection.close();
appendFileSync('diary.txt', what + ' ' + queue + '\\n');
`;

const only = ['run', '--protocol', '1.0', '--only', 'amqp10/transfer/{delivery-tag,settled}*', '--concurrency', '1', '--seed', '7'];

test('queues for checks of 1.0 come from programs of the user, who are asked to delete each', { timeout: 120_000 }, async () => {
  const folder = await emptyFolder();
  await using broker = await servedBroker(folder);
  await writeFile(join(folder, 'queue.mjs'), program);
  const command = (what: string) =>
    JSON.stringify([process.execPath, 'queue.mjs', createRequire(import.meta.url).resolve('amqplib'), broker.url, what, '{queue}']);
  await writeFile(join(folder, 'facilities.yaml'), `queues:\n  create: ${command('create')}\n  delete: ${command('delete')}\n  address: /queues/{queue}\n`);
  const { status } = await amqpspec([...only, broker.url, '--facilities', 'facilities.yaml'], folder);
  expect(status).toBe(0);
  const diary = (await readFile(join(folder, 'diary.txt'), 'utf8')).trim().split('\n');
  const names = (what: string) => diary.filter(line => line.startsWith(`${what} `)).map(line => line.slice(what.length + 1));
  expect(names('create').length).toBeGreaterThan(2);
  expect(names('delete').sort()).toEqual(names('create').sort());
  expect(await readFile(join(folder, 'amqpspec-report', 'run.json'), 'utf8')).toContain('by way of hook');
});

test('where such a program fails the next way is taken', { timeout: 120_000 }, async () => {
  const folder = await emptyFolder();
  await using broker = await servedBroker(folder);
  await writeFile(join(folder, 'facilities.yaml'), "queues: { create: ['false'], delete: ['true'] }\n");
  const { status } = await amqpspec([...only, broker.url, '--facilities', 'facilities.yaml'], folder);
  const record = await readFile(join(folder, 'amqpspec-report', 'run.json'), 'utf8');
  expect({ status, hook: record.includes('by way of hook'), dynamic: record.includes('by way of dynamic') }).toEqual({ status: 0, hook: false, dynamic: true });
});

test('queues that were made beforehand come first, also where the profile names other ways', { timeout: 120_000 }, async () => {
  const folder = await emptyFolder();
  await using broker = await servedBroker(folder, ['--auto-create']);
  const { status } = await amqpspec(
    [
      'run',
      '--protocol',
      '1.0',
      '--only',
      'amqp10/outcome/{accepted,rejected}',
      '--concurrency',
      '1',
      broker.url,
      '--as',
      'artemis',
      '--address',
      '/queues/mine',
    ],
    folder,
  );
  expect(status).toBe(0);
  expect(await readFile(join(folder, 'amqpspec-report', 'run.json'), 'utf8')).toContain('/queues/mine is a queue of this check');
});
