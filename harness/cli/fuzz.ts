import { randomInt } from 'node:crypto';
import { visible } from '../../reports/words.ts';
import { fuzzParser, ParserError } from '../fuzz/parser/campaign.ts';
import { execParser } from '../fuzz/parser/runner.ts';
import { CommandError, exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { type SharedOptions, type Terminal, terminal } from './terminal.ts';

interface FuzzOptions extends SharedOptions {
  readonly time: string;
  readonly seed?: number;
  readonly out: string;
  readonly exec?: string;
  readonly protocol?: string;
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `10s`, `2m`, `500ms` in milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) throw usage(`--time wants a duration such as 10s or 2m, not ${text}.`);
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

/** The one parser that was named: a module or built-in, or a command. */
function parserOf(word: unknown, { exec }: FuzzOptions): string {
  if (exec === undefined && typeof word === 'string') return word;
  if (exec !== undefined && word === undefined) return execParser(exec);
  throw usage(
    exec === undefined ? 'fuzz parser wants a module, a built-in parser, or --exec with a command.' : '--exec is the parser; it takes no module besides.',
  );
}

/** The most frequent ones; the JSON has all. */
function tellNotes(notes: Readonly<Record<string, number>>, { colors, say }: Terminal): void {
  const all = Object.entries(notes).sort(([, one], [, other]) => other - one);
  for (const [note, times] of all.slice(0, notesShown)) say(`  ${colors.dim(`no finding, ${times} times: ${visible(note)}`)}`);
  if (all.length > notesShown) say(`  ${colors.dim(`and ${all.length - notesShown} more that are no findings (--json has them)`)}`);
}

const notesShown = 8;

/** `amqpspec fuzz parser MODULE|builtin:NAME|--exec CMD`. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as unknown as FuzzOptions;
  const screen = await terminal(given);
  const timeMs = parseDuration(given.time);
  const seed = given.seed ?? randomInt(2 ** 31);
  const parser = parserOf(words[0], given);
  screen.say(`fuzzing ${parser} for ${given.time}, seed ${seed}`);
  let report: Awaited<ReturnType<typeof fuzzParser>>;
  try {
    report = await fuzzParser({
      parser,
      timeMs,
      seed,
      ...(given.protocol === '1.0' && { protocol: 'amqp10' }),
      outDir: given.out,
      onProgress: ({ inputs, findings }) => screen.progress(`${inputs} inputs, ${findings} findings`, false),
    });
  } catch (error) {
    if (error instanceof ParserError) throw new CommandError(error.message, exitStatus.usage);
    throw error;
  }
  screen.settle();
  for (const finding of report.findings) {
    screen.warn(`${screen.colors.red(finding.severity)}  ${visible(finding.title)}`);
    screen.warn(`  replay: amqpspec replay ${finding.file}${given.exec === undefined ? '' : ` --exec '${given.exec}'`}`);
  }
  tellNotes(report.notes, screen);
  screen.say(`${report.inputs} inputs, ${Math.round(report.inputsPerSecond)} a second, ${report.findings.length} findings`);
  screen.result({ parser, seed, ...report });
  return report.findings.length === 0 ? exitStatus.asDeclared : exitStatus.surprise;
}
