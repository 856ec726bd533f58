import type { Broker } from './broker.ts';
import { nothing } from './testbed.ts';
import type { Command, CommandKind, CommandOf, ConnectionEffect } from './vocabulary.ts';

/** One client, as a dialect serves it: while an answer waits for the store, nothing more is asked. */
export class Client {
  readonly #broker: Broker;
  readonly #tasks: (() => void)[] = [];
  readonly id: number;
  #held = false;

  constructor(broker: Broker, hear: (effect: ConnectionEffect) => void) {
    this.#broker = broker;
    this.id = broker.attach({
      effect: effect => {
        if (effect.kind === 'committing' || (effect.kind === 'await-store' && effect.waiting)) this.#held = true;
        hear(effect);
        if (effect.kind === 'committed' || (effect.kind === 'await-store' && !effect.waiting)) queueMicrotask(() => this.#goOn());
      },
    });
    broker.submit({ ...nothing, kind: 'connect', connection: this.id });
    broker.submit({ kind: 'open-channel', connection: this.id, channel: 1 });
  }

  /** When the client may ask again, notes what this asks, and asks it. */
  say<K extends CommandKind>(kind: K, draft: Partial<Omit<CommandOf<K>, 'kind'>>, note: () => unknown = () => {}, after: () => unknown = () => {}): void {
    this.#tasks.push(() => {
      note();
      this.#broker.submit({ ...nothing, ...draft, kind, connection: this.id, channel: 1 } as unknown as Command);
      after();
    });
    this.#run();
  }

  #goOn(): void {
    this.#held = false;
    this.#run();
  }

  #run(): void {
    while (!this.#held) {
      const task = this.#tasks.shift();
      if (task === undefined) return;
      task();
    }
  }
}
