import fc from 'fast-check';
import type { Play } from '../../harness/fuzz/play.ts';
import type { Model } from '../../harness/fuzz/property.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import { bodyOf, type Heard, listed, nextHeard, until } from './dialogue.ts';

interface Case {
  /** One consumer on a channel of its own for each. */
  readonly consumers: readonly { readonly queue: number; readonly prefetch: number }[];
  readonly steps: readonly Step[];
}

type Step =
  | { readonly do: 'publish'; readonly queue: number; readonly count: number }
  | { readonly do: 'ack'; readonly consumer: number; readonly which: number; readonly multiple: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('publish' as const), queue: fc.nat(1), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ack' as const), consumer: fc.nat(2), which: fc.nat(5), multiple: fc.boolean() }) },
);

interface Consumer {
  readonly tag: string;
  readonly channel: ProbeChannel;
  readonly queue: string;
  readonly prefetch: number;
  readonly unsettled: { readonly tag: bigint; readonly body: string }[];
  last: number;
}

const queues = ['q1', 'q2'] as const;

/** Two queues and a few consumers: whoever has room gets what waits, and nobody gets more than that. */
class Consumers {
  readonly #play: Play;
  readonly #main: ProbeChannel;
  readonly #consumers: readonly Consumer[];
  readonly #waiting: Readonly<Record<string, Set<number>>> = { q1: new Set(), q2: new Set() };
  #published = 0;

  private constructor(play: Play, main: ProbeChannel, consumers: readonly Consumer[]) {
    this.#play = play;
    this.#main = main;
    this.#consumers = consumers;
  }

  static async begin(play: Play, { consumers: given }: Case): Promise<Consumers> {
    const main = await play.channel();
    for (const alias of queues) await main.queue({ queue: play.name(alias) });
    play.step('declare queues q1 and q2');
    const consumers: Consumer[] = [];
    for (const { queue: index, prefetch } of given) {
      const [channel, queue, tag] = [await play.channel(), queues[index] ?? 'q1', `t${consumers.length + 1}`];
      play.step(`consume ${tag} from ${queue} with prefetch ${prefetch} on a channel of its own`);
      await channel.call('basic.qos', { prefetchCount: prefetch }, 'basic.qos-ok');
      await channel.consume(play.name(queue), { consumerTag: tag });
      consumers.push({ tag, channel, queue, prefetch, unsettled: [], last: 0 });
    }
    return new Consumers(play, main, consumers);
  }

  async take(given: Step): Promise<void> {
    if (given.do === 'publish') this.#publish(queues[given.queue] ?? 'q1', given.count);
    else await this.#ack(this.#consumers[given.consumer % this.#consumers.length], given.which, given.multiple);
    await this.#deliveries();
  }

  /** All is acknowledged, and by then all was delivered. */
  async finish(): Promise<void> {
    while (this.#consumers.some(({ unsettled }) => unsettled.length > 0)) {
      for (const consumer of this.#consumers) await this.#ack(consumer, consumer.unsettled.length - 1, true);
      await this.#deliveries();
    }
    for (const alias of queues) await this.#main.call('queue.delete', { queue: this.#play.name(alias) }, 'queue.delete-ok');
  }

  #publish(queue: string, count: number): void {
    for (let left = count; left > 0; left--) {
      this.#published += 1;
      this.#play.step(`publish m${this.#published} to ${queue}`);
      this.#waiting[queue]?.add(this.#published);
      this.#main.publish({ routingKey: this.#play.name(queue), body: `m${this.#published}` });
    }
  }

  async #ack(consumer: Consumer | undefined, which: number, multiple: boolean): Promise<void> {
    const named = consumer?.unsettled[which % consumer.unsettled.length];
    if (consumer === undefined || named === undefined) return;
    this.#play.step(`${consumer.tag}: ack ${multiple ? 'all up to ' : ''}${named.body}`);
    consumer.channel.send('basic.ack', { deliveryTag: named.tag, multiple });
    const left = consumer.unsettled.filter(each => (multiple ? each.tag > named.tag : each !== named));
    consumer.unsettled.splice(0, consumer.unsettled.length, ...left);
    await this.#barrier(consumer.channel);
  }

  /** Hears deliveries as long as there is somebody with room for something that waits, and what comes beyond that. */
  async #deliveries(): Promise<void> {
    const due = () => this.#consumers.some(({ queue, unsettled, prefetch }) => unsettled.length < prefetch && (this.#waiting[queue]?.size ?? 0) > 0);
    while (due()) this.#hears(await nextHeard(this.#play));
    await this.#barrier(this.#main);
  }

  async #barrier(channel: ProbeChannel): Promise<void> {
    channel.send('channel.flow', { active: true });
    await until(this.#play, channel, 'channel.flow-ok', heard => this.#hears(heard));
  }

  #hears({ channel, method, arrival }: Heard): void {
    if (method.name !== 'basic.deliver') return;
    const [body, { consumerTag, deliveryTag }] = [bodyOf(arrival), method.args];
    const consumer = this.#consumers.find(each => each.tag === consumerTag && each.channel.number === channel);
    this.#play.require(consumer !== undefined, { what: 'a delivery to nobody', sentence: `${body} came for consumer ${consumerTag}, which there is not.` });
    const { unsettled, prefetch, queue } = consumer;
    const held = listed(unsettled.map(each => each.body));
    const full = `${body} came to ${consumerTag}, which holds ${held} unacknowledged and has a prefetch of ${prefetch}.`;
    this.#play.require(unsettled.length < prefetch, { what: 'more unacknowledged messages than the prefetch count', sentence: full });
    const number = Number(body.slice(1));
    const waiting = this.#waiting[queue] ?? new Set();
    const again = `${body} came to ${consumerTag}, where only ${listed([...waiting].map(each => `m${each}`))} wait in ${queue}.`;
    this.#play.require(waiting.delete(number), { what: 'a message that does not wait was delivered', sentence: again, duty: 'amqp091/3.1.4.one-reader:emit' });
    const overtaken = `${body} came to ${consumerTag} behind m${consumer.last}.`;
    this.#play.require(number > consumer.last, { what: 'a message overtook another', sentence: overtaken, duty: 'amqp091/4.7.order:emit' });
    consumer.last = number;
    unsettled.push({ tag: deliveryTag, body });
  }
}

/** Never more unacknowledged than the prefetch count allows, nothing starves, and in the end all was delivered, each once. */
export const flowControlModel: Model<Case> = {
  cases: fc.record({
    consumers: fc.array(fc.record({ queue: fc.nat(1), prefetch: fc.integer({ min: 1, max: 5 }) }), { minLength: 1, maxLength: 3 }),
    steps: fc.array(step, { minLength: 1, maxLength: 16, size: 'max' }),
  }),
  async play(play, given) {
    const consumers = await Consumers.begin(play, given);
    for (const each of given.steps) await consumers.take(each);
    await consumers.finish();
  },
};
