import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { takeAll, textOf } from '../amqp091/observations.ts';

export const capabilities = ['direct_reply_to'];
export const pseudoQueue = 'amq.rabbitmq.reply-to';

/** Two connections: one asks, the other finds requests in a queue of its own and answers. */
export interface Partners {
  readonly asker: ProbeChannel;
  readonly answerer: ProbeChannel;
  readonly requests: string;
  readonly consumerTag: string;
}

export async function partners(peer: Peer): Promise<Partners> {
  const [asker, answerer] = [await peer.channel(), await peer.channel()];
  const requests = await answerer.queue({ exclusive: false });
  const consumerTag = await asker.consume(pseudoQueue, { noAck: true });
  return { asker, answerer, requests, consumerTag };
}

/** Publishes a request that wants its answer directly, and gives the name that it arrives with. */
export async function ask(peer: Peer, asker: ProbeChannel, { answerer, requests }: Partners): Promise<string> {
  asker.publish({ routingKey: requests, properties: { replyTo: pseudoQueue, correlationId: 'c1' }, body: 'question' });
  const [request] = await takeAll(peer, answerer, requests, 1);
  return request?.properties.replyTo ?? '';
}

export function requireName(peer: Peer, name: string): void {
  peer.require(name.startsWith(`${pseudoQueue}.`) && name.length > pseudoQueue.length + 1, `The request arrived with reply-to ${name}.`);
}

export async function answered(channel: ProbeChannel): Promise<string> {
  return textOf(await channel.arrival('basic.deliver'));
}
