import { type Deferred, deferred } from './deferred.ts';
import { MemoryStore } from './memory.ts';
import { type Change, type SingleChange, type Store, type StoredMessage, StoreError } from './store.ts';

/** A store that can lose its power. */
export interface CrashStore extends Store {
  /** The power is gone: what no flush had reached is lost, and nobody hears of it any more. The answer is what stands there when it is back. */
  crash(): CrashStore;
}

/**
 * Throws away, at a crash, everything that was written after the last flush: what `kill -9` cannot show, since the system's cache survives that.
 * `takesTime` calls back when a flush that begins now has reached the disk; left out: within the turn.
 */
export function crashStore(takesTime: (done: () => void) => void = queueMicrotask): CrashStore {
  return new Crashing(new MemoryStore(), takesTime);
}

class Crashing implements CrashStore {
  readonly #disk: MemoryStore;
  readonly #takesTime: (done: () => void) => void;
  #cache: Change[] = [];
  #flushing: Deferred | undefined;
  #next: Deferred | undefined;
  #crashed = false;

  constructor(disk: MemoryStore, takesTime: (done: () => void) => void) {
    this.#disk = disk;
    this.#takesTime = takesTime;
  }

  write(change: Change): void {
    this.#cache.push(change);
  }

  flushed(): Promise<void> {
    if (this.#cache.length === 0) return this.#flushing?.promise ?? Promise.resolve();
    const next = this.#next ?? deferred();
    this.#next = next;
    if (this.#flushing === undefined) this.#flush(next);
    return next.promise;
  }

  load(): AsyncIterable<SingleChange> {
    return this.#disk.load();
  }

  read(virtualHost: string, queue: string, position: number): StoredMessage {
    const message = this.#disk.message(virtualHost, queue, position);
    if (message === undefined) throw new StoreError('corrupt', `There is no message ${position} in queue '${queue}'`);
    return message;
  }

  close(): Promise<void> {
    return this.flushed();
  }

  crash(): CrashStore {
    this.#crashed = true;
    return new Crashing(this.#disk, this.#takesTime);
  }

  #flush(done: Deferred): void {
    const changes = this.#cache;
    this.#cache = [];
    this.#next = undefined;
    this.#flushing = done;
    this.#takesTime(() => {
      if (this.#crashed) return;
      for (const change of changes) this.#disk.write(change);
      this.#flushing = undefined;
      if (this.#next !== undefined) this.#flush(this.#next);
      done.resolve();
    });
  }
}
