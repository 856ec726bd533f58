import type { Binding, Router } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Reach } from '../reach.ts';

/** Routes to the queues bound with exactly the message's routing key (section 3.1.3.1). */
export class Direct implements Router {
  readonly #byKey = new Map<string, Set<Binding>>();

  add(binding: Binding): void {
    const known = this.#byKey.get(binding.routingKey);
    if (known === undefined) this.#byKey.set(binding.routingKey, new Set([binding]));
    else known.add(binding);
  }

  remove(binding: Binding): void {
    const known = this.#byKey.get(binding.routingKey);
    known?.delete(binding);
    if (known?.size === 0) this.#byKey.delete(binding.routingKey);
  }

  route(message: Message, reach: Reach): void {
    const bindings = this.#byKey.get(message.routingKey);
    if (bindings !== undefined) for (const binding of bindings) reach.add(binding);
  }
}
