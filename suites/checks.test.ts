import { describe, expect, test } from 'vitest';
import { serverDuties } from '../harness/spec/ledger.ts';
import { allChecks, fileOf } from './checks.ts';

describe('the checks', () => {
  test('are at least 150, each with an id of its own', () => {
    expect(allChecks.length).toBeGreaterThanOrEqual(150);
    const ids = allChecks.flatMap(check => [check.id, ...(check.aliases ?? [])]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('leave no showable duty of a server without one', () => {
    const owned = new Set<string>(allChecks.flatMap(check => check.duties));
    expect(serverDuties.filter(duty => !owned.has(duty))).toEqual([]);
  });

  test('stand in a file that is known', () => {
    expect(allChecks.filter(check => fileOf(check.id) === '')).toEqual([]);
  });

  test('say in their titles what a broker does, each in one line of its own', () => {
    const titles = allChecks.map(check => check.title);
    expect(titles.filter(title => title.includes('\n') || title.length > 140)).toEqual([]);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});
