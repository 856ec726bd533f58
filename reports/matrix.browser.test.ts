import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pair } from '../fixtures/run-records/pair.ts';
import { buildRecord } from '../harness/check/record.ts';
import { matrixOf } from './matrix/model.ts';
import { renderMatrix } from './matrix.ts';
import { browserOnPath } from './testing.ts';

const executable = browserOnPath();
const columns = [buildRecord(pair.before), buildRecord(pair.after)].map(record => ({ record }));
const { rules, leavings } = matrixOf(columns);

describe.skipIf(executable === undefined)(
  executable === undefined ? 'the matrix in a browser: skipped, no Chromium on the path' : 'the matrix in a browser',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'amqpspec-matrix-'));
    const file = join(folder, 'matrix.html');
    const complaints: string[] = [];
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      writeFileSync(file, renderMatrix(columns)['matrix.html'] ?? '');
      browser = await chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox'] });
      page = await browser.newPage();
      page.on('console', message => complaints.push(message.text()));
      page.on('pageerror', error => complaints.push(error.message));
      page.on('request', request => {
        if (!request.url().startsWith('file:')) complaints.push(request.url());
      });
      await page.goto(pathToFileURL(file).href);
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const shownRules = () => page.locator('.rules-table tbody tr:visible').count();
    const differing = rules.filter(({ standings }) => new Set(standings.filter(standing => standing !== 'untested')).size > 1).length;

    test('shows at first the rules that are kept differently, and all when asked', async () => {
      expect(differing).toBeGreaterThan(0);
      expect(differing).toBeLessThan(rules.length);
      expect(await shownRules()).toBe(differing);
      await page.getByRole('button', { name: /^Kept differently/ }).click();
      expect(await shownRules()).toBe(rules.length);
      await page.getByLabel('Free text').fill('frame type');
      expect(await shownRules()).toBeLessThan(rules.length);
      await page.getByLabel('Free text').fill('');
    });

    test('a link of the overview leads into its chapter, and opens one that is folded', async () => {
      const chapters = leavings[0]?.chapters ?? [];
      expect(chapters.some(({ folded }) => folded)).toBe(true);
      for (const { title, folded, differences } of chapters) {
        await page.locator('.in-short a', { hasText: title }).click();
        const panel = page.locator('.move:target');
        expect(await panel.locator('.difference:visible').count()).toBe(differences.length);
        if (folded) expect(await panel.getAttribute('open')).not.toBeNull();
      }
    });

    test('a difference is opened with the keyboard and shows each of its checks', async () => {
      const row = page.locator('.difference:visible').first();
      await row.locator('summary').first().focus();
      await page.keyboard.press('Enter');
      expect(await row.locator('.evidence li:visible').count()).toBe(leavings[0]?.chapters[0]?.differences[0]?.checks.length);
    });

    test.each([390, 760, 1280])('nothing runs out of a page %i wide', async width => {
      await page.setViewportSize({ width, height: 800 });
      await page.evaluate('for (const row of document.querySelectorAll("main details")) row.open = true');
      const wider = 'each => each.scrollWidth > each.clientWidth';
      expect(
        await page.evaluate(`[document.documentElement, ...document.querySelectorAll('.area, .difference, .in-short, .top')].filter(${wider}).length`),
      ).toBe(0);
    });

    test('nothing was fetched and nothing complained', () => {
      expect(complaints).toEqual([]);
    });
  },
);
