import rhea from 'rhea';
import { describe, expect, test } from 'vitest';
import { drained, first, next, outcomeOf, RheaClient, rheaBench } from './rhea.test-kit.ts';

const bench = rheaBench();
const { freshQueue, withClient, over091 } = bench;

describe('rhea sends and receives', () => {
  test('a message by a plain name and by an address', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender(queue);
      expect(await outcomeOf(sender, { body: 'a' })).toBe('accepted');
      const receiver = await client.receiver(`/queues/${queue}`);
      const { message, delivery } = await next(receiver);
      expect(message).toMatchObject({ body: 'a', first_acquirer: true });
      delivery?.accept();
      expect(await drained(receiver, 5)).toBe(0);
      expect(bench.broker.queue(queue).messages).toEqual([]);
    }));

  test('through an exchange, and what no queue takes is released', () =>
    withClient(async client => {
      const queue = await freshQueue();
      await over091(channel => channel.bindQueue(queue, 'x', 'a.*'));
      expect(await outcomeOf(await client.sender('/exchanges/x/a.b'), { body: 1 })).toBe('accepted');
      expect(await outcomeOf(await client.sender('/exchanges/x/b'), { body: 1 })).toBe('released');
      expect((await next(await client.receiver(queue))).message?.body).toBe(1);
    }));

  test('over the anonymous terminus, where each message says where it goes', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender({ target: {} });
      expect(await outcomeOf(sender, { to: `/queues/${queue}`, body: 'b' })).toBe('accepted');
      expect(await outcomeOf(sender, { to: '/queues/none', body: 'b' })).toBe('rejected amqp:not-found');
      expect(await outcomeOf(sender, { to: '/exchanges/none/k', body: 'b' })).toBe('rejected amqp:not-found');
      expect(await outcomeOf(sender, { body: 'b' })).toBe('rejected amqp:precondition-failed');
      expect((await next(await client.receiver(queue))).message?.body).toBe('b');
    }));

  test('large messages in many frames, both ways', async () => {
    await using client = await RheaClient.open(bench.broker, { max_frame_size: 1024 });
    const queue = await freshQueue();
    const body = Buffer.alloc(300_000, 'x');
    expect(await outcomeOf(await client.sender(queue), { body: rheaData(body) })).toBe('accepted');
    const { message } = await next(await client.receiver(queue));
    expect(contentOf(message?.body)).toBe(body.toString());
  });

  test('many at once, in order', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender(queue);
      const bodies: number[] = [];
      const receiver = client.connection.open_receiver({ source: queue, credit_window: 50 });
      const all = new Promise<void>(resolve => {
        receiver.on('message', ({ message }) => {
          bodies.push(message?.body as number);
          if (bodies.length === 2000) resolve();
        });
      });
      let sent = 0;
      const send = () => {
        for (; sender.sendable() && sent < 2000; sent += 1) sender.send({ body: sent });
      };
      sender.on('sendable', send);
      send();
      await all;
      expect(bodies).toEqual(Array.from({ length: 2000 }, (_, index) => index));
    }));
});

function contentOf(holder: unknown): string | undefined {
  return (holder as { readonly content?: Buffer } | undefined)?.content?.toString();
}

function rheaData(content: Buffer): unknown {
  return rhea.message.data_section(content);
}

describe('a receiver of rhea', () => {
  test('chooses the outcome', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender(queue);
      const receiver = await client.receiver(queue);
      await outcomeOf(sender, { body: 'm' });
      (await next(receiver)).delivery?.release();
      const second = await next(receiver);
      expect(second.message?.delivery_count ?? 0).toBe(0);
      second.delivery?.modified({ delivery_failed: true, undeliverable_here: false, message_annotations: { 'x-opt-why': 'no' } } as never);
      const third = await next(receiver);
      expect(third.message).toMatchObject({ delivery_count: 1, message_annotations: { 'x-opt-why': 'no' }, body: 'm' });
      third.delivery?.reject({ condition: 'amqp:not-allowed', description: 'no' });
      expect(await drained(receiver, 3)).toBe(0);
    }));

  test('that gives nothing back leaves its messages to others', () =>
    withClient(async client => {
      const queue = await freshQueue();
      await outcomeOf(await client.sender(queue), { body: 'm' });
      const receiver = await client.receiver(queue);
      await next(receiver);
      receiver.close();
      await first(receiver, 'receiver_close');
      const { message } = await next(await client.receiver(queue));
      expect(message?.body).toBe('m');
      expect(message?.first_acquirer ?? false).toBe(false);
    }));

  test('that wants them settled gets them so', () =>
    withClient(async client => {
      const queue = await freshQueue();
      await outcomeOf(await client.sender(queue), { body: 'm' });
      const receiver = await client.receiver({ source: queue, snd_settle_mode: 1 });
      expect((await next(receiver)).delivery?.remote_settled).toBe(true);
      expect(bench.broker.queue(queue).unacknowledgedCount).toBe(0);
    }));

  test('that settles second is settled first by the broker', () =>
    withClient(async client => {
      const queue = await freshQueue();
      await outcomeOf(await client.sender(queue), { body: 'm' });
      const receiver = await client.receiver({ source: queue, rcv_settle_mode: 1 });
      const { delivery } = await next(receiver);
      const settled = first(receiver, 'settled');
      delivery?.accept();
      await settled;
      expect(bench.broker.queue(queue).unacknowledgedCount).toBe(0);
    }));

  test('drains what there is and gives up the rest of its credit', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender(queue);
      await outcomeOf(sender, { body: 1 });
      await outcomeOf(sender, { body: 2 });
      const receiver = await client.receiver(queue);
      expect(await drained(receiver, 10)).toBe(2);
      await outcomeOf(sender, { body: 3 });
      expect(bench.broker.queue(queue).messages).toHaveLength(1);
    }));

  test('that browses takes nothing away', () =>
    withClient(async client => {
      const queue = await freshQueue();
      await outcomeOf(await client.sender(queue), { body: 1 });
      const receiver = await client.receiver({ source: { address: queue, distribution_mode: 'copy' } });
      (await next(receiver)).delivery?.accept();
      expect(await drained(receiver, 3)).toBe(0);
      expect(bench.broker.queue(queue).messages).toHaveLength(1);
    }));
});

describe('across protocols', () => {
  test('amqplib publishes and rhea receives', () =>
    withClient(async client => {
      const queue = await freshQueue();
      await over091(async channel => {
        channel.sendToQueue(queue, Buffer.from('old'), { persistent: true, messageId: 'm', headers: { a: 1 }, contentType: 'text/plain' });
        await channel.waitForConfirms();
      });
      const { message } = await next(await client.receiver(queue));
      expect(message).toMatchObject({ durable: true, message_id: 'm', application_properties: { a: 1 }, content_type: 'text/plain' });
      expect(contentOf(message?.body)).toBe('old');
    }));

  test('rhea sends and amqplib consumes', () =>
    withClient(async client => {
      const queue = await freshQueue();
      await outcomeOf(await client.sender(queue), {
        body: rheaData(Buffer.from('new')),
        durable: true,
        correlation_id: 'c',
        application_properties: { a: 'b' },
      });
      const [waiting] = bench.broker.queue(queue).messages;
      expect(waiting).toMatchObject({ protocol: '1.0', properties: { correlationId: 'c' }, sections: { header: { durable: true } } });
      const got = (await over091(channel => channel.get(queue, { noAck: true }))) || undefined;
      expect(contentOf(got)).toBe('new');
      expect(got).toMatchObject({ properties: { deliveryMode: 2, correlationId: 'c', headers: { a: 'b' } } });
    }));
});
