import { html } from 'htm/preact';
import { renderToString } from 'preact-render-to-string';
import { renderMatrixMarkdown } from './matrix/markdown.ts';
import { type Column, type Matrix, matrixOf } from './matrix/model.ts';
import { MatrixPage } from './matrix/page.ts';

export type { Column } from './matrix/model.ts';

/** The matrix as data. */
function dataOf({ brokers, areas, rules, leavings, pairs }: Matrix) {
  const columns = brokers.map(({ name, report, record: { target, profile, summary, startedAt, tool, selection } }) => ({
    name,
    product: target.product,
    version: target.version,
    profile,
    tool,
    startedAt,
    selection,
    summary,
    ...(report !== undefined && { report }),
  }));
  return { brokers: columns, areas, rules, leavings, ...(pairs !== undefined && { pairs }) };
}

/** Several runs side by side: a page, text for a forge, and data. A pure function of the records. */
export function renderMatrix(columns: readonly Column[]): Readonly<Record<string, string>> {
  const matrix = matrixOf(columns);
  return {
    'matrix.html': `<!doctype html>\n${renderToString(html`<${MatrixPage} matrix=${matrix} />`)}\n`,
    'matrix.md': renderMatrixMarkdown(matrix),
    'matrix.json': `${JSON.stringify(dataOf(matrix), null, 2)}\n`,
  };
}
