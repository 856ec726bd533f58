import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RestartableContainer, restart } from './container-restart.ts';

/** A container that notes what it is asked; `deafTo`: requests that do not end it. */
class Scripted implements RestartableContainer {
  readonly asked: string[] = [];
  readonly #deafTo: readonly string[];
  #running: boolean;
  #waiting: (() => void)[] = [];

  constructor({ running = true, deafTo = [] }: { readonly running?: boolean; readonly deafTo?: readonly string[] } = {}) {
    this.#running = running;
    this.#deafTo = deafTo;
  }

  inspect = async () => ({ State: { Running: this.#running } });
  kill = async ({ signal }: { readonly signal: string }) => this.#ask(`kill ${signal}`);
  stop = async ({ t }: { readonly t: number }) => this.#ask(`stop ${t}`);

  async start(): Promise<void> {
    if (this.#running) throw new Error('it runs already');
    this.#running = true;
    this.asked.push('start');
  }

  wait(): Promise<unknown> {
    return new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  async exec({ Cmd }: { readonly Cmd: string[] }) {
    const start = async () => {
      this.#ask(`exec ${Cmd.join(' ')}`);
      return { destroy: () => this.asked.push('output closed') };
    };
    return { start };
  }

  /** A container ends some time after it was asked to. */
  #ask(what: string): void {
    this.asked.push(what);
    if (this.#deafTo.includes(what)) return;
    setTimeout(() => {
      this.#running = false;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }, 100);
    if (what.startsWith('stop')) this.#running = false;
  }
}

const command = ['ctl', 'shutdown'] as const;

describe('a container', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Restarts it; answers what it was asked and how long that took, in milliseconds. */
  async function restarted(container: Scripted, ...how: Parameters<typeof restart> extends [unknown, ...infer Rest] ? Rest : never) {
    const begun = Date.now();
    const done = restart(container, ...how).then(() => Date.now() - begun);
    await vi.runAllTimersAsync();
    return { asked: container.asked, ms: await done, timers: vi.getTimerCount() };
  }

  test('that is killed is started when it has ended', async () => {
    expect(await restarted(new Scripted(), 'kill')).toEqual({ asked: ['kill SIGKILL', 'start'], ms: 100, timers: 0 });
  });

  test('that has ended already is only started', async () => {
    expect((await restarted(new Scripted({ running: false }), 'kill')).asked).toEqual(['start']);
    expect((await restarted(new Scripted({ running: false }), 'stop', command)).asked).toEqual(['start']);
  });

  test('that is stopped gets half a minute', async () => {
    expect((await restarted(new Scripted(), 'stop')).asked).toEqual(['stop 30', 'start']);
  });

  test('with a command of its own ends by that', async () => {
    expect(await restarted(new Scripted(), 'stop', command)).toMatchObject({ asked: ['exec ctl shutdown', 'output closed', 'start'], ms: 100 });
  });

  test('whose command leads nowhere is stopped at once after half a minute', async () => {
    const container = new Scripted({ deafTo: ['exec ctl shutdown'] });
    expect(await restarted(container, 'stop', command)).toMatchObject({ asked: ['exec ctl shutdown', 'output closed', 'stop 0', 'start'], ms: 30_000 });
  });
});
