import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCase } from '../case-reader.ts';
import { emitInput } from '../emit/emitter.ts';
import type { FuzzFinding } from '../finding.ts';
import { CaseError, fuzzParser, ParserError, replayParserCase } from './campaign.ts';
import { streamOf } from './cases.ts';

/** A module to fuzz, in an empty folder of its own. */
async function module(source: string, name = 'my-parser.js'): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'amqpspec-fuzz-')), name);
  await writeFile(file, source);
  return file;
}

/** Ends at the first finding; the time is only a bound. */
const hunt = (parser: string, more: { readonly outDir?: string } = {}) =>
  fuzzParser({ parser, timeMs: 40_000, seed: 7, findingsMax: 1, limitMs: 500, shrinkMs: 30_000, ...more });

/** The octets of a finding's case, and where they are cut. */
function octets(finding: FuzzFinding | undefined): { readonly hex: string; readonly cuts: readonly number[] } {
  const { bytes, cuts } = streamOf(readCase(finding?.text ?? ''));
  return { hex: Buffer.from(bytes).toString('hex'), cuts };
}

const splitting = (mistake: string): string => `
  exports.create = () => {
    let held = Buffer.alloc(0);
    return {
      push(chunk) {
        ${mistake}
        held = Buffer.concat([held, chunk]);
        const frames = [];
        while (held.length >= 8) {
          const size = held.readUInt32BE(3);
          if (size > 131064) return { error: 'too large' };
          if (held.length < size + 8) break;
          frames.push(held.subarray(0, size + 8));
          held = held.subarray(size + 8);
        }
        return frames;
      },
    };
  };`;

describe('a planted mistake is found, shrunk and named', () => {
  test('a TypeError on one tag of a field table', async () => {
    const parser = await module(`exports.parse = bytes => {
      const tag = bytes.indexOf('S', 11);
      return tag > 0 && bytes[tag + 1] === 0 ? undefined.value : bytes.length;
    };`);
    const [finding] = (await hunt(parser)).findings;
    expect(finding).toMatchObject({ severity: 'crash', seed: 7 });
    expect(finding?.title).toMatch(/^TypeError: .*\(my-parser\.js:3:\d+\)$/);
    expect(octets(finding).hex).toBe(`${'00'.repeat(11)}5300`);
  });

  test('a loop without end on one declared size', async () => {
    const parser = await module('exports.parse = bytes => { while (bytes.length > 6 && bytes[3] === 0x7f) {} };');
    const [finding] = (await hunt(parser)).findings;
    expect(finding).toMatchObject({ severity: 'hang', title: 'no answer within 500 ms' });
    expect(octets(finding).hex).toBe('0000007f000000');
  });

  test('a cut at which octets are lost', async () => {
    const parser = await module(splitting('if (held.length === 3) held = Buffer.alloc(0);'));
    const [finding] = (await hunt(parser)).findings;
    expect(finding).toMatchObject({ severity: 'cut-dependent' });
    expect(octets(finding)).toEqual({ cuts: [3], hex: '00'.repeat(8) });
  });

  test('a stack that overflows on deep nesting', async () => {
    const parser = await module(`function pairs(bytes, at, named) {
        const end = at + 4 + bytes.readUInt32BE(at);
        for (at += 4; at < end && end <= bytes.length; ) {
          if (named) at += 1 + bytes[at];
          const tag = String.fromCharCode(bytes[at]);
          if (tag !== 'F' && tag !== 'A') return end;
          at = pairs(bytes, at + 1, tag === 'F');
        }
        return end;
      }
      const start = Buffer.from('000a000a', 'hex');
      exports.parse = bytes => { if (bytes.length > 17 && bytes.subarray(7, 11).equals(start) && bytes[0] === 1) pairs(bytes, 13, true); };`);
    const { findings } = await fuzzParser({ parser, timeMs: 40_000, seed: 7, inputsMax: 60_000, limitMs: 500 });
    const finding = findings.find(each => each.title.includes('call stack'));
    expect(finding).toMatchObject({ severity: 'crash', title: expect.stringMatching(/^RangeError: Maximum call stack/) });
  });

  test('a process that is ended', async () => {
    const parser = await module('exports.parse = bytes => { if (bytes[0] === 8) process.exit(3); };');
    const [finding] = (await hunt(parser)).findings;
    expect(finding).toMatchObject({ severity: 'crash', title: 'the thread was ended with status 3' });
    expect(octets(finding).hex).toBe('08');
  });
});

describe('a parser without mistakes has no findings', () => {
  test.each([
    ['that makes its streams', 'my-parser.js', splitting('')],
    [
      'that is its only stream',
      'my-parser.js',
      'let octets = 0;\nmodule.exports = { push(chunk) { octets += chunk.length; return octets > 20 ? { error: 1 } : undefined; } };',
    ],
    [
      'that is its only stream, as an ES module',
      'my-parser.mjs',
      'let octets = 0;\nexport const push = chunk => ((octets += chunk.length) > 20 ? { error: 1 } : undefined);',
    ],
    [
      'with an error class of its own',
      'my-parser.mjs',
      "export class ParseError extends RangeError { name = 'Mine'; }\nexport function parse() { throw new ParseError('no'); }",
    ],
  ])('%s', async (_, name, source) => {
    const report = await fuzzParser({ parser: await module(source, name), timeMs: 30_000, seed: 7, inputsMax: 500 });
    expect(report).toMatchObject({ inputs: 500, findings: [] });
  });

  test('the one that is built in', async () => {
    const report = await fuzzParser({ parser: 'builtin:amqp091', timeMs: 50_000, seed: 11, inputsMax: 20_000 });
    expect(report).toMatchObject({ inputs: 20_000, findings: [] });
  });
});

describe('what is no parser ends with one sentence', () => {
  test.each([
    ['a file that is not there', async () => '/nowhere/my-parser.js', /There is no parser module \/nowhere\/my-parser\.js\./],
    ['a built-in that is not there', async () => 'builtin:amqp', /There is no parser builtin:amqp; builtin:amqp091, .*builtin:rhea are built in\./],
    [
      'a module without either export',
      () => module('exports.pars = () => 1;'),
      /my-parser\.js exports neither parse\(bytes\) nor create\(\) nor push\(chunk\)\./,
    ],
    ['a module that does not compile', () => module('exports.parse = ('), /my-parser\.js could not be loaded: SyntaxError/],
    ['a parser that answers later', () => module('exports.parse = async () => 1;'), /has to be synchronous/],
  ])('%s', async (_, parser, sentence) => {
    const error = await hunt(await parser()).catch(thrown => thrown);
    expect(error).toBeInstanceOf(ParserError);
    expect(error.message).toMatch(sentence);
  });
});

describe('a saved case', () => {
  test('is played again, and is gone once the parser is mended', async () => {
    const parser = await module("exports.parse = bytes => { if (bytes[0] === 3) throw new TypeError('three'); };");
    const [finding] = (await hunt(parser, { outDir: join(parser, '..', 'report') })).findings;
    const file = String(finding?.file);
    expect(await readFile(file, 'utf8')).toMatch(/\n-- parser \.\.\/\.\.\/my-parser\.js\n(.*\n)*\nsend\n# .*\n03\n$/);
    expect(await replayParserCase(file)).toMatchObject({
      outcome: 'reproduced',
      message: expect.stringMatching(/^TypeError: three/),
      decoded: [expect.any(String)],
    });
    await writeFile(parser, 'exports.parse = () => undefined;');
    expect(await replayParserCase(file)).toMatchObject({ outcome: 'gone', message: expect.stringMatching(/^TypeError: three/) });
  });

  test('names the input of the campaign that it was', async () => {
    const parser = await module("exports.parse = bytes => { if (bytes.includes('guest')) throw new TypeError('guest'); };");
    const [finding] = (await hunt(parser)).findings;
    expect(Buffer.from(emitInput(7, finding?.index ?? -1).bytes).includes('guest')).toBe(true);
    expect(octets(finding).hex).toBe(Buffer.from('guest').toString('hex'));
    expect((await hunt(parser)).findings).toEqual([finding]);
  });

  test.each([
    ['that is not there', undefined],
    ['of another format', '-- amqpspec case 2'],
    ['of a broker', '-- amqpspec case 1\n-- id a\n-- title b\n-- subject broker\n-- protocol amqp091'],
    ['of no parser', '-- amqpspec case 1\n-- id a\n-- title b\n-- subject parser\n-- protocol amqp091'],
  ])('%s ends with one sentence', async (_, text) => {
    const file = text === undefined ? '/nowhere/a.case' : await module(text, 'a.case');
    await expect(replayParserCase(file)).rejects.toThrow(CaseError);
  });
});
