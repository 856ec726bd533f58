import { sectionOf } from '../../../wire/amqp10/craft.ts';
import { type DepartureName, departBy, departures, familyOf } from '../../emit/departures.ts';
import { emitters, markedDraft } from '../../emit/emitter.ts';
import { type Departure10, octetsAt } from './departure10.ts';
import { type Piece, said } from './script.ts';

/** Departures that only change what has several frames, or that a conversation takes in a way of its own. */
const notHere: ReadonlySet<string> = new Set([
  'frames-swapped',
  'frame-left-out',
  'frame-again',
  'other-channel',
  'frame-end',
  'property-flags',
  'body-size',
  'truncation',
]);

function ofOctets(name: DepartureName): Departure10 {
  return {
    family: familyOf(name),
    weight: departures[name].weight,
    apply(piece, random) {
      if (piece.kind !== 'frame' && piece.kind !== 'sasl') return undefined;
      const draft = markedDraft(piece.octets, 'amqp10');
      return departBy(name, draft, random, emitters.amqp10) ? [octetsAt(piece, draft.octets.slice(), piece.name)] : undefined;
    },
  };
}

/** The emitter's departures, of the octets of one frame of a conversation. */
export const octetDepartures: Readonly<Record<string, Departure10>> = Object.fromEntries(
  (Object.keys(departures) as DepartureName[]).filter(name => !notHere.has(name)).map(name => [name, ofOctets(name)]),
);

const wholeMessage = ({ what, hole }: Piece): boolean => what?.type === 'transfer' && what.more !== true && what.deliveryId !== undefined && hole === undefined;

/** Values that are rare or malformed as the body of a message. */
export const rareMessage: Departure10 = {
  family: 'values',
  weight: 4,
  apply(piece, random) {
    if (!wholeMessage(piece) || piece.what === undefined) return undefined;
    return [said({ ...piece, payload: sectionOf(0x77, random.pick(emitters.amqp10.values)) }, piece.what)];
  },
};
