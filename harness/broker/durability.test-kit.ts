import { VirtualClock } from '../sim/clock.ts';
import { type CrashStore, crashStore } from '../store/crash.ts';
import type { Store, StoredMessage } from '../store/store.ts';
import { Broker, type BrokerOptions } from './broker.ts';
import { Client } from './durability-client.test-kit.ts';
import { message, text } from './testbed.ts';
import type { Command, ConnectionEffect, EffectOf } from './vocabulary.ts';

type QueueName = 'a' | 'b';
const queueNames: readonly QueueName[] = ['a', 'b'];

/** What clients of the scene do. `which` picks one of what was got and not settled. */
export type Step =
  | { readonly do: 'publish' | 'publish-in-transaction'; readonly to: QueueName | 'both' }
  | { readonly do: 'commit' | 'ack-in-transaction' }
  | { readonly do: 'get'; readonly from: QueueName; readonly noAck: boolean }
  | { readonly do: 'ack' | 'requeue'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number };

interface Published {
  readonly id: string;
  readonly queues: readonly QueueName[];
}

interface Transaction {
  readonly published: Published[];
  readonly acked: string[];
  answered: boolean;
}

const newTransaction = (): Transaction => ({ published: [], acked: [], answered: false });
const revive = (stored: StoredMessage) => message({ ...stored, persistent: true }, Buffer.concat(stored.body).toString());
const settled = async () => {
  for (let turn = 0; turn < 12; turn += 1) await undefined;
};

export class Scene {
  readonly #clock = new VirtualClock();
  readonly #store: CrashStore;
  readonly #publisher: Client;
  readonly #transactor: Client;
  readonly #getter: Client;
  readonly #published: Published[] = [];
  /** Ids in the order in which they came to the queues. */
  readonly #order: string[] = [];
  readonly #byTag: Published[] = [];
  readonly #confirmed: Published[] = [];
  readonly #transactions: Transaction[] = [];
  #open = newTransaction();
  /** `queue:id` of what may be gone, of what is gone when so many changes are on disk, and of what was sent. */
  readonly #mayBeGone = new Set<string>();
  readonly #goneWhen = new Map<string, number>();
  readonly #sent = new Set<string>();
  #got: { readonly tag: number; readonly place: string }[] = [];
  #written = 0;
  #onDisk = 0;

  constructor(
    flushMs: readonly number[],
    { wrapStore = store => store, ...options }: Partial<BrokerOptions> & { readonly wrapStore?: (store: Store) => Store },
  ) {
    let flushes = 0;
    this.#store = crashStore(done => {
      const upTo = this.#written;
      flushes += 1;
      this.#clock.at(this.#clock.now() + (flushMs[flushes % flushMs.length] ?? 1), () => {
        this.#onDisk = upTo;
        done();
      });
    });
    const store = wrapStore(this.#counted(this.#store));
    const broker = new Broker({ store, clock: this.#clock, revive, around: (command, apply) => this.#watched(command, apply(command)), ...options });
    this.#publisher = new Client(broker, effect => this.#confirm(effect));
    this.#transactor = new Client(broker, effect => this.#hearTransactor(effect));
    this.#getter = new Client(broker, effect => this.#hearGot(effect));
    for (const queue of queueNames) this.#publisher.say('declare-queue', { queue, durable: true });
    this.#publisher.say('declare-exchange', { exchange: 'both', type: 'fanout', durable: true });
    for (const queue of queueNames) this.#publisher.say('bind-queue', { queue, exchange: 'both' });
    this.#publisher.say('select-confirm', {});
    this.#transactor.say('select-transaction', {});
  }

  async play(step: Step): Promise<void> {
    if (step.do === 'publish') this.#publish(this.#publisher, step.to, each => this.#arrives(each));
    else if (step.do === 'publish-in-transaction') this.#publish(this.#transactor, step.to, each => this.#open.published.push(each));
    else if (step.do === 'commit') this.#transactor.say('commit', {}, () => this.#commits());
    else if (step.do === 'ack-in-transaction') this.#transactor.say('get', { queue: 'a' });
    else if (step.do === 'get') this.#getter.say('get', { queue: step.from, noAck: step.noAck });
    else if (step.do === 'pass') await this.pass(step.ms);
    else if (step.do === 'ack' || step.do === 'requeue') this.#settle(step.which, step.do === 'ack' ? 'accept' : 'requeue');
    await settled();
  }

  async pass(ms: number): Promise<void> {
    await settled();
    let over = false;
    this.#clock.at(this.#clock.now() + ms, () => {
      over = true;
    });
    while (!over) {
      this.#clock.advance();
      await settled();
    }
  }

  /** Cuts the power and compares what comes back with what clients were told. */
  async wrongsAfterCrash(): Promise<readonly string[]> {
    const broker = new Broker({ store: this.#store.crash(), revive });
    await broker.restore();
    const queues = broker.core.virtualHosts.get('/')?.queues;
    const found = queueNames.flatMap(queue =>
      [...(queues?.get(queue)?.peek() ?? [])].map(each => ({ queue, id: text(each.message), again: each.deliveries > 0 })),
    );
    const there = new Set(found.map(({ queue, id }) => `${queue}:${id}`));
    const placesOf = (each: Published) => each.queues.map(queue => `${queue}:${each.id}`);
    const known = new Set(this.#order);
    const gone = [...this.#goneWhen].filter(([, at]) => at <= this.#onDisk).map(([place]) => place);
    return [
      ...this.#confirmed
        .flatMap(placesOf)
        .filter(place => !there.has(place) && !this.#mayBeGone.has(place))
        .map(place => `lost ${place}`),
      ...gone.filter(place => there.has(place)).map(place => `came back ${place}`),
      ...found.filter(({ id }) => !known.has(id)).map(({ queue, id }) => `never came ${queue}:${id}`),
      ...found.filter(({ queue, id, again }) => this.#sent.has(`${queue}:${id}`) && !again).map(({ queue, id }) => `not marked as redelivered ${queue}:${id}`),
      ...queueNames.flatMap(name => disorder(found.filter(({ queue }) => queue === name).map(({ id }) => this.#order.indexOf(id)))),
      ...this.#transactions.flatMap(each => this.#halves(each, there, placesOf)),
    ];
  }

  #halves({ published, acked, answered }: Transaction, there: ReadonlySet<string>, placesOf: (each: Published) => readonly string[]): readonly string[] {
    const places = published.flatMap(placesOf).filter(place => !this.#mayBeGone.has(place));
    const done = [...places.filter(place => there.has(place)), ...acked.filter(place => !there.has(place))];
    const undone = [...places.filter(place => !there.has(place)), ...acked.filter(place => there.has(place))];
    if (answered && undone.length > 0) return [`commit answered, not done: ${undone.join()}`];
    return done.length > 0 && undone.length > 0 ? [`half of a commit: ${done.join()} without ${undone.join()}`] : [];
  }

  #publish(client: Client, to: QueueName | 'both', note: (each: Published) => void): void {
    const each: Published = { id: `${this.#published.length}`, queues: to === 'both' ? queueNames : [to] };
    this.#published.push(each);
    const draft = to === 'both' ? { exchange: 'both' } : { routingKey: to };
    client.say('publish', { message: message({ ...draft, persistent: true }, each.id) }, () => note(each));
  }

  #arrives(each: Published): void {
    this.#order.push(each.id);
    this.#byTag.push(each);
  }

  #confirm(effect: ConnectionEffect): void {
    const each = effect.kind === 'confirm' && effect.accepted ? this.#byTag[effect.deliveryTag - 1] : undefined;
    if (each !== undefined) this.#confirmed.push(each);
  }

  #commits(): void {
    this.#order.push(...this.#open.published.map(({ id }) => id));
    this.#transactions.push(this.#open);
    this.#open = newTransaction();
  }

  #hearTransactor(effect: ConnectionEffect): void {
    const first = this.#transactions.find(({ answered }) => !answered);
    if (effect.kind === 'committed' && first !== undefined) first.answered = true;
    if (effect.kind !== 'got') return;
    const place = `a:${text(effect.message)}`;
    this.#sent.add(place);
    this.#transactor.say('settle', { deliveryTag: effect.deliveryTag }, () => this.#open.acked.push(place));
  }

  #hearGot(effect: ConnectionEffect): void {
    if (effect.kind !== 'got') return;
    const place = this.#places.get(effect.deliveryTag) ?? '';
    if (this.#mayBeGone.has(place)) this.#goneWhen.set(place, 0);
    else {
      this.#sent.add(place);
      this.#got.push({ tag: effect.deliveryTag, place });
    }
  }

  #settle(which: number, outcome: 'accept' | 'requeue'): void {
    const each = this.#got[which % Math.max(this.#got.length, 1)];
    if (each === undefined) return;
    this.#got = this.#got.filter(other => other !== each);
    const accepts = outcome === 'accept';
    this.#getter.say(
      'settle',
      { deliveryTag: each.tag, outcome },
      () => accepts && this.#mayBeGone.add(each.place),
      () => accepts && this.#goneWhen.set(each.place, this.#written),
    );
  }

  /** What the getter is about to get, by delivery tag, as the broker does it, before the getter hears of it. */
  readonly #places = new Map<number, string>();

  #watched<E extends { readonly kind: string }>(command: Command, effects: readonly E[]): readonly E[] {
    for (const effect of effects as unknown as readonly EffectOf<'got'>[]) {
      if (effect.kind !== 'got' || command.kind !== 'get' || command.connection !== this.#getter.id) continue;
      const place = `${command.queue}:${text(effect.message)}`;
      this.#places.set(effect.deliveryTag, place);
      if (command.noAck) this.#mayBeGone.add(place);
    }
    return effects;
  }

  #counted(store: CrashStore): Store {
    return {
      write: change => {
        this.#written += 1;
        store.write(change);
      },
      flushed: () => store.flushed(),
      load: () => store.load(),
      read: (virtualHost, queue, position) => store.read?.(virtualHost, queue, position) ?? message({}),
      close: () => store.close(),
    };
  }
}

function disorder(places: readonly number[]): readonly string[] {
  return places.some((place, at) => at > 0 && place <= (places[at - 1] ?? 0)) ? [`out of order: ${places.join()}`] : [];
}

/** A broker with two queues behind clients that publish, commit, get and settle; its flushes take these times, in turn. */
export async function scene(flushMs: readonly number[], options: ConstructorParameters<typeof Scene>[1] = {}): Promise<Scene> {
  const played = new Scene(flushMs, options);
  await played.pass(200);
  return played;
}
