import picomatch from 'picomatch';
import type { Check } from '../check/check.ts';
import { parseShard, shardOf } from '../check/shard.ts';
import { protocolOf } from '../spec/catalogue.ts';
import { usage } from './errors.ts';
import { didYouMean } from './nearest.ts';

/** What the command line says of the choice of checks. */
export interface SelectionOptions {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly protocol?: string;
  /** Also checks that take longer than 10 s. */
  readonly thorough?: boolean;
  /** Also checks that take the broker down; left out: only where `only` names them, or `thorough` asks for everything. */
  readonly durability?: boolean;
  /** Also pairs of real clients: all, or these; left out: only where `only` names them. */
  readonly interop?: true | readonly string[];
  /** One part of what is left, as `2/3`. */
  readonly shard?: string;
}

type Named = Pick<Check, 'id' | 'aliases'>;

function matcher(globs: readonly string[], option: string, checks: readonly Named[]): (check: Named) => boolean {
  const matchers = globs.map(glob => {
    const matches = picomatch(glob);
    const named = (check: Named): boolean => [check.id, ...(check.aliases ?? [])].some(id => matches(id));
    if (!checks.some(named)) {
      const known = checks.map(check => check.id);
      throw usage(`${option} ${glob} matches no check.${didYouMean(glob, known)} amqpspec list checks shows them.`);
    }
    return named;
  });
  return check => matchers.some(matches => matches(check));
}

const ofPairs = (glob: string): boolean => glob.startsWith('interop/');

/** What `only` and `skip` say of checks; undefined where pairs of clients are all that was asked for. */
export function checkGlobs({ only, skip }: Pick<SelectionOptions, 'only' | 'skip'>): Pick<SelectionOptions, 'only' | 'skip'> | undefined {
  const [wanted, unwanted] = [only?.filter(glob => !ofPairs(glob)), skip?.filter(glob => !ofPairs(glob))];
  if (wanted?.length === 0 && only?.length !== 0) return undefined;
  return { ...(wanted !== undefined && { only: wanted }), ...(unwanted !== undefined && { skip: unwanted }) };
}

/** Pairs of clients, as they were asked for: which of all ids; undefined where none are. */
export function pairsWanted({ only, skip, interop }: SelectionOptions, ids: readonly string[]): ((id: string) => boolean) | undefined {
  const [wanted, unwanted] = [only?.filter(ofPairs) ?? [], skip?.filter(ofPairs) ?? []];
  if (interop === undefined && wanted.length === 0) return undefined;
  const known = ids.map(id => ({ id }));
  const named = wanted.length === 0 ? () => true : matcher(wanted, '--only', known);
  const left = unwanted.length === 0 ? () => false : matcher(unwanted, '--skip', known);
  return id => named({ id }) && !left({ id });
}

/** The checks that were asked for. A glob that matches nothing is a usage error, never an empty run. */
export function select(checks: readonly Check[], options: SelectionOptions): readonly Check[] {
  const { only, skip, protocol = 'all', thorough, durability, shard } = options;
  const restarts = durability === true || thorough === true || only !== undefined;
  const ofProtocol = checks.filter(check => protocol === 'all' || protocolOf(check.id) === protocol);
  const wanted = only === undefined ? () => true : matcher(only, '--only', checks);
  const unwanted = skip === undefined ? () => false : matcher(skip, '--skip', checks);
  const selected = ofProtocol.filter(check => wanted(check) && !unwanted(check) && (restarts || check.outage === undefined));
  if (selected.length === 0) throw usage('No check is left: --only, --skip and --protocol exclude each other.');
  const quick = selected.filter(check => thorough === true || check.thorough !== true);
  if (quick.length === 0) throw usage('Only checks are left that take long; add --thorough to run them.');
  return shard === undefined ? quick : part(quick, shard);
}

/** Of an example program the checks that its profile names, unless the command line names others. */
export function fitting(checks: readonly Check[], only: readonly string[] | undefined, smoke: readonly string[] | undefined): readonly Check[] {
  return only !== undefined || smoke === undefined ? checks : checks.filter(({ id }) => picomatch.isMatch(id, [...smoke]));
}

function part(checks: readonly Check[], text: string): readonly Check[] {
  const shard = parseShard(text);
  if (shard === undefined) throw usage(`--shard ${text} is no part of a run; the second of three is written 2/3.`);
  const own = shardOf(checks, shard);
  if (own.length === 0) throw usage(`--shard ${text} is empty: there are ${checks.length} checks to share out.`);
  return own;
}

/** Which of these ids were asked for, of cases or checks alike. A glob that matches nothing is a usage error. */
export function picked(all: readonly Named[], { only, skip }: Pick<SelectionOptions, 'only' | 'skip'>): (id: string) => boolean {
  const wanted = only === undefined ? () => true : matcher(only, '--only', all);
  const unwanted = skip === undefined ? () => false : matcher(skip, '--skip', all);
  return id => wanted({ id }) && !unwanted({ id });
}
