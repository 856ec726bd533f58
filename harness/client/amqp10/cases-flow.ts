import type { Conversation10, Piece10 } from '../../saboteur/fault10.ts';
import { answer10, type Draft10 } from '../../saboteur/rewrites10.ts';
import type { Performative } from '../../wire/amqp10/codec.ts';
import { behindTheTimes, creditAs, drains, echoes, oneByOne, takenBack } from './crediting.ts';
import { compositeFrame } from './octets.ts';
import { alone, case10, departs, givesUp, goesOn } from './words.ts';

/** A session's flow right behind its begin. */
const behindBegin = (more: (draft: Draft10<'begin'>, at: Conversation10) => readonly (Performative | Piece10)[]) =>
  departs(
    answer10('begin', (draft, at) => draft.followedBy(...more(draft, at))),
    alone(),
  );
const windows = { nextIncomingId: 0, incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100 } as const;

/** Flow of links and sessions: sections 2.6.7 to 2.6.10 and 2.7.4. */
export const flowCases = [
  case10({
    id: 'flow/credit-one-by-one',
    title: 'Without credit nothing is sent, and with a credit of one a single message',
    duties: [
      'amqp10/2.6.7.no-initial-credit:client-emit',
      'amqp10/2.6.7.delivery-limit:client-emit',
      'amqp10/2.6.7.credit-spent:client-emit',
      'amqp10/2.6.7.credit-used:client-emit',
    ],
    needs: 'publish',
    legal: [goesOn],
    owes: 'send one message for each credit, and none before',
    stayMs: 2500,
    seam: oneByOne,
  }),
  case10({
    id: 'flow/credit-taken-back',
    title: 'Credit that is taken back is not used',
    duties: ['amqp10/2.6.10.stopped:client-emit', 'amqp10/2.6.7.delivery-limit:client-emit'],
    needs: 'publish',
    legal: [goesOn, ...givesUp],
    lawful: true,
    stayMs: 900,
    seam: takenBack,
  }),
  case10({
    id: 'flow/drain',
    title: 'A sender that is to drain uses its credit up, and tells so',
    duties: ['amqp10/2.6.7.drained:client-emit', 'amqp10/2.7.4.sender-state:client-emit'],
    needs: 'publish',
    legal: [goesOn],
    owes: 'send what it has, and tell by flow that no credit is left',
    stayMs: 1000,
    seam: drains,
  }),
  case10({
    id: 'flow/count-behind',
    title: 'Credit that is told by an older delivery-count is no more credit',
    duties: ['amqp10/2.6.7.delivery-limit:client-emit'],
    needs: 'publish',
    legal: [goesOn, ...givesUp],
    lawful: true,
    stayMs: 500,
    seam: behindTheTimes,
  }),
  case10({
    id: 'flow/echo-link',
    title: 'A flow of a link that asks for an echo is answered with one',
    duties: ['amqp10/2.7.4.echo:client-emit'],
    needs: 'publish',
    legal: [goesOn],
    owes: 'answer by a flow of that link',
    stayMs: 500,
    seam: echoes(true),
  }),
  case10({
    id: 'flow/echo-session',
    title: 'A flow of a session that asks for an echo is answered with one',
    duties: ['amqp10/2.7.4.echo:client-emit'],
    needs: 'publish',
    legal: [goesOn],
    owes: 'answer by a flow',
    stayMs: 500,
    seam: echoes(false),
  }),
  case10({
    id: 'flow/session-only',
    title: 'A flow of the session alone changes nothing of its links',
    duties: ['amqp10/2.5.6.flow-taken:client-emit'],
    needs: 'publish',
    seam: creditAs(draft => {
      const { nextIncomingId, incomingWindow, nextOutgoingId, outgoingWindow } = draft.fields;
      return draft.precededBy({ type: 'flow', nextIncomingId, incomingWindow, nextOutgoingId, outgoingWindow });
    }),
  }),
  case10({
    id: 'flow/properties',
    title: 'Properties of a flow that mean nothing change nothing',
    duties: ['amqp10/2.7.4.properties:client-emit'],
    needs: 'publish',
    seam: creditAs(draft => draft.with({ properties: [['x-amqpspec', { type: 'string', value: 'means nothing' }]] })),
  }),
  case10({
    id: 'flow/available',
    title: 'However many messages a sender says it has, its receiver goes on',
    duties: ['amqp10/2.6.7.available-floor:client-emit'],
    needs: 'consume',
    trigger: 'a link to receive on',
    seam: departs(
      answer10('attach', draft => {
        const { role, handle, initialDeliveryCount } = draft.fields;
        return (
          role === 'sender' && draft.followedBy({ type: 'flow', ...windows, handle, deliveryCount: initialDeliveryCount, linkCredit: 0, available: 0xffffffff })
        );
      }),
    ),
  }),
  case10({
    id: 'flow/unattached-handle',
    title: 'A flow with a handle that no link has ends the session with unattached-handle',
    duties: ['amqp10/2.7.4.unattached-handle:client-enforce'],
    needs: 'channel',
    seam: behindBegin((draft, at) => {
      const handle = Math.min(at.session('to-client', draft.channel)?.begin['to-server']?.handleMax ?? 0xffffffff, 77);
      return [{ type: 'flow', ...windows, handle, linkCredit: 1 }];
    }),
  }),
  case10({
    id: 'flow/mandatory',
    title: 'A flow without its windows ends with an error',
    duties: ['amqp10/2.7.4.mandatory:client-enforce'],
    needs: 'channel',
    seam: behindBegin(({ channel }) => [compositeFrame('flow', { nextIncomingId: 0, nextOutgoingId: 0 }, channel)]),
  }),
];
