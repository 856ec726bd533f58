import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig, withConfig } from './config.ts';
import { commands, type OptionRow, options } from './options.ts';
import { emptyFolder } from './testing.ts';

/** A folder with this configuration file. */
async function folderWith(content: unknown, name = 'amqpspec.config.json'): Promise<string> {
  const folder = await emptyFolder();
  await writeFile(join(folder, name), name.endsWith('.json') ? JSON.stringify(content) : `export default ${JSON.stringify(content)};\n`);
  return folder;
}

const read = async (content: unknown, name?: string) => readConfig(undefined, await folderWith(content, name));

/** A value that the option takes, from its row alone. */
function sample({ flags, as, choices }: OptionRow): unknown {
  if (!flags.includes('<')) return true;
  if (choices !== undefined) return choices[0];
  if (as === 'integer' || as === 'milliseconds') return 7;
  return as === 'list' || flags.endsWith('...>') ? ['one', 'two'] : 'one';
}

const camel = (flags: string) => (/--(?:no-)?([a-z-]+)/.exec(flags)?.[1] ?? '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe('a configuration file', () => {
  test('takes every option of run, but the one that names it', async () => {
    const all = Object.fromEntries(commands.run.options.filter(name => name !== 'config').map(name => [camel(options[name].flags), sample(options[name])]));
    expect(await read({ ...all, target: 'reference' })).toEqual({ ...all, target: 'reference' });
    expect(Object.keys(all)).toEqual(expect.arrayContaining(['safe', 'dryRun', 'shard', 'as', 'runs']));
  });

  test.each(['amqpspec.config.ts', 'amqpspec.config.js', 'amqpspec.config.json'])('may be %s', async name => {
    expect(await read({ level: 'should' }, name)).toEqual({ level: 'should' });
  });

  test('gives lists as the command line does', async () => {
    expect(await read({ format: 'json, html', only: 'amqp091/get/*' })).toEqual({ format: ['json', 'html'], only: ['amqp091/get/*'] });
  });

  test.each<[string, unknown, RegExp]>([
    ['an unknown name', { saef: true }, /holds an unknown option saef\. Did you mean safe\?/],
    ['its own option', { config: 'other.json' }, /holds an unknown option config\./],
    ['an unknown choice', { level: 'musst' }, /gives level as musst\. Did you mean must\? Known: must, should\./],
    ['a text for a number', { concurrency: '8' }, /gives concurrency as "8"; it wants a whole number\./],
    ['a number for a flag', { safe: 1 }, /gives safe as 1; it wants true or false\./],
    ['a number for a list', { only: [1] }, /gives only as \[1\]; it wants a text or a list of texts\./],
    ['a list for a text', { shard: ['1/2'] }, /gives shard as \["1\/2"\]; it wants a text\./],
    ['a list', ['safe'], /must hold an object with the options of run/],
  ])('that holds %s is refused', async (_, content, sentence) => {
    await expect(read(content)).rejects.toThrow(sentence);
  });

  test('is beaten by the command line, and beats the defaults', async () => {
    const folder = await folderWith({ target: 'amqp://file', level: 'should', concurrency: 2 });
    const read = { level: 'must', concurrency: 8, out: 'amqpspec-report' };
    expect(await withConfig({ words: [undefined], options: read, given: ['level'] }, folder)).toEqual({
      target: 'amqp://file',
      level: 'must',
      concurrency: 2,
      out: 'amqpspec-report',
    });
    expect(await withConfig({ words: ['amqp://line'], options: read, given: [] }, folder)).toMatchObject({ target: 'amqp://line', level: 'should' });
  });
});
