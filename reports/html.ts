import { deflateRawSync } from 'node:zlib';
import { html } from 'htm/preact';
import { renderToString } from 'preact-render-to-string';
import type { RunRecord } from '../harness/check/record.ts';
import { anchorOf } from './html/anchor.ts';
import { CheckDetail } from './html/check-detail.ts';
import { RuleDetail } from './html/ledger.ts';
import { logData } from './html/log-data.ts';
import { Page } from './html/page.ts';
import { ruleIndex } from './summarize.ts';

/** The run as one HTML file that works from a folder, without a network. Details of rows are embedded, packed, and become elements when a row is opened. */
export function renderHtml(record: RunRecord): string {
  const rules = ruleIndex(record);
  const bodies: Record<string, string> = {};
  for (const verdict of record.verdicts) {
    bodies[anchorOf(verdict.check)] = renderToString(html`<${CheckDetail} record=${record} rule=${rules.get(verdict.rule)} verdict=${verdict} />`);
  }
  for (const rule of record.rules) bodies[anchorOf(rule.id)] = renderToString(html`<${RuleDetail} rule=${rule} />`);
  const carried = deflateRawSync(JSON.stringify({ bodies, ...logData(record.verdicts) }), { level: 9 }).toString('base64');
  return `<!doctype html>\n${renderToString(html`<${Page} record=${record} carried=${carried} />`)}\n`;
}
