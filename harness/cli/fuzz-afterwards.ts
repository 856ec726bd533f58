import { allChecks } from '../../suites/checks.ts';
import { declare } from '../check/declared.ts';
import { runChecks } from '../check/scheduler.ts';
import { profileEntries } from '../hints.ts';
import { type Protocol, protocolOf, rules } from '../spec/catalogue.ts';
import type { Rule } from '../spec/rule.ts';
import type { Target } from '../target/target.ts';

/** What any broker does that is well: some of each protocol. */
const basics: readonly string[] = ['amqp091/open/open-ok', 'amqp091/ack/explicit', 'amqp091/ack/single', 'amqp091/ack/multiple'];

/** Plays a basic slice of the checks, as the record of the campaign has it: what a broker that is well does still. */
export async function basicSlice(target: Target, protocols: readonly Protocol[], seed: number, version: string | null) {
  const checks = allChecks.filter(({ id }) => basics.includes(id) && protocols.includes(protocolOf(id)));
  const context = { checks: allChecks, rules: Object.keys(rules), version, today: new Date().toISOString().slice(0, 10) };
  const { declarations } = declare(profileEntries(target.profile?.name ?? ''), context);
  const { verdicts } = await runChecks(checks, target, { seed, declarations });
  const shown = new Set(checks.flatMap(({ duties }) => duties.map(duty => duty.slice(0, duty.lastIndexOf(':')))));
  const own = Object.fromEntries(Object.entries<Rule>(rules).filter(([id]) => shown.has(id)));
  const said = declarations.filter(({ checks: ids }) => ids.some(id => basics.includes(id)));
  return { verdicts, checks, rules: own, declarations: said };
}
