import { strict as assert } from 'node:assert';
import { type Definition, type SingleChange, type Store, type StoredMessage, StoreError } from './store.ts';

/** What the contract needs to know of a store under test. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens it again on the same data, as after a restart of what it outlives. */
  reopen(): Promise<StoreUnderTest>;
  dispose?(): Promise<void>;
}

/** The contract of a `Store`, one promise each; every store passes all of them, whatever runs them. */
export const storeContract: readonly { readonly title: string; run(make: () => Promise<StoreUnderTest>): Promise<void> }[] = [
  promise('is empty at first', async ({ store }) => {
    assert.deepEqual(await loaded(store), []);
  }),
  promise('gives back definitions: exchanges, queues, bindings, bindings between exchanges', async ({ store }) => {
    put(store, link('e', 'f'), binding('a'), queue('q'), exchange('e'));
    assert.deepEqual(await loaded(store), [putOf(exchange('e')), putOf(queue('q')), putOf(binding('a')), putOf(link('e', 'f'))]);
  }),
  promise('tells bindings between exchanges apart by both ends, routing key and arguments', async ({ store }) => {
    put(store, link('e', 'f'), link('f', 'e'), link('e', 'e'), link('e', 'f', 'a'), link('e', 'f', '', { n: 1 }), link('e', 'f', '', { n: 1 }));
    store.write({ change: 'delete', key: link('f', 'e') });
    store.write({ change: 'delete', key: link('e', 'f', '', { n: 2 }) });
    assert.deepEqual(await loaded(store), [link('e', 'f'), link('e', 'e'), link('e', 'f', 'a'), link('e', 'f', '', { n: 1 })].map(putOf));
  }),
  promise('replaces a definition of the same key', async ({ store }) => {
    put(store, queue('q', { old: true }), queue('q', { old: false }));
    assert.deepEqual(await loaded(store), [putOf(queue('q', { old: false }))]);
  }),
  promise('tells bindings apart by routing key and by arguments, and equal arguments not', async ({ store }) => {
    put(store, binding('a'), binding('b'), binding('a', { n: 1 }), binding('a', { n: 1 }), binding('a', { n: 2n }), binding('a', { n: Uint8Array.of(1) }));
    assert.equal((await loaded(store)).length, 5);
  }),
  promise('keeps kinds and virtual hosts apart', async ({ store }) => {
    put(store, queue('x'), exchange('x'), { ...queue('x'), virtualHost: 'other' });
    store.write({ change: 'delete', key: { kind: 'queue', virtualHost: '/', name: 'x' } });
    assert.deepEqual(await loaded(store), [putOf(exchange('x')), putOf({ ...queue('x'), virtualHost: 'other' })]);
  }),
  promise('deletes a definition, and minds not when there is none', async ({ store }) => {
    put(store, binding('a'), binding('b'));
    store.write({ change: 'delete', key: binding('a') });
    store.write({ change: 'delete', key: binding('a') });
    assert.deepEqual(await loaded(store), [putOf(binding('b'))]);
  }),
  promise('gives back messages whole and by position', async ({ store }) => {
    store.write(append(1, ['q'], message('one')));
    store.write(append(2, ['q', 'r'], message('two', 3)));
    store.write(append(7, ['r'], message('', 0)));
    assert.deepEqual(await loaded(store), [append(1, ['q'], message('one')), append(2, ['q', 'r'], message('two', 3)), append(7, ['r'], message('', 0))]);
  }),
  promise('takes a message off one queue and leaves it in the others', async ({ store }) => {
    store.write(append(1, ['q', 'r'], message('m')));
    remove(store, 'q', 1);
    remove(store, 'q', 1);
    remove(store, 'nowhere', 1);
    assert.deepEqual(await loaded(store), [append(1, ['r'], message('m'))]);
    remove(store, 'r', 1);
    assert.deepEqual(await loaded(store), []);
  }),
  promise('deletes the messages of a queue with it, and a new queue of the same name is empty', async ({ store }) => {
    put(store, queue('q'));
    store.write(append(1, ['q', 'r'], message('m')));
    store.write({ change: 'delete', key: { kind: 'queue', virtualHost: '/', name: 'q' } });
    put(store, queue('q'));
    assert.deepEqual(await loaded(store), [putOf(queue('q')), append(1, ['r'], message('m'))]);
  }),
  promise('carries out the changes of a group in their order', async ({ store }) => {
    store.write(append(1, ['q'], message('before')));
    store.write({ change: 'group', changes: [append(2, ['q', 'r'], message('new')), removal('q', 1), removal('r', 2), putOf(queue('q'))] });
    assert.deepEqual(await loaded(store), [putOf(queue('q')), append(2, ['q'], message('new'))]);
    store.write({ change: 'group', changes: [] });
    store.write({ change: 'group', changes: [append(3, ['q'], message('there')), removal('q', 3), removal('q', 2)] });
    assert.deepEqual(await loaded(store), [putOf(queue('q'))]);
  }),
  promise('remembers how far a queue was sent, until the queue is deleted', async ({ store }) => {
    put(store, queue('q'), queue('r'));
    store.write(append(1, ['q', 'r'], message('m')));
    for (const position of [1, 5, 3]) store.write({ change: 'sent', virtualHost: '/', queue: 'q', position });
    store.write({ change: 'sent', virtualHost: '/', queue: 'r', position: 1 });
    store.write({ change: 'delete', key: { kind: 'queue', virtualHost: '/', name: 'r' } });
    const sent = { change: 'sent', virtualHost: '/', queue: 'q', position: 5 } as const;
    assert.deepEqual(await loaded(store), [putOf(queue('q')), append(1, ['q'], message('m')), sent]);
  }),
  promise('keeps a group whole or not at all where it is opened again before a flush', async under => {
    const { store } = under;
    store.write(append(1, ['q'], message('flushed')));
    await store.flushed();
    const changes = [removal('q', 1), append(2, ['q'], message('two')), append(3, ['r'], message('three'))];
    store.write({ change: 'group', changes });
    const again = await under.reopen();
    const survived = await loaded(again.store);
    const nothing = [append(1, ['q'], message('flushed'))];
    const everything = [append(2, ['q'], message('two')), append(3, ['r'], message('three'))];
    assert.deepEqual(survived, survived.length === 1 ? nothing : everything);
    await again.dispose?.();
  }),
  promise('resolves every flush, in the order asked for', async ({ store }) => {
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, position) => {
        store.write(append(position, ['q'], message(`${position}`)));
        return store.flushed().then(() => order.push(position));
      }),
    );
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.equal(order.length, 20);
  }),
  promise('gives back one message that was flushed, where it can be asked for one', async ({ store }) => {
    put(store, queue('q'), queue('r'));
    store.write(append(1, ['q'], message('one', 2)));
    store.write(append(2, ['q', 'r'], message('two')));
    remove(store, 'q', 2);
    await store.flushed();
    const ask = (from: string, position: number): unknown => {
      try {
        return store.read?.('/', from, position) ?? 'not to be asked';
      } catch (error) {
        return error instanceof StoreError ? 'none' : error;
      }
    };
    const answers = [ask('q', 1), ask('r', 2), ask('q', 2), ask('q', 3), ask('nowhere', 1)];
    const whole = [message('one', 2), message('two'), 'none', 'none', 'none'];
    assert.deepEqual(answers, store.read === undefined ? whole.map(() => 'not to be asked') : whole);
  }),
  promise('keeps the octets of every value, whatever it holds', async under => {
    const { store } = under;
    const odd = [Number.NaN, Number.NEGATIVE_INFINITY, -0, 1.5, 2n ** 63n, '', '\u0000\ud800', Uint8Array.of(), { '': 1, a: { '': [null] } }, [[], {}]];
    put(store, queue('q', { odd }), queue('\u0000/ä', odd), { ...queue('x'.repeat(255)), virtualHost: 'v'.repeat(255) });
    const long = { ...message('x'.repeat(100_000), 3), exchange: 'ä'.repeat(100), routingKey: '', header: new Uint8Array(5000) };
    store.write({ ...append(2 ** 40, ['q'], long), arrivedMs: 0.25 });
    const before = await loaded(store);
    const again = await under.reopen();
    assert.deepEqual(await loaded(again.store), before);
    assert.equal(before.length, 4);
    assert.deepEqual(before.at(-1), { ...append(2 ** 40, ['q'], long), arrivedMs: 0.25 });
    await again.dispose?.();
  }),
  promise('lets a queue that was deleted with many messages come again, empty, also after a reopening', async under => {
    const { store } = under;
    put(store, queue('q'));
    for (let position = 1; position <= 5000; position += 1) store.write(append(position, position % 2 === 0 ? ['q'] : ['q', 'r'], message('m')));
    await store.flushed();
    store.write({ change: 'delete', key: { kind: 'queue', virtualHost: '/', name: 'q' } });
    put(store, queue('q'));
    store.write(append(6000, ['q'], message('new')));
    await store.flushed();
    const again = await under.reopen();
    const changes = await loaded(again.store);
    assert.equal(changes.length, 1 + 2500 + 1);
    assert.deepEqual(changes.at(-1), append(6000, ['q'], message('new')));
    for (let position = 1; position < 5000; position += 2) remove(again.store, 'r', position);
    assert.deepEqual(await loaded(again.store), [putOf(queue('q')), append(6000, ['q'], message('new'))]);
    await again.dispose?.();
  }),
  promise('keeps what was flushed over a reopening', async under => {
    const { store } = under;
    put(store, queue('q', { n: -1n, octets: Uint8Array.of(0, 255), list: [null, 'ä'] }));
    store.write(append(1, ['q'], message('kept')));
    store.write(append(2, ['q'], message('taken')));
    remove(store, 'q', 2);
    await store.flushed();
    const before = await loaded(store);
    const again = await under.reopen();
    assert.deepEqual(await loaded(again.store), before);
    await again.dispose?.();
  }),
];

function promise(title: string, body: (under: StoreUnderTest) => Promise<void>): (typeof storeContract)[number] {
  return {
    title,
    async run(make) {
      const under = await make();
      try {
        await body(under);
      } finally {
        await under.dispose?.();
      }
    },
  };
}

async function loaded(store: Store): Promise<SingleChange[]> {
  await store.flushed();
  const changes: SingleChange[] = [];
  for await (const change of store.load()) changes.push(change);
  return changes;
}

function put(store: Store, ...definitions: readonly Definition[]): void {
  for (const definition of definitions) store.write(putOf(definition));
}

function putOf(definition: Definition): SingleChange {
  return { change: 'put', definition };
}

function exchange(name: string): Definition {
  return { kind: 'exchange', virtualHost: '/', name, attributes: { type: 'direct' } };
}

function queue(name: string, attributes: Definition['attributes'] = null): Definition {
  return { kind: 'queue', virtualHost: '/', name, attributes };
}

function binding(routingKey: string, args: Definition['attributes'] = {}): Definition & { readonly kind: 'binding' } {
  return { kind: 'binding', virtualHost: '/', exchange: 'e', queue: 'q', routingKey, arguments: args, attributes: null };
}

function link(source: string, destination: string, routingKey = '', args: Definition['attributes'] = {}): Definition & { readonly kind: 'exchange-binding' } {
  return { kind: 'exchange-binding', virtualHost: '/', source, destination, routingKey, arguments: args, attributes: null };
}

function append(position: number, queues: readonly string[], stored: StoredMessage): Extract<SingleChange, { change: 'append' }> {
  return { change: 'append', virtualHost: '/', queues, position, message: stored };
}

function remove(store: Store, from: string, position: number): void {
  store.write(removal(from, position));
}

function removal(from: string, position: number): SingleChange {
  return { change: 'remove', virtualHost: '/', queue: from, position };
}

function message(text: string, parts = 1): StoredMessage {
  const part = new TextEncoder().encode(text);
  return { exchange: 'e', routingKey: text, dialect: 'amqp091', header: Uint8Array.of(0, 60, 255), body: Array.from({ length: parts }, () => part) };
}
