import { createHash } from 'node:crypto';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { style } from '../html/style.ts';
import { styleOfLists } from '../html/style-lists.ts';
import { Icon, IconSheet, type Tone } from '../html/tone.ts';
import { placeOf, protocolName } from '../summarize.ts';
import { plural } from '../words.ts';
import { type Kept, keptBy, keptHead, keptLead, keptName } from './kept.ts';
import { LeavingSection, leavingId } from './leaving-section.ts';
import { countWords, differs, standingWords } from './markdown.ts';
import type { AreaCount, Broker, Matrix, RuleRow, RuleStanding } from './model.ts';
import { PairsSection } from './pairs-section.ts';
import { matrixScript } from './script.ts';
import { matrixStyle } from './style.ts';

const css = style + styleOfLists + matrixStyle;
const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = `default-src 'none'; style-src ${digest(css)}; script-src ${digest(matrixScript)}; base-uri 'none'; form-action 'none'`;
const raw = (text: string) => ({ dangerouslySetInnerHTML: { __html: text } });

/** The whole document. */
export function MatrixPage({ matrix }: { readonly matrix: Matrix }): VNode {
  const { brokers, areas, rules, pairs } = matrix;
  const judged = areas.length > 0 || pairs === undefined;
  const leavings = judged ? matrix.leavings : [];
  const kept = keptBy(brokers);
  const [tool] = brokers.map(({ record }) => `${record.tool.name} ${record.tool.version}`);
  const title = brokers.map(({ name }) => name).join(', ');
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content=${policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <meta name="generator" content=${tool} />
      <title>${title}</title>
      <style ...${raw(css)}></style>
    </head>
    <body>
      <${IconSheet} />
      <main>
        <header class="top">
          <p class="over">Conformance side by side</p>
          <h1>${title}</h1>
        </header>
        <nav aria-label="Contents"><ul>
          <li><a href="#brokers">Brokers</a></li>
          ${leavings.map(each => html`<li><a href=${`#${leavingId(each)}`}>Leaving ${each.from} for ${each.to}</a></li>`)}
          ${kept.length > 0 && html`<li><a href="#kept">What they kept</a></li>`}
          ${pairs !== undefined && html`<li><a href="#pairs">Pairs of clients</a></li>`}
          ${judged && html`<li><a href="#areas">Areas <span>${areas.length}</span></a></li>`}
          ${judged && html`<li><a href="#rules">Rules <span>${rules.length}</span></a></li>`}
        </ul></nav>
        <${Brokers} brokers=${brokers} />
        ${leavings.map(each => html`<${LeavingSection} leaving=${each} brokers=${brokers} />`)}
        ${kept.length > 0 && html`<${Keeping} kept=${kept} />`}
        ${pairs !== undefined && html`<${PairsSection} pairs=${pairs} brokers=${brokers} />`}
        ${judged && html`<${Areas} matrix=${matrix} />`}
        ${judged && html`<${Rules} matrix=${matrix} />`}
      </main>
      <footer class="bottom">${tool}</footer>
      <script ...${raw(matrixScript)}></script>
    </body>
  </html>`;
}

/** Each run in a line. */
function Brokers({ brokers }: { readonly brokers: readonly Broker[] }): VNode {
  const rows = brokers.map(({ name, report, record: { summary, startedAt, profile, rules } }) => {
    const { must } = summary.rules;
    return html`<tr>
      <th scope="row">${report === undefined ? name : html`<a href=${report}>${name}</a>`}<span class="fine line">${startedAt.slice(0, 10)}${profile === null ? '' : `, profile ${profile.name}`}</span></th>
      <td>${summary.pass}</td><td>${summary.fail}</td><td>${summary.unsupported}</td><td>${summary.checks - summary.pass - summary.fail - summary.unsupported}</td>
      <td>${must.pass}</td><td>${must.fail}</td><td>${rules.length === 0 ? '' : must.untested - must.unshowable}</td>
    </tr>`;
  });
  const head = ['Passed', 'Failed', 'Unsupported', 'Not judged', 'MUST rules kept', 'broken', 'not tested'];
  return html`<section id="brokers" aria-labelledby="h-brokers">
    <h2 id="h-brokers">Brokers</h2>
    <div class="panel wide"><table class="counts"><thead><tr><th scope="col">Broker</th>${head.map(each => html`<th scope="col">${each}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
  </section>`;
}

function Keeping({ kept }: { readonly kept: readonly Kept[] }): VNode {
  const rows = kept.map(each => html`<tr><th scope="row">${keptName(each)}</th>${[each.scenarios, ...each.sums].map(count => html`<td>${count}</td>`)}</tr>`);
  return html`<section id="kept" aria-labelledby="h-kept">
    <h2 id="h-kept">What they kept</h2>
    <p class="lead">${keptLead}</p>
    <div class="panel wide"><table class="counts"><thead><tr><th scope="col">Broker</th>${keptHead.map(each => html`<th scope="col">${each}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
  </section>`;
}

const parts: readonly (readonly [tone: Tone, of: (count: AreaCount) => number])[] = [
  ['pass', ({ pass }) => pass],
  ['fail', ({ must }) => must],
  ['advisory', ({ should }) => should],
  ['mute', ({ unsupported, unjudged }) => unsupported + unjudged],
];

function Cell({ count }: { readonly count: AreaCount }): VNode {
  const shown = parts.filter(([, of]) => of(count) > 0);
  return html`<td title=${countWords(count)}><span class="unseen">${countWords(count)}</span><span class="cell" aria-hidden="true">${shown.map(([tone, of]) => html`<span class=${`state ${tone}`}><${Icon} tone=${tone} />${of(count)}</span>`)}</span></td>`;
}

function Areas({ matrix: { brokers, areas } }: { readonly matrix: Matrix }): VNode {
  const several = new Set(areas.map(({ area }) => placeOf(area).protocol)).size > 1;
  const label = (area: string) => `${several ? `${protocolName(placeOf(area).protocol)} ` : ''}${placeOf(area).area}`;
  return html`<section id="areas" aria-labelledby="h-areas">
    <h2 id="h-areas">Areas</h2>
    <p class="lead legend-line"><span class="state pass"><${Icon} tone="pass" />passed</span> <span class="state fail"><${Icon} tone="fail" />breaks a MUST</span> <span class="state advisory"><${Icon} tone="advisory" />breaks a SHOULD</span> <span class="state mute"><${Icon} tone="mute" />unsupported or not judged</span></p>
    <div class="panel wide"><table class="matrix">
      <thead><tr><th scope="col">Area</th>${brokers.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${areas.map(({ area, counts }) => html`<tr><th scope="row">${label(area)}</th>${counts.map(count => html`<${Cell} count=${count} />`)}</tr>`)}</tbody>
    </table></div>
  </section>`;
}

const tones: Readonly<Record<RuleStanding, Tone>> = { kept: 'pass', broken: 'fail', 'broken-should': 'advisory', unsupported: 'mute', untested: 'open' };

function Rules({ matrix: { brokers, rules } }: { readonly matrix: Matrix }): VNode {
  const differing = rules.filter(differs).length;
  return html`<section id="rules" aria-labelledby="h-rules">
    <h2 id="h-rules">Rules</h2>
    <p class="lead">Every rule of which at least one run says something; at first those that are kept differently.</p>
    <div class="asked"><label><span class="unseen">Free text</span><input id="rq" type="search" placeholder="Search rules" autocomplete="off" spellcheck="false" /></label><output id="rshown" aria-live="polite">${plural(rules.length, 'rule')}</output></div>
    <div class="chips" role="group" aria-label="Narrow the list of rules">
      <button type="button" class="chip" aria-pressed=${String(differing > 0)} data-show="differs">Kept differently <b>${differing}</b></button>
      ${brokers.map(({ name }, at) => html`<button type="button" class="chip" aria-pressed="false" data-show=${`broken-${at}`}><${Icon} tone="fail" />Broken by ${name} <b>${rules.filter(({ standings }) => isBroken(standings[at])).length}</b></button>`)}
    </div>
    <div class="panel wide"><table class="matrix rules-table">
      <thead><tr><th scope="col">Rule</th>${brokers.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${rules.map(rule => html`<${RuleLine} rule=${rule} />`)}</tbody>
    </table></div>
  </section>`;
}

const isBroken = (standing: RuleStanding | undefined) => standing === 'broken' || standing === 'broken-should';

function RuleLine({ rule }: { readonly rule: RuleRow }): VNode {
  const { id, section, statement, level, standings } = rule;
  const marks = [...(differs(rule) ? ['differs'] : []), ...standings.flatMap((standing, at) => (isBroken(standing) ? [`broken-${at}`] : []))];
  return html`<tr data-marks=${marks.join(' ')} data-text=${`${id} ${section} ${statement}`.toLowerCase()}>
    <th scope="row"><span class="fine">${level} ${section}</span> ${statement}</th>
    ${standings.map(standing => html`<td><span class=${`state ${tones[standing]}`}><${Icon} tone=${tones[standing]} />${standingWords[standing]}</span></td>`)}
  </tr>`;
}
