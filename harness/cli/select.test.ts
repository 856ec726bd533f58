import { describe, expect, test } from 'vitest';
import { allChecks } from '../../suites/checks.ts';
import { fitting } from './select.ts';

describe('the checks that fit an example program', () => {
  const smoke = ['amqp10/open/answered', 'amqp10/outcome/*'];
  const ids = (only?: readonly string[], globs?: readonly string[]) => fitting(allChecks, only, globs).map(({ id }) => id);

  test('are those that its profile names', () => {
    expect(ids(undefined, smoke)).toContain('amqp10/open/answered');
    expect(ids(undefined, smoke).filter(id => id !== 'amqp10/open/answered' && !/^amqp10\/outcome\/[^/]+$/.test(id))).toEqual([]);
  });

  test('are all where the command line names some, and where the profile names none', () => {
    expect(ids(['amqp10/**'], smoke)).toHaveLength(allChecks.length);
    expect(ids(undefined)).toHaveLength(allChecks.length);
  });
});
