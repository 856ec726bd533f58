import type { DutyId, RuleId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { AmqpAttach, Performative } from '../wire/amqp10/codec.ts';
import { sendBarrier } from './amqp10-barrier.ts';
import { describeObserved10, endingOfObserved, errorOf, matchAnswer10, type Observed10, statusOf } from './amqp10-expectation.ts';
import type { Frame10, Seen10 } from './amqp10-peer.ts';
import type { Amqp10Wire } from './amqp10-wire.ts';
import { conclude, legalAnswers, unanswered, waitFor } from './conclusion.ts';
import { breachFinding } from './findings.ts';
import type { Item, Picked } from './inbox.ts';
import type { WaitKind } from './peer.ts';
import { atRest } from './rest.ts';
import { Stop } from './stop.ts';

/** What a check says of the departure that it has just sent. */
export interface Departure10 {
  readonly duty: DutyId;
  /** Ours, of the session and the link that the answer is due on; left out: any. */
  readonly channel?: number;
  readonly handle?: number;
  /** Narrower than the catalogue. */
  readonly answers?: readonly Answer[];
  readonly wait?: WaitKind;
}

/**
 * Judges what a peer does about a departure. From here on nothing is written until it answers or ends; then its close, end or detach is answered in kind.
 * Where silence is legal, or lasts, a request on the same path shows whether the conversation goes on.
 */
export async function answersTo10(wire: Amqp10Wire, departure: Departure10): Promise<Answer> {
  const legal = departure.answers ?? legalAnswers(departure.duty);
  const wait = departure.wait ?? waitFor(legal);
  const budget = wire.context.budgets[wait];
  const watch = new Watch(departure, legal);
  let observed: Observed10 | Stop | undefined;
  if (watch.allowsSilence && !wire.context.inOnePiece) observed = await withBarrier(wire, watch, budget);
  else {
    wire.tap.release();
    wire.tap.muted = true;
    observed = await atRest(
      wire.context,
      wait,
      wire.wait(item => watch.see(item), budget),
    );
    wire.tap.muted = false;
    if (observed === undefined && watch.header === undefined) observed = await withBarrier(wire, watch, wire.context.budgets.reply);
    else if (isBegin(observed) && watch.mayEnd) observed = await behindBegin(wire, watch, observed);
  }
  if (observed instanceof Stop) throw observed;
  if (observed === undefined) throw unanswered(departure.duty, legal, wait, budget, watch.header !== undefined);
  if (watch.answering !== undefined) answerInKind(wire, watch.answering);
  return conclude(wire.context, departure.duty, legal, {
    answer: matchAnswer10(observed, legal),
    reaction: describeObserved10(observed),
    ending: endingOfObserved(observed),
    text: 'error' in observed ? (observed.error.description ?? '') : '',
    cut: observed.kind === 'bare-close' && observed.how === 'reset' && wire.tap.writing,
  });
}

/** Sends a request behind the departure, where that is possible: its answer coming first shows that the departure was discarded. */
async function withBarrier(wire: Amqp10Wire, watch: Watch, budget: number): Promise<Observed10 | Stop | undefined> {
  const passed = wire.tap.atFrameEnd && wire.legible && wire.machine.state === 'OPENED' ? barrier(wire, watch) : undefined;
  const observed = await wire.wait<Observed10 | Stop>(
    item => (item.seen !== undefined && passed?.(item.seen) === true ? { value: { kind: 'discarded' } } : watch.see(item)),
    budget,
  );
  const quiet = passed === undefined && observed === undefined && watch.allowsSilence;
  return quiet ? { kind: 'discarded' } : observed;
}

const isBegin = (observed: Observed10 | Stop | undefined): observed is Observed10 =>
  observed !== undefined && 'performative' in observed && observed.performative === 'begin';

/** A session that is refused by an end has to be begun before that. */
async function behindBegin(wire: Amqp10Wire, watch: Watch, begin: Observed10): Promise<Observed10 | Stop> {
  const observed = await withBarrier(wire, watch, wire.context.budgets.reply);
  return observed === undefined || (!(observed instanceof Stop) && observed.kind === 'discarded') ? begin : observed;
}

/** On the session that the departure was sent on where it lives, else by a session of its own. */
function barrier(wire: Amqp10Wire, { channel }: Watch): (seen: Seen10) => boolean {
  if (channel !== undefined && wire.sessions.get(channel)?.state === 'MAPPED') return sendBarrier(wire, channel);
  const fresh = wire.command((machine, now) => machine.begin(now)).channel;
  return seen => seen.kind === 'frame' && seen.performative.type === 'begin' && seen.local === fresh;
}

/** What our own departure may have put out of order: then the answer itself is what is judged. */
const excused: ReadonlySet<RuleId> = new Set<RuleId>([
  'amqp10/2.4.1.open-first',
  'amqp10/2.5.1.remote-channel',
  'amqp10/2.5.5.unmapped-channel',
  'amqp10/2.7.4.unattached-handle',
]);

/** Looks for the first thing that can be an answer. */
class Watch {
  readonly channel: number | undefined;
  header: Uint8Array | undefined;
  /** What came with it that wants an answer in kind. */
  answering: Frame10 | undefined;
  readonly #handle: number | undefined;
  readonly #legal: readonly Answer[];
  /** What the departure breaks, which the peer may break in return by going along with it. */
  readonly #rule: string;

  constructor({ duty, channel, handle }: Departure10, legal: readonly Answer[]) {
    this.channel = channel;
    this.#rule = duty.slice(0, duty.lastIndexOf(':'));
    this.#handle = handle;
    this.#legal = legal;
  }

  get allowsSilence(): boolean {
    return this.#legal.some(({ kind }) => kind === 'discarded');
  }

  get mayEnd(): boolean {
    return this.#legal.some(({ kind }) => kind === 'end');
  }

  see({ seen, breach }: Item<Seen10>): Picked<Observed10 | Stop> | undefined {
    if (breach !== undefined && (seen === undefined || !this.#excuses(breach.rule))) return { value: new Stop({ kind: 'failed', ...breachFinding(breach) }) };
    if (seen === undefined || seen.kind === 'empty') return undefined;
    if (seen.kind === 'ended') return { value: { kind: this.header === undefined ? 'bare-close' : 'header-then-close', how: seen.how }, keep: true };
    if (seen.kind === 'sasl') {
      return seen.body.type === 'sasl-outcome' ? { value: { kind: 'sasl-outcome', code: seen.body.code } } : undefined;
    }
    if (seen.kind === 'frame') return this.#frame(seen);
    this.header = seen.bytes;
    return undefined;
  }

  #excuses(rule: RuleId): boolean {
    return rule === this.#rule || excused.has(rule);
  }

  #frame(frame: Frame10): Picked<Observed10> | undefined {
    const { performative: what } = frame;
    const status = what.type === 'transfer' && this.#legal.some(({ kind }) => kind === 'response') ? statusOf(frame.payload) : undefined;
    if (status !== undefined) return { value: { kind: 'response', status } };
    if (!this.#concerns(frame) || this.#passesOver(what)) return undefined;
    if (what.type === 'close' || what.type === 'end' || what.type === 'detach') this.answering = frame;
    const error = errorOf(what);
    if (error !== undefined && (what.type === 'close' || what.type === 'end' || what.type === 'detach')) return { value: { kind: what.type, error } };
    if (what.type === 'disposition' && what.state !== undefined) return { value: { kind: 'outcome', state: what.state, settled: what.settled === true } };
    return { value: { kind: 'performative', performative: what.type } };
  }

  /** A close concerns everybody, an end all links of its session. */
  #concerns({ performative: { type }, local, handle }: Frame10): boolean {
    if (type === 'close' || this.channel === undefined) return true;
    if (local !== this.channel) return type === 'open';
    return type === 'end' || type === 'disposition' || this.#handle === undefined || handle === this.#handle;
  }

  /** What may come before the answer, unless it is one: an open before a close, the attach of a refused link, and what a server sends unasked. */
  #passesOver(what: Performative): boolean {
    if (what.type === 'attach' && isRefusal(what) && this.#legal.some(({ kind }) => kind === 'detach')) return true;
    if (this.#legal.some(answer => answer.kind === 'performative' && answer.performative === what.type)) return false;
    if (what.type === 'open') return this.#legal.some(({ kind }) => kind === 'close');
    if (what.type === 'attach') return false;
    return what.type === 'flow' || what.type === 'transfer';
  }
}

/** The peer's own terminus is not there. */
const isRefusal = ({ role, source, target }: AmqpAttach): boolean => (role === 'receiver' ? target : source) === undefined;

function answerInKind(wire: Amqp10Wire, { performative: what, local, handle }: Frame10): void {
  if (what.type === 'close') wire.send(0, { type: 'close' });
  else if (what.type === 'end' && local !== undefined) wire.send(local, { type: 'end' });
  else if (what.type === 'detach' && local !== undefined && handle !== undefined) wire.send(local, { type: 'detach', handle, closed: what.closed });
}
