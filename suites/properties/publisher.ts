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
  #answered = 0;

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
    this.channel.publish({ exchange, routingKey, properties, body });
  }

  /** Waits until the peer has answered for all that was published, where it does that at all. */
  async answered(): Promise<void> {
    while (this.confirms && this.#answered < this.sent.length) {
      const { method } = await nextHeard(this.#play);
      if (method.name !== 'basic.ack' && method.name !== 'basic.nack') continue;
      const { deliveryTag, multiple } = method.args;
      const from = multiple ? this.#answered : Number(deliveryTag) - 1;
      const to = deliveryTag === 0n ? this.sent.length : Number(deliveryTag);
      if (method.name === 'basic.nack') for (const { body } of this.sent.slice(from, to)) this.refused.add(body);
      this.#answered += to - from;
    }
  }
}
