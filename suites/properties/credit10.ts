import fc from 'fast-check';
import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Model10 } from '../../harness/fuzz/property.ts';
import type { Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Frame10, Seen10 } from '../../harness/probe/amqp10-peer.ts';
import { decodeMessage, isViolation } from '../../harness/wire/amqp10/codec.ts';
import { listed } from './dialogue.ts';

type Step =
  | { readonly do: 'send'; readonly queue: number; readonly count: number; readonly large: boolean }
  | { readonly do: 'grant' | 'drain'; readonly link: number; readonly credit: number }
  | { readonly do: 'stop'; readonly link: number }
  | { readonly do: 'open'; readonly window: number };

interface Case {
  /** One link for each, from one of two queues. */
  readonly links: readonly number[];
  readonly window: number;
  readonly steps: readonly Step[];
}

const link = fc.nat(2);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), queue: fc.nat(1), count: fc.integer({ min: 1, max: 4 }), large: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('grant' as const), link, credit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drain' as const), link, credit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), link }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open' as const), window: fc.integer({ min: 1, max: 4 }) }) },
);

const queues = ['q1', 'q2'] as const;
type Queue = (typeof queues)[number];

/** The smallest that a peer may ask for: a large message goes in several. */
const frameSize = 512;
const largeSize = 1200;
const wide = 500;

interface Link {
  readonly alias: string;
  readonly queue: Queue;
  readonly receiver: Receiver10;
  credit: number;
  /** Deliveries that may have been under way for the window when credit was taken back. */
  slack: number;
  deliveryId: number;
  /** What came of the delivery that is under way. */
  parts: Uint8Array[];
}

/** Links of one session with a window of a few frames: whoever has credit gets what waits as far as the window goes, and nobody gets more. */
class Links {
  readonly #play: Play10;
  readonly #session: Session10;
  readonly #other: Session10;
  readonly #addresses: Readonly<Record<Queue, string>>;
  readonly #senders: Readonly<Record<Queue, Sender10>>;
  readonly #waiting: Readonly<Record<Queue, Set<string>>> = { q1: new Set(), q2: new Set() };
  readonly #links: Link[] = [];
  #window: number;
  #sent = 0;

  private constructor(
    play: Play10,
    sessions: readonly [Session10, Session10],
    to: { addresses: Record<Queue, string>; senders: Record<Queue, Sender10> },
    window: number,
  ) {
    this.#play = play;
    [this.#session, this.#other] = sessions;
    this.#addresses = to.addresses;
    this.#senders = to.senders;
    this.#window = window;
  }

  static async begin(play: Play10, { links, window }: Case): Promise<Links> {
    const addresses = { q1: await play.node('q1'), q2: await play.node('q2') };
    play.step(`begin a session with an incoming-window of ${window} frames`);
    const sessions = [await play.session({ incomingWindow: window }), await play.session()] as const;
    const senders = { q1: await sessions[1].sender(addresses.q1), q2: await sessions[1].sender(addresses.q2) };
    const made = new Links(play, sessions, { addresses, senders }, window);
    for (const queue of links) await made.#attach(queues[queue] ?? 'q1');
    return made;
  }

  async #attach(queue: Queue): Promise<void> {
    const alias = `l${this.#links.length + 1}`;
    this.#play.step(`attach ${alias} from ${queue}`);
    this.#links.push({ alias, queue, receiver: await this.#session.receiver(this.#addresses[queue]), credit: 0, slack: 0, deliveryId: 0, parts: [] });
  }

  async take(given: Step): Promise<void> {
    if (given.do === 'send') await this.#send(queues[given.queue] ?? 'q1', given.count, given.large);
    else if (given.do === 'open') this.#open(given.window);
    else {
      const of = this.#links[given.link % this.#links.length];
      if (of === undefined) return;
      if (given.do === 'stop') this.#grant(of, 0);
      else if (given.do === 'grant') this.#grant(of, given.credit);
      else await this.#drain(of, given.credit);
    }
    await this.#deliveries();
  }

  /** What is under way comes to its end, and the rest is taken by somebody else. */
  async finish(): Promise<void> {
    for (const each of this.#links) this.#grant(each, 0);
    this.#open(wide);
    await this.#deliveries();
    for (const each of this.#links) await each.receiver.detach();
    for (const queue of queues) {
      const waiting = this.#waiting[queue];
      this.#play.step(`another session: take ${listed([...waiting])} from ${queue}`);
      const receiver = await this.#other.receiver(this.#addresses[queue]);
      receiver.credit(waiting.size + 1);
      for (const _ of [...waiting]) {
        const delivery = await receiver.receive();
        delivery.accept();
        this.#came(queue, nameIn(delivery.payload), 'the other session');
      }
      await receiver.barrier(['transfer']);
      await receiver.detach();
    }
  }

  async #send(queue: Queue, count: number, large: boolean): Promise<void> {
    for (let left = count; left > 0; left--) {
      this.#sent += 1;
      const name = `m${this.#sent}`;
      this.#play.step(`send ${name} to ${queue}${large ? ', of several frames' : ''}`);
      const outcome = await this.#senders[queue].send(large ? name.padEnd(largeSize) : name);
      this.#play.require(outcome?.type === 'accepted', { what: 'a message was not accepted', sentence: `${name} got ${outcome?.type ?? 'no outcome'}.` });
      this.#waiting[queue].add(name);
    }
  }

  #open(window: number): void {
    this.#play.step(`tell of a window of ${window} frames`);
    this.#window = window;
    this.#session.flow({ incomingWindow: window });
  }

  #grant(of: Link, credit: number): void {
    this.#play.step(`${of.alias}: give a credit of ${credit}`);
    of.slack += Math.max(0, of.credit - credit);
    of.credit = credit;
    of.receiver.credit(credit);
  }

  /** All that waits, up to the credit, and then no credit is left: which is told, but where deliveries used it up. */
  async #drain(of: Link, credit: number): Promise<void> {
    this.#open(wide);
    await this.#deliveries();
    const waiting = this.#waiting[of.queue].size;
    this.#play.step(`${of.alias}: drain with a credit of ${credit}`);
    of.credit = credit;
    of.receiver.credit(credit, { drain: true });
    while (this.#due()) this.#hears(await this.#play.connection.next());
    if (waiting < credit) await this.#drained(of);
    of.credit = 0;
  }

  async #drained(of: Link): Promise<void> {
    for (;;) {
      const seen = await this.#play.connection.next();
      const flow = seen.kind === 'frame' && seen.performative.type === 'flow' ? seen.performative : undefined;
      if (flow !== undefined && seen.kind === 'frame' && this.#isOf(seen, of) && (flow.linkCredit ?? 0) === 0) return;
      this.#hears(seen);
    }
  }

  #due(): boolean {
    return this.#window > 0 && this.#links.some(({ credit, parts, queue }) => parts.length > 0 || (credit > 0 && this.#waiting[queue].size > 0));
  }

  /** Hears deliveries as long as somebody has room for something, and what comes beyond that. */
  async #deliveries(): Promise<void> {
    while (this.#due()) this.#hears(await this.#play.connection.next());
    await this.#session.barrier();
    for (const seen of this.#play.connection.taken()) this.#hears(seen);
    if (this.#window > 0) for (const each of this.#links) each.slack = 0;
  }

  #isOf(frame: Frame10, { receiver }: Link): boolean {
    return frame.local === this.#session.channel && frame.handle === receiver.handle;
  }

  #hears(seen: Seen10): void {
    if (seen.kind !== 'frame' || seen.performative.type !== 'transfer') {
      this.#goesOn(seen);
      return;
    }
    const of = this.#links.find(each => this.#isOf(seen, each));
    this.#play.require(of !== undefined, { what: 'a transfer on no link', sentence: 'A transfer came on no link that is attached.' });
    const { more, deliveryId = 0 } = seen.performative;
    const beyond = `A transfer came on ${of.alias} where the window of its session was used up.`;
    this.#play.require(this.#window > 0, { what: 'a transfer beyond the window', sentence: beyond, duty: 'amqp10/2.5.6.remote-incoming-window:emit' });
    this.#window -= 1;
    if (of.parts.length === 0) {
      const sentence = `A delivery came on ${of.alias}, which has no credit.`;
      this.#play.require(of.credit + of.slack > 0, { what: 'a delivery without credit', sentence, duty: 'amqp10/2.6.7.credit-spent:emit' });
      if (of.credit > 0) of.credit -= 1;
      else of.slack -= 1;
      of.deliveryId = deliveryId;
    }
    of.parts.push(seen.payload);
    if (more === true) return;
    this.#came(of.queue, nameIn(Buffer.concat(of.parts)), of.alias);
    this.#session.send('disposition', { role: 'receiver', first: of.deliveryId, settled: true, state: { type: 'accepted' } });
    of.parts = [];
  }

  #came(queue: Queue, name: string, to: string): void {
    const waiting = [...this.#waiting[queue]];
    const sentence = `${name} came to ${to}, where ${listed(waiting)} waits in ${queue}.`;
    this.#play.require(this.#waiting[queue].delete(name), { what: 'a message that does not wait was delivered', sentence, duty: 'amqp10/3.3.1.acquired:emit' });
  }

  /** Nothing may be closed, ended or detached. */
  #goesOn(seen: Seen10): void {
    const type = seen.kind === 'frame' ? seen.performative.type : seen.kind;
    const sentence = `Expected the conversation to go on, got ${type}.`;
    this.#play.require(type !== 'detach' && type !== 'end' && type !== 'close' && type !== 'ended', { what: type, sentence });
  }
}

function nameIn(payload: Uint8Array): string {
  const message = decodeMessage(payload);
  const body = isViolation(message) ? undefined : message.body;
  return body?.type === 'data' ? Buffer.concat(body.value).toString().trimEnd() : 'something else';
}

/** Never more than the window and the credit allow, nothing starves, every drain ends, and all is delivered once. */
export const credit10Model: Model10<Case> = {
  cases: fc.record({
    links: fc.array(fc.nat(1), { minLength: 1, maxLength: 3 }),
    window: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(step, { minLength: 2, maxLength: 16, size: 'max' }),
  }),
  connect: peer => peer.connection10({ open: { maxFrameSize: frameSize }, automatic: { window: false } }),
  async play(play, given) {
    const links = await Links.begin(play, given);
    for (const each of given.steps) await links.take(each);
    await links.finish();
  },
};
