import fc from 'fast-check';
import type { Play } from '../../harness/fuzz/play.ts';
import type { Model } from '../../harness/fuzz/property.ts';
import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { transactsRejections } from '../amqp091/transactions.ts';
import { bodyOf, listed } from './dialogue.ts';
import { type Message, TransactionModel } from './transaction-model.ts';

const queues = ['q1', 'q2'] as const;
type Queue = (typeof queues)[number];

type Step =
  | { readonly do: 'publish'; readonly to: readonly Queue[]; readonly count: number }
  | { readonly do: 'get' | 'look'; readonly queue: Queue }
  | { readonly do: 'settle'; readonly how: 'ack' | 'reject' | 'requeue'; readonly which: number; readonly multiple: boolean }
  | { readonly do: 'commit' | 'rollback' | 'close' };

const queue = fc.constantFrom(...queues);
const to = fc.constantFrom<readonly Queue[]>(['q1'], ['q2'], ['q1', 'q2']);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('publish' as const), to, count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('get' as const), queue }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const), queue }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      how: fc.constantFrom('ack', 'ack', 'reject', 'requeue'),
      which: fc.nat(5),
      multiple: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('commit', 'commit', 'commit', 'rollback', 'rollback', 'close') }) },
);

/** What was found out of each server, once for all cases. */
const rejecting = new WeakMap<Peer, Promise<boolean>>();

/** Where rejections are no part of transactions, which is the server's right, no case rejects. */
function mayReject(peer: Peer): Promise<boolean> {
  const asked = rejecting.get(peer) ?? transactsRejections(peer);
  rejecting.set(peer, asked);
  return asked;
}

/** A transacted channel that publishes and settles, and another client that looks on. */
class Transacting {
  readonly #play: Play;
  readonly #model = new TransactionModel();
  readonly #other: ProbeChannel;
  readonly #exchange: string;
  readonly #rejects: boolean;
  #channel: ProbeChannel;

  private constructor(play: Play, given: { other: ProbeChannel; channel: ProbeChannel; exchange: string; rejects: boolean }) {
    this.#play = play;
    this.#other = given.other;
    this.#channel = given.channel;
    this.#exchange = given.exchange;
    this.#rejects = given.rejects;
  }

  static async begin(play: Play): Promise<Transacting> {
    const rejects = await mayReject(play.peer);
    const other = await play.channel();
    const exchange = await other.exchange('fanout');
    for (const alias of queues) await other.bind(await other.queue({ queue: play.name(alias) }), exchange);
    play.step('declare queues q1 and q2, and fanout exchange e1 with both bound to it');
    return new Transacting(play, { other, channel: await select(play), exchange, rejects });
  }

  async take(given: Step): Promise<void> {
    if (given.do === 'publish') for (let left = given.count; left > 0; left--) this.#publish(given.to);
    else if (given.do === 'get') await this.#get(given.queue, this.#channel, false);
    else if (given.do === 'look') await this.#get(given.queue, this.#other, true);
    else if (given.do === 'settle') this.#settle(given);
    else if (given.do === 'close') await this.#close();
    else await this.#end(given.do);
  }

  /** What is committed comes out, and nothing else. */
  async finish(): Promise<void> {
    await this.#close();
    for (const alias of queues) while (this.#model.waiting(alias).length > 0) await this.#get(alias, this.#other, true);
    for (const alias of queues) await this.#get(alias, this.#other, true);
    for (const alias of queues) await this.#other.call('queue.delete', { queue: this.#play.name(alias) }, 'queue.delete-ok');
  }

  #publish(aliases: readonly Queue[]): void {
    const body = this.#model.publish(aliases);
    const [only, second] = aliases;
    this.#play.step(`tx: publish ${body} to ${second === undefined ? only : 'e1'}`);
    const route = second === undefined && only !== undefined ? { routingKey: this.#play.name(only) } : { exchange: this.#exchange };
    this.#channel.publish({ ...route, body });
  }

  /** By the transacted channel a message is held, by another it is taken for good. */
  async #get(alias: Queue, channel: ProbeChannel, noAck: boolean): Promise<void> {
    this.#play.step(`${noAck ? 'another client' : 'tx'}: get from ${alias}${noAck ? ', no-ack' : ''}`);
    const waiting = this.#model.waiting(alias);
    let came: Arrival<'basic.get-ok'> | null = await channel.get(this.#play.name(alias), { noAck });
    if (waiting.length > 0 && came === null) {
      // What a client gave back may take a moment, what is committed may not.
      const sentence = `Nothing came from ${alias}, where ${bodies(waiting)} waits of what is committed.`;
      const duty: DutyId = 'amqp091/tx.commit.publications:emit';
      this.#play.require(!waiting.some(({ fresh }) => fresh), { what: 'a committed message is not there', sentence, duty });
      await this.#play.peer.eventually(`one of the messages that wait in ${alias} comes`, async () => {
        came = await channel.get(this.#play.name(alias), { noAck });
        return came !== null;
      });
    }
    if (came !== null) this.#arrived(alias, came, noAck);
  }

  #arrived(alias: Queue, arrival: Arrival<'basic.get-ok'>, noAck: boolean): void {
    const body = bodyOf(arrival);
    const waiting = this.#model.waiting(alias);
    const message = waiting.find(each => each.body === body);
    const strange = `${body} came from ${alias}, where ${bodies(waiting)} waits of what is committed.`;
    this.#play.require(message !== undefined, { what: 'a message came that is not committed there', sentence: strange });
    const next = this.#model.next(alias);
    const duty: DutyId = 'amqp091/tx.commit.order:emit';
    const early = `${body} came from ${alias}, where it was the turn of ${bodies(next)}.`;
    this.#play.require(next.includes(message), { what: 'a message overtook another', sentence: early, duty });
    this.#model.take(message, noAck ? undefined : arrival.method.args.deliveryTag);
  }

  #settle({ how, which, multiple }: Extract<Step, { readonly do: 'settle' }>): void {
    if (how !== 'ack' && !this.#rejects) return;
    const { open } = this.#model;
    const named = open[which % open.length];
    if (named === undefined) return;
    const several = multiple && how === 'ack';
    const settled = several ? open.filter(each => each.tag <= named.tag) : [named];
    this.#play.step(`tx: ${how === 'requeue' ? 'reject' : how} ${several ? 'all up to ' : ''}${named.message.body}${how === 'requeue' ? ', requeue' : ''}`);
    if (how === 'ack') this.#channel.send('basic.ack', { deliveryTag: named.tag, multiple: several });
    else this.#channel.send('basic.reject', { deliveryTag: named.tag, requeue: how === 'requeue' });
    this.#model.settle(settled, how === 'requeue');
  }

  async #end(how: 'commit' | 'rollback'): Promise<void> {
    this.#play.step(`tx: ${how}`);
    if (how === 'commit') await this.#channel.call('tx.commit', {}, 'tx.commit-ok');
    else await this.#channel.call('tx.rollback', {}, 'tx.rollback-ok');
    this.#model[how]();
  }

  async #close(): Promise<void> {
    this.#play.step('tx: close the channel');
    this.#play.gone(this.#channel);
    await this.#channel.close();
    this.#model.end();
    this.#channel = await select(this.#play);
  }
}

async function select(play: Play): Promise<ProbeChannel> {
  const channel = await play.channel();
  play.step('tx: select on a new channel');
  await channel.call('tx.select', {}, 'tx.select-ok');
  return channel;
}

function bodies(messages: readonly Message[]): string {
  return listed(messages.map(({ body }) => body));
}

/** What is outstanding at a rollback stays so. */
const outstandingAtRollback: readonly Step[] = [
  { do: 'publish', to: ['q1'], count: 1 },
  { do: 'commit' },
  { do: 'get', queue: 'q1' },
  { do: 'rollback' },
  { do: 'look', queue: 'q1' },
];

/** What others see is what was committed, whatever a transaction publishes and settles, and however it ends. */
export const transactionsModel: Model<readonly Step[]> = {
  cases: fc.array(step, { minLength: 1, maxLength: 20, size: 'max' }),
  known: [outstandingAtRollback],
  async play(play, steps) {
    const transacting = await Transacting.begin(play);
    for (const each of steps) await transacting.take(each);
    await transacting.finish();
  },
};
