import rhea, { type Receiver } from 'rhea';
import { describe, expect, test } from 'vitest';
import { first, type Happened, next, outcomeOf, RheaClient, rheaBench } from './rhea.test-kit.ts';

const bench = rheaBench();
const { freshQueue, withClient } = bench;

const types = rhea.types as unknown as {
  described(descriptor: unknown, value: unknown): unknown;
  wrap_ulong(value: number): unknown;
  wrap_list(value: readonly unknown[]): unknown;
  wrap_binary(value: unknown): unknown;
};
const composite = (code: number, fields: readonly unknown[]) => types.described(types.wrap_ulong(code), types.wrap_list(fields));

describe('rhea by itself', () => {
  test('gives credit, accepts and settles', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const receiver = client.connection.open_receiver({ source: queue, credit_window: 3 });
      const bodies: unknown[] = [];
      const all = new Promise<void>(resolve => {
        receiver.on('message', ({ message }) => {
          bodies.push(message?.body);
          if (bodies.length === 10) resolve();
        });
      });
      const sender = await client.sender(queue);
      for (let at = 0; at < 10; at += 1) sender.send({ body: at });
      await all;
      expect(bodies).toEqual(Array.from({ length: 10 }, (_, at) => at));
      await expect.poll(() => bench.broker.queue(queue).messages.length + bench.broker.queue(queue).unacknowledgedCount).toBe(0);
    }));
});

describe('requests and responses', () => {
  test('go over a dynamic node and back by the anonymous terminus', () =>
    withClient(async client => {
      const queue = await freshQueue();
      const answering = await client.sender({ target: {} });
      const server = client.connection.open_receiver(queue);
      server.on('message', ({ message }) => {
        answering.send({ to: String(message?.reply_to), correlation_id: message?.correlation_id as string, body: `${message?.body}!` });
      });
      const answers = await client.receiver({ source: { dynamic: true } } as never);
      const { address } = answers.source as unknown as { readonly address: string };
      const answer = next(answers);
      await outcomeOf(await client.sender(queue), { reply_to: address, correlation_id: 'c', body: 'hello' });
      expect((await answer).message).toMatchObject({ correlation_id: 'c', body: 'hello!' });
    }));

  test('make, find and delete a queue by the node $management', () =>
    withClient(async client => {
      const asking = await client.sender('$management');
      const answers = await client.receiver({ source: '$management', target: { address: 'answers' } } as never);
      const ask = async (operation: string, more: Readonly<Record<string, string>>) => {
        const answer = next(answers);
        asking.send({ message_id: operation, reply_to: 'answers', application_properties: { operation, ...more }, body: {} });
        const { application_properties: told, correlation_id } = (await answer).message ?? {};
        return [correlation_id, told?.statusCode];
      };
      const entity = { type: 'org.amqp.queue', name: 'managed' };
      expect(await ask('CREATE', entity)).toEqual(['CREATE', 201]);
      expect(await outcomeOf(await client.sender('managed'), { body: 'm' })).toBe('accepted');
      expect(await ask('READ', entity)).toEqual(['READ', 200]);
      expect(await ask('DELETE', entity)).toEqual(['DELETE', 204]);
      expect(await ask('READ', entity)).toEqual(['READ', 404]);
    }));
});

describe('transactions that rhea declares and discharges by hand', () => {
  /** Messages to a coordinator as octets: rhea would wrap them once more. */
  const declare = Buffer.from('00537700533145', 'hex');
  const discharge = (id: Buffer, fail: boolean) =>
    Buffer.concat([Buffer.from([0x00, 0x53, 0x77, 0x00, 0x53, 0x32, 0xc0, id.length + 4, 2, 0xa0, id.length]), id, Buffer.from([fail ? 0x41 : 0x42])]);

  async function coordinated(client: RheaClient) {
    const coordinator = client.connection.open_sender({ target: {} });
    (coordinator as unknown as { readonly local: { readonly attach: { target: unknown } } }).local.attach.target = composite(0x30, []);
    expect((await first(coordinator, 'sendable', 'sender_error')).event).toBe('sendable');
    return async (octets: Buffer): Promise<Happened> => {
      const settled = first(coordinator, 'settled');
      coordinator.send(octets as never, undefined, 0);
      return settled;
    };
  }

  const stateOf = ({ context }: Happened) => context.delivery?.remote_state as unknown;
  const idOf = (declared: Happened): Buffer =>
    (stateOf(declared) as { readonly value: readonly { readonly value: Buffer }[] }).value[0]?.value ?? Buffer.alloc(0);

  test.each([
    [false, ['b', 'after']],
    [true, ['a', 'b', 'after']],
  ] as const)('after what was accepted in one that failed: %s, the queue has %j', (fail, left) =>
    withClient(async client => {
      const queue = await freshQueue();
      const sender = await client.sender(queue);
      for (const body of ['a', 'b']) await outcomeOf(sender, { body });
      const send = await coordinated(client);
      const id = idOf(await send(declare));
      expect(id.length).toBeGreaterThan(0);
      const receiver = await client.receiver(queue);
      const { delivery } = await next(receiver);
      const accepted = composite(0x34, [types.wrap_binary(id), composite(0x24, [])]);
      (delivery as unknown as { update(settled: boolean, state: unknown): void }).update(true, accepted);
      // rhea writes dispositions behind the transfers of the same turn.
      await new Promise(resolve => setImmediate(resolve));
      expect(stateOf(await send(discharge(id, fail)))).not.toHaveProperty('error');
      receiver.close();
      await first(receiver, 'receiver_close');
      expect(await outcomeOf(sender, { body: 'after' })).toBe('accepted');
      const again = await client.receiver(queue);
      const bodies: unknown[] = [];
      for (const _ of left) {
        const { message, delivery: held } = await next(again);
        held?.accept();
        bodies.push(message?.body);
      }
      expect(bodies).toEqual(left);
      await expect.poll(() => bench.broker.queue(queue).messages.length + bench.broker.queue(queue).unacknowledgedCount).toBe(0);
    }),
  );

  test('one that nobody declared is refused', () =>
    withClient(async client => {
      const send = await coordinated(client);
      expect(stateOf(await send(discharge(Buffer.from('nobody'), false)))).toMatchObject({ error: { condition: 'amqp:transaction:unknown-id' } });
    }));
});

describe('subscriptions', () => {
  const received = (receiver: Receiver, count: number) => {
    const bodies: unknown[] = [];
    const all = new Promise<readonly unknown[]>(resolve => {
      receiver.on('message', ({ message, delivery }) => {
        bodies.push(message?.body);
        delivery?.accept();
        if (bodies.length === count) resolve(bodies);
      });
    });
    receiver.add_credit(count);
    return all;
  };
  const topic = (address: string, ...more: readonly string[]) => ({ address, capabilities: ['topic', ...more] });

  test('to a topic get each message, as many as there are', () =>
    withClient(async client => {
      const receivers = [await client.receiver({ source: topic('news') }), await client.receiver({ source: topic('news') })];
      const came = receivers.map(each => received(each, 1));
      expect(await outcomeOf(await client.sender({ target: topic('news') } as never), { body: 'one' })).toBe('accepted');
      expect(await Promise.all(came)).toEqual([['one'], ['one']]);
    }));

  test('that are durable keep what comes while nobody is there, until they are closed', async () => {
    const container_id = 'subscriber';
    const source = { ...topic('weather'), durable: 2, expiry_policy: 'never' };
    await withClient(async publisher => {
      const sender = await publisher.sender({ target: topic('weather') } as never);
      {
        await using client = await RheaClient.open(bench.broker, { container_id });
        const receiver = await client.receiver({ name: 'mine', source } as never);
        receiver.detach();
        await first(receiver, 'receiver_close');
      }
      await outcomeOf(sender, { body: 'rain' });
      {
        await using client = await RheaClient.open(bench.broker, { container_id });
        const receiver = await client.receiver({ name: 'mine', source } as never);
        expect(await received(receiver, 1)).toEqual(['rain']);
        receiver.close();
        await first(receiver, 'receiver_close');
      }
      await outcomeOf(sender, { body: 'snow' });
      await using client = await RheaClient.open(bench.broker, { container_id });
      const receiver = await client.receiver({ name: 'mine', source } as never);
      const came = received(receiver, 1);
      await outcomeOf(sender, { body: 'sun' });
      expect(await came).toEqual(['sun']);
    });
  });

  test('that are shared share out what comes', () =>
    withClient(async one => {
      await using other = await RheaClient.open(bench.broker, { container_id: 'other' });
      const source = topic('work', 'shared', 'global');
      const came = await Promise.all([one, other].map(each => each.receiver({ name: 'team', source })));
      const [mine, theirs] = came.map(each => received(each, 1));
      const sender = await one.sender({ target: topic('work') } as never);
      for (const body of ['one', 'two']) await outcomeOf(sender, { body });
      expect([...((await mine) ?? []), ...((await theirs) ?? [])].sort()).toEqual(['one', 'two']);
    }));
});
