import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { type StoreUnderTest, storeContract } from './contract.ts';
import { openStore } from './open.ts';

async function under(folder: string): Promise<StoreUnderTest> {
  const store = await openStore(folder);
  let open = true;
  const close = async () => {
    if (open) await store.close();
    open = false;
  };
  return {
    store,
    reopen: async () => {
      await close();
      return under(folder);
    },
    dispose: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test.each(storeContract)('a durable store $title', async promise => {
  const folder = await mkdtemp(join(tmpdir(), 'amqpspec-store-'));
  await promise.run(() => under(folder));
});
