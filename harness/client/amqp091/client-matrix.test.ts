import { describe, expect, test } from 'vitest';
import { systemClock } from '../../net/clock.ts';
import { findDuty } from '../../spec/ledger.ts';
import { startBroker } from '../../target/reference.ts';
import { type AnyCase, isObserved, type PlayedCase } from '../client-case.ts';
import { playCase } from '../play.ts';
import type { Patience } from '../stage.ts';
import { type Finding, judgeObserved, judgePlay } from '../verdicts.ts';
import { cases091, healthy091 } from './cases.ts';
import { faultFor, faultsByCase } from './client-faults.test-kit.ts';
import { type ClientFault, machineClient } from './machine-client.test-kit.ts';
import { speech091 } from './speech.ts';

const sideBySide = 12;
/** The sound client answers in order, so that no time decides; a broken one may say nothing, which is waited for. */
const soundly: Patience = { reachMs: 30_000, graceMs: 50, silenceMs: 20_000, lingerMs: 20_000, quitMs: 20_000 };
const broken: Patience = { reachMs: 5_000, graceMs: 400, silenceMs: 1_000, lingerMs: 1_000, quitMs: 1_000 };

const healthy = cases091.find((each): each is PlayedCase => each.id === healthy091 && !isObserved(each));

async function judged(law: AnyCase, fault: ClientFault, patience: Patience): Promise<Finding> {
  if (healthy === undefined) throw new Error('no healthy case');
  const stage = { startBroker, startClient: machineClient(fault), clock: systemClock };
  const played = await playCase(speech091, isObserved(law) ? healthy : law, stage, patience);
  return isObserved(law) ? judgeObserved(played.events, law) : judgePlay(played, law, new Set());
}

/** The finding on each case, many side by side. */
async function findings(faultOf: (id: string) => ClientFault, patience: Patience): Promise<Readonly<Record<string, Finding>>> {
  const waiting = [...cases091];
  const found: Record<string, Finding> = {};
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) found[next.id] = await judged(next, faultOf(next.id), patience);
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return found;
}

describe('the catalogue of clients of 0-9-1', () => {
  test('has ids of its own, and duties of clients', () => {
    expect(new Set(cases091.map(({ id }) => id)).size).toBe(cases091.length);
    expect(cases091.filter(each => !isObserved(each)).length).toBeGreaterThanOrEqual(60);
    const wrong = cases091.flatMap(({ id, duties }) => duties.filter(duty => !findDuty(duty)?.key.startsWith('client-')).map(duty => `${id}: ${duty}`));
    expect(wrong).toEqual([]);
    const known = new Set(cases091.map(({ id }) => id));
    expect(Object.keys(faultsByCase).filter(name => !known.has(`amqp091/client/${name}`))).toEqual([]);
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
