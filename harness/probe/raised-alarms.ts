import type { Facilities } from './facilities.ts';

type Alarm = NonNullable<Facilities['alarm']>;
type Resource = Parameters<Alarm['raise']>[0];

/** Remembers what a check raised, so that no alarm outlasts the check, however it ends. */
export class RaisedAlarms implements Alarm {
  readonly #alarm: Alarm;
  readonly #raised = new Set<Resource>();

  constructor(alarm: Alarm) {
    this.#alarm = alarm;
  }

  async raise(resource: Resource): Promise<void> {
    this.#raised.add(resource);
    await this.#alarm.raise(resource);
  }

  async clear(resource: Resource): Promise<void> {
    await this.#alarm.clear(resource);
    this.#raised.delete(resource);
  }

  async clearAll(): Promise<void> {
    for (const resource of this.#raised) await this.clear(resource);
  }
}
