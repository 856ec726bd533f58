import fc from 'fast-check';
import type { Play } from '../../harness/fuzz/play.ts';
import type { Model } from '../../harness/fuzz/property.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import { bodyOf, type Heard, listed, nextHeard, until } from './dialogue.ts';

type Step =
  | { readonly do: 'publish'; readonly to: 'queue' | 'both' | 'nowhere'; readonly count: number; readonly mandatory: boolean; readonly persistent: boolean }
  | { readonly do: 'wait' | 'select' | 'consume' };

const publish = fc.record({
  do: fc.constant('publish' as const),
  to: fc.constantFrom('queue', 'both', 'nowhere'),
  count: fc.integer({ min: 1, max: 9 }),
  mandatory: fc.boolean(),
  persistent: fc.boolean(),
});
const others = fc.record({ do: fc.constantFrom('wait', 'select', 'consume') });

/** Names by alias. */
interface Queues {
  readonly q1: string;
  readonly q2: string;
}

interface Sent {
  readonly body: string;
  readonly queues: readonly (keyof Queues)[];
  readonly mandatory: boolean;
  returned: boolean;
  answer?: 'ack' | 'nack';
}

/** A channel in confirm mode, two queues, one of them bound to a fanout exchange with the other, and perhaps a consumer. */
class Confirming {
  readonly #play: Play;
  readonly #channel: ProbeChannel;
  readonly #reader: ProbeChannel;
  readonly #queues: Queues;
  readonly #exchange: string;
  readonly #sent: Sent[] = [];
  readonly #open = new Set<number>();
  readonly #delivered: string[] = [];
  #consumes = false;

  private constructor(play: Play, channels: readonly [ProbeChannel, ProbeChannel], queues: Queues, exchange: string) {
    this.#play = play;
    [this.#channel, this.#reader] = channels;
    this.#queues = queues;
    this.#exchange = exchange;
  }

  static async begin(play: Play): Promise<Confirming> {
    const [channel, reader] = [await play.channel(), await play.channel()];
    const queues = { q1: await channel.queue({ queue: play.name('q1') }), q2: await channel.queue({ queue: play.name('q2') }) };
    const exchange = await channel.exchange('fanout');
    for (const queue of Object.values(queues)) await channel.bind(queue, exchange);
    play.step('declare queues q1 and q2, and fanout exchange e1 with both bound to it');
    play.step('confirm.select');
    await channel.call('confirm.select', {}, 'confirm.select-ok');
    return new Confirming(play, [channel, reader], queues, exchange);
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'publish') for (let left = step.count; left > 0; left--) this.#publish(step);
    if (step.do === 'wait') await this.#answered();
    if (step.do === 'select') {
      this.#play.step('confirm.select again');
      this.#channel.send('confirm.select');
      await until(this.#play, this.#channel, 'confirm.select-ok', heard => this.#hears(heard));
    }
    if (step.do === 'consume' && !this.#consumes) {
      this.#consumes = true;
      this.#play.step('consume from q1, no-ack');
      this.#reader.send('basic.consume', { queue: this.#queues.q1, noAck: true });
      await until(this.#play, this.#reader, 'basic.consume-ok', heard => this.#hears(heard));
    }
  }

  /** Everything was answered once; what was confirmed is in its queues or was delivered. */
  async finish(): Promise<void> {
    await this.#answered();
    for (const channel of [this.#channel, this.#reader]) {
      channel.send('channel.flow', { active: true });
      await until(this.#play, channel, 'channel.flow-ok', heard => this.#hears(heard));
    }
    for (const queue of ['q1', 'q2'] as const) await this.#read(queue);
    for (const queue of Object.values(this.#queues)) await this.#channel.call('queue.delete', { queue }, 'queue.delete-ok');
  }

  #publish({ to, mandatory, persistent }: Extract<Step, { readonly do: 'publish' }>): void {
    const queues: Sent['queues'] = to === 'queue' ? ['q1'] : to === 'both' ? ['q1', 'q2'] : [];
    const body = `m${this.#sent.length + 1}`;
    this.#sent.push({ body, queues, mandatory, returned: false });
    this.#open.add(this.#sent.length);
    const where = to === 'queue' ? 'q1' : to === 'both' ? 'e1' : 'the default exchange with the key of no queue';
    this.#play.step(`publish ${persistent ? 'persistent ' : ''}${body} to ${where}${mandatory ? ', mandatory' : ''}`);
    const routingKey = to === 'queue' ? this.#queues.q1 : to === 'nowhere' ? this.#play.name('nobody') : '';
    const properties = persistent ? { deliveryMode: 2 } : {};
    this.#channel.publish({ exchange: to === 'both' ? this.#exchange : '', routingKey, mandatory, properties, body });
  }

  async #answered(): Promise<void> {
    if (this.#open.size > 0) this.#play.step('wait for the confirms');
    while (this.#open.size > 0) this.#hears(await nextHeard(this.#play));
  }

  #hears({ method, arrival }: Heard): void {
    if (method.name === 'basic.ack' || method.name === 'basic.nack')
      this.#confirmed(method.name.slice(6), Number(method.args.deliveryTag), method.args.multiple);
    else if (method.name === 'basic.return') this.#returned(bodyOf(arrival));
    else if (method.name === 'basic.deliver') this.#delivered.push(bodyOf(arrival));
  }

  #confirmed(how: string, tag: number, multiple: boolean): void {
    const covered = [...this.#open].filter(each => each === tag || (multiple && (each < tag || tag === 0)));
    const known = tag === 0 ? multiple : covered.includes(tag);
    const line = `${how} ${multiple ? 'of all up to ' : ''}${tag}`;
    this.#play.require(known, {
      what: 'a confirm of what is not open',
      sentence: `${line} came, where ${listed([...this.#open].map(String))} ${this.#open.size === 1 ? 'is' : 'are'} open.`,
      duty: 'amqp091/confirm.once:emit',
    });
    for (const each of covered) {
      this.#open.delete(each);
      const message = this.#sent[each - 1];
      if (message !== undefined) this.#settled(message, how === 'ack' ? 'ack' : 'nack', line);
    }
  }

  #settled(message: Sent, answer: 'ack' | 'nack', line: string): void {
    message.answer = answer;
    const owed = message.mandatory && message.queues.length === 0 && !message.returned;
    this.#play.require(!owed, {
      what: 'a confirm before the return',
      sentence: `${line} came before the return of ${message.body}, which no queue takes.`,
      duty: 'amqp091/confirm.return-first:emit',
    });
  }

  #returned(body: string): void {
    const message = this.#sent.find(each => each.body === body);
    const due = message?.mandatory === true && message.queues.length === 0 && !message.returned;
    this.#play.require(message !== undefined && due, { what: 'a return that is not due', sentence: `${body} was returned, which is not due.` });
    message.returned = true;
  }

  async #read(queue: keyof Queues): Promise<void> {
    this.#play.step(`take all from ${queue}`);
    const came = this.#consumes && queue === 'q1' ? [...this.#delivered] : [];
    const get = () => this.#reader.get(this.#queues[queue], { noAck: true });
    for (let one = await get(); one !== null; one = await get()) came.push(bodyOf(one));
    if (this.#consumes && queue === 'q1') came.push(...this.#delivered.slice(came.length));
    const wanted = this.#sent.filter(({ queues }) => queues.includes(queue));
    const lost = wanted.filter(({ body, answer }) => answer === 'ack' && !came.includes(body)).map(({ body }) => body);
    const sentence = `${listed(lost)} ${lost.length === 1 ? 'was' : 'were'} confirmed, and ${listed(came)} came out of ${queue}.`;
    this.#play.require(lost.length === 0, { what: 'a confirmed message is lost', sentence, duty: 'amqp091/confirm.all-queues:emit' });
    const clean = new Set(came).size === came.length && came.every(body => wanted.some(each => each.body === body));
    this.#play.require(clean, { what: 'a queue holds what was not published to it', sentence: `${listed(came)} came out of ${queue}.` });
  }
}

/** Every publish is answered once, returns come before their confirms, and nothing that was confirmed is lost. */
export const confirmsModel: Model<readonly Step[]> = {
  cases: fc.array(fc.oneof<fc.WeightedArbitrary<Step>[]>({ weight: 5, arbitrary: publish }, { weight: 2, arbitrary: others }), { minLength: 1, maxLength: 10 }),
  async play(play, steps) {
    const confirming = await Confirming.begin(play);
    for (const step of steps) await confirming.take(step);
    await confirming.finish();
  },
};
