import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { amqpspec, emptyFolder, servedBroker, start } from './testing.ts';

const fault = 'violation:amqp091/queue.declare.passive-missing:enforce';
const check = 'amqp091/queue/declare/passive-missing';

describe('run', () => {
  test('a fault that serve switches on is found, and its replay shows it', async () => {
    const folder = await emptyFolder();
    await using broker = await servedBroker(folder, ['--fault', fault]);
    const ran = await amqpspec(['run', broker.url, '--only', check, '--json', '--seed', '7'], folder);
    const record = JSON.parse(ran.stdout);
    expect(ran.status).toBe(1);
    expect(record.verdicts).toMatchObject([{ check, outcome: 'fail', surprise: true, reaction: 'queue.declare-ok' }]);
    const [, ...replay] = record.verdicts[0].replay.split(' ');
    const replayed = await amqpspec(replay, folder);
    expect(replayed.status).toBe(1);
    expect(replayed.stdout).toContain('queue.declare-ok');
  });

  test('a declared deviation is no surprise, and a stale one is', async () => {
    const folder = await emptyFolder();
    const entry = `deviations:\n  - check: ${check}\n    outcome: fail\n    reaction: queue.declare-ok\n    reason: creates what it is only asked for\n`;
    await writeFile(join(folder, 'expect.yaml'), entry);
    const words = (url: string) => ['run', url, '--only', check, '--expect', 'expect.yaml'];
    {
      await using broken = await servedBroker(folder, ['--fault', fault]);
      expect((await amqpspec(words(broken.url), folder)).status).toBe(0);
    }
    await using healthy = await servedBroker(folder);
    const stale = await amqpspec(words(healthy.url), folder);
    expect(stale.status).toBe(1);
    expect(stale.stdout).toMatch(/came out other than declared/);
  });

  test('Ctrl-C ends in order: what was judged is written and no entity is left', async () => {
    const folder = await emptyFolder();
    await using broker = await servedBroker(folder);
    const child = start(['run', broker.url, '--format', 'json', '--verbose'], folder);
    // Once: whoever asks a second time does not want to wait for a report.
    let asked = false;
    child.stdout.on('data', (chunk: Buffer) => {
      if (asked || !String(chunk).includes('queue.declare-ok')) return;
      asked = true;
      child.kill('SIGINT');
    });
    child.stderr.resume();
    await once(child, 'close');
    const record = JSON.parse(await readFile(join(folder, 'amqpspec-report', 'run.json'), 'utf8'));
    expect(record.notes.map((note: { kind: string }) => note.kind)).toContain('interrupted');
    expect(record.notes.filter((note: { text: string }) => /not deleted/i.test(note.text))).toEqual([]);
    expect(record.verdicts.length).toBeLessThan(400);
  });

  test('no secret is in any report', async () => {
    const folder = await emptyFolder();
    await using broker = await servedBroker(folder);
    const formats = 'json,html,junit,markdown,text,allure';
    const ran = await amqpspec(['run', broker.url, '--only', 'amqp091/authentication/*', '--format', formats, '--json'], folder);
    expect(ran.status).toBe(0);
    const files = ['run.json', 'report.html', 'junit.xml', 'report.md', 'report.txt'];
    const texts = await Promise.all(files.map(file => readFile(join(folder, 'amqpspec-report', file), 'utf8')));
    const secret = Buffer.from('\0guest\0guest').toString('hex');
    expect([...texts, ran.stdout].filter(text => text.includes(':guest@') || text.includes(secret))).toEqual([]);
  });
});

describe('--verbose', () => {
  test('shows every frame, and never the password', async () => {
    const folder = await emptyFolder();
    await using broker = await servedBroker(folder);
    const { stdout, stderr } = await amqpspec(['run', broker.url, '--only', 'amqp091/{get,authentication}/*', '--verbose'], folder);
    expect(stdout).toContain('connection.start-ok');
    expect(stdout + stderr).not.toContain(Buffer.from('\0guest\0guest').toString('hex'));
    expect(stdout + stderr).not.toContain(Buffer.from('PASSWORDS\0\0\0\x05guest', 'latin1').toString('hex'));
  });
});

describe('what exists', () => {
  test.each(['checks', 'rules', 'scenarios', 'faults', 'brokers', 'profiles', 'clients', 'pairs'])('list %s', async what => {
    const { status, stdout } = await amqpspec(['list', what, '--json'], await emptyFolder());
    expect(status).toBe(0);
    expect(JSON.parse(stdout).length).toBeGreaterThan(0);
  });

  test.each([
    ['0-9-1', 'amqp091'],
    ['1.0', 'amqp10'],
  ])('list rules --protocol %s', async (protocol, prefix) => {
    const { status, stdout } = await amqpspec(['list', 'rules', '--protocol', protocol, '--json'], await emptyFolder());
    expect(status).toBe(0);
    const listed = JSON.parse(stdout) as readonly { readonly id: string }[];
    expect(listed.length).toBeGreaterThan(400);
    expect(listed.filter(({ id }) => !id.startsWith(`${prefix}/`))).toEqual([]);
  });

  test.each([
    check,
    'transport.open#1',
    '3.4.6',
    'amqp10/2.3.1.doff',
    'queue.bind.unique',
    '4.10.1',
    'errata 9',
    'rhea',
    'interop/settle/released',
    'interop/settle/modified/rhea/proton',
    'amqp091/4.2.3.frame-end',
    'amqp091/4.2.3.frame-end:enforce',
    fault,
    'chaos:nack',
  ])('explain %s', async id => {
    const { status, stdout } = await amqpspec(['explain', id], await emptyFolder());
    expect(status).toBe(0);
    expect(stdout).toContain(id);
  });
});

describe('serve', () => {
  test('ends in order on SIGTERM', async () => {
    const broker = await servedBroker(await emptyFolder());
    broker.child.kill('SIGTERM');
    const [status] = await once(broker.child, 'exit');
    expect(status).toBe(0);
  });

  test('in a dialect departs as the profile of that version declares, and otherwise not', { timeout: 60_000 }, async () => {
    const folder = await emptyFolder();
    await using broker = await servedBroker(folder, ['--dialect', 'rabbitmq@4.3']);
    const judged = (as: readonly string[]) =>
      amqpspec(['run', broker.url, '--only', 'amqp091/{queue,qos,negotiation}/**', '--format', 'json', '--json', ...as], folder);
    const own = await judged(['--as', 'rabbitmq@4.3']);
    expect(own.status).toBe(0);
    expect(JSON.parse(own.stdout)).toMatchObject({ profile: { name: 'rabbitmq', version: '4.3' }, target: { properties: { dialect: 'rabbitmq 4.3' } } });
    expect((await judged(['--as', 'rabbitmq@4.0'])).stderr).toMatch(/qos\/prefetch\/global/);
    expect((await judged([])).stderr).toMatch(/queue\/delete\/missing/);
  });

  test('refuses a port that is taken, in one sentence', async () => {
    const folder = await emptyFolder();
    await using first = await servedBroker(folder);
    const port = new URL(first.url).port;
    const { status, stderr } = await amqpspec(['serve', '--port', port, '--host', '127.0.0.1'], folder);
    expect(status).toBe(2);
    expect(stderr).toMatch(/in use by another program/);
  });
});
