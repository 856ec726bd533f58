import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { amqpspec, emptyFolder, servedBroker, start } from './testing.ts';

async function listening(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

const answering = (reply: (socket: Socket) => void): Server =>
  createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', () => reply(socket));
  });

async function refused(words: readonly string[], status: number, sentence: RegExp, folder?: string): Promise<void> {
  const result = await amqpspec(words, folder ?? (await emptyFolder()));
  expect(result.stderr).toMatch(sentence);
  expect(result.status).toBe(status);
  expect(result.stderr + result.stdout).not.toMatch(/secret|\n\s+at /);
}

describe('a target that cannot be judged ends with one sentence and status 2', () => {
  test('an unreachable host', () => refused(['run', 'amqp://u:secret@127.0.0.1:1'], 2, /refused the connection: nothing listens there.*Check host and port/));

  test('an unknown host', () => refused(['run', 'amqp://u:secret@no-such-host.invalid'], 2, /could not be found/));

  test('HTTP behind the port', async () => {
    await using server = await listening(createHttp((_, response) => response.end()) as unknown as Server);
    await refused(['run', `amqp://u:secret@127.0.0.1:${server.port}`], 2, /answers HTTP, not AMQP/);
  });

  test('TLS behind the port', async () => {
    await using server = await listening(answering(socket => socket.end(Buffer.from('15030300020246', 'hex'))));
    await refused(['run', `amqp://u:secret@127.0.0.1:${server.port}`], 2, /wants TLS. Write amqps:/);
  });

  test('AMQP 1.0 behind the port', async () => {
    await using server = await listening(answering(socket => socket.end(Buffer.from('414d515003010000', 'hex'))));
    await refused(['run', `amqp://u:secret@127.0.0.1:${server.port}`], 2, /lets nobody in by AMQP 1.0/);
  });

  test('silence behind the port', async () => {
    await using server = await listening(answering(() => {}));
    await refused(['run', `amqp://u:secret@127.0.0.1:${server.port}`], 2, /accepted the connection and then said nothing/);
  });

  test('a wrong password', async () => {
    await using broker = await servedBroker(await emptyFolder());
    await refused(['run', broker.url.replace('guest:guest', 'guest:secret')], 2, /refused user guest .*Check user and password/);
  });

  test('an unknown virtual host', async () => {
    await using broker = await servedBroker(await emptyFolder());
    await refused(['run', new URL('/nowhere', broker.url).href], 2, /refused the virtual host nowhere/);
  });

  test('a broker that dies in the middle: what was judged is written', async () => {
    const folder = await emptyFolder();
    await using broker = await servedBroker(folder);
    const child = start(['run', broker.url, '--verbose', '--format', 'json'], folder);
    let text = '';
    const hear = (chunk: unknown): void => {
      text += String(chunk);
      // The first frames of checks are on the wire: the broker goes in their midst.
      if (text.includes('amqp091/')) broker.child.kill('SIGKILL');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const [status] = (await once(child, 'close')) as [number | null];
    const record = JSON.parse(await readFile(join(folder, 'amqpspec-report', 'run.json'), 'utf8'));
    expect(text).not.toMatch(/\n\s+at /);
    expect(status).toBe(2);
    expect(record.verdicts.some((verdict: { reason?: string }) => verdict.reason === 'target-down')).toBe(true);
  });
});

describe('a wrong command line ends with one sentence and status 64', () => {
  test('an unknown check', () => refused(['run', '--only', 'amqp091/get/emtpy'], 64, /matches no check\. Did you mean amqp091\/get\/empty\?/));
  test('an unknown option', () => refused(['run', '--consurrency', '2'], 64, /unknown option '--consurrency'\n\(Did you mean --concurrency\?\)/));
  test('an unknown command', () => refused(['rum'], 64, /Did you mean run\?/));
  test('an unknown profile', () => refused(['run', 'rabitmq'], 64, /There is no broker profile rabitmq\. Did you mean rabbitmq\?/));
  test('an unknown report format', () => refused(['run', '--format', 'htlm'], 64, /Did you mean html\?/));
  test('an unknown scheme', () => refused(['run', 'http://u:secret@127.0.0.1'], 64, /begins with amqp:/));
  test('an unknown dialect', () => refused(['serve', '--dialect', 'rabbit'], 64, /no dialect rabbit\. Known: spec, rabbitmq/));

  test('a profile without the version it is written with', async () => {
    await using broker = await servedBroker(await emptyFolder());
    await refused(['run', broker.url, '--as', 'rabbitmq@new'], 64, /new is no version/);
    await refused(['run', broker.url, '--as', 'rabbitmq=my/image'], 64, /names an image/);
  });

  test('an unknown fault', () => refused(['serve', '--fault', 'chaos:dorp'], 64, /Did you mean chaos:drop\?/));

  test('a configuration file that does not load', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'amqpspec.config.json'), '{ "level": ');
    await refused(['run'], 64, /amqpspec\.config\.json could not be loaded/, folder);
  });

  test('a configuration file with an unknown name', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'amqpspec.config.ts'), "export default { levle: 'must' };\n");
    await refused(['run'], 64, /unknown option levle\. Did you mean level\?/, folder);
  });

  test('an expectation file that is none', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'expect.yaml'), 'deviations:\n  - check: amqp091/get/empty\n    outcome: fial\n    reason: because\n');
    await refused(['run', '--expect', 'expect.yaml'], 64, /expect\.yaml is wrong at \/deviations\/0\/outcome/, folder);
  });

  test('an expectation for a check that does not exist', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'expect.yaml'), 'deviations:\n  - check: amqp091/get/emtpy\n    outcome: fail\n    reason: because\n');
    await refused(['run', '--expect', 'expect.yaml'], 64, /amqp091\/get\/emtpy.*Did you mean amqp091\/get\/empty\?/, folder);
  });
});

describe('reports that cannot be written', () => {
  test('a folder below a file', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'taken'), '');
    await refused(['run', '--out', 'taken/report'], 2, /could not be written: a part of its path is a file/, folder);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written (root may write anywhere)', async () => {
    const folder = await emptyFolder();
    await chmod(folder, 0o500);
    await refused(['run', '--out', 'report'], 2, /you may not write there/, folder);
  });

  test('a record that is not there', () => refused(['report', 'nothing.json'], 64, /nothing\.json cannot be read/));
});
