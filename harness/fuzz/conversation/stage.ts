import type { Session } from '../../check/session.ts';
import { type Clock, DialError, type Transport } from '../../endpoint/transport.ts';
import type { Conversation, Setting, Speech } from './conversation.ts';
import type { Patience, Played, PlayOptions } from './played.ts';
import { play } from './player.ts';

/** What conversations are played against. */
export type FuzzTarget = Session['target'];

/** Answers that are taken into account for the median. */
const window = 256;
/** How many medians an answer may take, and the least and the most that is waited, in milliseconds. */
const replies = { medians: 100, least: 2_000, most: 15_000 };
const graces = { medians: 4, least: 30, most: 300 };
/** An end may be held back on purpose for some seconds (4.10.2). */
const closeLeastMs = 5_000;
/** Who is judged alone gets so much. */
export const alonePatience: Patience = { replyMs: 15_000, closeMs: 20_000, graceMs: 1_000 };

/** Where conversations are played: a target, and how long it is waited for, which follows how long it takes. */
export class Stage {
  readonly target: FuzzTarget;
  readonly #closeMs: number;
  readonly #times: number[] = [];
  /** The least that an answer may take. */
  #leastMs = replies.least;
  #at = 0;
  patience: Patience;

  constructor(target: FuzzTarget, closeMs: number = closeLeastMs) {
    this.target = target;
    this.#closeMs = Math.max(closeMs, closeLeastMs);
    this.patience = { replyMs: replies.least, closeMs: this.#closeMs, graceMs: graces.most };
  }

  /** Plays a conversation on a stream of its own. Rejects with a `DialError` where none can be had. */
  async play(
    conversation: Conversation,
    { speech, setting }: { readonly speech: Speech; readonly setting: Setting },
    options: Partial<PlayOptions> = {},
  ): Promise<Played> {
    const { transport, clock }: { readonly transport: Transport; readonly clock: Clock } = this.target;
    const stream = await transport.dial();
    const played = await play(conversation, speech.follower(setting), stream, clock, { patience: this.patience, ...options });
    if (played.outcome !== 'silence') this.#took(played.ms);
    return played;
  }

  /** An answer had only come late: the next ones are waited for longer. */
  tooSoon(): void {
    this.#leastMs = Math.min(this.#leastMs * 2, replies.most);
    this.patience = { ...this.patience, replyMs: Math.max(this.patience.replyMs, this.#leastMs) };
  }

  #took(ms: number): void {
    this.#times[this.#at % window] = ms;
    this.#at += 1;
    if (this.#at % (window / 4) !== 0) return;
    const median = [...this.#times].sort((one, other) => one - other)[this.#times.length >> 1] ?? 0;
    this.patience = { replyMs: Math.max(this.#leastMs, within(median, replies)), closeMs: this.#closeMs, graceMs: within(median, graces) };
  }
}

function within(median: number, { medians, least, most }: typeof replies): number {
  return Math.min(most, Math.max(least, Math.ceil(medians * median)));
}

/** Whether this says that nobody takes connections there. */
export const isDialError = (error: unknown): error is DialError => error instanceof DialError;
