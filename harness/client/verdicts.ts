import type { Gate } from '../check/record-verdicts.ts';
import type { Outcome, Verdict } from '../check/verdict.ts';
import type { Ending } from '../probe/stop.ts';
import type { DutyId, RuleId } from '../spec/catalogue.ts';
import { dutyOf } from '../spec/ledger.ts';
import type { Answer, Level } from '../spec/rule.ts';
import { type AnyCase, type ClientEvent, type ClientReaction, type ClientStep, isObserved, type ObservedCase, type PlayedCase } from './client-case.ts';

import { isLegal, legalWords, type Reaction, reactionSentence, reactionWords } from './reaction.ts';
import type { Played } from './stage.ts';

/** A breach of the client's, whatever the broker did. */
export type Broke = Extract<ClientEvent, { readonly kind: 'broke' }>;

/** What a case came to, before it is written down as a verdict. */
export interface Finding {
  readonly outcome: Outcome;
  readonly reaction: string;
  readonly duty?: DutyId;
  readonly reason?: string;
  readonly message?: string;
  /** A silence, or a process that stays: worth another look alone. */
  readonly slow?: true;
}

const stepWords: Readonly<Record<ClientStep, string>> = {
  connect: 'connected',
  open: 'opened a connection',
  channel: 'opened a channel or session',
  declare: 'declared anything',
  publish: 'published',
  consume: 'consumed',
  settle: 'settled a delivery',
  close: 'closed its connection',
};

/** Signals by which a process ends that was not asked to. */
const crashSignals = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS']);
/** What runtimes write when they, and not the program, give up. */
const crashWords =
  /^(panic: |fatal error: |thread '.*' panicked|Segmentation fault|.*AddressSanitizer|FATAL ERROR: .*heap|#\s+A fatal error has been detected)/;
/** Growth of memory that needs no reason, in octets; beyond it, so many for each that was sent. */
const growthFree = 192 * 2 ** 20;
const growthPerOctet = 64;

/** Judges one play by the law of its case, and by what holds in all. */
export function judgePlay(played: Played, law: PlayedCase, unasked: ReadonlySet<DutyId>): Finding {
  const crashed = crashOf(played);
  if (played.departed === undefined) {
    if (crashed !== undefined) return { outcome: 'fail', reaction: 'crash', message: `It crashed before the broker departed from anything: ${crashed}.` };
    const seen = played.events.some(event => event.kind === 'step' && event.step === law.needs);
    const reason = played.excuse ?? (seen ? `this never came: ${law.trigger}` : `the client never ${stepWords[law.needs]}`);
    return { outcome: 'not-run', reaction: 'nothing to react to', reason, ...(played.excuse === undefined && { slow: true }) };
  }
  if (played.excuse !== undefined) return { outcome: 'not-run', reaction: 'nothing to judge', reason: played.excuse };
  const reaction = played.reaction ?? { kind: 'silence' };
  const words = reactionWords(reaction);
  if (crashed !== undefined) return { outcome: 'fail', reaction: 'crash', message: `Its process crashed: ${crashed}.` };
  const { memory } = played;
  if (memory !== undefined && memory.most - memory.before > growthFree + growthPerOctet * played.octetsSent)
    return {
      outcome: 'fail',
      reaction: 'balloon',
      message: `Its memory grew by ${Math.round((memory.most - memory.before) / 2 ** 20)} MiB, for ${played.octetsSent} octets.`,
    };
  const expected = `It was to ${legalWords(law)}`;
  if (!isLegal(reaction, law))
    return { outcome: 'fail', reaction: words, message: `${expected}; ${reactionSentence(reaction)}.`, ...(isSlow(reaction, law) && { slow: true }) };
  const broke = breachIn(played, law, unasked);
  if (broke !== undefined) return { outcome: 'fail', reaction: words, duty: broke.duty, message: `It broke the law by itself: ${broke.detail}.` };
  if (played.aftermath === 'lingers')
    return {
      outcome: 'fail',
      reaction: `${words}, then lingered`,
      message: 'Its connection is over, and its process neither ended nor connected again.',
      slow: true,
    };
  return { outcome: 'pass', reaction: words };
}

/** It may only have been late. */
const isSlow = ({ kind }: Reaction, { legal, owes }: PlayedCase): boolean =>
  kind === 'silence' || (kind === 'goes-on' && (owes !== undefined || legal.some(each => each.kind !== 'goes-on')));

/** Judges what a client sent while nothing departed. */
export function judgeObserved(events: readonly ClientEvent[], { observes, needs }: ObservedCase): Finding {
  const broke = events.find((event): event is Broke => event.kind === 'broke' && observes.includes(event.duty));
  if (broke !== undefined) return { outcome: 'fail', reaction: 'illegal', duty: broke.duty, message: `It broke the law by itself: ${broke.detail}.` };
  if (!events.some(event => event.kind === 'step' && event.step === needs))
    return { outcome: 'not-run', reaction: 'nothing to judge', reason: `the client never ${stepWords[needs]}` };
  return { outcome: 'pass', reaction: 'legal' };
}

/** What it broke, where the case leaves things such that the law holds as usual; breaches that it commits unasked are judged by themselves. */
function breachIn(played: Played, { lawful }: PlayedCase, unasked: ReadonlySet<DutyId>): Broke | undefined {
  // What crosses a close-ok at the end is a race of the client's that has nothing to do with the case.
  const farewell = played.events.findIndex(event => event.kind === 'said' && (event.farewell === true || event.closes === 'connection'));
  const end = Math.min(...[farewell, played.barrier ?? -1].filter(each => each >= 0), played.events.length);
  const until = lawful ? end : (played.departed?.index ?? 0);
  return played.events.find(
    (event, at): event is Broke => event.kind === 'broke' && !unasked.has(event.duty) && (at < until || (lawful && event.byCase === true)),
  );
}

function crashOf({ exit, words, stubborn }: Played): string | undefined {
  if (exit.signal !== undefined && crashSignals.has(exit.signal) && !stubborn) return `signal ${exit.signal}`;
  return words.find(line => crashWords.test(line));
}

/** A reaction in the words of the catalogue's answers. */
export type ToAnswer = (legal: ClientReaction) => readonly Answer[];

/** Writes a finding down. */
export function verdictOf(
  law: AnyCase,
  finding: Finding,
  played: Pick<Played, 'reaction' | 'transcript' | 'durationMs'>,
  how: { readonly toAnswer: ToAnswer; readonly replay: string; readonly gate: Gate; readonly transcripts: boolean },
): Verdict {
  const duty = dutyOf(finding.duty ?? law.duties[0]);
  const level: Level = finding.duty === undefined ? law.level : duty.duty.level;
  return {
    check: law.id,
    title: law.title,
    outcome: finding.outcome,
    ...(finding.reason !== undefined && { reason: finding.reason }),
    declared: 'conforms',
    surprise: finding.outcome === 'fail' && (level === 'MUST' || (level === 'SHOULD' && how.gate === 'should')),
    rule: duty.ruleId satisfies RuleId,
    duties: law.duties,
    level,
    reaction: finding.reaction,
    ...(finding.message !== undefined && { message: finding.message }),
    ending: endingOf(played.reaction),
    alive: null,
    legal: isObserved(law) ? [] : law.legal.flatMap(each => how.toAnswer(each)),
    transcript: how.transcripts ? played.transcript : [],
    durationMs: Math.round(played.durationMs),
    replay: how.replay,
  };
}

function endingOf(reaction: Reaction | undefined): Ending {
  if (reaction?.kind === 'silence') return { kind: 'silence' };
  if (reaction?.kind === 'drops') return { kind: reaction.how };
  if (reaction?.kind !== 'closes') return { kind: 'open' };
  const { scope, code: condition = '0' } = reaction;
  if (/^\d+$/.test(condition)) return { kind: scope === 'channel' ? 'channel-closed' : 'connection-closed', code: Number(condition), text: '' };
  if (scope === 'link') return { kind: 'link-detached', condition };
  return { kind: scope === 'connection' ? 'connection-closed' : 'session-ended', condition };
}
