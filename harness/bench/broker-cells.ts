import type { Cost } from './linearity.ts';
import { table } from './measure.ts';
import { median } from './subject.ts';

/** One number of a broker, and that of the other beside it: medians of all rounds. */
export interface Cell {
  readonly client: 'amqplib' | 'rhea' | 'PerfTest';
  /** The other broker, where it is not the only one. */
  readonly beside?: string;
  readonly what: string;
  readonly unit: 'msg/s' | 'ms';
  readonly ours: number;
  readonly theirs?: number;
  /** The median of the rounds' ratios, ours by theirs; of latencies theirs by ours, so that more is better always. */
  readonly ratio?: number;
  /** Processor time for each message in microseconds: that of ours, of the other where its process is known, and of the client with ours. */
  readonly cpuUs?: number;
  readonly theirCpuUs?: number;
  readonly clientCpuUs?: number;
  /** What each round measured. */
  readonly rounds: { readonly ours: readonly number[]; readonly theirs?: readonly number[] };
}

/** What the rounds measured of one broker, in order. */
export interface Series {
  readonly values: readonly number[];
  readonly cpuUs?: readonly (number | undefined)[];
  readonly clientCpuUs?: readonly number[];
}

/** Puts the rounds of both brokers together. */
export function cellOf(cell: Pick<Cell, 'client' | 'what' | 'unit' | 'beside'>, own: Series, other: Series | undefined): Cell {
  const cpu = known('cpuUs', own.cpuUs);
  const client = known('clientCpuUs', own.clientCpuUs);
  const base = { ...cell, ours: median(own.values), ...cpu, ...client };
  if (other === undefined) return { ...base, rounds: { ours: own.values } };
  const better = cell.unit === 'msg/s' ? [own.values, other.values] : [other.values, own.values];
  const [over = [], under = []] = better;
  const ratio = median(over.map((value, round) => value / (under[round] ?? Number.NaN)));
  return { ...base, theirs: median(other.values), ratio, ...known('theirCpuUs', other.cpuUs), rounds: { ours: own.values, theirs: other.values } };
}

function known<K extends string>(name: K, values: readonly (number | undefined)[] = []): { readonly [N in K]?: number } {
  const there = values.filter(value => value !== undefined);
  return (there.length === 0 ? {} : { [name]: median(there) }) as { readonly [N in K]?: number };
}

export function printedCells(cells: readonly Cell[], other: string | undefined): string {
  const rows = cells.map(({ client, what, beside, unit, ours, theirs, ratio, cpuUs, theirCpuUs, clientCpuUs }) => {
    const digits = unit === 'ms' ? 2 : 0;
    const cpu = [cpuUs, theirCpuUs, clientCpuUs].map(us => us?.toFixed(1) ?? '–');
    return [
      `${client}: ${what}${beside === undefined ? '' : `, beside ${beside}`}`,
      unit,
      ours.toFixed(digits),
      theirs?.toFixed(digits) ?? '–',
      ratio?.toFixed(2) ?? '–',
      ...cpu,
    ];
  });
  return table(['what', 'unit', 'amqpspec', other ?? 'no other', 'ratio', 'CPU µs/msg', 'theirs', "client's"], rows);
}

export function printedCosts(costs: readonly Cost[]): string {
  return table(
    ['cost by number', 'number', 'CPU µs', 'per'],
    costs.map(({ what, count, us, per }) => [what, `${count}`, us.toFixed(2), per]),
  );
}

/** What the load cost by the number of queues and connections, as far as it could be told. */
export function costsOfTraffic(cells: readonly Cell[]): readonly Cost[] {
  return cells
    .filter(({ what, cpuUs }) => cpuUs !== undefined && (what.endsWith('queues') || what.endsWith('connections') || what === 'transient, 100 B'))
    .map(({ what, cpuUs = Number.NaN }) => ({
      what: what.replace(/[\d,]+ (?=queues|connections)/, ''),
      count: /^[\d,]+ (queues|connections)/.test(what) ? Number(/^[\d,]+/.exec(what)?.[0].replace(',', '')) : 1,
      us: cpuUs,
      per: 'message',
    }));
}
