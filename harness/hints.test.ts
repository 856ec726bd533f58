import { describe, expect, test } from 'vitest';
import { profiles } from '../fixtures/brokers/index.ts';
import { allChecks } from '../suites/checks.ts';
import { declare } from './check/declared.ts';
import { hintsFor, profileEntries } from './hints.ts';
import { rules } from './spec/catalogue.ts';

/** Verdicts of a broker that departs in all that a profile declares at a version, judged without the profile. */
function verdictsOf(profile: string, version: string | null) {
  const { declarations } = declare(profileEntries(profile), { checks: allChecks, rules: Object.keys(rules), version, today: '2026-01-01' });
  const declared = new Map(declarations.flatMap(each => each.checks.map(check => [check, each] as const)));
  return allChecks.map(({ id }) => {
    const { outcome = 'pass', reaction = '' } = declared.get(id) ?? {};
    return { check: id, outcome, reaction, level: 'MUST', declared: 'conforms', surprise: outcome === 'fail' } as const;
  });
}

const deviating = Object.values(profiles).filter(({ deviations }) => deviations.length > 0);

describe('what a profile explains of the red', () => {
  test.each(deviating.map(({ name }) => name))('all of what %s declares', name => {
    const verdicts = verdictsOf(name, profiles[name]?.defaultVersion ?? null);
    const [hint] = hintsFor(verdicts, { product: null, version: null }, 'must');
    const red = verdicts.filter(({ surprise }) => surprise).length;
    expect(hint).toMatchObject({ profile: name, explains: red, of: red, stale: 0 });
  });

  test.each(['3.8', '3.12', '4.0', '4.3'])('finds the version of a RabbitMQ %s that does not tell it', version => {
    const verdicts = verdictsOf('rabbitmq', `${version}.0`);
    const [hint] = hintsFor(verdicts, { product: 'someone', version: '1.0' }, 'must');
    expect(hint?.explains).toBe(hint?.of);
    const same = verdictsOf('rabbitmq', hint?.version ?? null).map(({ check, outcome }) => [check, outcome]);
    expect(same).toEqual(verdicts.map(({ check, outcome }) => [check, outcome]));
  });

  test('prefers the version that the broker tells', () => {
    expect(hintsFor(verdictsOf('rabbitmq', '4.0.9'), { product: 'RabbitMQ', version: '4.0.9' }, 'must')[0]).toMatchObject({
      profile: 'rabbitmq',
      version: '4.0',
      stale: 0,
    });
  });

  test('is nothing where nothing surprises, or where no profile knows of it', () => {
    const fine = verdictsOf('rabbitmq', '4.0.0').map(each => ({ ...each, outcome: 'pass' as const, surprise: false }));
    expect(hintsFor(fine, { product: 'RabbitMQ', version: '4.0.0' }, 'must')).toEqual([]);
    const strange = fine.map((each, at) => (at < 3 ? { ...each, outcome: 'fail' as const, surprise: true, reaction: 'unheard of' } : each));
    expect(hintsFor(strange, { product: null, version: null }, 'must')).toEqual([]);
  });
});
