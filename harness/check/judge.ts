import type { Finding } from '../probe/stop.ts';
import { type DutyId, type RuleId, rules } from '../spec/catalogue.ts';
import type { Duty, DutyKey, Level, Rule } from '../spec/rule.ts';
import type { Attempt } from './attempt.ts';
import type { Check } from './check.ts';
import type { Circumstances, Decision, Judgement } from './decision.ts';
import { lateMaxMs } from './lateness.ts';
import type { InconclusiveReason } from './verdict.ts';

const levels: readonly Level[] = ['MUST', 'SHOULD', 'MAY'];

function ruleRow(rule: RuleId): Rule {
  return rules[rule];
}

function ruleOf(duty: DutyId): RuleId {
  return duty.slice(0, duty.lastIndexOf(':')) as RuleId;
}

function dutyRow(duty: DutyId): Duty | undefined {
  return ruleRow(ruleOf(duty)).duties[duty.slice(duty.lastIndexOf(':') + 1) as DutyKey];
}

/** The level at which a finding counts: that of its duty, else the strictest that its rule has for a server. */
function levelOf(check: Check, finding: Partial<Finding> | undefined): Level {
  if (finding?.rule !== undefined && finding.duty === undefined) {
    const { emit, enforce } = ruleRow(finding.rule).duties;
    const held = [emit?.level, enforce?.level];
    return levels.find(level => held.includes(level)) ?? 'MUST';
  }
  return dutyRow(finding?.duty ?? check.duties[0])?.level ?? 'MUST';
}

/** The capabilities without which a check has nothing to say. */
export function neededCapabilities(check: Check): readonly string[] {
  const own = ruleRow(ruleOf(check.duties[0])).capability;
  return [...new Set([...(check.capabilities ?? []), ...(own === undefined ? [] : [own])])];
}

/** Verdict on a check that was not run at all. */
export function unplayed(check: Check, outcome: 'unsupported' | 'not-run' | 'inconclusive', reason: string, message: string): Judgement {
  return { ...frame(check, undefined), outcome, reason, reaction: 'not run', message, ending: { kind: 'open' }, alive: null };
}

function frame(check: Check, finding: Partial<Finding> | undefined): Pick<Judgement, 'rule' | 'level' | 'legal' | 'counterexample'> {
  const duty = finding?.duty ?? check.duties[0];
  const rule = finding?.rule ?? ruleOf(duty);
  const legal = finding?.legal ?? (finding?.rule === undefined ? dutyRow(duty)?.answers : undefined) ?? [];
  const { counterexample } = finding ?? {};
  return { rule, level: levelOf(check, finding), legal, ...(counterexample !== undefined && { counterexample }) };
}

/** The law of verdicts, as far as one attempt and its circumstances decide. Undefined where the run was cancelled. */
export function judge(check: Check, attempt: Attempt, circumstances: Circumstances): Decision | undefined {
  const { stopped } = attempt;
  if (stopped.kind === 'aborted') return undefined;
  if (stopped.kind === 'crashed')
    return judged({ ...inconclusive(check, attempt, 'harness', `A mistake of amqpspec, not of the peer: ${stopped.error.message}`) });
  if (stopped.kind === 'gone') return judged(gone(check, attempt, stopped.sentence));
  if (stopped.kind === 'no-provisioner') return judged(inconclusive(check, attempt, 'no-provisioner', stopped.sentence));
  if (stopped.kind === 'undialled' && !attempt.connected) return undialled(check, attempt, stopped.sentence, circumstances);
  if (attempt.health === 'down' && stopped.kind === 'failed' && stopped.unopened === true) return undialled(check, attempt, stopped.sentence, circumstances);
  if (attempt.health === 'down' || attempt.health === 'hung') return died(check, attempt, circumstances);
  if (stopped.kind === 'not-applicable' || stopped.kind === 'unsupported' || stopped.kind === 'not-run') {
    const { reaction, ending } = attempt;
    return judged({
      ...frame(check, undefined),
      outcome: stopped.kind,
      reason: stopped.why,
      reaction,
      message: stopped.why,
      ending,
      alive: alive(check, attempt),
    });
  }
  if (attempt.health === 'harmed') return harmed(check, attempt);
  if ((stopped.kind === 'failed' || stopped.kind === 'silent') && attempt.lateMs > lateMaxMs)
    return { kind: 'again', plan: attempt.plan, why: 'late', died: false };
  if (stopped.kind === 'silent') return silent(check, attempt, stopped, circumstances);
  if (stopped.kind === 'cut') return cut(check, attempt, stopped);
  if (stopped.kind === 'failed') return refuted(check, attempt, stopped, circumstances);
  if (stopped.kind === 'undialled') return undialled(check, attempt, stopped.sentence, circumstances);
  return attempt.health === 'slow' ? slowBystander(check, attempt) : judged(passed(check, attempt));
}

function judged(judgement: Judgement, died = false): Decision {
  return { kind: 'judged', judgement, died };
}

function alive(check: Check, { health }: Attempt): boolean | null {
  return check.departs === true && health !== undefined ? health === 'served' : null;
}

function inconclusive(check: Check, attempt: Attempt, reason: InconclusiveReason, message: string, finding?: Finding): Judgement {
  const { reaction, ending } = finding ?? attempt;
  return { ...frame(check, finding), outcome: 'inconclusive', reason, reaction, message, ending, alive: alive(check, attempt) };
}

function passed(check: Check, attempt: Attempt): Judgement {
  const { observation, reaction, ending } = attempt;
  const shown = observation ?? { reaction, ending };
  return {
    ...frame(check, observation),
    level: levelOf(check, undefined),
    rule: ruleOf(check.duties[0]),
    outcome: 'pass',
    reaction: shown.reaction,
    ending: shown.ending,
    alive: alive(check, attempt),
  };
}

/** What failed, at its level: a MAY is observed and never judged, and a feature that the standard names optional may be not-implemented. */
function failed(check: Check, attempt: Attempt, finding: Finding): Judgement {
  const { reaction, sentence, ending } = finding;
  const base = { ...frame(check, finding), reaction, ending, alive: alive(check, attempt) };
  if (base.level === 'MAY') return { ...base, outcome: 'pass', message: `Observed: ${sentence}` };
  if (saysNotImplemented(finding) && (check.optional === true || isExtension(base.rule) || neededCapabilities(check).length > 0)) {
    return { ...base, outcome: 'unsupported', reason: 'The peer answered not-implemented to an optional feature.', message: sentence };
  }
  return { ...base, outcome: 'fail', message: sentence };
}

const notImplemented = 540;

/** In answer to what was asked: that something before was refused so is no excuse for what a check holds against the peer in its own words. */
function saysNotImplemented({ ending, reaction }: Finding): boolean {
  if (!reaction.includes('not-implemented')) return false;
  return ('code' in ending && ending.code === notImplemented) || ('condition' in ending && ending.condition === 'amqp:not-implemented');
}

/** What stands in no part of the standard is optional. */
function isExtension(rule: RuleId): boolean {
  return ruleRow(rule).source.every(({ kind }) => kind === 'extension');
}

/** A stream that ends while others run may be the first sign of a death that is theirs, and the bystander the last to be told. */
function refuted(check: Check, attempt: Attempt, finding: Finding, { restarts, foretold }: Circumstances): Decision {
  const verdict = failed(check, attempt, finding);
  const ended = finding.ending.kind === 'eof' || finding.ending.kind === 'reset';
  if (ended && attempt.overlapped && restarts && !foretold(verdict)) return { kind: 'again', plan: attempt.plan, why: 'harm', died: false };
  return judged(verdict);
}

/** What was declared needs no second try while others are answered: nothing hangs on it, and an answer that comes at all comes the first time. */
function silent(check: Check, attempt: Attempt, finding: Finding, { silencesSpent, foretold }: Circumstances): Decision {
  const verdict = failed(check, attempt, finding);
  if (attempt.health === 'served' && foretold(verdict)) return judged(verdict);
  if (attempt.plan.patience === 'normal' && !silencesSpent) {
    return { kind: 'again', plan: { ...attempt.plan, patience: 'long' }, why: 'silence', died: false };
  }
  if (attempt.health === 'served' && attempt.plan.patience === 'long') return judged(verdict);
  const why = attempt.health === 'served' ? 'The target is degraded, so that this was not run again.' : 'The bystander was not answered either.';
  return judged(inconclusive(check, attempt, 'peer-slow', `${finding.sentence} ${why}`, finding));
}

function slowBystander(check: Check, attempt: Attempt): Decision {
  if (attempt.plan.patience === 'normal') return { kind: 'again', plan: { ...attempt.plan, patience: 'long' }, why: 'slow', died: false };
  return judged(inconclusive(check, attempt, 'peer-slow', 'The check itself went well, but the bystander was not answered afterwards.'));
}

function cut(check: Check, attempt: Attempt, finding: Finding): Decision {
  if (!attempt.plan.inOnePiece) return { kind: 'again', plan: { ...attempt.plan, inOnePiece: true }, why: 'cut', died: false };
  return judged(
    inconclusive(
      check,
      attempt,
      'cut-while-writing',
      `${finding.sentence} The peer reset while octets were under way, so that its last words may be lost.`,
      finding,
    ),
  );
}

/** Where others ran beside it, harm may be theirs: only alone is it this check's. */
function harmed(check: Check, attempt: Attempt): Decision {
  if (attempt.overlapped) return { kind: 'again', plan: attempt.plan, why: 'harm', died: false };
  const finding = attempt.stopped.kind === 'failed' || attempt.stopped.kind === 'silent' ? attempt.stopped : undefined;
  const base = finding === undefined ? passed(check, attempt) : failed(check, attempt, finding);
  const message = `${finding === undefined ? '' : `${finding.sentence} `}Another connection, which had done nothing wrong, was closed or its messages were touched.`;
  return judged({
    ...base,
    outcome: 'fail',
    level: levelOf(check, finding),
    reaction: finding?.reaction ?? `${base.reaction}, and a bystander was harmed`,
    message,
    alive: false,
  });
}

function died(check: Check, attempt: Attempt, { restarts, inherited }: Circumstances): Decision {
  const { verb, proof, ending } = ends[attempt.health === 'hung' ? 'hung' : 'down'];
  if ((attempt.overlapped || inherited) && restarts) return { kind: 'again', plan: attempt.plan, why: 'harm', died: true };
  if (attempt.overlapped) return judged(inconclusive(check, attempt, 'target-down', `The peer ${verb} while this check and others ran.`), true);
  const { stopped } = attempt;
  const finding = stopped.kind === 'failed' || stopped.kind === 'silent' || stopped.kind === 'cut' ? stopped : undefined;
  const message = `${finding === undefined ? '' : `${finding.sentence} `}The peer ${verb}: ${proof}.`;
  const level: Level = levelOf(check, finding) === 'SHOULD' ? 'SHOULD' : 'MUST';
  return judged({ ...frame(check, finding), level, outcome: 'fail', reaction: `the peer ${verb}`, message, ending: { kind: ending }, alive: false }, true);
}

/** How a peer comes to serve nobody. */
const ends = {
  down: { verb: 'died', proof: 'it takes no connections any more', ending: 'peer-died' },
  hung: { verb: 'hung', proof: 'it takes connections and serves nobody any more', ending: 'silence' },
} as const;

/** A broker that was taken down and does not start again keeps nothing that it was to keep. */
function gone(check: Check, attempt: Attempt, message: string): Judgement {
  return {
    ...frame(check, undefined),
    outcome: 'fail',
    reaction: 'the peer did not come back',
    message,
    ending: { kind: 'peer-died' },
    alive: alive(check, attempt),
  };
}

/** No connection was to be had. Where the target answers others it is run again; where it is dead, that was before this check. */
function undialled(check: Check, attempt: Attempt, sentence: string, { restarts }: Circumstances): Decision {
  const down = attempt.health === 'down';
  if (down && restarts) return { kind: 'again', plan: attempt.plan, why: 'harm', died: true };
  if (!down && attempt.plan.patience === 'normal') return { kind: 'again', plan: { ...attempt.plan, patience: 'long' }, why: 'slow', died: false };
  const verdict = inconclusive(check, attempt, 'target-down', sentence);
  return judged({ ...verdict, reaction: 'no connection' }, down);
}
