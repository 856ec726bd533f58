import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../sim/random.ts';
import { openDatabase } from './lmdb-database.ts';
import { openStore } from './open.ts';
import { kinds, plainRecord, recordKey } from './record.ts';
import { type SingleChange, type Store, StoreError } from './store.ts';

let root = '';
let sound = Buffer.alloc(0);
let content: readonly SingleChange[] = [];

async function contentOf(store: Store): Promise<readonly SingleChange[]> {
  const changes: SingleChange[] = [];
  for await (const change of store.load()) changes.push(change);
  return changes;
}

function append(position: number, octets: number): SingleChange {
  const message = { exchange: '', routingKey: 'q', dialect: 'amqp091', header: new Uint8Array(20).fill(1), body: [new Uint8Array(octets).fill(position)] };
  return { change: 'append', virtualHost: '/', queues: position % 7 === 0 ? ['q', 'r'] : ['q'], position, message };
}

/** A store with records in several levels, some of many pages, and free pages in between. */
async function fill(folder: string): Promise<void> {
  const store = await openStore(folder);
  for (const name of ['q', 'r']) store.write({ change: 'put', definition: { kind: 'queue', virtualHost: '/', name, attributes: null } });
  for (let position = 1; position <= 300; position += 1) {
    store.write(append(position, position % 50 === 0 ? 9000 : 200));
    if (position % 30 === 0) await store.flushed();
  }
  for (let position = 1; position <= 100; position += 3) store.write({ change: 'remove', virtualHost: '/', queue: 'q', position });
  await store.close();
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'amqpspec-damage-'));
  await fill(join(root, 'sound'));
  sound = await readFile(join(root, 'sound', 'data.mdb'));
  const store = await openStore(join(root, 'sound'));
  content = await contentOf(store);
  await store.close();
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** What becomes of a store whose file has these octets: all that was stored, or a refusal. */
async function opens(name: string, octets: Uint8Array): Promise<'whole' | 'something else' | string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'data.mdb'), octets);
  let store: Store | undefined;
  try {
    store = await openStore(folder);
    const found = await contentOf(store);
    store.write(append(1000, 50_000));
    await store.flushed();
    const after = await contentOf(store);
    expect(after.length).toBe(found.length + 1);
    return JSON.stringify(found) === JSON.stringify(content) ? 'whole' : 'something else';
  } catch (error) {
    if (error instanceof StoreError && error.kind === 'corrupt' && error.message.includes(folder)) return 'refused';
    throw error;
  } finally {
    await store?.close();
    await rm(folder, { recursive: true });
  }
}

describe('a damaged store', () => {
  test('is refused or gives back everything, whichever octet is another', { timeout: 120_000 }, async () => {
    const random = seeded(3);
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 200; round += 1) {
      const octets = Buffer.from(sound);
      const page = round % 4 === 0 ? Math.floor(random() * 2) : Math.floor((random() * octets.length) / 4096);
      const at = page * 4096 + Math.floor(random() * (round % 2 === 0 ? 200 : 4096));
      octets[at] = (octets[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      const outcome = await opens(`flip-${round}`, octets);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].sort()).toEqual(['refused', 'whole']);
    expect(outcomes.get('refused')).toBeGreaterThan(40);
  });

  test('is refused or gives back everything, wherever it is torn off', { timeout: 120_000 }, async () => {
    const random = seeded(4);
    for (let round = 0; round < 60; round += 1) {
      const size = 1 + Math.floor(random() * (sound.length - 4096));
      expect({ size, outcome: await opens(`torn-${round}`, sound.subarray(0, size)) }).toEqual({ size, outcome: 'refused' });
    }
  });

  test('may be no database at all', async () => {
    expect(await opens('text', Buffer.alloc(20_000, 'no database '))).toBe('refused');
  });
});

describe('a store', () => {
  const kindOf = (folder: string) =>
    openStore(folder).then(
      () => 'opened',
      (error: unknown) => (error instanceof StoreError ? error.kind : error),
    );

  test('is refused to a second owner, and open to the next when the first is done', async () => {
    const folder = join(root, 'owned');
    const store = await openStore(folder);
    expect(await kindOf(folder)).toBe('locked');
    await store.close();
    const again = await openStore(folder);
    await again.close();
  });

  test('of a process that is gone is taken over', async () => {
    const folder = join(root, 'left');
    await mkdir(folder);
    await writeFile(join(folder, 'lock.json'), JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }));
    const store = await openStore(folder);
    await store.close();
    await writeFile(join(folder, 'lock.json'), JSON.stringify({ pid: 1, started: '' }));
    expect(await kindOf(folder)).toBe('locked');
  });

  test('of a newer version is refused', async () => {
    const folder = join(root, 'newer');
    const db = openDatabase(folder);
    const key = recordKey(kinds.version, 0, 0);
    await db.put(
      key,
      plainRecord(size => Buffer.allocUnsafeSlow(size), key, { format: 2 }),
    );
    await db.close();
    expect(await kindOf(folder)).toBe('newer');
  });

  test('of another program is refused', async () => {
    const folder = join(root, 'foreign');
    const db = openDatabase(folder);
    await db.put(Buffer.from('theirs'), Buffer.from('x'));
    await db.close();
    expect(await kindOf(folder)).toBe('corrupt');
  });

  test('needs a folder, and one that it may write to', async () => {
    await copyFile(join(root, 'sound', 'data.mdb'), join(root, 'file'));
    expect(await kindOf(join(root, 'file', 'below'))).toBe('other');
    expect(await kindOf(join(root, 'file'))).toBe('other');
    expect(await kindOf(process.getuid?.() === 0 ? '/sys/amqpspec' : '/amqpspec')).toBe('read-only');
  });
});
