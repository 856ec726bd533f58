import { allChecks } from '../../suites/checks.ts';
import { inRange } from '../check/versions.ts';
import type { Verdict } from '../fuzz/conversation/judge.ts';
import type { FuzzProtocol } from '../fuzz/finding.ts';
import { type Protocol, protocolOf } from '../spec/catalogue.ts';
import type { Deviation, Profile } from '../target/profile.ts';

const protocolNames: Readonly<Record<FuzzProtocol, Protocol>> = { amqp091: '0-9-1', amqp10: '1.0' };
const wentOn = 'no answer, and the conversation went on';

/** The rules that a deviation is about. */
function rulesOf({ check, rule, breaches = [] }: Deviation): readonly string[] {
  const owned = allChecks.find(({ id, aliases }) => id === check || (check !== undefined && aliases?.includes(check)))?.duties ?? [];
  return [...(rule === undefined ? [] : [rule]), ...breaches, ...owned.map(duty => duty.slice(0, duty.lastIndexOf(':')))];
}

/** A finding's reaction as profiles begin theirs. */
function comesAs(reaction: string, declared: string): boolean {
  if (reaction === 'eof' || reaction === 'reset') return /^(eof|reset)\b/.test(declared);
  if (reaction === 'silence') return declared.startsWith('silence');
  if (reaction === wentOn)
    return declared.startsWith('no answer') || !/^(connection\.close|channel\.close|close|end|detach|eof|reset|silence)\b/.test(declared);
  return declared === reaction || declared.startsWith(`${reaction} `);
}

/** Says which declared deviation explains a finding: one of the same rule that comes as the finding does. */
export function declaredOf(profile: Profile | undefined, version: string | null): (verdict: Verdict, protocol: FuzzProtocol) => string | undefined {
  if (profile === undefined) return () => undefined;
  const counting = profile.deviations
    .filter(({ versions }) => versions === undefined || version === null || inRange(version, versions) !== false)
    .map(deviation => ({ deviation, rules: rulesOf(deviation) }));
  const known = (profile.fuzz ?? []).filter(({ versions }) => versions === undefined || version === null || inRange(version, versions) !== false);
  return ({ rule, reaction, title }, protocol) => {
    if (rule === undefined || protocolOf(rule) !== protocolNames[protocol]) return undefined;
    const found = counting.find(
      ({ deviation, rules }) => rules.includes(rule) && [deviation.reaction, ...(deviation.otherwise ?? [])].some(declared => comesAs(reaction, declared)),
    );
    if (found !== undefined) return found.deviation.reason;
    return known.find(each => each.rule === rule && reaction.startsWith(each.reaction) && title.includes(each.about ?? ''))?.reason;
  };
}
