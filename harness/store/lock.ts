import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './store.ts';

const lockName = 'lock.json';

/** Folders that this process itself has locked. */
const ours = new Set<string>();

interface Holder {
  readonly pid: number;
  /** When the process started, in ticks since the machine did, so that another one with the same number is told apart; empty where that cannot be known. */
  readonly started: string;
}

/**
 * Takes a folder for this process alone; the answer gives it back. The lock of a process that is gone is taken over. Processes on other machines, or in
 * containers with numbers of their own, cannot be told to be alive: they have to be kept apart otherwise.
 * @throws {StoreError} `locked` or `read-only`.
 */
export function lockFolder(folder: string): () => void {
  const path = join(realpathSync(folder), lockName);
  if (ours.has(path)) throw locked(folder, 'by this very process');
  const own = `${path}.${process.pid}`;
  try {
    writeFileSync(own, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
  } catch (error) {
    throw unwritable(folder, error as NodeJS.ErrnoException);
  }
  try {
    claim(folder, own, path);
  } finally {
    rmSync(own, { force: true });
  }
  ours.add(path);
  return () => {
    ours.delete(path);
    rmSync(path, { force: true });
  };
}

/** Links the lock into its place; a link is refused where one stands, so that only one of many gets it. */
function claim(folder: string, own: string, path: string): void {
  for (let tries = 0; tries < 10; tries += 1) {
    try {
      linkSync(own, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(folder, error as NodeJS.ErrnoException);
    }
    const holder = holderOf(path);
    if (holder !== undefined && isAlive(holder)) throw locked(folder, `by process ${holder.pid}`);
    const stale = `${own}.stale`;
    try {
      renameSync(path, stale);
    } catch {
      continue;
    }
    const moved = holderOf(stale);
    if (moved !== undefined && isAlive(moved)) renameSync(stale, path);
    else rmSync(stale, { force: true });
  }
  throw locked(folder, 'by several processes that start at this moment');
}

function holderOf(path: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

/** A process of our own number is a former one: we asked `ours` before. */
function isAlive({ pid, started }: Holder): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return started === '' || now === '' || now === started;
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function locked(folder: string, by: string): StoreError {
  return new StoreError('locked', `The store in ${folder} is in use ${by}; end that one, or choose another folder`);
}

/** What writing into a folder failed of, for people. */
export function unwritable(folder: string, error: NodeJS.ErrnoException): StoreError {
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS')
    return new StoreError('read-only', `The folder ${folder} may not be written to (${error.code}); allow it, or choose another folder`, { cause: error });
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    return new StoreError('other', `There is no room left for the store in ${folder} (${error.code}); make room, or choose another folder`, { cause: error });
  return new StoreError('other', `The folder ${folder} cannot hold a store (${error.code ?? error.message}); choose another folder`, { cause: error });
}
