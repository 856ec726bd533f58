import type { Play10 } from '../../harness/fuzz/play10.ts';
import { describePerformative } from '../../harness/probe/amqp10-expectation.ts';
import type { Frame10, Seen10 } from '../../harness/probe/amqp10-peer.ts';
import { type AmqpDisposition, decodeMessage, isViolation, type PerformativeName } from '../../harness/wire/amqp10/codec.ts';

/** What a peer says of a session. */
interface Begun {
  readonly nextOutgoingId: number;
  readonly handleMax: number;
}

const handleMost = 0xffff_ffff;
const senderHandle = 0;

/** What is due on a connection whose frames are written by hand, and what came of it. */
export class Hearing {
  readonly #play: Play10;
  readonly #due = new Set<string>();
  readonly #begun = new Map<number, Begun>();
  readonly #credit = new Map<number, number>();
  /** Where the peer's delivery-count begins, by the link. */
  readonly #counts = new Map<string, number>();
  /** Texts of messages that are still to come. */
  readonly #texts = new Set<string>();
  #parts: Uint8Array[] = [];

  constructor(play: Play10) {
    this.#play = play;
  }

  linkName(): string {
    return this.#play.peer.name('link');
  }

  begun(session: number): Begun {
    return this.#begun.get(session) ?? { nextOutgoingId: 0, handleMax: handleMost };
  }

  /** Deliveries that the sender of this session may begin. */
  credit(session: number): number {
    return this.#credit.get(session) ?? 0;
  }

  /** The delivery-count of a link over which the peer sends, as its attach told it. */
  deliveryCount(session: number, handle: number): number {
    return this.#counts.get(keyOf('attach', session, handle)) ?? 0;
  }

  /** A performative has to come, on a session and of a link where it is of those. */
  due(name: PerformativeName, session?: number, handle?: number): void {
    this.#due.add(keyOf(name, session, handle));
  }

  /** A message went out: it has to come, and its outcome unless it was sent settled. */
  sent(session: number, deliveryId: number, text: string, settled: boolean): void {
    this.#texts.add(text);
    if (!settled) this.#due.add(outcomeKey(session, deliveryId));
  }

  /** Hears until all that is due has come. */
  async all(): Promise<void> {
    while (this.#due.size + this.#texts.size > 0) this.#take(await this.#play.connection.next());
  }

  /** Hears until both sessions have credit. */
  async credited(): Promise<void> {
    while (this.credit(0) === 0 || this.credit(1) === 0) this.#take(await this.#play.connection.next());
  }

  #take(seen: Seen10): void {
    if (seen.kind === 'empty') return;
    if (seen.kind !== 'frame') {
      const sentence = `Expected the conversation to go on, got ${seen.kind}.`;
      this.#play.require(false, { what: seen.kind, sentence });
      return;
    }
    const { performative: what, local, handle } = seen;
    if (what.type === 'transfer') this.#transfer(seen, what.more === true);
    else if (what.type === 'disposition') this.#outcomes(local ?? 0, what);
    else if (what.type === 'flow') this.#flow(local ?? 0, handle, what.linkCredit ?? 0);
    else this.#answer(seen);
  }

  #answer({ performative: what, local, handle }: Frame10): void {
    const key = keyOf(what.type, local, handle);
    if (what.type === 'begin') this.#begun.set(local ?? 0, { nextOutgoingId: what.nextOutgoingId, handleMax: what.handleMax ?? handleMost });
    if (what.type === 'attach' && what.initialDeliveryCount !== undefined) this.#counts.set(key, what.initialDeliveryCount);
    const sentence = `Got ${describePerformative(what)} as ${key}, where ${this.#awaited()} is due.`;
    this.#play.require(this.#due.delete(key), { what: describePerformative(what), sentence });
  }

  #transfer({ payload, local, handle }: Frame10, more: boolean): void {
    this.#parts.push(payload);
    if (more) return;
    const text = textIn(Buffer.concat(this.#parts));
    this.#parts = [];
    const sentence = `A message of ${text.length} octets came on session ${local} by handle ${handle} that is none of those still to come.`;
    this.#play.require(this.#texts.delete(text), { what: 'a message that was not sent so', sentence });
  }

  #outcomes(session: number, { first, last = first, state }: AmqpDisposition): void {
    for (let id = first; id <= last; id++) {
      const sentence = `Delivery ${id} of session ${session + 1} got ${state?.type ?? 'no outcome'}.`;
      this.#play.require(state?.type === 'accepted', { what: 'a message was not accepted', sentence });
      this.#due.delete(outcomeKey(session, id));
    }
  }

  #flow(session: number, handle: number | undefined, credit: number): void {
    if (handle === senderHandle && !this.#credit.get(session)) this.#credit.set(session, credit);
  }

  #awaited(): string {
    const all = [...this.#due, ...[...this.#texts].map(text => `a message of ${text.length} octets`)];
    return all.length === 0 ? 'nothing' : all.join(', ');
  }
}

function keyOf(name: PerformativeName, session?: number, handle?: number): string {
  return [name, ...(session === undefined ? [] : [`on session ${session + 1}`]), ...(handle === undefined ? [] : [`of handle ${handle}`])].join(' ');
}

const outcomeKey = (session: number, deliveryId: number): string => `the outcome of delivery ${deliveryId} on session ${session + 1}`;

/** The text that a payload is as a message of data. */
export function textIn(payload: Uint8Array): string {
  const message = decodeMessage(payload);
  const body = isViolation(message) ? undefined : message.body;
  return body?.type === 'data' ? Buffer.concat(body.value).toString() : 'something else';
}
