import type { FieldTable } from '../spec/amqp091/domains.ts';
import { sameArguments } from './arguments.ts';
import { Direct } from './exchanges/direct.ts';
import { Fanout } from './exchanges/fanout.ts';
import { Headers } from './exchanges/headers.ts';
import { Topic } from './exchanges/topic.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import type { Reach } from './reach.ts';

/** What an exchange was told: messages like this go to that queue. */
export interface Binding {
  readonly exchange: Exchange;
  readonly queue: Queue;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** What a kind of exchange does: it knows its bindings in the shape that makes routing cheap. */
export interface Router {
  /** Why this binding makes no sense to this kind of exchange; undefined: it does. */
  refuses?(routingKey: string, args: FieldTable): string | undefined;
  add(binding: Binding): void;
  remove(binding: Binding): void;
  /** Adds every binding that matches to `reach`. */
  route(message: Message, reach: Reach): void;
}

const routers = { direct: Direct, fanout: Fanout, topic: Topic, headers: Headers } as const;

export type ExchangeType = keyof typeof routers;

export function isExchangeType(type: string): type is ExchangeType {
  return Object.hasOwn(routers, type);
}

export interface ExchangeOptions {
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
}

/** Routes messages to the queues bound to it, as its type says. */
export class Exchange {
  readonly virtualHost: string;
  readonly name: string;
  readonly type: ExchangeType;
  readonly options: ExchangeOptions;
  readonly #router: Router;
  readonly #bindings = new Map<Queue, Binding[]>();

  constructor(virtualHost: string, name: string, type: ExchangeType, options: ExchangeOptions) {
    this.virtualHost = virtualHost;
    this.name = name;
    this.type = type;
    this.options = options;
    this.#router = new routers[type]();
  }

  get used(): boolean {
    return this.#bindings.size > 0;
  }

  refuses(routingKey: string, args: FieldTable): string | undefined {
    return this.#router.refuses?.(routingKey, args);
  }

  find(queue: Queue, routingKey: string, args: FieldTable): Binding | undefined {
    return this.#bindings.get(queue)?.find(each => each.routingKey === routingKey && sameArguments(each.arguments, args));
  }

  /** Binds a queue; a binding that is there already is left alone and nothing is answered. */
  bind(queue: Queue, routingKey: string, args: FieldTable): Binding | undefined {
    if (this.find(queue, routingKey, args) !== undefined) return undefined;
    const binding: Binding = { exchange: this, queue, routingKey, arguments: args };
    const known = this.#bindings.get(queue);
    if (known === undefined) this.#bindings.set(queue, [binding]);
    else known.push(binding);
    queue.bindings.add(binding);
    this.#router.add(binding);
    return binding;
  }

  unbind(binding: Binding): void {
    const known = this.#bindings.get(binding.queue) ?? [];
    const rest = known.filter(each => each !== binding);
    if (rest.length === 0) this.#bindings.delete(binding.queue);
    else this.#bindings.set(binding.queue, rest);
    binding.queue.bindings.delete(binding);
    this.#router.remove(binding);
  }

  *bindings(): IterableIterator<Binding> {
    for (const bindings of this.#bindings.values()) yield* bindings;
  }

  route(message: Message, reach: Reach): void {
    this.#router.route(message, reach);
  }
}
