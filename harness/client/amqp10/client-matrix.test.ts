import { describe, expect, test } from 'vitest';
import { systemClock } from '../../net/clock.ts';
import { startBroker } from '../../target/reference.ts';
import { broken, expectAll, expectCatalogue, findingsOn, soundly } from '../catalogue.test-kit.ts';
import { type AnyCase, isObserved } from '../client-case.ts';
import { playCase } from '../play.ts';
import type { Patience } from '../stage.ts';
import { type Finding, judgePlay } from '../verdicts.ts';
import { cases10 } from './cases.ts';
import { faultFor, faultsByCase } from './client-faults.test-kit.ts';
import { type ClientFault10, machineClient10 } from './machine-client.test-kit.ts';
import { speech10 } from './speech.ts';

const sideBySide = 24;

async function judged(law: AnyCase, fault: ClientFault10, patience: Patience): Promise<Finding> {
  if (isObserved(law)) throw new Error(`${law.id} is played by nobody`);
  const stage = { startBroker, startClient: machineClient10(fault), clock: systemClock };
  return judgePlay(await playCase(speech10, law, stage, patience), law, new Set());
}

describe('the catalogue of clients of 1.0', () => {
  test('has ids of its own, and duties of clients', () => {
    expectCatalogue(cases10, 'amqp10/client', faultsByCase);
    expect(cases10.filter(each => !isObserved(each)).length).toBeGreaterThanOrEqual(60);
  });

  test('passes our own machine in all of them', { timeout: 300_000 }, async () => {
    expectAll(await findingsOn(cases10, sideBySide, law => judged(law, {}, soundly)), 'pass');
  });

  test('tells in each case of a machine that is broken there', { timeout: 300_000 }, async () => {
    expectAll(await findingsOn(cases10, sideBySide, law => judged(law, faultFor(law), broken)), 'fail');
  });
});
