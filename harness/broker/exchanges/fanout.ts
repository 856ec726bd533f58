import type { Binding, Router } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Reach } from '../reach.ts';

/** Routes to every bound queue (section 3.1.3.2). */
export class Fanout implements Router {
  readonly #bindings = new Set<Binding>();

  add(binding: Binding): void {
    this.#bindings.add(binding);
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
  }

  route(_message: Message, reach: Reach): void {
    for (const binding of this.#bindings) reach.add(binding);
  }
}
