import type { FuzzFinding, FuzzProtocol, Severity } from '../finding.ts';
import type { Conversation, Setting, Speech } from './conversation.ts';
import { findingOf, keyOf } from './findings.ts';
import { judge, type Verdict } from './judge.ts';
import type { Patience } from './played.ts';
import { shrinkConversation } from './shrink.ts';
import { alonePatience, isDialError, type Stage } from './stage.ts';

interface How {
  readonly speech: Speech;
  readonly setting: Setting;
}

interface Suspicion extends How {
  readonly verdict: Verdict;
  readonly conversation: Conversation;
}

export interface SuspicionOptions {
  readonly declared: ((verdict: Verdict, protocol: FuzzProtocol) => string | undefined) | undefined;
}

/** Conversations that one finding may take to be made small, and how long, in milliseconds. */
const shrinking = { triesMax: 200, forMs: 4_000 };
/** Mistakes that are none where another departure of the same conversation is to blame. */
const explained: ReadonlySet<Severity> = new Set(['wrong code', 'wrong scope']);
/** Most findings that are confirmed and made small; further ones are counted. */
const findingsMax = 200;
/** Most silences that are judged again alone. */
const silencesMax = 20;
/** Of one rule and reaction, so many findings are made small; in how many other states and after which departures it came is counted. */
const likeMax = 3;
/** A smaller conversation is given up sooner. */
const shrinkPatience = { replyMs: 2_000, closeMs: 5_000, graceMs: 250 };

/** The same mistake, whichever departure shows it. */
const sameKind = ({ severity, reaction, rule, legal }: Verdict): string => [severity, reaction, legal === true ? '' : (rule ?? '')].join('\t');

/** What looked wrong while many talked at once: each kind is seen again alone, and made small, before it is a finding. */
export class Suspicions {
  readonly findings: FuzzFinding[] = [];
  readonly declared: { readonly finding: FuzzFinding; readonly reason: string }[] = [];
  readonly #notes: string[] = [];
  readonly #stage: Stage;
  readonly #options: SuspicionOptions;
  readonly #seen = new Set<string>();
  readonly #found = new Set<string>();
  #waiting: Suspicion[] = [];
  readonly #like = new Map<string, number>();
  #silences = 0;
  /** Silences that were none when the target was waited for longer. */
  #hasty = 0;

  constructor(stage: Stage, options: SuspicionOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  get notes(): readonly string[] {
    if (this.#hasty === 0) return this.#notes;
    return [...this.#notes, `${this.#hasty} times an answer came late while many talked at once, and in time when it was asked for alone.`];
  }

  add(verdict: Verdict, conversation: Conversation, how: How): void {
    const key = `${conversation.protocol}\t${keyOf(verdict)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const reason = this.#options.declared?.(verdict, conversation.protocol);
    if (reason !== undefined) this.#isDeclared(verdict, conversation, reason);
    else if (!this.#isOneOfMany(verdict)) this.#waiting.push({ verdict, conversation, ...how });
  }

  /** Told once for each reason. */
  #isDeclared(verdict: Verdict, conversation: Conversation, reason: string): void {
    if (this.declared.some(each => each.reason === reason)) return;
    this.declared.push({ finding: findingOf(conversation, verdict, this.#stage.target), reason });
  }

  /** Something that no single conversation is known to have done; the last one stands for all. */
  unplaced(severity: Severity, title: string, recent: readonly Conversation[]): void {
    const last = recent.at(-1);
    if (last === undefined) return;
    const verdict: Verdict = { severity, title, state: last.state, reaction: title, provisional: false };
    if (this.#seen.has(`${severity}\t${title}`)) return;
    this.#seen.add(`${severity}\t${title}`);
    this.findings.push(findingOf(last, verdict, this.#stage.target));
  }

  /** Decides what waits, as far as there is time; nobody else may be at work. */
  async settle(untilMs: number = Number.POSITIVE_INFINITY): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { verdict } = next;
      if (this.findings.length >= findingsMax) this.#notes.push(`${verdict.severity}: ${verdict.title}; not looked into, there were ${findingsMax} before it`);
      else if (!(await this.#decide(next)) || performance.now() > untilMs) return;
    }
  }

  /** What there was no time for, in sentences. */
  get undecided(): readonly string[] {
    return this.#waiting.map(
      ({ verdict, conversation: { protocol, seed, index } }) => `Not looked into for want of time (${protocol} ${seed}:${index}): ${verdict.title}`,
    );
  }

  /** False where nobody takes connections any more. */
  async #decide(suspicion: Suspicion): Promise<boolean> {
    const { verdict, conversation } = suspicion;
    const silent = verdict.severity === 'hang';
    if (silent && this.#silences >= silencesMax) {
      this.#notes.push(`${verdict.title}; not looked into, ${silencesMax} silences were`);
      return true;
    }
    this.#silences += silent ? 1 : 0;
    try {
      const again = (await this.#again(suspicion, conversation)) ?? (await this.#again(suspicion, conversation));
      if (again === undefined && silent) {
        this.#silences -= 1;
        this.#hasty += 1;
        this.#stage.tooSoon();
        return true;
      }
      if (again === undefined) {
        this.#notes.push(`Seen once and not again (${conversation.protocol} ${conversation.seed}:${conversation.index}): ${verdict.title}`);
        return true;
      }
      await this.#report(suspicion, again, silent);
    } catch (error) {
      if (!isDialError(error)) throw error;
      return false;
    }
    return true;
  }

  async #report(suspicion: Suspicion, again: Verdict, silent: boolean): Promise<void> {
    const { conversation } = suspicion;
    const key = keyOf(again);
    const { protocol } = conversation;
    if (this.#found.has(`${protocol}\t${key}`)) return;
    this.#found.add(`${protocol}\t${key}`);
    // What has to be served may become illegal where a step of it is left out.
    const until = performance.now() + (silent ? 0 : shrinking.forMs);
    let last = again;
    const shows = async (candidate: Conversation): Promise<boolean> => {
      const shown = await this.#again(suspicion, candidate, silent ? alonePatience : shrinkPatience);
      if (shown === undefined || sameKind(shown) !== sameKind(again)) return false;
      last = shown;
      return true;
    };
    const enough = () => performance.now() >= until;
    const small = conversation.served === true ? conversation : await shrinkConversation(conversation, shows, { triesMax: shrinking.triesMax, enough });
    if (small.departures.length > 1 && explained.has(again.severity)) {
      this.#notes.push(`After several departures (${small.departures.join(', ')}) the answer may be to another: ${last.title}`);
      return;
    }
    const reason = this.#options.declared?.(last, protocol);
    const finding = findingOf(small, last, this.#stage.target);
    if (reason !== undefined) this.#isDeclared(last, small, reason);
    else if (!this.findings.some(({ id }) => id === finding.id)) this.findings.push(finding);
  }

  /** Whether enough is known of a mistake that comes in many states and after many departures. */
  #isOneOfMany({ severity, rule, reaction }: Verdict): boolean {
    const kind = [severity, rule ?? '', reaction].join('\t');
    const count = (this.#like.get(kind) ?? 0) + 1;
    this.#like.set(kind, count);
    return count > likeMax;
  }

  /** Mistakes that came more often than they were made small, in sentences. */
  get repeated(): readonly string[] {
    return [...this.#like]
      .filter(([, count]) => count > likeMax)
      .map(([kind, count]) => {
        const [severity = '', rule = '', reaction = ''] = kind.split('\t');
        return `${severity}${rule === '' ? '' : ` of ${rule}`}, ${reaction}: after ${count - likeMax} more departures by state`;
      });
  }

  /** What is wrong when it is played alone. */
  async #again(how: How, conversation: Conversation, patience: Patience = alonePatience): Promise<Verdict | undefined> {
    return judge(await this.#stage.play(conversation, how, { patience }));
  }
}
