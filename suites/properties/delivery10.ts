import fc from 'fast-check';
import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Model10 } from '../../harness/fuzz/property.ts';
import type { Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DeliveryState } from '../../harness/wire/amqp10/codec.ts';
import { listed } from './dialogue.ts';

type Outcome = 'accepted' | 'released' | 'rejected' | 'failed';

type Step =
  | { readonly do: 'send'; readonly count: number; readonly settled: boolean }
  | { readonly do: 'receive'; readonly settled: boolean; readonly count: number }
  | { readonly do: 'settle'; readonly from: number; readonly count: number; readonly outcome: Outcome }
  | { readonly do: 'close' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), count: fc.integer({ min: 1, max: 5 }), settled: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('receive' as const), settled: fc.constantFrom(false, false, false, true), count: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      from: fc.nat(5),
      count: fc.integer({ min: 1, max: 6 }),
      outcome: fc.constantFrom<Outcome>('accepted', 'accepted', 'released', 'rejected', 'failed'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
);

const states: Readonly<Record<Outcome, DeliveryState>> = {
  accepted: { type: 'accepted' },
  released: { type: 'released' },
  rejected: { type: 'rejected' },
  failed: { type: 'modified', deliveryFailed: true },
};

const goesBack: ReadonlySet<Outcome> = new Set<Outcome>(['released', 'failed']);

interface Message {
  readonly body: string;
  /** Deliveries that failed; undefined once that cannot be known. */
  failures: number | undefined;
}

interface Held {
  readonly deliveryId: number;
  readonly message: Message;
}

/** What a peer does about failed deliveries and rejected messages; one that does otherwise than it should is judged for that elsewhere. */
interface Ways {
  readonly counts: boolean;
  readonly retires: boolean;
}

/** What was found out of each server, once for all cases. */
const known = new WeakMap<Peer, Promise<Ways>>();

async function findOut(peer: Peer): Promise<Ways> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  const sender = await session.sender(address);
  await sender.send('counted');
  const receiver = await session.receiver(address);
  receiver.credit(1);
  (await receiver.receive()).modify({ deliveryFailed: true });
  receiver.credit(1);
  const delivery = await receiver.receive();
  delivery.reject();
  receiver.credit(1);
  await receiver.barrier();
  const again = session.connection.taken().some(seen => seen.kind === 'frame' && seen.performative.type === 'transfer');
  await session.connection.close();
  return { counts: delivery.message.header?.deliveryCount === 1, retires: !again };
}

function waysOf(peer: Peer): Promise<Ways> {
  const asked = known.get(peer) ?? findOut(peer);
  known.set(peer, asked);
  return asked;
}

/** One queue, a sender, a link that holds what it gets and one to which all is settled: against what waits, what is held and what is gone. */
class Deliveries {
  readonly #play: Play10;
  readonly #session: Session10;
  readonly #address: string;
  readonly #sender: Sender10;
  readonly #ways: Ways;
  #holding: Receiver10;
  #waiting: Message[] = [];
  #held: Held[] = [];
  #sent = 0;

  private constructor(play: Play10, given: { session: Session10; address: string; sender: Sender10; holding: Receiver10; ways: Ways }) {
    this.#play = play;
    this.#session = given.session;
    this.#address = given.address;
    this.#sender = given.sender;
    this.#holding = given.holding;
    this.#ways = given.ways;
  }

  static async begin(play: Play10): Promise<Deliveries> {
    const ways = await waysOf(play.peer);
    const address = await play.node('q1');
    const session = await play.session();
    play.step('queue q1, a sender to it, and a receiver from it');
    const [sender, holding] = [await session.sender(address), await holder(session, address)];
    return new Deliveries(play, { session, address, sender, holding, ways });
  }

  async take(given: Step): Promise<void> {
    if (given.do === 'send') for (let left = given.count; left > 0; left--) await this.#send(given.settled);
    else if (given.do === 'receive') await this.#receive(given.settled, given.count);
    else if (given.do === 'settle') await this.#settle(given);
    else await this.#close();
  }

  /** What was given back comes, and nothing else. */
  async finish(): Promise<void> {
    await this.#close();
    await this.#receive(true, this.#waiting.length + 1);
  }

  async #send(settled: boolean): Promise<void> {
    this.#sent += 1;
    const body = `m${this.#sent}`;
    this.#play.step(`send ${body}${settled ? ', settled' : ''}`);
    const outcome = await this.#sender.send(body, { settled });
    const sentence = `${body} got ${outcome?.type ?? 'no outcome'}.`;
    if (settled) await this.#sender.barrier(['disposition']);
    else this.#play.require(outcome?.type === 'accepted', { what: 'a message was not accepted', sentence, duty: 'amqp10/2.6.12.outcome-told:emit' });
    this.#waiting.push({ body, failures: 0 });
  }

  async #receive(settled: boolean, count: number): Promise<void> {
    const receiver = settled ? await this.#session.receiver(this.#address, { sndSettleMode: 'settled' }) : this.#holding;
    this.#play.step(`receive ${count}${settled ? ' by a link to which all is sent settled' : ''}`);
    receiver.credit(count);
    const coming = Math.min(count, this.#waiting.length);
    for (let left = coming; left > 0; left--) await this.#delivery(receiver, settled);
    if (coming < count) {
      await receiver.barrier(['transfer']);
      receiver.credit(0);
    }
    await receiver.barrier(['transfer']);
    if (settled) await receiver.detach();
  }

  async #delivery(receiver: Receiver10, settled: boolean): Promise<void> {
    const delivery = await receiver.receive();
    const message = this.#waiting.find(({ body }) => body === delivery.text);
    const strange = `${delivery.text} came, where ${listed(this.#waiting.map(({ body }) => body))} waits.`;
    this.#play.require(message !== undefined, { what: 'a message that does not wait was delivered', sentence: strange, duty: 'amqp10/3.4.2.accepted:emit' });
    const { deliveryCount = 0 } = delivery.message.header ?? {};
    const miscounted = `${message.body} came with a delivery-count of ${deliveryCount}, where ${message.failures} of its deliveries failed.`;
    const right = !this.#ways.counts || message.failures === undefined || message.failures === deliveryCount;
    this.#play.require(right, { what: 'a delivery-count is wrong', sentence: miscounted, duty: 'amqp10/3.4.5.delivery-failed:emit' });
    this.#waiting = this.#waiting.filter(each => each !== message);
    if (delivery.settled) return;
    const sentence = `${message.body} came unsettled on a link of mode settled.`;
    this.#play.require(!settled, { what: 'an unsettled delivery on a link of mode settled', sentence, duty: 'amqp10/2.7.5.mode-settled:emit' });
    this.#held.push({ deliveryId: delivery.deliveryId, message });
  }

  /** What is held from one place on, in one disposition. */
  async #settle({ from, count, outcome }: Extract<Step, { readonly do: 'settle' }>): Promise<void> {
    const start = this.#held.length === 0 ? 0 : from % this.#held.length;
    const settled = this.#held.slice(start, start + count);
    const [first, last] = [settled[0], settled.at(-1)];
    if (first === undefined || last === undefined) return;
    if (outcome === 'rejected' && !this.#ways.retires) return;
    this.#play.step(`${outcome}: ${listed(settled.map(({ message }) => message.body))}`);
    const range = first === last ? {} : { last: last.deliveryId };
    this.#session.send('disposition', { role: 'receiver', first: first.deliveryId, ...range, settled: true, state: states[outcome] });
    this.#held = this.#held.filter(each => !settled.includes(each));
    for (const { message } of settled) {
      if (outcome === 'failed' && message.failures !== undefined) message.failures += 1;
      if (goesBack.has(outcome)) this.#waiting.push(message);
    }
    await this.#session.barrier();
  }

  /** What the link held goes back; how its deliveries count then is the source's to say. */
  async #close(): Promise<void> {
    this.#play.step('close the receiver and attach another');
    await this.#holding.detach();
    for (const { message } of this.#held) {
      message.failures = undefined;
      this.#waiting.push(message);
    }
    this.#held = [];
    this.#holding = await holder(this.#session, this.#address);
  }
}

function holder(session: Session10, address: string): Promise<Receiver10> {
  return session.receiver({ address, defaultOutcome: { type: 'released' } });
}

/** Each message waits, is held, or is gone, as its outcomes say; whoever asks gets what waits, each once at a time. */
export const delivery10Model: Model10<readonly Step[]> = {
  cases: fc.array(step, { minLength: 2, maxLength: 18, size: 'max' }),
  async play(play, steps) {
    const deliveries = await Deliveries.begin(play);
    for (const each of steps) await deliveries.take(each);
    await deliveries.finish();
  },
};
