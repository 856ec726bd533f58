import type { Method } from '../../spec/amqp091/classes.ts';
import { method } from '../../wire/amqp091/method.ts';
import type { EffectOf } from '../vocabulary.ts';

interface Gathered {
  readonly last: EffectOf<'confirm'>;
  /** Whether it stands for more than itself. */
  readonly many: boolean;
}

/** Gathers the confirms of one turn, so that one ack with multiple stands for many. */
export class Confirms {
  readonly #send: (channel: number, method: Method) => void;
  readonly #pending = new Map<number, Gathered>();
  #planned = false;

  /** `send` is called when the turn at hand is over, or earlier by `flush`. */
  constructor(send: (channel: number, method: Method) => void) {
    this.#send = send;
  }

  add(confirm: EffectOf<'confirm'>): void {
    const before = this.#pending.get(confirm.channel);
    const many = before !== undefined && covers(confirm, before.last);
    if (before !== undefined && !many) this.#emit(before);
    this.#pending.set(confirm.channel, { last: confirm, many });
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => this.flush());
  }

  /** Sends what is gathered, of one channel or of all. */
  flush(channel?: number): void {
    if (channel === undefined) {
      this.#planned = false;
      for (const gathered of this.#pending.values()) this.#emit(gathered);
      this.#pending.clear();
      return;
    }
    const gathered = this.#pending.get(channel);
    if (gathered !== undefined) this.#emit(gathered);
    this.#pending.delete(channel);
  }

  /** Forgets what nobody will read any more. */
  drop(channel: number): void {
    this.#pending.delete(channel);
  }

  #emit({ last: { channel, deliveryTag, accepted }, many }: Gathered): void {
    const args = { deliveryTag: BigInt(deliveryTag), multiple: many };
    this.#send(channel, accepted ? method('basic.ack', args) : method('basic.nack', args));
  }
}

function covers(confirm: EffectOf<'confirm'>, before: EffectOf<'confirm'>): boolean {
  return confirm.multiple && confirm.accepted === before.accepted && confirm.deliveryTag > before.deliveryTag;
}
