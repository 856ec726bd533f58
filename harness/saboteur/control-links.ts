import {
  type AmqpDisposition,
  type Composite,
  compositeOf,
  type DeliveryState,
  decodeMessage,
  isViolation,
  type Message as WireMessage,
} from '../wire/amqp10/codec.ts';
import type { Conversation10, FrameSeam10, Rewritten10 } from './fault10.ts';
import { type Message10, type MessageChange10, published10 } from './messages10.ts';
import { channelBack } from './refusals10.ts';
import { answer10, type Change10, type Draft10, piece10 } from './rewrites10.ts';

/** What came over a control link. */
export interface Asked {
  readonly message: Message10;
  readonly at: Conversation10;
  readonly body: WireMessage['body'];
  /** Undefined where it is neither of them, or cannot be read. */
  readonly what: Composite<'declare'> | Composite<'discharge'> | undefined;
}

/** What a client sends over its control links reaches the server changed. */
export function control(change: (asked: Asked) => MessageChange10): FrameSeam10 {
  return published10((message, at) => {
    const target = at.link('to-server', message.channel, message.transfer.handle)?.attach['to-server']?.target;
    if (target?.type !== 'coordinator') return false;
    const decoded = decodeMessage(message.payload);
    const body = isViolation(decoded) ? undefined : decoded.body;
    const composite = body?.type === 'amqp-value' ? compositeOf(body.value) : undefined;
    const what = composite?.type === 'declare' || composite?.type === 'discharge' ? composite : undefined;
    return change({ message, at, body, what });
  });
}

/** The server never gets it; the client is told this state of it. */
export function told({ message, at }: Asked, state: DeliveryState): Rewritten10 | false {
  const channel = channelBack(message, at);
  if (channel === undefined) return false;
  const { deliveryId: first = 0 } = message.transfer;
  return { back: [piece10({ type: 'disposition', role: 'receiver', first, settled: true, state }, channel)] };
}

/** What the server says of deliveries that it got, by the kind of the state. */
export function outcomes<T extends DeliveryState['type']>(
  type: T,
  change: (state: Extract<DeliveryState, { readonly type: T }>, draft: Draft10<'disposition'>, at: Conversation10) => Change10,
): FrameSeam10 {
  return answer10('disposition', (draft, at) => {
    const { role, state } = draft.fields;
    return role === 'receiver' && state?.type === type && change(state as Extract<DeliveryState, { readonly type: T }>, draft, at);
  });
}

/** The same for rejections with one of these conditions. */
export function rejections(conditions: readonly string[], change: (draft: Draft10<'disposition'>, at: Conversation10) => Change10): FrameSeam10 {
  return outcomes('rejected', ({ error }, draft, at) => error !== undefined && conditions.includes(error.condition) && change(draft, at));
}

export const acceptedState: DeliveryState = { type: 'accepted' };

/** The disposition that says a commit has been done, of the client's last delivery on the session. */
export function lastAccepted(at: Conversation10, channel: number): AmqpDisposition {
  const from = at.session('to-client', channel)?.channels['to-server'];
  const last = from === undefined ? undefined : at.performative('to-server', from);
  return { type: 'disposition', role: 'receiver', first: last?.type === 'transfer' ? (last.deliveryId ?? 0) : 0, settled: true, state: acceptedState };
}
