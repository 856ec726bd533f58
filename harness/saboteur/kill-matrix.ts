import type { Check } from '../check/check.ts';
import type { Verdict } from '../check/verdict.ts';
import type { Fault } from './fault.ts';
import { dutyOf, felt, type NamedFault } from './faults.ts';
import { shadow } from './shadow.ts';

/** Judges one broker of its own, broken by these faults, by one check. */
export type Judge = (check: Check, faults: readonly Fault[]) => Promise<Verdict>;

/** A check that does not pass on the broker as it is. */
export type Failing = Pick<Verdict, 'check' | 'outcome' | 'message'>;

/** Which faults kill which checks: a check dies when it fails under a fault and passes without. */
export interface Matrix {
  /** Ids of the checks that each fault kills, by the fault's id. */
  readonly kills: ReadonlyMap<string, ReadonlySet<string>>;
  /** Checks that do not pass on the broker as it is: nothing can be said of them. */
  readonly failing: readonly Failing[];
  /** How many pairs were played, and how many needed not to be since the fault does nothing in that conversation. */
  readonly played: number;
  readonly spared: number;
}

/** What is wrong with a matrix. Each list is empty when all is well. */
export interface Gaps {
  /** Faults that kill no check of the duty they break. */
  readonly harmless: readonly string[];
  /** Checks that pass whatever is broken. */
  readonly immortal: readonly string[];
  /** `fault → check`: kills outside of the area that the fault declares. */
  readonly strays: readonly string[];
}

/**
 * Plays every check against the faults that act in its conversation. Those of its own duties are played one by one; a property, which shares its duties
 * with many, only against those that nothing else feels. Those in whose area it is not are played all at once, and apart only where the check does not
 * pass that. Of the rest, which may kill it and need not, as many are played as it takes to see it die.
 */
export async function killMatrix(checks: readonly Check[], faults: readonly NamedFault[], judge: Judge, ownOnly = false): Promise<Matrix> {
  const kills = new Map<string, Set<string>>(faults.map(({ id }) => [id, new Set<string>()]));
  const failing: Failing[] = [];
  let played = 0;
  const dies = async (check: Check, together: readonly NamedFault[]): Promise<boolean> => {
    played += 1;
    const { outcome } = await judge(
      check,
      together.map(({ fault }) => fault),
    );
    const [only, second] = together;
    if (outcome === 'fail' && second === undefined && only !== undefined) kills.get(only.id)?.add(check.id);
    return second === undefined ? outcome === 'fail' : outcome !== 'pass';
  };
  for (const check of checks) {
    const acting: NamedFault[] = [];
    const healthy = await judge(
      check,
      shadow(ownOnly || isProperty(check) ? faults.filter(each => breaksDutyOf(check, each)) : faults, named => acting.push(named)),
    );
    if (healthy.outcome === 'pass') await playAll(check, acting, dies);
    else failing.push(healthy);
  }
  return { kills, failing, played, spared: (checks.length - failing.length) * faults.length - played };
}

/** Whether a check does not get through with all of these faults at once. */
type Dies = (check: Check, together: readonly NamedFault[]) => Promise<boolean>;

async function playAll(check: Check, acting: readonly NamedFault[], dies: Dies): Promise<void> {
  let dead = false;
  const later: NamedFault[] = [];
  const strangers: NamedFault[] = [];
  for (const named of acting) {
    const own = breaksDutyOf(check, named);
    if (own && !(isProperty(check) && !isForProperties(named))) dead = (await dies(check, [named])) || dead;
    else if (own || felt(named.fault)(check.id)) later.push(named);
    else strangers.push(named);
  }
  dead = (await anyOf(check, strangers, dies)) || dead;
  for (const named of later) dead ||= await dies(check, [named]);
}

/** Plays faults together, and where the check does not pass that, each half by itself: few are felt outside of their area. */
async function anyOf(check: Check, faults: readonly NamedFault[], dies: Dies): Promise<boolean> {
  if (faults.length === 0 || !(await dies(check, faults))) return false;
  if (faults.length === 1) return true;
  const half = faults.length >> 1;
  const first = await anyOf(check, faults.slice(0, half), dies);
  return (await anyOf(check, faults.slice(half), dies)) || first;
}

/** No check but a property feels it. */
function isForProperties({ fault }: NamedFault): boolean {
  return fault.area.every(glob => glob.includes('/properties/'));
}

function isProperty({ runs }: Check): boolean {
  return runs !== undefined;
}

function breaksDutyOf(check: Check, { id }: NamedFault): boolean {
  const duty = dutyOf(id);
  return duty !== undefined && check.duties.includes(duty);
}

/** Two matrices of different checks as one. */
export function together(one: Matrix, other: Matrix): Matrix {
  const ids = new Set([...one.kills.keys(), ...other.kills.keys()]);
  return {
    kills: new Map([...ids].map(id => [id, new Set([...(one.kills.get(id) ?? []), ...(other.kills.get(id) ?? [])])])),
    failing: [...one.failing, ...other.failing],
    played: one.played + other.played,
    spared: one.spared + other.spared,
  };
}

/** Holds a matrix against what faults and checks say of themselves. */
export function gapsIn(matrix: Matrix, checks: readonly Check[], faults: readonly NamedFault[]): Gaps {
  const duties = new Map(checks.map(({ id, duties: own }) => [id, own]));
  const failing = new Set(matrix.failing.map(({ check }) => check));
  const dead = new Set<string>();
  const harmless: string[] = [];
  const strays: string[] = [];
  for (const { id, fault } of faults) {
    const killed = [...(matrix.kills.get(id) ?? [])];
    const duty = dutyOf(id);
    for (const each of killed) dead.add(each);
    if (duty !== undefined && !killed.some(each => duties.get(each)?.includes(duty))) harmless.push(id);
    const inArea = felt(fault);
    strays.push(...killed.filter(each => !inArea(each)).map(each => `${id} → ${each}`));
  }
  const immortal = checks.map(({ id }) => id).filter(id => !dead.has(id) && !failing.has(id));
  return { harmless, immortal, strays };
}
