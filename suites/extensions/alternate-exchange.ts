import { check } from '../../harness/check/check.ts';
import type { Arrival, Draft, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { hold, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { marker, reached } from '../amqp091/routing-observations.ts';
import { exchangeWith } from './asking.ts';
import { flow, outlet } from './exchange-wiring.ts';

/** A direct exchange with an alternate, and a queue bound to it by the key `known`. */
async function withAlternate(
  peer: Peer,
  channel: ProbeChannel,
  alternate: string,
  draft: Draft<'exchange.declare'> = {},
): Promise<{ readonly exchange: string; readonly queue: string }> {
  const exchange = await exchangeWith(peer, channel, fieldTable({ 'alternate-exchange': alternate }), draft);
  const queue = await channel.queue();
  await channel.bind(queue, exchange, 'known');
  return { exchange, queue };
}

/** Publishes a message under each key to one exchange, and a last one that tells when all are through. */
function send(channel: ProbeChannel, exchange: string, keys: readonly string[], last: string): void {
  for (const routingKey of keys) channel.publish({ exchange, routingKey, body: routingKey });
  channel.publish({ exchange, routingKey: last, body: marker });
}

/** A mandatory message that comes back; it is the answer to what was published before. */
async function returned(channel: ProbeChannel, exchange: string, routingKey: string): Promise<Arrival<'basic.return'>> {
  channel.publish({ exchange, routingKey, mandatory: true, body: routingKey });
  return channel.arrival('basic.return');
}

/** The argument alternate-exchange of exchange.declare. */
export const alternateExchangeChecks = [
  check('amqp091/alternate-exchange/unmatched', {
    title: 'What no binding of an exchange matches goes to its alternate exchange',
    duties: ['amqp091/alternate-exchange.unmatched:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel);
      const { exchange } = await withAlternate(peer, channel, rest.exchange);
      send(channel, exchange, ['one', '', 'other'], 'unknown');
      requireTexts(peer, await reached(peer, channel, rest.queue), ['one', '', 'other'], 'Messages that the alternate exchange routes');
    },
  }),
  check('amqp091/alternate-exchange/no-bindings', {
    title: 'An exchange without any binding passes everything to its alternate exchange',
    duties: ['amqp091/alternate-exchange.unmatched:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel);
      const exchange = await exchangeWith(peer, channel, fieldTable({ 'alternate-exchange': rest.exchange }), { type: 'fanout' });
      send(channel, exchange, ['one', 'two'], '');
      requireTexts(peer, await reached(peer, channel, rest.queue), ['one', 'two'], 'Messages that the alternate exchange routes');
    },
  }),
  check('amqp091/alternate-exchange/matched', {
    title: 'What an exchange routes by itself does not go to its alternate exchange',
    duties: ['amqp091/alternate-exchange.matched:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel);
      const { exchange, queue } = await withAlternate(peer, channel, rest.exchange);
      send(channel, exchange, ['known', 'unknown', 'known'], 'last');
      requireTexts(peer, await reached(peer, channel, rest.queue), ['unknown'], 'Messages that the alternate exchange routes');
      requireTexts(peer, (await takeAll(peer, channel, queue, 2)).map(textOf), ['known', 'known'], 'Messages that the exchange routes itself');
    },
  }),
  check('amqp091/alternate-exchange/unbound', {
    title: 'From the moment its last binding is gone, an exchange passes everything to its alternate exchange',
    duties: ['amqp091/alternate-exchange.unmatched:emit', 'amqp091/alternate-exchange.matched:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel);
      const { exchange, queue } = await withAlternate(peer, channel, rest.exchange);
      channel.publish({ exchange, routingKey: 'known', body: 'while bound' });
      await channel.call('queue.unbind', { queue, exchange, routingKey: 'known' }, 'queue.unbind-ok');
      channel.publish({ exchange, routingKey: 'known', body: 'unbound' });
      send(channel, exchange, [], 'last');
      requireTexts(peer, await reached(peer, channel, rest.queue), ['unbound'], 'Messages that the alternate exchange routes');
    },
  }),
  check('amqp091/alternate-exchange/chain', {
    title: 'An alternate exchange that cannot route a message passes it to its own alternate, and so on to the end',
    duties: ['amqp091/alternate-exchange.chain:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel);
      const links = [await withAlternate(peer, channel, rest.exchange)];
      for (let count = 1; count < 5; count += 1) links.unshift(await withAlternate(peer, channel, links[0]?.exchange ?? ''));
      const [first = rest, second = rest] = links;
      await channel.bind(second.queue, second.exchange, 'second');
      send(channel, first.exchange, ['second', 'unknown'], 'last');
      requireTexts(peer, await reached(peer, channel, rest.queue), ['unknown'], 'Messages at the end of the chain');
      requireTexts(peer, (await takeAll(peer, channel, second.queue, 1)).map(textOf), ['second'], 'Messages that the second exchange routes');
    },
  }),
  check('amqp091/alternate-exchange/declared-later', {
    title: 'The alternate exchange may be declared after the exchange that names it',
    duties: ['amqp091/alternate-exchange.end:emit', 'amqp091/alternate-exchange.unmatched:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [later, queue] = [peer.name('later'), await channel.queue()];
      const { exchange } = await withAlternate(peer, channel, later);
      channel.publish({ exchange, routingKey: 'unknown', body: 'too early' });
      await channel.exchange('fanout', { exchange: later });
      await channel.bind(queue, later);
      send(channel, exchange, ['unknown'], 'last');
      requireTexts(peer, await reached(peer, channel, queue), ['unknown'], 'Messages that the alternate exchange routes');
    },
  }),
  check('amqp091/alternate-exchange/missing', {
    title: 'Where the alternate exchange does not exist, what it should get is unroutable, and the channel goes on',
    duties: ['amqp091/alternate-exchange.end:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const { exchange, queue } = await withAlternate(peer, channel, peer.name('missing'));
      channel.publish({ exchange, routingKey: 'unknown', body: 'dropped' });
      const back = await returned(channel, exchange, 'unknown');
      requireTexts(peer, [textOf(back), String(back.method.args.replyCode)], ['unknown', '312'], 'What came back, and its code');
      channel.publish({ exchange, routingKey: 'known', body: 'known' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['known'], 'Messages that the exchange routes itself');
    },
  }),
  check('amqp091/alternate-exchange/cycle', {
    title: 'Exchanges that are each other’s alternates: what neither routes is unroutable, what one of them routes is not',
    duties: ['amqp091/alternate-exchange.end:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const name = peer.name('second');
      const first = await withAlternate(peer, channel, name);
      const second = await withAlternate(peer, channel, first.exchange, { exchange: name });
      await channel.bind(second.queue, second.exchange, 'second');
      requireTexts(peer, [textOf(await returned(channel, first.exchange, 'unknown'))], ['unknown'], 'What came back');
      for (const { exchange } of [first, second]) channel.publish({ exchange, routingKey: 'second', body: exchange });
      const came = (await takeAll(peer, channel, second.queue, 2)).map(textOf);
      requireTexts(peer, came, [first.exchange, second.exchange], 'Messages that the second exchange routes, by where they were published');
    },
  }),
  check('amqp091/alternate-exchange/self', {
    title: 'An exchange that is its own alternate routes as any other, and what it cannot route is unroutable',
    duties: ['amqp091/alternate-exchange.end:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const exchange = peer.name();
      const { queue } = await withAlternate(peer, channel, exchange, { exchange });
      requireTexts(peer, [textOf(await returned(channel, exchange, 'unknown'))], ['unknown'], 'What came back');
      channel.publish({ exchange, routingKey: 'known', body: 'known' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['known'], 'Messages in the queue');
    },
  }),
  check('amqp091/alternate-exchange/mandatory', {
    title: 'A mandatory message that the alternate exchange routes does not come back',
    duties: ['amqp091/alternate-exchange.counts-as-routed:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel);
      const { exchange } = await withAlternate(peer, channel, rest.exchange);
      channel.publish({ exchange, routingKey: 'unknown', mandatory: true, body: 'unknown' });
      requireTexts(peer, (await takeAll(peer, channel, rest.queue, 1)).map(textOf), ['unknown'], 'Messages that the alternate exchange routes');
      await channel.barrier(['basic.return']);
    },
  }),
  check('amqp091/alternate-exchange/confirmed', {
    title: 'In confirm mode, what goes through an alternate exchange, or through none of a chain, is confirmed as anything else',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities: ['publisher_confirms'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel, 'direct');
      const { exchange } = await withAlternate(peer, channel, rest.exchange);
      await channel.call('confirm.select', {}, 'confirm.select-ok');
      const open = new Set([1n, 2n, 3n]);
      for (const routingKey of ['known', '', 'unknown']) channel.publish({ exchange, routingKey });
      while (open.size > 0) {
        const { deliveryTag, multiple } = (await channel.expect('basic.ack')).args;
        for (const tag of [...open]) if (tag === deliveryTag || (multiple && tag < deliveryTag)) open.delete(tag);
      }
    },
  }),
  check('amqp091/alternate-exchange/unchanged', {
    title: 'A message that came by an alternate exchange names the exchange and key it was published with, and its properties',
    duties: ['amqp091/alternate-exchange.unchanged:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel);
      const { exchange } = await withAlternate(peer, channel, rest.exchange);
      channel.publish({ exchange, routingKey: 'unknown', properties: { messageId: 'm1', headers: fieldTable({ form: 'pdf' }) }, body: 'hello' });
      const came = await hold(peer, channel, rest.queue);
      const { method, properties } = came;
      const headers = (properties.headers ?? []).map(([name]) => name).join();
      const seen = [method.args.exchange, method.args.routingKey, properties.messageId ?? '', headers, textOf(came)];
      requireTexts(peer, seen, [exchange, 'unknown', 'm1', 'form', 'hello'], 'Exchange, key, message id, headers and body');
    },
  }),
  check('amqp091/alternate-exchange/internal', {
    title: 'An internal exchange can be an alternate exchange',
    duties: ['amqp091/alternate-exchange.unmatched:emit', 'amqp091/exchange.declare.internal:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const rest = await outlet(channel, 'fanout', { internal: true });
      const { exchange } = await withAlternate(peer, channel, rest.exchange);
      send(channel, exchange, ['unknown'], 'last');
      requireTexts(peer, await reached(peer, channel, rest.queue), ['unknown'], 'Messages that the alternate exchange routes');
    },
  }),
  check('amqp091/alternate-exchange/of-a-destination', {
    title: 'An exchange that got a message from another one uses its alternate exchange as well',
    duties: ['amqp091/alternate-exchange.unmatched:emit'],
    capabilities: ['exchange_exchange_bindings'],
    async run(peer) {
      const channel = await peer.channel();
      const [rest, source] = [await outlet(channel), await channel.exchange('fanout')];
      const { exchange } = await withAlternate(peer, channel, rest.exchange);
      await flow(channel, source, exchange);
      send(channel, source, ['known', 'unknown'], 'last');
      requireTexts(peer, await reached(peer, channel, rest.queue), ['unknown'], 'Messages that the alternate exchange routes');
    },
  }),
  check('amqp091/alternate-exchange/declare/same', {
    title: 'Declaring an exchange again with the same alternate exchange succeeds',
    duties: ['amqp091/exchange.declare.equivalent:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const args = fieldTable({ 'alternate-exchange': peer.name('rest') });
      const exchange = await exchangeWith(peer, channel, args);
      await channel.call('exchange.declare', { exchange, type: 'direct', arguments: args }, 'exchange.declare-ok');
    },
  }),
  ...(['another', 'none'] as const).map(which =>
    check(`amqp091/alternate-exchange/declare/${which}`, {
      title: `Declaring an exchange again with ${which === 'none' ? 'no' : 'another'} alternate exchange closes the channel`,
      duties: ['amqp091/exchange.declare.equivalent:enforce'],
      departs: true,
      async run(peer) {
        const channel = await peer.channel();
        const exchange = await exchangeWith(peer, channel, fieldTable({ 'alternate-exchange': peer.name('rest') }));
        const args = which === 'none' ? [] : fieldTable({ 'alternate-exchange': peer.name('other') });
        channel.send('exchange.declare', { exchange, type: 'direct', arguments: args });
        await channel.answersTo('amqp091/exchange.declare.equivalent:enforce');
      },
    }),
  ),
];
