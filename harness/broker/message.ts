import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { StoredMessage } from '../store/store.ts';
import type { ConnectionId } from './vocabulary.ts';

/** Why a queue gave a message up. */
export type DeathReason = 'rejected' | 'expired' | 'maxlen';

/** The deaths of a message in one queue for one reason. */
export interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly count: number;
  /** Of the first of them, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Where it had been published to, with which keys and which expiration as its sender wrote it. */
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  readonly expiration: string | undefined;
  /** How many deliveries of the message had failed by then, a rejection among them; left out where that is not known any more. */
  readonly failures?: number;
}

/** What changes about a message that is published again after its death. */
export interface Afterlife {
  readonly exchange: string;
  /** Undefined: the keys it had. */
  readonly routingKey: string | undefined;
  /** The latest first. */
  readonly deaths: readonly Death[];
  /** Whether headers tell of the last death by itself, as they do of the first. */
  readonly tellsLast: boolean;
}

/** Further keys that a sender gives its message. `blind`: it says some of them where receivers are not to see them. */
export interface Copies {
  readonly keys: readonly string[];
  readonly blind: boolean;
}

/** What every dialect can tell of a message, whoever sent it. Header and body stay in the sender's native form, octet by octet. */
export interface Message extends StoredMessage {
  /** Connection that published it; 0 where none did. */
  readonly publisher: ConnectionId;
  /** Octets of the body. */
  readonly size: number;
  readonly persistent: boolean;
  /** 0 to 9; absent or out of range counts as the nearest. */
  readonly priority: number;
  /** How long it may wait in a queue, in milliseconds; undefined: as long as it takes; NaN: what the sender wrote is no time. */
  readonly ttlMs: number | undefined;
  /** `ttlMs` as the sender wrote it. */
  readonly expiration: string | undefined;
  /** Every key that it was published with and that its receivers may know. */
  readonly routingKeys: readonly string[];
  /** Application headers; only exchanges that route by them ask. */
  readonly headers: FieldTable | undefined;
  /** Who its sender says that it is; undefined where it does not say. */
  readonly userId: string | undefined;
  /** Where else its sender wants it; undefined: nowhere. */
  readonly copies: Copies | 'malformed' | undefined;
  /** The same message under another key. */
  under(routingKey: string): Message;
  /** The same message without the keys that its receivers are not to see. */
  withoutBlindCopies(): Message;
  /** Where its sender wants answers; undefined where it does not say. */
  readonly replyTo: string | undefined;
  /** The same message, whose sender wants answers there; only for one that says where. */
  answerTo(replyTo: string): Message;
  /** What it died of before, the latest first. */
  readonly deaths: readonly Death[];
  /** The same message for its next life: told what it died of, without expiration. */
  afterDeath(afterlife: Afterlife): Message;
}
