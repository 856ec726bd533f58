import type { Arrival, Peer, ProbeChannel, ProbeConnection } from '../../harness/probe/peer.ts';

/** What a passive declare says of a queue: its counts, or the code by which it was refused. */
export type QueueView = { readonly kind: 'there'; readonly messages: number; readonly consumers: number } | { readonly kind: 'refused'; readonly code: number };

/** Asks on a channel of its own, since a refusal costs the channel; on a connection where nothing else is under way. */
export async function queueView(peer: Peer, connection: ProbeConnection, queue: string): Promise<QueueView> {
  const channel = await connection.channel();
  channel.send('queue.declare', { queue, passive: true });
  const seen = await connection.next();
  peer.require(seen.kind === 'method', `The passive declare of a queue got no answer but ${seen.kind}.`);
  if (seen.method.name === 'channel.close') {
    channel.send('channel.close-ok');
    return { kind: 'refused', code: seen.method.args.replyCode };
  }
  peer.require(seen.method.name === 'queue.declare-ok', `The passive declare of a queue was answered with ${seen.method.name}.`);
  await channel.close();
  return { kind: 'there', messages: seen.method.args.messageCount, consumers: seen.method.args.consumerCount };
}

/** Whether an exchange of this type exists; asked as `queueView` asks. A passive declare needs no type, but that is a matter of its own. */
export async function exchangeExists(peer: Peer, connection: ProbeConnection, exchange: string, type = 'direct'): Promise<boolean> {
  const channel = await connection.channel();
  channel.send('exchange.declare', { exchange, type, passive: true });
  const seen = await connection.next();
  peer.require(seen.kind === 'method', `The passive declare of an exchange got no answer but ${seen.kind}.`);
  if (seen.method.name === 'channel.close') {
    peer.require(seen.method.args.replyCode === 404, `The passive declare of an exchange was refused with ${seen.method.args.replyCode}.`);
    channel.send('channel.close-ok');
    return false;
  }
  peer.require(seen.method.name === 'exchange.declare-ok', `The passive declare of an exchange was answered with ${seen.method.name}.`);
  await channel.close();
  return true;
}

/** Waits until a queue is gone from the sight of this connection. */
export async function queueGone(peer: Peer, connection: ProbeConnection, queue: string): Promise<void> {
  await peer.eventually('the queue is deleted', async () => {
    const view = await queueView(peer, connection, queue);
    return view.kind === 'refused' && view.code === 404;
  });
}

/** The same for an exclusive queue of another connection. Some servers end the connection of who asks while it is there, so that this asks on its own. */
export async function exclusiveQueueGone(peer: Peer, queue: string): Promise<void> {
  let asking: ProbeConnection | undefined;
  await peer.eventually('the queue is deleted', async () => {
    asking ??= await peer.connection();
    const channel = await asking.channel();
    channel.send('queue.declare', { queue, passive: true });
    const seen = await asking.next();
    peer.require(seen.kind === 'method', `The passive declare of a queue got no answer but ${seen.kind}.`);
    const { name, args } = seen.method;
    if (name === 'channel.close' || name === 'connection.close') {
      asking.send(seen.channel, `${name}-ok`);
      if (name === 'connection.close') asking = undefined;
      return args.replyCode === 404;
    }
    peer.require(name === 'queue.declare-ok', `The passive declare of a queue was answered with ${name}.`);
    await channel.close();
    return false;
  });
}

/** Waits until an existing queue holds this many messages that wait for nobody's acknowledgement. */
export async function queueHolds(peer: Peer, channel: ProbeChannel, queue: string, messages: number): Promise<void> {
  await peer.eventually(`the queue counts ${messages} messages`, async () => {
    const answer = await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
    return answer.args.messageCount === messages;
  });
}

/** The body as text. */
export function textOf(message: Arrival): string {
  return new TextDecoder().decode(message.body);
}

/** Takes everything out of a queue for good, again and again, until at least `count` messages came. */
export async function takeAll(peer: Peer, channel: ProbeChannel, queue: string, count: number): Promise<readonly Arrival<'basic.get-ok'>[]> {
  const taken: Arrival<'basic.get-ok'>[] = [];
  await peer.eventually(`${count} messages come out of the queue`, async () => {
    for (let one = await channel.get(queue, { noAck: true }); one !== null; one = await channel.get(queue, { noAck: true })) taken.push(one);
    return taken.length >= count;
  });
  return taken;
}

/** Gets one message that is certain to come, and leaves it unacknowledged. */
export async function hold(peer: Peer, channel: ProbeChannel, queue: string): Promise<Arrival<'basic.get-ok'>> {
  let held: Arrival<'basic.get-ok'> | null = null;
  await peer.eventually('a message comes out of the queue', async () => {
    held = await channel.get(queue);
    return held !== null;
  });
  peer.require(held !== null, 'No message came out of the queue.');
  return held;
}

/** Publishes one message for each body through the default exchange. */
export function fill(channel: ProbeChannel, queue: string, bodies: readonly string[]): void {
  for (const body of bodies) channel.publish({ routingKey: queue, body });
}

/** Bodies `1` to `count`. */
export function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}

/** Fails unless these texts came, in this order. */
export function requireTexts(peer: Peer, came: readonly string[], wanted: readonly string[], what: string): void {
  peer.require(came.join('\n') === wanted.join('\n'), `${what}: expected ${list(wanted)}, got ${list(came)}.`);
}

function list(texts: readonly string[]): string {
  if (texts.length === 0) return 'nothing';
  const shown = texts
    .slice(0, 8)
    .map(text => (text.length > 40 ? `${text.slice(0, 40)}…` : text))
    .join(', ');
  return texts.length > 8 ? `${shown} and ${texts.length - 8} more` : shown;
}

/** Takes deliveries of a channel in the order they come. */
export async function deliveries(channel: ProbeChannel, count: number): Promise<readonly Arrival<'basic.deliver'>[]> {
  const came: Arrival<'basic.deliver'>[] = [];
  while (came.length < count) came.push(await channel.arrival('basic.deliver'));
  return came;
}

/** A channel that holds messages of a queue unacknowledged, their delivery tags, and a channel of another connection to look on from. */
export interface Held {
  readonly channel: ProbeChannel;
  readonly other: ProbeChannel;
  readonly queue: string;
  readonly tags: readonly bigint[];
}

/** Publishes messages `1` to `count` and takes them with get, unacknowledged. */
export async function holding(peer: Peer, count: number): Promise<Held> {
  const [channel, other] = [await peer.channel(), await peer.channel()];
  const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
  fill(channel, queue, numbered(count));
  const tags: bigint[] = [];
  while (tags.length < count) tags.push((await hold(peer, channel, queue)).method.args.deliveryTag);
  return { channel, other, queue, tags };
}

/** Fails unless exactly these messages are in the queue for another client now, in whatever order. */
export async function requireFound(peer: Peer, { other, queue }: Held, wanted: readonly string[]): Promise<void> {
  const found = await takeAll(peer, other, queue, wanted.length);
  requireTexts(peer, found.map(textOf).sort(), wanted, 'Messages that another client finds');
}

/** Closes the holding channel: what was not settled comes back, and nothing else. */
export async function requireBack(peer: Peer, held: Held, wanted: readonly string[]): Promise<void> {
  await held.channel.close();
  await requireFound(peer, held, wanted);
}

/** A channel of a connection with small frames: 8192 octets, which every server takes, or what the server offers where that is less. */
export async function smallFrames(peer: Peer): Promise<ProbeChannel> {
  const { tune } = await peer.connection({ upTo: 'tune' });
  return peer.channel({ frameMax: tune.frameMax === 0 ? 8192 : Math.min(8192, tune.frameMax) });
}
