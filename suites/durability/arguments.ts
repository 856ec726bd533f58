import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { queueHolds, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { exchangeWith, queueWith } from '../extensions/asking.ts';
import { durable, persistent } from './scenes.ts';

interface Limit {
  readonly slug: string;
  /** Goes on with `is still so`. */
  readonly title: string;
  readonly duty: DutyId;
  readonly arguments: Readonly<Record<string, number>>;
  prove(peer: Peer, channel: ProbeChannel, queue: string): Promise<void>;
}

const shared = { durable: true, exclusive: false } as const;

function publish(channel: ProbeChannel, routingKey: string, body: string, priority = 0): void {
  channel.publish({ routingKey, body, properties: { ...persistent, priority } });
}

async function requireIn(peer: Peer, channel: ProbeChannel, queue: string, wanted: readonly string[]): Promise<void> {
  requireTexts(peer, (await takeAll(peer, channel, queue, wanted.length)).map(textOf), wanted, 'Messages in the queue');
}

const limits: readonly Limit[] = [
  {
    slug: 'message-ttl',
    title: 'A durable queue whose messages live for a tenth of a second',
    duty: 'amqp091/message-ttl.queue:emit',
    arguments: { 'x-message-ttl': 100 },
    async prove(peer, channel, queue) {
      publish(channel, queue, 'short-lived');
      await queueHolds(peer, channel, queue, 0);
    },
  },
  {
    slug: 'max-length',
    title: 'A durable queue for two messages at most',
    duty: 'amqp091/queue-length.messages:emit',
    arguments: { 'x-max-length': 2 },
    async prove(peer, channel, queue) {
      for (const body of ['1', '2', '3', '4']) publish(channel, queue, body);
      await queueHolds(peer, channel, queue, 2);
      await requireIn(peer, channel, queue, ['3', '4']);
    },
  },
  {
    slug: 'max-priority',
    title: 'A durable queue with priorities',
    duty: 'amqp091/message-priority.order:emit',
    arguments: { 'x-max-priority': 5 },
    async prove(peer, channel, queue) {
      for (const [body, priority] of [
        ['low', 1],
        ['high', 4],
        ['middle', 2],
      ] as const)
        publish(channel, queue, body, priority);
      await queueHolds(peer, channel, queue, 3);
      await requireIn(peer, channel, queue, ['high', 'middle', 'low']);
    },
  },
];

/** What durable queues and exchanges were declared with. */
export const durableArgumentChecks = [
  ...limits.flatMap(({ slug, title, duty, arguments: args, prove }) =>
    durable(`arguments/${slug}`, {
      title: `${title} is still one`,
      duties: ['amqp091/queue.declare.durable-restored:emit', duty],
      async run(peer: Peer) {
        const table = fieldTable(args);
        const queue = await queueWith(peer, await peer.channel(), table, shared);
        await peer.outage();
        const channel = await peer.channel();
        await channel.call('queue.declare', { queue, durable: true, arguments: table }, 'queue.declare-ok');
        await prove(peer, channel, queue);
      },
    }),
  ),
  ...durable('arguments/dead-letter', {
    title: 'What a durable queue gives up still goes to its dead letter exchange',
    duties: ['amqp091/queue.declare.durable-restored:emit', 'amqp091/dead-letter.rejected:emit'],
    async run(peer: Peer) {
      const before = await peer.channel();
      const exchange = await before.exchange('fanout', { durable: true });
      const letters = await before.queue({ queue: peer.name(), ...shared });
      await before.bind(letters, exchange);
      const queue = await queueWith(peer, before, fieldTable({ 'x-dead-letter-exchange': exchange }), shared);
      publish(before, queue, 'refused');
      await queueHolds(peer, before, queue, 1);
      await peer.outage();
      const channel = await peer.channel();
      publish(channel, queue, 'refused later');
      await channel.consume(queue);
      const first = await channel.arrival('basic.deliver');
      const second = textOf(first) === 'refused' ? await channel.arrival('basic.deliver') : first;
      channel.send('basic.nack', { deliveryTag: second.method.args.deliveryTag, multiple: true, requeue: false });
      const came = (await takeAll(peer, channel, letters, second === first ? 1 : 2)).map(textOf);
      peer.require(came.includes('refused later'), `The dead letter exchange got ${came.join(' and ')}.`);
    },
  }),
  ...durable('arguments/alternate-exchange', {
    title: 'What a durable exchange cannot route still goes to its alternate exchange',
    duties: ['amqp091/exchange.declare.durable-restored:emit'],
    async run(peer: Peer) {
      const before = await peer.channel();
      const alternate = await before.exchange('fanout', { durable: true });
      const queue = await before.queue({ queue: peer.name(), ...shared });
      await before.bind(queue, alternate);
      const exchange = await exchangeWith(peer, before, fieldTable({ 'alternate-exchange': alternate }), { durable: true });
      await peer.outage();
      const channel = await peer.channel();
      channel.publish({ exchange, routingKey: 'nobody', body: 'stray' });
      await requireIn(peer, channel, queue, ['stray']);
    },
  }),
];
