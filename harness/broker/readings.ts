import type { RuleId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { Refusal } from './vocabulary.ts';

/** The text as it stands, or what the most widely used broker makes of it. */
export type Reading = 'text' | 'practice';

/**
 * How the broker reads what the standard leaves open, says twice, or says otherwise than most brokers do. A profile names with each deviation
 * the readings that it stands for; a dialect is all of them together.
 */
export interface Readings {
  /** Other answers to breaches of these rules than the broker's own. */
  readonly answers: Readonly<Partial<Record<RuleId, Answer>>>;
  /**
   * Whose prefetch basic.qos limits. `text`: the channel's, and with `global` the connection's. `practice`: that of each consumer to come,
   * and with `global` the channel's, as RabbitMQ redefined it. With one consumer on a channel both come to the same.
   */
  readonly prefetch: Reading;
  /** The flag `global` of basic.qos. `text`: it widens the limit. `practice`: it is not looked at. */
  readonly globalPrefetch: Reading;
  /** A prefetch size in basic.qos. `text`: kept. `practice`: 540, as only messages are counted. */
  readonly prefetchSize: Reading;
  /** The no-local flag of basic.consume. `text`: own messages of the connection are for others. `practice`: no effect. */
  readonly noLocal: Reading;
  /** The messages that wait when a single active consumer is cancelled. `text`: go to the next at once. `practice`: at the next event in the queue. */
  readonly takeover: Reading;
  /** Names of queues and exchanges. `text`: letters, digits, hyphen, underscore, period, colon, at most 127. `practice`: any short string. */
  readonly names: Reading;
  /** Names of fields in arguments. `text`: they begin with a letter, `$` or `#` and have at most 128 characters. `practice`: any short string. */
  readonly fieldNames: Reading;
  /** Deleting a queue or exchange that is not there. `text`: 404. `practice`: nothing left to do. */
  readonly missingDelete: Reading;
  /** Unbinding from or of what is not there. `text`: 404. `practice`: nothing left to do. */
  readonly missingUnbind: Reading;
  /** Binding a queue to the default exchange. `text`: as to any other. `practice`: 403, it is for publishing alone. */
  readonly defaultExchange: Reading;
  /** Cancelling a consumer of another channel. `text`: 530. `practice`: it is none of this channel's, so nothing is left to do. */
  readonly foreignTag: Reading;
  /** Pausing a channel by channel.flow. `text`: deliveries wait. `practice`: 540, as basic.qos does better. */
  readonly pause: Reading;
  /** basic.recover without requeue. `text`: delivered again to the same consumer. `practice`: 540. */
  readonly redelivery: Reading;
  /** Arguments when something is declared again. `text`: all are compared. `practice`: only those that mean something to it. */
  readonly equivalence: Reading;
  /** Auto-delete of an exchange that is declared again. `text`: ignored. `practice`: compared. */
  readonly exchangeAutoDelete: Reading;
  /** Timestamps that a headers exchange compares. `text`: as they are. `practice`: those of messages in milliseconds, those of bindings in seconds. */
  readonly moments: Reading;
  /** What comes on a channel before its commit is answered. `text`: it waits. `practice`: 504, and no commit is answered at once. */
  readonly behindCommit: Reading;
  /** A commit one of whose queues is gone. `text`: the others get what is theirs. `practice`: 506. */
  readonly goneInTransaction: Reading;
  /** What headers tell of deaths. `text`: all, and the first and the last by themselves. `practice`: all, and the first by itself. */
  readonly lastDeath: Reading;
  /** The argument x-consumer-timeout of a queue. `text`: how long a consumer may take to settle a delivery. `practice`: the application's own. */
  readonly consumerTimeout: Reading;
  /** The priority of a message. `text`: ten levels in every queue. `practice`: no effect where a queue was not asked for it. */
  readonly priority: Reading;
  /** Exchanges that are not durable. `text`: gone with the broker. `practice`: there again. */
  readonly transientExchanges: Reading;
  /** The immediate flag of basic.publish. `text`: what no consumer can take at once is returned. `practice`: not implemented. */
  readonly immediate: Reading;
}

export const textReadings: Readings = {
  answers: {},
  prefetch: 'text',
  globalPrefetch: 'text',
  prefetchSize: 'text',
  noLocal: 'text',
  takeover: 'text',
  names: 'text',
  fieldNames: 'text',
  missingDelete: 'text',
  missingUnbind: 'text',
  defaultExchange: 'text',
  foreignTag: 'text',
  pause: 'text',
  redelivery: 'text',
  equivalence: 'text',
  exchangeAutoDelete: 'text',
  moments: 'text',
  behindCommit: 'text',
  goneInTransaction: 'text',
  lastDeath: 'text',
  consumerTimeout: 'text',
  priority: 'text',
  transientExchanges: 'text',
  immediate: 'text',
};

/** A refusal with the answer that the readings have for its rule. */
export function asRead({ answers }: Readings, refusal: Refusal): Refusal {
  const answer = refusal.rule === undefined ? undefined : answers[refusal.rule];
  if (answer?.kind === 'channel-close') return { ...refusal, scope: 'channel', code: answer.code };
  if (answer?.kind === 'connection-close') return { ...refusal, scope: 'connection', code: answer.code };
  return refusal;
}

/** How many levels of priority a queue has. */
export function levelsOf({ priority }: Readings): number {
  return priority === 'text' ? 10 : 1;
}
