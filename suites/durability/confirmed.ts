import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { confirming, requireConfirmed } from '../amqp091/confirming.ts';
import { settle } from './books.ts';
import { drainTexts, durable, durableQueue, named, publishAll } from './scenes.ts';

const capabilities = ['publisher_confirms'] as const;
const order = 'amqp091/4.7.order:emit';
const breaches = { reordered: order } as const;

/** Messages that were confirmed before the server ended. */
export const durableConfirmChecks = [
  ...durable('confirmed/one-by-one', {
    title: 'Messages published and confirmed one by one are there, each once and in order,',
    duties: ['amqp091/confirm.persistent:emit', order],
    capabilities,
    async run(peer: Peer, outage) {
      const channel = await confirming(peer);
      const queue = await durableQueue(peer, channel);
      const attempted = named(20);
      for (const [at, body] of attempted.entries()) {
        publishAll(channel, [body], { routingKey: queue });
        await requireConfirmed(peer, channel, at + 1, at + 1);
      }
      await peer.outage();
      settle(peer, 'confirmed one by one', { outage, attempted, confirmed: attempted }, await drainTexts(await peer.channel(), queue), breaches);
    },
  }),
  ...durable('confirmed/in-a-row', {
    title: 'Messages published in a row and then confirmed are there, each once and in order,',
    duties: ['amqp091/confirm.persistent:emit', order],
    capabilities,
    async run(peer: Peer, outage) {
      const channel = await confirming(peer);
      const queue = await durableQueue(peer, channel);
      const attempted = named(200);
      publishAll(channel, attempted, { routingKey: queue });
      await requireConfirmed(peer, channel, attempted.length);
      await peer.outage();
      settle(peer, 'confirmed in a row', { outage, attempted, confirmed: attempted }, await drainTexts(await peer.channel(), queue), breaches);
    },
  }),
  ...durable('confirmed/under-way', {
    title: 'Whatever was confirmed while a client went on publishing is there, each once and in order,',
    duties: ['amqp091/confirm.persistent:emit', order],
    capabilities,
    async run(peer: Peer, outage) {
      const channel = await confirming(peer);
      const queue = await durableQueue(peer, channel);
      const { attempted, confirmed } = await publishThrough(peer, channel, queue);
      settle(peer, 'confirmed while publishing', { outage, attempted, confirmed }, await drainTexts(await peer.channel(), queue), breaches);
    },
  }),
];

/** Confirms that show that the publisher is in full swing, and how many messages it leaves unconfirmed. */
const swing = 20;
const window = 10;

/** Publishes on and on while the broker goes down, and tells which messages it had confirmed. */
async function publishThrough(peer: Peer, channel: ProbeChannel, queue: string): Promise<{ readonly attempted: string[]; readonly confirmed: string[] }> {
  const attempted: string[] = [];
  const confirmed = new Set<string>();
  await peer.outage(async begun => {
    const send = () => {
      attempted.push(`m${attempted.length + 1}`);
      publishAll(channel, attempted.slice(-1), { routingKey: queue });
    };
    for (let count = 0; count < window; count += 1) send();
    for (let seen = await channel.connection.next('close'); seen.kind === 'method'; seen = await channel.connection.next('close')) {
      if (seen.method.name === 'connection.close') break;
      if (seen.method.name !== 'basic.ack') continue;
      const { deliveryTag, multiple } = seen.method.args;
      const last = Number(deliveryTag);
      for (let tag = multiple ? 1 : last; tag <= last; tag += 1) {
        const name = attempted[tag - 1] ?? '';
        if (confirmed.has(name)) continue;
        confirmed.add(name);
        send();
      }
      if (confirmed.size >= swing) begun();
    }
  });
  return { attempted, confirmed: [...confirmed] };
}
