import { randomInt } from 'node:crypto';
import type { Check } from './check/check.ts';
import { runChecks } from './check/scheduler.ts';
import type { Facilities } from './probe/facilities.ts';
import type { Touch } from './probe/fence.ts';
import { prefixOf } from './probe/names.ts';
import { simulatedTarget } from './target/simulated.ts';
import type { Target } from './target/target.ts';

/** Names of one kind that a run reaches in the same way. */
export interface TouchRow {
  readonly kind: Touch['kind'];
  /** A name, or where an asterisk stands for whatever follows a pattern. `named by the server`: queues that the server is asked to name. */
  readonly names: string;
  readonly verbs: readonly Touch['verb'][];
}

/** All that a safe run would touch, found out without a connection. */
export interface DryRun {
  /** What every name that the run makes begins with. */
  readonly prefix: string;
  /** A run with this seed has this prefix. */
  readonly seed: number;
  readonly checks: number;
  readonly touches: readonly TouchRow[];
  /** Checks that a safe run leaves out, with the reason. */
  readonly leftOut: readonly { readonly check: string; readonly reason: string }[];
}

/** What is known of the target without asking it. */
export interface Stranger {
  /** User and virtual host of its login. */
  readonly user: string;
  readonly virtualHost: string;
  /** Users that were arranged there, by what they lack. */
  readonly logins?: Readonly<Record<string, { readonly user: string }>>;
  readonly otherVirtualHost?: string;
}

/** Cases of each property: they make and use names in the same way however many are played. */
const propertyRuns = 3;

const notThere = 'names that are not there, to be refused';
const serverNamed = 'named by the server';
const order: readonly Touch['verb'][] = ['log in as', 'open', 'look at', 'create', 'bind', 'unbind', 'publish to', 'read from', 'purge', 'delete'];
const kinds: readonly Touch['kind'][] = ['user', 'virtual host', 'queue', 'exchange'];

/** The name as it is told: what varies with the run and the server becomes a pattern. `known`: users and virtual hosts that are there. */
function patternOf({ kind, name }: Pick<Touch, 'kind' | 'name'>, prefix: string, given: ReadonlySet<string>, known: ReadonlySet<string>): string {
  if ((kind === 'user' || kind === 'virtual host') && !known.has(name)) return notThere;
  if (name.startsWith(prefix)) return `${prefix}*`;
  if (name.startsWith('amq.rabbitmq.reply-to')) return 'amq.rabbitmq.reply-to*';
  if (name.includes(prefix)) return `*${prefix}*`;
  if (kind === 'queue' && (name === '' || given.has(name))) return serverNamed;
  return kind === 'exchange' && name === '' ? 'the default exchange' : name;
}

/** Where the simulated broker has names of its own for what was arranged, those of the target are told. */
function renaming(simulated: Target, { user, virtualHost, logins = {}, otherVirtualHost }: Stranger): (touch: Touch) => Touch {
  const arranged = Object.entries(simulated.facilities?.logins ?? {}).map(([lack, login]) => [login.user, logins[lack]?.user ?? login.user] as const);
  const users = new Map([...arranged, [simulated.credentials.user, user] as const]);
  const hosts = new Map([
    [simulated.credentials.virtualHost, virtualHost],
    [simulated.facilities?.otherVirtualHost ?? '', otherVirtualHost ?? simulated.facilities?.otherVirtualHost ?? ''],
  ]);
  return touch => {
    if (touch.kind === 'user') return { ...touch, name: users.get(touch.name) ?? touch.name };
    return touch.kind === 'virtual host' ? { ...touch, name: hosts.get(touch.name) ?? touch.name } : touch;
  };
}

function rowsOf(touches: readonly Touch[], prefix: string, known: ReadonlySet<string>): readonly TouchRow[] {
  const given = new Set(touches.filter(({ kind, name }) => kind === 'queue' && name.startsWith('amq.gen-')).map(({ name }) => name));
  const found = new Map<string, { readonly kind: Touch['kind']; readonly names: string; readonly verbs: Set<Touch['verb']> }>();
  for (const touch of touches) {
    const names = patternOf(touch, prefix, given, known);
    const row = found.get(`${touch.kind} ${names}`) ?? { kind: touch.kind, names, verbs: new Set() };
    found.set(`${touch.kind} ${names}`, row);
    row.verbs.add(touch.verb);
  }
  const rows = [...found.values()].sort((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || (one.names < other.names ? -1 : 1));
  return rows.map(({ kind, names, verbs }) => ({ kind, names, verbs: order.filter(verb => verbs.has(verb)) }));
}

/**
 * Plays a safe run against the simulated reference broker and tells what it touches. A real broker that refuses more is touched less; none is touched
 * elsewhere, since what would reach elsewhere is not sent.
 */
export async function dryRun(selected: readonly Check[], stranger: Stranger, seed = randomInt(2 ** 31)): Promise<DryRun> {
  const simulated = simulatedTarget({ seed });
  const { logins: arranged, otherVirtualHost } = simulated.facilities ?? {};
  const facilities: Facilities = {
    ...(stranger.logins !== undefined && arranged !== undefined && { logins: arranged }),
    ...(stranger.otherVirtualHost !== undefined && otherVirtualHost !== undefined && { otherVirtualHost }),
  };
  const rename = renaming(simulated, stranger);
  const runId = seed.toString(36);
  const prefix = prefixOf(runId);
  const touches = new Map<string, Touch>();
  await using target: Target = { ...simulated, facilities };
  const { verdicts } = await runChecks(selected, target, {
    seed,
    runId,
    safe: true,
    properties: { runs: propertyRuns },
    onTouch: touch => touches.set(Object.values(touch).join(' '), rename(touch)),
  });
  const logins = Object.values(facilities.logins ?? {}).map(({ user }) => rename({ kind: 'user', verb: 'log in as', name: user }).name);
  const known = new Set([stranger.user, stranger.virtualHost, ...logins, ...(stranger.otherVirtualHost === undefined ? [] : [stranger.otherVirtualHost])]);
  const leftOut = verdicts.filter(({ outcome, reason = '' }) => outcome === 'not-run' && reason.startsWith('Left out by --safe'));
  return {
    prefix,
    seed,
    checks: selected.length - leftOut.length,
    touches: rowsOf([...touches.values()], prefix, known),
    leftOut: leftOut.map(({ check, reason = '' }) => ({ check, reason })).sort((one, other) => (one.check < other.check ? -1 : 1)),
  };
}
