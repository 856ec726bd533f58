import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { deliveries, fill, numbered, requireTexts, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';
import { limited, requireHolds, tenOctets } from './lengths.ts';

const wrongArguments: readonly (readonly [slug: string, args: Readonly<Record<string, string | number | boolean>>])[] = [
  ['length-negative', { 'x-max-length': -1 }],
  ['length-string', { 'x-max-length': '5' }],
  ['octets-negative', { 'x-max-length-bytes': -1 }],
  ['octets-boolean', { 'x-max-length-bytes': true }],
  ['overflow-unknown', { 'x-max-length': 5, 'x-overflow': 'drop-middle' }],
  ['overflow-number', { 'x-max-length': 5, 'x-overflow': 1 }],
];

/** x-max-length, x-max-length-bytes and x-overflow. */
export const queueLengthChecks = [
  check('amqp091/queue-length/messages/drop-head', {
    title: 'A queue with x-max-length keeps as many messages, the latest',
    duties: ['amqp091/queue-length.messages:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, limited(3));
      fill(channel, queue, numbered(5));
      await requireHolds(peer, channel, queue, ['3', '4', '5']);
    },
  }),
  check('amqp091/queue-length/messages/said', {
    title: 'A queue with x-max-length and overflow drop-head, said in so many words, keeps the latest',
    duties: ['amqp091/queue-length.messages:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, limited(2, 'drop-head'));
      fill(channel, queue, numbered(5));
      await requireHolds(peer, channel, queue, ['4', '5']);
    },
  }),
  check('amqp091/queue-length/messages/zero', {
    title: 'A queue with an x-max-length of zero keeps nothing',
    duties: ['amqp091/queue-length.messages:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, limited(0));
      fill(channel, queue, numbered(2));
      await requireHolds(peer, channel, queue, []);
    },
  }),
  check('amqp091/queue-length/octets/drop-head', {
    title: 'A queue with x-max-length-bytes keeps as many octets of bodies, the latest',
    duties: ['amqp091/queue-length.octets:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable({ 'x-max-length-bytes': 30 }));
      fill(channel, queue, numbered(5).map(tenOctets));
      await requireHolds(peer, channel, queue, ['3', '4', '5'].map(tenOctets));
    },
  }),
  check('amqp091/queue-length/octets/too-large', {
    title: 'A message that is larger than x-max-length-bytes is not kept',
    duties: ['amqp091/queue-length.octets:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable({ 'x-max-length-bytes': 30 }));
      fill(channel, queue, ['x'.repeat(31)]);
      await requireHolds(peer, channel, queue, []);
      fill(channel, queue, ['x'.repeat(30)]);
      await requireHolds(peer, channel, queue, ['x'.repeat(30)]);
    },
  }),
  check('amqp091/queue-length/octets/bodies-only', {
    title: 'Properties do not count towards x-max-length-bytes',
    duties: ['amqp091/queue-length.octets:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable({ 'x-max-length-bytes': 30 }));
      const properties = { headers: fieldTable({ note: 'n'.repeat(500) }), messageId: 'm'.repeat(100) };
      for (const body of numbered(4)) channel.publish({ routingKey: queue, properties, body: tenOctets(body) });
      await requireHolds(peer, channel, queue, ['2', '3', '4'].map(tenOctets));
    },
  }),
  ...(
    [
      ['messages-first', 2, 1000, ['4', '5']],
      ['octets-first', 4, 30, ['3', '4', '5']],
    ] as const
  ).map(([slug, messages, octets, left]) =>
    check(`amqp091/queue-length/both/${slug}`, {
      title: `A queue limited to ${messages} messages and ${octets} octets keeps to the limit that it reaches first`,
      duties: ['amqp091/queue-length.both:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        const queue = await queueWith(peer, channel, fieldTable({ 'x-max-length': messages, 'x-max-length-bytes': octets }));
        fill(channel, queue, numbered(5).map(tenOctets));
        await requireHolds(peer, channel, queue, left.map(tenOctets));
      },
    }),
  ),
  ...(['drop-head', 'reject-publish'] as const).map(overflow =>
    check(`amqp091/queue-length/ready/${overflow}`, {
      title: `Messages that wait for an acknowledgement take no room in a queue with x-max-length and overflow ${overflow}`,
      duties: ['amqp091/queue-length.ready:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        const consumer = await channel.connection.channel();
        const queue = await queueWith(peer, channel, limited(2, overflow));
        await consumer.call('basic.qos', { prefetchCount: 2 }, 'basic.qos-ok');
        await consumer.consume(queue);
        fill(channel, queue, ['1', '2']);
        requireTexts(peer, (await deliveries(consumer, 2)).map(textOf), ['1', '2'], 'Messages that are held');
        fill(channel, queue, ['3', '4']);
        await requireHolds(peer, channel, queue, ['3', '4']);
        await consumer.close();
        await requireHolds(peer, channel, queue, ['1', '2']);
      },
    }),
  ),
  ...wrongArguments.map(([slug, args]) =>
    check(`amqp091/queue-length/argument/${slug}`, {
      title: `A queue with ${Object.entries(args)
        .map(([name, value]) => `the ${typeof value} ${String(value)} for ${name}`)
        .join(' and ')} is refused with 406`,
      duties: ['amqp091/queue-length.argument:enforce'],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        await queueWith(peer, channel, fieldTable({ 'x-max-length': 5, 'x-max-length-bytes': 100, 'x-overflow': 'reject-publish' }));
        channel.send('queue.declare', { queue: peer.name(), exclusive: true, arguments: fieldTable(args) });
        await channel.answersTo('amqp091/queue-length.argument:enforce');
      },
    }),
  ),
];
