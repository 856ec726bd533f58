import type { Method } from '../spec/amqp091/classes.ts';
import { hash } from './random.ts';

/** An entity that may exist on the target because of us. */
export interface Entity {
  readonly kind: 'queue' | 'exchange';
  readonly name: string;
  /** Goes with the connection that declared it. */
  readonly exclusive: boolean;
}

type Request = Method<'queue.declare' | 'queue.delete' | 'exchange.delete'>;

const replyOf: Readonly<Record<Request['name'], string>> = {
  'queue.declare': 'queue.declare-ok',
  'queue.delete': 'queue.delete-ok',
  'exchange.delete': 'exchange.delete-ok',
};

/** What all names of a run begin with. */
export const prefixOf = (run: string) => `amqpspec-${run}-`;

/**
 * The names that one attempt at a check gives out, and what its conversations did with them. An entity is held from the request that may
 * create it until its deletion was confirmed: a deletion that was only asked for proves nothing.
 */
export class Names {
  readonly #prefix: string;
  readonly #issued: string[] = [];
  readonly #held = new Map<string, Entity>();
  readonly #requests = new Map<string, Request[]>();
  #rawOctets = false;
  /** Hears the name of each queue that the server named for us. */
  onGiven: (name: string) => void = () => {};

  /** `run` is the same for all names of a run; `check` sets apart, without spelling the whole id. */
  constructor(run: string, check: string, attempt: number) {
    this.#prefix = `${prefixOf(run)}${hash(`${check}#${attempt}`).toString(36)}`;
  }

  issue(label?: string): string {
    // As long for the first as for the hundredth, so that what is cut somewhere is cut there again.
    const ordinal = String(this.#issued.length + 1).padStart(4, '0');
    const name = `${this.#prefix}-${ordinal}${label === undefined ? '' : `-${label}`}`;
    this.#issued.push(name);
    return name;
  }

  /** Hears each method that is sent on a channel of a connection. */
  sent(connection: number, channel: number, method: Method): void {
    if (method.name === 'exchange.declare') {
      if (!method.args.passive) this.#hold({ kind: 'exchange', name: method.args.exchange, exclusive: false });
    } else if (method.name === 'queue.declare' || method.name === 'queue.delete' || method.name === 'exchange.delete') {
      const { queue, passive, exclusive } = { passive: true, exclusive: false, queue: '', ...method.args };
      if (!passive) this.#hold({ kind: 'queue', name: queue, exclusive });
      if (!method.args.noWait) this.#pending(connection, channel).push(method);
    }
  }

  /** Hears each method that comes back: a declare-ok names a queue that the server named, a delete-ok lets go. */
  received(connection: number, channel: number, method: Method): void {
    if (method.name !== 'queue.declare-ok' && method.name !== 'queue.delete-ok' && method.name !== 'exchange.delete-ok') return;
    const pending = this.#pending(connection, channel);
    const index = pending.findIndex(request => replyOf[request.name] === method.name);
    const [request] = index < 0 ? [] : pending.splice(index, 1);
    if (request?.name === 'queue.delete') this.#held.delete(`queue ${request.args.queue}`);
    if (request?.name === 'exchange.delete') this.#held.delete(`exchange ${request.args.exchange}`);
    if (request?.name === 'queue.declare' && method.name === 'queue.declare-ok' && !request.args.passive && request.args.queue === '') {
      this.onGiven(method.args.queue);
      this.#hold({ kind: 'queue', name: method.args.queue, exclusive: request.args.exclusive });
    }
  }

  /** Octets were sent past the codec: any name given out may have been declared with them. */
  sentOctets(): void {
    this.#rawOctets = true;
  }

  /** What may still exist. */
  left(): readonly Entity[] {
    const possible = this.#rawOctets ? this.#issued.flatMap(name => [entity('queue', name), entity('exchange', name)]) : [];
    return [...this.#held.values(), ...possible.filter(({ kind, name }) => !this.#held.has(`${kind} ${name}`))];
  }

  #pending(connection: number, channel: number): Request[] {
    const key = `${connection} ${channel}`;
    const pending = this.#requests.get(key) ?? [];
    this.#requests.set(key, pending);
    return pending;
  }

  /** The default exchange and the names that belong to the server are never ours to delete. */
  #hold(what: Entity): void {
    if (what.name === '' || (what.kind === 'exchange' && what.name.startsWith('amq.'))) return;
    this.#held.set(`${what.kind} ${what.name}`, what);
  }
}

function entity(kind: Entity['kind'], name: string): Entity {
  return { kind, name, exclusive: false };
}
