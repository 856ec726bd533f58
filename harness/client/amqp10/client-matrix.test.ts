import { describe, expect, test } from 'vitest';
import { systemClock } from '../../net/clock.ts';
import { findDuty } from '../../spec/ledger.ts';
import { startBroker } from '../../target/reference.ts';
import { type AnyCase, isObserved } from '../client-case.ts';
import { playCase } from '../play.ts';
import type { Patience } from '../stage.ts';
import { type Finding, judgePlay } from '../verdicts.ts';
import { cases10 } from './cases.ts';
import { faultFor, faultsByCase } from './client-faults.test-kit.ts';
import { type ClientFault10, machineClient10 } from './machine-client.test-kit.ts';
import { speech10 } from './speech.ts';

const sideBySide = 24;
/** The sound client answers in order, so that no time decides; a broken one may say nothing, which is waited for. */
const soundly: Patience = { reachMs: 30_000, graceMs: 50, silenceMs: 20_000, lingerMs: 20_000, quitMs: 20_000 };
const broken: Patience = { reachMs: 5_000, graceMs: 400, silenceMs: 1_000, lingerMs: 1_000, quitMs: 1_000 };

const only = process.env.AMQPSPEC_CLIENT_CASES;
const chosen = cases10.filter(({ id }) => only === undefined || new RegExp(only).test(id));

async function judged(law: AnyCase, fault: ClientFault10, patience: Patience): Promise<Finding> {
  if (isObserved(law)) throw new Error(`${law.id} is played by nobody`);
  const stage = { startBroker, startClient: machineClient10(fault), clock: systemClock };
  return judgePlay(await playCase(speech10, law, stage, patience), law, new Set());
}

/** The finding on each case, many side by side. */
async function findings(faultOf: (law: AnyCase) => ClientFault10, patience: Patience): Promise<Readonly<Record<string, Finding>>> {
  const waiting = [...chosen];
  const found: Record<string, Finding> = {};
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) found[next.id] = await judged(next, faultOf(next), patience);
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return found;
}

describe('the catalogue of clients of 1.0', () => {
  test('has ids of its own, and duties of clients', () => {
    expect(new Set(cases10.map(({ id }) => id)).size).toBe(cases10.length);
    expect(cases10.length).toBeGreaterThanOrEqual(60);
    const wrong = cases10.flatMap(({ id, duties }) => duties.filter(duty => !findDuty(duty)?.key.startsWith('client-')).map(duty => `${id}: ${duty}`));
    expect(wrong).toEqual([]);
    const known = new Set(cases10.map(({ id }) => id));
    expect(Object.keys(faultsByCase).filter(name => !known.has(`amqp10/client/${name}`))).toEqual([]);
  });

  test('passes our own machine in all of them', { timeout: 300_000 }, async () => {
    const found = await findings(() => ({}), soundly);
    expect(Object.entries(found).filter(([, { outcome }]) => outcome !== 'pass')).toEqual([]);
  });

  test('tells in each case of a machine that is broken there', { timeout: 300_000 }, async () => {
    const found = await findings(faultFor, broken);
    expect(Object.entries(found).filter(([, { outcome }]) => outcome !== 'fail')).toEqual([]);
  });
});
