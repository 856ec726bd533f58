import type { Gate } from '../check/record-verdicts.ts';
import type { Verdict } from '../check/verdict.ts';
import type { DutyId } from '../spec/catalogue.ts';
import { type AnyCase, type ClientEvent, type ClientStep, isObserved, type PlayedCase } from './client-case.ts';
import { playCase } from './play.ts';
import type { ClientSpeech } from './speech.ts';
import type { Patience, Played, Stage } from './stage.ts';
import { type Finding, judgeObserved, judgePlay, verdictOf } from './verdicts.ts';

export interface JudgeOptions {
  /** Which cases are played; the healthy one always is. */
  readonly selected: (id: string) => boolean;
  readonly thorough: boolean;
  readonly gate: Gate;
  /** Cases at work side by side. */
  readonly concurrency: number;
  /** Whether what passed is kept with its wire log. */
  readonly transcripts?: boolean;
  /** The command that plays a case again. */
  readonly replay: (id: string) => string;
  readonly signal?: AbortSignal;
  readonly onHealthy?: (healthy: Healthy) => void;
  readonly onVerdict?: (verdict: Verdict) => void;
}

/** What is known of a client from the play in which nothing departs. */
export interface Healthy {
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly steps: ReadonlySet<ClientStep>;
  readonly patience: Patience;
  readonly played: Played;
}

export interface Judged {
  /** Undefined where the client did nothing at all. */
  readonly healthy: Healthy | undefined;
  readonly verdicts: readonly Verdict[];
  /** What the client wrote last where it did nothing. */
  readonly words: readonly string[];
}

/** For the first play, which nothing is known before. */
const firstPatience: Patience = { reachMs: 30_000, graceMs: 500, silenceMs: 10_000, lingerMs: 10_000, quitMs: 10_000 };
/** What is late is judged again alone, with so much more time. */
const alonePatience = 4;

/** Judges a client by every selected case: the healthy one first, the others side by side, and what was slow once more alone. */
export async function judgeClient(speech: ClientSpeech, stage: Stage, options: JudgeOptions): Promise<Judged> {
  const { healthy, words } = await healthyPlay(speech, stage);
  if (healthy === undefined) return { healthy, verdicts: [], words };
  options.onHealthy?.(healthy);
  const judge = new Judging(speech, stage, options, healthy);
  return { healthy, verdicts: await judge.all(), words };
}

/** Plays the case in which nothing departs; no `healthy` where the client did nothing at all. */
export async function healthyPlay(speech: ClientSpeech, stage: Stage): Promise<Pick<Judged, 'healthy' | 'words'>> {
  const first = speech.cases.find((each): each is PlayedCase => each.id === speech.healthy && !isObserved(each));
  if (first === undefined) throw new RangeError(`no case ${speech.healthy}`);
  const played = await playCase(speech, first, stage, firstPatience);
  return { healthy: played.departed === undefined ? undefined : learned(played), words: played.words };
}

class Judging {
  readonly #speech: ClientSpeech;
  readonly #stage: Stage;
  readonly #options: JudgeOptions;
  readonly #healthy: Healthy;
  /** What it breaks where nothing departs: judged there, and not in each case again. */
  readonly #unasked: ReadonlySet<DutyId>;
  readonly #verdicts: Verdict[] = [];
  /** Did nothing, or less than was waited for: to be judged again alone. */
  readonly #slow: PlayedCase[] = [];
  /** Went on and answered where it should have minded: perhaps too soon asked. */
  readonly #late: PlayedCase[] = [];

  constructor(speech: ClientSpeech, stage: Stage, options: JudgeOptions, healthy: Healthy) {
    this.#speech = speech;
    this.#stage = stage;
    this.#options = options;
    this.#healthy = healthy;
    this.#unasked = new Set(healthy.played.events.flatMap(event => (event.kind === 'broke' ? [event.duty] : [])));
  }

  async all(): Promise<readonly Verdict[]> {
    const { thorough, selected, concurrency } = this.#options;
    const cases = this.#speech.cases.filter(each => selected(each.id) && (thorough || isObserved(each) || each.thorough !== true));
    await this.#each(cases, concurrency, each => this.#judge(each));
    await this.#each(this.#late, concurrency, each => this.#again(each));
    await this.#each(this.#slow, 1, each => this.#again(each));
    return this.#verdicts;
  }

  /** So many of them side by side. */
  async #each<T>(all: readonly T[], concurrency: number, judge: (one: T) => Promise<void>): Promise<void> {
    const waiting = [...all];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && !this.#aborted; next = waiting.shift()) await judge(next);
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  }

  get #aborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #judge(law: AnyCase): Promise<void> {
    const { played: healthy, steps } = this.#healthy;
    if (isObserved(law)) this.#tell(law, judgeObserved(healthy.events, law), healthy);
    else if (law.id === this.#speech.healthy) this.#tell(law, judgePlay(healthy, law, this.#unasked), healthy);
    else if (law.needs !== 'close' && !steps.has(law.needs))
      this.#tell(law, judgePlay({ ...healthy, departed: undefined, excuse: undefined }, law, this.#unasked), { ...healthy, durationMs: 0 });
    else {
      const played = await playCase(this.#speech, law, this.#stage, this.#healthy.patience);
      const finding = judgePlay(played, law, this.#unasked);
      if (finding.slow === true) (played.reaction?.kind === 'goes-on' && played.aftermath === undefined ? this.#late : this.#slow).push(law);
      else this.#tell(law, finding, played);
    }
  }

  /** With a long budget: only then is silence what it seems. */
  async #again(law: PlayedCase): Promise<void> {
    const played = await playCase(this.#speech, law, this.#stage, longer(this.#healthy.patience, law));
    this.#tell(law, judgePlay(played, law, this.#unasked), played);
  }

  #tell(law: AnyCase, finding: Finding, played: Played): void {
    const { gate, replay, transcripts, onVerdict } = this.#options;
    const how = { toAnswer: this.#speech.toAnswer, replay: replay(law.id), gate, transcripts: transcripts === true || finding.outcome !== 'pass' };
    const verdict = verdictOf(law, finding, played, how);
    this.#verdicts.push(verdict);
    onVerdict?.(verdict);
  }
}

function longer({ reachMs, graceMs, silenceMs, lingerMs, quitMs }: Patience, { stayMs }: PlayedCase): Patience {
  return {
    reachMs: Math.min(reachMs * 2, 20_000),
    graceMs: Math.max(graceMs * alonePatience, stayMs ?? 0),
    silenceMs: silenceMs * alonePatience,
    lingerMs: lingerMs * alonePatience,
    quitMs: quitMs * alonePatience,
  };
}

/** What the healthy play tells of this client, and how long things take with it. */
function learned(played: Played): Healthy {
  const steps = new Set<ClientStep>();
  const greeting = played.events.find((event): event is Extract<ClientEvent, { kind: 'greeted' }> => event.kind === 'greeted');
  let lastStep = 0;
  for (const event of played.events) {
    if (event.kind !== 'step') continue;
    steps.add(event.step);
    lastStep = Math.max(lastStep, event.at);
  }
  const farewell = played.events.find(event => event.kind === 'said' && event.farewell === true);
  const exited = played.events.find(event => event.kind === 'exited');
  const answerMs = farewell === undefined || played.askedAt === undefined ? 0 : farewell.at - played.askedAt;
  const quitMs = exited === undefined || played.askedAt === undefined ? 0 : exited.at - played.askedAt;
  return {
    product: greeting?.product,
    version: greeting?.version,
    properties: greeting?.properties ?? {},
    steps,
    played,
    patience: {
      reachMs: Math.max(6_000, 5 * lastStep),
      graceMs: Math.min(2_000, Math.max(300, 10 * answerMs)),
      silenceMs: Math.max(3_000, 20 * answerMs),
      lingerMs: Math.max(3_000, 3 * quitMs),
      quitMs: Math.max(3_000, 3 * quitMs),
    },
  };
}
