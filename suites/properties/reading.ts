import type { Play } from '../../harness/fuzz/play.ts';
import { bodyOf, listed } from './dialogue.ts';
import type { Publisher } from './publisher.ts';

/** Empties a queue and holds what comes against what was published to it: each message once, in the order of its exchange, and no other. */
export async function reading(play: Play, publisher: Publisher, alias: string, queue: string): Promise<void> {
  const { channel, sent, refused } = publisher;
  const wanted = sent.filter(({ queues }) => queues.includes(alias));
  const due = wanted.filter(({ body }) => !refused.has(body)).map(({ body }) => body);
  const came: string[] = [];
  const take = async () => {
    for (let one = await channel.get(queue, { noAck: true }); one !== null; one = await channel.get(queue, { noAck: true })) came.push(bodyOf(one));
    return due.every(body => came.includes(body));
  };
  play.step(`take all from ${alias}`);
  const complete = await take();
  if (!complete && !publisher.confirms) await play.peer.eventually(`${listed(due)} come out of ${alias}`, take);
  const sentence = `${alias} should hold ${listed(due)}, and ${listed(came)} came out of it.`;
  const lacking = due.filter(body => !came.includes(body));
  play.require(lacking.length === 0, { what: 'a queue lacks a message that was routed to it', sentence });
  play.require(new Set(came).size === came.length, { what: 'a queue holds a message twice', sentence, duty: 'amqp091/queue.bind.unique:emit' });
  const strange = came.filter(body => !wanted.some(each => each.body === body));
  play.require(strange.length === 0, { what: 'a queue holds a message that was not routed to it', sentence });
  for (const exchange of new Set(wanted.map(each => each.exchange))) {
    const path = wanted.filter(each => each.exchange === exchange).map(({ body }) => body);
    const order = came.filter(body => path.includes(body));
    const kept = path.filter(body => order.includes(body)).join() === order.join();
    play.require(kept, { what: 'messages overtook each other', sentence, duty: 'amqp091/4.7.order:emit' });
  }
}
