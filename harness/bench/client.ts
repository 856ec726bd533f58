import type { FromLoad, LoadResult, ToLoad } from './load.ts';

/*
 * A client of `bench:broker`: its parent says what to send and when to begin. Who sends and who receives share a process, so that the age of a message is
 * measured by one clock.
 */

/** Messages that are on their way at most, so that neither side is measured alone. */
export const onTheWayMax = 2000;
const warmUpMs = 1500;

/** Names of the queues that this process makes. */
export const prefix = `amqpspec-bench-${process.pid}`;

/** What a client of one protocol does. */
export interface Traffic {
  readonly meter: Meter;
  open(): Promise<void>;
  start(): void;
  close(): Promise<void>;
}

/** Counts what is received, and how old it is. */
export class Meter {
  received = 0;
  #ages: number[] = [];

  /** `sentAt`: of `performance.now()`. */
  take(sentAt: number): void {
    this.received += 1;
    this.#ages.push(performance.now() - sentAt);
  }

  async measured(ms: number): Promise<LoadResult> {
    this.#ages = [];
    const before = this.received;
    const cpu = process.cpuUsage();
    const begun = performance.now();
    await new Promise(resolve => setTimeout(resolve, ms));
    const messages = this.received - before;
    const perSecond = messages / ((performance.now() - begun) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    const ages = Float64Array.from(this.#ages).sort();
    const share = (part: number) => ages[Math.min(ages.length - 1, Math.floor(ages.length * part))] ?? Number.NaN;
    return { messages, perSecond, p50Ms: share(0.5), p99Ms: share(0.99), clientCpuUs: (user + system) / messages };
  }
}

/** Does what the parent says. */
export function obey<L extends ToLoad>(trafficOf: (load: Exclude<L, 'go'>) => Traffic): void {
  let traffic: Traffic | undefined;
  let ms = 0;
  const tell = (message: FromLoad) => process.send?.(message);
  process.on('message', async (message: L) => {
    if (message !== 'go') {
      const load = message as Exclude<L, 'go'>;
      ms = load.seconds * 1000;
      traffic = trafficOf(load);
      await traffic.open();
      traffic.start();
      await new Promise(resolve => setTimeout(resolve, warmUpMs));
      tell({ kind: 'warm' });
    } else if (traffic !== undefined) {
      const result = await traffic.meter.measured(ms);
      await traffic.close();
      tell({ kind: 'done', result });
    }
  });
  process.once('disconnect', () => process.exit(0));
}
