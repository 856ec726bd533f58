import { type AmqpValue, encodeMessage } from '../../../wire/amqp10/codec.ts';
import { sectionOf } from '../../../wire/amqp10/craft.ts';
import { changed, type Departure10, type Departures10, field } from './departure10.ts';
import { type Piece, said } from './script.ts';

const half = 2 ** 31;
const most = 2 ** 32 - 1;
const nearWrap = [half - 2, half - 1, half, most - 1, most];

const text = (value: string): AmqpValue => ({ type: 'string', value });

/** Addresses and names that are legal and rare; all but the empty one begin as this conversation's do. */
const rareTexts = (prefix: string): readonly string[] => [
  prefix + ' '.repeat(3),
  prefix + 'a'.repeat(255 - prefix.length),
  prefix + 'a'.repeat(300),
  `${prefix}${'\u00e4'.repeat(100)}`,
  `${prefix}\u{1f407}\u202e`,
  `${prefix}\0embedded`,
  `${prefix}/%zz/..//?#&`,
  `${prefix}\n\r\t`,
];

const firstTransfer = (piece: Piece): boolean => piece.what?.type === 'transfer' && piece.what.deliveryId !== undefined;
const ofFirst = (fields: (random: Parameters<Departure10['apply']>[1], piece: Piece) => Readonly<Record<string, unknown>>): Departure10['apply'] => {
  return (piece, random) => (firstTransfer(piece) ? changed(piece, 'transfer', fields(random, piece)) : undefined);
};

/** Of a message in one frame: other octets. */
function withPayload(piece: Piece, payload: Uint8Array): readonly Piece[] | undefined {
  const { what } = piece;
  if (what?.type !== 'transfer' || what.more === true || what.deliveryId === undefined || piece.hole !== undefined) return undefined;
  return [said({ ...piece, payload }, what)];
}

/** Sections in no order that the standard knows, or none at all. */
const brokenMessages: readonly Uint8Array[] = [
  new Uint8Array(0),
  Uint8Array.of(0),
  Uint8Array.of(0, 0x53, 0x75),
  sectionOf(0x70, { type: 'list', value: [] }),
  Buffer.concat([sectionOf(0x77, text('a')), sectionOf(0x70, { type: 'list', value: [] })]),
  Buffer.concat([sectionOf(0x77, text('a')), sectionOf(0x77, text('b'))]),
  Buffer.concat([sectionOf(0x75, { type: 'binary', value: Uint8Array.of(1) }), sectionOf(0x76, { type: 'list', value: [] })]),
  sectionOf(0x75, text('a')),
  sectionOf(0x79, text('a')),
  sectionOf(0x74, { type: 'map', value: [[{ type: 'uint', value: 1 }, text('a')]] }),
];

/** Limits, numbers and values of frames that are well-formed. */
export const fieldDepartures = {
  'open-max-frame-size': { family: 'limits', weight: 3, apply: field('open', 'maxFrameSize', [0, 1, 511, 512, 513]) },
  'open-channel-max': { family: 'limits', weight: 2, apply: field('open', 'channelMax', [0, 1, 65535]) },
  'open-idle-time-out': { family: 'limits', weight: 2, apply: field('open', 'idleTimeOut', [0, 1, 9, 1000, most]) },
  'open-container-id': {
    family: 'values',
    weight: 1,
    apply: (piece, random, { name }) => changed(piece, 'open', { containerId: random.pick(['', ...rareTexts(name)]) }),
  },
  'open-hostname': {
    family: 'values',
    weight: 1,
    apply: (piece, random) => changed(piece, 'open', { hostname: random.pick(['', 'nowhere.invalid', 'vhost:none', '\0', 'h'.repeat(255)]) }),
  },
  'begin-incoming-window': { family: 'limits', weight: 2, apply: field('begin', 'incomingWindow', [0, 1, half - 1, half, most]) },
  'begin-outgoing-window': { family: 'limits', weight: 1, apply: field('begin', 'outgoingWindow', [0, 1, half, most]) },
  'begin-handle-max': { family: 'limits', weight: 2, apply: field('begin', 'handleMax', [0, 1, most]) },
  'begin-remote-channel': { family: 'identifiers', weight: 1, apply: field('begin', 'remoteChannel', [0, 1, 65535]) },
  'attach-initial-delivery-count': { family: 'serials', weight: 2, apply: field('attach', 'initialDeliveryCount', nearWrap) },
  'attach-no-delivery-count': {
    family: 'serials',
    weight: 1,
    apply: piece => (piece.what?.type === 'attach' && piece.what.role === 'sender' ? changed(piece, 'attach', { initialDeliveryCount: undefined }) : undefined),
  },
  'attach-max-message-size': { family: 'limits', weight: 1, apply: field('attach', 'maxMessageSize', [0n, 1n, 2n ** 63n, 2n ** 64n - 1n]) },
  'attach-handle': { family: 'identifiers', weight: 2, apply: field('attach', 'handle', [255, 256, 65535, half, most]) },
  'attach-name': { family: 'values', weight: 1, apply: (piece, random, { name }) => changed(piece, 'attach', { name: random.pick(['', ...rareTexts(name)]) }) },
  'attach-address': {
    family: 'values',
    weight: 2,
    apply(piece, random, { name }) {
      const { what } = piece;
      if (what?.type !== 'attach') return undefined;
      const address = random.pick(['', ...rareTexts(name)]);
      return changed(piece, 'attach', what.role === 'sender' ? { target: { type: 'target', address } } : { source: { type: 'source', address } });
    },
  },
  'attach-no-terminus': { family: 'values', weight: 1, apply: field('attach', 'target', [undefined]) },
  'attach-unsettled': {
    family: 'identifiers',
    weight: 1,
    apply: (piece, random) =>
      changed(piece, 'attach', {
        unsettled: random.pick([
          [
            [
              { type: 'binary', value: Buffer.from('x') },
              { type: 'null', value: null },
            ],
          ],
          [
            [
              { type: 'null', value: null },
              { type: 'null', value: null },
            ],
          ],
          [[text('x'), text('y')]],
        ]),
      }),
  },
  'attach-settle-modes': {
    family: 'values',
    weight: 1,
    apply: (piece, random) => changed(piece, 'attach', { sndSettleMode: random.pick(['settled', 'unsettled']), rcvSettleMode: 'second' }),
  },
  'flow-credit': {
    family: 'limits',
    weight: 2,
    apply: (piece, random) =>
      piece.what?.type === 'flow' && piece.what.handle !== undefined
        ? changed(piece, 'flow', { linkCredit: random.pick([0, half - 1, half, most]) })
        : undefined,
  },
  'flow-window': { family: 'limits', weight: 2, apply: field('flow', 'incomingWindow', [0, 1, half, most]) },
  'flow-next-outgoing-id': { family: 'serials', weight: 4, apply: field('flow', 'nextOutgoingId', nearWrap) },
  'flow-next-incoming-id': { family: 'serials', weight: 2, apply: field('flow', 'nextIncomingId', [0, ...nearWrap]) },
  'flow-delivery-count': {
    family: 'serials',
    weight: 2,
    apply: (piece, random) =>
      piece.what?.type === 'flow' && piece.what.handle !== undefined ? changed(piece, 'flow', { deliveryCount: random.pick(nearWrap) }) : undefined,
  },
  'flow-link-fields-alone': {
    family: 'identifiers',
    weight: 1,
    apply: piece => changed(piece, 'flow', { handle: undefined, linkCredit: 10, deliveryCount: 0 }),
  },
  'flow-handle': { family: 'identifiers', weight: 4, apply: field('flow', 'handle', [77, 65535, most]) },
  'transfer-handle': { family: 'identifiers', weight: 2, apply: field('transfer', 'handle', [77, 65535, most]) },
  'transfer-delivery-id': { family: 'serials', weight: 2, apply: ofFirst(random => ({ deliveryId: random.pick([1, 7, ...nearWrap]) })) },
  'transfer-no-delivery-id': { family: 'identifiers', weight: 1, apply: ofFirst(() => ({ deliveryId: undefined })) },
  'transfer-no-tag': { family: 'identifiers', weight: 1, apply: ofFirst(() => ({ deliveryTag: undefined })) },
  'transfer-tag': { family: 'lengths', weight: 2, apply: ofFirst(random => ({ deliveryTag: Buffer.alloc(random.pick([0, 1, 31, 32, 33, 255, 256])) })) },
  'transfer-format': { family: 'identifiers', weight: 1, apply: ofFirst(random => ({ messageFormat: random.pick([1, 255, 0x80000000, most]) })) },
  'transfer-flags': {
    family: 'values',
    weight: 2,
    apply: ofFirst(random =>
      random.pick([{ aborted: true }, { aborted: true, more: true }, { resume: true }, { more: true }, { rcvSettleMode: 'second' }, { batchable: true }]),
    ),
  },
  'transfer-state': {
    family: 'values',
    weight: 2,
    apply: ofFirst(random => ({
      state: random.pick([
        { type: 'received', sectionNumber: 0, sectionOffset: 0n },
        { type: 'accepted' },
        { type: 'transactional-state', txnId: Buffer.from('nobody') },
      ]),
    })),
  },
  'further-transfer': {
    family: 'identifiers',
    weight: 4,
    apply: (piece, random) =>
      piece.what?.type === 'transfer' && !firstTransfer(piece)
        ? changed(piece, 'transfer', random.pick([{ deliveryId: 99 }, { deliveryTag: Buffer.from('other') }, { messageFormat: 7 }, { handle: 1 }]))
        : undefined,
  },
  'disposition-range': {
    family: 'serials',
    weight: 6,
    apply(piece, random) {
      const [first, last] = random.pick([
        [1, 0],
        [0, most],
        [0, half - 1],
        [0, half],
        [half, half - 1],
        [most, 0],
        [most - 1, 1],
        [5, 5],
      ] as const);
      return changed(piece, 'disposition', { first, last });
    },
  },
  'disposition-role': { family: 'identifiers', weight: 4, apply: field('disposition', 'role', ['sender']) },
  'disposition-state': {
    family: 'values',
    weight: 4,
    apply: (piece, random) =>
      changed(piece, 'disposition', {
        state: random.pick([
          undefined,
          { type: 'received', sectionNumber: most, sectionOffset: 2n ** 64n - 1n },
          { type: 'transactional-state', txnId: new Uint8Array(0) },
          { type: 'declared', txnId: Buffer.from('x') },
        ]),
      }),
  },
  'detach-handle': { family: 'identifiers', weight: 4, apply: field('detach', 'handle', [77, most]) },
  'error-condition': {
    family: 'values',
    weight: 4,
    apply(piece, random) {
      const name = piece.what?.type;
      if (name !== 'detach' && name !== 'end' && name !== 'close') return undefined;
      return changed(piece, name, {
        error: {
          type: 'error',
          condition: random.pick(['', 'x:nobody-knows', 'amqp:link:stolen', 'a'.repeat(200)]),
          description: random.pick(['', '\0', '\u20ac'.repeat(60)]),
        },
      });
    },
  },
  'broken-message': { family: 'values', weight: 3, apply: (piece, random) => withPayload(piece, random.pick(brokenMessages)) },
  'message-times': {
    family: 'values',
    weight: 1,
    apply: (piece, random) => {
      const time = random.pick([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 253402300800000n]);
      return withPayload(
        piece,
        encodeMessage({
          header: { ttl: random.pick([0, 1, most]), priority: random.pick([0, 255]) },
          properties: { absoluteExpiryTime: time, creationTime: time },
          body: { type: 'data', value: [] },
        }),
      );
    },
  },
} as const satisfies Departures10;
