import type { MethodArguments } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { encodeTable } from '../wire/amqp091/codec.ts';
import type { FrameSeam, Passing } from './fault.ts';
import { remembering } from './rewrites.ts';

type Binding = MethodArguments<'queue.bind'>;
type BindingKey = Pick<Binding, 'queue' | 'exchange' | 'routingKey' | 'arguments'>;

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

  note(passing: Passing): void {
    if (passing.direction !== 'to-server' || passing.what !== 'frame' || passing.frame.type !== 'method') return;
    const { name, args } = passing.frame.method;
    if (name === 'exchange.declare' && !args.passive) this.#noteExchange(args);
    if (name === 'queue.declare' && !args.passive) this.queues.set(args.queue, args);
    if (name === 'queue.bind') this.bindings = [...this.bindings, args];
    if (name === 'queue.unbind') this.bindings = this.bindings.filter(each => !sameBinding(each, args));
    if (name === 'queue.delete') this.#noteDeleted(args.queue);
    if (name === 'exchange.delete') this.exchangeTypes.delete(args.exchange);
  }

  /** The bindings on one exchange. */
  on(exchange: string): readonly Binding[] {
    return this.bindings.filter(binding => binding.exchange === exchange);
  }

  #noteDeleted(queue: string): void {
    this.queues.delete(queue);
    this.deleted.add(queue);
  }

  #noteExchange(args: MethodArguments<'exchange.declare'>): void {
    this.exchangeTypes.set(args.exchange, args.type);
    if (args.durable) this.durableExchanges.add(args.exchange);
  }
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
