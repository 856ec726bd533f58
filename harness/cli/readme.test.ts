import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { commands, options } from './options.ts';
import { amqpspec, emptyFolder, servedBroker } from './testing.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const shell = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(match => (match[1] ?? '').split('\n'));
const lines = shell.map(line => line.replace(/\s+#.*$/, '').trim()).filter(line => line.startsWith('npx amqpspec '));

/** These start containers; CI judges a real RabbitMQ in one. */
const inContainers = /^npx amqpspec run (rabbitmq|qpid-broker-j|artemis)/;
/** These fetch and build what seven clients need; `suites/interop` plays those that can be had. */
const withToolchains = /^npx amqpspec run amqp:.*(--interop|'interop)/;
/** These run until they are ended; the tests of serve start and end them. */
const endless = /^npx amqpspec serve/;
/** These start a client for each case; the tests of `client` do so for a few. */
const withClients = /^npx amqpspec (client|fuzz client|replay \S+ --) /;
/** These take the two README commands' time again; CI runs them as they stand. */
const example = lines.filter(line => !withClients.test(line) && !inContainers.test(line) && !endless.test(line) && !withToolchains.test(line));

/** A parser behind `--exec` that cuts frames. */
const childSource = `#!${process.execPath}
function parse(octets) {
  for (let at = 0; ; ) {
    const end = octets.length - at < 8 ? octets.length : at + 7 + octets.readUInt32BE(at + 3);
    const wrong = octets.length - at >= 8 && ![1, 2, 3, 8].includes(octets[at]);
    if (!wrong && end >= octets.length) return { reads: 'frames', accept: true, consumed: at };
    if (wrong || octets[end] !== 0xce) return { reads: 'frames', accept: false, consumed: at };
    at = end + 1;
  }
}
let held = Buffer.alloc(0);
process.stdin.on('data', chunk => {
  held = Buffer.concat([held, chunk]);
  for (; held.length >= 4 && held.length >= 4 + held.readUInt32BE(); held = held.subarray(4 + held.readUInt32BE())) {
    console.log(JSON.stringify(parse(held.subarray(4, 4 + held.readUInt32BE()))));
  }
});
`;

function words(line: string, url: string, webSocketUrl = ''): readonly string[] {
  const text = line
    .replace('npx amqpspec ', '')
    .replaceAll('amqp://guest:guest@localhost', url)
    .replaceAll('ws://guest:guest@localhost:15678', webSocketUrl)
    .replace('--time 10s', '--time 1s')
    .replace('--time 1m', '--time 1s')
    .replace('--runs 500', '--runs 5');
  return [...text.matchAll(/'([^']*)'|(\S+)/g)].map(match => match[1] ?? match[2] ?? '');
}

describe('the README', () => {
  test('names every command', () => {
    expect(Object.keys(commands).filter(name => !readme.includes(`amqpspec ${name}`))).toEqual([]);
  });

  test('names no option that does not exist', () => {
    const known = Object.values(options).map(option => /--[a-z-]+/.exec(option.flags)?.[0]);
    const named = lines.flatMap(line => line.match(/(?<=\s)--[a-z-]+/g) ?? []);
    expect(named.filter(name => !known.includes(name))).toEqual([]);
  });

  test('has commands to run', () => expect(example.length).toBeGreaterThan(8));

  test('every command in it runs as it stands', { timeout: 600_000 }, async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'my-parser.js'), 'module.exports.parse = bytes => bytes.length;\n');
    await writeFile(join(folder, 'my-parser'), childSource, { mode: 0o755 });
    await writeFile(join(folder, 'queues.yaml'), 'queues: [{ name: a }, { name: b }]\n');
    await using broker = await servedBroker(folder, ['--definitions', 'queues.yaml', '--ws-port', '0']);
    for (const line of example) {
      const { status, stderr } = await amqpspec(words(line, broker.url, broker.webSocketUrl), folder);
      expect({ line, status, stderr: status === 0 ? '' : stderr }).toEqual({ line, status: 0, stderr: '' });
    }
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)('the broker in it that keeps its messages has them after %s', { timeout: 120_000 }, async signal => {
    const folder = await emptyFolder();
    const [line = '', ...more] = lines.filter(each => /serve --data \S+ --port/.test(each));
    expect(more).toEqual([]);
    const serve = () => servedBroker(folder, words(line.replace(/--port \d+/, '--port 0'), '').slice(1));
    {
      await using broker = await serve();
      const connection = await connect(broker.url);
      connection.on('error', () => undefined);
      const channel = await connection.createConfirmChannel();
      await channel.assertQueue('orders');
      channel.sendToQueue('orders', Buffer.from('one espresso'), { persistent: true });
      await channel.waitForConfirms();
      const gone = once(broker.child, 'exit');
      broker.child.kill(signal);
      await gone;
    }
    await using broker = await serve();
    const connection = await connect(broker.url);
    const message = await (await connection.createChannel()).get('orders', { noAck: true });
    expect(message && message.content.toString()).toBe('one espresso');
    await connection.close();
  });

  test('the retry test in it is green in a folder of its own', { timeout: 120_000 }, async () => {
    const folder = await emptyFolder();
    const [code] = [...readme.matchAll(/^```ts\n(.*?)^```/gms)]
      .map(match => match[1] ?? '')
      .filter(each => each.includes("from 'vitest'") && each.includes('chaos:'));
    const repository = fileURLToPath(new URL('../..', import.meta.url));
    await mkdir(join(folder, 'node_modules'));
    await symlink(repository, join(folder, 'node_modules', 'amqpspec'));
    for (const name of ['amqplib', 'vitest']) await symlink(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'orders.test.ts'), code ?? '');
    const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [vitest, 'run', '--reporter=json'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ success: true, numPassedTests: 1, numTotalTests: 1 });
  });
});
