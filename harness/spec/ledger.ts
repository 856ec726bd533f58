import { type DutyId, type RuleId, rules, type ServerDuty } from './catalogue.ts';
import type { Answer, Duty, DutyKey, Rule } from './rule.ts';

/** One duty of the catalogue with the rule it belongs to. */
export interface DutyEntry {
  readonly id: DutyId;
  readonly ruleId: RuleId;
  readonly rule: Rule;
  readonly key: DutyKey;
  readonly duty: Duty;
}

const catalogue: Readonly<Record<RuleId, Rule>> = rules;

/** The rule of that id. */
export const ruleOf = (id: RuleId): Rule => catalogue[id];

/** Every duty of every rule, in the order of the catalogue. */
export const duties: readonly DutyEntry[] = Object.entries(catalogue).flatMap(([ruleId, rule]) =>
  Object.entries(rule.duties).map(([key, duty]) => ({ id: `${ruleId}:${key}` as DutyId, ruleId: ruleId as RuleId, rule, key: key as DutyKey, duty })),
);

const byId: ReadonlyMap<string, DutyEntry> = new Map(duties.map(entry => [entry.id, entry]));

/** The duty of that id, where the catalogue has it. */
export const findDuty = (id: string): DutyEntry | undefined => byId.get(id);

/** The duty of that id. Throws a RangeError on an id that the catalogue does not have, which only an unchecked string can be. */
export function dutyOf(id: DutyId): DutyEntry {
  const entry = byId.get(id);
  if (entry === undefined) throw new RangeError(`no duty ${id} in the catalogue`);
  return entry;
}

/** What may come back to a breach of this duty; empty where the rule names nothing. */
export const legalAnswers = (id: DutyId): readonly Answer[] => dutyOf(id).duty.answers ?? [];

const isServerDuty = ({ key, duty }: DutyEntry): boolean => (key === 'emit' || key === 'enforce') && duty.shown !== 'untestable' && duty.level !== 'MAY';

/** The duties of a server that can be shown and violated. */
export const serverDuties: readonly ServerDuty[] = duties.filter(isServerDuty).map(entry => entry.id as ServerDuty);
