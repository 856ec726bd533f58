import { serialPlus } from '../endpoint/amqp10/serial.ts';
import type { AmqpFlow } from '../wire/amqp10/codec.ts';
import { misconditioned, rescoped, unpunished10 } from './departures10.ts';
import { effect } from './effect-seam.ts';
import type { Conversation10 } from './fault10.ts';
import { pardoned, spoilt } from './pardons10.ts';
import { refusedLink, refusedSession } from './refusals10.ts';
import { answer10, type Draft10, linkOf, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const flowing = faultsIn('amqp10/flow/**');
const everywhere = ['amqp10/**'];
/** By a frame of no link sessions are made to fail. */
const unattachedIn = ['amqp10/{flow,transfer,detach,end,error}/**'];
/** What the core says is heard by both protocols. */
const inBoth = ['amqp10/**', 'amqp091/**'];

/** Whether the server's flow is about a link that it sends on. */
const sends = (draft: Draft10<'flow'>, at: Conversation10): boolean => linkOf(draft, at)?.transfersGo === 'to-client';
const receives = (draft: Draft10<'flow'>, at: Conversation10): boolean => linkOf(draft, at)?.transfersGo === 'to-server';

/** Whether the client's flow grants credit to a link that the server sends on. */
const grants = (draft: Draft10<'flow'>, at: Conversation10): boolean => linkOf(draft, at)?.transfersGo === 'to-client' && draft.fields.linkCredit !== undefined;

/** Flow: credit, drain, echo, and what each end tells of itself. */
export const flowFaults10 = {
  'amqp10/2.6.7.delivery-limit:emit': [
    flowing(
      'adds new credit to what is left of the old',
      request10('flow', (draft, at) => {
        const left = linkOf(draft, at)?.credit ?? 0;
        return grants(draft, at) && left > 0 && draft.fields.linkCredit !== 0 && draft.with({ linkCredit: (draft.fields.linkCredit ?? 0) + left });
      }),
    ),
    flowing(
      'counts credit from where it has come to, not from the delivery-count that was told',
      request10('flow', (draft, at) => grants(draft, at) && draft.with({ deliveryCount: linkOf(draft, at)?.deliveryCount })),
      everywhere,
    ),
  ],
  'amqp10/2.6.7.count-unknown:emit': [
    flowing(
      'takes a missing delivery-count for zero',
      request10(
        'flow',
        (draft, at) =>
          grants(draft, at) &&
          draft.fields.deliveryCount === undefined &&
          draft.with({ deliveryCount: serialPlus(linkOf(draft, at)?.deliveryCount ?? 0, -1000) }),
      ),
      everywhere,
    ),
  ],
  'amqp10/2.6.7.credit-spent:emit': [
    flowing(
      'sends one delivery more than it has credit for',
      request10('flow', (draft, at) => grants(draft, at) && draft.fields.linkCredit !== 0 && draft.with({ linkCredit: (draft.fields.linkCredit ?? 0) + 1 })),
      everywhere,
    ),
  ],
  'amqp10/2.6.7.no-initial-credit:emit': [flowing('sends on a link as soon as it stands', initialCredit(), everywhere)],
  'amqp10/2.6.7.credit-used:emit': [
    flowing(
      'keeps the last of several credits unused',
      request10(
        'flow',
        (draft, at) => grants(draft, at) && (draft.fields.linkCredit ?? 0) > 1 && draft.with({ linkCredit: (draft.fields.linkCredit ?? 0) - 1 }),
      ),
      everywhere,
    ),
    flowing(
      'overlooks much credit that is given while the window is closed',
      request10(
        'flow',
        (draft, at) =>
          grants(draft, at) &&
          (draft.fields.linkCredit ?? 0) > 4 &&
          at.session('to-server', draft.channel)?.room['to-client'] === 0 &&
          draft.with({ linkCredit: 0 }),
      ),
      ['amqp10/properties/credit'],
    ),
    flowing(
      'sends but one delivery, whatever the credit',
      request10('flow', (draft, at) => grants(draft, at) && (draft.fields.linkCredit ?? 0) > 1 && draft.with({ linkCredit: 1 })),
      everywhere,
    ),
  ],
  'amqp10/2.6.7.available-floor:emit': [
    flowing(
      'tells that fewer than no messages are available',
      answer10('flow', (draft, at) => receives(draft, at) && draft.fields.available === 0 && draft.with({ available: 0xffffffff })),
    ),
  ],
  'amqp10/2.6.7.available-told:emit': [
    flowing(
      'tells of one message too many that is available',
      answer10('flow', (draft, at) => sends(draft, at) && draft.fields.available !== undefined && draft.with({ available: draft.fields.available + 1 })),
    ),
  ],
  'amqp10/2.6.7.credit-granted:emit': [flowing('grants credit once and never again', grantsOnce(), everywhere)],
  'amqp10/2.6.7.alarm:emit': [
    flowing(
      'holds nobody back while memory is short',
      effect('hold', told => (told.held ? [] : [told])),
      inBoth,
    ),
    flowing(
      'never takes up again what it held back',
      effect('hold', told => (told.held ? [told] : [])),
      inBoth,
    ),
  ],
  'amqp10/2.6.7.transfer-limit:enforce': [
    flowing('takes transfers without credit', unpunished10({ condition: 'amqp:link:transfer-limit-exceeded' })),
    flowing('detaches with not-allowed where credit is overrun', misconditioned('amqp:not-allowed', { condition: 'amqp:link:transfer-limit-exceeded' })),
    flowing('ends the session where credit is overrun', rescoped('end', { condition: 'amqp:link:transfer-limit-exceeded' })),
  ],
  'amqp10/2.6.7.drained:emit': [
    flowing(
      'does not say that it has drained',
      answer10('flow', (draft, at) => sends(draft, at) && linkOf(draft, at)?.drain === true && draft.swallowed()),
      everywhere,
    ),
    flowing(
      'tells that it has drained without using up the credit',
      answer10('flow', (draft, at) => {
        const link = linkOf(draft, at);
        return link?.transfersGo === 'to-client' && link.drain && draft.with({ deliveryCount: link.deliveryCount, linkCredit: link.credit });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.6.7.count-wrap-around:emit': [
    flowing(
      'refuses a sender whose delivery-count begins near its end',
      refusedLink('amqp:invalid-field', ({ initialDeliveryCount = 0 }) => initialDeliveryCount > 0x7fffffff),
      everywhere,
    ),
  ],
  'amqp10/2.6.10.stopped:emit': [
    flowing(
      'does not stop where credit is taken back',
      request10(
        'flow',
        (draft, at) =>
          grants(draft, at) &&
          draft.fields.linkCredit === 0 &&
          draft.with({ handle: undefined, linkCredit: undefined, deliveryCount: undefined, available: undefined, drain: undefined }),
      ),
      everywhere,
    ),
  ],
  'amqp10/2.7.4.mandatory:emit': [
    flowing(
      'leaves the windows out of a flow',
      answer10('flow', draft => draft.lacking('incomingWindow', 'outgoingWindow')),
      everywhere,
    ),
  ],
  'amqp10/2.7.4.mandatory:enforce': [
    also(flowing('takes a flow that lacks what is mandatory', pardoned(spoilt('flow')), ['amqp10/{flow,error}/**']), 'amqp10/types/**'),
  ],
  'amqp10/2.7.4.next-incoming-id:emit': [
    flowing(
      'leaves next-incoming-id out of a flow',
      answer10('flow', draft => draft.with({ nextIncomingId: undefined })),
      everywhere,
    ),
  ],
  'amqp10/2.7.4.unattached-handle:enforce': [
    flowing('overlooks frames with a handle of no link', unpunished10({ condition: 'amqp:session:unattached-handle' }), unattachedIn),
    flowing(
      'tells invalid-field where a handle is of no link',
      misconditioned('amqp:invalid-field', { condition: 'amqp:session:unattached-handle' }),
      unattachedIn,
    ),
    flowing('closes the connection where a handle is of no link', rescoped('close', { condition: 'amqp:session:unattached-handle' }), unattachedIn),
  ],
  'amqp10/2.7.4.session-only:emit': [
    flowing(
      'tells credit in a flow without handle',
      answer10('flow', draft => draft.fields.handle === undefined && draft.with({ linkCredit: 1, deliveryCount: 0 })),
      everywhere,
    ),
  ],
  'amqp10/2.7.4.sender-state:emit': [
    flowing(
      'tells a delivery-count that it does not have',
      answer10(
        'flow',
        (draft, at) => sends(draft, at) && draft.fields.deliveryCount !== undefined && draft.with({ deliveryCount: serialPlus(draft.fields.deliveryCount, 7) }),
      ),
      everywhere,
    ),
    flowing(
      'tells a credit that it was not given',
      answer10('flow', (draft, at) => sends(draft, at) && draft.with({ linkCredit: (draft.fields.linkCredit ?? 0) + 3 })),
      everywhere,
    ),
  ],
  'amqp10/2.7.4.receiver-state:emit': [
    flowing(
      'grants credit from a delivery-count that the sender does not have',
      answer10(
        'flow',
        (draft, at) =>
          receives(draft, at) && draft.fields.deliveryCount !== undefined && draft.with({ deliveryCount: serialPlus(draft.fields.deliveryCount, 5) }),
      ),
      everywhere,
    ),
  ],
  'amqp10/2.7.4.echo:emit': [
    flowing(
      'does not answer a flow that asks for an echo',
      request10('flow', draft => draft.fields.echo === true && draft.with({ echo: undefined })),
      everywhere,
    ),
    flowing(
      'answers for the session alone where the state of a link was asked for',
      answer10('flow', (draft, at) => {
        const echo = at.performative('to-server');
        const isAsked = echo?.type === 'flow' && echo.echo === true && echo.handle !== undefined && draft.fields.handle !== undefined;
        return isAsked && draft.with({ handle: undefined, deliveryCount: undefined, linkCredit: undefined, available: undefined, drain: undefined });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.7.4.no-echo:emit': [
    flowing(
      'asks for an echo in each flow',
      answer10('flow', draft => draft.with({ echo: true })),
      everywhere,
    ),
  ],
  'amqp10/2.7.4.properties:emit': [
    flowing(
      'ends a session for properties in a flow that it does not know',
      refusedSession('amqp:not-implemented', 'flow', ({ fields }) => fields.properties !== undefined),
    ),
  ],
} as const satisfies FaultTable;

/** A link that the server sends on has credit as soon as it is attached. */
function initialCredit() {
  return request10('attach', draft => {
    const flow: AmqpFlow = { type: 'flow', handle: draft.fields.handle, incomingWindow: 1000, nextOutgoingId: 0, outgoingWindow: 1000, linkCredit: 5 };
    return draft.fields.role === 'receiver' && draft.followedBy(flow);
  });
}

/** The first grant of each link goes through, and no more. */
function grantsOnce() {
  return remembering10(() => {
    const seen = new Set<string>();
    return answer10('flow', (draft, at) => {
      const key = `${draft.channel} ${draft.fields.handle}`;
      if (!receives(draft, at) || (draft.fields.linkCredit ?? 0) === 0) return false;
      const again = seen.has(key);
      seen.add(key);
      return again && draft.swallowed();
    });
  });
}
