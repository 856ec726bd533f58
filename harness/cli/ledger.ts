import { sourceWords } from '../../reports/words.ts';
import { allChecks } from '../../suites/checks.ts';
import { faultsOf } from '../saboteur/faults.ts';
import { type Scenario, scenarios } from '../spec/amqp091/scenarios.ts';
import { type Protocol, protocolOf, type RuleId, rules } from '../spec/catalogue.ts';
import { type DutyEntry, duties, serverDuties } from '../spec/ledger.ts';
import type { Answer, Level, Rule, Source } from '../spec/rule.ts';

/** One duty with all that stands behind it. */
export interface DutyLine {
  readonly id: string;
  readonly level: Level;
  readonly shown: 'wire' | 'indirect' | 'untestable';
  /** Why it cannot be shown. */
  readonly reason?: string;
  readonly answers: readonly Answer[];
  readonly checks: readonly string[];
  readonly faults: readonly string[];
}

/** One rule of the ledger. */
export interface RuleLine {
  readonly id: string;
  readonly section: string;
  readonly statement: string;
  readonly source: readonly Source[];
  readonly capability?: string;
  readonly duties: readonly DutyLine[];
}

const owners: ReadonlyMap<string, readonly string[]> = (() => {
  const found = new Map<string, string[]>();
  for (const { id, duties: owned } of allChecks) for (const duty of owned) found.set(duty, [...(found.get(duty) ?? []), id]);
  return found;
})();

function dutyLine({ id, duty }: DutyEntry): DutyLine {
  return {
    id,
    level: duty.level,
    shown: duty.shown,
    ...(duty.shown === 'untestable' && { reason: duty.reason }),
    answers: duty.answers ?? [],
    checks: owners.get(id) ?? [],
    faults: faultsOf(id).map(fault => fault.id),
  };
}

/** Every rule of this protocol, or of both, with its duties, the checks that show them and the faults that those checks find. */
export function ledger(protocol: Protocol | 'all' = 'all'): readonly RuleLine[] {
  const wanted = Object.entries<Rule>(rules).filter(([id]) => protocol === 'all' || protocolOf(id) === protocol);
  return wanted.map(([id, { section, statement, source, capability }]) => ({
    id,
    section,
    statement,
    source,
    ...(capability !== undefined && { capability }),
    duties: duties.filter(({ ruleId }) => ruleId === (id as RuleId)).map(dutyLine),
  }));
}

/** What the ledger of a protocol comes to, in a few lines. */
export function ledgerTotals(protocol: Protocol): readonly string[] {
  const own = ledger(protocol);
  const all = own.flatMap(rule => rule.duties);
  const demanded = all.filter(({ id }) => (serverDuties as readonly string[]).includes(id));
  const having = (what: 'checks' | 'faults') => demanded.filter(duty => duty[what].length > 0).length;
  const hidden = all.filter(({ shown, id }) => shown === 'untestable' && !id.includes(':client-'));
  const played = Object.values<Scenario>(scenarios).filter(scenario => 'checks' in scenario).length;
  return [
    `AMQP ${protocol}: ${own.length} rules, ${all.length} duties; ${demanded.length} that a server must or should keep and a run can show:`,
    `${having('checks')} of them have a check, ${having('faults')} have a fault that their checks are known to find.`,
    `${hidden.length} duties of a server cannot be shown, each with its reason.`,
    ...(protocol === '1.0' ? [] : [`${played} of ${Object.keys(scenarios).length} scenarios of the XML are played by checks, the others say why not.`]),
  ];
}

/** Rules that stand at this place: a path of the XML, a section, `grammar NAME` or `errata N`. In 1.0 a rule also stands in the section that it is cited by. */
export function rulesAt(place: string): readonly RuleId[] {
  const names = (source: Source): readonly string[] => {
    if (source.kind === 'xml') return [source.path, sourceWords(source)];
    if (source.kind === 'text') return [source.section, sourceWords(source)];
    return [sourceWords(source), sourceWords(source).replace(' item', '')];
  };
  return Object.entries<Rule>(rules)
    .filter(([id, { source, section }]) => source.some(each => names(each).includes(place)) || (section === place && protocolOf(id) === '1.0'))
    .map(([id]) => id as RuleId);
}
