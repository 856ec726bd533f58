import type { Method, MethodName } from '../spec/amqp091/classes.ts';
import { type ReplyCode, replyCodes } from '../spec/amqp091/constants.ts';
import type { RuleId } from '../spec/catalogue.ts';
import { method, methodIds } from '../wire/amqp091/codec.ts';
import type { Conversation, FrameSeam, Passing, Piece } from './fault.ts';
import { answer, type Draft, frames, passing, remembering } from './rewrites.ts';

type CloseName = 'channel.close' | 'connection.close';

/** Which closes of the server a fault is about; what is left out matches all. */
export interface CloseMatch {
  readonly scope?: 'channel' | 'connection';
  readonly code?: ReplyCode;
  /** The method that the close names, or the client's last one on its channel where the close names none. */
  readonly about?: MethodName | readonly MethodName[];
  readonly when?: (at: Conversation, close: Draft<CloseName>) => boolean;
}

function names(match: CloseMatch, close: Draft<CloseName>): boolean {
  if (match.about === undefined) return true;
  const abouts: readonly MethodName[] = typeof match.about === 'string' ? [match.about] : match.about;
  return abouts.some(about => {
    const { classId, methodId } = methodIds(about);
    return close.args.classId === classId && close.args.methodId === methodId;
  });
}

function closes(match: CloseMatch, change: (close: Draft<CloseName>, at: Conversation) => ReturnType<Draft['swallowed']> | Method): FrameSeam {
  const scopes = match.scope === undefined ? (['channel.close', 'connection.close'] as const) : ([`${match.scope}.close`] as const);
  return answer<CloseName>(scopes, (close, at) => {
    if (match.code !== undefined && close.args.replyCode !== match.code) return false;
    if (!names(match, close) || !(match.when?.(at, close) ?? true)) return false;
    return change(close, at);
  });
}

/** Whether the request that is refused names a queue. */
export function namesQueue(at: Conversation, close: Draft<CloseName>): boolean {
  const asked = at.method('to-server', close.channel);
  return asked !== undefined && 'queue' in asked.args && asked.args.queue !== '';
}

/** The server closes with another code. */
export function miscoded(code: ReplyCode, match: CloseMatch): FrameSeam {
  return closes(match, close => close.with({ replyCode: code }));
}

/** The server says nothing and leaves the stream open. */
export function unpunished(match: CloseMatch): FrameSeam {
  return closed(match, () => []);
}

/** The server answers as if all was well. */
export function forgiven(match: CloseMatch, reply: (at: Conversation, close: Draft<CloseName>) => Method): FrameSeam {
  return closed(match, (at, close) => [{ type: 'method', channel: close.channel, method: reply(at, close) }]);
}

function closed(match: CloseMatch, send: (at: Conversation, close: Draft<CloseName>) => readonly Piece[]): FrameSeam {
  return remembering(() => {
    let lenient = false;
    const close = closes(match, (draft, at) => {
      lenient = true;
      return { send: send(at, draft) };
    }).start();
    return frames((seen, at) => {
      if (lenient && seen.what === 'end' && seen.direction === 'to-client') return {};
      return close(seen, at);
    });
  });
}

/** The server closes the whole connection where only the channel is lost. */
export function overpunished(match: Omit<CloseMatch, 'scope'>): FrameSeam {
  return closes({ ...match, scope: 'channel' }, ({ args }) => ({ send: [{ type: 'method', channel: 0, method: { name: 'connection.close', args } }] }));
}

/** The server closes only the channel where the connection is lost. */
export function underpunished(match: Omit<CloseMatch, 'scope'>, channel = 1): FrameSeam {
  return remembering(() => {
    let lenient = false;
    const close = closes({ ...match, scope: 'connection' }, ({ args }) => {
      lenient = true;
      return { send: [{ type: 'method', channel, method: { name: 'channel.close', args } }] };
    }).start();
    return frames((seen, at) => (lenient && seen.what === 'end' && seen.direction === 'to-client' ? {} : close(seen, at)));
  });
}

/** Whether the client's last passing broke this rule of the wire format. */
export function broke(...rules: readonly RuleId[]): (at: Conversation) => boolean {
  return at => {
    const last = at.previous('to-server');
    return last?.what === 'broken' && rules.includes(last.violation.rule);
  };
}

/** Where the server would close the stream without a word, it leaves it open. */
export function heldOpen(when: (at: Conversation) => boolean): FrameSeam {
  return remembering(() => {
    let held = false;
    return passing('to-client', 'end', (_end, at) => {
      held ||= !saidClose(at) && when(at);
      return held && {};
    });
  });
}

/** Where the server would close the stream without a word, it says this first. */
export function closedAloud(when: (at: Conversation) => boolean, ...said: readonly Piece[]): FrameSeam {
  return passing('to-client', 'end', (_end, at) => !saidClose(at) && when(at) && { send: said, finish: 'end' });
}

function saidClose(at: Conversation): boolean {
  const last = at.method('to-client', 0)?.name;
  return last === 'connection.close' || last === 'connection.close-ok';
}

/** What the client does wrong never reaches the server, which carries on. */
export function overlooked(departs: (seen: Passing, at: Conversation) => boolean): FrameSeam {
  return frames((seen, at) => (seen.direction === 'to-server' && seen.what !== 'end' && departs(seen, at) ? {} : 'pass'));
}

/** A frame of the client that breaks one of these rules of the wire format never reaches the server, which carries on. */
export function overlooks(...rules: readonly RuleId[]): FrameSeam {
  return overlooked(seen => seen.what === 'broken' && rules.includes(seen.violation.rule));
}

/** From the departing passing on, nothing of the client reaches the server any more. */
export function deafFrom(departs: (seen: Passing, at: Conversation) => boolean): FrameSeam {
  return remembering(() => {
    let deaf = false;
    return overlooked((seen, at) => {
      deaf ||= departs(seen, at);
      return deaf;
    });
  });
}

/** The server ends the connection with this close, without hearing what came. */
export function hungUp(code: ReplyCode, when: (seen: Passing, at: Conversation) => boolean): FrameSeam {
  const close: Piece = { type: 'method', channel: 0, method: method('connection.close', { replyCode: code, replyText: replyCodes[code].name }) };
  return frames((seen, at) => (seen.direction === 'to-server' && seen.what !== 'end' && when(seen, at) ? { back: [close], finish: 'end' } : 'pass'));
}
