import { annotate } from '../../../wire/amqp10/describe.ts';
import { Random } from '../../random.ts';
import type { Conversation, Setting, Speech } from '../conversation.ts';
import type { Departure10, Departures10 } from './departure10.ts';
import { cuttingDepartures } from './departures-cutting.ts';
import { fieldDepartures } from './departures-fields.ts';
import { octetDepartures, rareMessage } from './departures-octets.ts';
import { stateDepartures } from './departures-state.ts';
import { Follower10 } from './follower.ts';
import { strangers } from './opening-walk.ts';
import { type Piece, Script } from './script.ts';
import { stepsOf } from './steps.ts';
import { walks } from './walks.ts';

const ownDepartures: Departures10 = { ...fieldDepartures, ...stateDepartures, ...cuttingDepartures, 'rare-message': rareMessage };
/** Every departure by its name. */
export const departures10: Departures10 = { ...octetDepartures, ...ownDepartures };

/** Each name as often as its weight says. */
function raffleOf(rows: Readonly<Record<string, { readonly weight: number }>>): readonly string[] {
  return Object.entries(rows).flatMap(([name, { weight }]) => new Array<string>(weight).fill(name));
}

const ownRaffle = raffleOf(ownDepartures);
const octetRaffle = raffleOf(octetDepartures);
const walkRaffle = raffleOf(walks);
/** Departures that are drawn for a place before another place is, and places. */
const triesPerPlace = 20;
const placesMax = 10;

function legalScript(random: Random, index: number, setting: Setting): Script {
  const script = new Script(random, setting, `${setting.prefix}${index}`);
  if (setting.authenticated) walks[random.pick(walkRaffle)]?.walk(script);
  else strangers(script);
  return script;
}

interface Taken {
  readonly name: string;
  readonly state: string;
}

/** Departs once, at any piece; answers how, and changes the pieces. */
function departOnce(pieces: Piece[], random: Random, script: Script): Taken | undefined {
  let at = 0;
  let raffle = ownRaffle;
  for (let tries = 0; tries < triesPerPlace * placesMax; tries += 1) {
    if (tries % triesPerPlace === 0) {
      at = random.below(pieces.length);
      raffle = random.oneIn(2) ? octetRaffle : ownRaffle;
    }
    const piece = pieces[at] as Piece;
    const name = random.pick(raffle);
    const row = departures10[name] as Departure10;
    const instead = piece.departure === undefined ? row.apply(piece, random, script) : undefined;
    if (instead === undefined) continue;
    pieces.splice(at, 1, ...marked(instead, piece, name, row));
    return { name, state: piece.state };
  }
  return undefined;
}

/** The pieces that are not as they were bear the name of the departure; where one was left out, the next to come does. */
function marked(instead: readonly Piece[], original: Piece, name: string, { rule }: Departure10): readonly Piece[] {
  const told = { departure: name, ...(rule !== undefined && { rule }) };
  const [first, second] = instead;
  if (first === undefined) return [{ ...original, octets: new Uint8Array(0), holes: [], name: 'nothing', ...told }];
  const behind =
    first === original ||
    (first.octets === original.octets && first.departure === undefined && second !== undefined && first.cuts === undefined && first.stallMs === undefined);
  return instead.map((piece, at) => (at === (behind ? 1 : 0) ? { ...piece, ...told } : piece));
}

/** The walk of one conversation, without any departure. */
export function legalConversation(seed: number, index: number, setting: Setting): Conversation {
  const script = legalScript(new Random(seed, index), index, setting);
  return { protocol: 'amqp10', seed, index, state: script.states, departures: [], steps: stepsOf(script.pieces) };
}

function conversation(seed: number, index: number, setting: Setting): Conversation {
  const random = new Random(seed, index);
  const script = legalScript(random, index, setting);
  const pieces = [...script.pieces];
  const taken: Taken[] = [];
  for (let count = random.oneIn(4) ? 2 + random.below(2) : 1; count > 0; count -= 1) {
    const one = departOnce(pieces, random, script);
    if (one !== undefined) taken.push(one);
  }
  const last = pieces.findIndex(({ ends }) => ends !== undefined);
  const steps = stepsOf(last === -1 ? pieces : pieces.slice(0, last + 1));
  return { protocol: 'amqp10', seed, index, state: taken[0]?.state ?? script.states, departures: taken.map(({ name }) => name), steps };
}

/** States that the walks come through, as many as they are drawn. */
function statesOf(): readonly string[] {
  const setting: Setting = { prefix: 'p', user: 'u', password: 'p', virtualHost: '/', queue: 'q', authenticated: true };
  const all = new Set<string>();
  for (const pipelined of [true, false]) {
    for (const { walk } of Object.values(walks)) {
      for (let index = 0; index < 40; index += 1) {
        const script = new Script(new Random(1, index), { ...setting, pipelined }, 'p');
        walk(script);
        for (const { state } of script.pieces) all.add(state);
      }
    }
  }
  for (let index = 0; index < 60; index += 1) {
    const script = new Script(new Random(1, index), setting, 'p');
    strangers(script);
    for (const { state } of script.pieces) all.add(state);
  }
  return [...all].sort();
}

let states: readonly string[] | undefined;

/** Conversations of AMQP 1.0. */
export const speech10: Speech = {
  protocol: 'amqp10',
  conversation,
  follower: () => new Follower10(),
  departures: Object.keys(departures10),
  get states() {
    states ??= statesOf();
    return states;
  },
  annotate: octets => annotate(octets),
};
