import type { Play } from '../../harness/fuzz/play.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import { nextHeard } from './dialogue.ts';

interface Outgoing {
  /** Where it goes, as people read it. */
  readonly shown: string;
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly properties?: BasicProperties;
}

export interface Sent {
  readonly body: string;
  readonly exchange: string;
  /** Aliases of the queues that must have it. */
  readonly queues: readonly string[];
}

/** A channel that publishes `m1`, `m2` and so on, in confirm mode where the peer has it. */
export class Publisher {
  readonly channel: ProbeChannel;
  readonly confirms: boolean;
  readonly sent: Sent[] = [];
  /** What the peer said it could not take care of. */
  readonly refused = new Set<string>();
  readonly #play: Play;
  readonly #open = new Set<bigint>();

  private constructor(play: Play, channel: ProbeChannel, confirms: boolean) {
    this.#play = play;
    this.channel = channel;
    this.confirms = confirms;
  }

  static async begin(play: Play): Promise<Publisher> {
    const channel = await play.channel();
    const confirms = play.connection.capability('publisher_confirms');
    if (confirms) await channel.call('confirm.select', {}, 'confirm.select-ok');
    return new Publisher(play, channel, confirms);
  }

  publish({ shown, exchange = '', routingKey = '', properties = {} }: Outgoing, queues: readonly string[]): void {
    const body = `m${this.sent.length + 1}`;
    this.#play.step(`publish ${body} to ${shown}`);
    this.sent.push({ body, exchange, queues });
    this.#open.add(BigInt(this.sent.length));
    this.channel.publish({ exchange, routingKey, properties, body });
  }

  /** Waits until the peer has answered for all that was published, where it does that at all. */
  async answered(): Promise<void> {
    while (this.confirms && this.#open.size > 0) {
      const { method } = await nextHeard(this.#play);
      if (method.name !== 'basic.ack' && method.name !== 'basic.nack') continue;
      const { deliveryTag, multiple } = method.args;
      for (const tag of this.#open) {
        if (tag !== deliveryTag && !(multiple && (tag < deliveryTag || deliveryTag === 0n))) continue;
        this.#open.delete(tag);
        if (method.name === 'basic.nack') this.refused.add(`m${tag}`);
      }
    }
  }
}
