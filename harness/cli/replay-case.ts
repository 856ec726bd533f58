import { visible } from '../../reports/words.ts';
import { CaseError, type CaseReplay, ParserError, replayParserCase } from '../fuzz/parser/campaign.ts';
import { exitStatus, usage } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** Plays a saved fuzz case again, shows its octets and what the parser makes of them. */
export async function replayCase(path: string, screen: Terminal, exec?: string): Promise<number> {
  let replay: CaseReplay;
  try {
    replay = await replayParserCase(path, exec === undefined ? {} : { exec });
  } catch (error) {
    if (error instanceof CaseError || error instanceof ParserError) throw usage(error.message);
    throw error;
  }
  const { case: saved, outcome, message, hex, cuts, decoded } = replay;
  const { colors, say, warn } = screen;
  say(hex);
  for (const line of decoded) say(visible(line));
  const gone = outcome === 'gone';
  const fact = (name: string, text: string): void => warn(`  ${colors.dim(name.padEnd(10))} ${visible(text)}`);
  warn(`${gone ? colors.green('gone') : colors.red('reproduced')}  ${colors.bold(saved.id)}  ${visible(saved.parser)}`);
  fact(gone ? 'was' : 'why', message);
  if (cuts.length > 0) fact('cut at', cuts.join(', '));
  const { steps: _, ...head } = saved;
  screen.result({ ...head, outcome, message, hex, cuts, decoded });
  return gone ? exitStatus.asDeclared : exitStatus.surprise;
}
