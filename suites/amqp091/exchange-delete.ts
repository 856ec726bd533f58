import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { exchangeExists, takeAll, textOf } from './observations.ts';

/** Class exchange, method delete. */
export const exchangeDeleteChecks = [
  check('amqp091/exchange/delete/gone', {
    title: 'After delete-ok the exchange does not exist',
    duties: ['amqp091/exchange.delete.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct');
      await channel.call('exchange.delete', { exchange }, 'exchange.delete-ok');
      peer.require(!(await exchangeExists(peer, channel.connection, exchange)), 'The exchange still exists after delete-ok.');
    },
  }),
  check('amqp091/exchange/delete/bindings-gone', {
    title: 'A new exchange of the same name does not inherit bindings',
    duties: ['amqp091/exchange.delete.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const exchange = await channel.exchange('direct');
      await channel.bind(queue, exchange, 'old');
      await channel.call('exchange.delete', { exchange }, 'exchange.delete-ok');
      await channel.call('exchange.declare', { exchange, type: 'direct' }, 'exchange.declare-ok');
      await channel.bind(queue, exchange, 'new');
      channel.publish({ exchange, routingKey: 'old', body: 'old' });
      channel.publish({ exchange, routingKey: 'new', body: 'new' });
      const [first] = await takeAll(peer, channel, queue, 1);
      peer.require(first !== undefined && textOf(first) === 'new', 'A binding outlived the exchange that it was made on.');
    },
  }),
  check('amqp091/exchange/delete/missing', {
    title: 'Deleting an exchange that does not exist is not-found',
    duties: ['amqp091/exchange.delete.exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('exchange.delete', { exchange: peer.name() });
      await channel.answersTo('amqp091/exchange.delete.exists:enforce');
    },
  }),
  check('amqp091/exchange/delete/if-unused-in-use', {
    title: 'An exchange with a binding survives a delete with if-unused',
    duties: ['amqp091/exchange.delete.in-use:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct');
      await channel.bind(await channel.queue(), exchange, 'key');
      channel.send('exchange.delete', { exchange, ifUnused: true });
      await channel.answersTo('amqp091/exchange.delete.in-use:enforce');
      peer.require(await exchangeExists(peer, channel.connection, exchange), 'The exchange was deleted although it had a binding.');
    },
  }),
  check('amqp091/exchange/delete/if-unused-unused', {
    title: 'An exchange without bindings is deleted with if-unused',
    duties: ['amqp091/exchange.delete.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct');
      await channel.call('exchange.delete', { exchange, ifUnused: true }, 'exchange.delete-ok');
      peer.require(!(await exchangeExists(peer, channel.connection, exchange)), 'The exchange still exists after delete-ok.');
    },
  }),
  check('amqp091/exchange/delete/default', {
    title: 'The default exchange cannot be deleted',
    duties: ['amqp091/exchange.default-access:enforce'],
    isolation: 'exclusive',
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('exchange.delete', { exchange: '' });
      await channel.answersTo('amqp091/exchange.default-access:enforce');
    },
  }),
  check('amqp091/exchange/delete/predeclared', {
    title: 'An exchange that the virtual host comes with cannot be deleted',
    duties: ['amqp091/2.1.3.2.predeclared-permanent:enforce'],
    isolation: 'exclusive',
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('exchange.delete', { exchange: 'amq.fanout' });
      await channel.answersTo('amqp091/2.1.3.2.predeclared-permanent:enforce');
    },
  }),
  check('amqp091/exchange/delete/no-wait', {
    title: 'An exchange deleted with no-wait is gone, and no delete-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct');
      channel.send('exchange.delete', { exchange, noWait: true });
      await channel.barrier(['exchange.delete-ok']);
      peer.require(!(await exchangeExists(peer, channel.connection, exchange)), 'The exchange still exists.');
    },
  }),
];
