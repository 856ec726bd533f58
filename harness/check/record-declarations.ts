import type { VerdictRecord } from './record-verdicts.ts';

/** A known departure, said beforehand: by a profile or an expectation file. */
export interface Declaration {
  /** Id of a check, or of a rule that stands for all its checks. */
  readonly id: string;
  readonly kind: 'check' | 'rule';
  /** The checks it stands for, one for an entry by check. */
  readonly checks: readonly string[];
  readonly outcome: 'fail' | 'inconclusive' | 'unsupported' | 'not-applicable';
  /** How the reaction is expected to begin; left out: any. */
  readonly reaction?: string;
  /** Other reactions that the same cause has by chance, begun likewise. */
  readonly otherwise?: readonly string[];
  /** It shows only sometimes: any other outcome than a failure is no surprise either. */
  readonly sometimes?: true;
  readonly reason: string;
  readonly source?: string;
  /** Semver range of the versions it holds for; left out: all. */
  readonly versions?: string;
  /** Day after which it no longer counts, as `2026-01-31`. */
  readonly until?: string;
  /** Where it was written, as `profile rabbitmq` or `expect.yaml:12`. */
  readonly origin: string;
}

/**
 * `met`: every judged check came out as declared, which one that fails only sometimes does whenever it does not fail, too. `stale`: one passed. `changed`: one came out otherwise than declared.
 * `unjudged`: none was judged in this run.
 */
export type DeclarationState = 'met' | 'stale' | 'changed' | 'unjudged';

export interface DeclarationRecord extends Declaration {
  readonly state: DeclarationState;
}

/** Declarations with what became of them. */
export function declarationRecords(declarations: readonly Declaration[], verdicts: readonly VerdictRecord[]): DeclarationRecord[] {
  const byCheck = new Map(verdicts.map(verdict => [verdict.check, verdict]));
  return declarations.map(declaration => {
    const concerned = declaration.checks.flatMap(id => byCheck.get(id) ?? []);
    return { ...declaration, state: stateOf(concerned, declaration) };
  });
}

function stateOf(verdicts: readonly VerdictRecord[], { outcome, sometimes }: Declaration): DeclarationState {
  if (verdicts.some(v => v.surprise && v.outcome === 'pass')) return 'stale';
  if (verdicts.some(v => v.surprise)) return 'changed';
  return verdicts.some(v => v.outcome === outcome || sometimes === true) ? 'met' : 'unjudged';
}
