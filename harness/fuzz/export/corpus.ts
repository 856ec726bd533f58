import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FuzzProtocol } from '../finding.ts';
import { type Seed, seedsOf } from './seeds.ts';
import { type Word, wordsOf } from './words.ts';

/** The coverage-guided fuzzers whose shape is known. */
export const fuzzers = ['afl', 'libfuzzer', 'go', 'cargo', 'jazzer', 'atheris'] as const;

export type Fuzzer = (typeof fuzzers)[number];

/** What was written for one protocol. */
export interface Exported {
  readonly protocol: FuzzProtocol;
  readonly seeds: number;
  readonly words: number;
  /** The folder of the seeds. */
  readonly corpus: string;
  /** The dictionary; left out where the fuzzer knows none and the words are seeds too. */
  readonly dictionary?: string;
  /** How the fuzzer is started with it. */
  readonly use: string;
}

/** What a fuzzer wants: where seeds and dictionary go, how a seed is written, and how it is started. `name` is that of the protocol. */
interface Shape {
  readonly corpus: (name: string) => string;
  readonly dictionary?: (name: string) => string;
  readonly seed?: (octets: Uint8Array) => string | Uint8Array;
  readonly use: (name: string) => string;
}

const capital = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}`;

/** An octet as a string of Go or of a dictionary has it; both know `\xNN`. */
const escaped = (octets: Uint8Array): string => Array.from(octets, octet => `\\x${octet.toString(16).padStart(2, '0')}`).join('');

const dictionaryFile = (name: string): string => `${name}.dict`;

const shapes: Readonly<Record<Fuzzer, Shape>> = {
  afl: {
    corpus: name => `${name}/seeds`,
    dictionary: dictionaryFile,
    use: name => `afl-fuzz -i ${name}/seeds -o ${name}/findings -x ${name}.dict -- ./target @@`,
  },
  libfuzzer: { corpus: name => `${name}/corpus`, dictionary: dictionaryFile, use: name => `./target -dict=${name}.dict ${name}/corpus` },
  go: {
    corpus: name => `testdata/fuzz/Fuzz${capital(name)}`,
    seed: octets => `go test fuzz v1\n[]byte("${escaped(octets)}")\n`,
    use: name => `go test -fuzz=Fuzz${capital(name)}, beside func Fuzz${capital(name)}(f *testing.F) whose target takes []byte`,
  },
  cargo: {
    corpus: name => `fuzz/corpus/${name}`,
    dictionary: name => `fuzz/${name}.dict`,
    use: name => `cargo fuzz run ${name} -- -dict=fuzz/${name}.dict`,
  },
  jazzer: {
    corpus: name => `${capital(name)}FuzzTestInputs/parse`,
    dictionary: dictionaryFile,
    use: name =>
      `in src/test/resources, beside the package of ${capital(name)}FuzzTest: @DictionaryFile(resourcePath = "${name}.dict") @FuzzTest void parse(byte[] input)`,
  },
  atheris: { corpus: name => `${name}/corpus`, dictionary: dictionaryFile, use: name => `python3 target.py -dict=${name}.dict ${name}/corpus` },
};

const dictionaryText = (words: readonly Word[]): string => words.map(({ name, octets }) => `${name.replace(/[^\w]/g, '_')}="${escaped(octets)}"\n`).join('');

/**
 * Writes seeds and a dictionary for a fuzzer of another language into a folder, in the shape that it wants: what the emitter and the tables give, always the same
 * for a seed. Files that are there already are overwritten.
 */
export async function exportCorpus(fuzzer: Fuzzer, folder: string, protocol: FuzzProtocol, seed: number): Promise<Exported> {
  const shape = shapes[fuzzer];
  const words = wordsOf(protocol);
  const all: readonly Seed[] = [...seedsOf(protocol, seed), ...(shape.dictionary ? [] : words.map(({ name, octets }) => ({ name: `word-${name}`, octets })))];
  const seeds = [...new Map(all.map(each => [Buffer.from(each.octets).toString('hex'), each])).values()];
  const corpus = join(folder, shape.corpus(protocol));
  await mkdir(corpus, { recursive: true });
  for (const { name, octets } of seeds) await writeFile(join(corpus, name.replace(/[^\w.-]/g, '_')), shape.seed?.(octets) ?? octets);
  const told = { protocol, seeds: seeds.length, words: words.length, corpus, use: shape.use(protocol) };
  if (shape.dictionary === undefined) return told;
  const dictionary = join(folder, shape.dictionary(protocol));
  await mkdir(dirname(dictionary), { recursive: true });
  await writeFile(dictionary, dictionaryText(words));
  return { ...told, dictionary };
}
