import { NodeBank } from '../probe/amqp10-nodes.ts';
import { type Barriers, barriers } from '../probe/barriers.ts';
import { type Budgets, longBudgets, measuredBudgets } from '../probe/budgets.ts';
import { Fence } from '../probe/fence.ts';
import { Janitor } from '../probe/janitor.ts';
import { knock } from '../probe/knock.ts';
import { type Entity, prefixOf } from '../probe/names.ts';
import type { Outage } from '../probe/outage.ts';
import type { PropertyOptions } from '../probe/peer.ts';
import { Stop } from '../probe/stop.ts';
import type { Protocol } from '../spec/catalogue.ts';
import type { Target } from '../target/target.ts';
import { factsAt } from './facts-at.ts';
import { Housekeeping } from './housekeeping.ts';
import type { Note } from './note.ts';
import { downs, restarted } from './outage-words.ts';
import { Overlaps } from './overlaps.ts';
import type { SessionOptions } from './session-options.ts';
import { Silences } from './silences.ts';
import { Watch } from './watch.ts';

/** How a target does, as its bystander sees it; `down`: nothing can be dialled there any more; `hung`: it takes connections and serves nobody. */
export type Health = 'served' | 'slow' | 'harmed' | 'down' | 'hung';

/** Pulses before the first check: they warm the target up and measure its round trip. */
const usualWarmUps = 5;
const regainPauseMs = 100;

/** What all checks of one run share: the target warmed up, its budgets, a bystander, a janitor, and whether the target still lives. */
export class Session {
  readonly target: Target;
  readonly seed: number;
  readonly runId: string;
  readonly properties: PropertyOptions;
  /** What a reader of the run must know. */
  readonly notes: Note[] = [];
  readonly silences = new Silences(this.notes);
  /** Median of the bystander's round trips, in milliseconds; undefined where it could not be measured. */
  roundTripMs: number | undefined;
  budgets: Budgets;
  /** Around what the checks may touch, where there is one. */
  readonly fence: Fence | undefined;
  /** Where checks of 1.0 get their queues. */
  readonly nodes: NodeBank;
  /** The hostname of an open of 1.0 that stands for a virtual host there, where that is known. */
  readonly hostname10: string | undefined;
  /** Checks run one at a time. */
  readonly solo: boolean;
  /** Why nothing more can be judged. */
  down: string | undefined;
  readonly #overrides: Partial<Budgets>;
  readonly #ignored = new Set<Entity['kind']>();
  readonly #overlaps = new Overlaps();
  readonly #housekeeping: Housekeeping;
  readonly #watch: Watch;
  #reviving: Promise<boolean> | undefined;
  #asking: Promise<boolean> | undefined;
  /** A bystander was let in at least once. */
  #letIn = false;

  private constructor(target: Target, options: SessionOptions) {
    this.target = target;
    this.seed = options.seed ?? 1;
    this.properties = options.properties ?? {};
    this.solo = options.solo ?? false;
    this.runId = options.runId ?? this.seed.toString(36);
    this.fence = options.safe === true ? new Fence(prefixOf(this.runId), options.onTouch) : undefined;
    this.#overrides = { ...target.profile?.budgets, ...options.budgets };
    this.budgets = measuredBudgets(0, this.#overrides);
    this.#housekeeping = new Housekeeping(() => this.#newJanitor());
    const { runId, seed, fence } = this;
    const facts = factsAt(target.profile?.amqp10, options.version ?? target.profileVersion);
    const [given, hook] = [options.addresses ?? [], target.facilities?.queues];
    this.hostname10 = facts?.hostname;
    const { hostname10 } = this;
    this.nodes = new NodeBank(target, { budgets: this.longBudgets, runId, seed, fence, hostname10 }, { ...facts, given, ...(hook !== undefined && { hook }) });
    const { protocols = ['0-9-1'] } = options;
    this.#watch = new Watch(target, {
      protocols,
      runId,
      seed,
      fence,
      nodes: this.nodes,
      barrier10: facts?.barrier === undefined ? undefined : barriers(facts.barrier),
      hostname10,
    });
  }

  /** Warms the target up. A target that cannot be reached gives a session that is down; one that misbehaves gives one without bystander. */
  static async open(target: Target, options: SessionOptions = {}): Promise<Session> {
    const session = new Session(target, options);
    if (options.bystander !== false) await session.#openBystander();
    const trips: number[] = [];
    const { warmUps = usualWarmUps } = options;
    for (let count = 0; count < warmUps && session.#watch.any; count += 1) {
      const begun = target.clock.now();
      const pulse = await session.#watch.pulse(session.budgets.reply, undefined);
      if (pulse === 'served') trips.push(target.clock.now() - begun);
      else await session.#watch.drop();
    }
    session.roundTripMs = trips.sort((one, other) => one - other)[trips.length >> 1];
    session.budgets = measuredBudgets(session.roundTripMs ?? 0, session.#overrides);
    return session;
  }

  /** Whether the server advertises a capability in this protocol; undefined where it never told. */
  advertises(capability: string, protocol: Protocol): boolean | undefined {
    return this.#watch.advertises(capability, protocol);
  }

  /** By what this target shows how far it has come on a session of 1.0. */
  get barrier10(): Barriers {
    return this.#watch.barrier10;
  }

  /** What a check gets that runs again after a silence. */
  get longBudgets(): Budgets {
    return longBudgets(this.budgets, this.#overrides);
  }

  /** Marks an attempt as running; the answer tells, when called, whether others ran beside it, and ends the mark. */
  enter(): () => boolean {
    return this.#overlaps.enter();
  }

  /** Resolves when the target is not being brought back to life. */
  async ready(): Promise<void> {
    await this.#reviving;
  }

  /** Whether the target serves others of this protocol, and still answers at all. */
  async health(patience: 'normal' | 'long', protocol?: Protocol): Promise<Health> {
    const budgets = patience === 'long' ? this.longBudgets : this.budgets;
    const pulse = (await this.#watch.pulse(budgets.reply, protocol)) ?? (await knock(this.target, budgets.handshake));
    if (pulse === 'served') return 'served';
    if ((await this.target.alive?.()) === false) return 'down';
    if (pulse === 'slow') return (await knock(this.target, budgets.handshake)) === 'down' ? 'down' : 'slow';
    if (pulse === 'down') return 'down';
    await this.#watch.drop();
    return this.#regain();
  }

  /**
   * Whether a target that left its bystander without an answer serves nobody any more, however long one waits. Asked of targets that can be started
   * again, where it leads somewhere; once for all who ask.
   */
  hangs(): Promise<boolean> {
    if (this.target.restart === undefined) return Promise.resolve(false);
    this.#asking ??= this.#hangs().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #hangs(): Promise<boolean> {
    if ((await this.#watch.pulse(this.longBudgets.reply, undefined)) === 'served') return false;
    await this.#watch.drop();
    await this.#openBystander();
    return !this.#watch.any;
  }

  /** The target has died: starts it again where that is possible, once for all who ask. False: nothing more can be judged. */
  revive(): Promise<boolean> {
    this.#reviving ??= this.#revive().finally(() => {
      this.#reviving = undefined;
    });
    return this.#reviving;
  }

  /** Takes the target down and brings it back with its data, for checks that are about that. Rejects with a Stop where it does not come back. */
  async takeDown(how: Outage): Promise<void> {
    const { clock } = this.target;
    const [begun, watched] = [clock.now(), this.#watch.any];
    const why = await this.#startAgain(how);
    if (why !== undefined) {
      this.down = `The target was ${downs[how]} and did not start again: ${why}`;
      throw new Stop({ kind: 'gone', sentence: this.down });
    }
    this.notes.push(restarted(how, clock.now() - begun));
    if (watched) await this.#openBystander();
  }

  /** Deletes what an attempt left. What goes with its connection, or could not be deleted now, is looked after at the end. */
  clean(left: readonly Entity[]): Promise<void> {
    return this.#housekeeping.clean(left, this.down !== undefined);
  }

  async close(): Promise<void> {
    await this.#watch.drop();
    await this.clean(await this.nodes.close());
    for (const text of await this.#housekeeping.close(this.down !== undefined)) this.notes.push({ kind: 'other', text });
  }

  async #revive(): Promise<boolean> {
    const { target } = this;
    if (target.restart === undefined) {
      this.down ??= 'The target died and cannot be started again.';
      return false;
    }
    const why = await this.#startAgain('kill');
    if (why !== undefined) {
      this.down = `The target died and did not start again: ${why}`;
      return false;
    }
    const down = await this.#openBystander();
    if (down === undefined) this.notes.push({ kind: 'restarted', text: 'The target died and was started again.' });
    return down === undefined;
  }

  /** Answers why it could not be done, where that is so. */
  async #startAgain(how: Outage): Promise<string | undefined> {
    await this.#watch.drop();
    try {
      await this.target.restart?.(how);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    this.#housekeeping.renew();
    this.nodes.renew();
    return undefined;
  }

  /**
   * Opens another bystander. Who lost the first one has harmed others; a target that lets nobody in any more is down, also where something before it
   * still takes streams in its name.
   */
  async #regain(): Promise<'harmed' | 'down'> {
    const { clock } = this.target;
    const until = clock.now() + this.budgets.close;
    for (;;) {
      if ((await this.#openBystander()) !== undefined || (await this.target.alive?.()) === false) return 'down';
      if (this.#watch.any || !this.#letIn) return 'harmed';
      if (clock.now() >= until) return 'down';
      await new Promise<void>(resolve => clock.at(clock.now() + regainPauseMs, resolve));
    }
  }

  #newJanitor(): Janitor {
    return new Janitor(this.target, { budgets: this.longBudgets, runId: this.runId, seed: this.seed, ignored: this.#ignored, fence: this.fence });
  }

  /** Answers why the target is down, where it is; a bystander that is not let in is done without. */
  async #openBystander(): Promise<string | undefined> {
    const why = await this.#watch.open(this.budgets);
    this.#letIn ||= this.#watch.any;
    if (why !== undefined) this.down = this.target.restart === undefined ? why : this.down;
    return why;
  }
}
