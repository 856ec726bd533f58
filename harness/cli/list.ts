import picomatch from 'picomatch';
import { profiles } from '../../fixtures/brokers/index.ts';
import { allChecks } from '../../suites/checks.ts';
import { chaosFaults, violationFaults } from '../saboteur/faults.ts';
import { duties } from '../spec/ledger.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { didYouMean } from './nearest.ts';
import { type SharedOptions, terminal } from './terminal.ts';

interface ListOptions extends SharedOptions {
  readonly only?: readonly string[];
}

/** One line of a listing: an id, what it says, and the same as data. */
interface Item {
  readonly id: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function checks(): readonly Item[] {
  return allChecks.map(({ id, title, duties: owned, isolation }) => ({ id, text: title, data: { id, title, duties: owned, isolation } }));
}

function rules(): readonly Item[] {
  const checksOf = new Map<string, string[]>();
  for (const check of allChecks) for (const duty of check.duties) checksOf.set(duty, [...(checksOf.get(duty) ?? []), check.id]);
  return duties.map(({ id, rule, duty }) => {
    const covering = checksOf.get(id) ?? [];
    const shown = duty.shown === 'untestable' ? `cannot be shown: ${duty.reason}` : `${covering.length} checks`;
    return {
      id,
      text: `${duty.level}, ${rule.section}: ${rule.statement} (${shown})`,
      data: { id, level: duty.level, section: rule.section, statement: rule.statement, shown: duty.shown, checks: covering },
    };
  });
}

function faults(): readonly Item[] {
  return [...violationFaults(), ...chaosFaults()].map(({ id, fault }) => ({ id, text: fault.does, data: { id, does: fault.does, area: fault.area } }));
}

function brokers(): readonly Item[] {
  return Object.values(profiles).map(({ name, product, image, defaultVersion, deviations }) => ({
    id: name,
    text: `${product}, ${image}:${defaultVersion}, ${deviations.length} known deviations`,
    data: { name, product, image, defaultVersion, deviations },
  }));
}

const listings: Readonly<Record<string, () => readonly Item[]>> = { checks, rules, faults, brokers, profiles: brokers };

/** `amqpspec list [checks|rules|faults|brokers|profiles]`. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as ListOptions;
  const screen = await terminal(given);
  const what = String(words[0] ?? 'checks');
  const listing = listings[what];
  if (listing === undefined) throw usage(`There is no list of ${what}.${didYouMean(what, Object.keys(listings))} Known: ${Object.keys(listings).join(', ')}.`);
  const all = listing();
  const wanted = given.only === undefined ? all : all.filter(item => picomatch.isMatch(item.id, [...(given.only ?? [])]));
  if (wanted.length === 0) throw usage(`No ${what} match ${given.only?.join(' ')}.`);
  for (const { id, text } of wanted) screen.say(`${screen.colors.bold(id)}  ${text}`);
  screen.result(wanted.map(item => item.data));
  return exitStatus.asDeclared;
}
