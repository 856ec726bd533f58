import type { ErrorCondition } from '../spec/amqp10/conditions.ts';
import type { AmqpAttach, AmqpError, Frame, Performative } from '../wire/amqp10/codec.ts';
import type { Conversation10, FrameSeam10, LinkSeen, Rewritten10, SessionSeen } from './fault10.ts';
import { bodyOf, type Draft10, either10, frames10, remembering10, request10 } from './rewrites10.ts';

const failed = (condition: ErrorCondition): AmqpError => ({ type: 'error', condition, description: 'refused on the way' });

/** The channel on which the server's frames of the session go that a draft of the client is in; undefined before its begin. */
export function channelBack({ channel }: Draft10, at: Conversation10): number | undefined {
  return at.session('to-server', channel)?.channels['to-client'];
}

/** The lowest handle that no link of the server's has. */
function freeHandle(session: SessionSeen | undefined): number {
  const taken = new Set([...((session?.links ?? []) as Iterable<LinkSeen>)].map(link => link.handles['to-client']));
  for (let handle = 0; ; handle += 1) if (!taken.has(handle)) return handle;
}

/**
 * The server refuses a link that it should take: by an attach with no terminus of its own and a detach. It never hears of that link. Only where its own begin
 * has passed.
 */
export function refusedLink(condition: ErrorCondition, when: (draft: Draft10<'attach'>, at: Conversation10) => boolean = () => true): FrameSeam10 {
  return remembering10(() => {
    const gone = new Set<string>();
    const refuse = request10('attach', (draft, at) => when(draft, at) && refusal(draft, at, condition, gone));
    return either10(refuse, unheard(gone));
  });
}

function refusal(draft: Draft10<'attach'>, at: Conversation10, condition: ErrorCondition, gone: Set<string>): Rewritten10 | false {
  const channel = channelBack(draft, at);
  if (channel === undefined) return false;
  const { name, role, source, target } = draft.fields;
  const handle = freeHandle(at.session('to-server', draft.channel));
  gone.add(`${draft.channel} ${draft.fields.handle}`);
  const sends = role === 'receiver';
  const attach: AmqpAttach = {
    type: 'attach',
    name,
    handle,
    role: sends ? 'sender' : 'receiver',
    ...(sends ? { target, initialDeliveryCount: 0 } : { source }),
  };
  const back = [attach, { type: 'detach', handle, closed: true, error: failed(condition) } as const];
  return { back: back.map(performative => framed(channel, performative)) };
}

/** What the client says of a link that the server never heard of. */
function unheard(gone: Set<string>): FrameSeam10 {
  return frames10(passing => {
    const body = bodyOf(passing);
    if (passing.direction !== 'to-server' || body === undefined || !('handle' in body) || body.handle === undefined) return 'pass';
    const key = `${passing.channel} ${body.handle}`;
    if (!gone.has(key) || body.type === 'attach') return 'pass';
    if (body.type === 'detach') gone.delete(key);
    return {};
  });
}

/**
 * The server ends a session, with this condition, upon what it should take. Client and server each get an end from the other's side, and neither sees the
 * other's answer.
 */
export function refusedSession(
  condition: ErrorCondition,
  names: Parameters<typeof request10>[0],
  when: (draft: Draft10, at: Conversation10) => boolean = () => true,
): FrameSeam10 {
  return remembering10(() => {
    const gone = new Set<string>();
    const refuse = request10(names, (draft, at) => {
      const channel = channelBack(draft, at);
      if (channel === undefined || !when(draft, at)) return false;
      gone.add(`to-server ${draft.channel}`).add(`to-client ${channel}`);
      return { send: [framed(draft.channel, { type: 'end' })], back: [framed(channel, { type: 'end', error: failed(condition) })] };
    });
    return either10(leaving(gone), refuse);
  });
}

const framed = (channel: number, performative: Performative): Frame => ({ type: 'amqp', channel, performative, payload: new Uint8Array(0) });

/** What either side says in a session that each believes the other to have ended, up to its own end. */
function leaving(gone: Set<string>): FrameSeam10 {
  return frames10(passing => {
    const key = `${passing.direction} ${passing.channel}`;
    const body = bodyOf(passing);
    if (body === undefined || body.type === 'close' || body.type === 'open' || !gone.has(key)) return 'pass';
    if (body.type === 'end') gone.delete(key);
    return {};
  });
}

/** The server closes the connection, with this condition, upon what it should take. */
export function refusedConnection(
  condition: ErrorCondition,
  names: Parameters<typeof request10>[0],
  when: (draft: Draft10, at: Conversation10) => boolean = () => true,
): FrameSeam10 {
  return request10(names, (draft, at) => {
    if (!when(draft, at)) return false;
    return { back: [framed(0, { type: 'close', error: failed(condition) })], finish: 'end' };
  });
}
