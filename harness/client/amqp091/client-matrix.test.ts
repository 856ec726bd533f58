import { describe, expect, test } from 'vitest';
import { systemClock } from '../../net/clock.ts';
import { startBroker } from '../../target/reference.ts';
import { broken, expectAll, expectCatalogue, findingsOn, soundly } from '../catalogue.test-kit.ts';
import { type AnyCase, isObserved, type PlayedCase } from '../client-case.ts';
import { playCase } from '../play.ts';
import type { Patience } from '../stage.ts';
import { type Finding, judgeObserved, judgePlay } from '../verdicts.ts';
import { cases091, healthy091 } from './cases.ts';
import { faultFor, faultsByCase } from './client-faults.test-kit.ts';
import { type ClientFault, machineClient } from './machine-client.test-kit.ts';
import { speech091 } from './speech.ts';

const sideBySide = 12;
const healthy = cases091.find((each): each is PlayedCase => each.id === healthy091 && !isObserved(each));

async function judged(law: AnyCase, fault: ClientFault, patience: Patience): Promise<Finding> {
  if (healthy === undefined) throw new Error('no healthy case');
  const stage = { startBroker, startClient: machineClient(fault), clock: systemClock };
  const played = await playCase(speech091, isObserved(law) ? healthy : law, stage, patience);
  return isObserved(law) ? judgeObserved(played.events, law) : judgePlay(played, law, new Set());
}

describe('the catalogue of clients of 0-9-1', () => {
  test('has ids of its own, and duties of clients', () => {
    expectCatalogue(cases091, 'amqp091/client', faultsByCase);
    expect(cases091.filter(each => !isObserved(each)).length).toBeGreaterThanOrEqual(60);
  });

  test('passes our own machine in all of them', { timeout: 300_000 }, async () => {
    expectAll(await findingsOn(cases091, sideBySide, law => judged(law, {}, soundly)), 'pass');
  });

  test('tells in each case of a machine that is broken there', { timeout: 300_000 }, async () => {
    expectAll(await findingsOn(cases091, sideBySide, law => judged(law, faultFor(law.id), broken)), 'fail');
  });
});
