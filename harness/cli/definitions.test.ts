import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { matches } from '../broker/dialects/secrets.ts';
import type { BrokerEvent } from '../broker/log.ts';
import { startBroker } from '../target/reference.ts';
import { readDefinitions } from './definitions.ts';
import { amqpspec, emptyFolder } from './testing.ts';

function hashed(password: string, algorithm = 'sha256'): string {
  const salt = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([salt, createHash(algorithm).update(salt).update(password).digest()]).toString('base64');
}

/** As RabbitMQ exports it, with what it has besides. */
const exported = {
  rabbit_version: '4.0.5',
  users: [
    { name: 'shop', password_hash: hashed('s3cret'), hashing_algorithm: 'rabbit_password_hashing_sha256', tags: ['administrator'], limits: {} },
    { name: 'old', password_hash: hashed('s3cret', 'sha512'), hashing_algorithm: 'rabbit_password_hashing_sha512', tags: '' },
  ],
  vhosts: [{ name: 'orders', description: '', tags: [], metadata: {} }],
  permissions: [{ user: 'shop', vhost: 'orders', configure: '^$', write: '.*', read: '^new$' }],
  policies: [{ vhost: 'orders', name: 'all', pattern: '.*', definition: { 'max-length': 3 } }],
  exchanges: [{ name: 'events', vhost: 'orders', type: 'topic', durable: true, auto_delete: false, internal: false, arguments: {} }],
  queues: [{ name: 'new', vhost: 'orders', durable: true, auto_delete: false, arguments: { 'x-max-length': 2 } }],
  bindings: [{ source: 'events', vhost: 'orders', destination: 'new', destination_type: 'queue', routing_key: 'order.*', arguments: {} }],
};

async function definitionsFile(text: string): Promise<string> {
  const path = join(await emptyFolder(), 'definitions.yaml');
  await writeFile(path, text);
  return path;
}

describe('definitions', () => {
  test('as RabbitMQ exports them: hashed passwords, permissions, and what is declared and bound', async () => {
    const { content, leftOut } = await readDefinitions(await definitionsFile(JSON.stringify(exported)));
    expect(leftOut).toEqual(['policies']);
    await using broker = await startBroker({ definitions: content });
    const url = (user: string, password: string) => `amqp://${user}:${password}@127.0.0.1:${broker.port}/orders`;
    await expect(connect(url('shop', 'wrong'))).rejects.toThrow(/403/);
    await expect(connect(url('guest', 'guest'))).rejects.toThrow(/403/);
    await expect(connect(url('old', 's3cret'))).rejects.toThrow(/ConnectionClose/);
    const connection = await connect(url('shop', 's3cret'));
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    for (const body of ['1', '2', '3']) channel.publish('events', 'order.new', Buffer.from(body));
    await channel.waitForConfirms();
    expect(broker.queue('new', 'orders').messages.map(({ body }) => `${body}`)).toEqual(['2', '3']);
    await expect(channel.assertQueue('mine')).rejects.toThrow(/403/);
    await connection.close();
  });

  test('in a few lines of YAML, with defaults', async () => {
    const path = await definitionsFile(
      'queues:\n  - name: jobs\n    arguments: { x-message-ttl: 60000 }\nbindings:\n  - { source: amq.topic, destination: jobs, routing_key: "#" }\n',
    );
    const { content } = await readDefinitions(path);
    await using broker = await startBroker({ definitions: content });
    const connection = await connect(broker.url);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('jobs', { durable: true, arguments: { 'x-message-ttl': 60000 } });
    channel.publish('amq.topic', 'a.b', Buffer.from('work'));
    await channel.waitForConfirms();
    expect(broker.queue('jobs').messages).toHaveLength(1);
    await connection.close();
  });

  test('limits of users and virtual hosts are those of the file, and no others', async () => {
    const limited = {
      users: [
        { name: 'shop', password: 'p', limits: { 'max-connections': 2, 'max-channels': 3 } },
        { name: 'free', password: 'p', limits: {} },
        { name: 'shut', password: 'p', limits: { 'max-connections': 0 } },
      ],
      vhosts: [{ name: 'a', limits: [] }, { name: 'b', limits: { 'max-connections': 1, 'max-queues': -1 } }, { name: 'c' }],
      parameters: [
        { component: 'vhost-limits', name: 'limits', vhost: 'a', value: { 'max-queues': 1 } },
        { component: 'shovel', name: 'mover', vhost: 'a', value: {} },
      ],
    };
    const { content, leftOut } = await readDefinitions(await definitionsFile(JSON.stringify(limited)));
    expect(leftOut).toEqual(['parameters']);
    const whys: string[] = [];
    const log = (event: BrokerEvent) => event.event === 'connection-refused' && whys.push(event.why);
    await using broker = await startBroker({ definitions: content, log });
    const enter = (user: string, host: string) => connect(`amqp://${user}:p@127.0.0.1:${broker.port}/${host}`);
    const refused = (user: string, host: string) => enter(user, host).then(() => 'open', String);
    const [one, two] = [await enter('shop', 'c'), await enter('shop', 'a')];
    expect(await refused('shop', 'c')).toMatch(/ConnectionClose/);
    expect(await refused('shut', 'c')).toMatch(/ConnectionClose/);
    const host = await enter('free', 'b');
    expect(await refused('free', 'b')).toMatch(/ConnectionClose/);
    const no = 'the broker takes no more connections';
    await expect.poll(() => [...whys].sort()).toEqual([`${no} of this user`, `${no} of this user`, `${no} to this virtual host`]);
    const more = await Promise.all(['a', 'a', 'a', 'c', 'c'].map(each => enter('free', each)));
    const channel = await two.createChannel();
    channel.on('error', () => undefined);
    await channel.assertQueue('first');
    await channel.assertQueue('first');
    await expect(channel.assertQueue('second')).rejects.toThrow(/406.*there are 1 queues in virtual host 'a' already/);
    await (await host.createChannel()).assertQueue('any');
    await (await host.createChannel()).assertQueue('other');
    const failed = once(one, 'error');
    await one.createChannel();
    await two.createChannel();
    await one.createChannel();
    await expect(one.createChannel()).rejects.toThrow();
    expect(String((await failed)[0])).toMatch(/530 .*there are 3 channels of user 'shop' already/);
    await two.close();
    await enter('shop', 'c').then(again => again.close());
    await Promise.all([host, ...more].map(each => each.close()));
  });

  test.each([
    ['users: [', /no valid YAML: line 1/],
    ['users:\n  - name: a\n    pasword: s3cret\n', /wrong at \/users\/0, line 2: .*additional properties: pasword/],
    ['queues:\n  - name: q\n    durable: "yes"\n', /wrong at \/queues\/0\/durable, line 3: must be boolean/],
    ['vhosts:\n  - name: a\nqueues:\n  - name: q\n    vhost: b\n', /wrong at \/queues\/0, line 4: .*no virtual host 'b'/],
    ['exchanges:\n  - { name: e, type: fan-out }\n', /wrong at \/exchanges\/0, line 2: .*no exchange type 'fan-out'/],
    ['bindings:\n  - { source: amq.direct, destination: nowhere }\n', /wrong at \/bindings\/0, line 2: .*no queue 'nowhere'/],
    ['users:\n  - { name: a, limits: { max-queues: 1 } }\n', /wrong at \/users\/0\/limits, line 2: .*additional properties: max-queues/],
    ['vhosts:\n  - name: a\n    limits: { max-queues: many }\n', /wrong at \/vhosts\/0\/limits\/max-queues, line 3: must be integer/],
    ['parameters:\n  - { component: vhost-limits, vhost: b, value: {} }\n', /wrong at \/parameters\/0\/vhost, line 2: there is no virtual host 'b'/],
    ['parameters:\n  - { component: vhost-limits, value: 5 }\n', /wrong at \/parameters\/0\/value, line 2: must be object/],
    ['permissions:\n  - { user: bob, configure: "", write: "", read: "" }\n', /wrong at \/permissions\/0\/user, line 2: there is no user 'bob'/],
    [
      'users:\n  - { name: a, password: s3cret }\npermissions:\n  - { user: a, configure: "", write: "(", read: "" }\n',
      /wrong at \/permissions\/0\/write, line 4: .*no regular expression/,
    ],
  ])('a mistake ends serve with line and reason and status 64: %j', async (text, sentence) => {
    const path = await definitionsFile(text);
    const { status, stderr, stdout } = await amqpspec(['serve', '--port', '0', '--definitions', path], await emptyFolder());
    expect(stderr).toMatch(sentence);
    expect({ status, lines: stderr.trim().split('\n').length }).toEqual({ status: 64, lines: 1 });
    expect(stderr + stdout).not.toContain('s3cret');
  });

  test('a file that is not there', async () => {
    const { status, stderr } = await amqpspec(['serve', '--definitions', 'nothing.yaml'], await emptyFolder());
    expect({ status, stderr }).toEqual({
      status: 64,
      stderr: 'amqpspec: The definitions file nothing.yaml cannot be read. Check the path after --definitions.\n',
    });
  });
});

test('a salted hash as RabbitMQ documents it holds for its password alone', () => {
  const secret = { hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR', algorithm: 'sha256' } as const;
  expect([matches(secret, 'test12'), matches(secret, 'test13'), matches({ ...secret, hash: '' }, ''), matches('a', 'b')]).toEqual([true, false, false, false]);
});

test('the example in the README is read and served', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [example] = [...readme.matchAll(/^```yaml\n(.*?)^```/gms)].map(match => match[1] ?? '').filter(each => each.includes('password_hash'));
  const { content } = await readDefinitions(await definitionsFile(example ?? ''));
  await using broker = await startBroker({ definitions: content });
  expect(broker.queue('orders').messages).toEqual([]);
});
