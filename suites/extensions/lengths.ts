import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { queueHolds, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';

/** A body of ten octets that begins so. */
export const tenOctets = (first: string) => first.padEnd(10, '.');
/** Arguments of a queue that may hold this many messages. */
export const limited = (length: number, overflow?: string) =>
  fieldTable(overflow === undefined ? { 'x-max-length': length } : { 'x-max-length': length, 'x-overflow': overflow });

/** Fails unless exactly these messages come out of the queue, in this order. */
export async function requireHolds(peer: Peer, channel: ProbeChannel, queue: string, bodies: readonly string[]): Promise<void> {
  await queueHolds(peer, channel, queue, bodies.length);
  const held = await takeAll(peer, channel, queue, bodies.length);
  requireTexts(peer, held.map(textOf), bodies, 'Messages in the queue');
}
