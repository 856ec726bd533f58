import fc from 'fast-check';
import type { Place } from './places10.ts';

export const names = ['s1', 'r1', 'r2'] as const;
export type Name = (typeof names)[number];
export type Receiving = Exclude<Name, 's1'>;
/** What the client tells that it holds, where a link that receives is attached again. */
export type Tells = 'nothing' | 'held' | 'accepted';

export type Step =
  | { readonly do: 'attach'; readonly link: Name; readonly place: Place; readonly tells: Tells }
  | { readonly do: 'detach'; readonly link: Name; readonly closed: boolean }
  | { readonly do: 'send'; readonly count: number }
  | { readonly do: 'receive'; readonly link: Receiving; readonly count: number }
  | { readonly do: 'settle'; readonly link: Receiving; readonly from: number; readonly count: number; readonly back: boolean }
  | { readonly do: 'end' | 'lose'; readonly place: Place };

const place = fc.constantFrom<Place>(0, 1, 2);
const receiving = fc.constantFrom<Receiving>('r1', 'r2');

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('attach' as const),
      link: fc.constantFrom<Name>('r1', 'r1', 'r2', 's1'),
      place,
      tells: fc.constantFrom<Tells>('nothing', 'held', 'accepted'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('detach' as const),
      link: fc.constantFrom<Name>('r1', 'r1', 'r2', 's1'),
      closed: fc.constantFrom(false, false, true),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('receive' as const), link: receiving, count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('settle' as const), link: receiving, from: fc.nat(3), count: fc.integer({ min: 1, max: 3 }), back: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'lose' as const), place }) },
);

/** A link that receives comes back with what it held, where it was detached or elsewhere while it is attached still. */
const again: fc.Arbitrary<readonly Step[]> = fc
  .record({ link: receiving, place, count: fc.integer({ min: 1, max: 3 }), leaves: fc.boolean(), tells: fc.constantFrom<Tells>('held', 'accepted', 'nothing') })
  .map(({ link, place: to, count, leaves, tells }) => [
    { do: 'attach', link, place: 0, tells: 'nothing' },
    { do: 'send', count },
    { do: 'receive', link, count },
    ...(leaves ? [{ do: 'detach', link, closed: false } as const] : []),
    { do: 'attach', link, place: to, tells },
    { do: 'receive', link, count },
  ]);

/** What may be done to links, in any order. */
export const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(fc.oneof({ weight: 6, arbitrary: step.map((each): readonly Step[] => [each]) }, { weight: 1, arbitrary: again }), {
    minLength: 2,
    maxLength: 16,
    size: 'max',
  })
  .map(each => each.flat());
