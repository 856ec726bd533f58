import type { Draft, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import { requireTexts } from '../amqp091/observations.ts';
import { marker, reached } from '../amqp091/routing-observations.ts';

/** An exchange with a queue bound to it, so that what comes to the exchange can be seen. */
export interface Outlet {
  readonly exchange: string;
  readonly queue: string;
}

/** Declares an exchange and a queue bound to it. */
export async function outlet(channel: ProbeChannel, type = 'fanout', draft: Draft<'exchange.declare'> = {}): Promise<Outlet> {
  const [exchange, queue] = [await channel.exchange(type, draft), await channel.queue()];
  await channel.bind(queue, exchange);
  return { exchange, queue };
}

/** This many of them. */
export async function outlets(channel: ProbeChannel, count: number): Promise<readonly [Outlet, Outlet, ...Outlet[]]> {
  const [first, second] = [await outlet(channel), await outlet(channel)];
  const others: Outlet[] = [];
  while (others.length < count - 2) others.push(await outlet(channel));
  return [first, second, ...others];
}

/** Has messages flow from one exchange to another. */
export async function flow(channel: ProbeChannel, source: string, destination: string, routingKey = '', args: FieldTable = []): Promise<void> {
  await channel.call('exchange.bind', { source, destination, routingKey, arguments: args }, 'exchange.bind-ok');
}

export async function unflow(channel: ProbeChannel, source: string, destination: string, routingKey = '', args: FieldTable = []): Promise<void> {
  await channel.call('exchange.unbind', { source, destination, routingKey, arguments: args }, 'exchange.unbind-ok');
}

/** Publishes these bodies to an exchange, and a last one that tells when all are through. */
export function pour(channel: ProbeChannel, exchange: string, ...bodies: readonly string[]): void {
  for (const body of [...bodies, marker]) channel.publish({ exchange, body });
}

/** Fails unless a queue got exactly these before what `pour` sent last. */
export async function requireReached(
  peer: Peer,
  channel: ProbeChannel,
  { queue }: Pick<Outlet, 'queue'>,
  wanted: readonly string[],
  what: string,
): Promise<void> {
  requireTexts(peer, await reached(peer, channel, queue), wanted, what);
}
