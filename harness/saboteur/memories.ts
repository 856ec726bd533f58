import type { CommandOf, EffectOf } from '../broker/vocabulary.ts';
import type { MethodArguments } from '../spec/amqp091/classes.ts';
import type { Around, EffectSeam, FrameSeam } from './fault.ts';
import { either, remembering, request } from './rewrites.ts';

/** A seam that knows on which channels of its connection consumers were started, of those that `counts` lets count. */
export function knowingConsumers(
  make: (channels: ReadonlySet<number>) => FrameSeam,
  counts: (args: MethodArguments<'basic.consume'>) => boolean = () => true,
): FrameSeam {
  return remembering(() => {
    const channels = new Set<number>();
    const noting = request('basic.consume', ({ args, channel }) => {
      if (counts(args)) channels.add(channel);
      return false;
    });
    return either(noting, make(channels));
  });
}

/** A consumer as the broker knows it. */
export interface KnownConsumer {
  readonly connection: number;
  readonly channel: number;
  readonly consumerTag: string;
  readonly queue: string;
  readonly noAck: boolean;
}

/** A delivery that waits for its acknowledgement. */
export interface Unsettled {
  readonly connection: number;
  readonly channel: number;
  readonly queue: string;
  readonly deliveryTag: number;
}

/** What a broker handed out so far and to whom. Queues are known by the names that clients used; settling is not followed. */
export class Handouts {
  readonly consumers: KnownConsumer[] = [];
  readonly unsettled: Unsettled[] = [];

  /** Around the core: notes what passes, changes nothing. */
  readonly note: Around = (command, apply) => {
    const effects = apply(command);
    for (const effect of effects) {
      if (effect.kind === 'consuming' && command.kind === 'consume') this.#consuming(command, effect.consumerTag);
      else if (effect.kind === 'got' && command.kind === 'get' && !command.noAck) this.#handed(effect, command.queue);
      else if (effect.kind === 'deliver') {
        const consumer = this.consumer(effect.connection, effect.channel, effect.consumerTag);
        if (consumer?.noAck === false) this.#handed(effect, consumer.queue);
      }
    }
    return effects;
  };

  consumer(connection: number, channel: number, consumerTag: string): KnownConsumer | undefined {
    return this.consumers.find(each => each.connection === connection && each.channel === channel && each.consumerTag === consumerTag);
  }

  #handed({ connection, channel, deliveryTag }: EffectOf<'got' | 'deliver'>, queue: string): void {
    this.unsettled.push({ connection, channel, queue, deliveryTag });
  }

  #consuming({ connection, channel, queue, noAck }: CommandOf<'consume'>, consumerTag: string): void {
    this.consumers.push({ connection, channel, consumerTag, queue, noAck });
  }
}

/** A seam around the core that knows what was handed out before the command at hand. */
export function knowingHandouts(make: (handouts: Handouts) => Around): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const handouts = new Handouts();
      const around = make(handouts);
      return (command, apply, broker) => around(command, each => (each === command ? handouts.note(each, apply, broker) : apply(each)), broker);
    },
  };
}
