import type { CaseFile } from '../case-file.ts';
import type { FuzzFinding, FuzzProtocol } from '../finding.ts';
import { parserFinding, streamOf } from './cases.ts';
import { locate, openRunner } from './runner.ts';

/** What came of playing the cases of a corpus. */
export interface CorpusReplay {
  readonly cases: number;
  /** Cases that show a mistake, whichever it is. */
  readonly failing: number;
  /** Each mistake once. */
  readonly findings: readonly FuzzFinding[];
}

/**
 * Gives a parser the octets of saved cases, which others may have failed, each cut in many ways.
 * @throws {ParserError} where there is no such parser or it cannot be used.
 */
export async function replayCorpus(parser: string, protocol: FuzzProtocol, cases: readonly CaseFile[], { limitMs = 3_000 } = {}): Promise<CorpusReplay> {
  if (cases.length === 0) return { cases: 0, failing: 0, findings: [] };
  const located = locate(parser);
  await using runner = openRunner(located, protocol);
  await runner.start();
  const found = new Map<string, FuzzFinding>();
  let failing = 0;
  for (const saved of cases) {
    const { bytes, cuts } = streamOf(saved);
    const failure = await runner.judge(bytes, cuts, { limitMs, anyCut: true });
    if (failure === undefined) continue;
    failing += 1;
    const finding = parserFinding(located, protocol, {
      failure,
      bytes,
      cuts: failure.cuts.length > 0 ? failure.cuts : cuts,
      seed: saved.seed ?? 0,
      index: saved.index ?? 0,
    });
    if (!found.has(finding.id)) found.set(finding.id, finding);
  }
  return { cases: cases.length, failing, findings: [...found.values()] };
}
