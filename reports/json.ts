import type { RunRecord } from '../harness/check/record.ts';

/** The record itself, indented. */
export function renderJson(record: RunRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}
