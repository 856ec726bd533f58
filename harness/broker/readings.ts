/** How the broker reads what the standard leaves open, says twice, or says otherwise than most brokers do. */
export interface Readings {
  /**
   * Whose prefetch basic.qos limits. `text`: the channel's, and with `global` the connection's. `practice`: that of each consumer to come,
   * and with `global` the channel's, as RabbitMQ redefined it. With one consumer on a channel both come to the same.
   */
  readonly prefetch: 'text' | 'practice';
  /**
   * Names of queues, exchanges and fields. `text`: letters, digits, hyphen, underscore, period, colon, at most 127; fields of arguments begin with
   * a letter, `$` or `#` and have at most 128. `practice`: any short string.
   */
  readonly names: 'text' | 'practice';
  /** Deleting a queue or exchange that is not there. `text`: 404. `practice`: nothing left to do. */
  readonly missingDelete: 'text' | 'practice';
  /** The priority of a message. `text`: ten levels in every queue. `practice`: no effect where a queue was not asked for it. */
  readonly priority: 'text' | 'practice';
  /** The immediate flag of basic.publish. `text`: what no consumer can take at once is returned. `practice`: not implemented. */
  readonly immediate: 'text' | 'practice';
}

export const textReadings: Readings = { prefetch: 'text', names: 'text', missingDelete: 'text', priority: 'text', immediate: 'text' };

export const practiceReadings: Readings = { prefetch: 'practice', names: 'practice', missingDelete: 'practice', priority: 'practice', immediate: 'practice' };

/** How many levels of priority a queue has. */
export function levelsOf({ priority }: Readings): number {
  return priority === 'text' ? 10 : 1;
}
