import type { AmqpDisposition, DeliveryState } from '../wire/amqp10/codec.ts';
import type { Conversation10, FrameSeam10, LinkSeen } from './fault10.ts';
import { delivered10, type Message10, published10 } from './messages10.ts';
import { pardoned, spoilt } from './pardons10.ts';
import { answer10, type Change10, type Draft10, either10, later10, remembering10, request10 } from './rewrites10.ts';
import { type FaultTable, faultsIn } from './row.ts';

const disposing = faultsIn('amqp10/{disposition,outcome}/**');
const everywhere = ['amqp10/**'];

type Disposition = Draft10<'disposition'>;
const accepted: DeliveryState = { type: 'accepted' };

/** What the client says of a delivery that it got, where its state is of that kind. */
function told(kind: DeliveryState['type'], change: (draft: Disposition, at: Conversation10) => Change10): FrameSeam10 {
  return request10('disposition', (draft, at) => draft.fields.role === 'receiver' && draft.fields.state?.type === kind && change(draft, at));
}

/** The state modified that the client told, changed. */
function modified(change: (state: Extract<DeliveryState, { type: 'modified' }>) => DeliveryState | false): FrameSeam10 {
  return told('modified', draft => {
    const { state } = draft.fields;
    const next = state?.type === 'modified' && change(state);
    return next !== false && draft.with({ state: next });
  });
}

/** Dispositions, and what each outcome does. */
export const dispositionFaults10 = {
  'amqp10/2.7.6.mandatory:emit': [
    disposing('tells a state without saying of which delivery', later10(answer10('disposition', draft => draft.lacking('first'))), everywhere),
  ],
  'amqp10/2.7.6.mandatory:enforce': [
    disposing('takes a disposition that lacks what is mandatory', pardoned(spoilt('disposition')), ['amqp10/{disposition,outcome,resume,transaction}/**']),
  ],
  'amqp10/2.7.6.direction:emit': [
    disposing(
      'takes a disposition for deliveries of the other direction',
      request10('disposition', draft => draft.with({ role: draft.fields.role === 'sender' ? 'receiver' : 'sender' })),
      everywhere,
    ),
  ],
  'amqp10/2.7.6.range:emit': [
    disposing(
      'accepts whatever a disposition tells of three deliveries or more',
      request10('disposition', draft => (draft.fields.last ?? draft.fields.first) - draft.fields.first >= 2 && draft.with({ state: accepted })),
      ['amqp10/properties/delivery-state'],
    ),
    disposing(
      'takes no notice of the last delivery of a range',
      request10('disposition', draft => draft.fields.last !== undefined && draft.with({ last: undefined })),
      everywhere,
    ),
    disposing(
      'takes a disposition without a last for one of all that follow',
      request10('disposition', draft => draft.fields.last === undefined && draft.with({ last: draft.fields.first + 0x1000 })),
      everywhere,
    ),
    disposing(
      'takes a disposition of deliveries that it does not know for one of the oldest that it does',
      request10('disposition', (draft, at) => {
        const links: Iterable<LinkSeen> = at.session('to-server', draft.channel)?.links ?? [];
        const ids = [...links].flatMap(idsOf).sort((one, other) => one - other);
        const [oldest] = ids;
        return oldest !== undefined && !ids.includes(draft.fields.first) && draft.with({ first: oldest, last: oldest });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.7.6.detached-link:emit': [
    disposing(
      'overlooks dispositions once a link of the session was detached',
      remembering10(() => {
        let detached = false;
        return request10(['detach', 'disposition'], draft => {
          detached ||= draft.name === 'detach';
          return draft.name === 'disposition' && detached && draft.swallowed();
        });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.7.6.settled-default:emit': [
    disposing(
      'takes every disposition for one that settles',
      request10('disposition', draft => draft.fields.settled !== true && draft.with({ settled: true })),
      everywhere,
    ),
  ],
  'amqp10/2.7.6.sender-settles:emit': [
    disposing(
      'does not settle what its receiver has settled upon',
      answer10('disposition', draft => draft.fields.role === 'sender' && draft.swallowed()),
      everywhere,
    ),
  ],
  'amqp10/3.3.1.acquired:emit': [disposing('delivers what another link holds as well', asCopies(), everywhere)],
  'amqp10/3.3.1.default-outcome:emit': [
    disposing(
      'accepts what was settled without a state, whatever the default outcome is',
      request10('disposition', draft => settlesWithout(draft) && draft.with({ state: accepted })),
      everywhere,
    ),
    disposing(
      'releases what was settled without a state, whatever the default outcome is',
      request10('disposition', draft => settlesWithout(draft) && draft.with({ state: { type: 'released' } })),
      everywhere,
    ),
    disposing('releases what is unsettled when its link is closed, whatever the default outcome is', settledAsDetached({ type: 'released' }), everywhere),
  ],
  'amqp10/3.3.1.order:emit': [disposing('delivers two messages in the wrong order', swapsTwo(), everywhere)],
  'amqp10/3.4.2.accepted:emit': [
    disposing(
      'keeps what was accepted',
      told('accepted', draft => draft.with({ state: { type: 'released' } })),
      everywhere,
    ),
  ],
  'amqp10/3.4.2.accepted-published:emit': [
    disposing('accepts a message and loses it', later10(published10((message, at) => lostButAccepted(message, at))), everywhere),
    disposing(
      'releases what it has taken',
      answer10(
        'disposition',
        draft => draft.fields.role === 'receiver' && draft.fields.state?.type === 'accepted' && draft.with({ state: { type: 'released' } }),
      ),
      everywhere,
    ),
  ],
  'amqp10/3.4.3.rejected:emit': [
    disposing(
      'delivers again what was rejected',
      told('rejected', draft => draft.with({ state: { type: 'released' } })),
      everywhere,
    ),
  ],
  'amqp10/3.4.3.not-spontaneous:emit': [
    disposing(
      'tells of a delivery that it has rejected it itself',
      answer10('transfer', draft => {
        const { deliveryId, more } = draft.fields;
        const spontaneous: AmqpDisposition = { type: 'disposition', role: 'sender', first: deliveryId ?? 0, state: { type: 'rejected' } };
        return deliveryId !== undefined && more !== true && draft.followedBy(spontaneous);
      }),
      everywhere,
    ),
  ],
  'amqp10/3.4.3.rejected-published:emit': [
    disposing(
      'accepts what it rejects',
      answer10('disposition', draft => draft.fields.state?.type === 'rejected' && draft.with({ state: accepted })),
      everywhere,
    ),
    disposing(
      'rejects without saying why',
      answer10('disposition', draft => draft.fields.state?.type === 'rejected' && draft.with({ state: { type: 'rejected' } })),
      everywhere,
    ),
  ],
  'amqp10/3.4.4.released:emit': [
    disposing(
      'drops what was released',
      told('released', draft => draft.with({ state: accepted })),
      everywhere,
    ),
    disposing(
      'counts a delivery that was released',
      told('released', draft => draft.with({ state: { type: 'modified', deliveryFailed: true } })),
      everywhere,
    ),
  ],
  'amqp10/3.4.5.modified:emit': [
    disposing(
      'drops what was modified',
      told('modified', draft => draft.with({ state: accepted })),
      everywhere,
    ),
  ],
  'amqp10/3.4.5.modified-plain:emit': [
    disposing(
      'counts every modified delivery as failed',
      modified(state => state.deliveryFailed !== true && { ...state, deliveryFailed: true }),
      everywhere,
    ),
  ],
  'amqp10/3.4.5.delivery-failed:emit': [
    disposing(
      'does not count failed deliveries',
      modified(state => state.deliveryFailed === true && { ...state, deliveryFailed: undefined }),
      everywhere,
    ),
  ],
  'amqp10/3.4.5.undeliverable-here:emit': [
    disposing(
      'sends to the same link what is undeliverable there',
      modified(state => state.undeliverableHere === true && { ...state, undeliverableHere: undefined }),
      everywhere,
    ),
  ],
  'amqp10/3.4.5.message-annotations:emit': [
    disposing(
      'loses the annotations of a modified outcome',
      modified(state => state.messageAnnotations !== undefined && { ...state, messageAnnotations: undefined }),
      everywhere,
    ),
  ],
  'amqp10/3.4.returned-unsettled:emit': [
    disposing('drops what is unsettled when its link is detached', settledAsDetached(accepted), everywhere),
    disposing(
      'drops what is unsettled when its session ends',
      request10('end', (draft, at) => {
        const ids = [...((at.session('to-server', draft.channel)?.links ?? []) as Iterable<LinkSeen>)].flatMap(idsOf);
        const gone = ids.map((first): AmqpDisposition => ({ type: 'disposition', role: 'receiver', first, settled: true, state: accepted }));
        return gone.length > 0 && draft.precededBy(...gone);
      }),
      everywhere,
    ),
    disposing(
      'says of what comes back that nobody had it before',
      delivered10(message => {
        const header = message.fieldsOf('header');
        return header.firstAcquirer !== true && message.refielded('header', { ...header, firstAcquirer: true });
      }),
      everywhere,
    ),
  ],
  'amqp10/3.4.unsettled-kept:emit': [
    disposing(
      'takes the outcome of one delivery for that of the oldest',
      request10('disposition', (draft, at) => {
        const links: Iterable<LinkSeen> = at.session('to-server', draft.channel)?.links ?? [];
        const [oldest] = [...links].flatMap(idsOf).sort((one, other) => one - other);
        return oldest !== undefined && draft.fields.last === undefined && draft.fields.first !== oldest && draft.with({ first: oldest });
      }),
      everywhere,
    ),
  ],
} as const satisfies FaultTable;

/** The ids of what a link of the server's has sent and neither side has settled. */
function idsOf(link: LinkSeen | undefined): readonly number[] {
  return link?.transfersGo === 'to-client' ? [...link.unsettled.keys()] : [];
}

/** The client hears that its message was accepted, and the server never hears of it. */
function lostButAccepted({ channel, transfer }: Message10, at: Conversation10) {
  const back = at.session('to-server', channel)?.channels['to-client'];
  const { deliveryId, settled } = transfer;
  if (back === undefined || deliveryId === undefined || settled === true) return false;
  const performative: AmqpDisposition = { type: 'disposition', role: 'receiver', first: deliveryId, settled: true, state: accepted };
  return { back: [{ type: 'amqp', channel: back, performative, payload: new Uint8Array(0) } as const] };
}

/** Whether the client settles deliveries and says nothing of what they came to. */
function settlesWithout({ fields }: Disposition): boolean {
  return fields.role === 'receiver' && fields.settled === true && fields.state === undefined;
}

/** What is unsettled when its link is detached comes to this. */
function settledAsDetached(state: DeliveryState): FrameSeam10 {
  return request10('detach', (draft, at) => {
    const ids = idsOf(at.link('to-server', draft.channel, draft.fields.handle));
    const gone = ids.map((first): AmqpDisposition => ({ type: 'disposition', role: 'receiver', first, settled: true, state }));
    return gone.length > 0 && draft.precededBy(...gone);
  });
}

/** No link takes anything off its node, whatever the client asks for and hears. */
function asCopies(): FrameSeam10 {
  return either10(
    request10('attach', draft => {
      const { role, source } = draft.fields;
      return role === 'receiver' && source?.type === 'source' && draft.with({ source: { ...source, distributionMode: 'copy' } });
    }),
    answer10('attach', draft => {
      const { role, source } = draft.fields;
      return role === 'sender' && source?.type === 'source' && draft.with({ source: { ...source, distributionMode: 'move' } });
    }),
  );
}

/** The second delivery of each link comes behind the third. */
function swapsTwo(): FrameSeam10 {
  return remembering10(() => {
    const seen = new Map<string, number>();
    const kept = new Map<string, Message10>();
    return delivered10(message => {
      const key = `${message.channel} ${message.transfer.handle}`;
      const number = (seen.get(key) ?? 0) + 1;
      seen.set(key, number);
      if (number === 2) {
        kept.set(key, message);
        return {};
      }
      const before = number === 3 ? kept.get(key) : undefined;
      return before !== undefined && [before.carrying(message.payload), message.carrying(before.payload)];
    });
  });
}
