import type { LinkDraft, Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Connection10Options, Draft10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';

/** Links of one session to and from a queue of the check's own. */
export interface Both {
  readonly address: string;
  readonly session: Session10;
  readonly sender: Sender10;
  readonly receiver: Receiver10;
}

/** What is not as usual about them. */
export interface Unusual {
  readonly sender?: LinkDraft;
  readonly receiver?: LinkDraft;
  readonly connection?: Connection10Options;
  /** Deliveries that the receiver takes; left out: ten. */
  readonly credit?: number;
}

/** Links to and from a queue of the check's own, both with credit. */
export async function both(peer: Peer, { connection, credit = 10, ...attach }: Unusual = {}): Promise<Both> {
  const { address } = await peer.node10();
  const session = await peer.session10(connection);
  const sender = await session.sender(address, attach.sender);
  await sender.credited();
  const receiver = await session.receiver(address, attach.receiver);
  if (credit > 0) receiver.credit(credit);
  return { address, session, sender, receiver };
}

/** A delivery-tag. */
export const tag = (text: string): Uint8Array => Buffer.from(text);

/** A message with this text in a data section, as octets. */
export const octets = (text: string): Uint8Array => encodeMessage({ body: { type: 'data', value: [Buffer.from(text)] } });

/** The fields of a first transfer. */
export const first = (deliveryId: number, text: string, more: Draft10<'transfer'> = {}): Draft10<'transfer'> => ({
  deliveryId,
  deliveryTag: tag(text),
  messageFormat: 0,
  ...more,
});

/** The next message is this one. */
export async function expectText(peer: Peer, receiver: Receiver10, text: string): Promise<void> {
  const { text: came } = await receiver.receive();
  peer.require(came === text, `Expected the message '${text}', got ${came === undefined ? 'one of another kind' : `'${came}'`}.`);
}

/** Messages that are sent unsettled and accepted, one after the other. */
export async function sendAll(peer: Peer, sender: Sender10, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const outcome = await sender.send(text);
    peer.require(outcome?.type === 'accepted', `The outcome of a message for a queue of our own is ${outcome?.type ?? 'none'}.`);
  }
}

/** A link of another connection takes what the queue has, which is exactly this. */
export async function expectLeft(peer: Peer, address: string, ...texts: readonly string[]): Promise<void> {
  const session = await peer.session10();
  const receiver = await session.receiver(address);
  receiver.credit(texts.length + 1);
  for (const text of texts) {
    await expectText(peer, receiver, text);
  }
  await receiver.barrier(['transfer']);
}

/** A larger message than one frame of 512 octets holds. */
export const large = (label: string): string => `${label} ${'0123456789abcdef'.repeat(100)}`;

/** A connection whose frames are as small as they can be, so that larger messages come in several transfers. */
export const smallFrames: Connection10Options = { open: { maxFrameSize: 512 } };
