import { keyOf } from './definition-key.ts';
import type { Change, Definition, SingleChange, Store, StoredMessage } from './store.ts';

/** Keeps everything in memory: as durable as the process, and to be used again after `close`. Copies no octets. */
export function memoryStore(): Store {
  return new MemoryStore();
}

type Append = Extract<SingleChange, { change: 'append' }>;
type Sent = Extract<SingleChange, { change: 'sent' }>;

const sentKey = ({ virtualHost, queue }: Pick<Sent, 'virtualHost' | 'queue'>): string => JSON.stringify([virtualHost, queue]);

/** Messages of one queue by position. */
type Shelf = Map<number, Append>;

/** The class itself, for stores that are made of it. */
export class MemoryStore implements Store {
  readonly #definitions = new Map<string, Definition>();
  readonly #shelves = new Map<string, Map<string, Shelf>>();
  readonly #sent = new Map<string, Sent>();

  write(change: Change): void {
    switch (change.change) {
      case 'append':
        for (const queue of change.queues) this.#shelf(change.virtualHost, queue).set(change.position, change);
        return;
      case 'remove':
        this.#shelves.get(change.virtualHost)?.get(change.queue)?.delete(change.position);
        return;
      case 'sent':
        if (change.position > (this.#sent.get(sentKey(change))?.position ?? 0)) this.#sent.set(sentKey(change), change);
        return;
      case 'group':
        for (const each of change.changes) this.write(each);
        return;
      case 'put':
        this.#definitions.set(keyOf(change.definition), change.definition);
        return;
      case 'delete':
        this.#definitions.delete(keyOf(change.key));
        if (change.key.kind === 'queue') this.#forget(change.key.virtualHost, change.key.name);
    }
  }

  /** One message of a queue; undefined: there is none. */
  message(virtualHost: string, queue: string, position: number): StoredMessage | undefined {
    return this.#shelves.get(virtualHost)?.get(queue)?.get(position)?.message;
  }

  flushed(): Promise<void> {
    return Promise.resolve();
  }

  async *load(): AsyncIterable<SingleChange> {
    for (const kind of ['exchange', 'queue', 'binding', 'exchange-binding'] as const) {
      for (const definition of this.#definitions.values()) if (definition.kind === kind) yield { change: 'put', definition };
    }
    yield* appends(this.#shelves);
    yield* this.#sent.values();
  }

  close(): Promise<void> {
    return this.flushed();
  }

  #forget(virtualHost: string, queue: string): void {
    this.#shelves.get(virtualHost)?.delete(queue);
    this.#sent.delete(sentKey({ virtualHost, queue }));
  }

  #shelf(virtualHost: string, queue: string): Shelf {
    const known = this.#shelves.get(virtualHost)?.get(queue);
    if (known !== undefined) return known;
    const shelf: Shelf = new Map();
    const host = this.#shelves.get(virtualHost) ?? new Map<string, Shelf>();
    this.#shelves.set(virtualHost, host.set(queue, shelf));
    return shelf;
  }
}

/** Each message once with all its queues, by position. */
function appends(shelves: ReadonlyMap<string, ReadonlyMap<string, Shelf>>): readonly Append[] {
  const found = new Map<number, Append & { readonly queues: string[] }>();
  for (const host of shelves.values()) {
    for (const [queue, shelf] of host) {
      for (const [position, change] of shelf) {
        const known = found.get(position);
        if (known === undefined) found.set(position, { ...change, queues: [queue] });
        else known.queues.push(queue);
      }
    }
  }
  return [...found.values()].sort((a, b) => a.position - b.position);
}
