import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { textOf } from '../amqp091/observations.ts';

/** Who asks: a channel that consumes its answers, and the name that they are to be sent to. */
export interface Asker {
  readonly channel: ProbeChannel;
  readonly replyTo: string;
}

/** An asker on a connection of its own, with a queue of its own for the answers. */
export async function asker(peer: Peer): Promise<Asker> {
  const channel = await peer.channel();
  const replyTo = await channel.queue();
  await channel.consume(replyTo, { noAck: true });
  return { channel, replyTo };
}

/** Asks by way of a queue or an exchange; the correlation id tells the answers apart. */
export function ask(
  { channel, replyTo }: Asker,
  to: { readonly exchange?: string; readonly routingKey?: string },
  question: string,
  correlationId: string,
): void {
  channel.publish({ ...to, properties: { replyTo, correlationId }, body: question });
}

/** Answers a request to where it wants its answer. */
export function answer(channel: ProbeChannel, request: Arrival, body: string): void {
  const { replyTo = '', correlationId = '' } = request.properties;
  channel.publish({ routingKey: replyTo, properties: { correlationId }, body });
}

/** Takes answers as they come: `correlation id: body`. */
export async function answers({ channel }: Asker, count: number): Promise<readonly string[]> {
  const came: string[] = [];
  while (came.length < count) {
    const one = await channel.arrival('basic.deliver');
    came.push(`${one.properties.correlationId}: ${textOf(one)}`);
  }
  return came;
}
