import type { Clock } from '../endpoint/transport.ts';
import type { ClientEvent, ClientStep } from './client-case.ts';

type Without<E, K extends PropertyKey> = E extends unknown ? Omit<E, K> : never;

/** More is not kept: a client that floods us costs no more memory than this. */
const eventsMax = 20_000;

/** What happened, in order, and who waits for more. */
export class EventLog {
  readonly events: ClientEvent[] = [];
  readonly #clock: Clock;
  readonly #began: number;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
  }

  /** Milliseconds since the case began. */
  get now(): number {
    return this.#clock.now() - this.#began;
  }

  add(event: Without<ClientEvent, 'at'>): void {
    if (this.events.length < eventsMax || event.kind === 'ended' || event.kind === 'exited') this.events.push({ ...event, at: this.now } as ClientEvent);
    this.wake();
  }

  /** Has everybody look again. */
  wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Whether any connection came so far; and when the first did. */
  reached(step: ClientStep): number | undefined {
    return this.events.find(event => event.kind === 'step' && event.step === step)?.at;
  }

  /** Resolves with true as soon as the test holds, with false when so many milliseconds have passed. */
  until(test: () => boolean, withinMs: number): Promise<boolean> {
    if (test()) return Promise.resolve(true);
    return new Promise(resolve => {
      const done = (held: boolean): void => {
        this.#waiting.delete(look);
        cancel();
        resolve(held);
      };
      const look = (): void => {
        if (test()) done(true);
      };
      const cancel = this.#clock.at(this.#clock.now() + withinMs, () => done(test()));
      this.#waiting.add(look);
    });
  }
}
