import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { usage } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { commands, options } from './options.ts';

const names = ['amqpspec.config.ts', 'amqpspec.config.js', 'amqpspec.config.json'];

/** What a configuration file may hold: the options of `run` in camel case, and `target`. */
function known(): readonly string[] {
  const camel = commands.run.options.map(name => longName(options[name].flags));
  return ['target', ...camel];
}

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
  const wrong = Object.keys(content).find(key => !known().includes(key));
  if (wrong !== undefined) throw usage(`The configuration file ${file} holds an unknown option ${wrong}.${didYouMean(wrong, known())}`);
  return content as Record<string, unknown>;
}
