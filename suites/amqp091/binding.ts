import { check } from '../../harness/check/check.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import { requireTexts, takeAll, textOf } from './observations.ts';

/** Requests that need a queue name, sent without one, by the slug of their check. */
const unnamed: Readonly<Record<string, (channel: ProbeChannel) => void>> = {
  bind: channel => channel.send('queue.bind', { exchange: 'amq.direct', routingKey: 'key' }),
  unbind: channel => channel.send('queue.unbind', { exchange: 'amq.direct', routingKey: 'key' }),
  purge: channel => channel.send('queue.purge'),
  delete: channel => channel.send('queue.delete'),
  consume: channel => channel.send('basic.consume'),
  get: channel => channel.send('basic.get'),
};

const unnamedChecks = Object.entries(unnamed).map(([request, send]) =>
  check(`amqp091/queue/unnamed/${request}`, {
    title: `A ${request} without a queue name, on a channel where none was declared, is refused`,
    duties: ['amqp091/domain.queue-name.none-declared:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      send(channel);
      await channel.answersTo('amqp091/domain.queue-name.none-declared:enforce');
    },
  }),
);

/** Class queue, methods bind and unbind, and requests that name no queue. */
export const bindingChecks = [
  ...unnamedChecks,
  check('amqp091/binding/bind/twice', {
    title: 'The same binding made twice is no error, and a message comes once',
    duties: ['amqp091/queue.bind.duplicates:emit', 'amqp091/queue.bind.unique:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      await channel.bind(queue, exchange, 'key');
      await channel.bind(queue, exchange, 'key');
      for (const body of ['1', '2']) channel.publish({ exchange, routingKey: 'key', body });
      requireTexts(peer, (await takeAll(peer, channel, queue, 2)).map(textOf), ['1', '2'], 'Messages in the queue');
    },
  }),
  check('amqp091/binding/bind/many-matches', {
    title: 'A queue whose three bindings all match a message gets it once',
    duties: ['amqp091/queue.bind.unique:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('fanout'), await channel.queue()];
      for (const key of ['a', 'b', 'c']) await channel.bind(queue, exchange, key);
      for (const body of ['1', '2']) channel.publish({ exchange, routingKey: 'a', body });
      requireTexts(peer, (await takeAll(peer, channel, queue, 2)).map(textOf), ['1', '2'], 'Messages in the queue');
    },
  }),
  check('amqp091/binding/bind/transient-exchange', {
    title: 'A durable queue can be bound to a transient exchange',
    duties: ['amqp091/queue.bind.transient-exchange:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      const exchange = await channel.exchange('direct', { durable: false });
      await channel.bind(queue, exchange, 'key');
      channel.publish({ exchange, routingKey: 'key', body: 'hello' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['hello'], 'Messages in the queue');
    },
  }),
  check('amqp091/binding/bind/four', {
    title: 'A queue takes four bindings to four exchanges, and all route',
    duties: ['amqp091/queue.bind.binding-count:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const bodies = ['1', '2', '3', '4'];
      for (const body of bodies) {
        const exchange = await channel.exchange('direct');
        await channel.bind(queue, exchange, body);
        channel.publish({ exchange, routingKey: body, body });
      }
      const came = (await takeAll(peer, channel, queue, bodies.length)).map(textOf).sort();
      requireTexts(peer, came, bodies, 'Messages in the queue');
    },
  }),
  check('amqp091/binding/bind/missing-queue', {
    title: 'Binding a queue that does not exist is not-found',
    duties: ['amqp091/queue.bind.queue-exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.bind', { queue: peer.name(), exchange: 'amq.direct', routingKey: 'key' });
      await channel.answersTo('amqp091/queue.bind.queue-exists:enforce');
    },
  }),
  check('amqp091/binding/bind/missing-exchange', {
    title: 'Binding a queue to an exchange that does not exist is not-found',
    duties: ['amqp091/queue.bind.exchange-exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.bind', { queue: await channel.queue(), exchange: peer.name(), routingKey: 'key' });
      await channel.answersTo('amqp091/queue.bind.exchange-exists:enforce');
    },
  }),
  check('amqp091/binding/bind/default-exchange', {
    title: 'A bind with an empty exchange name binds to the default exchange',
    duties: ['amqp091/queue.bind.default-exchange:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [queue, routingKey] = [await channel.queue(), peer.name('key')];
      await channel.bind(queue, '', routingKey);
      channel.publish({ routingKey, body: 'hello' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['hello'], 'Messages in the queue');
    },
  }),
  check('amqp091/binding/bind/empty-names', {
    title: 'A bind without queue name and key takes the last declared queue, and its name as the key',
    duties: ['amqp091/queue.bind.key-from-queue:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      await channel.call('queue.bind', { exchange }, 'queue.bind-ok');
      channel.publish({ exchange, routingKey: '', body: 'empty key' });
      channel.publish({ exchange, routingKey: queue, body: 'queue name' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['queue name'], 'Messages in the queue');
    },
  }),
  check('amqp091/binding/bind/empty-key', {
    title: 'A bind that names the queue and no key binds with the empty key',
    duties: ['amqp091/queue.bind.empty-key:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      await channel.call('queue.bind', { queue, exchange }, 'queue.bind-ok');
      for (const [routingKey, body] of [
        [queue, 'queue name'],
        ['', 'empty key'],
      ] as const)
        channel.publish({ exchange, routingKey, body });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['empty key'], 'Messages in the queue');
    },
  }),
  check('amqp091/binding/bind/no-wait', {
    title: 'A binding made with no-wait routes, and no bind-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      channel.send('queue.bind', { queue, exchange, routingKey: 'key', noWait: true });
      await channel.barrier(['queue.bind-ok']);
      channel.publish({ exchange, routingKey: 'key', body: 'hello' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['hello'], 'Messages in the queue');
    },
  }),
  check('amqp091/binding/bind/no-wait-missing', {
    title: 'A bind with no-wait that cannot be done closes the channel all the same',
    duties: ['amqp091/domain.no-wait:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.bind', { queue: await channel.queue(), exchange: peer.name(), routingKey: 'key', noWait: true });
      await channel.answersTo('amqp091/domain.no-wait:enforce');
    },
  }),
  check('amqp091/binding/bind/effect', {
    title: 'From bind-ok on, messages published on the channel are routed by the new binding',
    duties: ['amqp091/4.6.thereafter:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      const keys = ['1', '2', '3', '4', '5'];
      for (const routingKey of keys) {
        await channel.bind(queue, exchange, routingKey);
        channel.publish({ exchange, routingKey, body: routingKey });
      }
      requireTexts(peer, (await takeAll(peer, channel, queue, keys.length)).map(textOf), keys, 'Messages in the queue');
    },
  }),
  check('amqp091/binding/unbind/effect', {
    title: 'After unbind-ok the key no longer routes, and the other bindings still do',
    duties: ['amqp091/queue.unbind.effect:emit', 'amqp091/4.6.thereafter:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      for (const key of ['gone', 'kept']) await channel.bind(queue, exchange, key);
      await channel.call('queue.unbind', { queue, exchange, routingKey: 'gone' }, 'queue.unbind-ok');
      for (const routingKey of ['gone', 'kept']) channel.publish({ exchange, routingKey, body: routingKey });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['kept'], 'Keys that reach the queue');
    },
  }),
  check('amqp091/binding/unbind/default-exchange', {
    title: 'An unbind with an empty exchange name ends a binding to the default exchange, and only that',
    duties: ['amqp091/queue.unbind.default-exchange:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [queue, routingKey] = [await channel.queue(), peer.name('key')];
      await channel.bind(queue, '', routingKey);
      await channel.call('queue.unbind', { queue, routingKey }, 'queue.unbind-ok');
      for (const key of [routingKey, queue]) channel.publish({ routingKey: key, body: key === queue ? 'kept' : 'gone' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['kept'], 'Keys that reach the queue');
    },
  }),
  check('amqp091/binding/unbind/missing-queue', {
    title: 'Unbinding a queue that does not exist is not-found',
    duties: ['amqp091/queue.unbind.queue-exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.unbind', { queue: peer.name(), exchange: 'amq.direct', routingKey: 'key' });
      await channel.answersTo('amqp091/queue.unbind.queue-exists:enforce');
    },
  }),
  check('amqp091/binding/unbind/missing-exchange', {
    title: 'Unbinding a queue from an exchange that does not exist is not-found',
    duties: ['amqp091/queue.unbind.exchange-exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('queue.unbind', { queue: await channel.queue(), exchange: peer.name(), routingKey: 'key' });
      await channel.answersTo('amqp091/queue.unbind.exchange-exists:enforce');
    },
  }),
  check('amqp091/binding/life/queue-deleted', {
    title: 'A new queue of the same name does not inherit bindings',
    duties: ['amqp091/3.1.5.binding-life:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), peer.name()];
      await channel.queue({ queue });
      await channel.bind(queue, exchange, 'old');
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      await channel.queue({ queue });
      await channel.bind(queue, exchange, 'new');
      for (const routingKey of ['old', 'new']) channel.publish({ exchange, routingKey, body: routingKey });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['new'], 'Keys that reach the queue');
    },
  }),
];
