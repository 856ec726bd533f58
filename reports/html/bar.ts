import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Tone } from './tone.ts';

export interface Part {
  readonly tone: Tone;
  readonly count: number;
}

/** Parts of a whole, side by side. Decoration: the numbers stand beside it as text. */
export function Bar({ parts }: { readonly parts: readonly Part[] }): VNode {
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  let at = 0;
  const pieces = parts
    .filter(part => part.count > 0)
    .map(({ tone, count }) => {
      const x = at;
      at += (count / total) * 100;
      return html`<rect class=${tone} x=${x.toFixed(3)} y="0" width=${((count / total) * 100).toFixed(3)} height="1" />`;
    });
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${pieces}</svg>`;
}
