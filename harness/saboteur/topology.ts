import type { MethodArguments } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { encodeTable } from '../wire/amqp091/codec.ts';
import type { FrameSeam, Passing } from './fault.ts';
import { remembering } from './rewrites.ts';

type Binding = MethodArguments<'queue.bind'>;
type BindingKey = Pick<Binding, 'queue' | 'exchange' | 'routingKey' | 'arguments'>;

type Link = MethodArguments<'exchange.bind'>;
type LinkKey = Pick<Link, 'source' | 'destination' | 'routingKey' | 'arguments'>;

const predeclared = [
  ['', 'direct'],
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.topic', 'topic'],
  ['amq.match', 'headers'],
  ['amq.headers', 'headers'],
] as const;

/** What one connection asked for so far: its exchanges, queues and bindings. What other connections made is not in it. */
export class Topology {
  readonly exchangeTypes = new Map<string, string>(predeclared);
  readonly queues = new Map<string, MethodArguments<'queue.declare'>>();
  /** Queues that were deleted. */
  readonly deleted = new Set<string>();
  readonly durableExchanges = new Set<string>();
  bindings: readonly Binding[] = [];
  /** What each exchange was declared with first. */
  readonly declared = new Map<string, MethodArguments<'exchange.declare'>>();
  /** Bindings between exchanges; those of deleted exchanges stay in `lost`. */
  links: readonly Link[] = [];
  lost: readonly Link[] = [];

  note(passing: Passing): void {
    if (passing.direction !== 'to-server' || passing.what !== 'frame' || passing.frame.type !== 'method') return;
    const { name, args } = passing.frame.method;
    if (name === 'exchange.declare' && !args.passive) this.#noteExchange(args);
    if (name === 'queue.declare' && !args.passive) this.queues.set(args.queue, args);
    if (name === 'queue.bind') this.bindings = [...this.bindings, args];
    if (name === 'queue.unbind') this.bindings = this.bindings.filter(each => !sameBinding(each, args));
    if (name === 'queue.delete') this.#noteDeleted(args.queue);
    if (name === 'exchange.delete') this.#noteGone(args.exchange);
    if (name === 'exchange.bind') this.links = [...this.links, args];
    if (name === 'exchange.unbind') this.links = this.links.filter(each => !sameLink(each, args));
  }

  /** The bindings on one exchange. */
  on(exchange: string): readonly Binding[] {
    return this.bindings.filter(binding => binding.exchange === exchange);
  }

  /** The bindings from one exchange to others. */
  from(exchange: string): readonly Link[] {
    return this.links.filter(({ source }) => source === exchange);
  }

  /** Every exchange that messages to this one may come to, itself first; each once. */
  reachable(exchange: string): readonly string[] {
    const seen = [exchange];
    for (const each of seen) for (const { destination } of this.from(each)) if (!seen.includes(destination)) seen.push(destination);
    return seen;
  }

  /** The alternate exchange that this one was declared with. */
  alternate(exchange: string): string | undefined {
    const value = this.declared.get(exchange)?.arguments.find(([name]) => name === 'alternate-exchange')?.[1];
    return value?.type === 'long-string' ? new TextDecoder().decode(value.value) : undefined;
  }

  /** Whether an exchange has a binding for this key, patterns and arguments apart. */
  routes(exchange: string, routingKey: string): boolean {
    return [...this.on(exchange), ...this.from(exchange)].some(each => this.exchangeTypes.get(exchange) !== 'direct' || each.routingKey === routingKey);
  }

  #noteGone(exchange: string): void {
    const isGone = ({ source, destination }: Link) => source === exchange || destination === exchange;
    this.exchangeTypes.delete(exchange);
    this.declared.delete(exchange);
    this.lost = [...this.lost, ...this.links.filter(isGone)];
    this.links = this.links.filter(each => !isGone(each));
  }

  #noteDeleted(queue: string): void {
    this.queues.delete(queue);
    this.deleted.add(queue);
  }

  #noteExchange(args: MethodArguments<'exchange.declare'>): void {
    this.exchangeTypes.set(args.exchange, args.type);
    if (!this.declared.has(args.exchange)) this.declared.set(args.exchange, args);
    if (args.durable) this.durableExchanges.add(args.exchange);
  }
}

/** Whether these are one binding between exchanges. */
export function sameLink(one: LinkKey, other: LinkKey): boolean {
  const sameEnds = one.source === other.source && one.destination === other.destination;
  return sameEnds && one.routingKey === other.routingKey && sameTable(one.arguments, other.arguments);
}

/** Whether these are one binding. */
export function sameBinding(one: BindingKey, other: BindingKey): boolean {
  return one.queue === other.queue && one.exchange === other.exchange && one.routingKey === other.routingKey && sameTable(one.arguments, other.arguments);
}

function sameTable(one: FieldTable, other: FieldTable): boolean {
  return Buffer.compare(encodeTable(one), encodeTable(other)) === 0;
}

/** A seam that knows what its connection asked for before the passing at hand. */
export function knowing(make: (topology: Topology) => FrameSeam): FrameSeam {
  return remembering(() => {
    const topology = new Topology();
    const filter = make(topology).start();
    return {
      kind: 'frames',
      start: () => (passing, at) => {
        const rewrite = filter(passing, at);
        topology.note(passing);
        return rewrite;
      },
    };
  });
}
