import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { exchangeExists } from './observations.ts';
import { optionalExchange } from './optional.ts';

async function requirePredeclared(peer: Peer, ...types: readonly string[]): Promise<void> {
  const connection = await peer.connection();
  for (const type of types) peer.require(await exchangeExists(peer, connection, `amq.${type}`, type), `The virtual host has no exchange amq.${type}.`);
}

/** Class exchange, method declare and what a virtual host comes with. */
export const exchangeChecks = [
  check('amqp091/exchange/declare/required-types', {
    title: 'Exchanges of type direct and fanout can be declared',
    duties: ['amqp091/exchange.required-types:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.exchange('direct');
      await channel.exchange('fanout');
    },
  }),
  check('amqp091/exchange/declare/recommended-types', {
    title: 'Exchanges of type topic and headers can be declared',
    duties: ['amqp091/exchange.recommended-types:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.exchange('topic');
      await channel.exchange('headers');
    },
  }),
  check('amqp091/exchange/predeclared/direct-and-fanout', {
    title: 'A virtual host comes with amq.direct and amq.fanout',
    duties: ['amqp091/exchange.required-instances:emit'],
    run: peer => requirePredeclared(peer, 'direct', 'fanout'),
  }),
  check('amqp091/exchange/predeclared/topic', {
    title: 'Where topic exchanges are offered, a virtual host comes with amq.topic',
    duties: ['amqp091/exchange.required-instances:emit'],
    async run(peer) {
      await optionalExchange(peer, await peer.channel(), 'topic');
      await requirePredeclared(peer, 'topic');
    },
  }),
  check('amqp091/exchange/predeclared/headers', {
    title: 'Where headers exchanges are offered, a virtual host comes with amq.match or amq.headers',
    duties: ['amqp091/exchange.required-instances:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      await optionalExchange(peer, channel, 'headers');
      const match = await exchangeExists(peer, channel.connection, 'amq.match', 'headers');
      const headers = await exchangeExists(peer, channel.connection, 'amq.headers', 'headers');
      peer.require(match || headers, 'The virtual host has neither amq.match nor amq.headers.');
    },
  }),
  check('amqp091/exchange/declare/durable-and-transient', {
    title: 'Both durable and transient exchanges can be declared',
    duties: ['amqp091/exchange.declare.durable-support:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.exchange('direct', { durable: true });
      await channel.exchange('direct', { durable: false });
    },
  }),
  check('amqp091/exchange/declare/sixteen', {
    title: 'At least 16 exchanges can be declared',
    duties: ['amqp091/exchange.declare.minimum:emit'],
    async run(peer) {
      const channel = await peer.channel();
      for (let count = 1; count <= 16; count += 1) await channel.exchange('direct');
    },
  }),
  check('amqp091/exchange/declare/again-same', {
    title: 'Declaring an exchange again with the same properties succeeds',
    duties: ['amqp091/exchange.declare.equivalent:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct', { durable: true });
      await channel.call('exchange.declare', { exchange, type: 'direct', durable: true }, 'exchange.declare-ok');
    },
  }),
  check('amqp091/exchange/declare/again-other-durability', {
    title: 'Declaring a durable exchange again as transient closes the channel',
    duties: ['amqp091/exchange.declare.equivalent:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct', { durable: true });
      channel.send('exchange.declare', { exchange, type: 'direct', durable: false });
      await channel.answersTo('amqp091/exchange.declare.equivalent:enforce');
    },
  }),
  check('amqp091/exchange/declare/again-other-type', {
    title: 'Declaring an exchange again with another type is refused',
    duties: ['amqp091/exchange.declare.typed:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct');
      channel.send('exchange.declare', { exchange, type: 'fanout' });
      await channel.answersTo('amqp091/exchange.declare.typed:enforce');
    },
  }),
  check('amqp091/exchange/declare/unsupported-type', {
    title: 'Declaring an exchange of a type that the server does not know is command-invalid',
    duties: ['amqp091/exchange.declare.type-support:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('exchange.declare', { exchange: peer.name(), type: 'x-amqpspec-unsupported' });
      await channel.answersTo('amqp091/exchange.declare.type-support:enforce');
    },
  }),
  check('amqp091/exchange/declare/passive-existing', {
    title: 'A passive declare finds an exchange, whatever its other fields say',
    duties: ['amqp091/exchange.declare.passive-existing:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct', { durable: true });
      await channel.call('exchange.declare', { exchange, passive: true, type: 'fanout', autoDelete: true }, 'exchange.declare-ok');
      await channel.call('exchange.declare', { exchange, passive: true }, 'exchange.declare-ok');
    },
  }),
  check('amqp091/exchange/declare/passive-missing', {
    title: 'A passive declare of a missing exchange is not-found and creates nothing',
    duties: ['amqp091/exchange.declare.passive-missing:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = peer.name();
      channel.send('exchange.declare', { exchange, type: 'direct', durable: true, passive: true });
      await channel.answersTo('amqp091/exchange.declare.passive-missing:enforce');
      peer.require(!(await exchangeExists(peer, channel.connection, exchange)), 'The passive declare created the exchange.');
    },
  }),
  check('amqp091/exchange/declare/reserved-name', {
    title: 'An exchange named amq.… cannot be created',
    duties: ['amqp091/exchange.declare.reserved:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('exchange.declare', { exchange: `amq.${peer.name()}`, type: 'direct' });
      await channel.answersTo('amqp091/exchange.declare.reserved:enforce');
    },
  }),
  check('amqp091/exchange/declare/illegal-name', {
    title: 'An exchange name with other characters than the standard allows is refused',
    duties: ['amqp091/exchange.declare.syntax:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('exchange.declare', { exchange: `${peer.name()} / !`, type: 'direct' });
      await channel.answersTo('amqp091/exchange.declare.syntax:enforce');
    },
  }),
  check('amqp091/exchange/declare/long-name', {
    title: 'An exchange name of 127 octets is accepted, one of 128 refused',
    duties: ['amqp091/domain.exchange-name.length:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      await channel.exchange('direct', { exchange: peer.name().padEnd(127, 'x') });
      channel.send('exchange.declare', { exchange: peer.name().padEnd(128, 'x'), type: 'direct' });
      await channel.answersTo('amqp091/domain.exchange-name.length:enforce');
    },
  }),
  check('amqp091/exchange/declare/default', {
    title: 'The default exchange cannot be declared',
    duties: ['amqp091/exchange.default-access:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('exchange.declare', { exchange: '', type: 'direct', durable: true });
      await channel.answersTo('amqp091/exchange.default-access:enforce');
    },
  }),
  check('amqp091/exchange/declare/no-wait', {
    title: 'An exchange declared with no-wait is there, and no declare-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const exchange = peer.name();
      channel.send('exchange.declare', { exchange, type: 'direct', noWait: true });
      await channel.barrier(['exchange.declare-ok']);
      await channel.call('exchange.declare', { exchange, type: 'direct', passive: true }, 'exchange.declare-ok');
    },
  }),
];
