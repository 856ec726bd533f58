import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { letsIn } from '../target/readiness.ts';
import { TargetError } from '../target/target.ts';
import { urlTarget } from '../target/url.ts';
import { restart, type UrlOutage } from '../target/url-outage.ts';
import { readFacilities } from './facilities.ts';
import { amqpspec, emptyFolder, program } from './testing.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Ends the process of a file with a signal, and waits until it is gone. */
const end = (pidFile: string, signal: string) => `
  const { readFileSync } = require('node:fs');
  const pid = Number(readFileSync(${JSON.stringify(pidFile)}, 'utf8'));
  process.kill(pid, '${signal}');
  const look = () => { try { process.kill(pid, 0); } catch { return; } setTimeout(look, 10); };
  look();`;

/** Starts a broker that outlives the program, and leaves its process id in a file. */
const begin = (pidFile: string, words: readonly string[]) => `
  const { spawn } = require('node:child_process');
  const { writeFileSync } = require('node:fs');
  const child = spawn(process.execPath, ${JSON.stringify([program, 'serve', '--host', '127.0.0.1', ...words])}, { detached: true, stdio: 'ignore' });
  child.unref();
  writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));`;

const node = (text: string): readonly [string, ...string[]] => [process.execPath, '-e', text];

/** A reference broker behind a URL, that programs take down and bring back. */
async function behindUrl({ durable }: { readonly durable: boolean }) {
  const [folder, port] = [await emptyFolder(), await freePort()];
  const pidFile = join(folder, 'pid');
  const url = `amqp://127.0.0.1:${port}`;
  const words = ['--port', `${port}`, ...(durable ? ['--data', join(folder, 'data')] : [])];
  const outage = { kill: node(end(pidFile, 'SIGKILL')), stop: node(end(pidFile, 'SIGTERM')), start: node(begin(pidFile, words)) };
  const target = await urlTarget(url, { facilities: { outage } });
  const pid = async () => Number(await readFile(pidFile, 'utf8'));
  await target.restart?.('kill');
  return {
    url,
    folder,
    target,
    outage,
    pid,
    async facilities(content: unknown = { outage }) {
      await writeFile(join(folder, 'facilities.json'), JSON.stringify(content));
      return join(folder, 'facilities.json');
    },
    async [Symbol.asyncDispose]() {
      process.kill(await pid(), 'SIGKILL');
    },
  };
}

const durability = ['--durability', '--only', 'amqp091/durability/confirmed/one-by-one/*', '--format', 'json'];

describe('a broker behind a URL, with programs that take it down', () => {
  test('is killed and stopped, and keeps what it has to keep', async () => {
    await using broker = await behindUrl({ durable: true });
    const { status, stderr } = await amqpspec(['run', broker.url, '--facilities', await broker.facilities(), ...durability], broker.folder);
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('2 of 2 checks, 0 surprises') });
    const { notes } = JSON.parse(await readFile(join(broker.folder, 'amqpspec-report', 'run.json'), 'utf8'));
    expect(notes.map(({ text }: { text: string }) => text).sort()).toEqual([
      expect.stringMatching(/^The target was killed and started again/),
      expect.stringMatching(/^The target was stopped and started again/),
    ]);
  });

  test('that keeps nothing is found out', async () => {
    await using broker = await behindUrl({ durable: false });
    const { status, stdout, stderr } = await amqpspec(['run', broker.url, '--facilities', await broker.facilities(), ...durability], broker.folder);
    expect({ status, text: stdout + stderr }).toMatchObject({ status: 1, text: expect.stringContaining('amqp091/durability/confirmed/one-by-one/kill') });
  });

  test('and that nothing takes down, is not judged', async () => {
    await using broker = await behindUrl({ durable: true });
    const { status, stdout, stderr } = await amqpspec(['run', broker.url, ...durability], broker.folder);
    const text = `${stdout}${stderr}`.replace(/\s+/g, ' ');
    expect({ status, text }).toMatchObject({ status: 2, text: expect.stringContaining('for a URL, the file of --facilities may.') });
  });

  test('is started where it had died', async () => {
    await using broker = await behindUrl({ durable: true });
    const before = await broker.pid();
    process.kill(before, 'SIGKILL');
    await broker.target.restart?.('kill');
    expect(await letsIn(broker.target, 1000)).toBe(true);
    expect(await broker.pid()).not.toBe(before);
  });

  test('may be brought back by somebody else', async () => {
    await using broker = await behindUrl({ durable: true });
    const { kill, stop, start } = broker.outage;
    const withStart = (command: readonly string[]) =>
      node(`const { spawnSync } = require('node:child_process');
      for (const [program, ...args] of ${JSON.stringify([command, start])}) process.exitCode ||= spawnSync(program, args).status;`);
    const before = await broker.pid();
    await restart(broker.target, { kill: withStart(kill), stop: withStart(stop) }, 'stop');
    expect(await broker.pid()).not.toBe(before);
  });

  test.each<[string, Partial<UrlOutage>, string]>([
    ['does nothing', { stop: node('') }, 'did not stop the broker: a connection from before is still served.'],
    ['fails', { stop: node('process.exit(3)') }, 'of the facilities file failed: status 3.'],
    ['does not start it', { start: node('') }, 'The broker lets no client in, 0.3 s after it was to be started again as the facilities file says.'],
  ])('is not said to have been down by a program that %s', async (_, change, sentence) => {
    const broker = await behindUrl({ durable: true });
    const waits = { goneMs: 300, backMs: 300 };
    const error: unknown = await restart(broker.target, { ...broker.outage, ...change }, 'stop', waits).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TargetError);
    expect(error).toHaveProperty('message', expect.stringContaining(sentence));
    await broker.target.restart?.('kill');
    await broker[Symbol.asyncDispose]();
  });

  test.each([
    ['only one of two ways', { outage: { kill: ['true'] } }, /wrong at \/outage, line 1: must have required property 'stop'\.$/],
    ['a command in one piece', { outage: { kill: 'a b', stop: ['c'] } }, /wrong at \/outage\/kill, line 1: must be array\.$/],
  ])('is not described by %s', async (_, content, sentence) => {
    const path = join(await emptyFolder(), 'facilities.json');
    await writeFile(path, JSON.stringify(content));
    await expect(readFacilities(path)).rejects.toThrow(sentence);
  });
});
