import { createHash } from 'node:crypto';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { RunRecord } from '../../harness/check/record.ts';
import { accountsOf, figuresOf } from '../accounts.ts';
import { interopResults } from '../interop.ts';
import { headline, productOf } from '../summarize.ts';
import { Declarations, Properties } from './appendix.ts';
import { Checks } from './checks.ts';
import { Durability } from './durability.ts';
import { Findings, Fuzzed } from './fuzz.ts';
import { Interop } from './interop.ts';
import { Ledger } from './ledger.ts';
import { Measurements } from './measurements.ts';
import { Header, Summary, Surprises } from './overview.ts';
import { script as scriptOfPage } from './script.ts';
import { scriptOfLogs } from './script-log.ts';
import { style } from './style.ts';
import { styleOfFuzz } from './style-fuzz.ts';
import { styleOfLists } from './style-lists.ts';
import { IconSheet } from './tone.ts';

const css = style + styleOfLists + styleOfFuzz;
const script = scriptOfLogs + scriptOfPage;

const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page may show itself and reach nothing: its own style and script, by digest, and no other. */
const policy = `default-src 'none'; style-src ${digest(css)}; script-src ${digest(script)}; base-uri 'none'; form-action 'none'`;

/** The whole document; `carried` is what its script fills rows with: JSON, deflated, in base64. */
export function Page({ record, carried }: { readonly record: RunRecord; readonly carried: string }): VNode {
  const product = productOf(record);
  // A campaign alone has no checks to tell of.
  const judged = record.fuzz === undefined || record.verdicts.length > 0;
  const raw = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content=${policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <meta name="generator" content=${`${record.tool.name} ${record.tool.version}`} />
      <title>${product}: ${headline(record)}</title>
      <style ...${raw(css)}></style>
    </head>
    <body>
      <${IconSheet} />
      <a class="skip" href=${judged ? '#checks' : '#fuzz'}>${judged ? 'To the checks' : 'To what was fuzzed'}</a>
      <main>
        <${Header} record=${record} />
        <${Contents} record=${record} />
        ${judged && html`<${Summary} record=${record} />`}
        <noscript><p class="note">Without scripts this report shows every verdict, but not the rows' details. They are in run.json.</p></noscript>
        <${Surprises} record=${record} />
        <${Findings} record=${record} />
        <${Fuzzed} record=${record} />
        ${judged && html`<${Checks} record=${record} />`}
        <${Declarations} record=${record} />
        ${judged && html`<${Ledger} record=${record} />`}
        <${Durability} record=${record} />
        <${Interop} record=${record} />
        <${Measurements} record=${record} />
        <${Properties} record=${record} />
      </main>
      <footer class="bottom">Made by ${record.tool.name} ${record.tool.version} from a run record of schema ${record.schemaVersion}. The file needs no network.</footer>
      <script type="text/plain" id="carried" ...${raw(carried)}></script>
      <script ...${raw(script)}></script>
    </body>
  </html>`;
}

function Contents({ record }: { readonly record: RunRecord }): VNode {
  const sections: readonly (readonly [id: string, label: string, count: number])[] = [
    ['surprises', 'Surprises', record.summary.surprises],
    ['findings', 'Fuzz findings', record.findings.length],
    ['fuzz', 'What was fuzzed', record.fuzz?.inputs ?? 0],
    ['checks', 'Checks', record.verdicts.length],
    ['declarations', 'Declared deviations', record.declarations.length],
    ['rules', 'Rule ledger', record.rules.length],
    ['durability', 'Durability', accountsOf(record).length],
    ['interop', 'Pairs of clients', interopResults(record).length],
    ['measurements', 'Measurements', figuresOf(record).length],
  ];
  const broker = record.target.kind !== 'parser' && record.target.kind !== 'client';
  const links = sections.filter(([, , count]) => count > 0).map(([id, label, count]) => html`<li><a href=${`#${id}`}>${label} <span>${count}</span></a></li>`);
  return html`<nav aria-label="Contents"><ul>${links}${broker && html`<li><a href="#target">The broker on itself</a></li>`}</ul></nav>`;
}
