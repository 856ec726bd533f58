import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../harness/check/record.ts';
import { renderMarkdown } from './markdown.ts';

const record = JSON.parse(readFileSync(new URL('../fixtures/run-records/mixed.json', import.meta.url), 'utf8')) as RunRecord;

describe('the report for a pull request', () => {
  test('fits into a comment, however much failed', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => record.verdicts.map(verdict => ({ ...verdict, check: `${verdict.check}-${index}` }))).flat();
    const text = renderMarkdown({ ...record, verdicts: many(40), findings: Array.from({ length: 300 }, () => record.findings).flat() });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/and \d+ more, all in run\.json/);
    expect(text).toContain('### Surprises (200)');
  });

  test('text of a broker is no markup', () => {
    const text = renderMarkdown(record);
    const outside = text.replace(/^(`{3,})text\n.*?^\1$/gms, '').replace(/(`+)[^`].*?\1/g, '');
    expect(outside).not.toMatch(/<(?!\/?(details|summary)>)/);
    expect(outside).toContain('\\\\u{202e}gnirts');
    expect(outside).toContain('\\*star\\*');
  });

  test('backticks in a command do not end its code', () => {
    const verdicts = record.verdicts.map(verdict => ({ ...verdict, replay: 'a `b` ``c`` d`' }));
    expect(renderMarkdown({ ...record, verdicts })).toContain('Replay: ``` a `b` ``c`` d` ```');
  });
});
