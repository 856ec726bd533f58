import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fuzzParser, ParserError, replayParserCase } from './campaign.ts';
import { execParser } from './runner.ts';

/** A command whose process parses frames of 0-9-1, with a mistake: `octets` and what was read so far (`at`, `frames`) are at hand, for each frame `head`, `type` and `payload`. */
async function child({ before = '', frame = '', after = '', loop = '' }: Partial<Record<'before' | 'frame' | 'after' | 'loop', string>>): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'amqpspec-exec-')), 'parser.js');
  await writeFile(
    file,
    `const say = verdict => process.stdout.write(typeof verdict === 'string' ? verdict : JSON.stringify({ reads: 'frames', ...verdict }) + '\\n');
    function parse(octets) {
      let at = 0;
      const frames = [];
      ${before}
      while (octets.length - at >= 8) {
        const end = at + 7 + octets.readUInt32BE(at + 3);
        const type = octets[at];
        ${frame}
        if (![1, 2, 3, 8].includes(type)) return { accept: false, consumed: at, error: 'type' };
        if (end >= octets.length) break;
        if (octets[end] !== 0xce) return { accept: false, consumed: at, error: 'end' };
        frames.push({ channel: octets.readUInt16BE(at + 1) });
        at = end + 1;
      }
      ${after}
      return { accept: true, consumed: at, value: frames };
    }
    let held = Buffer.alloc(0);
    process.stdin.on('data', chunk => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4 && held.length >= 4 + held.readUInt32BE()) {
        const length = held.readUInt32BE();
        ${loop}
        say(parse(held.subarray(4, 4 + length)));
        held = held.subarray(4 + length);
      }
    });`,
  );
  return execParser(`node ${file}`);
}

const hunt = (parser: string, inputsMax = 3_000, outDir?: string) =>
  fuzzParser({ parser, timeMs: 50_000, seed: 7, inputsMax, findingsMax: 1, limitMs: 1_000, shrinkMs: 500, ...(outDir !== undefined && { outDir }) });

describe('a planted mistake of a child is found, shrunk and named', () => {
  test('that it ends', async () => {
    const [finding] = (await hunt(await child({ frame: 'if (type === 8) { console.error("out of luck 17"); process.exit(3); }' }))).findings;
    expect(finding).toMatchObject({ severity: 'crash', title: 'exited with status 3: out of luck 17' });
  });

  test('that a signal ends it', async () => {
    const [finding] = (await hunt(await child({ frame: 'if (type === 8) process.kill(process.pid, "SIGSEGV");' }))).findings;
    expect(finding).toMatchObject({ severity: 'crash', title: expect.stringMatching(/^was ended by SIGSEGV/) });
  });

  test('that it never answers', async () => {
    const [finding] = (await hunt(await child({ frame: 'while (type === 2 && octets[at + 1] === 0xff) {}' }))).findings;
    expect(finding).toMatchObject({ severity: 'hang' });
  });

  test('that it answers nonsense', async () => {
    const [finding] = (await hunt(await child({ frame: 'if (type === 8) return "oops\\n";' }))).findings;
    expect(finding).toMatchObject({ severity: 'crash', title: 'answered "oops", which is no answer' });
  });

  test.runIf(process.platform === 'linux')('that it takes memory for the asking', async () => {
    const parser = await child({ frame: 'if (octets[at + 3] === 0x7f) globalThis.kept = Buffer.alloc(560 * 2 ** 20, 1);' });
    // Filling it takes longer than an answer may on a busy machine.
    const [finding] = (await fuzzParser({ parser, timeMs: 50_000, seed: 7, inputsMax: 3_000, findingsMax: 1, limitMs: 30_000, shrinkMs: 500 })).findings;
    expect(finding).toMatchObject({ severity: 'balloon', title: expect.stringMatching(/^\d{3,4} MiB of memory for an input of \d+ octets$/) });
  });

  test('that an exception comes from inside', async () => {
    const [finding] = (await hunt(await child({ frame: 'if (type === 8) return { accept: false, uncaught: "TypeError: no 5 at parser.js:7" };' }))).findings;
    expect(finding).toMatchObject({ severity: 'crash', title: 'TypeError: no 5 at parser.js:7' });
  });

  test('that it takes a wrong frame end', async () => {
    const [finding] = (await hunt(await child({ frame: 'if (type === 3 && end < octets.length) octets[end] = 0xce;' }))).findings;
    expect(finding).toMatchObject({ severity: 'accepted illegal', rule: 'amqp091/4.2.3.frame-end' });
  });

  test('that it rejects what is legal', async () => {
    const parser = await child({ frame: 'if (type === 2 && octets[at + 2] === 1) return { accept: false, consumed: at, error: "I do not like 5" };' });
    const [finding] = (await hunt(parser)).findings;
    expect(finding).toMatchObject({ severity: 'rejected legal', title: 'rejects what breaks no rule: I do not like 5' });
  });

  test('that it reads another value', async () => {
    const [finding] = (await hunt(await child({ after: 'for (const each of frames) if (each.channel === 65535) each.channel = -1;' }))).findings;
    expect(finding).toMatchObject({
      severity: 'wrong value',
      rule: 'amqp091/4.2.3.channel-number',
      title: expect.stringMatching(/^the channel is 65535, they read -1\./),
    });
  });

  test('that it loses a frame', async () => {
    const [finding] = (await hunt(await child({ after: 'if (frames.length > 1) frames.pop();' }))).findings;
    expect(finding).toMatchObject({ severity: 'wrong value', title: 'reads 1 frames, where 2 are' });
  });
});

describe('a child', () => {
  test('without mistakes has no findings, in two windows of inputs and more', async () => {
    expect(await hunt(await child({}), 2_000)).toMatchObject({ inputs: 2_000, findings: [] });
  });

  test('that dies after many inputs, though of no one of them, is started again and goes on', async () => {
    const report = await hunt(await child({ loop: 'globalThis.count = (globalThis.count ?? 0) + 1; if (globalThis.count > 700) process.exit(1);' }), 2_000);
    expect(report).toMatchObject({ inputs: 2_000, findings: [] });
    expect(report.notes).toEqual({ 'given up: a child was lost, and none of the inputs at hand does that alone': expect.any(Number) });
  });

  test.each([
    ['that is no program', execParser('/nowhere/parser'), /^The parser exited with status 127: .*not found; to an input without octets/],
    ['that speaks first', execParser('node -e "console.log(\'hello\')"'), /^The parser answers "hello"; to an input without octets/],
    ['without a command', execParser(' '), /^--exec wants a command/],
  ])('%s ends with one sentence', async (_, parser, sentence) => {
    const error = await hunt(parser).catch(thrown => thrown);
    expect(error).toBeInstanceOf(ParserError);
    expect(error.message).toMatch(sentence);
  });

  test('is played again where its command is said', async () => {
    const parser = await child({ frame: 'if (type === 8) process.exit(3);' });
    const [finding] = (await hunt(parser, 3_000, await mkdtemp(join(tmpdir(), 'amqpspec-exec-')))).findings;
    const file = String(finding?.file);
    await expect(replayParserCase(file)).rejects.toThrow(/is a command: say it again, --exec 'node /);
    expect(await replayParserCase(file, { exec: parser.slice(5) })).toMatchObject({ outcome: 'reproduced' });
    expect(await replayParserCase(file, { exec: (await child({})).slice(5) })).toMatchObject({ outcome: 'gone' });
  });
});
