import type { Delivery10, Link10, LinkDraft, Receiver10, Sendable, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Frame10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { type AmqpMap, type AmqpValue, type CompositeFields, compositeOf, type DeliveryState, describedOf } from '../../harness/wire/amqp10/codec.ts';
import { received, released } from './controller.ts';

/** A link that its client has detached and not closed, with deliveries that nobody has settled. */
export interface Left {
  readonly session: Session10;
  readonly address: string;
  readonly name: string;
  readonly deliveries: readonly Delivery10[];
  readonly tags: readonly Uint8Array[];
}

export interface Holding extends Left {
  readonly receiver: Receiver10;
}

type Known = Exclude<DeliveryState, { readonly type: 'described' }>;

/** The unsettled field of an attach, with one state for all; without one where nothing was said of them. */
export function mapOf(tags: readonly Uint8Array[], state?: Known): AmqpMap {
  return tags.map(value => [{ type: 'binary', value }, state === undefined ? { type: 'null', value: null } : describedOf(state)]);
}

/** What is not as usual about a link. */
export interface Unusual {
  readonly source?: CompositeFields<'source'>;
  readonly attach?: LinkDraft;
}

/** A link that has received these messages and settled none of them. */
export async function holding(peer: Peer, session: Session10, messages: readonly Sendable[], unusual: Unusual = {}): Promise<Holding> {
  const { address } = await peer.node10();
  const { receiver, deliveries } = await received(peer, session, address, messages, unusual.source, unusual.attach);
  return { session, address, name: receiver.name, deliveries, tags: deliveries.map(({ tag }) => tag), receiver };
}

/** The same link, detached and not closed. */
export async function suspended(peer: Peer, messages: readonly Sendable[], unusual: Unusual = {}): Promise<Left> {
  const held = await holding(peer, await peer.session10(), messages, unusual);
  await held.receiver.detach({ closed: false });
  return held;
}

/** The link again, with what its client says that it holds. */
export function again({ session, address, name }: Left, unsettled: AmqpMap, { source, attach }: Unusual = {}): Promise<Receiver10> {
  const whole = { type: 'source', address, defaultOutcome: released, ...source } as const;
  return session.receiver(whole, { name, unsettled, ...attach });
}

const keyOf = (tag: Uint8Array): string => Buffer.from(tag).toString('hex');

/** What the peer's attach says that it holds: the state of each delivery, by its tag in hexadecimals. */
export function told({ attach }: Link10): ReadonlyMap<string, AmqpValue> {
  return new Map((attach.unsettled ?? []).flatMap(([tag, state]) => (tag.type === 'binary' ? [[keyOf(tag.value), state]] : [])));
}

/** What the peer's attach says of a delivery; undefined for what no state was said of, and for what it does not hold. */
export function stateIn(link: Link10, tag: Uint8Array): DeliveryState | undefined {
  const state = told(link).get(keyOf(tag));
  return state === undefined ? undefined : (compositeOf(state) as DeliveryState | undefined);
}

/** Ends the check where the peer says that it holds not all of them any more: nothing obliges it to keep a link that is detached. */
export function mustHold(peer: Peer, link: Link10, tags: readonly Uint8Array[]): void {
  const map = told(link);
  if (!tags.every(tag => map.has(keyOf(tag)))) peer.notApplicable('The broker says that it holds nothing of the link that was detached.');
}

/** The first transfers of the deliveries that came on a session and that nobody took. */
export function begun({ connection }: Session10): readonly Frame10<'transfer'>[] {
  const transfers = connection.taken().flatMap(seen => (seen.kind === 'frame' && seen.performative.type === 'transfer' ? [seen as Frame10<'transfer'>] : []));
  return transfers.filter(({ performative }) => performative.deliveryTag !== undefined);
}

/** Whether the peer's map has the delivery that this transfer begins. */
export function isTold(receiver: Receiver10, { performative: { deliveryTag } }: Frame10<'transfer'>): boolean {
  return deliveryTag !== undefined && told(receiver).has(keyOf(deliveryTag));
}

export function isSameTag(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && keyOf(one) === keyOf(other);
}
