import { frameTypes, protocolIds } from '../../../spec/amqp10/constants.ts';
import { type Performative, protocolHeaders, saslBodyFrame } from '../../../wire/amqp10/codec.ts';
import { describedAs, frameOf, listOf, valueAs } from '../../../wire/amqp10/craft.ts';
import { protocolHeader091 } from '../../../wire/protocol-header.ts';
import type { Random } from '../../random.ts';
import { before, type Departures10, frameAt, octetsAt } from './departure10.ts';
import { type Piece, windowMax } from './script.ts';

const encoder = new TextEncoder();
const half = 2 ** 31;
const most = 2 ** 32 - 1;

/** Any frame at all, with what it must have; nothing in it makes anything that lasts. */
const anyFrames: readonly ((random: Random, piece: Piece) => Performative)[] = [
  () => ({ type: 'open', containerId: 'again' }),
  () => ({ type: 'begin', nextOutgoingId: 0, incomingWindow: windowMax, outgoingWindow: windowMax }),
  random => ({ type: 'attach', name: 'x', handle: random.pick([0, 1, 5]), role: 'receiver', source: { type: 'source' }, target: { type: 'target' } }),
  (random, { flow }) => ({ type: 'flow', ...(flow?.fields ?? anyFlow), handle: random.pick([undefined, 0, 1, 9]), ...(random.oneIn(2) && { echo: true }) }),
  random => ({ type: 'transfer', handle: random.pick([0, 1, 9]), deliveryId: random.pick([0, 1, 5]), deliveryTag: Buffer.from('x'), messageFormat: 0 }),
  random => ({
    type: 'disposition',
    role: random.pick(['sender', 'receiver']),
    first: random.pick([0, 1, half]),
    last: random.pick([0, 1, most]),
    settled: true,
    state: { type: 'accepted' },
  }),
  random => ({ type: 'detach', handle: random.pick([0, 1, 9]), closed: true }),
  () => ({ type: 'end' }),
  () => ({ type: 'close' }),
];
const anyFlow = { incomingWindow: windowMax, nextOutgoingId: 0, outgoingWindow: windowMax };

const saslFrames = [
  saslBodyFrame({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: encoder.encode('\0a\0b') }).slice(),
  saslBodyFrame({ type: 'sasl-mechanisms', saslServerMechanisms: ['PLAIN'] }).slice(),
  saslBodyFrame({ type: 'sasl-challenge', challenge: new Uint8Array(0) }).slice(),
  saslBodyFrame({ type: 'sasl-response', response: new Uint8Array(0) }).slice(),
  saslBodyFrame({ type: 'sasl-outcome', code: 'ok' }).slice(),
  frameOf(new Uint8Array(0), { type: frameTypes.sasl }),
];

const headers = [
  protocolHeader091,
  protocolHeaders.tls,
  protocolHeaders.sasl,
  protocolHeaders.amqp,
  Uint8Array.of(0x41, 0x4d, 0x51, 0x50, protocolIds.amqp, 1, 1, 0),
  Uint8Array.of(0x41, 0x4d, 0x51, 0x50, protocolIds.sasl, 0, 9, 1),
  Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 9, 1, 0, 0),
  encoder.encode('AMQX....'),
  encoder.encode('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  Buffer.alloc(8),
  Buffer.alloc(64, 0xff),
];

const beginOf = (code: number | bigint): Uint8Array => valueAs({ type: 'ulong', value: BigInt(code) }, 'ulong');
/** Bodies that begin with what is no performative. */
const strangers = [
  ...[0, 0x0f, 0x19, 0x1d, 0x24, 0x28, 0x40, 0x41, 0x70, 0x77, 0xff, 2n ** 64n - 1n].map(code => describedAs(beginOf(code), listOf([]))),
  describedAs(valueAs({ type: 'symbol', value: 'amqp:nothing:list' }, 'sym8'), listOf([])),
  describedAs(valueAs({ type: 'string', value: 'amqp:open:list' }, 'str8-utf8'), listOf([])),
  describedAs(describedAs(beginOf(0x10), listOf([])), listOf([])),
  describedAs(beginOf(0x10), valueAs({ type: 'uint', value: 1 }, 'uint')),
  listOf([]),
  Uint8Array.of(0x40),
];

/** Frames in a state, on a channel or in a layer that is not theirs. */
export const stateDepartures = {
  'any-frame': {
    family: 'state',
    weight: 10,
    apply: (piece, random) =>
      piece.kind === 'header' ? undefined : before(piece, random.pick(anyFrames)(random, piece), random.pick([piece.channel, piece.channel, 1, 7])),
  },
  'frame-again': { family: 'state', weight: 3, apply: piece => (piece.kind === 'header' ? undefined : [piece, { ...piece, awaits: [] }]) },
  'left-out': { family: 'state', weight: 2, apply: piece => (piece.name === 'close' ? undefined : []) },
  'behind-close': {
    family: 'state',
    weight: 2,
    apply: (piece, random) =>
      piece.name === 'close' ? [{ ...piece }, { ...frameAt(piece, random.pick(anyFrames)(random, piece)), awaits: [], state: 'CLOSE_SENT' }] : undefined,
  },
  'before-login': {
    family: 'state',
    weight: 1,
    apply: (piece, random) => (piece.kind === 'sasl' ? before(piece, random.pick(anyFrames)(random, piece)) : undefined),
  },
  'sasl-frame': { family: 'state', weight: 2, apply: (piece, random) => [octetsAt(piece, random.pick(saslFrames), 'sasl-frame'), { ...piece, awaits: [] }] },
  'header-again': { family: 'state', weight: 1, apply: (piece, random) => [octetsAt(piece, random.pick(headers), 'header'), { ...piece, awaits: [] }] },
  'other-header': {
    family: 'identifiers',
    weight: 4,
    apply: (piece, random) => (piece.kind === 'header' ? [octetsAt(piece, random.pick(headers), 'header')] : undefined),
  },
  'unknown-body': {
    family: 'identifiers',
    weight: 3,
    apply: (piece, random) =>
      piece.kind === 'frame' ? [octetsAt(piece, frameOf(random.pick(strangers), { channel: piece.channel })), { ...piece, awaits: [] }] : undefined,
  },
  'unknown-frame-type': {
    family: 'identifiers',
    weight: 1,
    apply: (piece, random) =>
      piece.kind === 'header'
        ? undefined
        : [octetsAt(piece, frameOf(piece.octets.subarray(8), { type: random.pick([2, 3, 127, 255]), channel: piece.channel })), { ...piece, awaits: [] }],
  },
  'other-channel': {
    family: 'identifiers',
    weight: 2,
    apply(piece, random) {
      if (piece.kind !== 'frame' || piece.holes.length > 0) return undefined;
      const channel = random.pick([1, 2, 255, 256, 1024, 65535]);
      return [{ ...octetsAt(piece, frameOf(piece.octets.subarray(8), { channel }), piece.name) }];
    },
  },
  unawaited: {
    family: 'state',
    weight: 2,
    apply: piece => (piece.awaits.length > 0 && piece.holes.length === 0 && piece.kind === 'frame' ? [{ ...piece, awaits: [] }] : undefined),
  },
} as const satisfies Departures10;
