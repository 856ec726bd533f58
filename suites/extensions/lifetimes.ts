import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { plain } from '../../harness/wire/amqp091/plain.ts';

/** What is added to a time that must have passed for the broker, since its clock may tick more coarsely than ours. */
const marginMs = 60;

/** Waits until the server has these queues' messages, and then until every time to live of `ttlMs` that began before is over. */
export async function outlive(peer: Peer, channel: ProbeChannel, ttlMs: number, ...queues: readonly string[]): Promise<void> {
  for (const queue of queues) await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
  await peer.quiet(ttlMs + marginMs, `a time to live of ${ttlMs} ms runs out`);
}

/** Fails unless get finds the queue empty. */
export async function requireEmpty(peer: Peer, channel: ProbeChannel, queue: string, what: string): Promise<void> {
  const found = await channel.get(queue, { noAck: true });
  peer.require(found === null, `${what}: get hands out the message '${found === null ? '' : new TextDecoder().decode(found.body)}'.`);
}

/** The headers of a message as plain values. */
export function headersOf(message: Arrival): ReturnType<typeof plain> {
  return plain(message.properties.headers ?? []);
}

/** Waits until a queue is gone, as a mandatory message shows: anything else that asks for the queue would keep it in use. */
export async function expired(peer: Peer, channel: ProbeChannel, queue: string): Promise<void> {
  await peer.eventually('the queue is deleted', async () => {
    channel.publish({ routingKey: queue, mandatory: true });
    await channel.barrier();
    return channel.taken().some(seen => seen.kind === 'method' && seen.method.name === 'basic.return');
  });
}
