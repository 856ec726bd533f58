import { open, type RootDatabase } from 'lmdb';
import { keyInto, keySize, majorOf, minorOf, opened, plainOf, type RecordKind, recordKey } from './record.ts';
import { type Plain, StoreError } from './store.ts';

/** One key: octets, as `record.ts` lays them out; values likewise. */
export type Database = RootDatabase<Buffer, Buffer>;

/** Opens or creates the environment in a folder. `overlappingSync` is off, so that a commit resolves only after its pages, and then its meta page, were synced. */
export function openDatabase(folder: string): Database {
  return open<Buffer, Buffer>(folder, {
    encoding: 'binary',
    keyEncoding: 'binary',
    overlappingSync: false,
    eventTurnBatching: false,
    pageSize: 4096,
  });
}

/** Reads records and finds out when one is not what was written. */
export class Records {
  readonly #db: Database;
  readonly #folder: string;
  readonly #key = Buffer.alloc(keySize);

  constructor(db: Database, folder: string) {
    this.#db = db;
    this.#folder = folder;
  }

  /**
   * What a record says, in octets of its own.
   * @throws {StoreError} where there is none, or its checksum does not fit; `what` names it.
   */
  read(kind: RecordKind, major: number, minor: number, what: () => string): Buffer {
    const key = keyInto(this.#key, kind, major, minor);
    const record = this.#db.getBinary(key);
    const content = record && opened(record, key);
    if (content === undefined) throw this.#damaged(what());
    return content;
  }

  /** Keys of one kind, in order. */
  *keys(kind: RecordKind, from = 0, to = 2 ** 32 - 1): IterableIterator<{ readonly major: number; readonly minor: number }> {
    const end = to === 2 ** 32 - 1 ? Buffer.of(kind + 1) : recordKey(kind, to, 0);
    for (const key of this.#db.getKeys({ start: recordKey(kind, from, 0), end })) {
      if (key.length !== keySize) throw this.#damaged(`a key of ${key.length} octets`);
      yield { major: majorOf(key), minor: minorOf(key) };
    }
  }

  /** All plain records of one kind. */
  *plain(kind: RecordKind, what: string): IterableIterator<{ readonly major: number; readonly minor: number; readonly value: Plain }> {
    for (const { major, minor } of [...this.keys(kind)]) {
      const content = this.read(kind, major, minor, () => `${what} ${minor || major}`);
      yield { major, minor, value: this.#value(content, what) };
    }
  }

  #value(content: Buffer, what: string): Plain {
    try {
      return plainOf(content);
    } catch {
      throw this.#damaged(what);
    }
  }

  #damaged(what: string): StoreError {
    return new StoreError(
      'corrupt',
      `The store in ${this.#folder} is damaged: ${what} is not what was written. Put back a copy of the folder, or move it away to start empty`,
    );
  }
}
