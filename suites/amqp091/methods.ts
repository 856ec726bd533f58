import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { frameOfType, joined, onChannel, trailing, truncatedPayload, unknownMethod } from '../../harness/wire/amqp091/craft.ts';
import { ascii, headerFrame, methodFrame, octets, sendFrames } from './frames.ts';
import { hold } from './observations.ts';
import { relayed } from './relay.ts';

interface Malformed {
  readonly slug: string;
  readonly title: string;
  readonly duty: DutyId;
  readonly frame: Uint8Array;
}

const declare = methodFrame(1, 'queue.declare', { queue: 'amqpspec', passive: true });

/** Method frames that no peer may take, on an open channel. */
const malformed: readonly Malformed[] = [
  { slug: 'unknown-class', title: 'A method of an unknown standard class', duty: 'amqp091/4.2.4.class-unknown:enforce', frame: unknownMethod(1, 20000, 10) },
  {
    slug: 'unknown-extension-class',
    title: 'A method of an unknown extension class',
    duty: 'amqp091/4.2.4.class-unknown:enforce',
    frame: unknownMethod(1, 0xf0f0, 10),
  },
  {
    slug: 'unknown-method',
    title: 'A method id that class queue does not define',
    duty: 'amqp091/4.2.4.method-unknown:enforce',
    frame: unknownMethod(1, 50, 999),
  },
  {
    slug: 'reply-from-client',
    title: 'A reply that only a server gives',
    duty: 'amqp091/4.2.4.method-direction:enforce',
    frame: methodFrame(1, 'queue.declare-ok', { queue: 'amqpspec' }),
  },
  {
    slug: 'deliver-from-client',
    title: 'A delivery, which only a server makes',
    duty: 'amqp091/4.2.4.method-direction:enforce',
    frame: joined(methodFrame(1, 'basic.deliver', { consumerTag: 'amqpspec', deliveryTag: 1n }), headerFrame(1, { bodySize: 0 })),
  },
  { slug: 'empty-payload', title: 'A method frame without any payload', duty: 'amqp091/4.2.4.method-identifiers:enforce', frame: frameOfType(1, 1) },
  {
    slug: 'half-identifiers',
    title: 'A payload that ends within its identifiers',
    duty: 'amqp091/4.2.4.method-identifiers:enforce',
    frame: frameOfType(1, 1, octets(0, 50, 0)),
  },
  { slug: 'no-arguments', title: 'A declare without any argument', duty: 'amqp091/4.2.4.arguments-truncated:enforce', frame: truncatedPayload(declare, 4) },
  {
    slug: 'cut-in-short-string',
    title: 'A payload that ends within a short string',
    duty: 'amqp091/4.2.4.arguments-truncated:enforce',
    frame: truncatedPayload(declare, 10),
  },
  {
    slug: 'last-argument-missing',
    title: 'A payload that ends before its last argument',
    duty: 'amqp091/4.2.4.arguments-truncated:enforce',
    frame: truncatedPayload(declare, -4),
  },
  {
    slug: 'trailing-octet',
    title: 'A payload with one octet behind its last argument',
    duty: 'amqp091/4.2.4.arguments-trailing:enforce',
    frame: trailing(methodFrame(1, 'basic.qos', { prefetchCount: 1 })),
  },
  {
    slug: 'trailing-octets-behind-table',
    title: 'A payload with octets behind its last table',
    duty: 'amqp091/4.2.4.arguments-trailing:enforce',
    frame: trailing(declare, octets(1, 2, 3, 4)),
  },
];

const refusals: readonly Check[] = malformed.map(({ slug, title, duty, frame }) =>
  check(`amqp091/methods/${slug}`, {
    title: `${title} closes the connection`,
    duties: [duty],
    departs: true,
    async run(peer: Peer) {
      const { connection } = await peer.channel();
      connection.sendBytes(frame);
      await connection.answersTo(duty);
    },
  }),
);

/** Sections 4.2.3 and 4.2.4: what a method frame holds and where it travels. */
export const methodChecks: readonly Check[] = [
  check('amqp091/methods/server-methods', {
    title: 'In a healthy conversation every method of the server is a known one of its own role with exactly its arguments',
    duties: [
      'amqp091/4.2.4.method-identifiers:emit',
      'amqp091/4.2.4.class-unknown:emit',
      'amqp091/4.2.4.method-unknown:emit',
      'amqp091/4.2.4.method-direction:emit',
      'amqp091/4.2.4.arguments:emit',
    ],
    async run(peer: Peer) {
      const channel = await peer.channel();
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
      await relayed(peer, channel, { body: ascii('plain') });
      await channel.close();
      await channel.connection.close();
    },
  }),
  check('amqp091/methods/reserved-fields', {
    title: 'The reserved argument of channel.open-ok is empty',
    duties: ['amqp091/4.2.4.reserved-fields:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      const { args } = await connection.call(1, 'channel.open', {}, 'channel.open-ok');
      peer.require(args.reserved1.length === 0, `The reserved argument holds ${args.reserved1.length} octets.`);
    },
  }),
  check('amqp091/methods/silent-success', {
    title: 'A publish and an ack that succeed are answered with nothing',
    duties: ['amqp091/2.2.3.silent-success:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      channel.publish({ routingKey: queue });
      channel.send('basic.ack', { deliveryTag: (await hold(peer, channel, queue)).method.args.deliveryTag });
      await channel.barrier(['basic.ack', 'basic.nack', 'basic.return']);
    },
  }),
  ...refusals,
  check('amqp091/methods/unknown-on-channel-0', {
    title: 'A method id that class connection does not define closes the connection',
    duties: ['amqp091/4.2.4.method-unknown:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.sendBytes(unknownMethod(0, 10, 999));
      await connection.answersTo('amqp091/4.2.4.method-unknown:enforce');
    },
  }),
  check('amqp091/methods/close-on-channel-1', {
    title: 'connection.close on a channel other than 0 is command-invalid',
    duties: ['amqp091/4.2.3.channel-zero:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      sendFrames(channel, methodFrame(channel.number, 'connection.close', { replyCode: 200, replyText: 'amqpspec' }));
      await channel.connection.answersTo('amqp091/4.2.3.channel-zero:enforce');
    },
  }),
  check('amqp091/methods/tune-ok-on-channel-1', {
    title: 'connection.tune-ok on a channel other than 0 is command-invalid',
    duties: ['amqp091/4.2.3.channel-zero:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      sendFrames(channel, methodFrame(channel.number, 'connection.tune-ok'));
      await channel.connection.answersTo('amqp091/4.2.3.channel-zero:enforce');
    },
  }),
  check('amqp091/methods/open-channel-0', {
    title: 'channel.open on channel 0 closes the connection',
    duties: ['amqp091/4.2.3.channel-number:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.sendBytes(methodFrame(0, 'channel.open'));
      await connection.answersTo('amqp091/4.2.3.channel-number:enforce');
    },
  }),
  check('amqp091/methods/declare-on-channel-0', {
    title: 'queue.declare on channel 0 closes the connection',
    duties: ['amqp091/4.2.3.channel-number:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.sendBytes(onChannel(declare, 0));
      await connection.answersTo('amqp091/4.2.3.channel-number:enforce');
    },
  }),
  check('amqp091/methods/pipelined', {
    title: 'Requests sent without waiting are answered one by one in their order',
    duties: ['amqp091/3.2.1.pipelining:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const names = [peer.name(), peer.name(), peer.name()];
      for (const queue of names) channel.send('queue.declare', { queue, exclusive: true });
      channel.send('basic.qos', { prefetchCount: 1 });
      for (const queue of names) {
        const { args } = await channel.expect('queue.declare-ok');
        peer.require(args.queue === queue, `The declare of ${queue} was answered for ${args.queue}.`);
      }
      await channel.expect('basic.qos-ok');
    },
  }),
];

/** Section 2.3.4: frames in a stream of octets. */
export const segmentationChecks: readonly Check[] = [
  check('amqp091/framing/octet-by-octet', {
    title: 'Methods and content that arrive one octet at a time are taken',
    duties: ['amqp091/2.3.4.segmentation:emit'],
    worstMs: 2000,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = peer.name();
      const stream = joined(methodFrame(channel.number, 'queue.declare', { queue, exclusive: true }), methodFrame(channel.number, 'basic.get', { queue }));
      for (const octet of stream) {
        channel.connection.sendBytes(octets(octet));
        await channel.connection.flush();
      }
      await channel.expect('queue.declare-ok');
      await channel.expect('basic.get-empty');
    },
  }),
  check('amqp091/framing/one-write', {
    title: 'Many frames that arrive at once are taken one by one',
    duties: ['amqp091/2.3.4.segmentation:emit', 'amqp091/3.2.1.pipelining:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      const queue = peer.name();
      const declared = methodFrame(1, 'queue.declare', { queue, exclusive: true });
      connection.sendBytes(joined(methodFrame(1, 'channel.open'), declared, methodFrame(1, 'basic.get', { queue })));
      await connection.expect(1, 'channel.open-ok');
      await connection.expect(1, 'queue.declare-ok');
      await connection.expect(1, 'basic.get-empty');
    },
  }),
  check('amqp091/framing/random-pieces', {
    title: 'Frames cut anywhere are taken as if they were not',
    duties: ['amqp091/2.3.4.segmentation:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const count = 50;
      const stream = joined(...Array.from({ length: count }, (_, at) => methodFrame(channel.number, 'basic.qos', { prefetchCount: at })));
      for (let at = 0; at < stream.length; ) {
        const size = 1 + Math.floor(peer.random() * 40);
        channel.connection.sendBytes(stream.subarray(at, at + size));
        await channel.connection.flush();
        at += size;
      }
      for (let answers = 0; answers < count; answers++) await channel.expect('basic.qos-ok');
    },
  }),
];
