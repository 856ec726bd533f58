import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { RunRecord } from '../../harness/check/record.ts';
import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import { areasOf, type Groups, groupOf, groups, placeOf, protocolName } from '../summarize.ts';
import { duration, reasonWords, visible } from '../words.ts';
import { anchorOf } from './anchor.ts';
import { faceOf, faces, Icon, labelOf } from './tone.ts';

/** Every check in a list that can be narrowed. The rows' details are filled in when they are opened. */
export function Checks({ record }: { readonly record: RunRecord }): VNode {
  const areas = areasOf(record.verdicts);
  return html`<section id="checks" aria-labelledby="h-checks">
    <h2 id="h-checks">Checks</h2>
    <${Filters} record=${record} areas=${areas} />
    <p id="none" class="empty" hidden>No check is like that. <button type="button" data-reset>Show all</button></p>
    ${areas.map(area => html`<${Area} area=${area} verdicts=${record.verdicts.filter(({ check }) => check.startsWith(`${area}/`))} />`)}
  </section>`;
}

function Filters({ record, areas }: { readonly record: RunRecord; readonly areas: readonly string[] }): VNode {
  const found = groups(record.verdicts);
  const outcomes = (Object.keys(faces) as (keyof Groups)[]).filter(name => found[name].length > 0);
  const levels = (['MUST', 'SHOULD', 'MAY'] as const).filter(level => record.verdicts.some(verdict => verdict.level === level));
  return html`<form id="filters" class="filters" role="search" aria-label="Narrow the list of checks">
    <div class="asked">
      <label><span class="unseen">Free text</span><input id="q" type="search" placeholder="Search id, title, rule, answer" autocomplete="off" spellcheck="false" /></label>
      <label><span class="unseen">Area</span><select id="area"><option value="">All areas</option>${areas.map(area => html`<option value=${area}>${protocolName(placeOf(area).protocol)} ${placeOf(area).area}</option>`)}</select></label>
      <output id="shown" aria-live="polite">${record.verdicts.length} checks</output>
    </div>
    <div class="chips">
      <div role="group" aria-label="Outcome">${outcomes.map(
        name =>
          html`<button type="button" class="chip" aria-pressed="false" data-filter="group" data-value=${name}><${Icon} tone=${faces[name].tone} />${faces[name].label} <b>${found[name].length}</b></button>`,
      )}</div>
      <div role="group" aria-label="Level">${levels.map(
        level =>
          html`<button type="button" class="chip" aria-pressed="false" data-filter="level" data-value=${level}>${level} <b>${record.verdicts.filter(verdict => verdict.level === level).length}</b></button>`,
      )}</div>
      <button type="button" class="chip quiet" data-reset>Clear</button>
    </div>
  </form>`;
}

function Area({ area, verdicts }: { readonly area: string; readonly verdicts: readonly VerdictRecord[] }): VNode {
  const { protocol, area: name } = placeOf(area);
  const passed = verdicts.filter(verdict => verdict.outcome === 'pass').length;
  return html`<div class="area" id=${`area-${anchorOf(area)}`} data-area=${area}>
    <h3>${name} <span class="fine">AMQP ${protocolName(protocol)}, ${passed} of ${verdicts.length} passed</span></h3>
    ${verdicts.map(verdict => html`<${Row} verdict=${verdict} />`)}
  </div>`;
}

/** One check in one line; a second line tells what was wrong with it. */
function Row({ verdict }: { readonly verdict: VerdictRecord }): VNode {
  const { check, title, level, rule, reaction, outcome, durationMs } = verdict;
  const { tone } = faceOf(verdict);
  const label = labelOf(verdict);
  const told = outcome === 'pass' ? verdict.message : reasonWords(verdict);
  return html`<details class=${`check ${tone}`} id=${anchorOf(check)} data-group=${groupOf(verdict)} data-level=${level} data-text=${`${rule} ${label}`}>
    <summary>
      <${Icon} tone=${tone} label=${label} />
      <span class="title">${visible(title)}</span>
      <code class="slug">${placeOf(check).slug}</code>
      <span class="reaction">${visible(reaction)}</span>
      <span class="level">${level}</span>
      <span class="took">${duration(durationMs)}</span>
      ${told !== undefined && told !== '' && html`<span class="told"><b>${label}.</b> ${visible(told)}</span>`}
    </summary>
  </details>`;
}
