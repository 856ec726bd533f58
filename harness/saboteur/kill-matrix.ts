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
 * Plays every check against every fault that acts in its conversation. A fault that may be felt everywhere cannot stray: it is played against the
 * checks of its own duty, and against those that nothing else kills. A property goes through all areas at once and may feel any fault: it is played
 * against the faults of its own duties that no other check feels, and against others of them until one kills it.
 */
export async function killMatrix(checks: readonly Check[], faults: readonly NamedFault[], judge: Judge, ownOnly = false): Promise<Matrix> {
  const kills = new Map<string, Set<string>>(faults.map(({ id }) => [id, new Set<string>()]));
  const failing: Failing[] = [];
  let played = 0;
  const play = async (check: Check, { id, fault }: NamedFault): Promise<boolean> => {
    played += 1;
    const dies = (await judge(check, [fault])).outcome === 'fail';
    if (dies) kills.get(id)?.add(check.id);
    return dies;
  };
  for (const check of checks) {
    const acting: NamedFault[] = [];
    const healthy = await judge(
      check,
      shadow(ownOnly || isProperty(check) ? faults.filter(each => breaksDutyOf(check, each)) : faults, named => acting.push(named)),
    );
    if (healthy.outcome === 'pass') await playAll(check, acting, play);
    else failing.push(healthy);
  }
  return { kills, failing, played, spared: (checks.length - failing.length) * faults.length - played };
}

async function playAll(check: Check, acting: readonly NamedFault[], play: (check: Check, fault: NamedFault) => Promise<boolean>): Promise<void> {
  let dead = false;
  const later: NamedFault[] = [];
  for (const named of acting) {
    if (isProperty(check) ? !isForProperties(named) : isEverywhere(named) && !breaksDutyOf(check, named)) later.push(named);
    else dead = (await play(check, named)) || dead;
  }
  for (const named of later) dead ||= await play(check, named);
}

function isEverywhere({ fault }: NamedFault): boolean {
  return fault.area.some(glob => /^[^/]+\/\*\*$/.test(glob));
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
