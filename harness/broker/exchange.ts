import type { FieldTable } from '../spec/amqp091/domains.ts';
import { gist, sameArguments, textOf } from './arguments.ts';
import { Direct } from './exchanges/direct.ts';
import { Fanout } from './exchanges/fanout.ts';
import { Headers } from './exchanges/headers.ts';
import { Topic } from './exchanges/topic.ts';
import { argument } from './extension-arguments.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import type { Reach } from './reach.ts';
import type { Readings } from './readings.ts';

/** What messages can be routed to. */
export type Destination = Queue | Exchange;

/** What an exchange was told: messages like this go there. */
export interface Binding {
  readonly exchange: Exchange;
  readonly destination: Destination;
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

const routers = { direct: Direct, fanout: Fanout, topic: Topic, headers: Headers } as const satisfies Readonly<
  Record<string, new (readings: Readings) => Router>
>;

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

/** Routes messages to the queues and exchanges bound to it, as its type says. */
export class Exchange {
  readonly virtualHost: string;
  readonly name: string;
  readonly type: ExchangeType;
  readonly options: ExchangeOptions;
  /** Name of the exchange that gets what no binding of this one matches. */
  readonly alternate: string | undefined;
  readonly #router: Router;
  /** By destination, then by a text that alike bindings share, so that binding costs the same however many there are. */
  readonly #bindings = new Map<Destination, Map<string, Binding[]>>();
  /** Bindings by which other exchanges, or it itself, pass messages on to this one. */
  readonly incoming = new Set<Binding>();
  /** Mark of the message that reached this exchange last, so that no loop of bindings passes it on twice. */
  reachedBy = 0;

  constructor(virtualHost: string, name: string, type: ExchangeType, options: ExchangeOptions, readings: Readings) {
    this.virtualHost = virtualHost;
    this.name = name;
    this.type = type;
    this.options = options;
    this.alternate = alternateOf(options.arguments);
    this.#router = new routers[type](readings);
  }

  /** Whether it passes messages on to anything. */
  get used(): boolean {
    return this.#bindings.size > 0;
  }

  refuses(routingKey: string, args: FieldTable): string | undefined {
    return this.#router.refuses?.(routingKey, args);
  }

  find(destination: Destination, routingKey: string, args: FieldTable): Binding | undefined {
    return this.#bindings
      .get(destination)
      ?.get(likeness(routingKey, args))
      ?.find(each => each.routingKey === routingKey && sameArguments(each.arguments, args));
  }

  /** Binds a queue or an exchange; a binding that is there already is left alone and nothing is answered. */
  bind(destination: Destination, routingKey: string, args: FieldTable): Binding | undefined {
    if (this.find(destination, routingKey, args) !== undefined) return undefined;
    const binding: Binding = { exchange: this, destination, routingKey, arguments: args };
    const known = this.#bindings.get(destination) ?? new Map<string, Binding[]>();
    const alike = likeness(routingKey, args);
    this.#bindings.set(destination, known.set(alike, [...(known.get(alike) ?? []), binding]));
    destination.incoming.add(binding);
    this.#router.add(binding);
    return binding;
  }

  unbind(binding: Binding): void {
    const { destination } = binding;
    const known = this.#bindings.get(destination);
    const alike = likeness(binding.routingKey, binding.arguments);
    const rest = known?.get(alike)?.filter(each => each !== binding) ?? [];
    if (rest.length === 0) known?.delete(alike);
    else known?.set(alike, rest);
    if (known?.size === 0) this.#bindings.delete(destination);
    destination.incoming.delete(binding);
    this.#router.remove(binding);
  }

  *bindings(): IterableIterator<Binding> {
    for (const known of this.#bindings.values()) for (const alike of known.values()) yield* alike;
  }

  route(message: Message, reach: Reach): void {
    this.#router.route(message, reach);
  }
}

/** The same for bindings that are one and the same, and seldom for others. */
function likeness(routingKey: string, args: FieldTable): string {
  return args.length === 0 ? routingKey : `${routingKey}\0${gist(args)}`;
}

/** The exchange named so need not exist. */
function alternateOf(args: FieldTable): string | undefined {
  const value = argument(args, 'alternate-exchange');
  return value === undefined ? undefined : textOf(value);
}
