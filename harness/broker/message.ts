import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { StoredMessage } from '../store/store.ts';
import type { ConnectionId } from './vocabulary.ts';

/** What every dialect can tell of a message, whoever sent it. Header and body stay in the sender's native form, octet by octet. */
export interface Message extends StoredMessage {
  /** Connection that published it; 0 where none did. */
  readonly publisher: ConnectionId;
  /** Octets of the body. */
  readonly size: number;
  readonly persistent: boolean;
  /** 0 to 9; absent or out of range counts as the nearest. */
  readonly priority: number;
  /** Application headers; only exchanges that route by them ask. */
  readonly headers: FieldTable | undefined;
  /** Where its sender wants answers; undefined where it does not say. */
  readonly replyTo: string | undefined;
  /** The same message, whose sender wants answers there; only for one that says where. */
  answerTo(replyTo: string): Message;
}
