import { expect, test } from 'vitest';
import { type StoreUnderTest, storeContract } from './contract.ts';
import { type CrashStore, crashStore } from './crash.ts';

function under(store: CrashStore): StoreUnderTest {
  return { store, reopen: async () => under(store.crash()) };
}

test.each(storeContract)('a crash store $title', promise => promise.run(async () => under(crashStore())));

test('a crash takes what no flush had reached, and nobody hears of it', async () => {
  const begun: (() => void)[] = [];
  const store = crashStore(done => begun.push(done));
  const put = (name: string) => store.write({ change: 'put', definition: { kind: 'queue', virtualHost: '/', name, attributes: null } });
  const heard: string[] = [];
  const flush = (name: string) => void store.flushed().then(() => heard.push(name));
  put('flushed');
  flush('first');
  put('too late for the first flush');
  flush('second');
  begun.shift()?.();
  await Promise.resolve();
  const after = store.crash();
  for (const late of begun) late();
  await new Promise(resolve => setImmediate(resolve));
  const left: unknown[] = [];
  for await (const change of after.load()) left.push(change);
  expect(left).toMatchObject([{ definition: { name: 'flushed' } }]);
  expect(heard).toEqual(['first']);
});
