import type { AmqpAttach, AmqpBegin, AmqpDetach, AmqpDisposition, AmqpFlow, AmqpTransfer, Performative } from '../../wire/amqp10/codec.ts';
import { Link } from './link.ts';
import type { Progress } from './progress.ts';
import { inRange } from './ranges.ts';
import { serialPlus } from './serial.ts';
import { Session } from './session.ts';
import { connectionStep } from './transitions.ts';
import { Unsettled } from './unsettled.ts';

/** What a performative of ours was about, where it made something or answered the peer's. */
export interface Followed {
  readonly session?: Session | undefined;
  readonly link?: Link | undefined;
}

/** Follows a performative that has gone out, legal or not. */
export function followOwn(progress: Progress, channel: number, what: Performative): Followed {
  const error = 'error' in what && what.error !== undefined;
  progress.follow('sent', connectionStep(what.type, error));
  if (what.type === 'open') progress.localOpen ??= what;
  if (what.type === 'begin') return { session: begun(progress, channel, what) };
  const session = progress.channels.get(channel);
  if (session === undefined || what.type === 'open' || what.type === 'close') return {};
  if (what.type === 'end') {
    session.follow('sent', error ? 'error-end' : 'end');
    if (session.state === 'UNMAPPED') progress.sessionGone(session);
    else progress.sessionOver(session);
    return { session };
  }
  return { session, link: inSession(progress, session, what) };
}

type OfSession = AmqpAttach | AmqpFlow | AmqpTransfer | AmqpDisposition | AmqpDetach;

function inSession(progress: Progress, session: Session, what: OfSession): Link | undefined {
  if (what.type === 'attach') return attached(session, what);
  const link = what.type === 'disposition' || what.handle === undefined ? undefined : session.outputHandles.get(what.handle);
  if (what.type === 'flow') {
    session.flowSent(what);
    link?.flowSent(what);
  } else if (what.type === 'transfer') transferred(progress, session, link, what);
  else if (what.type === 'disposition') disposed(progress, session, what);
  else if (link !== undefined) detached(progress, session, link, what);
  return link;
}

function begun(progress: Progress, channel: number, begin: AmqpBegin): Session {
  const answered = begin.remoteChannel === undefined ? undefined : unanswered(progress, begin.remoteChannel);
  const session = answered ?? new Session();
  session.begunByUs(channel, begin);
  progress.sessions.add(session);
  progress.channels.set(channel, session);
  return session;
}

function unanswered(progress: Progress, remoteChannel: number): Session | undefined {
  const mapped = progress.remoteChannels.get(remoteChannel);
  if (mapped !== undefined && mapped.channel === undefined) return mapped;
  return [...progress.sessions].find(session => session.remoteChannel === remoteChannel && session.channel === undefined);
}

function attached(session: Session, attach: AmqpAttach): Link {
  const known = session.unanswered(attach.role, attach.name);
  const link = known ?? new Link(session, attach.name, attach.role);
  link.attachedByUs(attach);
  session.add(link);
  session.outputHandles.set(attach.handle, link);
  return link;
}

function detached(progress: Progress, session: Session, link: Link, detach: AmqpDetach): void {
  session.outputHandles.delete(detach.handle);
  progress.dropPartial(link);
  link.detached('sent', detach);
  if (link.state === 'DETACHED') progress.linkGone(link);
  else progress.linkOver(link);
}

/** A transfer that did not go through `deliver`. */
function transferred(progress: Progress, session: Session, link: Link | undefined, transfer: AmqpTransfer): void {
  session.transferSent();
  if (link === undefined || link.role !== 'sender') return;
  if (link.going === undefined) begins(progress, session, link, transfer);
  if (transfer.more !== true || transfer.aborted === true) link.going = undefined;
}

function begins(progress: Progress, session: Session, link: Link, { deliveryId, deliveryTag, settled }: AmqpTransfer): void {
  const id = deliveryId ?? session.nextDeliveryId;
  session.nextDeliveryId = serialPlus(id, 1);
  link.going = { deliveryId: id };
  link.begins();
  if (settled !== true) progress.keep(new Unsettled(link, id, deliveryTag ?? new Uint8Array(0)), 'sent');
}

function disposed(progress: Progress, session: Session, disposition: AmqpDisposition): void {
  const kept = disposition.role === 'sender' ? session.outgoing : session.incoming;
  for (const unsettled of inRange(kept, disposition)) {
    unsettled.localState = disposition.state ?? unsettled.localState;
    if (disposition.settled === true) progress.forget(unsettled);
  }
}
