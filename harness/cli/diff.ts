import { diffData, diffOf, hasRegressed, renderDiffMarkdown, renderDiffText } from '../../reports/diff.ts';
import { exitStatus } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { readRecord } from './read-record.ts';
import { type SharedOptions, terminal } from './terminal.ts';

interface DiffOptions extends SharedOptions {
  readonly style: 'text' | 'markdown';
}

/** `amqpspec diff OLD NEW`: what changed between two runs. A regression, and nothing else, gives the exit status of a surprise. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const { style, ...shared } = options as unknown as DiffOptions;
  const screen = await terminal(shared);
  const [old, young] = await Promise.all([readRecord(String(words[0])), readRecord(String(words[1]))]);
  const diff = diffOf(old, young);
  const text = style === 'markdown' ? renderDiffMarkdown(diff) : renderDiffText(diff, screen.colors.isColorSupported);
  const regressed = hasRegressed(diff);
  const tell = regressed ? screen.warn : screen.say;
  tell(text.trimEnd());
  screen.result(diffData(diff));
  return regressed ? exitStatus.surprise : exitStatus.asDeclared;
}
