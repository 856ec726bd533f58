import type { Peer } from '../../harness/probe/peer.ts';
import { type AmqpValue, decodeMessage, decodeValue, encodeValue, isViolation, type Message } from '../../harness/wire/amqp10/codec.ts';
import { joined, mapOf, sectionOf, valueAs } from '../../harness/wire/amqp10/craft.ts';
import { type Relay, relay } from './frames.ts';

/** Values that are sent in messages and looked at as they come back. */

/** Numbers of the sections in which values of any type may be. */
export const sectionCodes = { applicationProperties: 0x74, sequence: 0x76, value: 0x77 } as const;

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** What is the same for values that are, however they are encoded. */
export const canonical = (value: AmqpValue): string => hex(encodeValue(value));

/** The value that octets are. */
export function valueIn(octets: Uint8Array): AmqpValue {
  const decoded = decodeValue(octets);
  if (decoded.kind !== 'value' || decoded.end !== octets.length) throw new Error(`${hex(octets)} is no value`);
  return decoded.value;
}

/** Where a value is put in a message, and found again. */
export interface Place {
  readonly name: string;
  readonly wrap: (octets: Uint8Array) => Uint8Array;
  readonly find: (message: Message) => AmqpValue | undefined;
}

const name = 'v';
const key = valueAs({ type: 'string', value: name }, 'str8-utf8');
const empty = sectionOf(sectionCodes.value, { type: 'null', value: null });

export const places = {
  body: {
    name: 'the body',
    wrap: octets => sectionOf(sectionCodes.value, octets),
    find: ({ body }) => (body?.type === 'amqp-value' ? body.value : undefined),
  },
  property: {
    name: 'an application property',
    wrap: octets => joined(sectionOf(sectionCodes.applicationProperties, mapOf([key, octets])), empty),
    find: ({ applicationProperties }) => applicationProperties?.find(([each]) => each === name)?.[1],
  },
} as const satisfies Readonly<Record<string, Place>>;

/** Sends octets that are a whole message, sees them accepted, and answers what comes back. */
export async function returned(peer: Peer, { sender, receiver }: Relay, octets: Uint8Array, what: string): Promise<Message> {
  const state = await sender.send(octets);
  peer.require(state?.type === 'accepted', `The outcome of a message with ${what} is ${state?.type}.`);
  const delivery = await receiver.receive();
  delivery.accept();
  return delivery.message;
}

/** Sends each of these octets, which are one value, and sees that it comes back as the same value, in whatever encoding. */
export async function comesBack(peer: Peer, place: Place, all: readonly Uint8Array[]): Promise<void> {
  const links = await relay(peer);
  for (const octets of all) {
    const what = `${hex(octets.subarray(0, 32))} in ${place.name}`;
    const found = place.find(await returned(peer, links, place.wrap(octets), what));
    const got = found === undefined ? 'nothing' : canonical(found).slice(0, 64);
    peer.require(found !== undefined && canonical(found) === canonical(valueIn(octets)), `Of ${what} came back ${got}.`);
  }
}

/** The message that octets are. */
export function messageIn(octets: Uint8Array): Message {
  const message = decodeMessage(octets);
  if (isViolation(message)) throw new Error(message.detail);
  return message;
}
