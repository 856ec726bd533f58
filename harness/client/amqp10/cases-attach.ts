import { answer10, frames10 } from '../../saboteur/rewrites10.ts';
import type { AmqpError, CompositeFields, Performative } from '../../wire/amqp10/codec.ts';
import { variableOf } from '../../wire/amqp10/craft.ts';
import { answerDetach, attaches, behindAttach, detachAnswered, everyHandle, handleMaxOf, type Role } from './attaching.ts';
import { described, mapOfAll, numbers } from './octets.ts';
import { shifting, shiftOf } from './shift.ts';
import { alone, answersDetach, case10, closes, departs, givesUp, goesOn, owing, throughout } from './words.ts';

const nowhere: AmqpError = { type: 'error', condition: 'amqp:not-found', description: 'on purpose' };

const refused = (role: Role, words: string) =>
  case10({
    id: `attach/refused-${role === 'sender' ? 'receiver' : 'sender'}`,
    title: `Where its ${words} is refused, the client detaches it too`,
    duties: ['amqp10/2.6.4.detach-sent:client-emit', 'amqp10/2.6.6.close-answered:client-emit'],
    needs: 'declare',
    trigger: `a ${words}`,
    legal: answersDetach,
    lawful: true,
    owes: answerDetach,
    seam: departs(
      answer10('attach', draft => {
        if (draft.fields.role !== role) return false;
        const attach = draft.with(role === 'sender' ? { source: undefined } : { target: undefined });
        return draft.replaced(attach, { type: 'detach', handle: draft.fields.handle, closed: true, error: nowhere });
      }),
      detachAnswered,
    ),
  });

const extra = (fields: Partial<CompositeFields<'attach'>>): Performative => ({
  type: 'attach',
  name: 'amqpspec-unasked',
  handle: 0,
  role: 'sender',
  initialDeliveryCount: 0,
  source: { type: 'source', address: 'amqpspec.client' },
  target: { type: 'target' },
  ...fields,
});

/** Attach and its limits: sections 2.6.3 and 2.7.3. */
export const attachCases = [
  refused('receiver', 'link to send on'),
  refused('sender', 'link to receive on'),
  case10({
    id: 'attach/modes-mixed',
    title: 'A link that settles otherwise than the client asked is used so, or given up',
    duties: ['amqp10/2.7.3.settle-mode-told:client-emit', 'amqp10/2.8.2.mixed:client-emit'],
    needs: 'declare',
    legal: [goesOn, ...givesUp],
    lawful: true,
    seam: departs(answer10('attach', draft => draft.with(draft.fields.role === 'sender' ? { sndSettleMode: 'mixed' } : { rcvSettleMode: 'second' }))),
  }),
  case10({
    id: 'attach/modes-left-out',
    title: 'Settle modes that are left out are the defaults',
    duties: ['amqp10/2.7.3.settle-mode-defaults:client-emit', 'amqp10/1.3.4.default:client-emit'],
    needs: 'declare',
    legal: [goesOn, ...givesUp],
    lawful: true,
    seam: departs(answer10('attach', draft => draft.with({ sndSettleMode: undefined, rcvSettleMode: undefined }))),
  }),
  case10({
    id: 'attach/delivery-count-wraps',
    title: 'A delivery-count goes on at zero behind 2^32 - 1',
    duties: ['amqp10/2.6.7.count-wrap-around:client-emit', 'amqp10/2.8.10.serial-numbers:client-emit'],
    needs: 'consume',
    seam: throughout(() => frames10(shifting(shiftOf({ deliveryCounts: 0xfffffffe })))),
  }),
  case10({
    id: 'attach/max-message-size',
    title: 'Where the server takes messages of one octet, the client sends none that is larger',
    duties: ['amqp10/2.7.3.max-message-size:client-emit'],
    needs: 'publish',
    legal: [goesOn, ...givesUp],
    lawful: true,
    stayMs: 1500,
    until: 'publish',
    seam: attaches('receiver', draft => draft.with({ maxMessageSize: 1n })),
  }),
  case10({
    id: 'attach/max-message-size-zero',
    title: 'A max-message-size of zero is no limit',
    duties: ['amqp10/2.7.3.max-message-size-none:client-emit'],
    needs: 'publish',
    owes: 'send its message all the same',
    seam: attaches(
      'receiver',
      draft => draft.with({ maxMessageSize: 0n }),
      owing(
        () => () => 'pass',
        ({ type }) => type === 'transfer',
      ),
    ),
  }),
  case10({
    id: 'attach/properties-unknown',
    title: 'Properties and capabilities of a link that nobody knows change nothing',
    duties: ['amqp10/1.2.any-encoding:client-emit', 'amqp10/1.1.2.described:client-emit'],
    needs: 'declare',
    seam: departs(
      answer10('attach', draft =>
        draft.as({
          wide: true,
          fields: {
            properties: mapOfAll([...numbers, ...described], 'symbol'),
            offeredCapabilities: variableOf('symbol', new TextEncoder().encode('x-amqpspec')),
          },
        }),
      ),
    ),
  }),
  case10({
    id: 'attach/other-handle',
    title: 'The handles of the server are its own, and others than those of the client',
    duties: ['amqp10/2.6.2.handles-independent:client-emit'],
    needs: 'declare',
    trigger: 'room for other handles than its own',
    seam: throughout(
      frames10((seen, at) => {
        if (seen.direction === 'to-server' || seen.what !== 'frame' || seen.frame.type !== 'amqp') return 'pass';
        const { performative } = seen.frame;
        if (performative === undefined || !('handle' in performative) || performative.handle === undefined || handleMaxOf(at, seen.channel) < 8) return 'pass';
        return { send: [{ ...seen.frame, performative: { ...performative, handle: performative.handle + 5 } as Performative }] };
      }),
    ),
  }),
  case10({
    id: 'attach/unasked',
    title: 'A link that the server attaches is answered with an attach',
    duties: ['amqp10/2.6.3.attach-answered:client-emit'],
    needs: 'channel',
    legal: [closes('session'), closes('connection')],
    lawful: true,
    owes: 'answer by an attach of the same name',
    seam: departs(
      answer10('begin', draft => draft.followedBy(extra({}))),
      owing(alone(), body => body.type === 'attach' && body.name === 'amqpspec-unasked'),
    ),
  }),
  case10({
    id: 'attach/handle-beyond',
    title: "A handle above the client's handle-max closes the connection with a framing error",
    duties: ['amqp10/2.7.2.handle-beyond:client-enforce'],
    needs: 'declare',
    trigger: 'a handle-max, beyond which there is a handle',
    seam: behindAttach((draft, at) => {
      const most = handleMaxOf(at, draft.channel);
      return most < everyHandle && [extra({ handle: most + 1 })];
    }),
  }),
  case10({
    id: 'attach/handle-in-use',
    title: 'A second link under a handle that is in use ends with handle-in-use',
    duties: ['amqp10/2.7.3.handle-in-use:client-enforce'],
    needs: 'declare',
    seam: behindAttach(({ fields }) => [extra({ handle: fields.handle })]),
  }),
  case10({
    id: 'attach/no-delivery-count',
    title: 'The attach of a sender without initial-delivery-count ends with an error',
    duties: ['amqp10/2.7.3.initial-delivery-count:client-enforce'],
    needs: 'declare',
    trigger: 'a link to receive on',
    seam: attaches('sender', draft => draft.with({ initialDeliveryCount: undefined }), alone()),
  }),
  case10({
    id: 'attach/mandatory',
    title: 'An attach without a name ends with an error',
    duties: ['amqp10/2.7.3.mandatory:client-enforce'],
    needs: 'declare',
    seam: departs(
      answer10('attach', draft => draft.lacking('name')),
      alone(),
    ),
  }),
  case10({
    id: 'attach/choice',
    title: 'A settle mode that there is not ends with an error',
    duties: ['amqp10/1.3.5.choice:client-enforce'],
    needs: 'declare',
    seam: departs(
      answer10('attach', draft => draft.as({ fields: { sndSettleMode: Uint8Array.of(0x50, 9) } })),
      alone(),
    ),
  }),
  case10({
    id: 'attach/coordinator-refused',
    title: 'Where its control link is refused, the client detaches it too',
    duties: ['amqp10/2.6.4.detach-sent:client-emit'],
    needs: 'declare',
    trigger: 'a link to a coordinator',
    legal: answersDetach,
    lawful: true,
    owes: answerDetach,
    seam: departs(
      answer10('attach', draft => {
        if (draft.fields.target?.type !== 'coordinator') return false;
        const error: AmqpError = { type: 'error', condition: 'amqp:not-implemented', description: 'on purpose' };
        return draft.replaced(draft.with({ target: undefined }), { type: 'detach', handle: draft.fields.handle, closed: true, error });
      }),
      detachAnswered,
    ),
  }),
];
