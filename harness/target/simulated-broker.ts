import { Broker, type BrokerOptions } from '../broker/broker.ts';
import { serveAmqp10 } from '../broker/dialects/amqp10.ts';
import { defaultAmqp10Settings } from '../broker/dialects/amqp10-settings.ts';
import { type Amqp091Settings, defaultAmqp091Settings } from '../broker/dialects/amqp091-settings.ts';
import { serveAmqp } from '../broker/dialects/first-octets.ts';
import { reviveMessage } from '../broker/dialects/revive.ts';
import type { ServedConnection } from '../broker/dialects/served.ts';
import type { Clock, Stream } from '../endpoint/transport.ts';
import type { Outage } from '../probe/outage.ts';
import type { Armed } from '../saboteur/arm.ts';
import type { CrashStore } from '../store/crash.ts';
import { memoryStore } from '../store/memory.ts';
import { readToken } from './arranged-tokens.ts';

/** What a broker that is killed has left, and how long clients get to answer one that ends; in milliseconds. */
const leftMs = 5;
const closeWithinMs = 500;

export interface SimulatedBrokerOptions {
  readonly clock: Clock;
  readonly armed: Armed;
  readonly settings: Partial<Amqp091Settings>;
  readonly broker: Omit<BrokerOptions, 'store' | 'clock' | 'around'>;
  /** Left out: everything is kept in memory, and is lost with the broker. */
  readonly store?: CrashStore;
}

/** A broker behind simulated streams; on a store that can lose its power there is a next one that finds what is left. */
export class SimulatedBroker {
  readonly #options: SimulatedBrokerOptions;
  readonly #present = new Map<Stream, ServedConnection>();
  #store: CrashStore | undefined;
  #broker: Broker | undefined;

  constructor(options: SimulatedBrokerOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#broker = this.#make();
  }

  /** Throws while there is none. */
  get broker(): Broker {
    if (this.#broker === undefined) throw new Error('the broker is down');
    return this.#broker;
  }

  /** Throws while there is no broker, which refuses the connection. */
  accept(stream: Stream): void {
    const { armed, clock, settings } = this.#options;
    const all = { ...defaultAmqp10Settings, tokens: readToken, ...defaultAmqp091Settings, ...settings };
    const served = serveAmqp(armed.wrapStream(stream, clock), clock, this.broker, all, { serve: serveAmqp10 });
    this.#present.set(stream, served);
    served.ended.then(() => this.#present.delete(stream));
  }

  /** Takes the broker down; at a kill what was not flushed is lost. Another one goes on with what is stored. */
  async restart(how: Outage): Promise<void> {
    const { broker } = this;
    if (how === 'kill') await this.#pass(leftMs);
    this.#broker = undefined;
    if (how === 'stop') await this.#stop(broker);
    this.#store = this.#store?.crash();
    for (const stream of this.#present.keys()) stream.destroy();
    this.#present.clear();
    // Calls off its alarm clock; what it would still store is stored nowhere.
    void broker.close();
    const next = this.#make();
    await next.restore();
    this.#broker = next;
  }

  async #stop(broker: Broker): Promise<void> {
    const all = [...this.#present.values()];
    for (const each of all) each.close();
    await Promise.race([Promise.all(all.map(each => each.ended)), this.#pass(closeWithinMs)]);
    await broker.close();
  }

  #make(): Broker {
    const { armed, clock, broker } = this.#options;
    const store = armed.wrapStore(this.#store ?? memoryStore());
    return new Broker({ ...broker, store, clock, revive: reviveMessage, ...(armed.around && { around: armed.around }) });
  }

  #pass(ms: number): Promise<void> {
    const { clock } = this.#options;
    return new Promise(resolve => clock.at(clock.now() + ms, resolve));
  }
}
