import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Cell, cellOf, costsOfTraffic, printedCells, printedCosts, type Series } from './broker-cells.ts';
import { costsOfRouting } from './linearity.ts';
import { type Load, type Load10, type LoadResult, runLoad } from './load.ts';
import { perfTest, perfTestLacks } from './perf-test.ts';
import { flushUs, ours, type Subject, theirs } from './subject.ts';

/*
 * The reference broker beside another, on the same machine, in the same run, by the same clients: `npm run bench:broker`. Which other is said by --against
 * or AMQPSPEC_BENCH_AGAINST: a URL, or an image of RabbitMQ; without it only ours is measured.
 */

const help = `npm run bench:broker -- [--against URL|IMAGE] [--pid N] [--perf-test DIR] [--rounds N] [--seconds N] [--only TEXT] [--json]
  --against    the broker to compare with, or AMQPSPEC_BENCH_AGAINST; a container is started for an image of RabbitMQ; given
               several times: the first is compared over 0-9-1, and each of them over 1.0
  --pid        the process of the broker behind the first URL, to tell its processor time too
  --perf-test  the folder with the jars of RabbitMQ's PerfTest, or AMQPSPEC_PERF_TEST
  --rounds     how often each is measured, in turn; 3
  --seconds    how long each time; 3
  --only       nothing but the cells whose name holds this text, and no routing
`;

type Shape = Omit<Load, 'url' | 'seconds'>;
type Shape10 = Omit<Load10, 'url' | 'seconds'>;

const { values } = parseArgs({
  options: {
    against: { type: 'string', multiple: true },
    pid: { type: 'string' },
    'perf-test': { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const rounds = Number(values.rounds ?? 3);
const seconds = Number(values.seconds ?? 3);
const jars = values['perf-test'] ?? process.env['AMQPSPEC_PERF_TEST'];
const { only } = values;
const wanted = ([what]: readonly [string, unknown]): boolean => only === undefined || what.includes(only);
const tell = (line: string) => void process.stderr.write(`${line}\n`);

interface Measured extends LoadResult {
  readonly cpuUs: number | undefined;
}

async function measured({ url, cpuUs }: Subject, shape: Shape | Shape10): Promise<Measured> {
  let cpu: number | undefined;
  const result = await runLoad({ ...shape, url, seconds }, async part => {
    const before = cpuUs();
    const took = await part();
    const after = cpuUs();
    cpu = before === undefined || after === undefined ? undefined : (after - before) / took.messages;
    return took;
  });
  return { ...result, cpuUs: cpu };
}

/** Measures the brokers in turn, so that whatever else the machine does befalls both. */
async function inTurn<T>(subjects: readonly Subject[], work: (subject: Subject) => Promise<T>): Promise<T[][]> {
  const results: T[][] = subjects.map(() => []);
  for (let round = 0; round < rounds; round += 1) for (const [index, subject] of subjects.entries()) results[index]?.push(await work(subject));
  return results;
}

async function throughput(subjects: readonly Subject[], what: string, shape: Shape): Promise<Cell> {
  tell(`amqplib: ${what}`);
  const [own = [], other] = await inTurn(subjects, subject => measured(subject, shape));
  return cellOf({ client: 'amqplib', what, unit: 'msg/s' }, rates(own), other && rates(other));
}

function rates(results: readonly Measured[]): Series {
  return {
    values: results.map(each => each.perSecond),
    cpuUs: results.map(each => each.cpuUs),
    clientCpuUs: results.map(each => each.clientCpuUs),
  };
}

async function latency(subjects: readonly Subject[], what: string, shape: Shape, full: Cell): Promise<Cell[]> {
  tell(`amqplib: latency of ${what}`);
  const rate = Math.min(full.ours, full.theirs ?? full.ours) / 2;
  const [own = [], other] = await inTurn(subjects, subject => measured(subject, { ...shape, rate }));
  return (['p50Ms', 'p99Ms'] as const).map(key => {
    const title = `${what}, ${Math.round(rate)} msg/s, ${key.slice(0, 3)}`;
    const of = (results: readonly Measured[]): Series => ({ values: results.map(each => each[key]) });
    return cellOf({ client: 'amqplib', what: title, unit: 'ms' }, of(own), other && of(other));
  });
}

const one: Shape = { size: 100, persistent: false, queues: 1, connections: 1 };
const basics: readonly (readonly [string, Shape])[] = [
  ['transient, 100 B', one],
  ['transient, 10 kB', { ...one, size: 10_240 }],
  ['persistent, confirmed, 100 B', { ...one, persistent: true }],
  ['persistent, confirmed, 10 kB', { ...one, persistent: true, size: 10_240 }],
];
const more: readonly (readonly [string, Shape])[] = [
  ['10 queues', { ...one, queues: 10 }],
  ['1,000 queues', { ...one, queues: 1000 }],
  ['10 connections', { ...one, connections: 10 }],
  ['1,000 connections', { ...one, connections: 1000 }],
];

async function byAmqplib(subjects: readonly Subject[]): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const [what, shape] of basics.filter(wanted)) {
    const full = await throughput(subjects, what, shape);
    cells.push(full);
    if (shape.size === 100) cells.push(...(await latency(subjects, what, shape, full)));
  }
  for (const [what, shape] of more.filter(wanted)) cells.push(await throughput(subjects, what, shape));
  return cells;
}

const basics10: readonly (readonly [string, Shape10])[] = [
  ['1.0, pre-settled, 100 B', { size: 100, settled: true }],
  ['1.0, pre-settled, 10 kB', { size: 10_240, settled: true }],
  ['1.0, unsettled, 100 B', { size: 100, settled: false }],
  ['1.0, unsettled, 10 kB', { size: 10_240, settled: false }],
];

async function byRhea(subjects: readonly Subject[]): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const [what, shape] of basics10.filter(wanted)) {
    tell(`rhea: ${what}`);
    const [own = [], ...others] = await inTurn(subjects, subject => measured(subject, shape));
    const cell = { client: 'rhea', what, unit: 'msg/s' } as const;
    if (others.length === 0) cells.push(cellOf(cell, rates(own), undefined));
    for (const [at, other] of others.entries()) cells.push(cellOf({ ...cell, beside: subjects[at + 1]?.name ?? '' }, rates(own), rates(other)));
  }
  return cells;
}

async function byPerfTest(subjects: readonly Subject[], folder: string): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const [what, { size, persistent }] of basics.filter(wanted)) {
    tell(`PerfTest: ${what}`);
    const [own = [], other] = await inTurn(subjects, ({ url }) => perfTest(folder, { url, size, persistent, seconds: seconds + 5 }));
    cells.push(cellOf({ client: 'PerfTest', what, unit: 'msg/s' }, { values: own }, other && { values: other }));
  }
  return cells;
}

/** Starts them one after another. */
async function all(against: readonly string[]): Promise<Subject[] & AsyncDisposable> {
  const subjects: Subject[] = [];
  const dispose = async () => {
    for (const each of subjects) await each[Symbol.asyncDispose]();
  };
  try {
    for (const [at, each] of against.entries()) subjects.push(await theirs(each, at === 0 && values.pid !== undefined ? Number(values.pid) : undefined));
  } catch (error) {
    await dispose();
    throw error;
  }
  return Object.assign(subjects, { [Symbol.asyncDispose]: dispose });
}

async function run(): Promise<void> {
  const known = process.env['AMQPSPEC_BENCH_AGAINST'];
  const against = values.against ?? (known === undefined ? [] : [known]);
  const lacks = await perfTestLacks(jars);
  await using own = await ours();
  await using others = await all(against);
  const [other] = others;
  const subjects = [own, ...others.slice(0, 1)];
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const flushBeforeUs = await flushUs();
  const cells = [
    ...(await byAmqplib(subjects)),
    ...(await byRhea([own, ...others])),
    ...(lacks === undefined && jars !== undefined ? await byPerfTest(subjects, jars) : []),
  ];
  if (only === undefined) tell('routing');
  const costs = only === undefined ? [...costsOfTraffic(cells), ...costsOfRouting()] : [];
  const machine = { cores: cpus().length, loadBefore, loadAfter: loadavg()[0] ?? Number.NaN, flushUs: flushBeforeUs, flushAfterUs: await flushUs() };
  if (values.json === true) {
    process.stdout.write(
      `${JSON.stringify({ against: others.length === 0 ? undefined : others.map(({ name }) => name), machine, rounds, seconds, perfTest: lacks ?? 'run', cells, costs }, undefined, 2)}\n`,
    );
    return;
  }
  const flush = `${machine.flushUs.toFixed(0)} µs before, ${machine.flushAfterUs.toFixed(0)} µs after`;
  const busy = `load ${machine.loadBefore.toFixed(1)} before, ${machine.loadAfter.toFixed(1)} after`;
  const routing = costs.length === 0 ? [] : ['', printedCosts(costs)];
  process.stdout.write(
    `${[printedCells(cells, other?.name), ...(lacks === undefined ? [] : [`PerfTest was skipped: ${lacks}`]), `flush of 4 kB, median: ${flush}; ${machine.cores} cores, ${busy}`, ...routing].join('\n')}\n`,
  );
}

if (values.help === true) process.stdout.write(help);
else if (!(rounds >= 1 && seconds > 0) || ![...basics, ...more, ...basics10].some(wanted)) {
  const names = [...basics, ...more, ...basics10].map(([what]) => what).join('; ');
  process.stderr.write(`--rounds and --seconds are numbers above zero, --only is part of one of: ${names}\n`);
  process.exitCode = 64;
} else await run();
