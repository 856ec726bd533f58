import { check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { MethodName } from '../../harness/spec/amqp091/classes.ts';
import { methodIds } from '../../harness/wire/amqp091/codec.ts';

/** Requests that a channel exception answers, each of them one of another class or method. */
const provocations: readonly (readonly [name: MethodName, provoke: (channel: ProbeChannel, missing: string) => void])[] = [
  ['exchange.declare', (channel, exchange) => channel.send('exchange.declare', { exchange, type: 'direct', passive: true })],
  ['queue.bind', (channel, queue) => channel.send('queue.bind', { queue, exchange: 'amq.direct', routingKey: 'key' })],
  ['queue.purge', (channel, queue) => channel.send('queue.purge', { queue })],
  ['basic.consume', (channel, queue) => channel.send('basic.consume', { queue })],
  ['basic.get', (channel, queue) => channel.send('basic.get', { queue })],
  ['basic.publish', (channel, exchange) => channel.publish({ exchange, routingKey: 'key', body: 'amqpspec' })],
  ['basic.ack', channel => channel.send('basic.ack', { deliveryTag: 77n })],
];

/** Channel exceptions: what they say, and whom they leave alone. */
export const channelExceptionChecks = [
  ...provocations.map(([name, provoke]) =>
    check(`amqp091/channel/exception-of-${name.replace('.', '-')}`, {
      title: `A channel exception that ${name} provoked names class and method of ${name}`,
      duties: ['amqp091/channel.close.failing-method:emit'],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        provoke(channel, peer.name());
        channel.send('basic.qos', { prefetchCount: 1 });
        const seen = await channel.connection.next();
        if (seen.kind !== 'method' || seen.method.name !== 'channel.close') peer.notApplicable(`No channel exception here, but ${describeSeen(seen)}.`);
        const { classId, methodId } = seen.method.args;
        const wanted = methodIds(name);
        peer.require(classId === wanted.classId && methodId === wanted.methodId, `The close names class ${classId} and method ${methodId}, not ${name}.`);
      },
    }),
  ),
  check('amqp091/channel/open-before-close-ok', {
    title: 'channel.open for a channel whose close waits for close-ok is discarded, and opens it afterwards',
    duties: ['amqp091/channel.close.stability:emit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.send('queue.declare', { queue: peer.name(), passive: true });
      await channel.expect('channel.close');
      channel.send('channel.open');
      channel.send('channel.close-ok');
      await channel.call('channel.open', {}, 'channel.open-ok');
      await channel.barrier(['channel.open-ok']);
    },
  }),
  check('amqp091/channel/exception-spares-consumers', {
    title: 'A channel exception leaves the consumers of other channels their messages',
    duties: ['amqp091/4.8.1.soft-error:emit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await other.queue();
      await other.consume(queue, { noAck: true });
      channel.send('queue.declare', { queue: peer.name(), passive: true });
      await channel.expect('channel.close');
      channel.send('channel.close-ok');
      other.publish({ routingKey: queue, body: 'amqpspec' });
      await other.arrival('basic.deliver');
    },
  }),
];
