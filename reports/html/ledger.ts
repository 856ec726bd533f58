import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { RunRecord } from '../../harness/check/record.ts';
import type { DutyRecord, RuleRecord } from '../../harness/check/record-rules.ts';
import type { Level } from '../../harness/spec/rule.ts';
import { chapterOf, coverageOf, coverageWords, placeOf, protocolName } from '../summarize.ts';
import { plural, sourceWords, visible } from '../words.ts';
import { anchorOf } from './anchor.ts';
import { Answers, Fact } from './check-detail.ts';
import { Icon, type Tone } from './tone.ts';

/** How a rule came out. `beyond`: it binds the client only, or nothing that a run can see. */
type Standing = RuleRecord['verdict'] | 'beyond';

const faces: Readonly<Record<Standing, { readonly tone: Tone; readonly label: string }>> = {
  fail: { tone: 'fail', label: 'Broken' },
  pass: { tone: 'pass', label: 'Kept' },
  untested: { tone: 'open', label: 'Not tested' },
  beyond: { tone: 'mute', label: 'Beyond a run' },
};

function standingOf(rule: RuleRecord): Standing {
  const shown = rule.duties.some(duty => duty.role === 'server' && duty.shown !== 'untestable');
  return rule.verdict === 'untested' && !shown ? 'beyond' : rule.verdict;
}

/** Every rule of the standard with what this run showed of it. */
export function Ledger({ record }: { readonly record: RunRecord }): VNode {
  const chapters = [...new Set(record.rules.map(chapterOf))];
  return html`<section id="rules" aria-labelledby="h-rules">
    <h2 id="h-rules">Rule ledger</h2>
    <p class="lead">${plural(record.rules.length, 'rule')} of the standard in our own words. A rule is kept when a check of it passed and none failed by it; beyond a run are those that bind the client only or that nothing on the wire can show. ${coverageWords(coverageOf(record.rules))}</p>
    <div class="asked"><label><span class="unseen">Free text</span><input id="rq" type="search" placeholder="Search rules" autocomplete="off" spellcheck="false" /></label><output id="rshown" aria-live="polite">${plural(record.rules.length, 'rule')}</output></div>
    <div class="chips" role="group" aria-label="Narrow the list of rules">${(Object.keys(faces) as Standing[]).map(
      standing =>
        html`<button type="button" class="chip" aria-pressed="false" data-rules=${standing}><${Icon} tone=${faces[standing].tone} />${faces[standing].label} <b>${record.rules.filter(rule => standingOf(rule) === standing).length}</b></button>`,
    )}</div>
    ${chapters.map(chapter => html`<${Chapter} chapter=${chapter} rules=${record.rules.filter(rule => chapterOf(rule) === chapter)} />`)}
  </section>`;
}

function Chapter({ chapter, rules }: { readonly chapter: string; readonly rules: readonly RuleRecord[] }): VNode {
  const { protocol, area } = placeOf(chapter);
  return html`<div class="area rules">
    <h3>${/^\d/.test(area) ? `Section ${area}` : area} <span class="fine">AMQP ${protocolName(protocol)}, ${rules.filter(rule => rule.verdict === 'pass').length} of ${plural(rules.length, 'rule')} kept</span></h3>
    ${rules.map(rule => html`<${Row} rule=${rule} />`)}
  </div>`;
}

/** The level at which a rule was broken, else its own. */
function levelOf({ duties, level }: RuleRecord): Level {
  const broken = duties.filter(duty => duty.verdict === 'fail').map(duty => duty.level);
  return (['MUST', 'SHOULD', 'MAY'] as const).find(each => broken.includes(each)) ?? level;
}

function Row({ rule }: { readonly rule: RuleRecord }): VNode {
  const { tone, label } = faces[standingOf(rule)];
  return html`<details class=${`rule ${tone}`} id=${anchorOf(rule.id)} data-standing=${standingOf(rule)} data-text=${rule.checks.join(' ')}>
    <summary>
      <${Icon} tone=${tone} label=${label} />
      <span class="title">${visible(rule.statement)}</span>
      <span class="level">${levelOf(rule)}</span>
      <code class="slug">${rule.section}</code>
      <span class="counts">${countsOf(rule)}</span>
    </summary>
  </details>`;
}

/** How many checks and faults stand behind a rule. */
function countsOf({ checks, duties }: RuleRecord): string {
  const faults = new Set(duties.flatMap(duty => duty.faults ?? [])).size;
  return [checks.length === 0 ? '' : plural(checks.length, 'check'), faults === 0 ? '' : plural(faults, 'fault')].filter(part => part !== '').join(', ');
}

/** All about one rule: where it stands, who is bound and how, and which checks show it. */
export function RuleDetail({ rule }: { readonly rule: RuleRecord }): VNode {
  return html`<div class="detail">
    <dl class="facts">
      <${Fact} name="Rule"><code>${rule.id}</code><//>
      <${Fact} name="Source">${rule.source.map(source => html`<span class="line">${'url' in source && /^https?:/.test(source.url) ? html`<a href=${source.url} rel="noreferrer">${sourceWords(source)}</a>` : sourceWords(source)}</span>`)}<//>
      ${rule.capability !== undefined && html`<${Fact} name="Binds">where <code>${rule.capability}</code> is advertised<//>`}
      ${rule.why !== undefined && html`<${Fact} name="Not tested">${visible(rule.why)}<//>`}
      ${rule.duties.map(duty => html`<${Duty} duty=${duty} />`)}
    </dl>
  </div>`;
}

const verbs = { emit: 'must send it right', enforce: 'must answer a breach', permit: 'is free to' } as const;

const shownWords = { wire: 'on the wire', indirect: 'by a consequence', untestable: 'not to be shown' } as const;

function Duty({ duty }: { readonly duty: DutyRecord }): VNode {
  return html`<${Fact} name=${duty.role === 'server' ? 'Broker' : 'Client'}>
    <p>${duty.level === 'MUST' || duty.kind === 'permit' ? verbs[duty.kind] : verbs[duty.kind].replace('must', 'should')} <span class="tag">${duty.kind}</span> <span class="tag">${shownWords[duty.shown]}</span> <span class="tag">${faces[duty.verdict].label.toLowerCase()}</span>${duty.reason !== undefined && html`: ${visible(duty.reason)}`}</p>
    ${duty.answers.length > 0 && html`<${Answers} answers=${duty.answers} />`}
    ${duty.checks.map(check => html`<a class="line" href=${`#${anchorOf(check)}`}><code>${check}</code></a>`)}
    ${duty.faults !== undefined && html`<p class="fine">faults that these checks find${duty.faults.map(fault => html`<code class="line">${fault}</code>`)}</p>`}
  <//>`;
}
