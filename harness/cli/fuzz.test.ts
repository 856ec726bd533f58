import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { amqpspec, emptyFolder } from './testing.ts';

describe('fuzz parser', () => {
  test('saves what it finds, and replay plays it again until the parser is mended', async () => {
    const folder = await emptyFolder();
    const parser = join(folder, 'my-parser.js');
    await writeFile(parser, "exports.parse = bytes => { console.log(bytes); if (bytes[0] === 3) throw new TypeError('three'); };\n");
    const fuzz = await amqpspec(['fuzz', 'parser', './my-parser.js', '--time', '1s', '--seed', '7', '--json'], folder);
    expect(fuzz.status).toBe(1);
    const { findings } = JSON.parse(fuzz.stdout) as { readonly findings: readonly { readonly file: string }[] };
    const file = String(findings[0]?.file);
    expect(await readFile(file, 'utf8')).toMatch(
      /^-- amqpspec case 1\n-- id crash-[0-9a-f]{8}\n-- title TypeError: three .*\n-- subject parser\n-- protocol amqp091\n-- severity crash\n-- parser \.\.\/\.\.\/my-parser\.js\n-- seed 7\n-- index \d+\n\nsend\n# beginning of a frame: .*\n03\n$/,
    );

    const replay = await amqpspec(['replay', file], folder);
    expect(replay.stdout).toMatch(/^03\n0: beginning of a frame: .*\nreproduced {2}crash-[0-9a-f]{8} {2}.*my-parser\.js\n {2}why +TypeError: three/);
    expect(replay.status).toBe(1);

    await writeFile(parser, 'exports.parse = bytes => bytes.length;\n');
    const mended = await amqpspec(['replay', file, '--json'], folder);
    expect(JSON.parse(mended.stdout)).toMatchObject({ outcome: 'gone', hex: '03' });
    expect(mended.status).toBe(0);
  });

  test.each([
    [['fuzz', 'parser', './my-parser.js'], /There is no parser module .*my-parser\.js\./],
    [['fuzz', 'parser', 'builtin:amqp'], /There is no parser builtin:amqp; builtin:amqp091, .*builtin:rhea are built in\./],
    [['fuzz', 'parser', 'builtin:amqp091', '--time', 'long'], /--time wants a duration such as 10s or 2m, not long\./],
    [['replay', 'notes.json'], /notes\.json is no case\. Line 1: a case begins with "-- amqpspec case 1"\./],
  ])('%j is wrong usage', async (words, sentence) => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'notes.json'), '{}');
    const { status, stderr } = await amqpspec(words, folder);
    expect(stderr).toMatch(sentence);
    expect(status).toBe(64);
  });
});
