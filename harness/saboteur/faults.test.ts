import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { allChecks } from '../../suites/checks.ts';
import { chaosFaults, dutyOf, faultIds, faults, faultsFor, faultsOf, findFault, violationFaults } from './faults.ts';

describe('the names of faults', () => {
  it('are those of duties, numbered from the second on, and of nuisances', () => {
    expect(faultsOf('amqp091/4.2.3.frame-end:enforce').map(({ id }) => id)).toEqual([
      'violation:amqp091/4.2.3.frame-end:enforce',
      'violation:amqp091/4.2.3.frame-end:enforce#2',
    ]);
    expect(chaosFaults().map(({ id }) => id)).toEqual(['chaos:drop', 'chaos:delay', 'chaos:nack', 'chaos:close', 'chaos:stall', 'chaos:cut']);
    expect(new Set(faultIds()).size).toBe(violationFaults().length + 6);
  });

  it('find their faults, and no others', () => {
    const [first, second] = faults['amqp091/4.2.3.frame-end:enforce'];
    expect(findFault('violation:amqp091/4.2.3.frame-end:enforce')).toBe(first);
    expect(findFault('violation:amqp091/4.2.3.frame-end:enforce#1')).toBe(first);
    expect(findFault('violation:amqp091/4.2.3.frame-end:enforce#2')).toBe(second);
    for (const wrong of ['', 'violation:', 'violation:amqp091/4.2.3.frame-end:enforce#3', 'chaos:monkey', 'chaos:drop#2'])
      expect(findFault(wrong)).toBeUndefined();
  });

  it('tell the duty', () => {
    expect(dutyOf('violation:amqp091/4.2.3.frame-end:enforce#2')).toBe('amqp091/4.2.3.frame-end:enforce');
    expect(dutyOf('chaos:drop')).toBeUndefined();
    expect(dutyOf('violation:toString')).toBeUndefined();
  });
});

describe('the faults that a check should find', () => {
  it('are those of its duties, where their area holds it', () => {
    const check = { id: 'amqp091/get/tags', duties: ['amqp091/domain.delivery-tag.non-zero:emit'] } as const;
    expect(faultsFor(check).map(({ id }) => id)).toEqual(['violation:amqp091/domain.delivery-tag.non-zero:emit']);
    expect(faultsFor({ ...check, id: 'amqp091/header/accepted' })).toEqual([]);
  });
});

describe('each fault', () => {
  const all = [...violationFaults(), ...chaosFaults()];
  it.each(all)('$id says what it does, and its area holds checks', ({ fault }) => {
    expect(fault.does).toMatch(/^[a-z].*[^.]$/);
    for (const glob of fault.area)
      expect(
        allChecks.filter(({ id }) => picomatch(glob)(id)),
        glob,
      ).not.toEqual([]);
  });

  it('says it once', () => {
    const said = all.map(({ fault }) => fault.does);
    expect(said.filter((does, at) => said.indexOf(does) !== at)).toEqual([]);
  });
});
