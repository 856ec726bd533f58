import type { ErrorCondition } from '../spec/amqp10/conditions.ts';
import type { RuleId } from '../spec/catalogue.ts';
import type { AmqpError, PerformativeName } from '../wire/amqp10/codec.ts';
import type { Conversation10, FrameSeam10, Passing10, Piece10, Rewritten10 } from './fault10.ts';
import { answer10, type Change10, type Draft10, frames10, passing10, piece10, remembering10 } from './rewrites10.ts';

/** The frames that an error ends something with, from the least to the most. */
export type Scope10 = 'detach' | 'end' | 'close';
type Failure = Draft10<Scope10>;

/** Which errors of the server a fault is about; what is left out matches all. */
export interface ErrorMatch {
  readonly scope?: Scope10 | readonly Scope10[];
  readonly condition?: ErrorCondition | readonly ErrorCondition[];
  /** What the client said last, on the channel of the session where the error ends one or a link in it. */
  readonly about?: PerformativeName | readonly PerformativeName[];
  readonly when?: (at: Conversation10, failure: Failure) => boolean;
}

const holds = <T>(wanted: T | readonly T[] | undefined, found: T | undefined): boolean =>
  wanted === undefined || (found !== undefined && (Array.isArray(wanted) ? (wanted as readonly T[]).includes(found) : wanted === found));

/** What the client said last, of the session where the error is in one. */
export function lastSaid(at: Conversation10, failure: Failure): ReturnType<Conversation10['performative']> {
  if (failure.name === 'close') return at.performative('to-server');
  const channel = at.session('to-client', failure.channel)?.channels['to-server'];
  return channel === undefined ? undefined : at.performative('to-server', channel);
}

function failures(match: ErrorMatch, change: (failure: Failure, at: Conversation10, error: AmqpError) => Change10): FrameSeam10 {
  return answer10<Scope10>(['detach', 'end', 'close'], (failure, at) => {
    const { error } = failure.fields;
    if (error === undefined || !holds(match.scope, failure.name) || !holds(match.condition as string | undefined, error.condition)) return false;
    if (match.about !== undefined && !holds(match.about, lastSaid(at, failure)?.type)) return false;
    return (match.when?.(at, failure) ?? true) && change(failure, at, error);
  });
}

/** The server tells another condition. */
export function misconditioned(condition: ErrorCondition, match: ErrorMatch): FrameSeam10 {
  return failures(match, (failure, _at, error) => failure.with({ error: { ...error, condition } }));
}

/** The server ends what it ends without saying why. */
export function unexplained(match: ErrorMatch): FrameSeam10 {
  return failures(match, failure => failure.with({ error: undefined }));
}

/** Keeps the server's end of the stream from the client once `change` has acted. */
function lenient(match: ErrorMatch, change: (failure: Failure, at: Conversation10, error: AmqpError) => Change10): FrameSeam10 {
  return remembering10(() => {
    let acted = false;
    const change10 = failures(match, (failure, at, error) => {
      const wanted = change(failure, at, error);
      acted ||= wanted !== false;
      return wanted;
    }).start();
    return frames10((seen, at) => (acted && seen.what === 'end' && seen.direction === 'to-client' ? {} : change10(seen, at)));
  });
}

/** The server says nothing and leaves the stream open. */
export function unpunished10(match: ErrorMatch): FrameSeam10 {
  return lenient(match, failure => failure.swallowed());
}

/** The server answers as if all was well. */
export function forgiven10(match: ErrorMatch, reply: (at: Conversation10, failure: Failure) => Piece10): FrameSeam10 {
  return lenient(match, (failure, at) => ({ send: [reply(at, failure)] }));
}

/** The server drops the stream where it should say what is wrong. */
export function bareClosed(match: ErrorMatch): FrameSeam10 {
  return failures(match, failure => failure.cut('end'));
}

/** The server punishes at another scope, with the same condition: the link of the client's last frame, its session, or the connection. */
export function rescoped(scope: Scope10, match: ErrorMatch): FrameSeam10 {
  return lenient(match, (failure, at, error) => failure.name !== scope && moved(scope, failure, at, error));
}

function moved(scope: Scope10, failure: Failure, at: Conversation10, error: AmqpError): Rewritten10 | false {
  if (scope === 'close') return { send: [piece10({ type: 'close', error }, 0)] };
  const session = failure.name === 'close' ? [...at.sessions].at(-1) : at.session('to-client', failure.channel);
  const channel = session?.channels['to-client'];
  if (channel === undefined) return false;
  if (scope === 'end') return { send: [piece10({ type: 'end', error }, channel)] };
  const handle = [...(session?.links ?? [])].at(-1)?.handles['to-client'];
  return handle !== undefined && { send: [piece10({ type: 'detach', handle, closed: true, error }, channel)] };
}

/** Whether the client's last passing broke one of these rules of the wire format. */
export function broke10(...rules: readonly RuleId[]): (at: Conversation10) => boolean {
  return at => {
    const last = at.previous('to-server');
    return last?.what === 'broken' && rules.includes(last.violation.rule);
  };
}

/** Where the server would end the stream without a close, it leaves it open. */
export function heldOpen10(when: (at: Conversation10) => boolean): FrameSeam10 {
  return remembering10(() => {
    let held = false;
    return passing10('to-client', 'end', (_end, at) => {
      held ||= !at.closed['to-client'] && when(at);
      return held && {};
    });
  });
}

/** Where the server would end the stream without a close, it says this first. */
export function closedAloud10(when: (at: Conversation10) => boolean, ...said: readonly Piece10[]): FrameSeam10 {
  return passing10('to-client', 'end', (_end, at) => !at.closed['to-client'] && when(at) && { send: said, finish: 'end' });
}

/** What the client does wrong never reaches the server, which carries on. */
export function overlooked10(departs: (seen: Passing10, at: Conversation10) => boolean): FrameSeam10 {
  return frames10((seen, at) => (seen.direction === 'to-server' && seen.what !== 'end' && departs(seen, at) ? {} : 'pass'));
}

/** A frame of the client that breaks one of these rules of the wire format never reaches the server, which carries on. */
export function overlooks10(...rules: readonly RuleId[]): FrameSeam10 {
  return overlooked10(seen => seen.what === 'broken' && rules.includes(seen.violation.rule));
}

/** From the departing passing on, nothing of the client reaches the server any more. */
export function deafFrom10(departs: (seen: Passing10, at: Conversation10) => boolean): FrameSeam10 {
  return remembering10(() => {
    let deaf = false;
    return overlooked10((seen, at) => {
      deaf ||= departs(seen, at);
      return deaf;
    });
  });
}

/** The server closes the connection with this condition upon what passes, without hearing it. */
export function hungUp10(condition: ErrorCondition, when: (seen: Passing10, at: Conversation10) => boolean): FrameSeam10 {
  const close = piece10({ type: 'close', error: { type: 'error', condition } }, 0);
  return frames10((seen, at) => (seen.direction === 'to-server' && seen.what !== 'end' && when(seen, at) ? { back: [close], finish: 'end' } : 'pass'));
}
