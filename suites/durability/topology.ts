import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { exchangeExists, exclusiveQueueGone, queueHolds, queueView, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { drainTexts, durable, durableQueue, named, publishAll } from './scenes.ts';

/** One exchange type: bindings, and for each of them a message that it takes and one that it does not take. */
interface Kind {
  readonly type: 'direct' | 'fanout' | 'topic' | 'headers';
  readonly key: string;
  readonly arguments: FieldTable;
  readonly fits: { readonly key: string; readonly headers?: FieldTable };
  /** Left out where everything fits. */
  readonly misses?: { readonly key: string; readonly headers?: FieldTable };
}

const paper = fieldTable({ 'x-match': 'all', kind: 'paper', size: 4 });

const kinds: readonly Kind[] = [
  { type: 'direct', key: 'red', arguments: [], fits: { key: 'red' }, misses: { key: 'green' } },
  { type: 'fanout', key: '', arguments: [], fits: { key: 'whatever' } },
  { type: 'topic', key: 'a.*.c.#', arguments: [], fits: { key: 'a.b.c.d' }, misses: { key: 'a.b.d' } },
  {
    type: 'headers',
    key: '',
    arguments: paper,
    fits: { key: '', headers: fieldTable({ kind: 'paper', size: 4 }) },
    misses: { key: '', headers: fieldTable({ kind: 'paper', size: 5 }) },
  },
];

function sendTo(channel: ProbeChannel, exchange: string, { key, headers }: Kind['fits'], body: string): void {
  channel.publish({ exchange, routingKey: key, body, properties: headers === undefined ? {} : { headers } });
}

/** Durable queues, exchanges and bindings, and transient and exclusive ones. */
export const durableTopologyChecks = [
  ...durable('queue/durable', {
    title: 'A durable queue is there and takes messages',
    duties: ['amqp091/queue.declare.durable-restored:emit'],
    async run(peer: Peer) {
      const queue = await durableQueue(peer, await peer.channel());
      await peer.outage();
      const channel = await peer.channel();
      const view = await queueView(peer, channel.connection, queue);
      peer.require(view.kind === 'there', 'The durable queue is not there any more.');
      await channel.call('queue.declare', { queue, durable: true }, 'queue.declare-ok');
      publishAll(channel, ['1'], { routingKey: queue });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['1'], 'Messages in the queue');
    },
  }),
  ...durable('queue/transient', {
    title: 'A transient queue is gone',
    duties: ['amqp091/queue.declare.transient-gone:emit'],
    async run(peer: Peer) {
      const queue = await durableQueue(peer, await peer.channel(), { durable: false });
      await peer.outage();
      const view = await queueView(peer, await peer.connection(), queue);
      peer.require(view.kind === 'refused' && view.code === 404, `The transient queue is ${view.kind}.`);
    },
  }),
  ...durable('queue/exclusive', {
    title: 'An exclusive queue is gone',
    duties: ['amqp091/queue.declare.exclusive-life:emit'],
    async run(peer: Peer) {
      const queue = await (await peer.channel()).queue({ queue: peer.name() });
      await peer.outage();
      await exclusiveQueueGone(peer, queue);
    },
  }),
  ...durable('queue/deleted', {
    title: 'A durable queue that was deleted stays away',
    duties: ['amqp091/queue.delete.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await durableQueue(peer, channel);
      publishAll(channel, named(3), { routingKey: queue });
      await queueHolds(peer, channel, queue, 3);
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      await peer.outage();
      const view = await queueView(peer, await peer.connection(), queue);
      peer.require(view.kind === 'refused' && view.code === 404, 'The deleted queue is back.');
    },
  }),
  ...durable('queue/purged', {
    title: 'What was purged stays away',
    duties: ['amqp091/queue.purge.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await durableQueue(peer, channel);
      publishAll(channel, named(5), { routingKey: queue });
      await queueHolds(peer, channel, queue, 5);
      await channel.call('queue.purge', { queue }, 'queue.purge-ok');
      await peer.outage();
      requireTexts(peer, await drainTexts(await peer.channel(), queue), [], 'Messages in the purged queue');
    },
  }),
  ...kinds.flatMap(kind =>
    durable(`exchange/${kind.type}`, {
      title: `A durable ${kind.type} exchange is there with its binding`,
      duties: ['amqp091/exchange.declare.durable-restored:emit', 'amqp091/queue.bind.durable-restored:emit'],
      async run(peer: Peer) {
        const before = await peer.channel();
        const exchange = await before.exchange(kind.type, { durable: true });
        const queue = await durableQueue(peer, before);
        await before.bind(queue, exchange, kind.key, kind.arguments);
        await peer.outage();
        const channel = await peer.channel();
        const there = await exchangeExists(peer, channel.connection, exchange, kind.type);
        peer.require(there, 'The durable exchange is not there any more.');
        await channel.call('exchange.declare', { exchange, type: kind.type, durable: true }, 'exchange.declare-ok');
        if (kind.misses !== undefined) sendTo(channel, exchange, kind.misses, 'misses');
        sendTo(channel, exchange, kind.fits, 'fits');
        const came = (await takeAll(peer, channel, queue, 1)).map(textOf);
        requireTexts(peer, came, ['fits'], 'Messages that the binding let through');
      },
    }),
  ),
  ...durable('exchange/transient', {
    title: 'A transient exchange is gone',
    duties: ['amqp091/exchange.declare.transient-gone:emit'],
    async run(peer: Peer) {
      const exchange = await (await peer.channel()).exchange('direct');
      await peer.outage();
      peer.require(!(await exchangeExists(peer, await peer.connection(), exchange)), 'The transient exchange is still there.');
    },
  }),
  ...durable('exchange/deleted', {
    title: 'A durable exchange that was deleted stays away',
    duties: ['amqp091/exchange.delete.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct', { durable: true });
      await channel.call('exchange.delete', { exchange }, 'exchange.delete-ok');
      await peer.outage();
      peer.require(!(await exchangeExists(peer, await peer.connection(), exchange)), 'The deleted exchange is back.');
    },
  }),
  ...durable('binding/unbound', {
    title: 'A binding that was taken away stays away, and another stays',
    duties: ['amqp091/queue.unbind.effect:emit', 'amqp091/queue.bind.durable-restored:emit'],
    async run(peer: Peer) {
      const before = await peer.channel();
      const exchange = await before.exchange('direct', { durable: true });
      const queue = await durableQueue(peer, before);
      for (const key of ['kept', 'taken']) await before.bind(queue, exchange, key);
      await before.call('queue.unbind', { queue, exchange, routingKey: 'taken' }, 'queue.unbind-ok');
      await peer.outage();
      const channel = await peer.channel();
      for (const key of ['taken', 'kept']) channel.publish({ exchange, routingKey: key, body: key });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['kept'], 'Messages that bindings let through');
    },
  }),
  ...durable('binding/exchanges', {
    title: 'A binding between durable exchanges is there',
    duties: ['amqp091/exchange.bind.durable-restored:emit'],
    capabilities: ['exchange_exchange_bindings'],
    async run(peer: Peer) {
      const before = await peer.channel();
      const [source, destination] = [await before.exchange('topic', { durable: true }), await before.exchange('fanout', { durable: true })];
      const queue = await durableQueue(peer, before);
      await before.bind(queue, destination);
      await before.call('exchange.bind', { source, destination, routingKey: 'a.#' }, 'exchange.bind-ok');
      await peer.outage();
      const channel = await peer.channel();
      for (const key of ['b.a', 'a.b']) channel.publish({ exchange: source, routingKey: key, body: key });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['a.b'], 'Messages that came through both exchanges');
    },
  }),
];
