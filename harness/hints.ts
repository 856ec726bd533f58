import { profiles } from '../fixtures/brokers/index.ts';
import { allChecks } from '../suites/checks.ts';
import { compare, type DeclaredEntry, declarationFor, declare } from './check/declared.ts';
import type { ProfileHint, RunRecord } from './check/record.ts';
import type { Declaration } from './check/record-declarations.ts';
import type { VerdictRecord } from './check/record-verdicts.ts';
import { inRange, shortVersion } from './check/versions.ts';
import { rules } from './spec/catalogue.ts';
import type { Profile } from './target/profile.ts';

/** What a profile declares of the checks, as a run is told of it. */
export const profileEntries = (name: string): readonly DeclaredEntry[] =>
  (profiles[name]?.deviations ?? []).map(each => ({ ...each, origin: `profile ${name}` }));

type Judged = Pick<VerdictRecord, 'check' | 'outcome' | 'level' | 'reaction' | 'declared' | 'surprise'>;

interface Peer {
  readonly product: string | null;
  readonly version: string | null;
}

/**
 * Versions of a profile that are worth trying, in the order of preference: the peer's own where it says that it is this product, the profile's usual
 * one, and each at which a declaration begins or ends. Null alone: the profile says the same of every version.
 */
function versionsOf({ product, defaultVersion, deviations }: Profile, peer: Peer): readonly (string | null)[] {
  const ranges = deviations.flatMap(({ versions = [] }) => versions);
  if (ranges.length === 0) return [null];
  const own = peer.product === product && peer.version !== null ? [peer.version] : [];
  const turns = [...new Set(ranges.flatMap(range => range.match(/\d+(\.\d+)*/g) ?? []))].sort((one, other) => (inRange(one, `>${other}`) === true ? -1 : 1));
  const readable = [...own, defaultVersion, ...turns].filter(version => inRange(version, '*') === true);
  return [...new Set(readable.flatMap(version => [shortVersion(version), version]))];
}

function declaredAt(name: string, version: string | null): readonly Declaration[] {
  return declare(profileEntries(name), { checks: allChecks, rules: Object.keys(rules), version, today: new Date().toISOString().slice(0, 10) }).declarations;
}

interface Trial {
  readonly version: string | null;
  readonly explains: number;
  /** Declared, and did not come. */
  readonly stale: number;
}

function tried(verdicts: readonly Judged[], red: readonly Judged[], gate: 'must' | 'should', known: readonly Declaration[]): Omit<Trial, 'version'> {
  const byCheck = new Map(known.flatMap(declaration => declaration.checks).map(check => [check, declarationFor(check, known)]));
  const surprising = (verdict: Judged) => compare(verdict, byCheck.get(verdict.check), gate).surprise;
  return {
    explains: red.filter(verdict => byCheck.has(verdict.check) && !surprising(verdict)).length,
    stale: verdicts.filter(verdict => !verdict.surprise && byCheck.has(verdict.check) && surprising(verdict)).length,
  };
}

/**
 * Which profiles, at which versions, declare the failures that surprise, best first: each at the version that leaves least to wonder at. Profiles that
 * bring more surprises than they explain are not told of, nor those that explain less than half of what the best does.
 */
export function hintsFor(verdicts: readonly Judged[], peer: Peer, gate: 'must' | 'should'): readonly ProfileHint[] {
  const red = verdicts.filter(({ surprise, outcome }) => surprise && outcome === 'fail');
  if (red.length === 0) return [];
  const found = Object.entries(profiles).flatMap(([profile, row]) => {
    const trials = versionsOf(row, peer).map((version): Trial => ({ version, ...tried(verdicts, red, gate, declaredAt(profile, version)) }));
    const best = trials.reduce((one, other) => (other.explains - other.stale > one.explains - one.stale ? other : one));
    return best.explains > best.stale ? [{ profile, version: best.version, explains: best.explains, stale: best.stale, of: red.length }] : [];
  });
  const most = Math.max(...found.map(({ explains }) => explains));
  return found.filter(({ explains }) => 2 * explains >= most).sort((one, other) => other.explains - other.stale - (one.explains - one.stale));
}

/** The hints that belong to a record: where a profile was applied, or the target is ours, there is nothing to hint at. */
export const hintsOf = ({ verdicts, target, profile, selection }: Pick<RunRecord, 'verdicts' | 'target' | 'profile' | 'selection'>) =>
  profile === null && target.kind === 'url' ? hintsFor(verdicts, target, selection.gate) : [];
