import { renderText } from '../../reports/text.ts';
import type { RunRecord } from '../check/record.ts';
import type { Terminal } from './terminal.ts';

/** Says what a run came to, where its report is, and with `--json` the record itself. */
export function tellRecord(record: RunRecord, written: readonly string[], screen: Terminal): void {
  screen.settle();
  const text = renderText(record, { color: screen.colors.isColorSupported, ...(process.stdout.columns !== undefined && { width: process.stdout.columns }) });
  if (record.exit.status === 0) screen.say(text);
  else screen.warn(text);
  for (const file of written.filter(path => path.endsWith('.html'))) screen.say(`report: ${file}`);
  screen.result(record);
}
