import { readFileSync } from 'node:fs';
import amqp, { type ChannelModel } from 'amqplib';
import { expect, test } from 'vitest';
import type { Stream } from '../endpoint/transport.ts';
import { startBroker } from './reference.ts';

const bodySize = 1 << 16;
/** What a window and a batch hold, and the buffers of two sockets as far as this kernel lets them grow: tens of MiB, where a connection was quick. */
const bound = (12 << 20) + grownMax('tcp_rmem') + grownMax('tcp_wmem');
/** Four times as much as may be under way. */
const count = Math.ceil((4 * bound) / bodySize);

/** The most that Linux gives one socket; elsewhere less is given. */
function grownMax(name: 'tcp_rmem' | 'tcp_wmem'): number {
  try {
    return Number(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8').trim().split(/\s+/)[2]);
  } catch {
    return 8 << 20;
  }
}

/** Counts the octets that the broker has read and written. */
function counted(stream: Stream, count: { read: number; written: number }): Stream {
  return {
    listen: listener =>
      stream.listen({
        data: bytes => {
          count.read += bytes.length;
          listener.data(bytes);
        },
        end: how => listener.end(how),
      }),
    write: bytes => {
      count.written += bytes.length;
      return stream.write(bytes);
    },
    onDrain: ready => stream.onDrain(ready),
    end: () => stream.end(),
    destroy: () => stream.destroy(),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
  };
}

const streamOf = (connection: ChannelModel) =>
  (connection as unknown as { readonly connection: { readonly stream: { pause(): void; resume(): void } } }).connection.stream;

async function counting() {
  const octets = { read: 0, written: 0 };
  const broker = await startBroker({ wrapStream: stream => counted(stream, octets) });
  return { broker, octets, [Symbol.asyncDispose]: () => broker.close() };
}

/** Another client comes, is served and goes: what was under way before it has been looked at. */
async function bystander(url: string): Promise<void> {
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  channel.sendToQueue(queue, Buffer.from('x'));
  await expect.poll(() => channel.get(queue)).toBeTruthy();
  await connection.close();
}

test('a consumer that does not read is sent no more than buffers hold, and the rest when it reads again', async () => {
  await using run = await counting();
  const connection = await amqp.connect(run.broker.url);
  const channel = await connection.createChannel();
  await channel.assertQueue('q');
  let came = 0;
  await channel.consume(
    'q',
    () => {
      came += 1;
    },
    { noAck: true },
  );
  streamOf(connection).pause();
  for (let n = 0; n < count; n += 1) run.broker.publish({ routingKey: 'q', body: Buffer.alloc(bodySize) });
  await bystander(run.broker.url);
  expect(run.octets.written).toBeLessThan(bound);
  expect(run.broker.health().ready).toBeGreaterThan(count - bound / bodySize);
  streamOf(connection).resume();
  await expect.poll(() => came).toBe(count);
  await connection.close();
});

test('a client that does not read its answers is not read from, and loses nothing', async () => {
  await using run = await counting();
  const connection = await amqp.connect(run.broker.url);
  const channel = await connection.createChannel();
  let returned = 0;
  channel.on('return', () => {
    returned += 1;
  });
  streamOf(connection).pause();
  for (let n = 0; n < count; n += 1) channel.publish('', 'nowhere', Buffer.alloc(bodySize), { mandatory: true });
  await bystander(run.broker.url);
  expect(run.octets.written).toBeLessThan(bound);
  expect(run.octets.read).toBeLessThan(2 * bound);
  streamOf(connection).resume();
  await expect.poll(() => returned).toBe(count);
  await connection.close();
});
