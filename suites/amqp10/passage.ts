import type { Delivery10, Receiver10, Sendable, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Connection10Options } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { type AmqpValue, decodeMessage, encodeMessage, isViolation, type Message, type MessageDraft } from '../../harness/wire/amqp10/codec.ts';

/** Links to and from a queue of the check's own, which is empty. */
export interface Passage {
  readonly address: string;
  readonly session: Session10;
  readonly sender: Sender10;
  readonly receiver: Receiver10;
}

/** Both links, the one that receives with so much credit. */
export async function passage(peer: Peer, { credit = 10, ...options }: Connection10Options & { readonly credit?: number } = {}): Promise<Passage> {
  const { address } = await peer.node10();
  const session = await peer.session10(options);
  const sender = await session.sender(address);
  await sender.credited();
  const receiver = await session.receiver(address);
  if (credit > 0) receiver.credit(credit);
  return { address, session, sender, receiver };
}

/** Sends a message that there is no reason to refuse. */
export async function sendTo(peer: Peer, sender: Sender10, message: Sendable): Promise<void> {
  const outcome = await sender.send(message);
  peer.require(outcome?.type === 'accepted', `A message for a queue of our own was ${outcome?.type ?? 'given no outcome'}, not accepted.`);
}

/** A message goes to a queue of the check's own and comes back; it is not settled. */
export async function passed(peer: Peer, message: Sendable, { sender, receiver }: Pick<Passage, 'sender' | 'receiver'>): Promise<Delivery10> {
  await sendTo(peer, sender, message);
  return receiver.receive();
}

/** The same by links that are attached for it. */
export async function passedBy(peer: Peer, message: Sendable): Promise<Delivery10> {
  return passed(peer, message, await passage(peer));
}

/** A text as a value. */
export const text = (value: string): AmqpValue => ({ type: 'string', value });
/** A body of one data section. */
export const dataOf = (...parts: readonly string[]) => ({ type: 'data', value: parts.map(part => Buffer.from(part)) }) as const;
/** A message of a text. */
export const bodyOf = (body: string): Pick<MessageDraft, 'body'> => ({ body: dataOf(body) });

/** Sections that are compared one by one. */
export type Compared = 'messageAnnotations' | 'properties' | 'applicationProperties' | 'body' | 'footer';

/** Whether a section has the values that were sent, however they are encoded. */
export function sameSection(sent: MessageDraft, came: Message, name: Compared): boolean {
  return Buffer.compare(canonical(sent, name), canonical(came as MessageDraft, name)) === 0;
}

function canonical(message: MessageDraft, name: Compared): Uint8Array {
  return encodeMessage({ [name]: message[name] });
}

/** Fails where a section came with other values than it was sent with. */
export function requireSame(peer: Peer, sent: MessageDraft, came: Message, name: Compared, duty?: DutyId): void {
  peer.require(sameSection(sent, came, name), `The ${spelt(name)} of the message came otherwise than it was sent.`, duty);
}

const spelt = (name: Compared): string => name.replace(/[A-Z]/g, each => `-${each.toLowerCase()}`);

/** The message that octets are. Throws where they are none: they are ours. */
export function messageOf(octets: Uint8Array): Message {
  const message = decodeMessage(octets);
  if (isViolation(message)) throw new Error(message.detail);
  return message;
}
