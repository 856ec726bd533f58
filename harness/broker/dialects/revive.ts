import type { StoredMessage } from '../../store/store.ts';
import type { Message } from '../message.ts';
import { reviveMessage10 } from './amqp10-message.ts';
import { reviveMessage as reviveMessage091 } from './amqp091-message.ts';

/**
 * A message as a store gave it back, in the form of the protocol that it came by.
 * @throws {Error} where the octets are none: stores check what they read, so this is not a peer's doing.
 */
export function reviveMessage(stored: StoredMessage, arrivedMs?: number): Message {
  return stored.dialect === 'amqp10' ? reviveMessage10(stored, arrivedMs) : reviveMessage091(stored);
}
