import type { RuleId } from '../../spec/catalogue.ts';
import type { Answer } from '../../spec/rule.ts';
import type { Severity } from '../finding.ts';
import type { Heard, LegalAnswers, Step } from './conversation.ts';
import type { Played } from './played.ts';

/** One thing that a peer did wrong in a conversation. */
export interface Verdict {
  readonly severity: Severity;
  readonly title: string;
  readonly reaction: string;
  readonly departure?: string;
  readonly state: string;
  readonly rule?: RuleId;
  /** The rule is that by which the departure is legal. */
  readonly legal?: true;
  /** Only seen to be so when it is played again alone, with more patience. */
  readonly provisional: boolean;
}

/** Which ends are which, by the kinds of answers that are legal. */
const kindOf: Readonly<Record<NonNullable<Heard['ends']>, readonly Answer['kind'][]>> = {
  channel: ['channel-close'],
  link: ['detach'],
  session: ['end'],
  connection: ['connection-close', 'close'],
};

const endKinds: ReadonlySet<Answer['kind']> = new Set([
  'channel-close',
  'detach',
  'end',
  'connection-close',
  'close',
  'bare-close',
  'header-then-close',
  'sasl-outcome',
]);
const goesOnKinds: ReadonlySet<Answer['kind']> = new Set(['discarded', 'method', 'outcome', 'performative', 'response']);

/** Whether the law leaves nothing in answer to a breach but to end something. */
export function endsOnly(breach: LegalAnswers | undefined): boolean {
  return breach !== undefined && breach.answers.length > 0 && !breach.answers.some(({ kind }) => goesOnKinds.has(kind));
}

/** The code or condition that an answer carries. */
function codeOf(answer: Answer): string | undefined {
  if ('code' in answer) return String(answer.code);
  return 'condition' in answer ? answer.condition : undefined;
}

/** An end as findings name it: `close 501`, `channel.close 404`, `detach amqp:not-found`. */
function endWords({ name, code }: Heard): string {
  return code === undefined ? name : `${name} ${code}`;
}

/** Whether something said ends something with an error, in answer to the breach where there is one. */
export function isAnswer({ ends, code, channel }: Heard, at: number, { breach, heardBefore }: Pick<Played, 'breach' | 'heardBefore'>): boolean {
  if (ends === undefined || code === undefined) return false;
  if (breach === undefined || ends === 'connection') return true;
  return at >= heardBefore && (breach.channel === undefined || breach.channel === channel);
}

/** What came back to what was sent against the law, or at the end of it all. */
function reactionOf(played: Played): string {
  const { outcome, heard, end, wentOn } = played;
  const ending = heard.find((each, at) => isAnswer(each, at, played));
  if (ending !== undefined) return endWords(ending);
  if (heard.some(({ ends }) => ends === 'connection')) return 'no answer, and the conversation went on';
  if (outcome === 'silence') return wentOn ? 'no answer, and the conversation went on' : 'silence';
  if (outcome === 'ended') return end === 'reset' ? 'reset' : 'eof';
  return 'no answer, and the conversation went on';
}

interface Sent {
  readonly departure?: string;
  readonly state: string;
  readonly rule?: RuleId;
  readonly legal?: true;
}

/** The departure that is to be held responsible: that of the step, else the last one before it. */
function departedAt({ conversation }: Played, step: number): Sent {
  const { steps, state } = conversation;
  for (let at = Math.min(step, steps.length - 1); at >= 0; at -= 1) {
    const each = steps[at] as Step;
    if (each.kind === 'send' && each.departure !== undefined) {
      return { departure: each.departure, state: each.state ?? state, ...(each.rule !== undefined && { rule: each.rule, legal: true as const }) };
    }
  }
  return { state };
}

/** The departure on a channel, where that tells, else the last one that was sent. */
function departedOn(played: Played, heard: Heard | undefined): Sent {
  const { steps } = played.conversation;
  const own = heard === undefined || heard.channel === 0 ? -1 : steps.findIndex(each => each.kind === 'send' && each.channel === heard.channel);
  return departedAt(played, own === -1 ? played.steps - 1 : own);
}

/** What the peer did wrong, if anything; of several things the first and worst. */
export function judge(played: Played): Verdict | undefined {
  const { heard, breach, outcome } = played;
  const broken = heard.find(({ breaks }) => breaks !== undefined);
  if (broken?.breaks !== undefined) {
    const { rule, detail } = broken.breaks;
    return {
      ...departedOn(played, broken),
      severity: 'illegal answer',
      title: `says what it may not say: ${detail}`,
      reaction: broken.name,
      rule,
      provisional: false,
    };
  }
  if (outcome === 'flood') {
    const reaction = `${played.receivedOctets} octets`;
    return {
      severity: 'balloon',
      title: `answers ${played.sentOctets} octets with ${reaction} and does not stop`,
      reaction: 'flood',
      provisional: true,
      ...departedOn(played, undefined),
    };
  }
  if (breach !== undefined && !heard.some(({ excuses }) => excuses)) return afterBreach(played, breach);
  return withoutBreach(played);
}

function afterBreach(played: Played, { rule, answers, detail }: LegalAnswers): Verdict | undefined {
  if (played.left || answers.length === 0) return undefined;
  const { outcome, heard, end, wentOn } = played;
  const sent = departedAt(played, played.breachStep ?? played.steps - 1);
  const reaction = reactionOf(played);
  const verdict = (severity: Severity, title: string, provisional = false): Verdict => ({ ...sent, severity, title, reaction, rule, provisional });
  const ending = heard.find((each, at) => isAnswer(each, at, played));
  const orderly = ending === undefined && heard.some(({ ends }) => ends === 'connection');
  const wanted = answers.map(answerWords).join(', or ');
  if (ending?.ends !== undefined) {
    const kinds = kindOf[ending.ends];
    const sameScope = answers.filter(({ kind }) => kinds.includes(kind));
    if (sameScope.some(answer => [ending.code, 'any', undefined].includes(codeOf(answer)))) return undefined;
    if (sameScope.length > 0) return verdict('wrong code', `${endWords(ending)} where ${wanted} is due: ${detail}`);
    return verdict('wrong scope', `${endWords(ending)} where ${wanted} is due: ${detail}`);
  }
  // A server may serve other versions of the protocol on the same port (4.2.2).
  if (answers.some(({ kind }) => kind === 'header-then-close') && heard.length > 0) return undefined;
  const mayGoOn = answers.some(({ kind }) => goesOnKinds.has(kind));
  if (outcome === 'ended' && !orderly) {
    // A reset may have overtaken the last words.
    if (end === 'reset' || answers.some(({ kind }) => kind === 'bare-close' || kind === 'sasl-outcome')) return undefined;
    if (answers.some(({ kind }) => kind === 'header-then-close') && heard.length > 0) return undefined;
    return verdict('illegal answer', `the connection ends without a word where ${wanted} is due: ${detail}`);
  }
  if (mayGoOn && !answers.every(({ kind }) => endKinds.has(kind))) {
    return outcome === 'silence' ? verdict('hang', `falls silent and owes ${played.owed}: ${detail}`, true) : undefined;
  }
  if (outcome === 'silence' && !wentOn) return verdict('hang', `neither answers nor ends where ${wanted} is due: ${detail}`, true);
  return verdict('accepted illegal', `goes on where ${wanted} is due: ${detail}`, true);
}

/** Nothing was against the law as far as framing, states and opening go; what the broker makes of names and values is its own affair. */
function withoutBreach(played: Played): Verdict | undefined {
  const { conversation, outcome, heard, end } = played;
  const internal = heard.find(({ code }) => code !== undefined && internalErrors.has(code));
  const closed = heard.find(({ ends }) => ends === 'connection');
  const sent = departedOn(played, internal ?? closed);
  const verdict = (severity: Severity, title: string, provisional: boolean): Verdict => ({
    ...sent,
    severity,
    title,
    reaction: reactionOf(played),
    provisional,
  });
  if (internal !== undefined && !played.left)
    return verdict('wrong code', `fails within: ${endWords(internal)} where nothing is malformed or out of place`, false);
  if (outcome === 'silence') return verdict('hang', `falls silent and owes ${played.owed}`, true);
  if (conversation.served === true) {
    const refused = heard.find(({ ends, code }) => ends !== undefined && code !== undefined);
    if (refused !== undefined) return verdict('rejected legal', `refuses what is legal with ${endWords(refused)}`, true);
    if (outcome === 'ended' && closed === undefined && !played.left) return verdict('rejected legal', `ends the connection at what is legal (${end})`, true);
  }
  return undefined;
}

/** By which brokers say that they failed and not their peer. */
const internalErrors: ReadonlySet<string> = new Set(['541', 'amqp:internal-error']);

/** A legal answer in a few words. */
export function answerWords(answer: Answer): string {
  const code = codeOf(answer);
  if ('method' in answer) return answer.method;
  if ('performative' in answer) return answer.performative;
  if (answer.kind === 'bare-close') return 'a close without a word';
  if (answer.kind === 'header-then-close') return 'a protocol header and a close';
  return code === undefined ? answer.kind : `${answer.kind.replace('-close', '.close')} ${code}`;
}
