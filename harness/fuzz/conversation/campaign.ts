import { Session } from '../../check/session.ts';
import { prefixOf } from '../../probe/names.ts';
import type { Protocol } from '../../spec/catalogue.ts';
import type { FuzzProtocol } from '../finding.ts';
import type { CampaignOptions, CampaignReport } from './campaign-options.ts';
import type { Conversation, Setting, Speech } from './conversation.ts';
import { replayCases } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { culpritOf } from './culprit.ts';
import type { Grounds } from './grounds.ts';
import { judge, type Verdict } from './judge.ts';
import type { Played } from './played.ts';
import { Pool } from './pool.ts';
import { isDialError, Stage } from './stage.ts';
import { Suspicions } from './suspicions.ts';

/** Conversations between two looks at the target's health. */
const batch = 2_000;
/** How long suspicions are looked into between two batches, and behind the last. */
const settleMs = { between: 4_000, afterwards: 30_000 };
/** Milliseconds after which one looks all the same. */
const batchMs = 5_000;
const protocolNames: Readonly<Record<FuzzProtocol, Protocol>> = { amqp091: '0-9-1', amqp10: '1.0' };

/** Plays conversations against a broker, judges each, and makes what it finds small. */
export async function fuzzBroker(options: CampaignOptions): Promise<CampaignReport> {
  const { target, protocols, seed } = options;
  const runId = `fuzz${seed.toString(36)}`;
  const session = await Session.open(target, { seed, runId, protocols: protocols.map(({ speech }) => protocolNames[speech.protocol]) });
  try {
    if (session.down !== undefined) throw new Error(session.down);
    return await new Campaign(options, session, prefixOf(runId)).run();
  } finally {
    await session.close();
  }
}

class Campaign {
  readonly #options: CampaignOptions;
  readonly #session: Session;
  readonly #prefix: string;
  readonly #stage: Stage;
  readonly #pool: Pool;
  readonly #coverage = new Coverage();
  readonly #notes: string[] = [];
  readonly #grounds: Grounds[] = [];
  readonly #settings = new Map<number, { readonly in: Setting; readonly out: Setting }>();
  readonly #suspicions: Suspicions;
  readonly #recent: Conversation[] = [];
  #ordinal = 0;
  #next: number;
  #conversations = 0;
  #sent = 0;
  #undialled = 0;
  #begun = 0;

  constructor(options: CampaignOptions, session: Session, prefix: string) {
    this.#options = options;
    this.#session = session;
    this.#prefix = prefix;
    this.#stage = new Stage(options.target, options.closeMs);
    this.#pool = new Pool(options.lanes ?? 32);
    this.#next = options.from ?? 0;
    this.#suspicions = new Suspicions(this.#stage, { declared: options.declared });
  }

  async run(): Promise<CampaignReport> {
    await this.#prepare();
    const replayed = await replayCases(
      this.#options.corpus ?? [],
      this.#stage,
      each => this.#how(each),
      (...what) => this.#undeclared(...what),
    );
    this.#notes.push(...replayed.notes);
    this.#begun = performance.now();
    const end = this.#begun + this.#options.timeMs;
    let seconds = 0;
    while (!this.#over(end)) {
      const begun = performance.now();
      await this.#batch(end);
      seconds += (performance.now() - begun) / 1000;
      if (!(await this.#lookAround(Math.min(end, performance.now() + settleMs.between)))) break;
    }
    await this.#pool.idle(true);
    await this.#lookAround(performance.now() + settleMs.afterwards);
    for (const grounds of this.#grounds) this.#notes.push(...(await grounds.close()));
    const { findings, declared, notes } = this.#suspicions;
    const { rows: coverage, departures } = this.#coverage;
    return {
      conversations: this.#conversations,
      departures,
      seconds,
      next: this.#next,
      findings: [...replayed.findings, ...findings.filter(({ id }) => !replayed.findings.some(each => each.id === id))],
      replayed: { cases: replayed.cases, failing: replayed.failing },
      declared,
      coverage,
      notes: [...this.#notes, ...notes, ...this.#suspicions.repeated, ...this.#suspicions.undecided],
    };
  }

  async #prepare(): Promise<void> {
    this.#ordinal += 1;
    this.#grounds.length = 0;
    for (const [at, protocol] of this.#options.protocols.entries()) {
      const grounds = await protocol.prepare(this.#session, this.#prefix, this.#ordinal);
      this.#grounds.push(grounds);
      this.#settings.set(at, { in: grounds.setting(true), out: grounds.setting(false) });
    }
  }

  #over(end: number): boolean {
    const { runs = Number.POSITIVE_INFINITY, signal } = this.#options;
    return performance.now() >= end || this.#next >= runs || signal?.aborted === true;
  }

  async #batch(end: number): Promise<void> {
    const until = Math.min(end, performance.now() + batchMs);
    for (let count = 0; count < batch && this.#undialled === 0 && !this.#over(until); count += 1) {
      await this.#inTime();
      const index = this.#next;
      this.#next += this.#options.step ?? 1;
      this.#conversations += 1;
      await this.#pool.start(rest => this.#one(index, rest));
    }
    await this.#pool.idle();
    this.#progress();
  }

  /** Keeps to `rate`. */
  async #inTime(): Promise<void> {
    const { rate, target } = this.#options;
    if (rate === undefined) return;
    const due = this.#begun + (this.#conversations * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await new Promise<void>(resolve => target.clock.at(target.clock.now() + wait, resolve));
  }

  async #one(index: number, onRest: () => void): Promise<void> {
    const { protocols, seed } = this.#options;
    const { speech } = protocols[index % protocols.length] ?? protocols[0];
    const how = this.#how({ protocol: speech.protocol, index });
    const conversation = speech.conversation(seed, index, how.setting);
    this.#recent.push(conversation);
    if (this.#recent.length > 256) this.#recent.splice(0, 128);
    try {
      const played = await this.#stage.play(conversation, how, { onRest });
      this.#take(played, how);
    } catch (error) {
      if (!isDialError(error)) throw error;
      this.#undialled += 1;
    }
  }

  #take(played: Played, how: Parameters<Stage['play']>[1]): void {
    this.#sent += played.sentOctets;
    this.#coverage.add(played.conversation, played.steps);
    if (played.made.length > 0) void this.#session.clean(played.made);
    const verdict = judge(played);
    if (verdict !== undefined) this.#suspicions.add(verdict, played.conversation, how);
  }

  /** Whether one can go on. */
  async #lookAround(untilMs: number): Promise<boolean> {
    const failed = this.#undialled;
    this.#undialled = 0;
    const [first] = this.#options.protocols;
    const health = await this.#session.health('long', protocolNames[first.speech.protocol]);
    if (health === 'down' || health === 'hung') return this.#died(health);
    if (health === 'harmed') this.#suspicions.unplaced('bystander harmed', 'somebody who did nothing was harmed', this.#recent);
    if (failed > 0) this.#notes.push(`${failed} times no connection could be opened, though the target is well.`);
    for (const grounds of this.#grounds) {
      const harm = await grounds.check();
      if (harm !== undefined) {
        this.#suspicions.unplaced('bystander harmed', harm, this.#recent);
        await this.#prepare();
        break;
      }
    }
    const watched = await this.#options.watch?.(this.#sent);
    if (watched !== undefined) this.#suspicions.unplaced(watched.severity, watched.title, this.#recent);
    await this.#suspicions.settle(untilMs);
    this.#progress();
    return true;
  }

  /** Who did it is found by playing the last conversations again one by one, where the target can be started again. */
  async #died(how: 'down' | 'hung'): Promise<boolean> {
    const suspects = [...this.#recent].reverse();
    const severity = how === 'down' ? 'crash' : 'hang';
    const title = how === 'down' ? 'the broker is gone' : 'the broker takes connections and serves nobody';
    await this.#pool.idle(true);
    if (!(await this.#session.revive())) {
      this.#notes.push(this.#session.down ?? 'The target died.');
      this.#suspicions.unplaced(severity, title, this.#recent);
      return false;
    }
    await this.#prepare();
    const culprit = await culpritOf(suspects, { session: this.#session, stage: this.#stage, how: conversation => this.#how(conversation) });
    this.#suspicions.unplaced(severity, title, culprit === undefined ? this.#recent : [culprit]);
    if (culprit === undefined) return true;
    if (!(await this.#session.revive())) return false;
    await this.#prepare();
    return true;
  }

  #undeclared(verdict: Verdict, { protocol }: Conversation): boolean {
    return this.#options.declared?.(verdict, protocol) === undefined;
  }

  #how({ protocol, index }: Pick<Conversation, 'protocol' | 'index'>): { readonly speech: Speech; readonly setting: Setting } {
    const { protocols } = this.#options;
    const at = protocols.findIndex(({ speech }) => speech.protocol === protocol);
    const both = this.#settings.get(at) as { readonly in: Setting; readonly out: Setting };
    // One in eight stays outside.
    return { speech: (protocols[at] ?? protocols[0]).speech, setting: Math.floor(index / protocols.length) % 8 === 7 ? both.out : both.in };
  }

  #progress(): void {
    const passed = (performance.now() - this.#begun) / 1000;
    this.#options.onProgress?.({
      conversations: this.#conversations,
      departures: this.#coverage.departures,
      conversationsPerSecond: this.#conversations / Math.max(passed, 0.001),
      states: this.#coverage.states,
      pairs: this.#coverage.pairs,
      findings: this.#suspicions.findings.length,
    });
  }
}
