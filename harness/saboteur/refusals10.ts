import type { ErrorCondition } from '../spec/amqp10/conditions.ts';
import type { AmqpAttach, AmqpError, Frame, Performative } from '../wire/amqp10/codec.ts';
import type { Conversation10, FrameSeam10, LinkSeen, Rewritten10 } from './fault10.ts';
import { answer10, type BodyName, bodyOf, type Draft10, either10, frames10, remembering10, request10 } from './rewrites10.ts';

const failed = (condition: ErrorCondition): AmqpError => ({ type: 'error', condition, description: 'refused on the way' });

/** The channel on which the server's frames of the session go that a draft of the client is in; undefined before its begin. */
export function channelBack({ channel }: { readonly channel: number }, at: Conversation10): number | undefined {
  return at.session('to-server', channel)?.channels['to-client'];
}

/**
 * The server refuses a link that it should take: by an attach with no terminus of its own and a detach. `when` sees the client's attach. For the server it is the
 * client who detaches, and neither sees what the other still says of the link.
 */
export function refusedLink(condition: ErrorCondition, when: (asked: AmqpAttach, at: Conversation10) => boolean = () => true): FrameSeam10 {
  return remembering10(() => {
    const gone = new Set<string>();
    const refuse = answer10('attach', (draft, at) => {
      const asked = askedFor(draft, at);
      return asked !== undefined && when(asked.said, at) && refusal(draft, asked, condition, gone);
    });
    return either10(leavingLink(gone), refuse);
  });
}

interface Asked {
  readonly channel: number;
  readonly said: AmqpAttach;
}

/** The client's attach that this one of the server answers. */
function askedFor({ channel, fields }: Draft10<'attach'>, at: Conversation10): Asked | undefined {
  const session = at.session('to-client', channel);
  const asked = session?.channels['to-server'];
  const link = [...((session?.links ?? []) as Iterable<LinkSeen>)].find(
    ({ name, transfersGo, attach }) =>
      name === fields.name &&
      (transfersGo === 'to-client') === (fields.role === 'sender') &&
      attach['to-client'] === undefined &&
      attach['to-server'] !== undefined,
  );
  const said = link?.attach['to-server'];
  return asked === undefined || said === undefined ? undefined : { channel: asked, said };
}

function refusal(draft: Draft10<'attach'>, { channel, said }: Asked, condition: ErrorCondition, gone: Set<string>): Rewritten10 {
  const { handle } = draft.fields;
  gone.add(`to-server ${channel} ${said.handle}`).add(`to-client ${draft.channel} ${handle}`);
  const attach = draft.with(draft.fields.role === 'sender' ? { source: undefined } : { target: undefined });
  return {
    send: [attach, framed(draft.channel, { type: 'detach', handle, closed: true, error: failed(condition) })],
    back: [framed(channel, { type: 'detach', handle: said.handle, closed: true })],
  };
}

/** What either side says of a link that each believes the other to have detached, up to its own detach. */
function leavingLink(gone: Set<string>): FrameSeam10 {
  return frames10(passing => {
    const body = bodyOf(passing);
    if (body === undefined || !('handle' in body) || body.handle === undefined) return 'pass';
    const key = `${passing.direction} ${passing.channel} ${body.handle}`;
    if (!gone.has(key) || body.type === 'attach') return 'pass';
    if (body.type === 'detach') gone.delete(key);
    return {};
  });
}

/**
 * The server ends a session, with this condition, upon what it should take. Client and server each get an end from the other's side, and neither sees the
 * other's answer.
 */
export function refusedSession<N extends BodyName>(
  condition: ErrorCondition,
  names: N | readonly N[],
  when: (draft: Draft10<N>, at: Conversation10) => boolean = () => true,
): FrameSeam10 {
  return remembering10(() => {
    const gone = new Set<string>();
    const refuse = request10<N>(names, (draft, at) => {
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
export function refusedConnection<N extends BodyName>(
  condition: ErrorCondition,
  names: N | readonly N[],
  when: (draft: Draft10<N>, at: Conversation10) => boolean = () => true,
): FrameSeam10 {
  return request10<N>(names, (draft, at) => {
    if (!when(draft, at)) return false;
    return { back: [framed(0, { type: 'close', error: failed(condition) })], finish: 'end' };
  });
}
