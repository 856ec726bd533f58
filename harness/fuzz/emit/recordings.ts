import { recordedAmqp10, recordedAmqp091 } from '../../../fixtures/seeds/recorded.ts';
import type { FuzzProtocol } from '../finding.ts';

/** The octets of a text in hexadecimal, of which lines that begin with # are none. */
const octetsOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/^#.*$/gm, '').replace(/\s+/g, ''), 'hex'));

/** Octets of each direction of recorded conversations, behind the protocol headers; whoever has more of them appends them before the first input is made. */
export const recordings: { readonly [P in FuzzProtocol]: Uint8Array[] } = {
  amqp091: Object.values(recordedAmqp091).map(octetsOf),
  amqp10: Object.values(recordedAmqp10).map(octetsOf),
};
