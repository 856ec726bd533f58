import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Measurement, RunRecord } from '../../harness/check/record.ts';
import { figuresOf } from '../accounts.ts';
import { visible } from '../words.ts';
import { anchorOf } from './anchor.ts';

/** What was measured: single figures, and those that make tables. */
export function Measurements({ record }: { readonly record: RunRecord }): VNode | null {
  const measurements = figuresOf(record);
  if (measurements.length === 0) return null;
  const tables = [...new Set(measurements.flatMap(({ cell }) => cell?.table ?? []))];
  const single = measurements.filter(({ cell }) => cell === undefined);
  return html`<section id="measurements" aria-labelledby="h-measurements">
    <h2 id="h-measurements">Measurements</h2>
    <p class="lead">Shown, never judged: the standard leaves these free.</p>
    ${single.length > 0 && html`<${Single} taken=${single} />`}
    ${tables.map(table => html`<${Grid} table=${table} taken=${measurements.filter(({ cell }) => cell?.table === table)} />`)}
  </section>`;
}

function Single({ taken }: { readonly taken: readonly Measurement[] }): VNode {
  return html`<div class="wide"><table>
    <thead><tr><th scope="col">What</th><th scope="col" class="number">Value</th><th scope="col">Remark</th></tr></thead>
    <tbody>${taken.map(
      ({ name, value, unit, note, check }) => html`<tr>
        <td>${visible(name)}</td>
        <td class="number">${shown(value)}${unit !== undefined && html` <span class="fine">${unit}</span>`}</td>
        <td>${note !== undefined && visible(note)}${check !== undefined && html` <a href=${`#${anchorOf(check)}`}><code>${check}</code></a>`}</td>
      </tr>`,
    )}</tbody>
  </table></div>`;
}

/** One row for each thing, one column for each way to look at it. */
function Grid({ table, taken }: { readonly table: string; readonly taken: readonly Measurement[] }): VNode {
  const columns = [...new Set(taken.flatMap(({ cell }) => cell?.column ?? []))];
  const rows = [...new Set(taken.flatMap(({ cell }) => cell?.row ?? []))];
  const at = (row: string, column: string) => taken.find(({ cell }) => cell?.row === row && cell.column === column)?.value;
  return html`<h3>${visible(table)}</h3>
    <div class="wide"><table>
      <thead><tr><th scope="col"></th>${columns.map(column => html`<th scope="col">${visible(column)}</th>`)}</tr></thead>
      <tbody>${rows.map(
        row => html`<tr><th scope="row"><code>${visible(row)}</code></th>${columns.map(column => html`<td>${shown(at(row, column))}</td>`)}</tr>`,
      )}</tbody>
    </table></div>`;
}

function shown(value: Measurement['value'] | undefined): string {
  if (value === undefined) return '–';
  return visible(typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value));
}
