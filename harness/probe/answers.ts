import type { DutyId, RuleId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import { method } from '../wire/amqp091/codec.ts';
import type { Amqp091Wire } from './amqp091-wire.ts';
import { conclude, legalAnswers, unanswered, waitFor } from './conclusion.ts';
import { describeObserved, isUnasked, matchAnswer, type Observed } from './expectation.ts';
import { breachFinding } from './findings.ts';
import type { Item, Picked } from './inbox.ts';
import type { WaitKind } from './peer.ts';
import { atRest } from './rest.ts';
import { type Ending, Stop } from './stop.ts';

/** What a check says of the departure that it has just sent. */
export interface Departure {
  readonly duty: DutyId;
  /** The channel that the answer is due on; left out: any. */
  readonly channel?: number;
  /** Narrower than the catalogue. */
  readonly answers?: readonly Answer[];
  readonly wait?: WaitKind;
}

/**
 * Judges what a peer does about a departure. From here on nothing is written until it answers or ends; then its close gets its close-ok. Where
 * silence is legal, or lasts, a request on the same path shows whether the conversation goes on.
 */
export async function answersTo(wire: Amqp091Wire, departure: Departure): Promise<Answer> {
  const legal = departure.answers ?? legalAnswers(departure.duty);
  const wait = departure.wait ?? waitFor(legal);
  const budget = wire.context.budgets[wait];
  const watch = new Watch(departure.channel, legal);
  let observed: Observed | Stop | undefined;
  if (legal.some(({ kind }) => kind === 'discarded') && !wire.context.inOnePiece) observed = await withBarrier(wire, watch, budget);
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
  }
  if (observed instanceof Stop) throw observed;
  if (observed === undefined) throw unanswered(departure.duty, legal, wait, budget, watch.header !== undefined);
  closeOk(wire, observed, watch);
  return conclude(wire.context, departure.duty, legal, {
    answer: matchAnswer(observed, legal),
    reaction: describeObserved(observed),
    ending: endingOf(observed),
    text: 'text' in observed ? observed.text : '',
    cut: observed.kind === 'bare-close' && observed.how === 'reset' && wire.tap.writing,
  });
}

/** Sends a request behind the departure, where that is possible: its answer coming first shows that the departure was discarded. */
async function withBarrier(wire: Amqp091Wire, watch: Watch, budget: number): Promise<Observed | Stop | undefined> {
  const reply = wire.tap.atFrameEnd && wire.legible && wire.machine.state === 'open-ok' ? barrier(wire, watch.channel) : undefined;
  const observed = await wire.wait<Observed | Stop>(item => {
    const { seen } = item;
    if (reply !== undefined && seen?.kind === 'method' && seen.channel === reply.channel && seen.method.name === reply.name)
      return { value: { kind: 'discarded' } };
    return watch.see(item);
  }, budget);
  const quiet = reply === undefined && observed === undefined && watch.allowsSilence;
  return quiet ? { kind: 'discarded' } : observed;
}

const channelNumberMax = 0xffff;

/** A flow on the channel where it is open, else a fresh channel where one is left. */
function barrier(wire: Amqp091Wire, channel: number | undefined): { readonly channel: number; readonly name: string } | undefined {
  if (channel !== undefined && wire.machine.channelState(channel) === 'open') {
    wire.send(channel, method('channel.flow', { active: true }));
    return { channel, name: 'channel.flow-ok' };
  }
  const fresh = wire.freshChannel();
  if (fresh > (wire.machine.limits.channelMax || channelNumberMax)) return undefined;
  wire.send(fresh, method('channel.open'));
  return { channel: fresh, name: 'channel.open-ok' };
}

/** What our own departure may have put out of order: then the answer itself is what is judged. */
const excused: ReadonlySet<RuleId> = new Set<RuleId>([
  'amqp091/connection.sequence-before-open',
  'amqp091/connection.sequence',
  'amqp091/channel.not-open',
  'amqp091/channel.unsolicited-reply',
]);

/** Looks for the first thing that can be an answer. */
class Watch {
  readonly channel: number | undefined;
  header: Uint8Array | undefined;
  closedChannel = 0;
  readonly #legal: readonly Answer[];

  constructor(channel: number | undefined, legal: readonly Answer[]) {
    this.channel = channel;
    this.#legal = legal;
  }

  get allowsSilence(): boolean {
    return this.#legal.some(({ kind }) => kind === 'discarded');
  }

  see({ seen, breach }: Item): Picked<Observed | Stop> | undefined {
    if (seen === undefined) return breach === undefined ? undefined : { value: new Stop({ kind: 'failed', ...breachFinding(breach) }) };
    if (breach !== undefined && !excused.has(breach.rule)) return { value: new Stop({ kind: 'failed', ...breachFinding(breach) }) };
    if (seen.kind === 'heartbeat') return undefined;
    if (seen.kind === 'ended') return { value: { kind: this.header === undefined ? 'bare-close' : 'header-then-close', how: seen.how }, keep: true };
    if (seen.kind === 'protocol-header') {
      this.header = seen.bytes;
      return undefined;
    }
    const { name, args } = seen.method;
    if (name === 'connection.close') return { value: { kind: 'connection-close', code: args.replyCode, text: args.replyText } };
    if (this.channel !== undefined && seen.channel !== this.channel) return undefined;
    if (name === 'channel.close') {
      this.closedChannel = seen.channel;
      return { value: { kind: 'channel-close', code: args.replyCode, text: args.replyText } };
    }
    if (isUnasked(name) && !this.#legal.some(answer => answer.kind === 'method' && answer.method === name)) return undefined;
    return { value: { kind: 'method', method: name, channel: seen.channel } };
  }
}

function closeOk(wire: Amqp091Wire, observed: Observed, watch: Watch): void {
  if (observed.kind === 'connection-close') wire.send(0, method('connection.close-ok'));
  if (observed.kind === 'channel-close') wire.send(watch.closedChannel, method('channel.close-ok'));
}

function endingOf(observed: Observed): Ending {
  switch (observed.kind) {
    case 'connection-close':
      return { kind: 'connection-closed', code: observed.code, text: observed.text };
    case 'channel-close':
      return { kind: 'channel-closed', code: observed.code, text: observed.text };
    case 'bare-close':
    case 'header-then-close':
      return { kind: observed.how };
    default:
      return { kind: 'open' };
  }
}
