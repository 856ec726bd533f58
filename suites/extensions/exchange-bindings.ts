import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { hold, requireTexts, textOf } from '../amqp091/observations.ts';
import { optionalExchange } from '../amqp091/optional.ts';
import { marker, reached } from '../amqp091/routing-observations.ts';
import { flow, outlet, outlets, pour, requireReached, unflow } from './exchange-wiring.ts';

const capabilities = ['exchange_exchange_bindings'];

/** What a binding between exchanges is matched by, by the type of its source. */
const matching: Readonly<
  Record<string, { readonly title: string; readonly binding: string; readonly sent: readonly string[]; readonly passed: readonly string[] }>
> = {
  direct: {
    title: 'Bound to a direct exchange, an exchange gets the messages of exactly its key',
    binding: 'a.b',
    sent: ['a', 'a.b', 'a.b.c', ''],
    passed: ['a.b'],
  },
  fanout: {
    title: 'Bound to a fanout exchange, an exchange gets every message, whatever the keys',
    binding: 'some key',
    sent: ['a', '', 'b'],
    passed: ['a', '', 'b'],
  },
  topic: {
    title: 'Bound to a topic exchange, an exchange gets the messages that match its pattern',
    binding: 'a.*.#',
    sent: ['a', 'a.b', 'b.a', 'a.b.c.d'],
    passed: ['a.b', 'a.b.c.d'],
  },
  headers: {
    title: 'Bound to a headers exchange, an exchange gets the messages that match its arguments',
    binding: 'pdf',
    sent: ['pdf', 'txt', ''],
    passed: ['pdf'],
  },
};

/** A source of a type that a server may lack. */
function sourceOf(peer: Peer, channel: ProbeChannel, type: string): Promise<string> {
  return type === 'topic' || type === 'headers' ? optionalExchange(peer, channel, type) : channel.exchange(type);
}

const matchingChecks = Object.entries(matching).map(([type, { title, binding, sent, passed }]) =>
  check(`amqp091/exchange-binding/matching/${type}`, {
    title,
    duties: ['amqp091/exchange.bind.matching:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, target] = [await sourceOf(peer, channel, type), await outlet(channel)];
      for (const key of [binding, marker]) {
        if (type === 'headers') await flow(channel, source, target.exchange, '', fieldTable({ 'x-match': 'all', form: key }));
        else await flow(channel, source, target.exchange, key);
      }
      for (const key of [...sent, marker])
        channel.publish({ exchange: source, routingKey: key, properties: { headers: fieldTable({ form: key }) }, body: key });
      await requireReached(peer, channel, target, passed, 'Messages that the binding passes on');
    },
  }),
);

/** Bindings between exchanges: that they route, by what, and each message once. */
export const exchangeBindingChecks = [
  ...matchingChecks,
  check('amqp091/exchange-binding/bind/one-way', {
    title: 'Messages flow from the source of a binding to its destination, and not back',
    duties: ['amqp091/exchange.bind.effect:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = await outlets(channel, 2);
      await flow(channel, source.exchange, destination.exchange);
      channel.publish({ exchange: destination.exchange, body: 'to the destination' });
      pour(channel, source.exchange, 'to the source');
      await requireReached(peer, channel, source, ['to the source'], 'Messages at the source');
      await requireReached(peer, channel, destination, ['to the destination', 'to the source'], 'Messages at the destination');
    },
  }),
  check('amqp091/exchange-binding/bind/chain', {
    title: 'Messages flow along a chain of thirty exchanges to the queue at its end',
    duties: ['amqp091/exchange.bind.effect:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [start, end] = [await channel.exchange('fanout'), await outlet(channel)];
      let last = start;
      for (let link = 1; link < 29; link += 1) {
        const next = await channel.exchange('fanout');
        await flow(channel, last, next);
        last = next;
      }
      await flow(channel, last, end.exchange);
      pour(channel, start, '1', '2');
      await requireReached(peer, channel, end, ['1', '2'], 'Messages at the end of the chain');
    },
  }),
  check('amqp091/exchange-binding/bind/own-type', {
    title: 'The destination routes what it is passed by its own type, with the routing key of the publisher',
    duties: ['amqp091/exchange.bind.effect:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination, queue] = [await channel.exchange('fanout'), await channel.exchange('direct'), await channel.queue()];
      await flow(channel, source, destination, 'another key');
      for (const key of ['mine', marker]) await channel.bind(queue, destination, key);
      for (const routingKey of ['mine', 'another key', 'yours', marker]) channel.publish({ exchange: source, routingKey, body: routingKey });
      requireTexts(peer, await reached(peer, channel, queue), ['mine'], 'Keys that reach the queue');
    },
  }),
  check('amqp091/exchange-binding/bind/pipelined', {
    title: 'Bind, publish, unbind and publish, sent without waiting, take effect in that order',
    duties: ['amqp091/exchange.bind.effect:emit', 'amqp091/exchange.unbind.effect:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = await outlets(channel, 2);
      const ends = { source: source.exchange, destination: destination.exchange };
      channel.publish({ exchange: source.exchange, body: 'before' });
      channel.send('exchange.bind', ends);
      channel.publish({ exchange: source.exchange, body: 'while bound' });
      channel.send('exchange.unbind', ends);
      channel.publish({ exchange: source.exchange, body: 'after' });
      pour(channel, destination.exchange);
      await channel.expect('exchange.bind-ok');
      await channel.expect('exchange.unbind-ok');
      await requireReached(peer, channel, destination, ['while bound'], 'Messages at the destination');
    },
  }),
  check('amqp091/exchange-binding/bind/mixed-durability', {
    title: 'Durable and transient exchanges can be bound to each other, either way',
    duties: ['amqp091/exchange.bind.effect:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [durable, transient] = [await outlet(channel, 'fanout', { durable: true }), await outlet(channel)];
      await flow(channel, durable.exchange, transient.exchange);
      await flow(channel, transient.exchange, durable.exchange);
      channel.publish({ exchange: durable.exchange, body: '1' });
      pour(channel, transient.exchange, '2');
      for (const each of [durable, transient]) await requireReached(peer, channel, each, ['1', '2'], 'Messages in a queue');
    },
  }),
  check('amqp091/exchange-binding/bind/other-connection', {
    title: 'A binding between exchanges made on one connection routes what another publishes',
    duties: ['amqp091/exchange.bind.effect:emit', 'amqp091/4.4.visibility:emit'],
    capabilities,
    async run(peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const [source, destination] = await outlets(channel, 2);
      await flow(channel, source.exchange, destination.exchange);
      pour(other, source.exchange, 'hello');
      await requireReached(peer, channel, destination, ['hello'], 'Messages at the destination');
    },
  }),
  check('amqp091/exchange-binding/bind/twice', {
    title: 'The same binding between exchanges made twice is no error, counts once, and one unbind takes it away',
    duties: ['amqp091/exchange.bind.duplicates:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = await outlets(channel, 2);
      for (let time = 1; time <= 2; time += 1) await flow(channel, source.exchange, destination.exchange, 'key');
      channel.publish({ exchange: source.exchange, body: 'bound' });
      await unflow(channel, source.exchange, destination.exchange, 'key');
      channel.publish({ exchange: source.exchange, body: 'unbound' });
      pour(channel, destination.exchange);
      await requireReached(peer, channel, destination, ['bound'], 'Messages at the destination');
    },
  }),
  check('amqp091/exchange-binding/deliver/origin', {
    title: 'A message that came by way of other exchanges names the one it was published to, and its key',
    duties: ['amqp091/basic.get-ok.origin:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = await outlets(channel, 2);
      await flow(channel, source.exchange, destination.exchange, 'binding key');
      channel.publish({ exchange: source.exchange, routingKey: 'key', properties: { messageId: 'm1' }, body: 'hello' });
      const came = await hold(peer, channel, destination.queue);
      const seen = [came.method.args.exchange, came.method.args.routingKey, came.properties.messageId ?? '', textOf(came)];
      requireTexts(peer, seen, [source.exchange, 'key', 'm1', 'hello'], 'Exchange, key, message id and body');
    },
  }),
];
