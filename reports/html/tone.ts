import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import { type Groups, groupOf } from '../summarize.ts';

/** Colour and icon of an outcome. The word always stands beside it. */
export type Tone = 'pass' | 'fail' | 'declared' | 'advisory' | 'open' | 'mute';

interface GroupFace {
  readonly tone: Tone;
  readonly label: string;
}

/** How each group of verdicts is shown, in the order a reader should meet them. */
export const faces: Readonly<Record<keyof Groups, GroupFace>> = {
  surprises: { tone: 'fail', label: 'Surprises' },
  advisory: { tone: 'advisory', label: 'Failed, gates nothing' },
  declared: { tone: 'declared', label: 'As declared' },
  inconclusive: { tone: 'open', label: 'Inconclusive' },
  unsupported: { tone: 'mute', label: 'Unsupported' },
  notApplicable: { tone: 'mute', label: 'Not applicable' },
  notRun: { tone: 'mute', label: 'Not run' },
  passed: { tone: 'pass', label: 'Passed' },
};

/** A single verdict in a word or two; `faces` has the names of whole groups. */
export function labelOf(verdict: VerdictRecord): string {
  if (!verdict.surprise) return faceOf(verdict).label;
  return verdict.outcome === 'pass' ? 'Stale declaration' : 'Failed';
}

export const faceOf = (verdict: VerdictRecord) => faces[groupOf(verdict)];

const paths: Readonly<Record<Tone, string>> = {
  pass: 'M3.5 8.5l3 3 6-7',
  fail: 'M4 4l8 8M12 4l-8 8',
  declared: 'M4 4l8 8M12 4l-8 8',
  advisory: 'M8 3.5v5.5M8 12v.4',
  open: 'M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.4-1 .9-1 1.6M8 12.4v.2',
  mute: 'M4 8h8',
};

/** Icons are said once; rows refer to them. */
export function IconSheet(): VNode {
  return html`<svg class="sheet" aria-hidden="true">${Object.entries(paths).map(
    ([tone, d]) =>
      html`<symbol id=${`i-${tone}`} viewBox="0 0 16 16"><path d=${d} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" /></symbol>`,
  )}</svg>`;
}

/** Icon of a tone; without `label` it is decoration beside a word. */
export function Icon({ tone, label }: { readonly tone: Tone; readonly label?: string }): VNode {
  const spoken = label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label };
  return html`<svg class=${`icon ${tone}`} ...${spoken}><use href=${`#i-${tone}`} /></svg>`;
}
