import { delivered, firstTransfer, insertedBefore, nothing, part, transferAs } from './delivering.ts';
import { encoded } from './inject.ts';
import { compositeFrame } from './octets.ts';
import { alone, answersDetach, type Behind, case10, closes, goesOn, onwards, owing } from './words.ts';

const answerDetach = 'answer by a detach, or end more than the link';
const detachAnswered = owing(alone('detach'), ({ type }) => type === 'detach' || type === 'end' || type === 'close');
const tag = (size: number): Uint8Array => new Uint8Array(size).fill(0x74);

/** A receiver of settled deliveries tells no state of them. */
const untold: Behind = scene => {
  const then = onwards(scene);
  return (seen, at) => {
    if (seen.direction === 'to-server' && seen.what === 'frame' && seen.frame.type === 'amqp') {
      const { performative } = seen.frame;
      if (performative?.type === 'disposition' && performative.role === 'receiver' && performative.first === 0 && (performative.last ?? 0) === 0)
        scene.broke('amqp10/2.6.12.settled-sent:client-emit', 'it told what became of a delivery that was sent settled');
    }
    return then(seen, at);
  };
};

/** Transfers, in one frame or in many: sections 2.6.12, 2.6.14 and 2.7.5. */
export const transferCases = [
  case10({
    id: 'transfer/many-frames',
    title: 'A message in many frames, empty ones between them, is one message',
    duties: ['amqp10/2.6.14.reassembled:client-emit', 'amqp10/2.7.5.delivery-id-omitted:client-emit', 'amqp10/2.3.2.empty-frame:client-emit'],
    needs: 'consume',
    seam: firstTransfer(draft => {
      if (draft.fields.more === true) return false;
      const { length } = draft.payload;
      const empty = Uint8Array.of(0, 0, 0, 8, 2, 0, 0, 0);
      return [
        part(draft, 0, 7, true),
        empty,
        part(draft, 7, 7, true),
        part(draft, 7, 30, true),
        empty,
        part(draft, 30, length, true),
        part(draft, length, length, false),
      ];
    }, onwards),
  }),
  case10({
    id: 'transfer/octet-by-octet',
    title: 'A message of one octet a frame is one message',
    duties: ['amqp10/2.6.14.reassembled:client-emit'],
    needs: 'consume',
    seam: firstTransfer(draft => {
      if (draft.fields.more === true) return false;
      const most = Math.min(draft.payload.length, 60);
      const octets = Array.from({ length: most }, (_, at) => part(draft, at, at + 1, true));
      return [...octets, part(draft, most, draft.payload.length, false)];
    }, onwards),
  }),
  case10({
    id: 'transfer/aborted',
    title: 'A delivery that is aborted in its middle never was, and the next one is taken',
    duties: ['amqp10/2.6.14.aborted:client-emit'],
    needs: 'consume',
    seam: insertedBefore(
      draft => [
        part(draft, 0, 20, true, { deliveryTag: tag(5) }),
        encoded({ type: 'transfer', handle: draft.fields.handle, aborted: true }, draft.channel, tag(9)),
      ],
      2,
    ),
  }),
  case10({
    id: 'transfer/aborted-with-more',
    title: 'A transfer that aborts and announces more aborts',
    duties: ['amqp10/2.7.5.aborted-first:client-emit'],
    needs: 'consume',
    seam: insertedBefore(
      draft => [
        part(draft, 0, 20, true, { deliveryTag: tag(6) }),
        encoded({ type: 'transfer', handle: draft.fields.handle, aborted: true, more: true }, draft.channel),
      ],
      2,
    ),
  }),
  case10({
    id: 'transfer/detached-in-the-middle',
    title: 'A detach in the middle of a delivery is answered with a detach',
    duties: ['amqp10/2.6.6.close-answered:client-emit'],
    needs: 'consume',
    legal: answersDetach,
    lawful: true,
    owes: answerDetach,
    seam: firstTransfer(draft => [part(draft, 0, 20, true), { type: 'detach', handle: draft.fields.handle, closed: true }], detachAnswered),
  }),
  case10({
    id: 'transfer/settled',
    title: 'What becomes of a delivery that was sent settled is not told',
    duties: ['amqp10/2.6.12.settled-sent:client-emit'],
    needs: 'consume',
    trigger: 'a link that takes settled messages',
    seam: firstTransfer((draft, at) => {
      const link = at.link('to-client', draft.channel, draft.fields.handle);
      const mode = link?.attach['to-client']?.sndSettleMode ?? 'mixed';
      return draft.fields.deliveryId === 0 && mode !== 'unsettled' && [draft.with({ settled: true })];
    }, untold),
  }),
  case10({
    id: 'transfer/settled-left-out',
    title: 'A delivery is unsettled unless it says that it is settled',
    duties: ['amqp10/2.7.5.settled-default:client-emit', 'amqp10/2.6.12.outcome-told:client-emit'],
    needs: 'settle',
    legal: [goesOn],
    owes: 'tell what became of it',
    seam: firstTransfer(
      draft => draft.fields.settled !== true && [draft.with({ settled: undefined })],
      owing(onwards, body => body.type === 'disposition' && body.role === 'receiver'),
    ),
  }),
  case10({
    id: 'transfer/batchable',
    title: 'Batchable changes nothing of a delivery',
    duties: ['amqp10/2.7.5.batchable:client-emit'],
    needs: 'consume',
    seam: firstTransfer(draft => [draft.with({ batchable: true })], onwards),
  }),
  case10({
    id: 'transfer/tag-32',
    title: 'A delivery-tag may have 32 octets',
    duties: ['amqp10/2.6.12.delivery-tag:client-emit'],
    needs: 'consume',
    legal: [goesOn],
    seam: firstTransfer(draft => [draft.with({ deliveryTag: tag(32) })], onwards),
  }),
  case10({
    id: 'transfer/tag-empty',
    title: 'A delivery-tag may be empty',
    duties: ['amqp10/2.6.12.delivery-tag:client-emit'],
    needs: 'consume',
    legal: [goesOn],
    seam: firstTransfer(draft => [draft.with({ deliveryTag: nothing })], onwards),
  }),
  case10({
    id: 'transfer/tag-33',
    title: 'A delivery-tag of 33 octets ends with an error',
    duties: ['amqp10/2.8.7.delivery-tag-size:client-enforce'],
    needs: 'consume',
    seam: transferAs({ deliveryTag: tag(33) }),
  }),
  case10({
    id: 'transfer/tag-missing',
    title: 'A delivery without a delivery-tag ends with an error',
    duties: ['amqp10/2.6.12.delivery-tag:client-enforce'],
    needs: 'consume',
    seam: firstTransfer(draft => [draft.with({ deliveryTag: undefined })]),
  }),
  case10({
    id: 'transfer/tag-twice',
    title: 'The delivery-tag of an unsettled delivery, for another one, ends with an error unless the client has settled that',
    duties: ['amqp10/2.6.12.tag-unique:client-enforce'],
    needs: 'consume',
    // Whoever settles at once cannot know of it.
    legal: [goesOn, closes('link'), closes('session')],
    lawful: false,
    seam: firstTransfer(
      draft =>
        draft.fields.settled !== true && draft.fields.more !== true && [draft.frame, draft.with({ deliveryId: ((draft.fields.deliveryId ?? 0) + 1) >>> 0 })],
    ),
  }),
  case10({
    id: 'transfer/id-missing',
    title: 'A delivery without a delivery-id ends with an error',
    duties: ['amqp10/2.7.5.delivery-id:client-enforce'],
    needs: 'consume',
    seam: firstTransfer(draft => [draft.with({ deliveryId: undefined })]),
  }),
  case10({
    id: 'transfer/id-changed',
    title: 'A further transfer with another delivery-id ends with an error',
    duties: ['amqp10/2.7.5.delivery-id-changed:client-enforce'],
    needs: 'consume',
    seam: firstTransfer(draft => [
      part(draft, 0, 20, true),
      part(draft, 20, draft.payload.length, false, { deliveryId: ((draft.fields.deliveryId ?? 0) + 7) >>> 0 }),
    ]),
  }),
  case10({
    id: 'transfer/format-changed',
    title: 'A further transfer with another message-format ends with an error',
    duties: ['amqp10/2.7.5.format-changed:client-enforce'],
    needs: 'consume',
    seam: firstTransfer(draft => [part(draft, 0, 20, true), part(draft, 20, draft.payload.length, false, { messageFormat: 0x102030 })]),
  }),
  case10({
    id: 'transfer/interleaved',
    title: 'A delivery that begins before the one on its link has ended ends with an error',
    duties: ['amqp10/2.6.14.not-interleaved:client-enforce'],
    needs: 'consume',
    seam: firstTransfer(draft => [part(draft, 0, 20, true), draft.with({ deliveryId: ((draft.fields.deliveryId ?? 0) + 1) >>> 0, deliveryTag: tag(4) })]),
  }),
  case10({
    id: 'transfer/settle-mode-second',
    title: 'A transfer that asks to settle second, on a link that settles first, ends with an error',
    duties: ['amqp10/2.7.5.rcv-settle-mode-illegal:client-enforce'],
    needs: 'consume',
    trigger: 'a link that settles first',
    seam: firstTransfer((draft, at) => {
      const link = at.link('to-client', draft.channel, draft.fields.handle);
      return (link?.attach['to-server']?.rcvSettleMode ?? 'first') === 'first' && draft.fields.settled !== true && [draft.with({ rcvSettleMode: 'second' })];
    }),
  }),
  case10({
    id: 'transfer/unattached-handle',
    title: 'A transfer with a handle that no link has ends the session with unattached-handle',
    duties: ['amqp10/2.7.4.unattached-handle:client-enforce'],
    needs: 'consume',
    seam: firstTransfer((draft, at) => {
      const most = at.session('to-client', draft.channel)?.begin['to-server']?.handleMax ?? 0xffffffff;
      return most > draft.fields.handle && [draft.with({ handle: Math.min(most, draft.fields.handle + 40) })];
    }),
  }),
  case10({
    id: 'transfer/without-handle',
    title: 'A transfer without a handle ends with an error',
    duties: ['amqp10/2.7.5.handle:client-enforce'],
    needs: 'consume',
    seam: firstTransfer(draft => [compositeFrame('transfer', { deliveryId: draft.fields.deliveryId, deliveryTag: tag(2), messageFormat: 0 }, draft.channel)]),
  }),
  case10({
    id: 'transfer/too-large',
    title: "A message above the client's max-message-size detaches the link with message-size-exceeded",
    duties: ['amqp10/2.7.3.max-message-size:client-enforce'],
    needs: 'consume',
    trigger: 'a max-message-size that can be exceeded',
    legal: [closes('link', 'amqp:link:message-size-exceeded')],
    seam: delivered((message, at) => {
      const most = Number(at.link('to-client', message.channel, message.transfer.handle)?.attach['to-server']?.maxMessageSize ?? 0n);
      return most > 0 && most < 2 ** 22 && message.carrying(Uint8Array.of(0, 0x53, 0x75, 0xb0, ...size(most), ...new Uint8Array(most)));
    }, alone()),
  }),
];

const size = (octets: number): readonly number[] => [24, 16, 8, 0].map(shift => (octets >>> shift) & 0xff);
