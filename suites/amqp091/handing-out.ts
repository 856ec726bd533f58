import type { Arrival, Draft, Peer, ProbeChannel, ProbeConnection } from '../../harness/probe/peer.ts';
import { requireTexts, textOf } from './observations.ts';

/** A queue that every connection may use. */
export function sharedQueue(peer: Peer, channel: ProbeChannel): Promise<string> {
  return channel.queue({ queue: peer.name(), durable: true, exclusive: false });
}

/** A consumer on a new channel of this connection, with a prefetch count where one is given. */
export async function consumerOn(
  connection: ProbeConnection,
  queue: string,
  consumerTag: string,
  { prefetchCount = 0, ...draft }: Draft<'basic.consume'> & { readonly prefetchCount?: number } = {},
): Promise<ProbeChannel> {
  const channel = await connection.channel();
  if (prefetchCount > 0) await limit(channel, { prefetchCount });
  await channel.consume(queue, { consumerTag, ...draft });
  return channel;
}

export async function limit(channel: ProbeChannel, draft: Draft<'basic.qos'>): Promise<void> {
  await channel.call('basic.qos', draft, 'basic.qos-ok');
}

/** A queue whose messages several consumers share, with a channel to look at it from. */
export interface Sharing {
  readonly looking: ProbeChannel;
  readonly queue: string;
  /** Where its consumers are. */
  readonly channels: readonly ProbeChannel[];
}

/** How many deliveries are waited for. */
export interface Wanted {
  /** So many must come. */
  readonly atLeast?: number;
  /** So many are given some time to come, but need not. */
  readonly hoped?: number;
}

/** Rounds of requests in which nothing comes before no more is expected. */
const quietRounds = 2;
/** Rounds that a server is given to send what it need not. */
const roundsMax = 20;

/**
 * The deliveries that come, once what must come has: until a request about the queue and one on each channel were answered twice in a row and nothing
 * came in between. What came too much is among them. Counts of the queue are not asked: some servers count what is out, too.
 */
export async function handedOut(
  peer: Peer,
  { looking, queue, channels }: Sharing,
  { atLeast = 0, hoped = atLeast }: Wanted = {},
): Promise<readonly Arrival<'basic.deliver'>[]> {
  const came: Arrival<'basic.deliver'>[] = [];
  const round = async () => {
    await looking.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
    await Promise.all(channels.map(channel => channel.barrier()));
    const before = came.length;
    for (const channel of channels) came.push(...delivered(channel));
    return came.length > before;
  };
  await peer.eventually(`${atLeast} deliveries come`, async () => {
    await round();
    return came.length >= atLeast;
  });
  let quiet = 0;
  for (let rounds = 0; rounds < roundsMax && (quiet < quietRounds || came.length < hoped); rounds += 1) quiet = (await round()) ? 0 : quiet + 1;
  return came;
}

/** All of so many messages must come. */
export function allHandedOut(peer: Peer, sharing: Sharing, total: number): Promise<readonly Arrival<'basic.deliver'>[]> {
  return handedOut(peer, sharing, { atLeast: total });
}

/** No more than `most` messages may be sent ahead; `least` must be. */
export async function requireAhead(peer: Peer, sharing: Sharing, most: number, least = 0): Promise<readonly Arrival<'basic.deliver'>[]> {
  const came = await handedOut(peer, sharing, { atLeast: least, hoped: most });
  peer.require(came.length <= most, `${came.length} messages were sent ahead of acknowledgement where ${most} are allowed.`);
  return came;
}

/** Takes the deliveries that have come on a channel, with whatever else has. */
export function delivered(channel: ProbeChannel): readonly Arrival<'basic.deliver'>[] {
  return channel.taken().flatMap(seen => (seen.kind === 'method' && seen.arrival !== undefined && isDelivery(seen.arrival) ? [seen.arrival] : []));
}

function isDelivery(arrival: Arrival): arrival is Arrival<'basic.deliver'> {
  return arrival.method.name === 'basic.deliver';
}

/** What each consumer got, in the order it came. */
export function shares(came: readonly Arrival<'basic.deliver'>[]): ReadonlyMap<string, readonly Arrival<'basic.deliver'>[]> {
  const got = new Map<string, Arrival<'basic.deliver'>[]>();
  for (const one of came) got.set(one.method.args.consumerTag, [...(got.get(one.method.args.consumerTag) ?? []), one]);
  return got;
}

/** Fails unless each consumer got just these bodies in this order, and nobody else got any. */
export function requireShares(peer: Peer, came: readonly Arrival<'basic.deliver'>[], wanted: Readonly<Record<string, readonly string[]>>): void {
  const got = shares(came);
  for (const [tag, bodies] of Object.entries(wanted)) requireTexts(peer, (got.get(tag) ?? []).map(textOf), bodies, `Deliveries to the consumer ${tag}`);
  const others = [...got.keys()].filter(tag => !Object.hasOwn(wanted, tag));
  peer.require(others.length === 0, `Deliveries came for the consumer ${others.join(', ')}.`);
}

/** Fails unless these bodies came, in whatever order, each once. */
export function requireOnce(peer: Peer, came: readonly Arrival[], wanted: readonly string[], what: string): void {
  requireTexts(peer, came.map(textOf).sort(byNumber), [...wanted].sort(byNumber), what);
}

function byNumber(left: string, right: string): number {
  return Number(left) - Number(right);
}

/** Acknowledges deliveries one by one. */
export function acknowledge(channel: ProbeChannel, came: readonly Arrival<'basic.deliver' | 'basic.get-ok'>[]): void {
  for (const { method } of came) channel.send('basic.ack', { deliveryTag: method.args.deliveryTag });
}
