import type { PerformativeName } from '../wire/amqp10/codec.ts';
import { describePerformative } from './amqp10-expectation.ts';
import type { Amqp10Link } from './amqp10-link.ts';
import type { Seen10 } from './amqp10-peer.ts';
import type { Amqp10Session } from './amqp10-session.ts';
import type { Amqp10Wire } from './amqp10-wire.ts';
import type { Barrier } from './barriers.ts';
import { Stop } from './stop.ts';

/** Sends a request on a session of ours whose answer comes behind everything before it. The answer tells that answer from all else. */
export function sendBarrier(wire: Amqp10Wire, channel: number, handle?: number): (seen: Seen10) => boolean {
  const barrier = barrierOn(wire, channel, handle);
  return barrier === 'echo' ? echoBarrier(wire, channel, handle) : attachBarrier(wire, channel, barrier === 'attach' ? undefined : barrier.attachTo);
}

function barrierOn(wire: Amqp10Wire, channel: number, handle: number | undefined): Barrier {
  return wire.context.barrier10[(handle === undefined ? undefined : wire.link(channel, handle)?.role) ?? 'session'];
}

function echoBarrier(wire: Amqp10Wire, channel: number, handle: number | undefined): (seen: Seen10) => boolean {
  const earlier = new Set(wire.inbox.items.map(({ seen }) => seen));
  const endpoint = wire.sessions.get(channel);
  const link = handle === undefined ? undefined : wire.link(channel, handle);
  const of = link ?? endpoint;
  if (of === undefined) throw new Error(`no session of ours on channel ${channel}`);
  wire.command((machine, now) => machine.flow(of, now, { echo: true }));
  const sent = endpoint?.nextOutgoingId;
  // A flow that the peer had sent before it got ours knows of fewer transfers, where there were any.
  return seen =>
    seen.kind === 'frame' && seen.performative.type === 'flow' && seen.local === channel && seen.performative.nextIncomingId === sent && !earlier.has(seen);
}

/** `address`: of the node that the link receives from, without ever giving credit; left out: the link sends to no node. */
function attachBarrier(wire: Amqp10Wire, channel: number, address: string | undefined): (seen: Seen10) => boolean {
  const name = wire.context.names.issue('barrier');
  const endpoint = wire.sessions.get(channel);
  if (endpoint === undefined) throw new Error(`no session of ours on channel ${channel}`);
  const source = { type: 'source', ...(address !== undefined && { address }) } as const;
  const role = address === undefined ? 'sender' : 'receiver';
  wire.command((machine, now) => machine.attach(endpoint, { name, role, source, target: { type: 'target' } }, now));
  return seen => seen.kind === 'frame' && seen.performative.type === 'attach' && seen.performative.name === name;
}

/** Waits until a peer has come so far on a session; fails where one of `absent` came meanwhile. */
export async function barrier10(session: Amqp10Session, link: Amqp10Link | undefined, absent: readonly PerformativeName[]): Promise<void> {
  const { connection, channel } = session;
  const { wire } = connection;
  const passed = sendBarrier(wire, channel, link?.handle);
  const expected = barrierOn(wire, channel, link?.handle) === 'echo' ? 'flow as an echo' : 'attach';
  await connection.look<true>(expected, 'reply', ({ seen }) => {
    if (seen === undefined || seen.kind === 'empty') return undefined;
    if (passed(seen)) return { value: true };
    if (seen.kind !== 'frame') return { value: connection.other(expected, seen), keep: true };
    const { type } = seen.performative;
    const ends = type === 'close' || (type === 'end' && seen.local === channel);
    return ends ? { value: connection.other(expected, seen), keep: true } : undefined;
  });
  const came = wire.inbox.items.find(({ seen }) => {
    if (seen?.kind !== 'frame' || seen.local !== channel || !absent.includes(seen.performative.type)) return false;
    return link === undefined || seen.handle === undefined || seen.handle === link.handle;
  })?.seen;
  if (came?.kind !== 'frame') return;
  const reaction = describePerformative(came.performative);
  throw new Stop({ kind: 'failed', reaction, sentence: `Expected no ${absent.join(' and no ')}, got ${reaction}.`, ending: { kind: 'open' } });
}
