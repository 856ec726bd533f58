/** Transactions of 1.0 as naively as can be said: what is there for all, what a receiver holds, and what only would be. */

export interface Message {
  readonly body: string;
  readonly node: string;
}

export interface Held {
  readonly deliveryId: number;
  readonly message: Message;
}

export type Outcome = 'accepted' | 'released';

interface Retirement {
  readonly held: Held;
  readonly outcome: Outcome;
  readonly settled: boolean;
}

interface Open {
  posted: Message[];
  retired: Retirement[];
}

export class Transaction10Model {
  #waiting: Message[] = [];
  #held: Held[] = [];
  readonly #open = new Map<number, Open>();
  #sent = 0;

  /** Sends a message to a node, in a transaction or at once. */
  send(node: string, transaction: number | undefined): string {
    this.#sent += 1;
    const message = { body: `m${this.#sent}`, node };
    if (transaction === undefined) this.#waiting.push(message);
    else this.#of(transaction).posted.push(message);
    return message.body;
  }

  waiting(node: string): readonly Message[] {
    return this.#waiting.filter(each => each.node === node);
  }

  /** What the receiver may still tell an outcome of. */
  get free(): readonly Held[] {
    const retired = [...this.#open.values()].flatMap(each => each.retired.map(({ held }) => held));
    return this.#held.filter(held => !retired.includes(held));
  }

  get transactions(): readonly number[] {
    return [...this.#open.keys()];
  }

  /** A receiver gets it, and holds it where it has a delivery-id. */
  take(message: Message, deliveryId?: number): void {
    this.#waiting = this.#waiting.filter(each => each !== message);
    if (deliveryId !== undefined) this.#held.push({ deliveryId, message });
  }

  settle(held: Held, outcome: Outcome, transaction: number | undefined, settled: boolean): void {
    if (transaction === undefined) this.#apply(held, outcome);
    else this.#of(transaction).retired.push({ held, outcome, settled });
  }

  commit(transaction: number): void {
    const { posted, retired } = this.#of(transaction);
    this.#open.delete(transaction);
    this.#waiting.push(...posted);
    for (const { held, outcome } of retired) this.#apply(held, outcome);
  }

  /** What was settled is released, as the source says by default; the rest is still held. */
  rollBack(transaction: number): void {
    const { retired } = this.#of(transaction);
    this.#open.delete(transaction);
    for (const { held, settled } of retired) if (settled) this.#apply(held, 'released');
  }

  /** The links of the receiver are closed, with nothing of it in a transaction. */
  close(): void {
    for (const held of this.#held) this.#apply(held, 'released');
  }

  declare(transaction: number): void {
    this.#open.set(transaction, { posted: [], retired: [] });
  }

  #apply(held: Held, outcome: Outcome): void {
    this.#held = this.#held.filter(each => each !== held);
    if (outcome === 'released') this.#waiting.push(held.message);
  }

  #of(transaction: number): Open {
    const open = this.#open.get(transaction);
    if (open === undefined) throw new Error(`transaction ${transaction} is not open`);
    return open;
  }
}
