import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';
import { grave, letterIn, reject } from './graves.ts';
import { headersOf, requireEmpty } from './lifetimes.ts';

const properties = {
  contentType: 'text/plain',
  correlationId: 'c',
  deliveryMode: 2,
  headers: fieldTable({ colour: 'red', weight: 7 }),
  messageId: 'm',
  type: 't',
};

/** What a dead letter looks like and where it goes. */
export const deadLetterRoutingChecks = [
  check('amqp091/dead-letter/message', {
    title: 'A dead letter has the body, the properties and the headers that it was published with',
    duties: ['amqp091/dead-letter.message:emit'],
    async run(peer: Peer) {
      const { channel, queue, letters } = await grave(peer);
      channel.publish({ routingKey: queue, properties, body: 'b'.repeat(5000) });
      await reject(peer, channel, queue);
      const letter = await letterIn(peer, channel, letters);
      peer.require(textOf(letter) === 'b'.repeat(5000), 'The body of the dead letter is another one.');
      for (const name of ['contentType', 'correlationId', 'deliveryMode', 'messageId', 'type'] as const)
        peer.require(letter.properties[name] === properties[name], `The dead letter's ${name} is ${String(letter.properties[name])}.`);
      const { colour, weight } = headersOf(letter);
      peer.require(colour === 'red' && weight === 7, 'The dead letter has lost headers that it was published with.');
    },
  }),
  check('amqp091/dead-letter/exchange-name', {
    title: 'A dead letter bears the name of the dead letter exchange and its own routing key',
    duties: ['amqp091/dead-letter.exchange-name:emit', 'amqp091/dead-letter.own-keys:emit'],
    async run(peer: Peer) {
      const { channel, queue, exchange, letters } = await grave(peer);
      await reject(peer, channel, queue, '1');
      const { args } = (await letterIn(peer, channel, letters)).method;
      peer.require(args.exchange === exchange, `The dead letter bears the name of exchange '${args.exchange}'.`);
      peer.require(args.routingKey === queue, `The dead letter bears the routing key '${args.routingKey}'.`, 'amqp091/dead-letter.own-keys:emit');
    },
  }),
  check('amqp091/dead-letter/own-key', {
    title: 'Without a key of its queue a dead letter is routed by the key that it was published with',
    duties: ['amqp091/dead-letter.own-keys:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [source, exchange] = [await channel.exchange('fanout'), await channel.exchange('direct')];
      const [right, wrong] = [await channel.queue({ queue: peer.name() }), await channel.queue({ queue: peer.name() })];
      const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': exchange }));
      await channel.bind(queue, source);
      await channel.bind(right, exchange, 'own');
      await channel.bind(wrong, exchange, queue);
      channel.publish({ exchange: source, routingKey: 'own', body: '1' });
      await reject(peer, channel, queue);
      requireTexts(peer, (await takeAll(peer, channel, right, 1)).map(textOf), ['1'], 'Letters under the key of the message');
      await requireEmpty(peer, channel, wrong, 'The letter goes by another key');
    },
  }),
  check('amqp091/dead-letter/routing-key', {
    title: 'With x-dead-letter-routing-key a dead letter is routed by that key, bears it, and goes nowhere by its own',
    duties: ['amqp091/dead-letter.routing-key:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct');
      const [right, wrong] = [await channel.queue({ queue: peer.name() }), await channel.queue({ queue: peer.name() })];
      const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': exchange, 'x-dead-letter-routing-key': 'grave' }));
      await channel.bind(right, exchange, 'grave');
      await channel.bind(wrong, exchange, queue);
      await reject(peer, channel, queue, '1');
      const { args } = (await letterIn(peer, channel, right)).method;
      peer.require(args.routingKey === 'grave', `The dead letter bears the routing key '${args.routingKey}'.`);
      await requireEmpty(peer, channel, wrong, 'The letter goes by the key of its queue alone');
    },
  }),
  check('amqp091/dead-letter/default-exchange', {
    title: 'The default exchange serves as dead letter exchange: the key names the queue',
    duties: ['amqp091/dead-letter.routing-key:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const letters = await channel.queue({ queue: peer.name() });
      const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': letters }));
      await reject(peer, channel, queue, '1');
      peer.require(textOf(await letterIn(peer, channel, letters)) === '1', 'Another message came.');
    },
  }),
  check('amqp091/dead-letter/missing-exchange', {
    title: 'A queue may name a dead letter exchange that is not there: its letters are dropped until it is',
    duties: ['amqp091/dead-letter.missing-exchange:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = peer.name('late');
      const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': exchange }));
      await reject(peer, channel, queue, 'early');
      await channel.barrier();
      await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
      await channel.call('exchange.declare', { exchange, type: 'fanout' }, 'exchange.declare-ok');
      const letters = await channel.queue({ queue: peer.name() });
      await channel.bind(letters, exchange);
      await reject(peer, channel, queue, 'in time');
      peer.require(textOf(await letterIn(peer, channel, letters)) === 'in time', 'Another message came.');
    },
  }),
];
