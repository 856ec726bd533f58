import { serialPlus } from '../endpoint/amqp10/serial.ts';
import type { AmqpTransfer } from '../wire/amqp10/codec.ts';
import type { Conversation10, FrameSeam10, LinkSeen } from './fault10.ts';
import { published10 } from './messages10.ts';
import { lastChannel, lastIs, pardoned, spoilt } from './pardons10.ts';
import { refusedSession } from './refusals10.ts';
import { answer10, type Draft10, later10, linkOf, remembering10, request10 } from './rewrites10.ts';
import { type FaultTable, faultsIn } from './row.ts';

const transferring = faultsIn('amqp10/transfer/**');
const everywhere = ['amqp10/**'];

type Transfer = Draft10<'transfer'>;

/** Whether this transfer begins a delivery, and whether it goes on with one. */
const isFirst = (draft: Transfer, at: Conversation10): boolean => linkOf(draft, at)?.underWay === undefined;
const isFurther = (draft: Transfer, at: Conversation10): boolean => linkOf(draft, at)?.underWay !== undefined;

/** The link of the client's last frame, a transfer, as it stands behind it. */
function linkOfLast(transfer: AmqpTransfer, at: Conversation10): LinkSeen | undefined {
  return at.link('to-server', lastChannel(at), transfer.handle);
}

/** Whether the client's last transfer names another delivery, tag or format than the one that is under way. */
const differs = (field: 'deliveryId' | 'deliveryTag' | 'messageFormat') =>
  lastIs('transfer', (transfer, at) => {
    const first = linkOfLast(transfer, at)?.underWay?.first ?? before(at, transfer);
    return first !== undefined && first !== transfer && transfer[field] !== undefined && String(transfer[field]) !== String(first[field]);
  });

/** The first transfer of the last delivery that began before this one, where that was the last of it. */
function before(at: Conversation10, transfer: AmqpTransfer): AmqpTransfer | undefined {
  return [...(linkOfLast(transfer, at)?.unsettled.values() ?? [])].at(-1);
}

/** Transfers: deliveries, their ids and tags, and the messages in them. */
export const transferFaults10 = {
  'amqp10/2.6.12.delivery-tag:emit': [
    transferring(
      'sends deliveries without a tag',
      later10(answer10('transfer', (draft, at) => isFirst(draft, at) && draft.with({ deliveryTag: undefined }))),
      everywhere,
    ),
  ],
  'amqp10/2.6.12.delivery-tag:enforce': [
    transferring(
      'takes a delivery without a tag',
      request10(
        'transfer',
        (draft, at) =>
          isFirst(draft, at) && draft.fields.deliveryTag === undefined && draft.with({ deliveryTag: Uint8Array.of(0x7f, draft.fields.deliveryId ?? 0) }),
      ),
    ),
  ],
  'amqp10/2.6.12.tag-unique:emit': [
    transferring(
      'gives all deliveries of a link one tag',
      answer10('transfer', (draft, at) => isFirst(draft, at) && draft.fields.deliveryTag !== undefined && draft.with({ deliveryTag: Uint8Array.of(1) })),
      everywhere,
    ),
  ],
  'amqp10/2.6.12.tag-unique:enforce': [
    transferring(
      'takes two unsettled deliveries of one tag',
      request10('transfer', (draft, at) => {
        const tags = [...(linkOf(draft, at)?.unsettled.values() ?? [])].map(({ deliveryTag }) => String(deliveryTag));
        return (
          isFirst(draft, at) &&
          tags.includes(String(draft.fields.deliveryTag)) &&
          draft.with({ deliveryTag: Uint8Array.of(0x7e, draft.fields.deliveryId ?? 0) })
        );
      }),
    ),
  ],
  'amqp10/2.6.12.tag-per-link:emit': [transferring('takes the tag of a delivery on one link for that on another', tagsAcross(), ['amqp10/**'])],
  'amqp10/2.6.12.delivery-ids:emit': [
    transferring(
      'leaves out every second delivery-id',
      answer10(
        'transfer',
        draft => draft.fields.deliveryId !== undefined && draft.with({ deliveryId: serialPlus(draft.fields.deliveryId, draft.fields.deliveryId) }),
      ),
      everywhere,
    ),
    transferring(
      'numbers the deliveries of each link by themselves',
      answer10('transfer', (draft, at) => {
        const link = linkOf(draft, at);
        const initial = link?.attach['to-client']?.initialDeliveryCount ?? 0;
        return draft.fields.deliveryId !== undefined && draft.with({ deliveryId: serialPlus(link?.deliveryCount ?? 0, -initial) });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.6.12.settled-sent:emit': [
    transferring(
      'tells a state of a delivery that came settled',
      request10('transfer', draft => draft.fields.settled === true && draft.with({ settled: undefined })),
      everywhere,
    ),
  ],
  'amqp10/2.6.12.outcome-told:emit': [
    transferring(
      'tells no outcome of what it has got',
      later10(answer10('disposition', draft => draft.fields.role === 'receiver' && draft.swallowed())),
      everywhere,
    ),
  ],
  'amqp10/2.6.12.terminal-state:emit': [
    transferring(
      'tells a second outcome behind the first',
      answer10(
        'disposition',
        draft => draft.fields.role === 'receiver' && draft.followedBy({ ...draft.fields, type: 'disposition', state: { type: 'released' } }),
      ),
      everywhere,
    ),
  ],
  'amqp10/2.6.14.interleaved-links:emit': [
    transferring(
      'ends a session in which messages of two links come mixed',
      refusedSession('amqp:not-implemented', 'transfer', (draft, at) => othersUnderWay(draft, at)),
    ),
  ],
  'amqp10/2.6.14.not-interleaved:emit': [
    transferring(
      'begins a message in the middle of another',
      answer10('transfer', (draft, at) => {
        const id = draft.fields.deliveryId;
        const stray: AmqpTransfer = {
          type: 'transfer',
          handle: draft.fields.handle,
          deliveryId: serialPlus(id ?? 0, 1),
          deliveryTag: Uint8Array.of(9, 9),
          messageFormat: 0,
          settled: true,
        };
        return isFirst(draft, at) && draft.fields.more === true && draft.followedBy(stray);
      }),
      everywhere,
    ),
  ],
  'amqp10/2.6.14.not-interleaved:enforce': [transferring('takes a message that begins in the middle of another', pardoned(differs('deliveryId')))],
  'amqp10/2.6.14.aborted:emit': [
    transferring(
      'keeps what came of a delivery that was aborted',
      request10('transfer', draft => draft.fields.aborted === true && draft.with({ aborted: undefined, more: undefined })),
    ),
  ],
  'amqp10/2.6.14.reassembled:emit': [
    transferring(
      'loses the payload of all transfers of a delivery but the last',
      answer10(
        'transfer',
        (draft, at) => (draft.fields.more === true || isFurther(draft, at)) && draft.fields.more === true && draft.carrying(new Uint8Array(0)),
      ),
      everywhere,
    ),
    transferring(
      'loses what comes behind an empty transfer',
      request10('transfer', draft => draft.fields.more === true && draft.payload.length === 0 && draft.with({ more: undefined })),
      ['amqp10/{transfer,session-flow}/**'],
    ),
    transferring(
      'ends a session in which a further transfer names its delivery again',
      refusedSession('amqp:not-allowed', 'transfer', (draft, at) => isFurther(draft, at) && draft.fields.deliveryId !== undefined),
    ),
  ],
  'amqp10/2.7.5.handle:emit': [transferring('sends transfers without a handle', later10(answer10('transfer', draft => draft.lacking('handle'))), everywhere)],
  'amqp10/2.7.5.handle:enforce': [transferring('takes a transfer without a handle', pardoned(spoilt('transfer')), ['amqp10/{transfer,transaction}/**'])],
  'amqp10/2.7.5.delivery-id:emit': [
    transferring(
      'sends deliveries without an id',
      later10(answer10('transfer', (draft, at) => isFirst(draft, at) && draft.with({ deliveryId: undefined }))),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.delivery-id:enforce': [
    transferring(
      'takes a delivery without an id',
      pardoned(lastIs('transfer', ({ deliveryId }, at) => deliveryId === undefined && at.session('to-server', lastChannel(at)) !== undefined)),
      ['amqp10/{transfer,attach,session-flow}/**'],
    ),
  ],
  'amqp10/2.7.5.delivery-id-omitted:emit': [
    transferring(
      'refuses a further transfer that does not repeat the delivery-id',
      refusedSession('amqp:invalid-field', 'transfer', (draft, at) => isFurther(draft, at) && draft.fields.deliveryId === undefined),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.delivery-id-changed:emit': [
    transferring(
      'names another delivery-id in further transfers',
      answer10(
        'transfer',
        (draft, at) => isFurther(draft, at) && draft.with({ deliveryId: serialPlus(linkOf(draft, at)?.underWay?.first.deliveryId ?? 0, 1) }),
      ),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.delivery-id-changed:enforce': [
    transferring(
      'takes further transfers whatever delivery they name',
      request10('transfer', (draft, at) => isFurther(draft, at) && draft.with({ deliveryId: undefined, deliveryTag: undefined })),
    ),
  ],
  'amqp10/2.7.5.message-format:emit': [
    transferring(
      'sends deliveries without a format',
      answer10('transfer', (draft, at) => isFirst(draft, at) && draft.with({ messageFormat: undefined })),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.format-changed:emit': [
    transferring(
      'names another format in further transfers',
      answer10('transfer', (draft, at) => isFurther(draft, at) && draft.with({ messageFormat: 77 })),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.format-changed:enforce': [
    transferring(
      'takes further transfers whatever format they name',
      request10('transfer', (draft, at) => isFurther(draft, at) && draft.with({ messageFormat: undefined })),
    ),
  ],
  'amqp10/2.7.5.settled-default:emit': [
    transferring(
      'takes deliveries that do not say settled for settled ones',
      request10('transfer', (draft, at) => isFirst(draft, at) && draft.fields.settled === undefined && draft.with({ settled: true })),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.mode-settled:emit': [
    transferring(
      'sends unsettled deliveries where it said that it settles',
      answer10('transfer', (draft, at) => linkOf(draft, at)?.attach['to-client']?.sndSettleMode === 'settled' && draft.with({ settled: undefined })),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.mode-unsettled:emit': [
    transferring(
      'sends settled deliveries where it said that it does not settle',
      answer10('transfer', (draft, at) => linkOf(draft, at)?.attach['to-client']?.sndSettleMode === 'unsettled' && draft.with({ settled: true })),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.more-aborted:emit': [transferring('aborts what it begins, and announces more', later10(abortsFirst()), everywhere)],
  'amqp10/2.7.5.aborted-first:emit': [
    transferring(
      'waits for more of a delivery that was aborted',
      request10('transfer', draft => draft.fields.aborted === true && draft.fields.more === true && draft.with({ aborted: undefined })),
    ),
  ],
  'amqp10/2.7.5.settles-first:emit': [
    transferring(
      'does not settle what its peer has not settled',
      answer10('disposition', draft => draft.fields.role === 'receiver' && draft.fields.settled === true && draft.with({ settled: undefined })),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.settles-second:emit': [
    transferring(
      'settles first where it was agreed to settle second',
      answer10(
        'disposition',
        (draft, at) => draft.fields.role === 'receiver' && draft.fields.settled !== true && unsettledOnSecond(draft, at) && draft.with({ settled: true }),
      ),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.rcv-settle-mode-illegal:emit': [
    transferring(
      'asks for settling second on a link that settles first',
      later10(answer10('transfer', (draft, at) => isFirst(draft, at) && draft.with({ rcvSettleMode: 'second' }))),
      everywhere,
    ),
  ],
  'amqp10/2.7.5.rcv-settle-mode-illegal:enforce': [
    transferring(
      'takes a transfer that asks for settling second on a link that settles first',
      request10('transfer', draft => draft.fields.rcvSettleMode === 'second' && draft.with({ rcvSettleMode: undefined })),
    ),
  ],
  'amqp10/2.7.5.batchable:emit': [
    transferring(
      'never answers what is batchable',
      request10('transfer', draft => draft.fields.batchable === true && draft.with({ settled: true })),
    ),
  ],
  'amqp10/2.8.2.mixed:emit': [
    transferring(
      'loses settled deliveries on a link that has both kinds',
      published10(({ transfer }) => transfer.settled === true && {}),
      everywhere,
    ),
  ],
  'amqp10/2.8.7.delivery-tag-size:emit': [
    transferring(
      'makes delivery-tags of 33 octets',
      later10(answer10('transfer', (draft, at) => isFirst(draft, at) && draft.with({ deliveryTag: new Uint8Array(33).fill(draft.fields.deliveryId ?? 0) }))),
      everywhere,
    ),
  ],
  'amqp10/2.8.7.delivery-tag-size:enforce': [
    transferring(
      'takes delivery-tags of more than 32 octets',
      request10('transfer', draft => (draft.fields.deliveryTag?.length ?? 0) > 32 && draft.with({ deliveryTag: draft.fields.deliveryTag?.subarray(0, 32) })),
      ['amqp10/{transfer,error}/**'],
    ),
  ],
  'amqp10/2.8.10.serial-numbers:emit': [transferring('ends a session whose delivery numbers go on at zero', refusesWrapped(), everywhere)],
  'amqp10/2.8.1.role:emit': [
    transferring(
      'says the role of the other end in its dispositions',
      later10(answer10('disposition', draft => draft.with({ role: draft.fields.role === 'sender' ? 'receiver' : 'sender' }))),
      everywhere,
    ),
  ],
} as const satisfies FaultTable;

/** A small number behind a large one. */
function refusesWrapped(): FrameSeam10 {
  return remembering10(() => {
    let large = false;
    return refusedSession('amqp:invalid-field', 'transfer', ({ fields: { deliveryId = 0x8000 } }) => {
      large ||= deliveryId > 0xffff_0000;
      return large && deliveryId < 0x8000;
    });
  });
}

function othersUnderWay(draft: Transfer, at: Conversation10): boolean {
  const own = linkOf(draft, at);
  return [...(own?.session.links ?? [])].some(link => link !== own && link.transfersGo === 'to-server' && link.underWay !== undefined);
}

function unsettledOnSecond({ channel, fields }: Draft10<'disposition'>, at: Conversation10): boolean {
  const links: Iterable<LinkSeen> = at.session('to-client', channel)?.links ?? [];
  return [...links].some(link => link.unsettled.has(fields.first) && link.attach['to-server']?.rcvSettleMode === 'second');
}

/** A delivery whose tag another link's has already is lost. */
function tagsAcross(): FrameSeam10 {
  return remembering10(() => {
    const owners = new Map<string, string>();
    return published10(message => {
      const owner = `${message.channel} ${message.transfer.handle}`;
      const tag = String(message.transfer.deliveryTag);
      const known = owners.get(tag) ?? owner;
      owners.set(tag, known);
      return known !== owner && {};
    });
  });
}

/** In front of each delivery stands one that is aborted as it begins, and announces more. */
function abortsFirst(): FrameSeam10 {
  return answer10(
    'transfer',
    (draft, at) => isFirst(draft, at) && draft.fields.more !== true && draft.precededBy({ ...draft.fields, type: 'transfer', more: true, aborted: true }),
  );
}
