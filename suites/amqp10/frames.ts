import type { Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Connection10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { bareClose, close, headerThenClose, saslOutcome } from '../../harness/spec/amqp10/phrases.ts';
import type { Answer } from '../../harness/spec/rule.ts';
import { encodeMessage, type PerformativeName } from '../../harness/wire/amqp10/codec.ts';
import { type CompositeOctets, compositeAs, type FrameOctets, frameOf } from '../../harness/wire/amqp10/craft.ts';

/** Frames written by hand, for checks whose matter is the frames themselves. */

type Values = Readonly<Record<string, unknown>>;

/** A performative in a frame, each in a form of one's choice. */
export function performativeFrame(name: PerformativeName, values: Values, how: CompositeOctets = {}, frame: FrameOctets = {}): Uint8Array {
  return frameOf(compositeAs(name, values as never, how), frame);
}

/** What a session may be begun with. */
export const beginning = { nextOutgoingId: 0, incomingWindow: 2048, outgoingWindow: 2048 } as const;

/** What a flow of a session says that has transferred nothing. */
export function flowing(session: Session10): Values {
  return { nextIncomingId: session.begin.nextOutgoingId, ...beginning };
}

/** Each octet by itself. */
export const octetByOctet = (bytes: Uint8Array): readonly Uint8Array[] => Array.from(bytes, octet => Uint8Array.of(octet));

/** One data section. */
export const dataOf = (content: Uint8Array | string): Uint8Array => encodeMessage({ body: { type: 'data', value: [Buffer.from(content)] } });

/** A queue of the check's own with a link to it and one from it, both with credit. */
export interface Relay {
  readonly address: string;
  readonly session: Session10;
  readonly sender: Sender10;
  readonly receiver: Receiver10;
}

export async function relay(peer: Peer, session?: Session10): Promise<Relay> {
  const { address } = await peer.node10();
  const on = session ?? (await peer.session10());
  const sender = await on.sender(address);
  await sender.credited();
  const receiver = await on.receiver(address);
  receiver.credit(100);
  return { address, session: on, sender, receiver };
}

/** A connection on which our open has not gone yet, both headers have. */
export const unopened = (peer: Peer): Promise<Connection10> => peer.connection10({ upTo: 'header' });

/** A connection in whose SASL layer nothing was said but the headers. */
export async function inSaslLayer(peer: Peer): Promise<Connection10> {
  const connection = await peer.connection10({ upTo: 'dial' });
  connection.sendBytes(Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0));
  const [, , , , id] = await connection.expectHeader();
  if (id !== 3) peer.unsupported('The server has no SASL layer.');
  await connection.expectSasl('sasl-mechanisms');
  return connection;
}

/** Before open a close may be told behind an open, or the stream just ends. */
export const beforeOpen = (...answers: readonly Answer[]): readonly Answer[] => [...answers, bareClose];

/** In the SASL layer there is no frame that tells of an error but the outcome. */
export const inSasl: readonly Answer[] = [
  bareClose,
  headerThenClose,
  saslOutcome('auth'),
  saslOutcome('sys'),
  saslOutcome('sys-perm'),
  close('amqp:connection:framing-error', 'practice'),
];
