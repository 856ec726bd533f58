import { emptyFrame } from '../../../wire/amqp10/codec.ts';
import { frameOf, joined } from '../../../wire/amqp10/craft.ts';
import { type Departures10, octetsAt } from './departure10.ts';
import type { Piece } from './script.ts';

const every = (length: number): readonly number[] => Array.from({ length: length - 1 }, (_, at) => at + 1);

const isFrame = ({ kind }: Piece): boolean => kind === 'frame' || kind === 'sasl';

/** Where the octets of a piece are cut, and how its sender falls silent or goes. */
export const cuttingDepartures = {
  'header-in-three': {
    family: 'cutting',
    weight: 2,
    rule: 'amqp10/2.2.header-in-pieces',
    apply: (piece, random) => (piece.kind === 'header' ? [{ ...piece, cuts: [1 + random.below(3), 4 + random.below(4)] }] : undefined),
  },
  'octet-by-octet': {
    family: 'cutting',
    weight: 2,
    rule: 'amqp10/2.3.1.pieces',
    apply: piece => (isFrame(piece) && piece.octets.length < 160 ? [{ ...piece, cuts: every(piece.octets.length) }] : undefined),
  },
  'head-in-three': {
    family: 'cutting',
    weight: 2,
    rule: 'amqp10/2.3.1.pieces',
    apply: (piece, random) => (isFrame(piece) && piece.octets.length > 8 ? [{ ...piece, cuts: [1 + random.below(3), 4 + random.below(4)] }] : undefined),
  },
  'stall-in-frame': {
    family: 'cutting',
    weight: 1,
    rule: 'amqp10/2.3.1.pieces',
    apply(piece, random) {
      if (!isFrame(piece) || piece.holes.length > 0) return undefined;
      const at = 1 + random.below(piece.octets.length - 1);
      const head = { ...piece, octets: piece.octets.subarray(0, at), stallMs: 20 + random.below(80) };
      return [head, { ...octetsAt(piece, piece.octets.subarray(at), 'rest'), awaits: [] }];
    },
  },
  'half-close': { family: 'cutting', weight: 1, apply: piece => [{ ...piece, ends: 'half-close' }] },
  'half-close-in-frame': {
    family: 'cutting',
    weight: 1,
    apply: (piece, random) => [{ ...octetsAt(piece, piece.octets.subarray(0, 1 + random.below(piece.octets.length - 1))), ends: 'half-close' }],
  },
  reset: { family: 'cutting', weight: 1, apply: piece => [{ ...piece, ends: 'reset' }] },
  'reset-in-frame': {
    family: 'cutting',
    weight: 1,
    apply: (piece, random) => [{ ...octetsAt(piece, piece.octets.subarray(0, 1 + random.below(piece.octets.length - 1))), ends: 'reset' }],
  },
  'extended-header': {
    family: 'lengths',
    weight: 2,
    rule: 'amqp10/2.3.1.extended-header',
    apply(piece, random) {
      if (piece.kind !== 'frame' || piece.holes.length > 0) return undefined;
      const extendedHeader = Buffer.alloc(4 * (1 + random.below(random.oneIn(4) ? 100 : 4)), random.below(256));
      return [{ ...octetsAt(piece, frameOf(piece.octets.subarray(8), { channel: piece.channel, extendedHeader }), piece.name) }];
    },
  },
  'empty-frames': {
    family: 'lengths',
    weight: 2,
    rule: 'amqp10/2.3.2.empty-frame',
    apply(piece, random) {
      const opened = piece.kind === 'frame' && piece.name !== 'open';
      if (!opened) return undefined;
      return [octetsAt(piece, joined(...Array.from({ length: 1 + random.below(5) }, () => emptyFrame)), 'empty'), { ...piece, awaits: [] }];
    },
  },
} as const satisfies Departures10;
