import { type Deferred, deferred } from './deferred.ts';
import { keyOf } from './definition-key.ts';
import { type Database, Records } from './lmdb-database.ts';
import { definitionMajor, LmdbState } from './lmdb-state.ts';
import { Pending } from './pending.ts';
import { type Allocate, emptyRecord, keyInto, keySize, kinds, messageOf, messageRecord, plainRecord, type RecordKind } from './record.ts';
import { Slabs } from './slabs.ts';
import type { Change, Definition, DefinitionKey, SingleChange, Store, StoredMessage } from './store.ts';

type Append = Extract<SingleChange, { readonly change: 'append' }>;

/** How long a change that nobody waits for may wait for others, in milliseconds. */
const idleMs = 5;

/** Records of deleted queues that are cleared away with one transaction. */
const clearedMax = 2000;

/**
 * Keeps everything in an LMDB environment. Group commit: what is written while one transaction is being synced goes into the next, all together. Every
 * record carries a checksum. `load` is to be read to its end before anything is written.
 */
export class LmdbStore implements Store {
  readonly #db: Database;
  readonly #folder: string;
  readonly #slabs = new Slabs();
  readonly #allocate: Allocate = this.#slabs.allocate;
  readonly #key = Buffer.alloc(keySize);
  readonly #pending = new Pending();
  readonly #release: () => void;
  readonly #records: Records;
  #state: LmdbState;
  #flight: Promise<void> | undefined;
  #next: Deferred | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;

  /** `release` is called when all is closed. */
  constructor(db: Database, folder: string, release: () => void) {
    this.#db = db;
    this.#folder = folder;
    this.#release = release;
    this.#records = new Records(db, folder);
    this.#state = new LmdbState(this.#records);
  }

  write(change: Change): void {
    if (this.#failure !== undefined) return;
    this.#pending.push(change);
    if (this.#flight === undefined && this.#timer === undefined) this.#timer = setTimeout(() => this.#start(), idleMs);
  }

  flushed(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#pending.size === 0) return this.#flight ?? Promise.resolve();
    const next = this.#next ?? deferred();
    this.#next = next;
    if (this.#flight === undefined) this.#start();
    return next.promise;
  }

  async *load(): AsyncIterable<SingleChange> {
    await this.flushed();
    this.#state = new LmdbState(this.#records);
    for (const change of this.#state.changes()) yield change;
  }

  read(virtualHost: string, queue: string, position: number): StoredMessage {
    const id = this.#state.idOf(virtualHost, queue) ?? 0;
    const what = () => `message ${position} of queue '${queue}'`;
    const shared = this.#state.shared.get(position)?.includes(id) === true;
    return messageOf(shared ? this.#records.read(kinds.shared, 0, position, what) : this.#records.read(kinds.message, id, position, what)).message;
  }

  async close(): Promise<void> {
    await this.flushed().catch(() => {});
    clearTimeout(this.#timer);
    await this.#db.close();
    this.#release();
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const done = this.#next ?? deferred();
    this.#next = undefined;
    this.#flight = done.promise;
    this.#commit().then(
      () => this.#landed(done),
      (error: Error) => this.#failed(error, done),
    );
  }

  #landed(done: Deferred): void {
    this.#slabs.reset();
    this.#flight = undefined;
    if (this.#next !== undefined) this.#start();
    else if (this.#pending.size > 0 || this.#state.retired.length > 0) this.#timer = setTimeout(() => this.#start(), idleMs);
    done.resolve();
  }

  /** A transaction that was not stored may not be followed by another: what came after it could rest on it. */
  #failed(error: Error & { readonly commitError?: Promise<never> }, done: Deferred): void {
    const failure = new Error(`the store in ${this.#folder} took no more: ${error.message}`, { cause: error });
    error.commitError?.catch(() => {});
    this.#failure = failure;
    this.#pending.clear();
    done.reject(failure);
    this.#next?.reject(failure);
  }

  async #commit(): Promise<void> {
    const changes = this.#pending.take();
    await this.#db.batch(() => {
      this.#clearRetired();
      for (const change of changes) if (change !== undefined) this.#apply(change);
    });
  }

  #apply(change: Change): void {
    if (change.change === 'append') this.#append(change);
    else if (change.change === 'remove') this.#remove(change.virtualHost, change.queue, change.position);
    else if (change.change === 'sent') this.#markSent(change.virtualHost, change.queue, change.position);
    else if (change.change === 'put') this.#define(change.definition);
    else if (change.change === 'delete') this.#undefine(change.key);
    else for (const each of change.changes) this.#apply(each);
  }

  #append(append: Append): void {
    const ids = append.queues.map(queue => this.#idOf(append.virtualHost, queue));
    const [only] = ids;
    if (only !== undefined && ids.length === 1) {
      this.#put(kinds.message, only, append.position, key => messageRecord(this.#allocate, key, append));
      return;
    }
    this.#put(kinds.shared, 0, append.position, key => messageRecord(this.#allocate, key, append));
    for (const id of ids) this.#put(kinds.message, id, append.position, key => emptyRecord(this.#allocate, key));
    this.#state.shared.set(append.position, ids);
  }

  #remove(virtualHost: string, queue: string, position: number): void {
    const id = this.#state.idOf(virtualHost, queue);
    if (id !== undefined) this.#removeMessage(id, position);
  }

  #removeMessage(id: number, position: number): void {
    this.#del(kinds.message, id, position);
    const holders = this.#state.shared.get(position);
    const at = holders?.indexOf(id) ?? -1;
    if (holders === undefined || at < 0) return;
    holders.splice(at, 1);
    if (holders.length > 0) return;
    this.#state.shared.delete(position);
    this.#del(kinds.shared, 0, position);
  }

  #markSent(virtualHost: string, queue: string, position: number): void {
    const id = this.#idOf(virtualHost, queue);
    if (position <= (this.#state.sent.get(id) ?? 0)) return;
    this.#state.sent.set(id, position);
    this.#put(kinds.sent, id, 0, key => plainRecord(this.#allocate, key, position));
  }

  #define(definition: Definition): void {
    const name = keyOf(definition);
    const sequence = this.#state.definitions.get(name) ?? this.#state.nextDefinition();
    this.#state.definitions.set(name, sequence);
    this.#put(kinds.definition, definitionMajor(definition.kind), sequence, key => plainRecord(this.#allocate, key, definition));
  }

  /** What a deleted queue held is cleared away later, little by little: without the record of its number it is nobody's. */
  #undefine(key: DefinitionKey): void {
    const name = keyOf(key);
    const sequence = this.#state.definitions.get(name);
    if (sequence !== undefined) this.#del(kinds.definition, definitionMajor(key.kind), sequence);
    this.#state.definitions.delete(name);
    const id = key.kind === 'queue' ? this.#state.forget(key.virtualHost, key.name) : undefined;
    if (id === undefined) return;
    this.#del(kinds.queue, id, 0);
    this.#del(kinds.sent, id, 0);
  }

  #clearRetired(): void {
    const { retired } = this.#state;
    let left = clearedMax;
    for (let id = retired[0]; id !== undefined && left > 0; id = retired[0]) {
      for (const { minor } of this.#records.keys(kinds.message, id, id + 1)) {
        if (left === 0) break;
        left -= 1;
        this.#removeMessage(id, minor);
      }
      if (left > 0) retired.shift();
    }
  }

  #idOf(virtualHost: string, queue: string): number {
    const known = this.#state.idOf(virtualHost, queue);
    if (known !== undefined) return known;
    const id = this.#state.newId(virtualHost, queue);
    this.#put(kinds.queue, id, 0, key => plainRecord(this.#allocate, key, [virtualHost, queue]));
    return id;
  }

  #put(kind: RecordKind, major: number, minor: number, record: (key: Buffer) => Buffer): void {
    const key = keyInto(this.#key, kind, major, minor);
    this.#db.put(key, record(key));
  }

  #del(kind: RecordKind, major: number, minor: number): void {
    this.#db.remove(keyInto(this.#key, kind, major, minor));
  }
}
