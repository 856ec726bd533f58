import { interopId } from '../check/record-interop.ts';
import type { Verdict } from '../check/verdict.ts';
import type { PairsWatch } from '../pairs.ts';
import { type RunOptions, run } from '../run.ts';
import { withConfig } from './config.ts';
import { readExpectations } from './expectations.ts';
import type { Invocation } from './invocation.ts';
import { tellRecord } from './tell.ts';
import { type SharedOptions, type Terminal, terminal } from './terminal.ts';
import { parseFormats, prepareFolder, writeReports } from './write-reports.ts';

export interface RunCommandOptions extends SharedOptions, Omit<RunOptions, 'expectations' | 'deadlineMs'> {
  readonly expect?: string;
  readonly deadline?: number;
  readonly out: string;
  readonly format: readonly string[];
  readonly config?: string;
  readonly dryRun?: boolean;
}

/** A plain line after each of so many verdicts, where no live line can be shown. */
const milestone = 50;

function watch(screen: Terminal): Pick<RunOptions, 'onStart' | 'onVerdict' | 'onPiece' | 'onPairs'> {
  let all = 0;
  let done = 0;
  let surprises = 0;
  return {
    onStart: ({ url, survey, checks, seed }) => {
      all = checks;
      const product = [survey.product, survey.version].filter(part => part !== null).join(' ');
      screen.say(`judging ${url}${product === '' ? '' : ` (${product})`} by ${checks === 0 ? 'pairs of clients' : `${checks} checks`}, seed ${seed}`);
    },
    onVerdict: (verdict: Verdict) => {
      done += 1;
      if (verdict.surprise) {
        surprises += 1;
        screen.progress(`${verdict.check}: ${verdict.outcome}, ${verdict.reaction}`, true);
      }
      screen.progress(`${done} of ${all} checks, ${surprises} surprises`, done % milestone === 0 || done === all);
    },
    onPairs: pairsWatch(screen),
    ...(screen.verbose && {
      onPiece: (check, entries) => {
        for (const { connection, direction, decoded } of entries()) {
          const arrow = direction === 'sent' ? '>' : direction === 'received' ? '<' : '-';
          for (const line of decoded) screen.warn(`${check.id} ${connection} ${arrow} ${line}`);
        }
      },
    }),
  };
}

/** Tells what pairs of real clients do. */
function pairsWatch(screen: Terminal): PairsWatch {
  let done = 0;
  let surprises = 0;
  return {
    onPrepare: clients => screen.say(`preparing ${clients.join(', ')}; the first time takes a minute or two`),
    onResult: result => {
      done += 1;
      if (result.surprise) {
        surprises += 1;
        screen.progress(`${interopId(result)}: ${result.message ?? result.outcome}`, true);
      }
      screen.progress(`${done} exchanges of two clients, ${surprises} surprises`, done % (milestone * 10) === 0);
    },
  };
}

/** The first Ctrl-C ends the run in order: what was judged is written, entities and containers are removed. The second ends at once. */
function interruptible(screen: Terminal): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      screen.warn('Ending: what was judged is written, what was made is removed. Once more ends at once.');
      controller.abort();
    });
  }
  return controller.signal;
}

/** `amqpspec run [TARGET]`. */
export async function execute(invocation: Invocation): Promise<number> {
  const options = (await withConfig(invocation)) as unknown as RunCommandOptions;
  const screen = await terminal(options);
  if (options.dryRun === true) {
    const { tellDryRun } = await import('./dry-run.ts');
    return tellDryRun(options, screen);
  }
  const formats = parseFormats(options.format);
  const expectations = options.expect === undefined ? [] : await readExpectations(options.expect);
  const origin = String(options.expect);
  await prepareFolder(options.out);
  const record = await run({
    ...options,
    ...(options.deadline !== undefined && { deadlineMs: options.deadline }),
    expectations: expectations.map(entry => ({ ...entry, origin })),
    signal: interruptible(screen),
    ...watch(screen),
  });
  const written = await writeReports(record, options.out, formats);
  tellRecord(record, written, screen);
  return record.exit.status;
}
