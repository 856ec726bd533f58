import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import { fieldTable, type Plain } from '../../harness/wire/amqp091/field-table.ts';
import { requireTexts, textOf } from './observations.ts';
import { optionalExchange } from './optional.ts';

/** Body, key and header of the message that is sent last, so that all before it has been routed when it comes. */
export const marker = 'end.of.the.test';

/** Publishes a message under each key and one under a key that is bound, and gives the keys that reached the queue: order on one path is promised. */
export async function keysThrough(peer: Peer, channel: ProbeChannel, exchange: string, queue: string, keys: readonly string[]): Promise<readonly string[]> {
  await channel.bind(queue, exchange, marker);
  for (const routingKey of keys) channel.publish({ exchange, routingKey, body: `=${routingKey}` });
  channel.publish({ exchange, routingKey: marker, body: marker });
  return (await reached(peer, channel, queue)).map(body => body.slice(1));
}

/** What a queue got before the marker. */
export async function reached(peer: Peer, channel: ProbeChannel, queue: string): Promise<readonly string[]> {
  const bodies: string[] = [];
  await peer.eventually('a message with a matching key reaches the queue', async () => {
    for (let one = await channel.get(queue, { noAck: true }); one !== null; one = await channel.get(queue, { noAck: true })) bodies.push(textOf(one));
    return bodies.includes(marker);
  });
  return bodies.filter(body => body !== marker);
}

export async function requirePattern(
  peer: Peer,
  pattern: string,
  { match, miss }: { readonly match: readonly string[]; readonly miss: readonly string[] },
): Promise<void> {
  const channel = await peer.channel();
  const exchange = await optionalExchange(peer, channel, 'topic');
  const queue = await channel.queue();
  await channel.bind(queue, exchange, pattern);
  requireTexts(peer, await keysThrough(peer, channel, exchange, queue, [...miss, ...match]), match, `Keys that match ${shortened(pattern)}`);
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

export type Headers = { readonly [name: string]: Plain };

/** Binds a queue with these arguments and publishes messages with these headers, each under its label; `match` are the labels that must come. */
export async function requireHeaders(
  peer: Peer,
  binding: Headers | FieldTable,
  messages: Readonly<Record<string, Headers | FieldTable>>,
  match: readonly string[],
): Promise<void> {
  const channel = await peer.channel();
  const exchange = await optionalExchange(peer, channel, 'headers');
  const queue = await channel.queue();
  await channel.bind(queue, exchange, '', tableOf(binding));
  requireTexts(peer, await labelsThrough(peer, channel, exchange, queue, messages), match, 'Messages that match the binding');
}

/** Publishes messages with these headers, each under its label, and gives the labels that reached the queue. */
export async function labelsThrough(
  peer: Peer,
  channel: ProbeChannel,
  exchange: string,
  queue: string,
  messages: Readonly<Record<string, Headers | FieldTable>>,
): Promise<readonly string[]> {
  await channel.bind(queue, exchange, marker, fieldTable({ 'x-match': 'all', [marker]: true }));
  for (const [body, headers] of Object.entries(messages)) channel.publish({ exchange, properties: { headers: tableOf(headers) }, body });
  channel.publish({ exchange, properties: { headers: fieldTable({ [marker]: true }) }, body: marker });
  return reached(peer, channel, queue);
}

function tableOf(headers: Headers | FieldTable): FieldTable {
  return isTable(headers) ? headers : fieldTable(headers);
}

function isTable(headers: Headers | FieldTable): headers is FieldTable {
  return Array.isArray(headers);
}
