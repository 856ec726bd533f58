import type { ProfileHint, RunRecord } from '../harness/check/record.ts';
import type { DeclarationRecord } from '../harness/check/record-declarations.ts';
import type { RuleRecord } from '../harness/check/record-rules.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { fuzzHeadline } from './fuzz.ts';
import { countsOf, exchanges } from './interop.ts';
import { plural, visible } from './words.ts';

/** `amqp091/queue/declare/passive-missing` is of protocol `amqp091` and area `queue`. */
export function placeOf(check: string): { readonly protocol: string; readonly area: string; readonly slug: string } {
  const [protocol = '', area = '', ...rest] = check.split('/');
  return { protocol, area, slug: rest.join('/') };
}

const protocols: Readonly<Record<string, string>> = { amqp091: '0-9-1', amqp10: '1.0' };

/** `0-9-1` for `amqp091`. */
export const protocolName = (protocol: string) => protocols[protocol] ?? protocol;

/** Protocol and area of every verdict, in the order of the ids, without repeats. */
export const areasOf = (verdicts: readonly VerdictRecord[]) => [...new Set(verdicts.map(({ check }) => `${placeOf(check).protocol}/${placeOf(check).area}`))];

/** Verdicts by what a reader should look at first. Each verdict is in exactly one group. */
export interface Groups {
  /** Disagree with what was declared: these decide the exit status. */
  readonly surprises: readonly VerdictRecord[];
  /** Rules broken that gate nothing at the level asked for. */
  readonly advisory: readonly VerdictRecord[];
  /** Failed, or were not supported, as declared. */
  readonly declared: readonly VerdictRecord[];
  readonly inconclusive: readonly VerdictRecord[];
  readonly unsupported: readonly VerdictRecord[];
  readonly notApplicable: readonly VerdictRecord[];
  readonly notRun: readonly VerdictRecord[];
  readonly passed: readonly VerdictRecord[];
}

/** Which group a verdict belongs to. */
export function groupOf(verdict: VerdictRecord): keyof Groups {
  if (verdict.surprise) return 'surprises';
  if (verdict.declared === 'deviates' && verdict.outcome !== 'pass' && verdict.outcome !== 'not-run') return 'declared';
  switch (verdict.outcome) {
    case 'pass':
      return 'passed';
    case 'fail':
      return 'advisory';
    case 'not-applicable':
      return 'notApplicable';
    case 'not-run':
      return 'notRun';
    default:
      return verdict.outcome;
  }
}

export function groups(verdicts: readonly VerdictRecord[]): Groups {
  const of = (name: keyof Groups) => verdicts.filter(verdict => groupOf(verdict) === name);
  return {
    surprises: of('surprises'),
    advisory: of('advisory'),
    declared: of('declared'),
    inconclusive: of('inconclusive'),
    unsupported: of('unsupported'),
    notApplicable: of('notApplicable'),
    notRun: of('notRun'),
    passed: of('passed'),
  };
}

/** How the target calls itself, with its version: `RabbitMQ 4.0.5`. */
export function productOf({ target }: RunRecord): string {
  return visible([target.product ?? 'Unnamed broker', target.version].filter(part => part !== null).join(' '));
}

/** The verdict on the whole run in one sentence that claims no more than was seen. */
export function headline(record: RunRecord): string {
  if (record.exit.status === 2 && record.exit.reason === 'nothing was judged') return 'Nothing was judged.';
  const besides = [interopHeadline(record), fuzzHeadline(record)].filter(part => part !== undefined);
  const alone = record.summary.checks === 0 && besides.length > 0;
  const checks = alone ? [] : [checksHeadline(record)];
  // A campaign is what such a record is about; its few checks come behind.
  return (record.fuzz === undefined ? [...checks, ...besides] : [...besides, ...checks]).join(' ');
}

/** The same of pairs of clients. */
function interopHeadline({ interop }: RunRecord): string | undefined {
  if (interop === undefined) return undefined;
  const { pass, surprise, stale, unsupported, 'not-run': notRun } = countsOf(interop.results);
  const judged = interop.results.length - unsupported - notRun;
  if (surprise + stale > 0) return `${surprise + stale} of ${exchanges(judged)} between two clients came out other than declared.`;
  return `${pass} of ${exchanges(judged)} between two clients passed${pass === judged ? '' : ', the others as declared or as no standard decides'}.`;
}

function checksHeadline(record: RunRecord): string {
  const { summary, exit } = record;
  const judged = summary.pass + summary.fail;
  if (exit.status === 2 && judged === 0) return 'Nothing was judged.';
  const open = summary.inconclusive === 0 ? '' : ` ${plural(summary.inconclusive, 'check')} could not be judged.`;
  const gate = record.selection.gate === 'should' ? 'MUST and SHOULD' : 'MUST';
  if (summary.surprises > 0) return `${plural(summary.surprises, 'check')} of ${summary.checks} came out other than declared.${open}`;
  if (summary.fail === 0) return `${judged === 1 ? 'The one check that was judged' : `All ${judged} judged checks`} passed.${open}`;
  const free = summary.fail - summary.declared;
  const parts = [
    `${summary.pass} of ${plural(judged, 'judged check')} passed`,
    ...(summary.declared === 0 ? [] : [`${summary.declared} failed as declared`]),
    ...(free === 0 ? [] : [`${free} failed below ${gate}, which gates nothing here`]),
  ];
  return `${parts.join(', ')}.${open}`;
}

/** One word for the run: what its exit status means. */
export const stateOf = ({ exit }: RunRecord) => (['as declared', 'surprises', 'not judged'] as const)[exit.status];

/** Rules by id. */
export const ruleIndex = ({ rules }: RunRecord): ReadonlyMap<string, RuleRecord> => new Map(rules.map(rule => [rule.id, rule]));

/** What the ledger comes to. `demanded`: duties that a server must or should keep and that a run can show. */
export interface Coverage {
  readonly demanded: number;
  readonly withCheck: number;
  readonly withFault: number;
  /** Duties of a server that no run can show. */
  readonly unshowable: number;
  /** Whether the record tells of faults at all. */
  readonly tellsFaults: boolean;
}

export function coverageOf(rules: readonly RuleRecord[]): Coverage {
  const server = rules.flatMap(rule => rule.duties).filter(duty => duty.role === 'server');
  const demanded = server.filter(duty => duty.kind !== 'permit' && duty.level !== 'MAY' && duty.shown !== 'untestable');
  return {
    demanded: demanded.length,
    withCheck: demanded.filter(duty => duty.checks.length > 0).length,
    withFault: demanded.filter(duty => duty.faults !== undefined).length,
    unshowable: server.filter(duty => duty.shown === 'untestable').length,
    tellsFaults: server.some(duty => duty.faults !== undefined),
  };
}

/** The same in one or two sentences. */
export function coverageWords({ demanded, withCheck, withFault, unshowable, tellsFaults }: Coverage): string {
  const faults = tellsFaults ? `, and ${withFault} a fault that their checks are known to find` : '';
  const hidden = unshowable === 0 ? '' : ` ${unshowable === 1 ? 'One more cannot' : `${unshowable} more cannot`} be shown; each says why.`;
  return `Of ${plural(demanded, 'duty', 'duties')} that a server must or should keep and a run can show, ${withCheck} have a check${faults}.${hidden}`;
}

/** `amqp091/4.2.3.frame-end` belongs to `amqp091/4.2`, `amqp091/queue.declare.passive` to `amqp091/queue`. */
export function chapterOf({ id }: Pick<RuleRecord, 'id'>): string {
  const name = id.slice(id.indexOf('/') + 1);
  return `${placeOf(id).protocol}/${/^\d+(\.\d+)?/.exec(name)?.[0] ?? name.split('.')[0]}`;
}

/** What to try where a profile declares what surprised: the words, and the option that does it. */
export function hintWords({ profile, explains, of, ...newer }: ProfileHint): { readonly says: string; readonly option: string } {
  // Records before 1.2 have neither.
  const { version = null, stale = 0 }: Partial<ProfileHint> = newer;
  const whose = [profile, version].filter(part => part !== null).join(' ');
  const others = stale === 0 ? '' : `; ${stale === 1 ? 'one more that it declares' : `${stale} more that it declares`} did not come`;
  const what =
    of === 1
      ? 'The one failure is a declared deviation'
      : `${explains} of ${of} failures ${explains === 1 ? 'is a declared deviation' : 'are declared deviations'}`;
  return { says: `${what} of ${whose}${others}`, option: `--as ${profile}${version === null ? '' : `@${version}`}` };
}

/** The declaration that speaks of a check, the one by check before the one by rule. */
export function declarationOf({ declarations }: RunRecord, check: string): DeclarationRecord | undefined {
  const concerned = declarations.filter(declaration => declaration.checks.includes(check));
  return concerned.find(declaration => declaration.kind === 'check') ?? concerned[0];
}

export const levels = ['must', 'should', 'may'] as const;
