import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FuzzProtocol } from '../fuzz/finding.ts';

/** A mistake that is made in a copy of our own parser: in one compiled file, one text in place of another. */
export interface Planted {
  readonly name: string;
  readonly protocol: FuzzProtocol;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** What the campaign calls it. */
  readonly severities: readonly string[];
  /** Inputs within which it is found with any seed of ours. */
  readonly budget: number;
}

/** Mistakes that parsers are known for, both protocols. */
export const planted: readonly Planted[] = [
  {
    name: 'off by one at the end of what encloses a value',
    protocol: 'amqp091',
    file: 'wire/amqp091/cursor.js',
    from: 'if (size > this.end - start) {',
    to: 'if (size > this.end - start + 1) {',
    severities: ['accepted illegal', 'crash'],
    budget: 5_000,
  },
  {
    name: 'signed length',
    protocol: 'amqp091',
    file: 'wire/amqp091/cursor.js',
    from: 'return start < 0 ? 0 : this.view.getUint32(start);',
    to: 'return start < 0 ? 0 : this.view.getInt32(start);',
    severities: ['crash', 'hang', 'balloon', 'accepted illegal'],
    budget: 20_000,
  },
  {
    name: 'no bound to the depth of tables',
    protocol: 'amqp091',
    file: 'wire/amqp091/cursor.js',
    from: 'else if (depth >= nestingMax) {',
    to: 'else if (depth < 0) {',
    severities: ['crash', 'accepted illegal'],
    budget: 60_000,
  },
  {
    name: 'octets lost between chunks',
    protocol: 'amqp091',
    file: 'endpoint/splitter.js',
    from: 'if (!this.#fill(frame, framing.head))\n                return undefined;',
    to: 'if (!this.#fill(frame, framing.head)) {\n                if (frame.length === 3) this.#gathered = undefined;\n                return undefined;\n            }',
    severities: ['cut-dependent', 'crash'],
    budget: 20_000,
  },
  {
    name: 'frame-end not looked at',
    protocol: 'amqp091',
    file: 'wire/amqp091/raw-frame.js',
    from: 'if (octet === frameEnd)',
    to: 'if (octet >= 0)',
    severities: ['accepted illegal'],
    budget: 5_000,
  },
  {
    name: 'octets behind the last argument not looked at',
    protocol: 'amqp091',
    file: 'wire/amqp091/method.js',
    from: 'if (left > 0)',
    to: 'if (left < 0)',
    severities: ['accepted illegal'],
    budget: 5_000,
  },
  {
    name: 'property flags that go on for ever',
    protocol: 'amqp091',
    file: 'wire/amqp091/content.js',
    from: 'more = further & moreFlags;',
    to: 'more = moreFlags;',
    severities: ['hang'],
    budget: 20_000,
  },
  {
    name: 'no UTF-8 asked for in strings',
    protocol: 'amqp10',
    file: 'wire/amqp10/cursor.js',
    from: 'if (loneSurrogate.test(text))',
    to: 'if (text === undefined)',
    severities: ['accepted illegal'],
    budget: 20_000,
  },
  {
    name: 'data offset not looked at',
    protocol: 'amqp10',
    file: 'wire/amqp10/raw-frame.js',
    from: 'this.bodyStart = start + 4 * bytes[start + 4];',
    to: 'this.bodyStart = start + 8;',
    severities: ['rejected legal', 'wrong value', 'accepted illegal'],
    budget: 10_000,
  },
  {
    name: 'map of an odd count taken',
    protocol: 'amqp10',
    file: 'wire/amqp10/value.js',
    from: 'if (count % 2 !== 0)',
    to: 'if (count % 2 !== 0) { const of = take; take = (at, key) => at.at < at.end && of(at, key); }\n    if (count < 0)',
    severities: ['accepted illegal'],
    budget: 40_000,
  },
  {
    name: 'octets that are no ASCII taken in symbols',
    protocol: 'amqp10',
    file: 'wire/amqp10/cursor.js',
    from: 'if (beyond < 0)',
    to: 'if (beyond > -2)',
    severities: ['accepted illegal'],
    budget: 20_000,
  },
  {
    name: 'elements without octets not bounded',
    protocol: 'amqp10',
    file: 'wire/amqp10/cursor.js',
    from: 'if (this.#zeroWidth <= zeroWidthMax)',
    to: 'if (this.#zeroWidth >= 0)',
    severities: ['balloon', 'hang', 'crash', 'accepted illegal'],
    budget: 40_000,
  },
  {
    name: 'constructor of an array read once too often',
    protocol: 'amqp10',
    file: 'wire/amqp10/value.js',
    from: 'const encoding = readConstructor(cursor);\n    if (!encoding',
    to: 'const encoding = readConstructor(cursor);\n    cursor.octet();\n    if (!encoding',
    severities: ['rejected legal', 'wrong value'],
    budget: 10_000,
  },
  {
    name: 'octets behind the last element not looked at',
    protocol: 'amqp10',
    file: 'wire/amqp10/cursor.js',
    from: 'if (this.at !== this.end)',
    to: 'if (this.at > this.end)',
    severities: ['accepted illegal', 'wrong value', 'crash'],
    budget: 10_000,
  },
  {
    name: 'no bound to the depth of values',
    protocol: 'amqp10',
    file: 'wire/amqp10/cursor.js',
    from: 'if (this.#depth <= nestingMax)',
    to: 'if (this.#depth >= 0)',
    severities: ['crash', 'accepted illegal'],
    budget: 60_000,
  },
  {
    name: 'beginning of a frame given up where a chunk ends within its size',
    protocol: 'amqp10',
    file: 'endpoint/splitter.js',
    from: 'const moved = Math.min(total - frame.length, chunk.length - this.#at);',
    to: 'const moved = Math.min(total - frame.length, chunk.length - this.#at);\n            if (frame.length === 2) frame.length = 0;',
    severities: ['cut-dependent', 'crash'],
    budget: 20_000,
  },
];

/** What was compiled of the harness. */
const compiled = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/harness/' : '../', import.meta.url));
const modules: { readonly [P in FuzzProtocol]: readonly [file: string, name: string, codec: string] } = {
  amqp091: ['builtin.js', 'builtinAmqp091', 'amqp091'],
  amqp10: ['builtin-amqp10.js', 'builtinAmqp10', 'amqp10'],
};

/** The module to fuzz: the copy, its answers as verdicts, so that it is held against the parser that it was copied from. */
const subject = ([file, name, codec]: (typeof modules)[FuzzProtocol]): string => `
import { ${name} as own } from './${file}';
import { decodeFrame } from '../../wire/${codec}/codec.js';
export const create = own.create;
export function parse(bytes) {
  for (let consumed = 0; ; ) {
    const frame = decodeFrame(bytes, { offset: consumed });
    if (frame.kind === 'violation') return { accept: false, consumed, error: frame.rule };
    if (frame.kind === 'need-more') return { accept: true, consumed };
    consumed = frame.end;
  }
}
`;

/** A copy of our own parser with a mistake in it, in a folder of its own that is removed at the end; without a mistake where none is named. */
export async function plant(protocol: FuzzProtocol, mistake?: Planted): Promise<AsyncDisposable & { readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'amqpspec-planted-'));
  const here = join(folder, 'harness/fuzz/parser');
  for (const part of ['spec', 'wire', 'endpoint']) await cp(join(compiled, part), join(folder, 'harness', part), { recursive: true });
  await mkdir(here, { recursive: true });
  const [module] = modules[protocol];
  await cp(join(compiled, 'fuzz/parser', module), join(here, module));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}\n');
  const file = join(here, 'planted.js');
  await writeFile(file, subject(modules[protocol]));
  if (mistake) await patch(join(folder, 'harness', mistake.file), mistake);
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** @throws {Error} where the text to be replaced does not stand there exactly once. */
async function patch(file: string, { name, from, to }: Planted): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${name}: what it replaces does not stand once in ${file}`);
  await writeFile(
    file,
    text.replace(from, () => to),
  );
}
