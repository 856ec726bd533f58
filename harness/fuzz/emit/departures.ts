import type { Random } from '../random.ts';
import type { Departure, Emitter, Family } from './departure.ts';
import { numberDepartures } from './departures-numbers.ts';
import { octetDepartures } from './departures-octets.ts';
import { valueDepartures } from './departures-values.ts';
import type { Draft } from './draft.ts';

/** Every departure of octets by its name, the same for both protocols; where one finds nothing to change another is drawn. */
export const departures = { ...numberDepartures, ...valueDepartures, ...octetDepartures } as const satisfies Readonly<Record<string, Departure>>;

export type DepartureName = keyof typeof departures;

const rows: readonly (readonly [DepartureName, Departure])[] = Object.entries(departures) as [DepartureName, Departure][];

/** The kind of departure that a name stands for. */
export function familyOf(name: DepartureName): Family {
  return departures[name].family;
}

/** Each name as often as its weight says. */
const raffleOf = (of: (row: Departure) => boolean): readonly DepartureName[] =>
  rows.flatMap(([name, row]) => (of(row) ? new Array<DepartureName>(row.weight).fill(name) : []));

const raffle = raffleOf(() => true);
const raffles = new Map<string, readonly DepartureName[]>();

function raffleAmong(among: readonly Family[]): readonly DepartureName[] {
  const key = among.join();
  const names = raffles.get(key) ?? raffleOf(({ family }) => among.includes(family));
  raffles.set(key, names);
  return names;
}

/** Departures that are drawn before all are tried. */
const triesMax = 12;

/**
 * Departs from the law once; answers how, undefined where nothing was found to change. The places of a draft that has none marked are found first, for
 * which its octets have to be whole legal frames. Only departures of the families `among` are drawn, of all unless given.
 * @example depart(markedDraft(encodeMethodFrame(1, method('queue.declare')), 'amqp091'), new Random(42, 0), emitters.amqp091)
 */
export function depart(draft: Draft, random: Random, emitter: Emitter, among?: readonly Family[]): DepartureName | undefined {
  if (!draft.marked) emitter.mark(draft);
  const names = among === undefined ? raffle : raffleAmong(among);
  for (let tries = triesMax; tries > 0; tries -= 1) {
    const name = random.pick(names);
    if (departures[name].apply(draft, random, emitter)) return name;
  }
  // Rare luck must not look like nothing to change.
  return names.find((name, index) => name !== names[index - 1] && departures[name].apply(draft, random, emitter));
}

/** Takes one departure by name; answers whether it found anything to change. */
export function departBy(name: DepartureName, draft: Draft, random: Random, emitter: Emitter): boolean {
  if (!draft.marked) emitter.mark(draft);
  return departures[name].apply(draft, random, emitter);
}
