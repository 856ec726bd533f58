import type { RuleId } from '../../../spec/catalogue.ts';
import type { Performative, PerformativeName } from '../../../wire/amqp10/codec.ts';
import type { Family } from '../../emit/departure.ts';
import type { Random } from '../../random.ts';
import { type Piece, type Script, said } from './script.ts';

/** One way to leave the law, or to keep it oddly, at a piece of a conversation: what stands in the piece's place, and undefined where it does not fit. */
export interface Departure10 {
  readonly family: Family;
  readonly weight: number;
  /** It is legal all the same, by this rule. */
  readonly rule?: RuleId;
  readonly apply: (piece: Piece, random: Random, script: Script) => readonly Piece[] | undefined;
}

export type Departures10 = Readonly<Record<string, Departure10>>;

/** Every field of every performative, each of which may stand in a `say`. */
type AnyFields = Readonly<Record<string, unknown>>;

/** The piece with other fields. Undefined where it says nothing of that name. */
export function changed(piece: Piece, name: PerformativeName, fields: AnyFields): readonly Piece[] | undefined {
  if (piece.what?.type !== name) return undefined;
  return [said(piece, { ...piece.what, ...fields } as Performative)];
}

/** A frame of its own before a piece. */
export function before(piece: Piece, what: Performative, channel: number = piece.channel, payload?: Uint8Array): readonly Piece[] {
  return [frameAt(piece, what, channel, payload), { ...piece, awaits: [] }];
}

/** A frame sent in the state of a piece, behind what that waits for. */
export function frameAt(piece: Piece, what: Performative, channel: number = piece.channel, payload?: Uint8Array): Piece {
  const { awaits, state, flow } = piece;
  const hole = what.type === 'flow' && channel === piece.channel ? flow?.hole : undefined;
  return said({ kind: 'frame', awaits, channel, state, ...(payload && { payload }), ...(hole && { hole }) }, what);
}

/** Octets sent in the state of a piece, in place of its own. */
export function octetsAt(piece: Piece, octets: Uint8Array, name = 'octets'): Piece {
  const { awaits, channel, state } = piece;
  return { kind: 'octets', name, octets, holes: [], awaits, channel, state };
}

/** What may stand in a performative of one name: one of the values of one of the fields, drawn. */
export function field(name: PerformativeName, key: string, values: readonly unknown[]): Departure10['apply'] {
  return (piece, random) => changed(piece, name, { [key]: random.pick(values) });
}
