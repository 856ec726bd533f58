import { allChecks } from '../../suites/checks.ts';
import { declare } from '../check/declared.ts';
import { runChecks } from '../check/scheduler.ts';
import { profileEntries } from '../hints.ts';
import { type Protocol, protocolOf, rules } from '../spec/catalogue.ts';
import type { Target } from '../target/target.ts';

/** What any broker does that is well: some of each protocol. */
const basics: readonly string[] = ['amqp091/open/open-ok', 'amqp091/ack/explicit', 'amqp091/ack/single', 'amqp091/ack/multiple'];

/** Plays a basic slice of the checks; sentences for what fails that the profile does not declare. */
export async function basicSlice(target: Target, protocols: readonly Protocol[], seed: number, version: string | null): Promise<readonly string[]> {
  const checks = allChecks.filter(({ id }) => basics.includes(id) && protocols.includes(protocolOf(id)));
  const context = { checks: allChecks, rules: Object.keys(rules), version, today: new Date().toISOString().slice(0, 10) };
  const { declarations } = declare(profileEntries(target.profile?.name ?? ''), context);
  const { verdicts } = await runChecks(checks, target, { seed, declarations });
  return verdicts
    .filter(({ outcome, surprise }) => surprise && outcome === 'fail')
    .map(({ check, message }) => `${check} fails after the campaign: ${message ?? ''}`);
}
