import { exportCorpus, type Fuzzer } from '../fuzz/export/corpus.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { type SharedOptions, terminal } from './terminal.ts';

interface CorpusOptions extends SharedOptions {
  readonly for?: Fuzzer;
  readonly protocol: '0-9-1' | '1.0' | 'all';
  readonly seed?: number;
}

/** `amqpspec corpus export --for FUZZER DIR`. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as unknown as CorpusOptions;
  if (given.for === undefined) throw usage('corpus export wants --for, and which fuzzer.');
  const screen = await terminal(given);
  const exported = [];
  for (const [name, protocol] of [
    ['0-9-1', 'amqp091'],
    ['1.0', 'amqp10'],
  ] as const) {
    if (given.protocol === 'all' || given.protocol === name) exported.push(await exportCorpus(given.for, String(words[0]), protocol, given.seed ?? 1));
  }
  for (const { corpus, seeds, words: count, dictionary, use } of exported) {
    screen.say(`${seeds} seeds in ${corpus}${dictionary === undefined ? '' : `, ${count} words in ${dictionary}`}`);
    screen.say(`  ${screen.colors.dim(use)}`);
  }
  screen.result(exported);
  return exitStatus.asDeclared;
}
