import { connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from '../cli/testing.ts';
import { BrokerProcess } from './broker-process.ts';
import { startBroker } from './reference.ts';
import { TargetError } from './target.ts';

const urlOf = ({ port }: { readonly port: number }) => `amqp://127.0.0.1:${port}`;

describe('a broker in a process of its own', () => {
  test('is alive until it is killed, and asked any more says that it has ended', async () => {
    const broker = await BrokerProcess.start({});
    const connection = await connect(urlOf(broker));
    const lost = new Promise<void>(resolve => connection.once('close', () => resolve()));
    connection.on('error', () => undefined);
    expect(broker.alive).toBe(true);
    await broker.kill();
    await lost;
    expect(broker.alive).toBe(false);
    await expect(broker.ask({ kind: 'alarm', resource: 'disk', raised: true })).rejects.toThrow(TargetError);
    await broker.leave();
  });

  test('tells its clients when it is stopped, and goes on with its data on the same port', async () => {
    const data = await emptyFolder();
    const first = await BrokerProcess.start({ data });
    const connection = await connect(urlOf(first));
    const closed = new Promise<Error>(resolve => connection.once('close', resolve));
    await (await connection.createChannel()).assertQueue('q', { durable: true });
    await first.stop();
    expect((await closed).message).toMatch(/320/);
    const second = await BrokerProcess.start({ data, port: first.port });
    expect(second.port).toBe(first.port);
    const again = await connect(urlOf(second));
    expect(await (await again.createChannel()).checkQueue('q')).toMatchObject({ queue: 'q' });
    await again.close();
    await second.stop();
  });

  test('answers one question after the other, each with its own answer', async () => {
    const broker = await BrokerProcess.start({});
    const alarm = { kind: 'alarm', resource: 'memory', raised: true } as const;
    const again = { kind: 'start', options: { port: broker.port } } as const;
    const answers = await Promise.all([alarm, again, alarm, again].map(each => broker.ask(each)));
    expect(answers.map(({ kind }) => kind)).toEqual(['done', 'refused', 'done', 'refused']);
    await broker.stop();
  });

  test('that cannot start says why', async () => {
    await using taken = await startBroker();
    await expect(BrokerProcess.start({ port: taken.port })).rejects.toThrow(
      `The embedded reference broker did not start: 127.0.0.1:${taken.port} is in use by another program`,
    );
  });
});
