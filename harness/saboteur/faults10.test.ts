import { describe, expect, it } from 'vitest';
import { areas10 } from '../spec/amqp10/rules.ts';
import { serverDuties } from '../spec/ledger.ts';
import { dutyOf, faultsOf, violationFaults } from './faults.ts';
import { faults10 } from './faults10.ts';
import { frames10 } from './rewrites10.ts';
import { story } from './seam10.test-kit.ts';

const all = violationFaults().filter(({ id }) => Object.hasOwn(faults10, dutyOf(id) ?? ''));
const between = all.flatMap(({ id, fault }) => (fault.seam.kind === 'frames10' ? [{ id, fault, seam: fault.seam }] : []));
const areas = [
  'types',
  'framing',
  'connection',
  'session',
  'link',
  'flow',
  'transfer',
  'resume',
  'errors',
  'outcome',
  'terminus',
  'security',
  'message',
  'conversion',
  'transaction',
] as const;

describe('the faults of AMQP 1.0', () => {
  it.each(areas)('break every duty of a server in %s that can be shown and violated', area => {
    const owed = serverDuties.filter(id => Object.keys(areas10[area]).some(rule => id.startsWith(`${rule}:`)));
    expect(owed.length).toBeGreaterThan(0);
    expect(owed.filter(id => faultsOf(id).length === 0)).toEqual([]);
  });

  it('break duties that there are, each in its own words', () => {
    expect(Object.keys(faults10).filter(id => !(serverDuties as readonly string[]).includes(id))).toEqual([]);
    const said = all.map(({ fault }) => fault.does);
    expect(said.filter((does, at) => said.indexOf(does) !== at)).toEqual([]);
    expect(said.filter(does => !/^[a-z].*[^.]$/.test(does))).toEqual([]);
  });

  it('let an ordinary conversation go on to some end, whatever they do to it', () => {
    const plain = story(frames10(() => 'pass'));
    const acting = between.filter(({ seam }) => {
      const whole = story(seam);
      const [client, server] = [whole.heard('client'), whole.heard('server')];
      return Buffer.compare(client, plain.heard('client')) !== 0 || Buffer.compare(server, plain.heard('server')) !== 0;
    });
    console.info(`${all.length} faults of 1.0, ${between.length} between frames; ${acting.length} act in an ordinary conversation`);
    expect(acting.length).toBeGreaterThan(100);
  });
});
