import { describe, expect, test } from 'vitest';
import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import { type DeliveryState, encodeMessage as encode } from '../../wire/amqp10/codec.ts';
import { said, Testbed10, type TestClient10 } from './amqp10.test-kit.ts';
import { defaultAmqp10Settings } from './amqp10-settings.ts';

const accepted = { type: 'accepted' } as const;

async function declare(client: TestClient10): Promise<{ readonly coordinator: LinkEndpoint; readonly txnId: Uint8Array }> {
  const coordinator = await client.sender({ type: 'coordinator' });
  const declared = await client.ask(coordinator, { type: 'declare' });
  if (declared?.type !== 'declared') throw new Error(`not declared: ${JSON.stringify(declared)}`);
  return { coordinator, txnId: declared.txnId };
}

const within = (txnId: Uint8Array, outcome?: DeliveryState): DeliveryState => ({
  type: 'transactional-state',
  txnId,
  ...(outcome !== undefined && { outcome: outcome as never }),
});
const conditionOf = (state: DeliveryState | undefined): string | undefined => (state?.type === 'rejected' ? state.error?.condition : state?.type);

describe('what is sent in a transaction', () => {
  test('is told with its transaction, and there once that is committed', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      const { coordinator, txnId } = await declare(client);
      const sender = await client.sender('q');
      const told = await client.send(sender, said('a'), within(txnId));
      expect(told).toMatchObject({ type: 'transactional-state', outcome: { type: 'accepted' } });
      expect(bed.ready('q')).toBe(0);
      expect((await client.ask(coordinator, { type: 'discharge', txnId }))?.type).toBe('accepted');
      expect(bed.ready('q')).toBe(1);
      expect(conditionOf(await client.ask(coordinator, { type: 'discharge', txnId }))).toBe('amqp:transaction:unknown-id');
    });
  });

  test('is nowhere after a rollback, nor where the control link is detached', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      const { coordinator, txnId } = await declare(client);
      const sender = await client.sender('q');
      await client.send(sender, said('a'), within(txnId));
      expect((await client.ask(coordinator, { type: 'discharge', txnId, fail: true }))?.type).toBe('accepted');
      const second = await declare(client);
      await client.send(sender, said('b'), within(second.txnId));
      client.machine.detach(second.coordinator, client.now);
      await client.until(() => client.all('link-detached').some(({ link }) => link === second.coordinator));
      expect(bed.ready('q')).toBe(0);
      expect(conditionOf(await client.send(sender, said('c'), within(second.txnId)))).toBe('amqp:transaction:unknown-id');
      expect((await client.send(sender, said('d')))?.type).toBe('accepted');
    });
  });

  test('to a queue that is gone at the discharge keeps it from being committed', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      const { coordinator, txnId } = await declare(client);
      await client.send(await client.sender('q'), said('a'), within(txnId));
      await client.send(await client.sender('r'), said('b'), within(txnId));
      const other = bed.broker.attach({ effect: () => {} });
      bed.broker.submit({ kind: 'connect', connection: other, user: '', virtualHost: '/', cancelNotify: false });
      bed.broker.submit({ kind: 'open-channel', connection: other, channel: 1 });
      bed.broker.submit({ kind: 'delete-queue', connection: other, channel: 1, queue: 'q', ifUnused: false, ifEmpty: false, noWait: true });
      expect(conditionOf(await client.ask(coordinator, { type: 'discharge', txnId }))).toBe('amqp:transaction:rollback');
      expect(bed.ready('r')).toBe(0);
    });
  });

  test('to nowhere and settled keeps it from being committed', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      const { coordinator, txnId } = await declare(client);
      const sender = await client.sender({}, { sndSettleMode: 'settled' });
      const other = await client.sender('q');
      client.machine.deliver(
        sender,
        { tag: Buffer.of(1), payload: encode(said('a', { properties: { to: '/queues/none' } })), settled: true, state: within(txnId) },
        client.now,
      );
      await client.send(other, said('b'), within(txnId));
      expect(conditionOf(await client.ask(coordinator, { type: 'discharge', txnId }))).toBe('amqp:transaction:rollback');
      expect(bed.ready('q')).toBe(0);
    });
  });
});

describe('what is settled in a transaction', () => {
  test('is settled when that is committed, on several links at once', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      const sender = await client.sender('q');
      await client.send(sender, said('a'));
      const { coordinator, txnId } = await declare(client);
      const receiver = await client.receiver('q');
      expect(await client.drain(receiver)).toEqual(['a']);
      const [first] = client.received(receiver);
      client.machine.settle(receiver, [first?.deliveryId ?? -1], { settled: false, state: within(txnId, accepted) }, client.now);
      await client.send(await client.sender('r'), said('answer'), within(txnId));
      await client.ask(coordinator, { type: 'discharge', txnId });
      await client.until(() => client.all('disposition').some(({ disposition }) => disposition.role === 'sender' && disposition.settled === true));
      expect([bed.ready('q'), bed.ready('r')]).toEqual([0, 1]);
      client.machine.close(client.now);
      await client.until(() => client.all('ended').length > 0);
      expect(bed.ready('q')).toBe(0);
    });
  });

  test('is free again after a rollback where the client has settled it, and else still its own', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      const sender = await client.sender('q');
      await client.send(sender, said('a'));
      await client.send(sender, said('b'));
      const { coordinator, txnId } = await declare(client);
      const receiver = await client.receiver('q');
      await client.drain(receiver, 2);
      const [a, b] = client.received(receiver).map(({ deliveryId }) => deliveryId);
      client.machine.settle(receiver, [a ?? -1], { settled: true, state: within(txnId, accepted) }, client.now);
      client.machine.settle(receiver, [b ?? -1], { settled: false, state: within(txnId, accepted) }, client.now);
      await client.ask(coordinator, { type: 'discharge', txnId, fail: true });
      expect(bed.ready('q')).toBe(1);
      client.machine.settle(receiver, [b ?? -1], { settled: true, state: accepted }, client.now);
      expect(await client.drain(await client.receiver('q'))).toEqual(['a']);
    });
  });
});

test('a coordinator tells what it can, and takes nothing else', async () => {
  const bed = new Testbed10();
  await bed.run(async () => {
    const client = await bed.client();
    const coordinator = await client.sender({ type: 'coordinator' });
    expect(coordinator.remoteAttach?.target).toMatchObject({ type: 'coordinator', capabilities: expect.arrayContaining(['amqp:local-transactions']) });
    await client.send(coordinator, said('nonsense'));
    expect(client.errorOf(coordinator)?.condition).toBe('amqp:decode-error');
  });
});

describe('what is acquired in a transaction', () => {
  const acquiring = (client: TestClient10, receiver: LinkEndpoint, txnId: Uint8Array, linkCredit = 10) =>
    client.machine.flow(receiver, client.now, { linkCredit, properties: [['txn-id', { type: 'binary', value: txnId }]] });

  test('bears its id, goes back when that is rolled back, and its outcome with it', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      await client.send(await client.sender('q'), said('a'));
      await client.send(await client.sender('q'), said('b'));
      const { coordinator, txnId } = await declare(client);
      const receiver = await client.receiver('q');
      acquiring(client, receiver, txnId);
      await client.until(() => client.received(receiver).length === 2);
      expect(client.all('delivery').map(({ delivery }) => delivery.state?.type)).toEqual(['transactional-state', 'transactional-state']);
      const [a] = client.received(receiver).map(({ deliveryId }) => deliveryId);
      client.machine.settle(receiver, [a ?? -1], { settled: false, state: within(txnId, accepted) }, client.now);
      client.machine.grant(receiver, { credit: 0 }, client.now);
      await client.ask(coordinator, { type: 'discharge', txnId, fail: true });
      expect(bed.ready('q')).toBe(2);
      await client.until(() => [...receiver.unsettled].length === 0);
    });
  });

  test('stays with its receiver when that is committed, with another outcome it detaches the control link', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      await client.send(await client.sender('q'), said('a'));
      const { coordinator, txnId } = await declare(client);
      const receiver = await client.receiver('q');
      acquiring(client, receiver, txnId, 1);
      await client.until(() => client.received(receiver).length === 1);
      expect((await client.ask(coordinator, { type: 'discharge', txnId }))?.type).toBe('accepted');
      expect([...receiver.unsettled]).toHaveLength(1);
      await client.send(await client.sender('q'), said('b'));
      const second = await declare(client);
      acquiring(client, receiver, second.txnId, 1);
      await client.until(() => client.received(receiver).length === 2);
      const b = client.received(receiver)[1]?.deliveryId ?? -1;
      client.machine.settle(receiver, [b], { settled: true, state: accepted }, client.now);
      await client.until(() => client.errorOf(second.coordinator) !== undefined);
      expect(client.errorOf(second.coordinator)?.condition).toBe('amqp:transaction:rollback');
      expect(bed.ready('q')).toBe(1);
    });
  });

  test('is refused on a link that settles what it sends', async () => {
    const bed = new Testbed10();
    await bed.run(async () => {
      const client = await bed.client();
      const { txnId } = await declare(client);
      const receiver = await client.receiver('q', { sndSettleMode: 'settled' });
      acquiring(client, receiver, txnId);
      await client.until(() => client.errorOf(receiver) !== undefined);
      expect(client.errorOf(receiver)?.condition).toBe('amqp:not-implemented');
    });
  });
});

test('what takes too long is rolled back, and told so at its discharge', async () => {
  const bed = new Testbed10({ limits10: { ...defaultAmqp10Settings.limits10, transactionTimeoutMs: 100 } });
  await bed.run(async () => {
    const client = await bed.client();
    const { coordinator, txnId } = await declare(client);
    const sender = await client.sender('q');
    await client.send(sender, said('a'), within(txnId));
    await client.pass(150);
    expect(conditionOf(await client.send(sender, said('b'), within(txnId)))).toBe('amqp:transaction:unknown-id');
    expect(conditionOf(await client.ask(coordinator, { type: 'discharge', txnId }))).toBe('amqp:transaction:timeout');
    expect(conditionOf(await client.ask(coordinator, { type: 'discharge', txnId }))).toBe('amqp:transaction:unknown-id');
    expect(bed.ready('q')).toBe(0);
  });
});

test('a discharge in the middle of a delivery detaches the control link', async () => {
  const bed = new Testbed10();
  await bed.run(async () => {
    const client = await bed.client();
    const { coordinator, txnId } = await declare(client);
    const sender = await client.sender('q');
    const transfer = { type: 'transfer', handle: sender.handle ?? 0, deliveryId: 1, deliveryTag: Buffer.of(1), messageFormat: 0, more: true } as const;
    client.machine.send(client.session.channel ?? 0, { ...transfer, state: within(txnId) }, client.now, encode(said('a')));
    await client.ask(coordinator, { type: 'discharge', txnId });
    expect(client.errorOf(coordinator)?.condition).toBe('amqp:transaction:rollback');
  });
});
