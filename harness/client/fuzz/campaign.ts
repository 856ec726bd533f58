import type { FuzzCell } from '../../check/record-fuzz.ts';
import type { FuzzCase } from '../../fuzz/case-text.ts';
import type { FuzzFinding, FuzzProtocol } from '../../fuzz/finding.ts';
import type { Healthy } from '../judge-client.ts';
import { playCase } from '../play.ts';
import type { ClientSpeech } from '../speech.ts';
import type { Patience, Played, Stage } from '../stage.ts';
import { fuzzCase, type Sent } from './fuzz-case.ts';
import { type Departed, drawnInput, type Place, withTagOf } from './input.ts';
import { findingOf, type Misdeed, misdeedIn, placeIn } from './judge.ts';

export interface ClientCampaign {
  readonly speech: ClientSpeech;
  readonly stage: Stage;
  readonly healthy: Healthy;
  /** The command, as findings name it. */
  readonly target: string;
  readonly seed: number;
  readonly timeMs: number;
  readonly runs?: number;
  readonly from: number;
  readonly step: number;
  readonly concurrency: number;
  readonly corpus: readonly FuzzCase[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly inputs: number; readonly findings: number }) => void;
}

export interface ClientCampaignReport {
  readonly inputs: number;
  readonly next: number;
  readonly seconds: number;
  readonly findings: readonly FuzzFinding[];
  readonly replayed: { readonly cases: number; readonly failing: number };
  readonly coverage: readonly FuzzCell[];
  readonly notes: readonly string[];
}

/** What one play came to. */
export interface Shown {
  readonly played: Played;
  readonly misdeed: Misdeed | undefined;
  readonly sent: Sent | undefined;
}

const alone = 4;
/** Plays that making a case smaller may cost. */
const shrinksMax = 10;

export const protocolOf = (speech: ClientSpeech): FuzzProtocol => (speech.protocol === '1.0' ? 'amqp10' : 'amqp091');

/** Plays these octets at that place, with a client started for it. */
export async function showPlace(speech: ClientSpeech, stage: Stage, patience: Patience, place: Place, make: (frame: Uint8Array) => Departed): Promise<Shown> {
  let sent: Sent | undefined;
  const law = fuzzCase(protocolOf(speech), place, make, known => {
    sent = known;
  });
  const played = await playCase(speech, law, stage, patience);
  return { played, sent, misdeed: misdeedIn(played, law, sent) };
}

/** Plays a saved case. */
export function showCase(speech: ClientSpeech, stage: Stage, patience: Patience, { steps, departure }: FuzzCase): Promise<Shown> | undefined {
  const [step] = steps;
  const place = step?.kind === 'send' ? placeIn(step.note) : undefined;
  if (step?.kind !== 'send' || place === undefined) return undefined;
  const departures = departure === undefined ? [] : [departure];
  return showPlace(speech, stage, patience, place, frame => ({ octets: withTagOf(step.octets, frame), departures }));
}

/** With more time than is ever needed, for what is to be believed. */
export const patiently = ({ reachMs, graceMs, silenceMs, lingerMs, quitMs }: Patience): Patience => ({
  reachMs,
  graceMs: graceMs * 2,
  silenceMs: silenceMs * alone,
  lingerMs: lingerMs * alone,
  quitMs: quitMs * alone,
});

/** Draws departures and plays each with a client of its own; what looks wrong is played again with more time, and made smaller. */
export async function fuzzClient(campaign: ClientCampaign): Promise<ClientCampaignReport> {
  return new Campaign(campaign).run();
}

class Campaign {
  readonly #options: ClientCampaign;
  readonly #findings = new Map<string, FuzzFinding>();
  readonly #seen = new Set<string>();
  readonly #cells = new Map<string, FuzzCell>();
  readonly #began: number;
  #inputs = 0;
  #reached = 0;
  #gone = 0;

  constructor(options: ClientCampaign) {
    this.#options = options;
    this.#began = options.stage.clock.now();
  }

  async run(): Promise<ClientCampaignReport> {
    const { corpus, from, step, concurrency, stage } = this.#options;
    let failing = 0;
    for (const each of corpus) {
      const shown = await showCase(this.#options.speech, stage, this.#options.healthy.patience, each);
      if (shown?.misdeed === undefined || shown.sent === undefined) continue;
      failing += 1;
      const place = each.steps[0]?.kind === 'send' ? placeIn(each.steps[0].note) : undefined;
      if (place !== undefined) this.#keep(shown.misdeed, shown.sent, place, each.index ?? 0);
    }
    let next = from;
    const work = async (): Promise<void> => {
      while (!this.#over(next)) {
        const index = next;
        next += step;
        await this.#input(index);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return {
      inputs: this.#inputs,
      next,
      seconds: (stage.clock.now() - this.#began) / 1000,
      findings: [...this.#findings.values()],
      replayed: { cases: corpus.length, failing },
      coverage: [...this.#cells.values()],
      notes: [
        `${this.#inputs - this.#reached} of ${this.#inputs} departures never went out: the client did not come so far.`,
        ...(this.#gone === 0 ? [] : [`${this.#gone} suspicions were not seen again with more time, and are no findings.`]),
      ],
    };
  }

  #over(index: number): boolean {
    const { runs, timeMs, signal, stage } = this.#options;
    return signal.aborted || (runs !== undefined && index >= runs) || stage.clock.now() - this.#began >= timeMs;
  }

  async #input(index: number): Promise<void> {
    const { speech, stage, healthy, seed, onProgress } = this.#options;
    const input = drawnInput(protocolOf(speech), seed, index);
    const { misdeed, sent } = await showPlace(speech, stage, healthy.patience, input, input.make);
    this.#inputs += 1;
    if (sent !== undefined) this.#count(sent);
    if (misdeed !== undefined && sent !== undefined) await this.#suspect(misdeed, sent, input, index);
    onProgress({ inputs: this.#inputs, findings: this.#findings.size });
  }

  #count({ state, departures }: Sent): void {
    this.#reached += 1;
    for (const departure of departures) {
      const key = `${state}\t${departure}`;
      this.#cells.set(key, { state, departure, count: (this.#cells.get(key)?.count ?? 0) + 1 });
    }
  }

  /** Once for each departure in each state: again with more time, then smaller. */
  async #suspect(misdeed: Misdeed, sent: Sent, place: Place, index: number): Promise<void> {
    const key = [misdeed.severity, misdeed.reaction, sent.state, ...sent.departures].join('\t');
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const again = await this.#again(sent.octets, sent, place);
    if (again.misdeed?.severity !== misdeed.severity) {
      this.#gone += 1;
      return;
    }
    const small = await this.#smaller(sent, place, again.misdeed);
    this.#keep(again.misdeed, small, place, index);
  }

  #again(octets: Uint8Array, { departures }: Sent, place: Place): Promise<Shown> {
    const { speech, stage, healthy } = this.#options;
    return showPlace(speech, stage, patiently(healthy.patience), place, frame => ({ octets: withTagOf(octets, frame), departures }));
  }

  /** Leaves out halves, quarters and so on of the octets, as long as the same comes of it. */
  async #smaller(sent: Sent, place: Place, { severity, reaction }: Misdeed): Promise<Sent> {
    let best = sent;
    let left = shrinksMax;
    for (let size = Math.ceil(best.octets.length / 2); size >= 8 && left > 0; size = Math.floor(size / 2)) {
      for (let at = 0; at < best.octets.length && left > 0; ) {
        const octets = Buffer.concat([best.octets.subarray(0, at), best.octets.subarray(at + size)]);
        left -= 1;
        const shown = await this.#again(octets, best, place);
        if (shown.sent !== undefined && shown.misdeed?.severity === severity && shown.misdeed.reaction === reaction) best = shown.sent;
        else at += size;
      }
    }
    return best;
  }

  #keep(misdeed: Misdeed, sent: Sent, place: Place, index: number): void {
    const { speech, seed, target } = this.#options;
    const finding = findingOf(misdeed, sent, { ...place, protocol: protocolOf(speech), seed, index, target });
    if (!this.#findings.has(finding.id)) this.#findings.set(finding.id, finding);
  }
}
