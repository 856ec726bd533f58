import type { FuzzProtocol } from '../finding.ts';

/** Octets of each direction of recorded conversations, behind the protocol header. */
export const recordings: { readonly [P in FuzzProtocol]: readonly Uint8Array[] } = { amqp091: [], amqp10: [] };
