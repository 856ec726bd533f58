import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fieldTable, type Plain } from '../../harness/wire/amqp091/field-table.ts';
import { exchangeWith, queueWith } from '../extensions/asking.ts';
import { exchangeExists, requireTexts, takeAll, textOf } from './observations.ts';

async function requireGone(peer: Peer, channel: ProbeChannel, exchange: string): Promise<void> {
  await peer.eventually('the auto-delete exchange is deleted', async () => !(await exchangeExists(peer, channel.connection, exchange)));
}

async function requireThere(peer: Peer, channel: ProbeChannel, exchange: string, when: string): Promise<void> {
  peer.require(await exchangeExists(peer, channel.connection, exchange), `The auto-delete exchange is gone ${when}.`);
}

/** Ways in which the last queue of an auto-delete exchange can be lost. */
const lastUses: Readonly<
  Record<string, { readonly title: string; readonly lose: (channel: ProbeChannel, queue: string, exchange: string) => Promise<unknown> }>
> = {
  unbind: {
    title: 'An auto-delete exchange is deleted when its last queue is unbound',
    lose: (channel, queue, exchange) => channel.call('queue.unbind', { queue, exchange, routingKey: 'key' }, 'queue.unbind-ok'),
  },
  'queue-deleted': {
    title: 'An auto-delete exchange is deleted when its last queue is deleted',
    lose: (channel, queue) => channel.call('queue.delete', { queue }, 'queue.delete-ok'),
  },
  'connection-closed': {
    title: 'An auto-delete exchange is deleted when its last queue goes with the connection that owns it',
    lose: channel => channel.connection.close(),
  },
};

const lastUseChecks = Object.entries(lastUses).map(([slug, { title, lose }]) =>
  check(`amqp091/exchange/auto-delete/${slug}`, {
    title,
    duties: ['amqp091/exchange.declare.auto-delete:emit'],
    async run(peer: Peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const [exchange, queue] = [await channel.exchange('direct', { autoDelete: true }), await channel.queue()];
      await channel.bind(queue, exchange, 'key');
      await requireThere(peer, other, exchange, 'although a queue is bound to it');
      await lose(channel, queue, exchange);
      await requireGone(peer, other, exchange);
    },
  }),
);

/** Exchanges that end by themselves, those that are not for publishers, and what a second declare may say. */
export const exchangeLifeChecks = [
  ...lastUseChecks,
  check('amqp091/exchange/auto-delete/not-before', {
    title: 'An auto-delete exchange to which nothing was bound yet stays, also when messages were published to it',
    duties: ['amqp091/exchange.declare.auto-delete-unused:emit'],
    async run(peer: Peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const [exchange, queue] = [await channel.exchange('direct', { autoDelete: true }), await other.queue()];
      channel.publish({ exchange, routingKey: 'key', body: 'nobody listens' });
      await channel.barrier();
      await channel.connection.close();
      await requireThere(peer, other, exchange, 'before anything was bound to it');
      await other.bind(queue, exchange, 'key');
      other.publish({ exchange, routingKey: 'key', body: 'hello' });
      requireTexts(peer, (await takeAll(peer, other, queue, 1)).map(textOf), ['hello'], 'Messages in the queue');
    },
  }),
  check('amqp091/exchange/auto-delete/one-of-two', {
    title: 'An auto-delete exchange stays as long as one of its bindings is there',
    duties: ['amqp091/exchange.declare.auto-delete:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [exchange, one, two] = [await channel.exchange('direct', { autoDelete: true }), await channel.queue(), await channel.queue()];
      for (const [queue, key] of [
        [one, 'a'],
        [two, 'a'],
        [two, 'b'],
      ] as const)
        await channel.bind(queue, exchange, key);
      await channel.call('queue.delete', { queue: one }, 'queue.delete-ok');
      await channel.call('queue.unbind', { queue: two, exchange, routingKey: 'a' }, 'queue.unbind-ok');
      await requireThere(peer, channel, exchange, 'although a binding is left');
      await channel.call('queue.unbind', { queue: two, exchange, routingKey: 'b' }, 'queue.unbind-ok');
      await requireGone(peer, channel, exchange);
    },
  }),
  check('amqp091/exchange/auto-delete/without', {
    title: 'An exchange without auto-delete stays when its last queue is unbound',
    duties: ['amqp091/exchange.declare.auto-delete:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      await channel.bind(queue, exchange, 'key');
      await channel.call('queue.unbind', { queue, exchange, routingKey: 'key' }, 'queue.unbind-ok');
      const auto = await channel.exchange('direct', { autoDelete: true });
      await channel.bind(queue, auto, 'key');
      await channel.call('queue.unbind', { queue, exchange: auto, routingKey: 'key' }, 'queue.unbind-ok');
      await requireGone(peer, channel, auto);
      peer.require(await exchangeExists(peer, channel.connection, exchange), 'An exchange that is not auto-delete is gone with its last binding.');
    },
  }),
  check('amqp091/exchange/auto-delete/declared-again', {
    title: 'Declaring an exchange again with another auto-delete succeeds, and the exchange stays what it was',
    duties: ['amqp091/exchange.declare.auto-delete-existing:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct', { autoDelete: true }), await channel.queue()];
      await channel.call('exchange.declare', { exchange, type: 'direct', autoDelete: false }, 'exchange.declare-ok');
      await channel.bind(queue, exchange, 'key');
      await channel.call('queue.unbind', { queue, exchange, routingKey: 'key' }, 'queue.unbind-ok');
      await requireGone(peer, channel, exchange);
    },
  }),
  check('amqp091/exchange/internal/publish', {
    title: 'Publishing to an internal exchange is access-refused',
    duties: ['amqp091/basic.publish.internal:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('fanout', { internal: true });
      await channel.bind(await channel.queue(), exchange);
      channel.publish({ exchange, body: 'not allowed' });
      await channel.answersTo('amqp091/basic.publish.internal:enforce');
    },
  }),
  check('amqp091/exchange/internal/mandatory', {
    title: 'Publishing to an internal exchange to which nothing is bound is access-refused as well, with the mandatory flag too',
    duties: ['amqp091/basic.publish.internal:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.publish({ exchange: await channel.exchange('direct', { internal: true }), mandatory: true, body: 'not allowed' });
      await channel.answersTo('amqp091/basic.publish.internal:enforce');
    },
  }),
  check('amqp091/exchange/internal/bound', {
    title: 'An internal exchange routes what another exchange passes on to it',
    duties: ['amqp091/exchange.declare.internal:emit'],
    capabilities: ['exchange_exchange_bindings'],
    async run(peer) {
      const channel = await peer.channel();
      const [source, internal, queue] = [await channel.exchange('fanout'), await channel.exchange('fanout', { internal: true }), await channel.queue()];
      await channel.call('exchange.bind', { source, destination: internal }, 'exchange.bind-ok');
      await channel.bind(queue, internal);
      channel.publish({ exchange: source, body: 'hello' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['hello'], 'Messages in the queue');
    },
  }),
  check('amqp091/exchange/internal/declared-again', {
    title: 'Declaring an exchange again with another value of internal: taken or refused, the exchange goes on routing',
    duties: ['amqp091/3.1.3.2.fanout:emit', 'amqp091/exchange.declare.internal-existing:permit'],
    departs: true,
    async run(peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const [exchange, queue] = [await other.exchange('fanout'), await other.queue()];
      await other.bind(queue, exchange);
      channel.send('exchange.declare', { exchange, type: 'fanout', internal: true });
      await channel.answersTo('amqp091/exchange.declare.internal-existing:permit');
      other.publish({ exchange, routingKey: 'any', body: 'hello' });
      requireTexts(peer, (await takeAll(peer, other, queue, 1)).map(textOf), ['hello'], 'Messages in the queue');
    },
  }),
];

/** Arguments of the application's own, as a second declare may give them. */
const notes = { 'amqpspec-number': 7, 'amqpspec-text': 'note' } as const satisfies Readonly<Record<string, Plain>>;
const others: Readonly<Record<string, Readonly<Record<string, Plain>>>> = {
  'other-value': { ...notes, 'amqpspec-number': 8 },
  'one-less': { 'amqpspec-number': 7 },
  'one-more': { ...notes, 'amqpspec-more': true },
};

/** How arguments are compared when something is declared again: by meaning, all of them. */
export const equivalenceChecks = [
  ...Object.entries(others).flatMap(([slug, args]) => [
    check(`amqp091/exchange/equivalent/${slug}`, {
      title: `Declaring an exchange again with other arguments (${slug.replace('-', ' ')}) closes the channel`,
      duties: ['amqp091/exchange.declare.equivalent:enforce'],
      departs: true,
      async run(peer) {
        const channel = await peer.channel();
        const exchange = await exchangeWith(peer, channel, fieldTable(notes));
        channel.send('exchange.declare', { exchange, type: 'direct', arguments: fieldTable(args) });
        await channel.answersTo('amqp091/exchange.declare.equivalent:enforce');
      },
    }),
    check(`amqp091/queue/equivalent/${slug}`, {
      title: `Declaring a queue again with other arguments (${slug.replace('-', ' ')}) closes the channel`,
      duties: ['amqp091/queue.declare.equivalent:enforce'],
      departs: true,
      async run(peer) {
        const channel = await peer.channel();
        const queue = await queueWith(peer, channel, fieldTable(notes));
        channel.send('queue.declare', { queue, exclusive: true, arguments: fieldTable(args) });
        await channel.answersTo('amqp091/queue.declare.equivalent:enforce');
      },
    }),
  ]),
  check('amqp091/exchange/equivalent/other-order', {
    title: 'Declaring an exchange again with the same arguments in another order succeeds',
    duties: ['amqp091/exchange.declare.equivalent:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const exchange = await exchangeWith(peer, channel, fieldTable(notes));
      await channel.call('exchange.declare', { exchange, type: 'direct', arguments: fieldTable(notes).toReversed() }, 'exchange.declare-ok');
    },
  }),
  check('amqp091/queue/equivalent/other-order', {
    title: 'Declaring a queue again with the same arguments in another order succeeds',
    duties: ['amqp091/queue.declare.equivalent:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable(notes));
      await channel.call('queue.declare', { queue, exclusive: true, arguments: fieldTable(notes).toReversed() }, 'queue.declare-ok');
    },
  }),
  check('amqp091/queue/equivalent/other-auto-delete', {
    title: 'Declaring a queue again with another auto-delete: taken or refused, the queue keeps its messages',
    duties: ['amqp091/queue.declare.equivalent:emit', 'amqp091/queue.declare.auto-delete-existing:permit'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      channel.publish({ routingKey: queue, body: 'kept' });
      other.send('queue.declare', { queue, exclusive: true, autoDelete: true });
      await other.answersTo('amqp091/queue.declare.auto-delete-existing:permit');
      await channel.call('queue.declare', { queue, exclusive: true }, 'queue.declare-ok');
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['kept'], 'Messages in the queue');
    },
  }),
];
