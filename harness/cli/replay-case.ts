import { visible } from '../../reports/words.ts';
import { CaseError, type CaseReplay, ParserError, replayParserCase } from '../fuzz/parser/campaign.ts';
import { exitStatus, usage } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** Plays a saved fuzz case again, shows its octets and what the parser makes of them. */
export async function replayCase(path: string, screen: Terminal): Promise<number> {
  let replay: CaseReplay;
  try {
    replay = await replayParserCase(path);
  } catch (error) {
    if (error instanceof CaseError || error instanceof ParserError) throw usage(error.message);
    throw error;
  }
  const { case: saved, outcome, message, decoded } = replay;
  const { colors, say, warn } = screen;
  say(saved.hex);
  for (const line of decoded) say(visible(line));
  const gone = outcome === 'gone';
  const fact = (name: string, text: string): void => warn(`  ${colors.dim(name.padEnd(10))} ${visible(text)}`);
  warn(`${gone ? colors.green('gone') : colors.red('reproduced')}  ${colors.bold(saved.id)}  ${visible(saved.parser)}`);
  fact(gone ? 'was' : 'why', message);
  if (saved.cuts.length > 0) fact('cut at', saved.cuts.join(', '));
  screen.result({ ...saved, outcome, message });
  return gone ? exitStatus.asDeclared : exitStatus.surprise;
}
