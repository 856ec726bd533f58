import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { memoryStore } from '../store/memory.ts';
import { listenInRange } from './listen-on-all.ts';
import { startBroker } from './reference.ts';

const how = { accept: () => undefined };

/** The lower of two neighbouring ports, of which it is taken and the next was free a moment ago. */
async function takenBeforeFree() {
  for (;;) {
    const server = createServer();
    const port = await new Promise<number>(resolve => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const next = await listenInRange(['127.0.0.1'], { first: port + 1, last: port + 1 }, how).catch(() => undefined);
    await next?.close();
    if (next !== undefined) return { port, [Symbol.asyncDispose]: async () => void server.close() };
    server.close();
  }
}

test('the first free port of a range is taken, on all addresses the same', async () => {
  await using taken = await takenBeforeFree();
  const listening = await listenInRange(['127.0.0.1', '::1'], { first: taken.port, last: taken.port + 10 }, how);
  expect(listening.port).toBeGreaterThan(taken.port);
  await listening.close();
});

test('a range that is taken is told whole, a single port as it is', async () => {
  await using taken = await takenBeforeFree();
  const next = await listenInRange(['127.0.0.1'], { first: taken.port + 1, last: taken.port + 1 }, how);
  const range = { first: taken.port, last: taken.port + 1 };
  await expect(listenInRange(['127.0.0.1'], range, how)).rejects.toThrow(
    `All ports from ${range.first} to ${range.last} of 127.0.0.1 are in use by other programs`,
  );
  await next.close();
  await expect(listenInRange(['127.0.0.1'], { first: taken.port, last: taken.port }, how)).rejects.toThrow(
    `127.0.0.1:${taken.port} is in use by another program`,
  );
});

test('a broker that has to look for its port reads its store once', async () => {
  await using taken = await takenBeforeFree();
  const store = memoryStore();
  let loads = 0;
  const load = () => {
    loads += 1;
    return store.load();
  };
  const counted = { write: store.write.bind(store), flushed: () => store.flushed(), load, close: () => store.close() };
  await using broker = await startBroker({ store: counted, port: taken.port, portMax: taken.port + 10 });
  expect(broker.port).toBeGreaterThan(taken.port);
  expect(loads).toBe(1);
});
