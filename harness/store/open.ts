import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LmdbStore } from './lmdb.ts';
import { type Database, openDatabase, Records } from './lmdb-database.ts';
import { damageIn } from './lmdb-file.ts';
import { lockFolder, unwritable } from './lock.ts';
import { kinds, plainRecord, recordKey } from './record.ts';
import { type Store, StoreError } from './store.ts';

/** The layout of records that this version writes and reads. */
const format = 1;

/**
 * Opens the durable store in a folder, or makes one there. Only one process has it open at a time.
 * @throws {StoreError} where it is locked, may not be written to, is damaged, or was written by a newer version.
 */
export async function openStore(folder: string): Promise<Store> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unwritable(folder, error as NodeJS.ErrnoException);
  }
  const unlock = lockFolder(folder);
  try {
    return await openLocked(folder, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openLocked(folder: string, unlock: () => void): Promise<Store> {
  const file = join(folder, 'data.mdb');
  const fresh = !existsSync(file) || statSync(file).size === 0;
  const damage = fresh ? undefined : damageIn(file);
  if (damage !== undefined)
    throw new StoreError('corrupt', `The file ${file} is damaged: ${damage}. Put back a copy of the folder, or move it away to start empty`);
  let db: Database;
  try {
    db = openDatabase(folder);
  } catch (error) {
    throw unopened(folder, error as Error);
  }
  try {
    await checkFormat(db, folder, fresh);
    return new LmdbStore(db, folder, unlock);
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function checkFormat(db: Database, folder: string, fresh: boolean): Promise<void> {
  const records = new Records(db, folder);
  const empty = [...records.keys(kinds.version)].length === 0;
  if (empty && (fresh || db.getKeysCount({ limit: 1 }) === 0)) {
    const key = recordKey(kinds.version, 0, 0);
    await db.put(
      key,
      plainRecord(size => Buffer.allocUnsafeSlow(size), key, { format }),
    );
    return;
  }
  for (const { value } of records.plain(kinds.version, 'the version record')) {
    const { format: found } = value as { readonly format: number };
    if (found <= format) continue;
    throw new StoreError(
      'newer',
      `The store in ${folder} was written by a newer version (format ${found}, this one reads ${format}); use that version, or another folder`,
    );
  }
  if (empty) throw new StoreError('corrupt', `The database in ${folder} is none of this program's: it has no version record. Choose another folder`);
}

function unopened(folder: string, error: Error): StoreError {
  return new StoreError(
    'corrupt',
    `The database in ${folder} cannot be opened (${error.message}); put back a copy of the folder, or move it away to start empty`,
    {
      cause: error,
    },
  );
}
