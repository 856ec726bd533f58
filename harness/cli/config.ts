import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { didYouMean } from './nearest.ts';
import { commands, type OptionRow, options } from './options.ts';

const names = ['amqpspec.config.ts', 'amqpspec.config.js', 'amqpspec.config.json'];

/** What a configuration file may hold: the options of `run` in camel case, but the one that names it, and `target`. */
const rows: ReadonlyMap<string, OptionRow> = new Map([
  ['target', { flags: '--target <target>', what: '' }],
  ...commands.run.options.filter(name => name !== 'config').map((name): [string, OptionRow] => [longName(options[name].flags), options[name]]),
]);

function longName(flags: string): string {
  const name = /--(?:no-)?([a-z-]+)/.exec(flags)?.[1] ?? flags;
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

async function load(path: string): Promise<unknown> {
  if (path.endsWith('.json')) return JSON.parse(await readFile(path, 'utf8'));
  const { createJiti } = await import('jiti');
  return createJiti(import.meta.url).import(path, { default: true });
}

/**
 * Reads the named configuration file, or the first of `amqpspec.config.{ts,js,json}` in this folder; none is an empty one.
 * A file that cannot be loaded, or that holds an unknown name, is a usage error.
 */
export async function readConfig(named: string | undefined, folder = process.cwd()): Promise<Readonly<Record<string, unknown>>> {
  const file = named ?? names.find(name => existsSync(resolve(folder, name)));
  if (file === undefined) return {};
  let content: unknown;
  try {
    content = await load(resolve(folder, file));
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw usage(`The configuration file ${file} could not be loaded: ${why}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw usage(`The configuration file ${file} must hold an object with the options of run.`);
  }
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, checked(file, name, value)]));
}

/** The value as the command line would have given it; what it would have refused is refused here. */
function checked(file: string, name: string, value: unknown): unknown {
  const row = rows.get(name);
  if (row === undefined) throw usage(`The configuration file ${file} holds an unknown option ${name}.${didYouMean(name, [...rows.keys()])}`);
  const many = row.as === 'list' || row.flags.endsWith('...>');
  const wanted = wantedBy(row, many);
  const texts = (Array.isArray(value) ? value : [value]) as readonly unknown[];
  const fits = {
    flag: () => typeof value === 'boolean',
    number: () => Number.isSafeInteger(value) && Number(value) >= 0,
    text: () => typeof value === 'string',
    texts: () => texts.every(each => typeof each === 'string'),
  } as const;
  // An option whose value may be left out is a flag too.
  if (value === true && row.flags.includes('[')) return value;
  if (!fits[wanted]()) throw usage(`The configuration file ${file} gives ${name} as ${JSON.stringify(value)}; it wants ${words[wanted]}.`);
  const { choices } = row;
  if (choices !== undefined && !choices.includes(String(value)))
    throw usage(`The configuration file ${file} gives ${name} as ${String(value)}.${didYouMean(String(value), choices)} Known: ${choices.join(', ')}.`);
  return many
    ? texts.flatMap(each =>
        row.as === 'list'
          ? String(each)
              .split(',')
              .map(part => part.trim())
          : [each],
      )
    : value;
}

const words = { flag: 'true or false', number: 'a whole number', text: 'a text', texts: 'a text or a list of texts' } as const;

function wantedBy(row: OptionRow, many: boolean): keyof typeof words {
  if (!/[<[]/.test(row.flags)) return 'flag';
  if (many) return 'texts';
  return row.as === 'integer' || row.as === 'milliseconds' ? 'number' : 'text';
}

/** The options of a command: the command line beats the configuration file, and that beats the defaults. */
export async function withConfig({ words: given, options: read, given: named }: Invocation, folder?: string): Promise<Readonly<Record<string, unknown>>> {
  const config = await readConfig(read.config as string | undefined, folder);
  const of = (written: boolean) => Object.fromEntries(Object.entries(read).filter(([name]) => named.includes(name) === written));
  const target = given[0] ?? config.target;
  return { ...of(false), ...config, ...of(true), ...(target !== undefined && { target }) };
}
