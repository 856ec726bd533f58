import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { testCertificate } from '../net/certificate.test-kit.ts';
import { createAuthority } from '../target/certificates.ts';
import { amqpspec, emptyFolder, start } from './testing.ts';

/** `amqpspec serve` with these words; `line` resolves with the first line of its log that matches, and what it has printed so far is `text()`. */
async function serving(words: readonly string[] = []) {
  const child = start(['serve', '--host', '127.0.0.1', '--port', '0', ...words], await emptyFolder());
  let text = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', chunk => {
    text += String(chunk);
    for (const look of waiting) look();
  });
  const line = (pattern: RegExp) =>
    new Promise<string>(resolve => {
      const look = () => {
        const found = text
          .split('\n')
          .slice(0, -1)
          .find(each => pattern.test(each));
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
    });
  const url = /amqp:\/\/\S+/.exec((await line(/accepting/)).replaceAll('"', ' '))?.[0] ?? '';
  return { child, url, line, text: () => text, [Symbol.asyncDispose]: async () => void child.kill('SIGKILL') };
}

describe('serve', () => {
  test('SIGTERM tells clients that the broker ends, and ends with 0', async () => {
    await using run = await serving();
    const connection = await connect(run.url);
    const closed = new Promise<Error>(resolve => connection.once('close', resolve));
    const ended = once(run.child, 'exit');
    run.child.kill('SIGTERM');
    expect((await closed).message).toMatch(/320 \(CONNECTION-FORCED\)/);
    expect(await ended).toEqual([0, null]);
    expect(run.text()).toMatch(/ closing why=SIGTERM\n.* connection-closed connection=1 .*why="320 /);
  });

  test('a second signal ends at once, whoever does not answer', async () => {
    await using run = await serving();
    const connection = await connect(run.url);
    connection.on('error', () => undefined);
    // A client that neither reads nor answers.
    (connection as unknown as { readonly connection: { readonly stream: { pause(): void } } }).connection.stream.pause();
    const ended = once(run.child, 'exit');
    run.child.kill('SIGTERM');
    await run.line(/ closing /);
    run.child.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  test('its log as JSON holds who came, was refused and went, and no secret', async () => {
    const path = join(await emptyFolder(), 'definitions.yaml');
    await writeFile(path, 'users: [{ name: shop, password: s3cret }]\npolicies: [{ name: all }]\n');
    await using run = await serving(['--log', 'json', '--definitions', path]);
    expect(run.url).toMatch(/^amqp:\/\/shop@127/);
    const url = run.url.replace('shop@', 'shop:s3cret@');
    await expect(connect(url.replace('s3cret', 'wr0ng'))).rejects.toThrow(/403/);
    await (await connect(url)).close();
    const closed = JSON.parse(await run.line(/connection-closed/));
    expect(closed).toMatchObject({ event: 'connection-closed', user: 'shop', why: 'the client closed it', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
    const events = run
      .text()
      .trim()
      .split('\n')
      .map(each => JSON.parse(each).event);
    expect(events).toEqual(['definitions-left-out', 'accepting', 'connection-refused', 'connection-opened', 'connection-closed']);
    expect(run.text()).not.toMatch(/s3cret|wr0ng/);
  });

  test('SIGUSR2 asks for a line of health, and a disk that is too full raises an alarm', async () => {
    await using run = await serving(['--disk-free-limit', '1000000GB']);
    await run.line(/ alarm-raised resource=disk/);
    run.child.kill('SIGUSR2');
    expect(await run.line(/ health /)).toMatch(/connections=0 channels=0 consumers=0 queues=0 ready=0 unacknowledged=0 bodyOctets=0 alarms=disk/);
  });
});

describe('serve that cannot begin says why in one sentence', () => {
  test.each([
    ['--max-queues', 'many', /want a whole number/],
    ['--memory-limit', '5 elephants', /want a size, as 50MB or 2GiB/],
    ['--fault', 'chaos:delay:slow=1', /The fault chaos:delay has no option slow\. Known: method, /],
  ])('%s %s', async (option, value, sentence) => {
    const { status, stderr } = await amqpspec(['serve', '--port', '0', option, value], await emptyFolder());
    expect({ status, sentence: sentence.test(stderr), stack: /\n\s+at /.test(stderr) }).toEqual({ status: 64, sentence: true, stack: false });
  });

  test('a certificate that does not match its key', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'cert.pem'), testCertificate);
    await writeFile(join(folder, 'key.pem'), createAuthority('another').issue('another').key);
    const { status, stderr } = await amqpspec(['serve', '--port', '0', '--tls-port', '0', '--cert', 'cert.pem', '--key', 'key.pem'], folder);
    expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringMatching(/^amqpspec: The certificate, its key .* do not belong together\.\n$/) });
  });

  test('a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { status, stderr } = await amqpspec(['serve', '--host', '127.0.0.1', '--port', `${port}`], await emptyFolder());
    taken.close();
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `amqpspec: 127.0.0.1:${port} is in use by another program. Choose another address with --host and --port.\n`,
    });
  });
});
