import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../harness/check/record.ts';
import { anchorOf } from './html/anchor.ts';
import type { LogData } from './html/log-data.ts';
import { renderHtml } from './html.ts';
import { carriedBy } from './testing.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/run-records/${name}.json`, import.meta.url), 'utf8')) as RunRecord;
const record = read('mixed');
const page = renderHtml(record);
const { bodies, logs } = JSON.parse(carriedBy(page)) as LogData & {
  readonly bodies: Readonly<Record<string, string>>;
};
/** Tags with their attributes' names, values taken out. */
const tagsOf = (markup: string) =>
  (markup.replace(/<(script|style)>.*?<\/\1>/gs, '').match(/<[a-z][^\s>]*(?:\s+[^\s=>]+(?:="[^"]*")?)*\s*\/?>/gi) ?? []).map(tag =>
    tag.replace(/="[^"]*"/g, ''),
  );

const everything = page + Object.values(bodies).join('');
const tags = [page.replace(/id="carried">.*?<\/script>/s, '>'), ...Object.values(bodies)].flatMap(tagsOf);

describe('the HTML report', () => {
  test('is one document that fetches nothing', () => {
    expect(page.startsWith('<!doctype html>')).toBe(true);
    expect(tags.length).toBeGreaterThan(1000);
    expect(tags.filter(tag => /^<(link|img|iframe|object|embed|base|audio|video)\b/i.test(tag))).toEqual([]);
    expect(tags.filter(tag => /\s(src|srcset|action|ping)\b/i.test(tag))).toEqual([]);
    expect(page.match(/url\(|@import/i)).toBeNull();
  });

  test('its policy lets exactly its own style and script run', () => {
    const digest = (text: string | undefined) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1];
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(match => match[1]);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(scripts).toHaveLength(1);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src ${digest(style)};`);
    expect(policy).toContain(`script-src ${digest(scripts[0])};`);
    expect(tags.filter(tag => /\s(style|on[a-z]+)\b/i.test(tag))).toEqual([]);
  });

  test('text of a broker stays text', () => {
    expect(everything.includes('<script>alert')).toBe(false);
    expect(everything.includes('&lt;script>alert(1)&lt;/script>')).toBe(true);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(everything.match(/[\p{Cc}\u202a-\u202e]/gu)?.filter(character => character !== '\n') ?? []).toEqual([]);
  });

  test('every link within leads somewhere, and no id is there twice', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(match => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...everything.matchAll(/href="#([^"]+)"/g)].map(match => match[1]);
    expect(links.filter(link => !ids.includes(link))).toEqual([]);
    expect(links.length).toBeGreaterThan(40);
  });

  test('every check and every rule can be opened, and shows what it must', () => {
    for (const verdict of record.verdicts) {
      const body = bodies[anchorOf(verdict.check)] ?? '';
      expect(body).toContain('Came back');
      expect(body).toContain('data-copy="amqpspec replay');
      expect(body.includes('Wire log')).toBe(verdict.transcript.length > 0);
      expect(logs[anchorOf(verdict.check)]?.length ?? 0).toBeGreaterThanOrEqual(verdict.transcript.length);
    }
    expect(Object.keys(bodies).length).toBe(record.verdicts.length + record.rules.length);
  });

  test('headings do not skip a level', () => {
    const levels = [...page.matchAll(/<h([1-6])\b/g)].map(match => Number(match[1]));
    expect(levels.filter(level => level === 1)).toHaveLength(1);
    expect(levels.every((level, index) => level <= (levels[index - 1] ?? 0) + 1)).toBe(true);
  });

  test.each(['clean', 'down'])('of %s stands', name => {
    expect(renderHtml(read(name)).endsWith('</html>\n')).toBe(true);
  });

  test('450 checks stay within a megabyte', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      record.verdicts.slice(0, 15).map(verdict => ({ ...verdict, check: `${verdict.check}-${index}` })),
    ).flat();
    const big = renderHtml({ ...record, verdicts: many });
    expect(many).toHaveLength(450);
    expect(big.length).toBeLessThan(1_000_000);
  });
});
