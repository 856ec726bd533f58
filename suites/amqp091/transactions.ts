import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { exclusiveQueueGone, holding, numbered, requireTexts, takeAll, textOf } from './observations.ts';

/** A transacted channel, a channel of another connection to look on from, and a queue that both can use. */
export interface Transacted {
  readonly channel: ProbeChannel;
  readonly other: ProbeChannel;
  readonly queue: string;
}

/** A queue that every connection may use. */
export function sharedQueue(peer: Peer, channel: ProbeChannel): Promise<string> {
  return channel.queue({ queue: peer.name(), durable: true, exclusive: false });
}

/** Codes by which a server says that it has no class tx: command-invalid, not-implemented. */
const lacking: readonly number[] = [503, 540];

/** Makes a channel transacted. A server that lacks the class says so, or goes on to the next request without a word; the check then has nothing to show. */
export async function select(peer: Peer, channel: ProbeChannel): Promise<void> {
  channel.send('tx.select');
  channel.send('channel.flow', { active: true });
  const seen = await channel.connection.next();
  peer.require(seen.kind === 'method', `tx.select got no answer but ${seen.kind}.`);
  const { name, args } = seen.method;
  if (name === 'channel.flow-ok') peer.unsupported('The server passes over tx.select without an answer.');
  if (name === 'connection.close' && lacking.includes(args.replyCode)) peer.unsupported(`The server answers tx.select with ${args.replyCode}.`);
  peer.require(name === 'tx.select-ok', `tx.select was answered with ${name}.`);
  await channel.expect('channel.flow-ok');
}

export async function commit(channel: ProbeChannel): Promise<void> {
  await channel.call('tx.commit', {}, 'tx.commit-ok');
}

export async function rollBack(channel: ProbeChannel): Promise<void> {
  await channel.call('tx.rollback', {}, 'tx.rollback-ok');
}

export async function transacted(peer: Peer): Promise<Transacted> {
  const [channel, other] = [await peer.channel(), await peer.channel()];
  const queue = await sharedQueue(peer, channel);
  await select(peer, channel);
  return { channel, other, queue };
}

/** The same with messages `1` to `count` taken by get, unacknowledged, before the channel became transacted. */
export async function transactedHolding(peer: Peer, count: number): Promise<Transacted & { readonly tags: readonly bigint[] }> {
  const held = await holding(peer, count);
  await select(peer, held.channel);
  return held;
}

/** Long enough for a server that does not transact rejections to requeue one. */
const requeuedWithinMs = 60;

/** Whether what the transaction rejected with requeue can be had by another client before the commit. */
export async function rejectionTakesEffect(peer: Peer, { channel, other, queue }: Transacted): Promise<boolean> {
  await channel.barrier();
  await peer.quiet(requeuedWithinMs, 'a server that does not transact rejections requeues the message');
  return (await other.get(queue, { noAck: true })) !== null;
}

/** Whether rejections belong to the transactions of this server, as an extension has it. */
export async function transactsRejections(peer: Peer): Promise<boolean> {
  const held = await transactedHolding(peer, 1);
  held.channel.send('basic.reject', { deliveryTag: held.tags[0] ?? 0n, requeue: true });
  return !(await rejectionTakesEffect(peer, held));
}

/** Fails unless exactly these messages come out of the queue for another client, in this order. */
export async function requireIn(peer: Peer, { other, queue }: Pick<Transacted, 'other' | 'queue'>, wanted: readonly string[]): Promise<void> {
  requireTexts(peer, (await takeAll(peer, other, queue, wanted.length)).map(textOf), wanted, 'Messages that another client finds');
}

/** Once the transacted channel has heard everything so far, another client finds its queue empty. */
export async function requireNothingYet(peer: Peer, { channel, other, queue }: Transacted): Promise<void> {
  await channel.barrier();
  await requireIn(peer, { other, queue }, []);
}

/** The ways in which a channel can end without a commit. Each resolves when another client can see that it ended. */
export const endings: Readonly<
  Record<'channel-closed' | 'channel-failed' | 'connection-closed' | 'connection-lost', (peer: Peer, transaction: Transacted) => Promise<void>>
> = {
  'channel-closed': (_, { channel }) => channel.close(),
  'channel-failed': async (peer, { channel }) => {
    channel.send('queue.declare', { queue: peer.name(), passive: true });
    await channel.answersTo('amqp091/queue.declare.passive-missing:enforce');
  },
  'connection-closed': (_, { channel }) => channel.connection.close(),
  'connection-lost': async (peer, { channel }) => {
    const owned = await (await channel.connection.channel()).queue();
    channel.connection.destroy();
    await exclusiveQueueGone(peer, owned);
  },
};

/** What ends a channel, in the words of a title. */
export const endingTitles = {
  'channel-closed': 'its channel is closed',
  'channel-failed': 'an error closes its channel',
  'connection-closed': 'its connection is closed',
  'connection-lost': 'its connection is lost',
} as const satisfies Readonly<Record<keyof typeof endings, string>>;

/** Bodies `first` to `last`. */
export function numbers(first: number, last: number): readonly string[] {
  return numbered(last).slice(first - 1);
}

/** What becomes of mandatory messages in a transaction the standard leaves open: a server that returns them at once has its own way. */
export async function requireNoReturnYet(peer: Peer, channel: ProbeChannel): Promise<void> {
  channel.send('channel.flow', { active: true });
  const seen = await channel.connection.next();
  peer.require(seen.kind === 'method', `A mandatory message in a transaction was answered with nothing but ${seen.kind}.`);
  const { name } = seen.method;
  if (name === 'basic.return') peer.unsupported('The server returns mandatory messages of a transaction when they are published.');
  if (name === 'connection.close') channel.connection.send(0, 'connection.close-ok');
  if (name === 'connection.close') peer.unsupported('The server closes the connection at an unroutable mandatory message of a transaction.');
  peer.require(name === 'channel.flow-ok', `A mandatory message in a transaction was answered with ${name}.`);
}
