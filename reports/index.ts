import type { RunRecord } from '../harness/check/record.ts';

/** Every way to render a run record. */
export const formatNames = ['text', 'json', 'junit', 'markdown', 'allure', 'html'] as const;

export type FormatName = (typeof formatNames)[number];

/** Contents of files by path, relative to the report's folder. */
export type Files = Readonly<Record<string, string>>;

/** A pure function of the record. */
export type Renderer = (record: RunRecord) => Files;

/** Each renderer is loaded when it is asked for, so that a run that wants none of them starts fast. */
export const renderers: Readonly<Record<FormatName, () => Promise<Renderer>>> = {
  text: async () => {
    const { renderText } = await import('./text.ts');
    return record => ({ 'report.txt': renderText(record, { full: true }) });
  },
  json: async () => {
    const { renderJson } = await import('./json.ts');
    return record => ({ 'run.json': renderJson(record) });
  },
  junit: async () => {
    const { renderJunit } = await import('./junit.ts');
    return record => ({ 'junit.xml': renderJunit(record) });
  },
  markdown: async () => {
    const { renderMarkdown } = await import('./markdown.ts');
    return record => ({ 'report.md': renderMarkdown(record) });
  },
  allure: async () => {
    const { renderAllure } = await import('./allure.ts');
    return record => Object.fromEntries(Object.entries(renderAllure(record)).map(([path, contents]) => [`allure-results/${path}`, contents]));
  },
  html: async () => {
    const { renderHtml } = await import('./html.ts');
    return record => ({ 'report.html': renderHtml(record) });
  },
};

/** All files of the formats asked for: path to contents. */
export async function renderFiles(record: RunRecord, formats: readonly FormatName[]): Promise<Files> {
  const parts = await Promise.all(formats.map(async format => (await renderers[format]())(record)));
  return Object.assign({}, ...parts) as Files;
}
