import type { Measured } from '../probe/measured.ts';
import type { TakeDown } from '../probe/outage.ts';
import type { Rest } from '../probe/rest.ts';
import type { TranscriptEntry } from '../probe/transcript.ts';
import { protocolOf } from '../spec/catalogue.ts';
import type { Target } from '../target/target.ts';
import { type Attempt, attempt, firstPlan, type Plan } from './attempt.ts';
import type { Check } from './check.ts';
import type { Decision, Judgement } from './decision.ts';
import { comesAs, compare, declarationFor, endsAsDeclared, waitsAsDeclared } from './declared.ts';
import { judge, neededCapabilities, unplayed } from './judge.ts';
import { aloneThrough } from './outage-group.ts';
import type { Declaration } from './record-declarations.ts';
import type { Gate } from './record-verdicts.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import type { Verdict } from './verdict.ts';

export interface RunOptions extends SessionOptions {
  /** Cancels the run: checks under way end without a verdict. */
  readonly signal?: AbortSignal;
  /** What a replay command begins with; defaults to `amqpspec replay`. */
  readonly replay?: string;
  /** The departures that were declared beforehand. */
  readonly declarations?: readonly Declaration[];
  /** Which level gates; defaults to `must`. */
  readonly gate?: Gate;
  /** Hears of waits that last: meanwhile others may run. */
  readonly rest?: Rest;
  /** Hears each measurement of a check that was judged. */
  readonly onMeasurement?: (check: Check, measured: Measured) => void;
  /** Hears the wire log as it goes; decoding happens when the function is called. */
  readonly onPiece?: (check: Check, entries: () => readonly TranscriptEntry[]) => void;
  /** Warmed up already; left out: opened for this check alone, and closed. */
  readonly session?: Session;
}

/** The run was cancelled before this check was judged. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';
}

const destructive = 'It may take the broker down, and this target cannot be started again.';
const fatal = 'It takes the broker down, and nothing is known of this target that says how to start it again; for a URL, the file of --facilities may.';

/** What is both the reason and the message. */
const twice = (sentence: string) => [sentence, sentence] as const;

/** More tries than the rules of silence, harm and cuts can ask for one after another. */
const attemptsMax = 5;

/** One check on its way to a verdict: what it asks to be run again is run when and where its caller says. */
export class Trial {
  readonly check: Check;
  readonly #session: Session;
  readonly #options: RunOptions;
  #ordinal = 0;
  #plan: Plan = firstPlan;
  /** Nobody was served by this target since it was started, but this check. */
  #afresh = false;

  constructor(check: Check, session: Session, options: RunOptions) {
    this.check = check;
    this.#session = session;
    this.#options = options;
  }

  /** In milliseconds, for the order of many: what is declared to stay silent lasts as long as one waits for it. */
  get worstMs(): number {
    const declaration = declarationFor(this.check.id, this.#options.declarations ?? []);
    const waits = declaration !== undefined && waitsAsDeclared(declaration);
    return Math.max(this.check.worstMs, waits ? this.#session.budgets.close : 0);
  }

  /**
   * Runs the script once. Undefined: it has to run again, alone. Rejects with an AbortedError when the run was cancelled. `takeDown`: how the outage of a
   * check that is about one is shared with others.
   */
  async step(takeDown?: TakeDown): Promise<Verdict | undefined> {
    const session = this.#session;
    await session.ready();
    const early = this.#early();
    if (early !== undefined) return this.#verdict(early, undefined);
    try {
      const hopeless = await this.#prepared();
      if (hopeless !== undefined) return this.#verdict(hopeless, undefined);
      this.#ordinal += 1;
      const tried = await this.#observed(await this.#attempt(takeDown));
      return await this.#follow(this.#decide(tried), tried);
    } catch (error) {
      if (error instanceof AbortedError) throw error;
      const message = `A mistake of amqpspec, not of the peer: ${error instanceof Error ? error.message : String(error)}`;
      return this.#verdict(unplayed(this.check, 'inconclusive', 'harness', message), undefined);
    }
  }

  #attempt(shared: TakeDown | undefined): Promise<Attempt> {
    const { signal, onPiece, rest } = this.#options;
    const { outage } = this.check;
    const takeDown = outage && (shared ?? aloneThrough(() => this.#session.takeDown(outage)));
    return attempt(this.check, this.#session, {
      ordinal: this.#ordinal,
      plan: this.#plan,
      ...(takeDown !== undefined && { takeDown }),
      ...(signal !== undefined && { signal }),
      ...(rest !== undefined && { rest }),
      ...(onPiece !== undefined && { onPiece: entries => onPiece(this.check, entries) }),
    });
  }

  /** Who runs alone is judged by what became of the target: it has to do well beforehand. Answers why nothing can be judged, where that is so. */
  async #prepared(): Promise<Judgement | undefined> {
    const session = this.#session;
    if (this.#ordinal === 0 && !session.solo) return undefined;
    const health = await session.health('normal', protocolOf(this.check.id));
    if (health !== 'down' && !(health === 'slow' && (await session.hangs()))) return undefined;
    if (await session.revive()) return undefined;
    return unplayed(this.check, 'inconclusive', 'target-down', session.down ?? 'The target died and cannot be started again.');
  }

  async #observed(tried: Attempt): Promise<Attempt> {
    return tried.health === 'slow' && (await this.#session.hangs()) ? { ...tried, health: 'hung' } : tried;
  }

  /** The verdict that leaves this check out of the run. */
  leftOut(reason: string): Verdict {
    return this.#verdict(unplayed(this.check, 'not-run', reason, reason), undefined);
  }

  /** Runs the script until there is a verdict. */
  async finish(): Promise<Verdict> {
    for (;;) {
      const verdict = await this.step();
      if (verdict !== undefined) return verdict;
    }
  }

  #early(): Judgement | undefined {
    const { down } = this.#session;
    if (this.#options.signal?.aborted === true) throw new AbortedError(this.check.id);
    if (down !== undefined) return { ...unplayed(this.check, 'inconclusive', 'target-down', down) };
    if (this.check.isolation === 'destructive' && this.#session.target.restart === undefined)
      return unplayed(this.check, 'not-run', ...twice(this.check.outage === undefined ? destructive : fatal));
    const lacking = neededCapabilities(this.check).filter(name => this.#session.advertises(name, protocolOf(this.check.id)) === false);
    if (lacking.length === 0) return undefined;
    return unplayed(this.check, 'unsupported', ...twice(`The peer does not advertise ${lacking.join(' and ')}.`));
  }

  #decide(tried: Attempt): Decision {
    // What was declared is no sign that the target gets worse.
    const declaration = declarationFor(this.check.id, this.#options.declarations ?? []);
    const declared = declaration !== undefined;
    const silencesSpent = tried.stopped.kind === 'silent' && tried.plan.patience === 'normal' && !declared && !this.#session.silences.mayRunAgain();
    const restarts = this.#session.target.restart !== undefined && this.#session.down === undefined;
    const foretold = declaration !== undefined && endsAsDeclared(declaration);
    const inherited = this.#session.solo && !this.#afresh && !foretold;
    const expected = (verdict: Pick<Verdict, 'outcome' | 'reaction'>) => declaration !== undefined && comesAs(declaration, verdict);
    const decision = judge(this.check, tried, { restarts, silencesSpent, inherited, foretold: expected });
    if (decision === undefined) throw new AbortedError(this.check.id);
    if (decision.kind === 'judged' || this.#ordinal < attemptsMax) return decision;
    const late = decision.why === 'late';
    const why = late ? `this process was late itself, by ${Math.round(tried.lateMs)} ms the last time` : 'the peer reacts otherwise each time';
    const message = `No verdict after ${attemptsMax} attempts: ${why}.`;
    return { kind: 'judged', died: decision.died, judgement: unplayed(this.check, 'inconclusive', late ? 'harness' : 'peer-slow', message) };
  }

  async #follow(decision: Decision, tried: Attempt): Promise<Verdict | undefined> {
    if (decision.died) this.#afresh = await this.#session.revive();
    if (decision.kind === 'again') {
      this.#plan = decision.plan;
      return undefined;
    }
    for (const measured of tried.measurements) this.#options.onMeasurement?.(this.check, measured);
    return this.#verdict(decision.judgement, tried);
  }

  /** What the replay of a property needs besides the seed: the one case that failed, or as many cases as were asked for. */
  #case({ counterexample }: Judgement): string {
    if (counterexample?.path !== undefined) return ` --path ${counterexample.path}`;
    const { runs } = this.#session.properties;
    return this.check.runs === undefined || runs === undefined ? '' : ` --runs ${runs}`;
  }

  #verdict(judgement: Judgement, tried: Attempt | undefined): Verdict {
    const { check } = this;
    const { replay = 'amqpspec replay', declarations = [], gate = 'must' } = this.#options;
    const { target, seed } = this.#session;
    const reading = judgement.outcome === 'pass' ? tried?.observation?.answer.reading : undefined;
    let tell = tried?.transcript;
    let transcript: readonly TranscriptEntry[] | undefined;
    return {
      check: check.id,
      title: check.title,
      ...judgement,
      ...compare(judgement, declarationFor(check.id, declarations), gate),
      duties: check.duties,
      ...(reading !== undefined && { reading }),
      get transcript() {
        transcript ??= tell?.() ?? [];
        tell = undefined;
        return transcript;
      },
      durationMs: Math.round((tried?.durationMs ?? 0) * 10) / 10,
      replay: `${replay} ${check.id} ${target.name ?? target.url} --seed ${seed}${this.#case(judgement)}`,
    };
  }
}

/**
 * Judges one target by one check. Knows no framework; the same in virtual time and over sockets. Never rejects because of the peer: only with an
 * AbortedError when cancelled.
 */
export async function runCheck(check: Check, target: Target, options: RunOptions = {}): Promise<Verdict> {
  const { session } = options;
  if (session !== undefined) return new Trial(check, session, options).finish();
  const judgeAlone = async () => {
    const own = await Session.open(target, { protocols: [protocolOf(check.id)], ...options });
    try {
      return await new Trial(check, own, options).finish();
    } finally {
      await own.close();
    }
  };
  return target.run === undefined ? judgeAlone() : target.run(judgeAlone);
}
