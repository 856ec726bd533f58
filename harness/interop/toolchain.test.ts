import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type clientNames, clientRow } from './clients.ts';
import { MissingError, nodeProgram, type Workshop, workshop } from './toolchain.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A machine with these programs alone, each a shell script, and an empty cache. */
async function machine(programs: Readonly<Record<string, string>> = {}): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'amqpspec-toolchain-'));
  folders.push(folder);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return { ...workshop({ XDG_CACHE_HOME: join(folder, 'cache') }), env: { PATH: bin } };
}

const why = (name: (typeof clientNames)[number], shop: Workshop): Promise<string> =>
  clientRow(name)
    .prepare(shop)
    .then(
      () => 'there',
      error => {
        expect(error).toBeInstanceOf(MissingError);
        return (error as Error).message;
      },
    );

test('the clients that are installed beside us need nothing', async () => {
  const shop = await machine();
  expect([await why('amqplib', shop), await why('rhea', shop)]).toEqual(['there', 'there']);
  const { args } = await nodeProgram(shop, 'rhea', '^3.0.0', 'rhea.js');
  expect(args[2]).toMatch(/^3\.\d+\.\d+$/);
});

test.each([
  ['go-amqp', /^go is not on this machine: install Go/],
  ['protonj2', /^java is not on this machine: install a JDK/],
  ['rabbitmq-java', /^java is not on this machine: install a JDK/],
  ['proton', /python3? .*install Python/],
  ['pika', /python3? .*install Python/],
] as const)('without its toolchain %s says what is missing and how to get it', async (name, sentence) => {
  const shop = await machine();
  // What the system has of Python is found by its path too.
  expect(await why(name, { ...shop, env: { ...shop.env, PYTHONHOME: '/nonexistent' } })).toMatch(sentence);
});

test('a build that fails tells its last line, and leaves nothing behind', async () => {
  const shop = await machine({ go: 'echo first >&2; echo "no module proxy" >&2; exit 1' });
  expect(await why('go-amqp', shop)).toMatch(/^go build .* failed \(no module proxy\): install Go/);
  expect(await readdir(shop.cache)).toEqual([]);
});

test('what was built once is used again, also by two who ask at once', async () => {
  const shop = await machine({ go: 'shift 2; : > "$1"; : > "$1.built"' });
  const [one, other] = await Promise.all([clientRow('go-amqp').prepare(shop), clientRow('go-amqp').prepare(shop)]);
  expect(one).toEqual(other);
  expect(await why('go-amqp', { ...shop, env: {} })).toBe('there');
  expect(await readdir(shop.cache)).toHaveLength(1);
});

test('a module that is not there is installed into the cache', async () => {
  const shop = await machine({ npm: 'echo "no registry" >&2; exit 1' });
  await expect(nodeProgram(shop, 'no-such-client', '^1.0.0', 'x.js')).rejects.toThrow(/^npm install .* failed \(no registry\): npm install no-such-client/);
});
