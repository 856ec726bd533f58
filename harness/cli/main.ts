#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../version.ts';
import { CommandError, exitStatus } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { didYouMean } from './nearest.ts';
import { type CommandName, commands, type OptionRow, options } from './options.ts';

type Load = () => Promise<{ readonly execute: (invocation: Invocation) => Promise<number> }>;

// Nothing heavy is loaded before its command is called.
const loaders: Readonly<Record<CommandName, Load>> = {
  run: () => import('./run.ts'),
  probe: () => import('./probe.ts'),
  replay: () => import('./replay.ts'),
  serve: () => import('./serve.ts'),
  list: () => import('./list.ts'),
  explain: () => import('./explain.ts'),
  report: () => import('./report.ts'),
  diff: () => import('./diff.ts'),
  merge: () => import('./merge.ts'),
  client: () => import('./client.ts'),
  'corpus export': () => import('./corpus.ts'),
  'fuzz parser': () => import('./fuzz.ts'),
  'fuzz broker': () => import('./fuzz-broker.ts'),
  'fuzz client': () => import('./fuzz-client.ts'),
};

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('want a whole number.');
  return Number(text);
}

const units: Readonly<Record<string, number>> = { '': 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

function octets(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (number === '' || factor === undefined) throw new InvalidArgumentError('want a size, as 50MB or 2GiB.');
  return Number(number) * factor;
}

const readers = { size: octets, integer: wholeNumber, milliseconds: wholeNumber, list: (text: string) => text.split(',').map(item => item.trim()) } as const;

function optionOf(row: OptionRow): Option {
  const option = new Option(row.flags, row.what);
  if (row.choices !== undefined) option.choices([...row.choices]);
  if (row.as !== undefined) option.argParser<unknown>(readers[row.as]);
  if (row.default !== undefined) option.default(row.as === 'list' ? readers.list(String(row.default)) : row.default, String(row.default));
  return option;
}

const groups: Readonly<Record<string, string>> = {
  fuzz: 'find what breaks a parser, a broker or a client, shrink it, keep it',
  corpus: 'inputs for fuzzers, ours and others',
};

function define(program: Command, name: CommandName, done: (status: number) => void): void {
  const row = commands[name];
  const [first = '', second] = name.split(' ');
  let parent = program;
  if (second !== undefined) {
    parent = program.commands.find(command => command.name() === first) ?? program.command(first).description(groups[first] ?? '');
  }
  const command = parent.command(second ?? first).description(row.summary);
  if (row.arguments !== '') command.arguments(row.arguments);
  for (const option of row.options) command.addOption(optionOf(options[option]));
  command.addHelpText('after', `\nExample:\n  ${row.example}`);
  command.action(async (...received: unknown[]) => {
    const words = received.slice(0, -2) as Invocation['words'];
    const values = command.opts();
    const given = Object.keys(values).filter(key => command.getOptionValueSource(key) === 'cli');
    const { execute } = await loaders[name]();
    done(await execute({ words, options: values, given }));
  });
}

function build(done: (status: number) => void): Command {
  const program = new Command('amqpspec')
    .description('Tells, with evidence, whether an AMQP broker, client or frame parser does what the standards say.')
    .version(version)
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError(true);
  for (const name of Object.keys(commands) as CommandName[]) define(program, name, done);
  program.on('command:*', ([word]: string[]) => {
    throw new CommandError(`There is no command ${word}.${didYouMean(String(word), Object.keys(commands))} amqpspec --help lists them.`, exitStatus.usage);
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap(each => each.commands)]) command.exitOverride();
  return program;
}

/** Runs one command line; resolves with the exit status and never rejects. */
export async function main(words: readonly string[]): Promise<number> {
  let status: number = exitStatus.asDeclared;
  try {
    await build(value => {
      status = value;
    }).parseAsync([...words], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitStatus.usage;
    if (error instanceof CommandError) {
      process.stderr.write(`amqpspec: ${error.message}\n`);
      return error.status;
    }
    process.stderr.write(`amqpspec: internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitStatus.notJudged;
  }
}

/** Who reads us may stop reading, as `head` does: what we were asked to do goes on, unheard. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));
