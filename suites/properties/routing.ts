import fc from 'fast-check';
import type { Play } from '../../harness/fuzz/play.ts';
import type { Model } from '../../harness/fuzz/property.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import { fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { optionalExchange } from '../amqp091/optional.ts';
import { Publisher } from './publisher.ts';
import { reading } from './reading.ts';
import { type Binding, type Headers, type HeadersPattern, type Kind, RoutingModel } from './routing-model.ts';

/** A step that an exchange of any kind can take its part from. */
interface Place {
  readonly exchange: number;
  readonly key: string;
  readonly pattern: string;
  readonly match: HeadersPattern;
}

interface Publication {
  readonly do: 'publish';
  readonly exchange: number;
  readonly key: string;
  readonly words: string;
  readonly headers: Headers;
}

type Step =
  | ({ readonly do: 'bind'; readonly queue: number } & Place)
  | ({ readonly do: 'join'; readonly to: number } & Place)
  | { readonly do: 'unbind'; readonly which: number }
  | Publication
  | { readonly do: 'send'; readonly queue: number };

interface Case {
  readonly kinds: readonly Kind[];
  readonly queues: number;
  readonly steps: readonly Step[];
  /** Whether a message of each sort goes to each exchange at the end. */
  readonly sweep: boolean;
}

const key = fc.constantFrom('a', 'b');
/** The standard does not say whether an empty key has no word or an empty one. */
const words = (...of: readonly string[]) => fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 4 }).map(each => each.join('.'));
/** Some servers limit how many hashes a pattern may have. */
const pattern = words('a', 'b', '*', '#').filter(each => each.split('#').length <= 3);
const values = { h1: fc.constantFrom('x', 'y'), h2: fc.constantFrom(1, 2), h3: fc.boolean() };
const headers = fc.record(values, { requiredKeys: [], noNullPrototype: true });
const orPresent = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: value }, fc.constant(null));
const match: fc.Arbitrary<HeadersPattern> = fc.record({
  match: fc.constantFrom('all', 'any'),
  pairs: fc
    .record({ h1: orPresent(values.h1), h2: orPresent(values.h2), h3: orPresent(values.h3) }, { requiredKeys: [], noNullPrototype: true })
    .map(pairs => (Object.keys(pairs).length === 0 ? { h1: 'x' } : pairs)),
});
const place = { exchange: fc.nat(2), key, pattern, match };

const bind = fc.record({ do: fc.constant('bind' as const), queue: fc.nat(3), ...place });
const join = fc.record({ do: fc.constant('join' as const), to: fc.nat(2), ...place });
const unbind = fc.record({ do: fc.constant('unbind' as const), which: fc.nat(9) });
const publish = fc.record({ do: fc.constant('publish' as const), exchange: fc.nat(2), key, words: words('a', 'b'), headers });
const send = fc.record({ do: fc.constant('send' as const), queue: fc.nat(3) });

const sweptWords = ['a', 'b', 'a.a', 'a.b', 'b.a', 'a.b.a'];
const sweptHeaders: readonly Headers[] = [{ h1: 'x' }, { h1: 'y', h2: 1 }, { h2: 2, h3: true }, { h1: 'x', h2: 1, h3: false }, { h1: 'x', h2: 2, h3: true }];

/** Messages that tell most bindings of this kind apart. */
function sweepOf(kind: Kind | undefined): readonly Omit<Publication, 'do' | 'exchange'>[] {
  const usual = { key: 'a', words: 'a', headers: {} };
  if (kind === 'topic') return sweptWords.map(each => ({ ...usual, words: each }));
  if (kind === 'headers') return sweptHeaders.map(each => ({ ...usual, headers: each }));
  return kind === 'fanout' ? [usual] : [usual, { ...usual, key: 'b' }];
}

/** Exchanges, queues and bindings as a client makes them on one channel. */
class Topology {
  readonly #play: Play;
  readonly #publisher: Publisher;
  readonly #channel: ProbeChannel;
  readonly #model: RoutingModel;
  readonly #exchanges: readonly string[];
  readonly #queues: readonly string[];
  readonly #names: ReadonlyMap<string, string>;

  private constructor(play: Play, publisher: Publisher, kinds: Readonly<Record<string, Kind>>, names: ReadonlyMap<string, string>) {
    this.#play = play;
    this.#publisher = publisher;
    this.#channel = publisher.channel;
    this.#model = new RoutingModel(kinds);
    this.#names = names;
    this.#exchanges = Object.keys(kinds);
    this.#queues = [...names.keys()].filter(alias => !(alias in kinds));
  }

  static async begin(play: Play, { kinds, queues }: Case): Promise<Topology> {
    const publisher = await Publisher.begin(play);
    const { channel } = publisher;
    const aliases = Object.fromEntries(kinds.map((kind, index) => [`e${index + 1}`, kind]));
    const names = new Map<string, string>();
    for (const [alias, kind] of Object.entries(aliases)) {
      play.step(`declare ${kind} exchange ${alias}`);
      names.set(alias, kind === 'direct' || kind === 'fanout' ? await channel.exchange(kind) : await optionalExchange(play.peer, channel, kind));
    }
    for (let index = 1; index <= queues; index++) {
      play.step(`declare queue q${index}`);
      names.set(`q${index}`, await channel.queue({ queue: play.name(`q${index}`) }));
    }
    return new Topology(play, publisher, aliases, names);
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'bind') return this.#bind(this.#bindingOf(this.#queues[step.queue % this.#queues.length] ?? '', step));
    if (step.do === 'join') return this.#bind(this.#bindingOf(this.#exchanges[step.to % this.#exchanges.length] ?? '', step));
    if (step.do === 'unbind') return this.#unbind(this.#model.bindings[step.which % this.#model.bindings.length]);
    if (step.do === 'send') {
      const queue = this.#queues[step.queue % this.#queues.length] ?? '';
      return this.#publisher.publish({ shown: `the default exchange with key ${queue}`, routingKey: this.#name(queue) }, [queue]);
    }
    this.#publish(this.#exchanges[step.exchange % this.#exchanges.length] ?? '', step);
  }

  #publish(exchange: string, step: Omit<Publication, 'do' | 'exchange'>): void {
    const kind = this.#kind(exchange);
    const routingKey = kind === 'topic' ? step.words : kind === 'headers' ? '' : step.key;
    const told = kind === 'headers' ? ` with headers ${JSON.stringify(step.headers)}` : kind === 'fanout' ? '' : ` with key "${routingKey}"`;
    const properties = kind === 'headers' ? { headers: fieldTable(step.headers) } : {};
    const reached = [...this.#model.route(exchange, routingKey, kind === 'headers' ? step.headers : {})];
    this.#publisher.publish({ shown: exchange + told, exchange: this.#name(exchange), routingKey, properties }, reached);
  }

  /** Each queue holds what the model routed to it, once and in order, and nothing else. */
  async finish(sweep: boolean): Promise<void> {
    if (sweep) for (const exchange of this.#exchanges) for (const each of sweepOf(this.#kind(exchange))) this.#publish(exchange, each);
    await this.#publisher.answered();
    for (const queue of this.#queues) await reading(this.#play, this.#publisher, queue, this.#name(queue));
    for (const queue of this.#queues) this.#channel.send('queue.delete', { queue: this.#name(queue) });
    for (const _ of this.#queues) await this.#channel.expect('queue.delete-ok');
  }

  /** A binding whose key and arguments are what the kind of its exchange looks at. Bindings of a headers exchange bear different keys, so that no broker takes one for another. */
  #bindingOf(to: string, step: Place): Binding {
    const from = this.#exchanges[step.exchange % this.#exchanges.length] ?? '';
    const kind = this.#kind(from);
    if (kind === 'headers') return { to, from, key: JSON.stringify(step.match), pattern: step.match };
    return { to, from, key: kind === 'topic' ? step.pattern : step.key };
  }

  async #bind(binding: Binding): Promise<void> {
    this.#play.step(`bind ${shown(binding)}`);
    this.#model.bind(binding);
    const draft = { routingKey: binding.key, arguments: tableOf(binding) };
    const [to, from] = [this.#name(binding.to), this.#name(binding.from)];
    if (this.#exchanges.includes(binding.to)) await this.#channel.call('exchange.bind', { destination: to, source: from, ...draft }, 'exchange.bind-ok');
    else await this.#channel.call('queue.bind', { queue: to, exchange: from, ...draft }, 'queue.bind-ok');
  }

  async #unbind(binding: Binding | undefined): Promise<void> {
    if (binding === undefined) return;
    this.#play.step(`unbind ${shown(binding)}`);
    this.#model.unbind(binding);
    const draft = { routingKey: binding.key, arguments: tableOf(binding) };
    const [to, from] = [this.#name(binding.to), this.#name(binding.from)];
    if (this.#exchanges.includes(binding.to)) await this.#channel.call('exchange.unbind', { destination: to, source: from, ...draft }, 'exchange.unbind-ok');
    else await this.#channel.call('queue.unbind', { queue: to, exchange: from, ...draft }, 'queue.unbind-ok');
  }

  #kind(exchange: string): Kind | undefined {
    return this.#model.kindOf(exchange);
  }

  #name(alias: string): string {
    return this.#names.get(alias) ?? alias;
  }
}

function tableOf({ pattern }: Binding): FieldTable {
  return pattern === undefined ? [] : fieldTable({ 'x-match': pattern.match, ...pattern.pairs });
}

function shown({ to, from, key: name, pattern }: Binding): string {
  return `${to} to ${from} with ${pattern === undefined ? `key "${name}"` : `${pattern.match} of ${JSON.stringify(pattern.pairs)}`}`;
}

function modelOf(kinds: fc.Arbitrary<readonly Kind[]>, ...steps: readonly fc.WeightedArbitrary<Step>[]): Model<Case> {
  return {
    cases: fc.record({
      kinds,
      queues: fc.integer({ min: 1, max: 3 }),
      steps: fc.array(fc.oneof(...steps), { minLength: 2, maxLength: 18, size: 'max' }),
      sweep: fc.constantFrom(false, true, true, true),
    }),
    async play(play, given) {
      const topology = await Topology.begin(play, given);
      for (const step of given.steps) await topology.take(step);
      await topology.finish(given.sweep);
    },
  };
}

const some = (...kinds: readonly Kind[]) => fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 2 });
const steps: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 5, arbitrary: bind },
  { weight: 2, arbitrary: unbind },
  { weight: 5, arbitrary: publish },
];

/** Direct, fanout and the default exchange. */
export const plainRouting = modelOf(some('direct', 'fanout'), ...steps, { weight: 1, arbitrary: send });
export const topicRouting = modelOf(fc.constant(['topic']), ...steps);
export const headersRouting = modelOf(fc.constant(['headers']), ...steps);
/** Exchanges of all kinds bound to each other, circles included. */
export const joinedRouting = modelOf(
  fc.array(fc.constantFrom<Kind>('direct', 'fanout', 'topic'), { minLength: 2, maxLength: 3 }),
  ...steps,
  { weight: 4, arbitrary: join },
  { weight: 2, arbitrary: unbind },
);
