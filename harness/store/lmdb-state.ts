import { keyOf } from './definition-key.ts';
import type { Records } from './lmdb-database.ts';
import { kinds, messageOf } from './record.ts';
import type { Definition, DefinitionKey, SingleChange } from './store.ts';

/** In the order in which they are loaded: a binding comes after what it binds. */
const definitionKinds: readonly DefinitionKey['kind'][] = ['exchange', 'queue', 'binding', 'exchange-binding'];

export const definitionMajor = (kind: DefinitionKey['kind']): number => definitionKinds.indexOf(kind);

interface QueueName {
  readonly virtualHost: string;
  readonly queue: string;
}

/** What has to be known of the records to write more of them: which numbers stand for which names, and who shares what. */
export class LmdbState {
  /** Sequence numbers of definitions, by the text of their keys. */
  readonly definitions = new Map<string, number>();
  /** How far queues were sent, by the number of the queue. */
  readonly sent = new Map<number, number>();
  /** Numbers of the queues that still hold a message that several share, by position. */
  readonly shared = new Map<number, number[]>();
  /** Numbers of deleted queues whose messages are not cleared away yet. */
  readonly retired: number[] = [];
  readonly #names = new Map<number, QueueName>();
  readonly #ids = new Map<string, Map<string, number>>();
  readonly #records: Records;
  #lastDefinition = 0;
  #lastId = 0;

  constructor(records: Records) {
    this.#records = records;
    for (const { major, value } of records.plain(kinds.queue, 'queue number')) {
      const [virtualHost = '', queue = ''] = value as readonly string[];
      this.#know(major, { virtualHost, queue });
    }
    for (const { minor, value } of records.plain(kinds.definition, 'definition')) {
      this.definitions.set(keyOf(value as unknown as Definition), minor);
      this.#lastDefinition = Math.max(this.#lastDefinition, minor);
    }
    for (const { major, value } of records.plain(kinds.sent, 'delivery mark of queue')) this.sent.set(major, value as number);
  }

  nextDefinition(): number {
    this.#lastDefinition += 1;
    return this.#lastDefinition;
  }

  /** The number of a queue; undefined: nothing was stored for one of this name. */
  idOf(virtualHost: string, queue: string): number | undefined {
    return this.#ids.get(virtualHost)?.get(queue);
  }

  /** Gives a queue a number that none had before. */
  newId(virtualHost: string, queue: string): number {
    this.#know(this.#lastId + 1, { virtualHost, queue });
    return this.#lastId;
  }

  /** A queue is gone. The next one of its name gets another number. */
  forget(virtualHost: string, queue: string): number | undefined {
    const id = this.idOf(virtualHost, queue);
    if (id === undefined) return undefined;
    this.#ids.get(virtualHost)?.delete(queue);
    this.#names.delete(id);
    this.sent.delete(id);
    this.retired.push(id);
    return id;
  }

  #know(id: number, name: QueueName): void {
    this.#names.set(id, name);
    const host = this.#ids.get(name.virtualHost) ?? new Map<string, number>();
    this.#ids.set(name.virtualHost, host.set(name.queue, id));
    this.#lastId = Math.max(this.#lastId, id);
  }

  /** Everything, as `Store.load` has to give it. */
  *changes(): IterableIterator<SingleChange> {
    for (const { value } of this.#records.plain(kinds.definition, 'definition')) yield { change: 'put', definition: value as unknown as Definition };
    yield* this.#messages();
    for (const [id, position] of this.sent) {
      const name = this.#names.get(id);
      if (name !== undefined) yield { change: 'sent', ...name, position };
    }
  }

  *#messages(): IterableIterator<SingleChange> {
    const { positions, ids, order } = this.#places();
    for (let at = 0; at < order.length; ) {
      const position = positions[order[at] ?? 0] ?? 0;
      const holders: number[] = [];
      for (; at < order.length && positions[order[at] ?? 0] === position; at += 1) holders.push(ids[order[at] ?? 0] ?? 0);
      const content = this.#contentOf(position, holders);
      const names = holders.map(id => this.#names.get(id)).filter(name => name !== undefined);
      const [first] = names;
      if (first === undefined) continue;
      const { message, arrivedMs } = messageOf(content);
      const append = { change: 'append', virtualHost: first.virtualHost, queues: names.map(({ queue }) => queue), position, message } as const;
      yield arrivedMs === undefined ? append : { ...append, arrivedMs };
    }
  }

  #contentOf(position: number, holders: number[]): Buffer {
    const content = this.#records.read(kinds.message, holders[0] ?? 0, position, () => `message ${position}`);
    if (content.length > 0) return content;
    this.shared.set(position, holders);
    return this.#records.read(kinds.shared, 0, position, () => `message ${position}`);
  }

  /** Which message stands in which queue, and the order of the positions. */
  #places(): { readonly positions: readonly number[]; readonly ids: readonly number[]; readonly order: Uint32Array } {
    const positions: number[] = [];
    const ids: number[] = [];
    const lost = new Set<number>();
    let sorted = true;
    for (const { major, minor } of this.#records.keys(kinds.message)) {
      sorted &&= (positions.at(-1) ?? 0) < minor;
      positions.push(minor);
      ids.push(major);
      if (!this.#names.has(major)) lost.add(major);
    }
    for (const id of lost) {
      this.#lastId = Math.max(this.#lastId, id);
      if (!this.retired.includes(id)) this.retired.push(id);
    }
    const order = Uint32Array.from(positions.keys());
    if (!sorted) order.sort((one, other) => (positions[one] ?? 0) - (positions[other] ?? 0) || one - other);
    return { positions, ids, order };
  }
}
