import picomatch from 'picomatch';
import { profiles } from '../../fixtures/brokers/index.ts';
import { plural } from '../../reports/words.ts';
import { allChecks } from '../../suites/checks.ts';
import { chaosFaults, violationFaults } from '../saboteur/faults.ts';
import { type Scenario, scenarios } from '../spec/amqp091/scenarios.ts';
import { idPrefixes, type Protocol } from '../spec/catalogue.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { type DutyLine, ledger, ledgerTotals } from './ledger.ts';
import { didYouMean } from './nearest.ts';
import { clientItems, pairItems } from './pairs-known.ts';
import { type SharedOptions, terminal } from './terminal.ts';

interface ListOptions extends SharedOptions {
  readonly protocol?: Protocol | 'all';
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
  return ledger().map(rule => {
    const duties = rule.duties.map(duty => `\n    ${duty.id.slice(rule.id.length + 1).padEnd(14)} ${dutyWords(duty)}`);
    return { id: rule.id, text: `${rule.section}: ${rule.statement}${duties.join('')}`, data: { ...rule } };
  });
}

function dutyWords({ id, level, shown, reason, checks: showing, faults: broken }: DutyLine): string {
  if (shown === 'untestable') return `${level}, cannot be shown: ${reason}`;
  if (id.includes(':client-')) return `${level}, binds a client, which a run does not judge`;
  const faultCount = broken.length === 0 && level === 'MAY' ? '' : `, ${plural(broken.length, 'fault')}`;
  return `${level}, ${words[shown]}; ${plural(showing.length, 'check')}${faultCount}`;
}

const words = { wire: 'shown on the wire', indirect: 'shown by a consequence' } as const;

function scenarioItems(): readonly Item[] {
  return Object.entries<Scenario>(scenarios).map(([path, scenario]) => ({
    id: path,
    text: 'checks' in scenario ? `played by ${scenario.checks.join(', ')}` : `not played: ${scenario.reason}`,
    data: { path, ...scenario },
  }));
}

function faults(): readonly Item[] {
  return [...violationFaults(), ...chaosFaults()].map(({ id, fault }) => ({ id, text: fault.does, data: { id, does: fault.does, area: fault.area } }));
}

function brokers(): readonly Item[] {
  return Object.values(profiles).map(({ name, product, image, defaultVersion, speaks = ['0-9-1'], unseen, deviations, interop = [] }) => ({
    id: name,
    text: `${product} (AMQP ${speaks.join(' and ')}), ${image}:${defaultVersion}, ${deviations.length} known deviations${interop.length === 0 ? '' : ` and ${interop.length} of pairs of clients`}${unseen === undefined ? '' : `. ${unseen}`}`,
    data: { name, product, image, defaultVersion, protocols: speaks, ...(unseen !== undefined && { unseen }), deviations, interop },
  }));
}

const listings: Readonly<Record<string, () => readonly Item[]>> = {
  checks,
  rules,
  scenarios: scenarioItems,
  faults,
  brokers,
  profiles: brokers,
  clients: clientItems,
  pairs: pairItems,
};

/** `amqpspec list [checks|rules|scenarios|faults|brokers|profiles|clients|pairs]`. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as ListOptions;
  const screen = await terminal(given);
  const what = String(words[0] ?? 'checks');
  const listing = listings[what];
  if (listing === undefined) throw usage(`There is no list of ${what}.${didYouMean(what, Object.keys(listings))} Known: ${Object.keys(listings).join(', ')}.`);
  const all = listing();
  const { only, protocol = 'all' } = given;
  const ofProtocol = protocol === 'all' ? all : all.filter(({ id }) => id.replace(/^violation:/, '').startsWith(idPrefixes[protocol]));
  const wanted = only === undefined ? ofProtocol : ofProtocol.filter(item => picomatch.isMatch(item.id, [...only]));
  if (wanted.length === 0) throw usage(`No ${what} match ${only?.join(' ') ?? `--protocol ${protocol}`}.`);
  for (const { id, text } of wanted) screen.say(`${screen.colors.bold(id)}  ${text}`);
  const told: readonly Protocol[] = protocol === 'all' ? ['0-9-1', '1.0'] : [protocol];
  if (what === 'rules') for (const line of told.flatMap(each => ['', ...ledgerTotals(each)])) screen.say(line);
  screen.result(wanted.map(item => item.data));
  return exitStatus.asDeclared;
}
