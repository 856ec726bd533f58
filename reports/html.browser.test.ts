import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../harness/check/record.ts';
import { renderHtml } from './html.ts';
import { browserOnPath } from './testing.ts';

const executable = browserOnPath();
const record = JSON.parse(readFileSync(new URL('../fixtures/run-records/mixed.json', import.meta.url), 'utf8')) as RunRecord;

describe.skipIf(executable === undefined)(executable === undefined ? 'in a browser: skipped, no Chromium on the path' : 'in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amqpspec-html-'));
  const file = join(folder, 'report.html');
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    writeFileSync(file, renderHtml(record));
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

  const shown = () => page.locator('details.check:visible').evaluateAll(rows => rows.map(row => row.id));
  const idsOf = (test: (verdict: RunRecord['verdicts'][number]) => boolean) => record.verdicts.filter(test).map(verdict => verdict.check);

  test('shows every check, closed and not yet filled', async () => {
    expect(await shown()).toEqual(idsOf(() => true));
    expect(await page.locator('details.check .detail').count()).toBe(0);
  });

  test('narrows by outcome, level, area and text, and shows all again', async () => {
    await page.getByRole('button', { name: /^Surprises/ }).click();
    expect(await shown()).toEqual(idsOf(verdict => verdict.surprise));
    await page.getByRole('button', { name: /^As declared/ }).click();
    expect(await shown()).toEqual(idsOf(verdict => verdict.surprise || (verdict.declared === 'deviates' && verdict.outcome === 'fail')));
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('button', { name: /^SHOULD/ }).click();
    expect(await shown()).toEqual(idsOf(verdict => verdict.level === 'SHOULD'));
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Area').selectOption('amqp091/queue');
    expect(await shown()).toEqual(idsOf(verdict => verdict.check.startsWith('amqp091/queue/')));
    await page.getByLabel('Area').selectOption('');
    await page.getByLabel('Free text').first().fill('501 FRAME');
    expect(await shown()).toEqual(idsOf(verdict => verdict.reaction.includes('501 frame')));
    await page.getByLabel('Free text').first().fill('no such check');
    expect(await shown()).toEqual([]);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await shown()).toEqual(idsOf(() => true));
  });

  test('a row is opened with the keyboard and tells its story', async () => {
    const row = page.locator('details.check[id="amqp091/queue/delete/missing"]');
    await row.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await row.locator('.detail').waitFor();
    expect(await row.innerText()).toContain('Deleting a queue that is not there closes the channel with not-found.');
    expect(await row.locator('.log li:visible').count()).toBe(4);
    await row.getByText('healthy handshake').click();
    expect(await row.locator('.log li:visible').count()).toBe(11);
    await row.getByLabel('octets').uncheck();
    expect(await row.locator('div.octets:visible').count()).toBe(0);
    await row.getByRole('button', { name: 'Copy' }).click();
    await row.getByRole('button', { name: 'Copied' }).waitFor();
  });

  test('a link into a closed or hidden row opens it', async () => {
    await page.getByRole('button', { name: /^Passed/ }).click();
    await page.locator('#surprises a').first().click();
    await page.locator('details.check[id="amqp091/exchange/delete/if-unused"][open] .detail').waitFor();
    await page.locator('details.check[open] .clause a').first().click();
    await page.locator('details.rule[open] .detail').waitFor();
  });

  test('the ledger narrows by standing and text', async () => {
    const section = page.locator('#rules');
    await section.getByRole('button', { name: /^Broken/ }).click();
    expect(await section.locator('details.rule:visible').count()).toBe(record.rules.filter(rule => rule.verdict === 'fail').length);
    await section.getByLabel('Free text').fill('frame-end');
    expect(await section.locator('details.rule:visible').count()).toBe(1);
  });

  test.each([390, 760, 1020, 1280])('nothing runs out of a page %i wide', async width => {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate('for (const row of document.querySelectorAll("main details")) row.open = true');
    await page.locator('details.check .detail').last().waitFor({ state: 'attached' });
    const wider = 'each => each.scrollWidth > each.clientWidth';
    expect(await page.evaluate(`[document.documentElement, ...document.querySelectorAll('.area, .panel, .top')].filter(${wider}).length`)).toBe(0);
  });

  test('a browser that cannot unpack the details says where they are', async () => {
    const old = await browser.newPage();
    await old.addInitScript('delete globalThis.DecompressionStream');
    await old.goto(`${pathToFileURL(file).href}#amqp091/queue/delete/missing`);
    await old.locator('details.check[open]').getByText('They are in run.json.').waitFor();
    expect(await old.locator('details.check:visible').count()).toBe(record.verdicts.length);
  });

  test('nothing was fetched and nothing complained', () => {
    expect(complaints).toEqual([]);
  });
});
