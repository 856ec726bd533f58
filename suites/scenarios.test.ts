import { describe, expect, test } from 'vitest';
import { type Scenario, scenarios } from '../harness/spec/amqp091/scenarios.ts';
import { extendedXmlScenarios, xmlScenarios } from '../harness/spec/amqp091/sources.ts';
import type { DutyId, RuleId } from '../harness/spec/catalogue.ts';
import { ruleOf } from '../harness/spec/ledger.ts';
import { allChecks } from './checks.ts';

const known: readonly string[] = [...xmlScenarios, ...extendedXmlScenarios];
const played = Object.entries<Scenario>(scenarios).flatMap(([path, scenario]) => ('checks' in scenario ? [{ path, ids: scenario.checks }] : []));
const dutiesOf: ReadonlyMap<string, readonly DutyId[]> = new Map(allChecks.map(({ id, duties }) => [id, duties]));

/** Whether a check owns a duty of a rule that stands at this place of the XML. */
function plays(check: string, path: string): boolean {
  const owned = dutiesOf.get(check) ?? [];
  return owned.some(duty => ruleOf(duty.slice(0, duty.lastIndexOf(':')) as RuleId).source.some(source => source.kind === 'xml' && source.path === path));
}

describe('the scenarios of the XML', () => {
  test('are 82, and 16 of extensions, each accounted for', () => {
    expect([xmlScenarios.length, extendedXmlScenarios.length]).toEqual([82, 16]);
    expect(known.filter(path => !(path in scenarios))).toEqual([]);
    expect(Object.keys(scenarios).filter(path => !known.includes(path))).toEqual([]);
  });

  test('are played by checks that exist, one at least of the rule itself', () => {
    expect(played.flatMap(({ path, ids }) => ids.filter(id => !dutiesOf.has(id)).map(id => `${path}: ${id}`))).toEqual([]);
    expect(played.filter(({ path, ids }) => !ids.some(id => plays(id, path))).map(({ path }) => path)).toEqual([]);
  });

  test('say why, where no check plays them', () => {
    const reasons = Object.values<Scenario>(scenarios).flatMap(scenario => ('reason' in scenario ? [scenario.reason] : []));
    expect(reasons.filter(reason => !/^[A-Z].{30,}\.$/.test(reason))).toEqual([]);
  });
});
