import type { MethodArguments, MethodName } from '../spec/amqp091/classes.ts';
import { type ReplyCode, replyCodes } from '../spec/amqp091/constants.ts';
import { method, methodIds } from '../wire/amqp091/codec.ts';
import type { Conversation, FrameSeam, Passing, Piece, Rewritten } from './fault.ts';
import { type Change, type Draft, either, frames, remembering, request } from './rewrites.ts';

type When<N extends MethodName> = (draft: Draft<N>, at: Conversation) => boolean;

/**
 * The server refuses what it should do, by closing the channel or the connection. Client and server each get the close from the other's side, and
 * neither sees the other's close-ok, so that the conversation goes on in order.
 */
export function refused<N extends MethodName>(names: N | readonly N[], code: ReplyCode, when: When<N> = () => true): FrameSeam {
  const scope = replyCodes[code].severity === 'hard' ? 'connection' : 'channel';
  return remembering(() => {
    const closing = new Set<string>();
    const refuse = request(names, (draft, at) => when(draft, at) && refusal(draft, scope, code, closing));
    return either(refuse, withoutCloseOk(scope, closing));
  });
}

function refusal(draft: Draft, scope: 'channel' | 'connection', code: ReplyCode, closing: Set<string>): Rewritten {
  const channel = scope === 'channel' ? draft.channel : 0;
  closing.add(`to-server ${channel}`).add(`to-client ${channel}`);
  const close = (replyCode: ReplyCode, replyText: string): Piece => {
    const args = { replyCode, replyText, ...(replyCode === 200 ? { classId: 0, methodId: 0 } : methodIds(draft.name)) };
    return { type: 'method', channel, method: scope === 'channel' ? method('channel.close', args) : method('connection.close', args) };
  };
  return { send: [close(200, 'refused on the way')], back: [close(code, replyCodes[code].name)] };
}

function withoutCloseOk(scope: 'channel' | 'connection', closing: Set<string>): FrameSeam {
  return frames((passing: Passing) => {
    if (passing.what !== 'frame' || passing.frame.type !== 'method' || passing.frame.method.name !== `${scope}.close-ok`) return 'pass';
    return closing.delete(`${passing.direction} ${passing.channel}`) ? {} : 'pass';
  });
}

/** The server cannot do it for the `nth` time on a connection. */
export function refusedFrom<N extends MethodName>(nth: number, names: N | readonly N[], code: ReplyCode, counts: When<N> = () => true): FrameSeam {
  return remembering(() => {
    let count = 0;
    return refused(names, code, (draft, at) => {
      if (counts(draft, at)) count += 1;
      return count >= nth;
    });
  });
}

type DeclareName = 'exchange.declare' | 'queue.declare';

/** The name of what a declare declares. */
export function nameOf(args: MethodArguments<DeclareName>): string {
  return 'queue' in args ? args.queue : args.exchange;
}

/** A declare of what was declared before on the same connection, with the arguments of that first time. */
export function declaredAgain<N extends DeclareName>(name: N, change: (draft: Draft<N>, first: MethodArguments<N>, at: Conversation) => Change): FrameSeam {
  return remembering(() => {
    const known = new Map<string, MethodArguments<N>>();
    return request(name, (draft, at) => {
      const key = nameOf(draft.args);
      const first = known.get(key);
      if (draft.args.passive || key === '') return false;
      known.set(key, first ?? draft.args);
      return first !== undefined && change(draft, first, at);
    });
  });
}
