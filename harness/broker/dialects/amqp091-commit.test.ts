import { expect, test } from 'vitest';
import { memoryStore } from '../../store/memory.ts';
import type { Store } from '../../store/store.ts';
import { contentHeader, encodeContent } from '../../wire/amqp091/content.ts';
import { method } from '../../wire/amqp091/method.ts';
import { DialectTestbed, frame, type TestClient } from './testbed.ts';

/** A store that from `slow` on is done with its writing when it is let. */
function slowStore(): { readonly store: Store; slow(): void; finish(how: 'stored' | 'lost'): void } {
  const store = memoryStore();
  let slow = false;
  let waiting: readonly ((how: 'stored' | 'lost') => void)[] = [];
  return {
    store: {
      write: change => store.write(change),
      flushed: () =>
        new Promise((resolve, reject) => {
          if (slow) waiting = [...waiting, how => (how === 'stored' ? resolve() : reject(new Error('lost')))];
          else resolve();
        }),
      load: () => store.load(),
      close: () => store.close(),
    },
    slow() {
      slow = true;
    },
    finish(how) {
      const ready = waiting;
      waiting = [];
      for (const each of ready) each(how);
    },
  };
}

function persistent(channel: number): Uint8Array {
  const header = contentHeader({ properties: { deliveryMode: 2 }, bodySize: 1 });
  return Buffer.concat(encodeContent(channel, method('basic.publish', { routingKey: 'd' }), header, [Buffer.from('x')], 4096));
}

async function transacted(bed: DialectTestbed): Promise<TestClient> {
  const client = await bed.client();
  for (const channel of [1, 2]) await client.call(channel, 'channel.open', {}, 'channel.open-ok');
  await client.call(1, 'queue.declare', { queue: 'd', durable: true }, 'queue.declare-ok');
  await client.call(1, 'tx.select', {}, 'tx.select-ok');
  return client;
}

const names = (client: TestClient) => client.events.flatMap(event => (event.kind === 'method' ? [event.method.name] : []));

test('everything behind a commit is answered after it, on whatever channel', async () => {
  const { store, slow, finish } = slowStore();
  const bed = new DialectTestbed({}, { store });
  await bed.run(async () => {
    const client = await transacted(bed);
    slow();
    const before = names(client).length;
    client.sendTogether(persistent(1), frame(1, 'tx.commit'), frame(1, 'basic.qos'), persistent(1), frame(1, 'tx.commit'));
    await client.pass(1000);
    client.send(2, 'basic.qos');
    client.send(2, 'basic.get', { queue: 'd', noAck: true });
    await client.pass(1000);
    expect(names(client).slice(before)).toEqual([]);
    finish('stored');
    await client.pass(1000);
    expect(names(client).slice(before)).toEqual(['tx.commit-ok', 'basic.qos-ok']);
    finish('stored');
    await client.pass(1000);
    expect(names(client).slice(before)).toEqual(['tx.commit-ok', 'basic.qos-ok', 'tx.commit-ok', 'basic.qos-ok']);
    finish('stored');
    await client.until(() => client.methods('basic.get-ok').length === 1);
    expect(names(client).slice(before)).toEqual(['tx.commit-ok', 'basic.qos-ok', 'tx.commit-ok', 'basic.qos-ok']);
  });
});

test('a commit that the store loses closes its channel with the ids of tx.commit, and the connection goes on', async () => {
  const { store, slow, finish } = slowStore();
  const bed = new DialectTestbed({}, { store });
  await bed.run(async () => {
    const client = await transacted(bed);
    slow();
    client.sendTogether(persistent(1), frame(1, 'tx.commit'), frame(2, 'basic.qos'));
    await client.pass(1000);
    finish('lost');
    await client.until(() => client.methods('basic.qos-ok').length === 1);
    expect(client.methods('channel.close')).toMatchObject([{ args: { replyCode: 406, classId: 90, methodId: 20 } }]);
  });
});

test('a client that goes while its commit waits leaves nothing behind', async () => {
  const { store, slow, finish } = slowStore();
  const bed = new DialectTestbed({}, { store });
  await bed.run(async () => {
    const client = await transacted(bed);
    slow();
    client.sendTogether(persistent(1), frame(1, 'tx.commit'), frame(1, 'basic.qos'));
    await client.pass(10);
    client.driven.machine.abort(0);
    await client.pass(5000);
    finish('stored');
    await client.pass(1000);
    expect(bed.broker.core.connections.size).toBe(0);
  });
});
