import { afterAll, beforeAll, describe, test } from 'vitest';
import { survey } from '../probe/survey.ts';
import { type Protocol, protocolOf, rules } from '../spec/catalogue.ts';
import type { Profile } from '../target/profile.ts';
import type { Target } from '../target/target.ts';
import type { Check } from './check.ts';
import { type DeclaredEntry, declare } from './declared.ts';
import type { Declaration } from './record-declarations.ts';
import { runCheck } from './run-check.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { type CheckSelection, caseOf, selectChecks } from './test-case.ts';
import type { Verdict } from './verdict.ts';

export interface ConformanceOptions extends SessionOptions, CheckSelection {
  /** Where the broker is, as `amqp://guest:guest@localhost:5672/`. Either this or `target`. */
  readonly url?: string;
  /** Opens what is to be judged; it is disposed of at the end. */
  readonly target?: () => Promise<Target>;
  /** Which level fails a test case; defaults to `must`. */
  readonly level?: 'must' | 'should';
  /** Known departures: such a case passes as long as the broker departs as said. */
  readonly expect?: readonly Omit<DeclaredEntry, 'origin'>[];
  /** The broker's version, for departures of some versions only. */
  readonly version?: string;
  /** Judge with the departures that this profile declares. */
  readonly profile?: Profile;
  /** Defaults to every check there is. */
  readonly checks?: readonly Check[];
  /** Of the describe block; defaults to the broker's host. */
  readonly title?: string;
}

/**
 * Makes each check a test case of the suite that calls this: it fails where the broker departs from the standard undeclared, or cannot be judged,
 * and is skipped with its reason where it does not apply.
 * @example defineConformance({ url: 'amqp://guest:guest@localhost', only: ['amqp091/queue/**'] });
 */
export function defineConformance(options: ConformanceOptions): void {
  describe(options.title ?? `AMQP conformance${options.url === undefined ? '' : ` of ${hostOf(options.url)}`}`, async () => {
    const all = options.checks ?? (await import('../../suites/checks.ts')).allChecks;
    const checks = selectChecks(all, options);
    const declarations = declarationsOf(options, all);
    let judging: Judging | undefined;
    beforeAll(async () => {
      judging = await Judging.begin(checks, options, declarations);
    });
    afterAll(() => judging?.end());
    for (const check of checks) {
      test(`${check.id}: ${check.title}`, { timeout: timeoutMs(check) }, async context => {
        const protocol = protocolOf(check.id);
        if (judging?.speaks(protocol) === false) context.skip(`The broker does not speak AMQP ${protocol}.`);
        const verdict = await judging?.verdict(check);
        if (verdict === undefined) throw new Error('The broker could not be reached.');
        const { kind, text } = caseOf(verdict, options.level ?? 'must');
        if (kind === 'fails') throw new ConformanceError(text);
        if (kind === 'skipped') context.skip(text);
      });
    }
  });
}

/** A warmed-up target and what judges it. */
class Judging {
  readonly #target: Target;
  readonly #session: Session;
  readonly #options: ConformanceOptions;
  readonly #declarations: readonly Declaration[];
  readonly #protocols: readonly Protocol[];

  private constructor(target: Target, session: Session, options: ConformanceOptions, declarations: readonly Declaration[], protocols: readonly Protocol[]) {
    this.#protocols = protocols;
    this.#target = target;
    this.#session = session;
    this.#options = options;
    this.#declarations = declarations;
  }

  static async begin(checks: readonly Check[], options: ConformanceOptions, declarations: readonly Declaration[]): Promise<Judging> {
    const target = await open(options);
    const protocols = options.protocols ?? (await within(target, () => spoken(checks, target)));
    const budgets = { ...options.profile?.budgets, ...options.budgets };
    const session = await within(target, () => Session.open(target, { ...options, protocols, budgets }));
    if (session.down !== undefined) throw new Error(session.down);
    return new Judging(target, session, options, declarations, protocols);
  }

  speaks(protocol: Protocol): boolean {
    return this.#protocols.includes(protocol);
  }

  verdict(check: Check): Promise<Verdict> {
    const { level = 'must', seed } = this.#options;
    const options = { session: this.#session, declarations: this.#declarations, gate: level, ...(seed !== undefined && { seed }) };
    return within(this.#target, () => runCheck(check, this.#target, options));
  }

  async end(): Promise<void> {
    await within(this.#target, () => this.#session.close());
    await this.#target[Symbol.asyncDispose]();
  }
}

/** Of the protocols of these checks those that the target speaks; it is asked only where there are several. */
async function spoken(checks: readonly Check[], target: Target): Promise<readonly Protocol[]> {
  const asked = [...new Set(checks.map(({ id }) => protocolOf(id)))];
  if (asked.length < 2) return asked;
  const { protocols } = await survey(target);
  return asked.filter(protocol => protocols.includes(protocol));
}

async function open({ url, target }: ConformanceOptions): Promise<Target> {
  if (target !== undefined) return target();
  if (url === undefined) throw new Error('defineConformance needs a url or a target.');
  return (await import('../target/url.ts')).urlTarget(url);
}

function within<T>(target: Target, work: () => Promise<T>): Promise<T> {
  return target.run === undefined ? work() : target.run(work);
}

/** Three attempts with the longest budgets, and then some: a test runner's clock is not what judges. */
function timeoutMs(check: Check): number {
  return 60_000 + 10 * check.worstMs;
}

/** The broker departs from the standard, or could not be judged. The message says all that is needed to see it again. */
class ConformanceError extends Error {
  override readonly name = 'ConformanceError';

  constructor(text: string) {
    super(text);
    this.stack = `${this.name}: ${text}`;
  }
}

function declarationsOf(options: ConformanceOptions, checks: readonly Check[]): readonly Declaration[] {
  const { profile, expect = [], version = null } = options;
  const entries: DeclaredEntry[] = [
    ...expect.map(entry => ({ ...entry, origin: 'expect' })),
    ...(profile?.deviations ?? []).map(entry => ({ ...entry, origin: `profile ${profile?.name}` })),
  ];
  const context = { checks, rules: Object.keys(rules), version, today: new Date().toISOString().slice(0, 10) };
  const { declarations, problems } = declare(entries, context);
  if (problems.length > 0) throw new Error(problems.map(({ sentence }) => sentence).join('\n'));
  return declarations;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'a broker';
}
