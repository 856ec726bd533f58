import { Gate } from './gate.ts';
import type { Queue } from './queue.ts';
import type { Channel } from './session.ts';

export interface ConsumerOptions {
  readonly noLocal: boolean;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  /** Those of a higher one are served first, as long as they may take anything. */
  readonly priority: number;
}

/** A client's standing request for the messages of one queue. */
export class Consumer {
  readonly tag: string;
  readonly queue: Queue;
  readonly channel: Channel;
  readonly options: ConsumerOptions;
  /** A limit of its own; used where prefetch is read as per consumer. */
  readonly gate = new Gate();
  /** Every gate that has to admit a delivery. */
  readonly gates: readonly Gate[];
  /** For no-local: every message of the queue up to this position that was not put back is its connection's own. */
  ownUpTo = 0;

  constructor(tag: string, queue: Queue, channel: Channel, options: ConsumerOptions) {
    this.tag = tag;
    this.queue = queue;
    this.channel = channel;
    this.options = options;
    this.gates = [this.gate, channel.gate, channel.connection.gate];
  }

  /** The first gate that does not let a message of this many octets through. */
  stoppedBy(size: number): Gate | undefined {
    const counted = !this.options.noAck;
    for (const gate of this.gates) if (!gate.admits(size, counted)) return gate;
    return undefined;
  }

  /** Counts a delivery that waits for settlement. */
  took(size: number): void {
    for (const gate of this.gates) gate.took(size);
  }

  released(size: number): void {
    for (const gate of this.gates) gate.released(size);
  }

  /** Lets all others go first: what it gave back is to be offered to them before it is offered to it again. */
  yieldTurn(): void {
    const { available } = this.queue;
    if (available.remove(this)) available.push(this);
  }
}
