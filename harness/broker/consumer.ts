import { Gate } from './gate.ts';
import type { Message } from './message.ts';
import type { Entry, Queue } from './queue.ts';
import type { Channel } from './session.ts';

export interface ConsumerOptions {
  readonly noLocal: boolean;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  /** Those of a higher one are served first, as long as they may take anything. */
  readonly priority: number;
  /** Is shown messages and takes none off the queue. */
  readonly browses: boolean;
  /** Which messages it wants; undefined: all. The same message gets the same answer whenever it is asked for. */
  readonly wants: ((message: Message) => boolean) | undefined;
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
  /** Whether some messages of the queue are not for it, so that it may be served another than the head. */
  selective: boolean;
  /** It gets none of the messages of the queue up to this position that were not put back. */
  passedUpTo = 0;
  /** Where it browses: what it was shown last. */
  seenUpTo = 0;
  /** Its credit is to be used up, and what is left of it given up as soon as the queue has nothing for it. */
  draining = false;

  constructor(tag: string, queue: Queue, channel: Channel, options: ConsumerOptions) {
    this.tag = tag;
    this.queue = queue;
    this.channel = channel;
    this.options = options;
    this.selective = options.noLocal || options.browses || options.wants !== undefined;
    this.gates = [this.gate, channel.gate, channel.connection.gate];
  }

  /** Whether an entry of its queue is one that it may be sent. */
  accepts({ message, position, declinedBy }: Entry): boolean {
    return (!this.options.browses || position > this.seenUpTo) && declinedBy?.has(this) !== true && this.likes(message);
  }

  /** Whether a message is one that it may be sent. */
  likes(message: Message): boolean {
    const { noLocal, wants } = this.options;
    return !(noLocal && message.publisher === this.channel.connection.id) && wants?.(message) !== false;
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
