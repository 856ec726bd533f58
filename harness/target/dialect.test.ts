import { describe, expect, test } from 'vitest';
import { rabbitmq } from '../../fixtures/brokers/rabbitmq/profile.ts';
import { allChecks as everyCheck } from '../../suites/checks.ts';
import type { Check } from '../check/check.ts';
import { compare, declarationFor, declare } from '../check/declared.ts';
import type { Declaration } from '../check/record-declarations.ts';
import { runCheck } from '../check/run-check.ts';
import { Session } from '../check/session.ts';
import type { Verdict } from '../check/verdict.ts';
import { inRange } from '../check/versions.ts';
import { protocolOf, rules } from '../spec/catalogue.ts';
import { dialectNamed } from './dialect.ts';
import type { Deviation, Dialect } from './profile.ts';
import { answerOf, dialectOf } from './profile-dialect.ts';
import { simulatedTarget } from './simulated.ts';
import { specDialect } from './spec-dialect.ts';

const seed = 1;
/** A dialect is one of 0-9-1: what a broker does otherwise in 1.0 stands beside it. */
const allChecks = everyCheck.filter(({ id }) => protocolOf(id) === '0-9-1');
const own = rabbitmq.deviations.filter(({ check, rule }) => protocolOf(check ?? rule ?? '') === '0-9-1');
/** Those that the profile was seen to be right for. */
const versions = ['3.8.9', '3.10.8', '4.0.5', '4.3.6'] as const;

/** The reference broker in this dialect by one check, in virtual time. */
function judge(check: Check, readings: Dialect): Promise<Verdict> {
  const restarts = check.outage !== undefined;
  const target = simulatedTarget({ seed, restarts, brokerOptions: { readings }, brokerSettings: { readings, anonymous: 'guest' } });
  return target.run(async () => runCheck(check, target, { seed, session: await Session.open(target, { seed, warmUps: 1 }) }));
}

function declared(version: string, deviations = own): readonly Declaration[] {
  const entries = deviations.map(each => ({ ...each, origin: 'profile rabbitmq' }));
  return declare(entries, { checks: allChecks, rules: Object.keys(rules), version, today: '2000-01-01' }).declarations;
}

/** What comes out otherwise than declared, of every level; the first alone where one is enough. */
async function surprises(checks: readonly Check[], readings: Dialect, declarations: readonly Declaration[], most = checks.length): Promise<string[]> {
  const found: string[] = [];
  for (const check of checks) {
    const verdict = await judge(check, readings);
    const { surprise } = compare(verdict, declarationFor(check.id, declarations), 'should');
    if (surprise) found.push(`${check.id}: ${verdict.outcome}, ${verdict.reaction}`);
    if (found.length === most) break;
  }
  return found;
}

/** One version of each dialect: those that read alike need not be judged twice. */
const distinct = [...new Map(versions.map(version => [JSON.stringify(dialectOf(rabbitmq, version)), version])).values()];

describe('the dialect of RabbitMQ', () => {
  test('is told by each of its deviations', () => {
    // A dialect is of the protocol; TLS beneath it is the listener's, and what comes now and then is nobody's reading.
    const untold = own.filter(
      ({ check, reading, breaches, reaction, sometimes }) =>
        sometimes !== true &&
        check?.startsWith('amqp091/tls/') !== true &&
        reading === undefined &&
        (breaches === undefined || answerOf(reaction) === undefined),
    );
    expect(untold.map(({ check, rule }) => check ?? rule)).toEqual([]);
  });

  test.each(versions)('%s says one thing of each reading and of each breach', version => {
    const said = new Map<string, Set<unknown>>();
    for (const { versions: range, reading = {}, breaches = [], reaction } of own) {
      if (range !== undefined && inRange(version, range) !== true) continue;
      for (const [what, value] of [...Object.entries(reading), ...breaches.map(rule => [rule, reaction] as const)]) {
        said.set(what, (said.get(what) ?? new Set()).add(value));
      }
    }
    expect([...said].filter(([, values]) => values.size > 1)).toEqual([]);
  });

  test.each(distinct)('%s departs as its profile declares, and nowhere else', { timeout: 240_000 }, async version => {
    expect(await surprises(allChecks, dialectOf(rabbitmq, version), declared(version))).toEqual([]);
  });
});

/** A dialect with one thing in it read as in the text, and the version whose declarations then miss it. */
const lacking = new Map<string, { readonly version: string; readonly readings: Dialect }>();
for (const version of versions) {
  const dialect = dialectOf(rabbitmq, version);
  const { answers, ...told } = dialectOf({ deviations: own }, version);
  for (const [key, value] of Object.entries(told)) {
    const text = specDialect[key as keyof Dialect];
    if (value !== text) lacking.set(key, { version, readings: { ...dialect, [key]: text } });
  }
  for (const rule of Object.keys(answers)) lacking.set(rule, { version, readings: { ...dialect, answers: { ...answers, [rule]: undefined } } });
}

test.each([...lacking])('without %s the dialect is another', { timeout: 60_000 }, async (key, { version, readings }) => {
  const names = ({ reading = {}, breaches = [] }: Deviation) => key in reading || breaches.some(rule => rule === key);
  const declarations = declared(version);
  const told = declared(version, own.filter(names));
  const concerned = allChecks.filter(({ id }) => declarationFor(id, told) !== undefined);
  expect(await surprises(concerned, readings, declarations, 1)).toHaveLength(1);
});

test('has the version that was asked for, and refuses what it does not know', async () => {
  expect(await dialectNamed('rabbitmq')).toMatchObject({ dialectName: 'rabbitmq 4.0', readings: { missingDelete: 'practice', frameMaxMinimum: 4096 } });
  expect(await dialectNamed('rabbitmq@4.3')).toMatchObject({ dialectName: 'rabbitmq 4.3', readings: { globalPrefetch: 'practice', frameMaxMinimum: 8192 } });
  expect(await dialectNamed()).toEqual({ dialectName: undefined, readings: specDialect });
  for (const name of ['rabbit', 'rabbitmq@', 'rabbitmq@new', 'rabbitmq@4.0@4.3'])
    await expect(dialectNamed(name)).rejects.toThrow(`There is no dialect ${name}.`);
});
