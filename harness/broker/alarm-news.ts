import type { Core } from './core.ts';
import type { Log } from './log.ts';
import type { Resource } from './vocabulary.ts';

/** Tells of alarms when they begin and when they end: those that the broker was told of, and that of its own memory. */
export class AlarmNews {
  readonly #core: Core;
  readonly #log: Log;
  readonly #told = new Set<Resource>();

  constructor(core: Core, log: Log) {
    this.#core = core;
    this.#log = log;
  }

  /** Looks whether something has changed; to be called after every command. */
  look(): void {
    const { alarms, full, roomy } = this.#core;
    this.#tell('disk', alarms.has('disk'));
    this.#tell('memory', alarms.has('memory') || full || (this.#told.has('memory') && !roomy));
  }

  #tell(resource: Resource, raised: boolean): void {
    if (this.#told.has(resource) === raised) return;
    if (raised) this.#told.add(resource);
    else this.#told.delete(resource);
    this.#log({ event: raised ? 'alarm-raised' : 'alarm-cleared', resource });
  }
}
