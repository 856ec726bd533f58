import type { Store, StoredMessage } from '../store/store.ts';
import { AlarmNews } from './alarm-news.ts';
import { type Around, Arounds } from './around.ts';
import { recallFrom, settingsOf } from './broker-settings.ts';
import { Core, type CoreSettings } from './core.ts';
import { Deque } from './deque.ts';
import { type Health, healthOf } from './health.ts';
import type { EntityLimits } from './limits.ts';
import type { Log } from './log.ts';
import type { Message } from './message.ts';
import type { Command, ConnectionEffect, ConnectionId, Effect, EffectOf } from './vocabulary.ts';

/** Time in milliseconds, since 1970 or since the start of a simulation. `at` runs a task once, never within the call; the answer cancels it. */
export interface BrokerClock {
  now(): number;
  at(ms: number, task: () => void): () => void;
}

/** Makes a message of what a dialect stored. `arrivedMs`: when it came, where that decides when it is to be gone. */
export type Revive = (stored: StoredMessage, arrivedMs?: number) => Message;

export interface BrokerOptions extends Partial<Omit<CoreSettings, 'limits'>> {
  readonly limits?: Partial<EntityLimits>;
  readonly store: Store;
  /** Without one time stands still: nothing expires. */
  readonly clock?: BrokerClock;
  readonly log?: Log;
  /** Makes a message of what a dialect stored; without it nothing can be brought back. */
  readonly revive?: Revive;
  readonly around?: Around;
}

/** The end of a connection that carries out what the broker wants of it. */
export interface Sink {
  effect(effect: ConnectionEffect): void;
}

/** What tells a client of a state: where its command changed what is stored, it is not to be told before that is safe. */
const tellsOfState: ReadonlySet<Effect['kind']> = new Set<Effect['kind']>([
  'got',
  'queue-declared',
  'queue-deleted',
  'queue-purged',
  'queue-bound',
  'queue-unbound',
  'exchange-declared',
  'exchange-deleted',
  'exchange-bound',
  'exchange-unbound',
]);

/** What goes to a connection when the store has all changes up to `change`. */
interface Waiting {
  readonly change: number;
  readonly effects: ConnectionEffect[];
}

/** The core with its surroundings: commands one after the other, effects to connections and store, flushes back as commands. */
export class Broker {
  readonly core: Core;
  readonly #options: BrokerOptions;
  readonly #clock: BrokerClock;
  readonly #sinks = new Map<ConnectionId, Sink>();
  readonly #backlog = new Deque<Command>();
  readonly #effects: Effect[] = [];
  #lastConnection = 0;
  #busy = false;
  readonly #waiting = new Map<ConnectionId, Waiting>();
  /** Changes handed to the store, and of those with a ticket the last. */
  #changes = 0;
  #written = 0;
  /** Whether the command at hand changed what is stored. */
  #changed = false;
  #flushing = false;
  #failed = false;
  #cancelWake = (): void => {};
  readonly #arounds = new Arounds();
  readonly #news: AlarmNews | undefined;
  #closed = false;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? stillClock;
    this.core = new Core(settingsOf(options), recallFrom(options));
    if (options.around !== undefined) this.stand(options.around);
    this.#news = options.log && new AlarmNews(this.core, options.log);
  }

  /** Brings back what the store holds. To be awaited before the first connection. */
  async restore(): Promise<void> {
    const { revive } = this.#options;
    if (revive === undefined) throw new Error('there is nobody to make messages of what is stored');
    for await (const change of this.#options.store.load()) {
      this.submit(change.change === 'append' ? { kind: 'restore', change, message: revive(change.message, change.arrivedMs) } : { kind: 'restore', change });
    }
  }

  /** Gives a connection its number; its effects go to `sink` from now on. */
  attach(sink: Sink): ConnectionId {
    this.#lastConnection += 1;
    this.#sinks.set(this.#lastConnection, sink);
    return this.#lastConnection;
  }

  /** The connection is gone: its state is let go of and nothing goes to its sink any more. */
  detach(connection: ConnectionId): void {
    this.#waiting.delete(connection);
    if (this.#sinks.delete(connection)) this.submit({ kind: 'disconnect', connection });
  }

  /** Carries out a command and all its effects before it returns; when called from within a sink, after the command at hand. */
  submit(command: Command): void {
    this.#backlog.push(command);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#backlog.shift(); next !== undefined; next = this.#backlog.shift()) {
        this.#changed = false;
        for (const effect of this.#effectsOf(next)) this.#carryOut(effect);
        this.#news?.look();
      }
    } finally {
      this.#busy = false;
    }
  }

  /** The time as this broker counts it, in milliseconds. */
  readonly now = (): number => this.#clock.now();

  health(): Health {
    return healthOf(this.core);
  }

  /** Has `around` stand around the core, outside of all that does already; the returned function takes it away. */
  stand(around: Around): () => void {
    return this.#arounds.add(around);
  }

  readonly tickAt = (ms: number): void => {
    this.#clock.at(ms, () => {
      if (!this.#closed) this.submit({ kind: 'tick' });
    });
  };

  /** Resolves when everything that has to be stored is stored; time does nothing any more. */
  close(): Promise<void> {
    this.#closed = true;
    this.#cancelWake();
    return this.#options.store.close();
  }

  #effectsOf(command: Command): readonly Effect[] {
    this.core.now = this.#clock.now();
    const around = this.#arounds.whole;
    if (around !== undefined) return around(command, each => this.#apply(each, []), this);
    this.#effects.length = 0;
    return this.#apply(command, this.#effects);
  }

  #apply(command: Command, effects: Effect[]): readonly Effect[] {
    this.core.apply(command, effects);
    return effects;
  }

  #carryOut(effect: Effect): void {
    if (effect.kind === 'persist') this.#persist(effect);
    else if (effect.kind === 'wake-at') this.#wakeAt(effect.ms);
    else if (this.#waiting.size > 0 && this.#waiting.has(effect.connection)) this.#waiting.get(effect.connection)?.effects.push(effect);
    else if (this.#changed && tellsOfState.has(effect.kind)) this.#wait(effect);
    else this.#sinks.get(effect.connection)?.effect(effect);
  }

  /** Keeps an answer, and all that follows it to the same connection, until the store has what it tells of. */
  #wait(effect: ConnectionEffect): void {
    const { connection } = effect;
    const sink = this.#sinks.get(connection);
    if (sink === undefined) return;
    this.#waiting.set(connection, { change: this.#changes, effects: [effect] });
    this.#holds(connection, true);
    sink.effect({ kind: 'await-store', connection, waiting: true });
    this.#flush();
  }

  #holds(connection: ConnectionId, waits: boolean): void {
    const known = this.core.connections.get(connection);
    if (known !== undefined) known.waits = waits;
  }

  /** Lets go what waited for changes that are stored, or ends the connections to which it would have been untrue. */
  #release(upTo: number, failed: boolean): void {
    for (const [connection, { change, effects }] of this.#waiting) {
      if (change > upTo) continue;
      this.#waiting.delete(connection);
      this.#holds(connection, false);
      const sink = this.#sinks.get(connection);
      if (failed) sink?.effect({ kind: 'refused', scope: 'connection', code: 541, text: 'what was asked for could not be stored', connection, channel: 0 });
      else for (const effect of effects) sink?.effect(effect);
      sink?.effect({ kind: 'await-store', connection, waiting: false });
    }
  }

  #wakeAt(ms: number): void {
    this.#cancelWake();
    if (!this.#closed) this.#cancelWake = this.#clock.at(ms, () => this.submit({ kind: 'tick' }));
  }

  #persist({ change, ticket }: EffectOf<'persist'>): void {
    this.#options.store.write(change);
    this.#changed = true;
    this.#changes += 1;
    if (ticket === undefined) return;
    this.#written = ticket;
    this.#flush();
  }

  /** One flush at a time, started when the turn at hand has written all it has to. */
  #flush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      const upTo = this.#written;
      const changes = this.#changes;
      this.#options.store.flushed().then(
        () => this.#flushed(upTo, changes, false),
        (why: unknown) => {
          this.#tellFailure(why);
          this.#flushed(upTo, changes, true);
        },
      );
    });
  }

  /** Once: a store that failed takes nothing any more. */
  #tellFailure(why: unknown): void {
    if (!this.#failed) this.#options.log?.({ event: 'store-failed', why: why instanceof Error ? why.message : String(why) });
    this.#failed = true;
  }

  #flushed(upTo: number, changes: number, failed: boolean): void {
    this.#flushing = false;
    this.#busy = true;
    this.#release(changes, failed);
    this.#busy = false;
    this.submit({ kind: 'stored', upTo, failed });
    if (this.#written > upTo || this.#waiting.size > 0) this.#flush();
  }
}

const stillClock: BrokerClock = { now: () => 0, at: () => () => {} };
