import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { RunRecord } from '../../harness/check/record.ts';
import { areasOf, type Groups, groups, headline, hintWords, levels, placeOf, productOf, protocolName, stateOf } from '../summarize.ts';
import { duration, noteTexts, plural, visible } from '../words.ts';
import { anchorOf } from './anchor.ts';
import { Bar, type Part } from './bar.ts';
import { faceOf, faces, Icon, labelOf, type Tone } from './tone.ts';

const stateTones = { 'as declared': 'pass', surprises: 'fail', 'not judged': 'open' } as const satisfies Record<string, Tone>;

/** Who was judged, when and how, and the verdict in one sentence. */
export function Header({ record }: { readonly record: RunRecord }): VNode {
  const { target, tool, profile } = record;
  const protocols = `AMQP ${protocolsOf(record).join(' and ')}`.trim();
  const facts: readonly (readonly [string, string])[] = [
    ['Target', `${visible(target.url)}${target.image === undefined ? '' : ` (${visible(target.image)})`}`],
    ['Profile', profile === null ? 'none applied' : [profile.name, profile.version].filter(part => part !== null).join(' ')],
    ['Date', `${record.startedAt.slice(0, 19).replace('T', ' ')} UTC, took ${duration(record.durationMs)}`],
    ['Selection', selectionWords(record)],
    ['Seed', String(record.seed)],
    ['Judge', `${tool.name} ${tool.version}`],
  ];
  const tone = stateTones[stateOf(record)];
  return html`<header class="top">
    <p class="over">${record.fuzz === undefined ? 'Conformance to' : 'Fuzzing'} ${protocols}</p>
    <h1>${productOf(record)}</h1>
    <p class="headline"><${Icon} tone=${tone} /><span>${headline(record)}</span></p>
    <dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${noteTexts(record.notes).map(text => html`<p class="note"><strong>Note.</strong> ${visible(text)}</p>`)}
    ${record.hints.map(hintWords).map(({ says, option }) => html`<p class="note">${says}: run again with <code>${option}</code>.</p>`)}
  </header>`;
}

function selectionWords({ selection }: RunRecord): string {
  const { protocol, gate, only, skip, thorough, safe, shard } = selection;
  const parts = [
    protocol === 'all' ? 'every protocol' : `protocol ${protocol}`,
    `${gate === 'must' ? 'MUST gates' : 'MUST and SHOULD gate'}`,
    ...(only.length === 0 ? [] : [`only ${only.join(', ')}`]),
    ...(skip.length === 0 ? [] : [`without ${skip.join(', ')}`]),
    ...(thorough ? ['thorough'] : []),
    ...(safe ? ['safe'] : []),
    ...(shard === null ? [] : [`shard ${shard}`]),
  ];
  return parts.join(', ');
}

/** The run in numbers, and how much of the standard was shown. */
export function Summary({ record }: { readonly record: RunRecord }): VNode {
  const found = groups(record.verdicts);
  const { summary: sum } = record;
  const unjudged = sum.unsupported + sum.notApplicable + sum.notRun;
  const failures = [
    ...(found.surprises.length === 0 ? [] : [plural(found.surprises.length, 'surprise')]),
    ...(found.declared.length === 0 ? [] : [`${found.declared.length} as declared`]),
    ...(found.advisory.length === 0 ? [] : [`${found.advisory.length} that gate nothing`]),
  ].join(', ');
  const parts: readonly Part[] = (Object.keys(faces) as (keyof Groups)[]).map(name => ({ tone: faces[name].tone, count: found[name].length })).reverse();
  return html`<section aria-labelledby="h-summary">
    <h2 id="h-summary">Summary</h2>
    <ul class="tiles">
      <${Tile} tone="pass" count=${sum.pass} label="passed" more=${`of ${plural(sum.checks, 'check')}`} />
      <${Tile} tone="fail" count=${sum.fail} label="failed" more=${failures === '' ? 'no rule was broken' : failures} />
      <${Tile} tone="open" count=${sum.inconclusive} label="inconclusive" more=${sum.inconclusive === 0 ? 'every check came to a judgement' : 'could not be judged'} />
      <${Tile} tone="mute" count=${unjudged} label="not judged" more=${unjudged === 0 ? 'nothing was left out' : `${sum.unsupported} unsupported, ${sum.notApplicable} not applicable, ${sum.notRun} not run`} />
    </ul>
    <${Bar} parts=${parts} />
    <${Coverage} record=${record} />
    <${Areas} record=${record} />
  </section>`;
}

/** How many surprises are told above the list. */
const told = 30;

/** What a reader came for: every check that came out other than declared. */
export function Surprises({ record }: { readonly record: RunRecord }): VNode | null {
  const { surprises } = groups(record.verdicts);
  if (surprises.length === 0) return null;
  const ranked = ['MUST', 'SHOULD', 'MAY'].flatMap(level => surprises.filter(verdict => verdict.level === level));
  return html`<section id="surprises" aria-labelledby="h-surprises">
    <h2 id="h-surprises">Other than declared</h2>
    <ul class="surprises">${ranked
      .slice(0, told)
      .map(
        verdict =>
          html`<li><a href=${`#${anchorOf(verdict.check)}`}><${Icon} tone="fail" label=${labelOf(verdict)} /><span><strong>${visible(verdict.title)}</strong><span class="fine">${visible(verdict.message ?? verdict.reaction)}</span></span><span class="level">${verdict.level}</span></a></li>`,
      )}</ul>
    ${ranked.length > told && html`<p class="fine">and ${ranked.length - told} more below</p>`}
  </section>`;
}

interface TileProps {
  readonly tone: Tone;
  readonly count: number;
  readonly label: string;
  readonly more: string;
}

function Tile({ tone, count, label, more }: TileProps): VNode {
  return html`<li class=${`tile ${count === 0 ? 'mute' : tone}`}><strong>${count}</strong> <span>${label}</span><small>${more}</small></li>`;
}

/** How the rules came out, level by level. */
function Coverage({ record }: { readonly record: RunRecord }): VNode {
  const rows = levels
    .filter(level => record.summary.rules[level].total > 0)
    .map(level => {
      const { total, pass, fail, untested, unshowable } = record.summary.rules[level];
      const parts: readonly Part[] = [
        { tone: 'pass', count: pass },
        { tone: 'fail', count: fail },
        { tone: 'open', count: untested - unshowable },
        { tone: 'mute', count: unshowable },
      ];
      return html`<tr><th scope="row">${level.toUpperCase()}</th><td class="wide-bar" aria-hidden="true"><${Bar} parts=${parts} /></td><td>${total}</td><td>${pass}</td><td>${fail}</td><td>${untested - unshowable}</td><td>${unshowable}</td></tr>`;
    });
  return html`<div class="panel">
    <h3>Rules that bind a broker</h3>
    <table class="coverage">
      <thead><tr><th scope="col">Level</th><td class="wide-bar"></td><th scope="col">Rules</th><th scope="col">Kept</th><th scope="col">Broken</th><th scope="col">Not tested</th><th scope="col"><abbr title="Beyond what a run over the wire can show; the ledger says why">Beyond</abbr></th></tr></thead>
      <tbody>${rows}</tbody>
    </table>
    <p class="fine"><a href="#rules">The ledger</a> tells each rule's story.</p>
  </div>`;
}

/** Each check as one square, area by area. */
function Areas({ record }: { readonly record: RunRecord }): VNode {
  const several = protocolsOf(record).length > 1;
  const rows = areasOf(record.verdicts).map(area => {
    const verdicts = record.verdicts.filter(({ check }) => check.startsWith(`${area}/`));
    const passed = verdicts.filter(verdict => verdict.outcome === 'pass').length;
    const { protocol, area: name } = placeOf(area);
    return html`<li>
      <a href=${`#area-${anchorOf(area)}`}>${several ? `${protocolName(protocol)} ${name}` : name}</a>
      <span class="squares" aria-hidden="true">${verdicts.map(
        verdict =>
          html`<a tabindex="-1" class=${faceOf(verdict).tone} title=${`${verdict.check}: ${labelOf(verdict).toLowerCase()}`} href=${`#${anchorOf(verdict.check)}`}></a>`,
      )}</span>
      <span class="fine"><span class="unseen">passed </span>${passed}/${verdicts.length}</span>
    </li>`;
  });
  return html`<div class="panel">
    <h3>Checks by area</h3>
    <ul class="areas">${rows}</ul>
  </div>`;
}

const protocolsOf = ({ verdicts, fuzz }: RunRecord) => [
  ...new Set([...(fuzz?.protocols ?? []), ...verdicts.map(({ check }) => protocolName(placeOf(check).protocol))]),
];
