import type { AmqpAttach, AmqpError, AmqpOpen, CompositeFields, Performative } from '../../wire/amqp10/codec.ts';
import { errorOf } from './breaches.ts';
import type { Link } from './link.ts';
import type { Outbound } from './outbound.ts';
import type { Progress } from './progress.ts';
import { rangesOf } from './ranges.ts';
import { serialPlus } from './serial.ts';
import { lowestFree, type Session } from './session.ts';
import type { ConnectionState } from './transitions.ts';
import type { Grant, LinkEndpoint, OutgoingDelivery, Role, SessionEndpoint, Settlement } from './vocabulary.ts';

const windowDefault = 2048;
const handleMaxDefault = 1023;

/** The commands on sessions and links, as frames. What they are about is ours: endpoints that came with an event of the same machine. */
export abstract class Commander {
  protected abstract readonly progress: Progress;
  protected abstract readonly outbound: Outbound;
  protected abstract at(now: number): void;
  abstract close(now: number, error?: AmqpError): void;
  /** Above every channel that a session was begun on, until there are no more. */
  #unused = 0;

  get role(): Role {
    return this.progress.role;
  }

  get state(): ConnectionState {
    return this.progress.state;
  }

  get localOpen(): AmqpOpen | undefined {
    return this.progress.localOpen;
  }

  get remoteOpen(): AmqpOpen | undefined {
    return this.progress.remoteOpen;
  }

  begin(now: number, fields: Partial<CompositeFields<'begin'>> = {}): SessionEndpoint {
    this.at(now);
    const { channels, localOpen, remoteOpen } = this.progress;
    const channelMax = Math.min(localOpen?.channelMax ?? 65535, remoteOpen?.channelMax ?? 65535);
    const channel = lowestFree(channels, channelMax, this.#unused);
    this.#unused = channel + 1;
    return this.outbound.say(channel, beginOf(fields)).session as Session;
  }

  accept(endpoint: SessionEndpoint, now: number, fields: Partial<CompositeFields<'begin'>> = {}): void {
    this.at(now);
    const session = endpoint as Session;
    if (session.channel !== undefined || session.remoteChannel === undefined || !this.progress.sessions.has(session)) return;
    const { channels, remoteOpen } = this.progress;
    const channel = lowestFree(channels, remoteOpen?.channelMax ?? 65535);
    if (channels.has(channel)) this.close(now, errorOf('amqp:resource-limit-exceeded', `your channel-max of ${channel} leaves no channel to answer on`));
    else this.outbound.say(channel, beginOf({ remoteChannel: session.remoteChannel, ...fields }));
  }

  attach(endpoint: SessionEndpoint, fields: Omit<CompositeFields<'attach'>, 'handle'>, now: number): LinkEndpoint {
    const session = endpoint as Session;
    this.accept(session, now);
    const handle = lowestFree(session.outputHandles, session.remoteHandleMax);
    const initial = fields.role === 'sender' ? { initialDeliveryCount: 0 } : {};
    return this.outbound.say(session.channel ?? 0, { type: 'attach', ...initial, ...fields, handle }).link as Link;
  }

  acceptLink(endpoint: LinkEndpoint, now: number, fields: Partial<CompositeFields<'attach'>> = {}): void {
    const link = endpoint as Link;
    const { session } = link;
    this.accept(session, now);
    if (link.handle !== undefined || !session.usable || session.channel === undefined || link.remoteAttach === undefined) return;
    const handle = lowestFree(session.outputHandles, session.remoteHandleMax);
    if (!session.outputHandles.has(handle)) this.outbound.say(session.channel, answerOf(link.remoteAttach, handle, fields));
    else this.end(session, now, errorOf('amqp:resource-limit-exceeded', `your handle-max of ${handle} leaves no handle to answer with`));
  }

  refuseLink(link: LinkEndpoint, error: AmqpError, now: number): void {
    this.acceptLink(link, now, link.role === 'sender' ? { source: undefined } : { target: undefined });
    this.detach(link, now, { closed: true, error });
  }

  grant(link: LinkEndpoint, { credit, drain, echo }: Grant, now: number): void {
    const fields = { linkCredit: credit, drain: drain === true ? true : undefined, echo: echo === true ? true : undefined };
    this.flow(link, now, fields);
  }

  flow(of: SessionEndpoint | LinkEndpoint, now: number, fields: Partial<CompositeFields<'flow'>> = {}): void {
    this.at(now);
    const link = 'session' in of ? (of as Link) : undefined;
    this.outbound.flow(link?.session ?? (of as Session), link, fields);
  }

  drained(endpoint: LinkEndpoint, now: number): void {
    const link = endpoint as Link;
    if (link.role !== 'sender' || link.deliveryCount === undefined) return;
    link.deliveryCount = serialPlus(link.deliveryCount, link.credit);
    link.credit = 0;
    this.flow(link, now, { available: 0 });
  }

  deliver(link: LinkEndpoint, delivery: OutgoingDelivery, now: number): number | undefined {
    this.at(now);
    return this.outbound.deliver(link as Link, delivery);
  }

  settle(endpoint: LinkEndpoint, deliveryIds: readonly number[], { settled, state, batchable }: Settlement, now: number): void {
    this.at(now);
    const { session, role } = endpoint as Link;
    if (session.channel === undefined || !session.usable) return;
    for (const [first, last] of rangesOf(deliveryIds)) {
      this.outbound.say(session.channel, { type: 'disposition', role, first, ...(last !== first && { last }), ...(settled && { settled }), state, batchable });
    }
  }

  detach(endpoint: LinkEndpoint, now: number, { closed = true, error }: { readonly closed?: boolean; readonly error?: AmqpError } = {}): void {
    this.at(now);
    const link = endpoint as Link;
    const { session } = link;
    if (link.handle === undefined || session.channel === undefined || session.outputHandles.get(link.handle) !== link || !session.usable) return;
    this.outbound.say(session.channel, { type: 'detach', handle: link.handle, ...(closed && { closed }), error });
  }

  end(endpoint: SessionEndpoint, now: number, error?: AmqpError): void {
    const session = endpoint as Session;
    this.accept(session, now);
    const spoken = session.usable || session.state === 'END_RCVD';
    if (session.channel !== undefined && spoken) this.outbound.say(session.channel, { type: 'end', error });
  }

  /** Sends a performative as it is, in place or not. @throws {RangeError} where a value does not fit its type. */
  send(
    channel: number,
    performative: Performative,
    now: number,
    payload?: Uint8Array,
  ): { readonly session?: SessionEndpoint | undefined; readonly link?: LinkEndpoint | undefined } {
    this.at(now);
    return this.outbound.send(channel, performative, payload);
  }
}

function beginOf(fields: Partial<CompositeFields<'begin'>>): Performative {
  const defaults = { nextOutgoingId: 0, incomingWindow: windowDefault, outgoingWindow: windowDefault, handleMax: handleMaxDefault };
  return { type: 'begin', ...defaults, ...fields };
}

/** The attach that answers the peer's: the other role, and its termini and settle modes unless others are given. */
function answerOf(asked: AmqpAttach, handle: number, fields: Partial<CompositeFields<'attach'>>): AmqpAttach {
  const { name, role, sndSettleMode, rcvSettleMode, source, target } = asked;
  const other = role === 'sender' ? 'receiver' : 'sender';
  const initial = other === 'sender' ? { initialDeliveryCount: 0 } : {};
  return { type: 'attach', sndSettleMode, rcvSettleMode, source, target, ...initial, ...fields, name, handle, role: other };
}
