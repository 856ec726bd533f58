import fc from 'fast-check';
import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Model10 } from '../../harness/fuzz/property.ts';
import { type By, Crossroads, type Held } from './crossroads10.ts';
import { listed } from './dialogue.ts';
import { type Binding, type Kind, RoutingModel } from './routing-model.ts';

type Step =
  | { readonly do: 'bind'; readonly queue: number; readonly exchange: number; readonly key: string }
  | { readonly do: 'unbind'; readonly which: number }
  | { readonly do: 'publish'; readonly by: By; readonly exchange: number; readonly key: string }
  | { readonly do: 'send'; readonly by: By; readonly queue: number }
  | { readonly do: 'take'; readonly by: 'get' | 'receive'; readonly queue: number; readonly count: number }
  | { readonly do: 'settle'; readonly from: number; readonly count: number; readonly back: boolean }
  | { readonly do: 'purge'; readonly queue: number };

interface Case {
  readonly kinds: readonly Kind[];
  readonly queues: number;
  readonly steps: readonly Step[];
  /** Whether a message with each key goes to each exchange at the end. */
  readonly sweep: boolean;
}

const by = fc.constantFrom<By>('0-9-1', '0-9-1', 'a link', 'a link to no address');
const queue = fc.nat(2);
const keys = ['a', 'b', 'a.b'] as const;
const key = fc.constantFrom(...keys);

const ofQueues: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), by, queue }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      by: fc.constantFrom('receive' as const, 'get' as const),
      queue,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      from: fc.nat(4),
      count: fc.integer({ min: 1, max: 3 }),
      back: fc.constantFrom(true, true, false),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('purge' as const), queue }) },
];

const ofExchanges: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 4, arbitrary: fc.record({ do: fc.constant('bind' as const), queue, exchange: fc.nat(1), key: fc.constantFrom('a', 'b', '*', '#', 'a.*') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unbind' as const), which: fc.nat(9) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('publish' as const), by, exchange: fc.nat(1), key }) },
];

/** Where each message is: it waits in queues, or somebody holds it who had it from one, or it is gone. */
class Crossing {
  readonly #play: Play10;
  readonly #at: Crossroads;
  readonly #routes: RoutingModel;
  readonly #waiting: ReadonlyMap<string, Set<string>>;
  #held: Held[] = [];
  #sent = 0;

  private constructor(play: Play10, at: Crossroads, kinds: Readonly<Record<string, Kind>>) {
    this.#play = play;
    this.#at = at;
    this.#routes = new RoutingModel(kinds);
    this.#waiting = new Map(at.queues.map(alias => [alias, new Set<string>()]));
  }

  static async begin(play: Play10, { kinds, queues }: Case): Promise<Crossing> {
    const named = Object.fromEntries(kinds.map((kind, index) => [`e${index + 1}`, kind]));
    return new Crossing(play, await Crossroads.begin(play, named, queues), named);
  }

  async take(given: Step): Promise<void> {
    if (given.do === 'bind') await this.#bind(given);
    else if (given.do === 'unbind') await this.#unbind(this.#routes.bindings[given.which % this.#routes.bindings.length]);
    else if (given.do === 'publish') await this.#publish(this.#at.exchanges[given.exchange % this.#at.exchanges.length] ?? '', given);
    else if (given.do === 'send') await this.#send(this.#queue(given.queue), given.by);
    else if (given.do === 'take') await this.#take(this.#queue(given.queue), given.by, given.count);
    else if (given.do === 'settle') await this.#settle(given.from, given.count, given.back);
    else await this.#purge(this.#queue(given.queue));
  }

  async sweep(): Promise<void> {
    for (const exchange of this.#at.exchanges) for (const each of keys) await this.#publish(exchange, { by: 'a link to no address', key: each });
  }

  /** What is held goes back, and all that waits comes out of each queue by one protocol or the other. */
  async finish(): Promise<void> {
    await this.#settle(0, this.#held.length, true);
    for (const [index, alias] of this.#at.queues.entries()) {
      await this.#take(alias, index % 2 === 0 ? 'receive' : 'get', this.#of(alias).size + 1);
      await this.#take(alias, index % 2 === 0 ? 'get' : 'receive', 1);
    }
    await this.#settle(0, this.#held.length, false);
    await this.#at.end();
  }

  #queue(index: number): string {
    return this.#at.queues[index % this.#at.queues.length] ?? '';
  }

  #of(alias: string): Set<string> {
    return this.#waiting.get(alias) ?? new Set();
  }

  async #bind(given: Extract<Step, { readonly do: 'bind' }>): Promise<void> {
    const from = this.#at.exchanges[given.exchange % this.#at.exchanges.length] ?? '';
    const binding = { to: this.#queue(given.queue), from, key: given.key };
    this.#play.step(`bind ${binding.to} to ${from} with "${given.key}"`);
    this.#routes.bind(binding);
    await this.#at.bind(binding);
  }

  async #unbind(binding: Binding | undefined): Promise<void> {
    if (binding === undefined) return;
    this.#play.step(`unbind ${binding.to} from ${binding.from} with "${binding.key}"`);
    this.#routes.unbind(binding);
    await this.#at.unbind(binding);
  }

  async #publish(exchange: string, given: { readonly by: By; readonly key: string }): Promise<void> {
    const body = this.#next();
    const reached = this.#routes.route(exchange, given.key, {});
    this.#play.step(`by ${given.by}: publish ${body} to ${exchange} with "${given.key}"`);
    const outcome = await this.#at.publish(given.by, exchange, given.key, body);
    // What a link to no address cannot send on may be rejected just as well.
    const unroutable = given.by === 'a link to no address' ? ['released', 'rejected'] : ['released'];
    const legal = reached.size > 0 ? ['accepted'] : unroutable;
    const sentence = `${body} got ${outcome}, where it goes to ${listed([...reached])}.`;
    this.#play.require(outcome === undefined || legal.includes(outcome), { what: 'another outcome than the route of a message gives', sentence });
    for (const alias of reached) this.#of(alias).add(body);
  }

  async #send(alias: string, how: By): Promise<void> {
    const body = this.#next();
    this.#play.step(`by ${how}: send ${body} to ${alias}`);
    const outcome = await this.#at.send(how, alias, body);
    this.#play.require(outcome === undefined || outcome === 'accepted', { what: 'a message was not accepted', sentence: `${body} got ${outcome}.` });
    this.#of(alias).add(body);
  }

  #next(): string {
    this.#sent += 1;
    return `m${this.#sent}`;
  }

  async #take(alias: string, how: 'get' | 'receive', count: number): Promise<void> {
    const waiting = this.#of(alias);
    this.#play.step(`${how} ${count} from ${alias}`);
    for (const held of await this.#at.take(how, alias, count, Math.min(count, waiting.size))) {
      const sentence = `${held.body} came from ${alias}, where ${listed([...waiting])} waits.`;
      this.#play.require(waiting.delete(held.body), { what: 'a message that does not wait there', sentence, duty: 'amqp10/conversion.same-queue:emit' });
      this.#held.push(held);
    }
  }

  async #settle(from: number, count: number, back: boolean): Promise<void> {
    const start = this.#held.length === 0 ? 0 : from % this.#held.length;
    const settled = this.#held.slice(start, start + count);
    if (settled.length === 0) return;
    this.#play.step(`${back ? 'give back' : 'settle'} ${listed(settled.map(({ body, by: who }) => `${body} (${who})`))}`);
    this.#held = this.#held.filter(each => !settled.includes(each));
    for (const { settle, alias, body } of settled) {
      settle(back);
      if (back) this.#of(alias).add(body);
    }
    await this.#at.barrier();
  }

  async #purge(alias: string): Promise<void> {
    const waiting = this.#of(alias);
    this.#play.step(`purge ${alias}`);
    await this.#at.purge(alias, waiting.size);
    waiting.clear();
  }
}

function modelOf(kinds: fc.Arbitrary<readonly Kind[]>, ...steps: readonly fc.WeightedArbitrary<Step>[]): Model10<Case> {
  return {
    cases: fc.record({
      kinds,
      queues: fc.integer({ min: 1, max: 3 }),
      steps: fc.array(fc.oneof(...steps), { minLength: 2, maxLength: 18, size: 'max' }),
      sweep: fc.constantFrom(false, true, true),
    }),
    async play(play, given) {
      const crossing = await Crossing.begin(play, given);
      for (const each of given.steps) await crossing.take(each);
      if (given.sweep) await crossing.sweep();
      await crossing.finish();
    },
  };
}

/** Messages of both protocols in queues that both use. */
export const cross10Model = modelOf(fc.constant([]), ...ofQueues);
/** Those that exchanges route as well. */
export const routing10Model = modelOf(
  fc.array(fc.constantFrom<Kind>('direct', 'fanout', 'topic'), { minLength: 1, maxLength: 2 }),
  ...ofExchanges,
  ...ofQueues,
);
