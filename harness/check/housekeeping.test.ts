import { describe, expect, test } from 'vitest';
import type { Leftover } from '../probe/janitor.ts';
import type { Entity } from '../probe/names.ts';
import { Housekeeping } from './housekeeping.ts';

const queue = (name: string, exclusive = false): Entity => ({ kind: 'queue', name, exclusive });

/** A target on which some names cannot be deleted, the first so many times; what its janitors were asked, each with its number. */
function target(stubborn: Readonly<Record<string, number>> = {}) {
  const left = new Map(Object.entries(stubborn));
  const asked: string[] = [];
  let janitors = 0;
  const employ = () => {
    janitors += 1;
    const number = janitors;
    return {
      async clean(entities: readonly Entity[]): Promise<readonly Leftover[]> {
        asked.push(`${number}: ${entities.map(({ name }) => name).join(' ')}`);
        return entities.flatMap(entity => {
          const times = left.get(entity.name) ?? 0;
          left.set(entity.name, times - 1);
          return times > 0 ? [{ entity, why: 'it would not go.' }] : [];
        });
      },
      async close() {
        asked.push(`${number} leaves`);
      },
    };
  };
  return { asked, housekeeping: new Housekeeping(employ) };
}

describe('housekeeping', () => {
  test('deletes at once what lasts, and at the end what should have gone with its connection', async () => {
    const { asked, housekeeping } = target();
    await housekeeping.clean([queue('a'), queue('own', true), queue('b')], false);
    expect(asked).toEqual(['1: a b']);
    expect(await housekeeping.close(false)).toEqual([]);
    expect(asked).toEqual(['1: a b', '1: own', '1: ', '1 leaves']);
  });

  test('tries again at the end what could not be deleted, twice, and says then what may be left', async () => {
    const { asked, housekeeping } = target({ once: 1, twice: 2, never: 9, neither: 9 });
    await housekeeping.clean([queue('once'), queue('twice'), queue('never'), queue('neither')], false);
    expect(await housekeeping.close(false)).toEqual(['queue never, neither may be left behind: it would not go.']);
    expect(asked).toEqual(['1: once twice never neither', '1: once twice never neither', '1: twice never neither', '1 leaves']);
  });

  test('asks nothing of a target that is down, and names what lasts there', async () => {
    const { asked, housekeeping } = target();
    await housekeeping.clean([queue('a'), queue('own', true)], true);
    await housekeeping.clean([queue('b')], true);
    expect(await housekeeping.close(true)).toEqual(['Not deleted, since the target is down: a, b.']);
    expect(asked).toEqual([]);
  });

  test('has nothing to say of a target that is down where nothing lasts', async () => {
    const { housekeeping } = target();
    await housekeeping.clean([queue('own', true)], true);
    expect(await housekeeping.close(true)).toEqual([]);
  });

  test('employs somebody new when the target was down, who finds what was left before', async () => {
    const { asked, housekeeping } = target();
    await housekeeping.clean([queue('a')], true);
    housekeeping.renew();
    await housekeeping.clean([queue('b')], false);
    expect(await housekeeping.close(false)).toEqual([]);
    expect(asked).toEqual(['2: b', '2: a', '2: ', '2 leaves']);
  });
});
