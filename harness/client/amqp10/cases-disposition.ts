import type { Conversation10 } from '../../saboteur/fault10.ts';
import { answer10, type Draft10, frames10 } from '../../saboteur/rewrites10.ts';
import type { CompositeFields, DeliveryState } from '../../wire/amqp10/codec.ts';
import { compositeFrame } from './octets.ts';
import { alone, type Behind, case10, closes, departs, givesUp, goesOn, owing } from './words.ts';

type DispositionDraft = Draft10<'disposition'>;
type Change = (
  draft: DispositionDraft,
  at: Conversation10,
) => ReturnType<DispositionDraft['with']> | ReturnType<DispositionDraft['followedBy']> | Uint8Array | false;

/** The first outcome that the server tells of a message of the client's. */
const outcome = (change: Change, behind?: Behind) =>
  departs(
    answer10('disposition', (draft, at) => draft.fields.role === 'receiver' && draft.fields.state !== undefined && change(draft, at)),
    behind,
  );

/** What an application does about a message that was not taken is its own: it may go on, or give up in order. */
const told = (id: string, title: string, state: DeliveryState) =>
  case10({
    id: `disposition/${id}`,
    title,
    duties: ['amqp10/2.6.12.terminal-state:client-emit'],
    needs: 'publish',
    trigger: 'an unsettled message',
    legal: [goesOn, closes('link'), closes('session'), closes('connection')],
    lawful: true,
    seam: outcome(draft => draft.with({ state })),
  });

const also = (
  id: string,
  title: string,
  duty: Parameters<typeof case10>[0]['duties'][0],
  more: (draft: DispositionDraft) => Partial<CompositeFields<'disposition'>>,
) =>
  case10({
    id: `disposition/${id}`,
    title,
    duties: [duty],
    needs: 'publish',
    trigger: 'an unsettled message',
    legal: [goesOn],
    seam: outcome(draft => draft.followedBy({ role: 'receiver', first: draft.fields.first, ...more(draft), type: 'disposition' })),
  });

const accepted: DeliveryState = { type: 'accepted' };

/** Outcomes: sections 2.7.6 and 3.4. */
export const dispositionCases = [
  told('rejected', 'A message that is rejected, with an error, is rejected', {
    type: 'rejected',
    error: { type: 'error', condition: 'x-amqpspec:on-purpose', description: 'on purpose' },
  }),
  told('rejected-bare', 'A message that is rejected without a reason is rejected', { type: 'rejected' }),
  told('released', 'A message that is released is released', { type: 'released' }),
  told('modified', 'A message that is modified, with annotations, is modified', {
    type: 'modified',
    deliveryFailed: true,
    undeliverableHere: true,
    messageAnnotations: [['x-opt-why', { type: 'string', value: 'on purpose' }]],
  }),
  also('twice', 'An outcome that is told once more changes nothing', 'amqp10/2.6.12.terminal-state:client-emit', ({ fields }) => ({
    last: fields.last,
    settled: true,
    state: accepted,
  })),
  also('unknown-ids', 'Outcomes of deliveries that there are not mean nothing', 'amqp10/2.7.6.range:client-emit', ({ fields }) => ({
    first: (fields.first + 1000) >>> 0,
    last: (fields.first + 1010) >>> 0,
    settled: true,
    state: accepted,
  })),
  also('huge-range', 'A range of two thousand million deliveries is no work', 'amqp10/2.7.6.range:client-emit', ({ fields }) => ({
    last: (fields.first + 0x7ffffffe) >>> 0,
    settled: true,
    state: accepted,
  })),
  case10({
    id: 'disposition/reversed-range',
    title: 'A range whose end comes before its beginning is no work, and nothing to die of',
    duties: ['amqp10/2.7.6.range:client-emit'],
    needs: 'publish',
    trigger: 'an unsettled message',
    legal: [goesOn, ...givesUp],
    seam: outcome(draft =>
      draft.followedBy({
        type: 'disposition',
        role: 'receiver',
        first: (draft.fields.first + 20) >>> 0,
        last: (draft.fields.first + 10) >>> 0,
        settled: true,
        state: accepted,
      }),
    ),
  }),
  case10({
    id: 'disposition/received',
    title: 'A state that is no outcome may come before the outcome',
    duties: ['amqp10/2.7.6.settled-default:client-emit'],
    needs: 'publish',
    trigger: 'an unsettled message',
    legal: [goesOn],
    seam: outcome(draft =>
      draft.precededBy({ type: 'disposition', role: 'receiver', first: draft.fields.first, state: { type: 'received', sectionNumber: 0, sectionOffset: 0n } }),
    ),
  }),
  case10({
    id: 'disposition/other-direction',
    title: 'A disposition of a sender is about deliveries of the other direction',
    duties: ['amqp10/2.7.6.direction:client-emit'],
    needs: 'publish',
    trigger: 'an unsettled message',
    legal: [goesOn],
    seam: outcome(draft => draft.precededBy({ type: 'disposition', role: 'sender', first: (draft.fields.first + 500) >>> 0, settled: true, state: accepted })),
  }),
  case10({
    id: 'disposition/settles-second',
    title: 'Where the server settles second, the client settles a message of which it got the outcome',
    duties: ['amqp10/2.7.6.sender-settles:client-emit'],
    needs: 'publish',
    trigger: 'an unsettled message on a link whose receiver settles second',
    legal: [closes('link'), closes('session'), closes('connection')],
    lawful: true,
    owes: 'settle it by a disposition of its own',
    seam: scene => {
      const attach = answer10('attach', draft => draft.fields.role === 'receiver' && draft.with({ rcvSettleMode: 'second' })).start();
      const rest = outcome(
        draft => draft.with({ settled: undefined }),
        owing(alone(), body => body.type === 'disposition' && body.role === 'sender' && body.settled === true),
      )(scene).start();
      return frames10((seen, at) => {
        const wanted = attach(seen, at);
        return typeof wanted === 'object' && !scene.over ? wanted : rest(seen, at);
      });
    },
  }),
  case10({
    id: 'disposition/state-unknown',
    title: 'A state that nobody knows is passed over or refused',
    duties: ['amqp10/3.4.unknown-state:client-emit'],
    needs: 'publish',
    trigger: 'an unsettled message',
    legal: [goesOn, ...givesUp],
    seam: outcome(draft => draft.as({ fields: { state: Uint8Array.of(0, 0x53, 0x99, 0x45) } }), alone()),
  }),
  case10({
    id: 'disposition/mandatory',
    title: 'A disposition that does not say of what ends with an error',
    duties: ['amqp10/2.7.6.mandatory:client-enforce'],
    needs: 'publish',
    trigger: 'an unsettled message',
    seam: outcome(({ channel }) => compositeFrame('disposition', { role: 'receiver', settled: true, state: accepted }, channel), alone()),
  }),
  case10({
    id: 'disposition/received-fields',
    title: 'The state received without its fields ends with an error',
    duties: ['amqp10/3.4.1.received-fields:client-enforce'],
    needs: 'publish',
    trigger: 'an unsettled message',
    seam: outcome(draft => draft.as({ fields: { state: Uint8Array.of(0, 0x53, 0x23, 0x45) } }), alone()),
  }),
];
