import type { Transport } from '../endpoint/transport.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Amqp10Connection } from './amqp10.ts';
import type { Node10, Session10 } from './amqp10-links.ts';
import type { Connection10, Connection10Options } from './amqp10-peer.ts';
import type { Amqp091Connection } from './amqp091.ts';
import { annotated } from './annotate.ts';
import { barriers } from './barriers.ts';
import { elapsed, type Observation, type ProbeContext, type Probed } from './context.ts';
import { eventually, pause } from './eventually.ts';
import { describeWait } from './expectation.ts';
import { type Facilities, facilityTitles } from './facilities.ts';
import { breachFinding } from './findings.ts';
import { Lines } from './lines.ts';
import { type Measured, tallyWords } from './measured.ts';
import { Names } from './names.ts';
import { type Nodes, nobody } from './node-facts.ts';
import { type Meanwhile, nothingMeanwhile, type TakeDown, type Tally } from './outage.ts';
import type { CaseLog, ConnectOptions, Peer, ProbeChannel, ProbeConnection, PropertyOptions, RawStream, WaitKind } from './peer.ts';
import { allowed, type ProbeOptions } from './probe-options.ts';
import { RaisedAlarms } from './raised-alarms.ts';
import { seededRandom } from './random.ts';
import { atRest } from './rest.ts';
import { type Ending, Stop } from './stop.ts';
import { Transcript } from './transcript.ts';

/** A queue that cannot be given back goes with its connection, or is deleted at the end of the run. */
function mindless(error: unknown): void {
  if (!(error instanceof Stop)) throw error;
}

/** One attempt at one check: all its connections, names and observations. */
export class Probe implements Peer {
  readonly context: ProbeContext;
  readonly measurements: Measured[] = [];
  readonly seed: number;
  readonly properties: PropertyOptions;
  readonly #lines: Lines;
  readonly #alarms: RaisedAlarms | undefined;
  readonly #random: () => number;
  readonly #bank: Nodes;
  readonly #releases: (() => Promise<void>)[] = [];
  readonly #takeDown: TakeDown | undefined;
  #halt: (stop: Stop) => void = () => {};
  readonly #halted = new Promise<never>((_, reject) => {
    this.#halt = reject;
  });

  constructor(probed: Probed, options: ProbeOptions) {
    const { transport, clock, credentials } = probed;
    const arranged = allowed(probed.facilities, options.fence);
    this.#alarms = arranged.alarm && new RaisedAlarms(arranged.alarm);
    const facilities = { ...arranged, ...(this.#alarms !== undefined && { alarm: this.#alarms }) };
    this.context = {
      transport,
      clock,
      credentials,
      facilities,
      budgets: options.budgets,
      names: new Names(options.runId, options.check, options.attempt),
      transcript: new Transcript(annotated),
      startedAt: clock.now(),
      inOnePiece: options.inOnePiece ?? false,
      fence: options.fence,
      barrier10: options.barrier10 ?? barriers('echo'),
      hostname10: options.hostname10 ?? 'vhost:{virtualHost}',
      rest: options.rest,
      role: options.role ?? options.check,
      stopped: undefined,
      observation: undefined,
    };
    this.#lines = new Lines(this.context);
    this.context.transcript.onPiece = options.onPiece;
    this.context.names.onGiven = name => options.fence?.given(name);
    this.#takeDown = options.takeDown;
    this.#bank = options.nodes ?? nobody;
    this.#halted.catch(() => {});
    this.seed = options.seed;
    this.properties = options.properties ?? {};
    this.#random = seededRandom(options.seed, options.check);
  }

  /** The last departure that was answered legally. */
  get observation(): Observation | undefined {
    return this.context.observation;
  }

  get log(): CaseLog {
    return this.context.transcript;
  }

  get connected(): boolean {
    return this.#lines.any;
  }

  connection(options: ConnectOptions = {}): Promise<ProbeConnection> {
    return this.open(options);
  }

  open(options: ConnectOptions = {}): Promise<Amqp091Connection> {
    return this.#lines.open(options);
  }

  connection10(options: Connection10Options = {}): Promise<Connection10> {
    return this.open10(options);
  }

  open10(options: Connection10Options = {}): Promise<Amqp10Connection> {
    return this.#lines.open10(options);
  }

  async channel(options: ConnectOptions = {}): Promise<ProbeChannel> {
    return (await this.connection(options)).channel();
  }

  session10(options: Connection10Options = {}): Promise<Session10> {
    return this.open10(options).then(connection => connection.session());
  }

  async node10(): Promise<Node10> {
    const { node, release } = await (this.context.role === 'bystander' ? this.#bank.provideForGood() : this.#bank.provide(this));
    this.#releases.push(release);
    this.context.fence?.given(node.address);
    this.note(`${node.address} is a queue of this check's own, by way of ${node.provisioner}`);
    return node;
  }

  address10 = (queue: string): Promise<string> => this.#bank.addressOf(queue);

  absent10(): Promise<string> {
    return this.#bank.address(this.name('absent'));
  }

  raw(transport: Transport = this.context.transport): Promise<RawStream | 'refused'> {
    return this.#lines.raw(transport);
  }

  name(label?: string): string {
    return this.context.names.issue(label);
  }

  random(): number {
    return this.#random();
  }

  eventually(what: string, happened: () => Promise<boolean>): Promise<void> {
    return atRest(this.context, 'close', eventually(this.context, what, happened, this.ending));
  }

  async quiet(ms: number, what: string): Promise<void> {
    this.note(`quiet for ${describeWait(ms)}: ${what}`);
    await atRest(this.context, 'idle', pause(this.context, ms));
  }

  now(): number {
    return this.context.clock.now();
  }

  get timeless(): boolean {
    return this.context.clock.virtual === true;
  }

  budgetMs(wait: WaitKind): number {
    return this.context.budgets[wait];
  }

  require(condition: boolean, sentence: string, duty?: DutyId): asserts condition {
    if (condition) return;
    const reaction = sentence.replace(/[.\s]+$/, '');
    throw new Stop({ kind: 'failed', reaction, sentence, ending: this.ending(), ...(duty !== undefined && { duty }) });
  }

  notApplicable(why: string): never {
    throw new Stop({ kind: 'not-applicable', why });
  }

  unsupported(why: string): never {
    throw new Stop({ kind: 'unsupported', why });
  }

  facility<K extends keyof Facilities>(name: K): NonNullable<Facilities[K]> {
    const found = this.context.facilities[name];
    if (found === undefined) throw new Stop({ kind: 'not-run', why: `Nothing is known of this target that says: ${facilityTitles[name]}.` });
    return found;
  }

  async outage(meanwhile: Meanwhile = nothingMeanwhile): Promise<void> {
    if (this.context.stopped !== undefined) throw this.context.stopped;
    if (this.#takeDown === undefined) throw new Error('the check does not say that it takes the broker down');
    this.note('ready: the broker may go down');
    await Promise.race([this.#takeDown(meanwhile), this.#halted]);
    this.note('the broker is back');
  }

  account(scenario: string, tally: Tally): void {
    this.measurements.push({ name: scenario, value: tally.lost, tally });
    this.note(`${scenario}, ${tallyWords(tally)}`);
  }

  measure(name: string, value: number | string | boolean, unit?: string): void {
    this.measurements.push({ name, value, ...(unit !== undefined && { unit }) });
    this.note(`${name}: ${value}${unit === undefined ? '' : ` ${unit}`}`);
  }

  tabulate(table: string, row: string, column: string, value: number | string | boolean): void {
    this.measurements.push({ name: `${table}: ${row}, ${column}`, value, cell: { table, row, column } });
    this.note(`${table}: ${row}, ${column}: ${value}`);
  }

  note(text: string): void {
    this.context.transcript.note(0, text, elapsed(this.context));
  }

  /** Breaches that came and that no wait has stumbled over. */
  unnoticed(): Stop | undefined {
    const breach = this.#lines.unnoticed;
    return breach === undefined ? undefined : new Stop({ kind: 'failed', ...breachFinding(breach) });
  }

  /** The newest thing that any peer said, in the standard's words. */
  reaction = (): string => this.#lines.reaction ?? 'nothing';
  /** How the youngest conversation stands. */
  ending = (): Ending => this.#lines.ending;

  /** Ends every wait of this attempt, now and later. */
  stop(stop: Stop): void {
    this.context.stopped ??= stop;
    this.#halt(stop);
    this.#lines.stop(stop);
  }

  /** Ends what is still open: with a handshake where the peer plays along within `budgetMs`, `gently` channel by channel, else at once. */
  async dispose(budgetMs: number, gently = false): Promise<void> {
    await this.#alarms?.clearAll();
    await this.#lines.dispose(budgetMs, gently);
    for (const release of this.#releases.splice(0)) await release().catch(mindless);
  }
}
