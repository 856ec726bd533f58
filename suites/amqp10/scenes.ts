import type { Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Connection10, Connection10Options, Frame10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';

/** A queue of the check's own, and a session. */
export interface Scene {
  readonly address: string;
  readonly connection: Connection10;
  readonly session: Session10;
}

export async function scene(peer: Peer, options: Connection10Options = {}): Promise<Scene> {
  const { address } = await peer.node10();
  const session = await peer.session10(options);
  return { address, connection: session.connection, session };
}

/** The names of so many messages, from 1. */
export const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => String(at + 1));

/** Sends these messages and waits until each is accepted. */
export async function sendAll(peer: Peer, sender: Sender10, messages: readonly (string | Uint8Array)[]): Promise<void> {
  for (const message of messages) {
    const outcome = await sender.send(message);
    peer.require(outcome?.type === 'accepted', `The outcome of a message for a queue of our own is ${outcome?.type}.`);
  }
}

/** Fills the queue of a scene by a session of its own, which stays. */
export async function fill(peer: Peer, { address, connection }: Scene, messages: readonly (string | Uint8Array)[]): Promise<Sender10> {
  const sender = await (await connection.session()).sender(address);
  await sendAll(peer, sender, messages);
  return sender;
}

/** A scene whose queue holds messages that are named by their numbers. */
export async function filled(peer: Peer, count: number, options: Connection10Options = {}): Promise<Scene & { readonly sender: Sender10 }> {
  const found = await scene(peer, options);
  return { ...found, sender: await fill(peer, found, numbers(count)) };
}

/** Receives these messages in this order, and accepts them. */
export async function receiveAll(peer: Peer, receiver: Receiver10, messages: readonly string[]): Promise<void> {
  for (const expected of messages) {
    const delivery = await receiver.receive();
    peer.require(delivery.text === expected, `Expected message ${expected}, got ${delivery.text}.`);
    if (!delivery.settled) delivery.accept();
  }
}

/** A message goes out on the session and comes back: the session serves. */
export async function passes(peer: Peer, session: Session10, address: string, text: string): Promise<void> {
  const receiver = await session.receiver(address);
  receiver.credit(1);
  const sender = await session.sender(address);
  await sendAll(peer, sender, [text]);
  await receiveAll(peer, receiver, [text]);
}

/** Serial numbers of 32 bits: how far one is ahead of the other. */
export const ahead = (from: number, to: number): number => (to - from) >>> 0;

/** The flow that ends a drain: those before it tell how far it has come. */
export async function drainEnd(receiver: Receiver10): Promise<Frame10<'flow'>['performative']> {
  for (;;) {
    const { performative } = await receiver.expect('flow');
    if ((performative.linkCredit ?? 0) === 0) return performative;
  }
}
