import fc from 'fast-check';
import type { Play } from '../../harness/fuzz/play.ts';
import type { Model } from '../../harness/fuzz/property.ts';
import type { Arrival, ProbeChannel } from '../../harness/probe/peer.ts';
import { bodyOf, listed } from './dialogue.ts';
import { type Message, QueueModel } from './queue-model.ts';

const slots = ['c1', 'c2'] as const;
type Slot = (typeof slots)[number];

/** What a client may do next; what makes no sense when its turn comes is left out. */
type Step =
  | { readonly do: 'publish'; readonly count: number }
  | { readonly do: 'get'; readonly on: Slot; readonly noAck: boolean }
  | { readonly do: 'consume'; readonly on: Slot; readonly most: number }
  | { readonly do: 'ack' | 'reject' | 'nack'; readonly on: Slot; readonly which: number; readonly multiple: boolean; readonly requeue: boolean }
  | { readonly do: 'recover' | 'close'; readonly on: Slot }
  | { readonly do: 'purge' };

const on = fc.constantFrom(...slots);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('get' as const), on, noAck: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('consume' as const), on, most: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('ack', 'ack', 'reject', 'nack'), on, which: fc.nat(5), multiple: fc.boolean(), requeue: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('recover', 'close'), on }) },
  { weight: 1, arbitrary: fc.constant({ do: 'purge' as const }) },
);

/** One queue, published to on one channel and read from on others. */
class Clients {
  readonly #play: Play;
  readonly #model = new QueueModel();
  readonly #main: ProbeChannel;
  readonly #queue: string;
  readonly #channels = new Map<Slot, ProbeChannel>();
  #consumers = 0;

  private constructor(play: Play, main: ProbeChannel, queue: string) {
    this.#play = play;
    this.#main = main;
    this.#queue = queue;
  }

  static async begin(play: Play): Promise<Clients> {
    const main = await play.channel();
    play.step('declare queue q1');
    return new Clients(play, main, await main.queue({ queue: play.name('q1') }));
  }

  async take(given: Step): Promise<void> {
    switch (given.do) {
      case 'publish':
        return this.#publish(given.count);
      case 'get':
        return this.#get(given.on, given.noAck);
      case 'consume':
        return this.#consume(given.on, given.most);
      case 'recover':
        return this.#recover(given.on);
      case 'close':
        return this.#close(given.on);
      case 'purge':
        return this.#purge();
      default:
        return this.#settle(given);
    }
  }

  /** What is left comes out, what is held comes back, and then there is nothing. */
  async finish(): Promise<void> {
    for (const slot of slots) await this.#close(slot);
    while (this.#model.waiting.length > 0) await this.#get('c1', true);
    this.#play.step('c1: get from q1');
    const more = await (await this.#channel('c1')).get(this.#queue);
    this.#require(more === null, 'a message came that is not in the queue', `The queue should be empty, and ${bodyOf(more ?? undefined)} came.`);
    await this.#main.call('queue.delete', { queue: this.#queue }, 'queue.delete-ok');
  }

  async #publish(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      const { body } = this.#model.publish();
      this.#play.step(`publish ${body} to q1`);
      this.#main.publish({ routingKey: this.#queue, body });
    }
    await this.#noted(this.#main);
  }

  async #get(slot: Slot, noAck: boolean): Promise<void> {
    const channel = await this.#channel(slot);
    this.#play.step(`${slot}: get from q1${noAck ? ', no-ack' : ''}`);
    const { waiting } = this.#model;
    const came = waiting.length === 0 ? await channel.get(this.#queue, { noAck }) : await this.#certain(channel, noAck);
    if (came !== null) this.#arrived(slot, came, noAck);
  }

  /** Something waits. It may take a moment: what a client gave back may be kept from it for a while. */
  async #certain(channel: ProbeChannel, noAck: boolean): Promise<Arrival<'basic.get-ok'> | null> {
    let came: Arrival<'basic.get-ok'> | null = null;
    await this.#play.peer.eventually('a get gives one of the messages that wait', async () => {
      came = await channel.get(this.#queue, { noAck });
      return came !== null;
    });
    return came;
  }

  async #consume(slot: Slot, most: number): Promise<void> {
    if (this.#model.held(slot).length > 0) return;
    const channel = await this.#channel(slot);
    this.#consumers += 1;
    const consumerTag = `t${this.#consumers}`;
    const count = Math.min(most, this.#model.waiting.length);
    this.#play.step(`${slot}: consume ${consumerTag} from q1 with prefetch ${most}, take ${count}, cancel`);
    await channel.call('basic.qos', { prefetchCount: most }, 'basic.qos-ok');
    await channel.consume(this.#queue, { consumerTag });
    for (let taken = 0; taken < count; taken++) this.#arrived(slot, await channel.arrival('basic.deliver'), false);
    await channel.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
    await channel.barrier(['basic.deliver']);
  }

  async #settle({ do: how, on: slot, which, multiple, requeue }: Extract<Step, { readonly which: number }>): Promise<void> {
    const held = this.#model.held(slot);
    const named = held[which % held.length];
    if (named === undefined) return;
    const channel = await this.#channel(slot);
    const nacks = how === 'nack' && this.#play.connection.capability('basic.nack');
    const method = how === 'ack' ? 'basic.ack' : nacks ? 'basic.nack' : 'basic.reject';
    const several = multiple && method !== 'basic.reject';
    const settled = several ? held.filter(each => each.tag <= named.tag) : [named];
    const back = requeue && method !== 'basic.ack';
    this.#play.step(`${slot}: ${method.slice(6)} ${several ? 'all up to ' : ''}${named.message.body}${back ? ', requeue' : ''}`);
    if (method === 'basic.ack') channel.send(method, { deliveryTag: named.tag, multiple: several });
    else if (method === 'basic.nack') channel.send(method, { deliveryTag: named.tag, multiple: several, requeue });
    else channel.send(method, { deliveryTag: named.tag, requeue });
    this.#model.settle(slot, settled, back);
    await this.#noted(channel);
  }

  async #recover(slot: Slot): Promise<void> {
    const held = this.#model.held(slot);
    if (held.length === 0) return;
    this.#play.step(`${slot}: recover, requeue`);
    const channel = await this.#channel(slot);
    await channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
    this.#model.settle(slot, held, true);
    await this.#noted(channel);
  }

  async #close(slot: Slot): Promise<void> {
    const channel = this.#channels.get(slot);
    if (channel === undefined) return;
    this.#play.step(`${slot}: close the channel`);
    this.#channels.delete(slot);
    this.#play.gone(channel);
    await channel.close();
    this.#model.settle(slot, this.#model.held(slot), true);
    await this.#noted(this.#main);
  }

  async #purge(): Promise<void> {
    this.#play.step('purge q1');
    const { messageCount } = (await this.#main.call('queue.purge', { queue: this.#queue }, 'queue.purge-ok')).args;
    const count = this.#model.purge();
    const sentence = `purge-ok counts ${messageCount} messages, where ${count} waited.`;
    this.#play.require(messageCount === count, { what: 'a wrong message-count in purge-ok', sentence, duty: 'amqp091/queue.purge.effect:emit' });
  }

  /** Holds what came against what may come. */
  #arrived(slot: Slot, arrival: Arrival<'basic.deliver' | 'basic.get-ok'>, noAck: boolean): void {
    const { redelivered, deliveryTag } = arrival.method.args;
    const body = bodyOf(arrival);
    const { waiting, next } = this.#model;
    const message = waiting.find(each => each.body === body);
    this.#require(message !== undefined, 'a message came that is not in the queue', `${body} came, where only ${bodies(waiting)} wait.`);
    this.#require(next.includes(message), 'a message overtook another', `${body} came, where it was the turn of ${bodies(next)}.`);
    const clean = !(message.fresh && redelivered);
    this.#require(clean, 'the redelivered flag on a new message', `${body} bears the redelivered flag, although it was never delivered before.`);
    this.#model.take(message, noAck ? undefined : { name: slot, tag: deliveryTag });
  }

  /** The queue has taken note of what was sent on this channel. */
  async #noted(channel: ProbeChannel): Promise<void> {
    await channel.call('queue.declare', { queue: this.#queue, passive: true }, 'queue.declare-ok');
  }

  async #channel(slot: Slot): Promise<ProbeChannel> {
    const channel = this.#channels.get(slot) ?? (await this.#play.channel());
    this.#channels.set(slot, channel);
    return channel;
  }

  #require(condition: boolean, what: string, sentence: string): asserts condition {
    this.#play.require(condition, { what, sentence });
  }
}

function bodies(messages: readonly Message[]): string {
  return listed(messages.map(({ body }) => body));
}

/** A purge leaves what somebody holds, and does not count it. */
const heldAtPurge: readonly Step[] = [{ do: 'publish', count: 1 }, { do: 'get', on: 'c1', noAck: false }, { do: 'purge' }];

/** FIFO with redelivery: a queue against a naive list. */
export const queueModel: Model<readonly Step[]> = {
  cases: fc.array(step, { minLength: 1, maxLength: 24, size: 'max' }),
  known: [heldAtPurge],
  async play(play, steps) {
    const clients = await Clients.begin(play);
    for (const each of steps) await clients.take(each);
    await clients.finish();
  },
};
