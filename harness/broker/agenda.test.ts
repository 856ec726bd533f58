import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Agenda } from './agenda.ts';
import { Testbed } from './testbed.ts';

describe('an agenda', () => {
  test('gives tasks by time, those of one moment in the order they were set, and none that was called off', () => {
    const tasks = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 20 }), kept: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(tasks, all => {
        const agenda = new Agenda();
        const ran: number[] = [];
        const callOff = all.map(({ ms }, index) => agenda.at(ms, () => ran.push(index)));
        for (const [index, { kept }] of all.entries()) if (!kept) callOff[index]?.();
        const expected = [...all.entries()].filter(([, { kept }]) => kept).sort(([, a], [, b]) => a.ms - b.ms);
        expect(agenda.size).toBe(expected.length);
        for (let { next } = agenda; next !== undefined; next = agenda.next) {
          expect(agenda.takeDue(next - 1)).toBeUndefined();
          agenda.takeDue(next)?.();
        }
        expect(ran).toEqual(expected.map(([index]) => index));
        expect(agenda.size).toBe(0);
      }),
    );
  });

  test('does not run what was called off after it was taken', () => {
    const agenda = new Agenda();
    const callOff = agenda.at(1, () => {});
    agenda.takeDue(1);
    callOff();
    expect(agenda.size).toBe(0);
  });
});

describe('time in the core', () => {
  test('is asked for once, until something earlier or later matters', () => {
    const bed = new Testbed();
    const ran: string[] = [];
    const { core } = bed;
    const asked = () => bed.apply({ kind: 'tick' }).map(effect => effect.kind === 'wake-at' && effect.ms);
    core.at(50, () => ran.push('fifty'));
    const callOff = core.at(20, () => ran.push('twenty'));
    core.at(70, () => ran.push('seventy'));
    expect(asked()).toEqual([20]);
    callOff();
    expect(asked()).toEqual([50]);
    bed.pass(60);
    expect(ran).toEqual(['fifty']);
    expect(core.now).toBe(60);
    expect(asked()).toEqual([70]);
    bed.pass(10);
    expect(ran).toEqual(['fifty', 'seventy']);
    expect(asked()).toEqual([]);
  });
});
