import { test } from 'vitest';
import { type StoreUnderTest, storeContract } from './contract.ts';
import { memoryStore } from './memory.ts';

test.each(storeContract)('a memory store $title', async promise => {
  const store = memoryStore();
  const under: StoreUnderTest = { store, reopen: () => store.close().then(() => under) };
  await promise.run(async () => under);
});
