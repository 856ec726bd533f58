import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import { fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { ascii, bodyFrame, headerFrame, heartbeatFrame, methodFrame, pattern, publishFrame, same, sendFrames } from './frames.ts';
import { lowered } from './limits.ts';
import { hold } from './observations.ts';
import { relayed } from './relay.ts';

/** All but expiration, to which the standard gives no meaning: a server may take any value for one that has passed. */
const all: BasicProperties = {
  contentType: 'text/plain',
  contentEncoding: 'identity',
  headers: fieldTable({ key: 'value' }),
  deliveryMode: 1,
  priority: 3,
  correlationId: 'correlation',
  replyTo: 'reply',
  messageId: 'message',
  timestamp: 1n,
  type: 'type',
  appId: 'application',
};

const names = Object.keys(all) as (keyof BasicProperties)[];

/** Sections 4.2.6, 4.2.6.1 and 4.2.6.2: content that a server takes and gives on. */
export const contentChecks: readonly Check[] = [
  check('amqp091/content/server-content', {
    title: 'Content from the server is a method, one header for its class, and the body that the header announces',
    duties: [
      'amqp091/4.2.6.sequence:emit',
      'amqp091/4.2.6.1.content-header:emit',
      'amqp091/4.2.6.1.class-id:emit',
      'amqp091/4.2.6.1.weight:emit',
      'amqp091/4.2.6.1.body-size:emit',
      'amqp091/4.2.6.1.channel-zero:emit',
    ],
    async run(peer: Peer) {
      const body = pattern(20_000);
      const channel = await (await lowered(peer, { frameMax: 8192 })).channel();
      const { header, body: back } = await relayed(peer, channel, { body });
      peer.require(header.classId === 60, `The header is of class ${header.classId}.`, 'amqp091/4.2.6.1.class-id:emit');
      peer.require(header.weight === 0, `The weight is ${header.weight}.`, 'amqp091/4.2.6.1.weight:emit');
      peer.require(header.bodySize === 20_000n && same(back, body), 'The body came back changed.', 'amqp091/4.2.6.1.body-size:emit');
      await channel.close();
    },
  }),
  check('amqp091/content/all-properties', {
    title: 'A header with all properties comes back with each in its place',
    duties: ['amqp091/4.2.6.1.property-flags:emit', 'amqp091/4.2.6.1.property-list:emit'],
    async run(peer: Peer) {
      const { properties } = await relayed(peer, await peer.channel(), { properties: all });
      for (const name of names.filter(each => each !== 'headers'))
        peer.require(properties[name] === all[name], `Property ${name} came back as ${String(properties[name])}.`);
    },
  }),
  check('amqp091/content/single-properties', {
    title: 'Each property alone is read from its own flag',
    duties: ['amqp091/4.2.6.1.property-flags:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      for (const name of names.filter(each => each !== 'headers')) {
        const { properties } = await relayed(peer, channel, { properties: { [name]: all[name] } });
        peer.require(properties[name] === all[name], `Property ${name}, sent alone, came back as ${String(properties[name])}.`);
      }
    },
  }),
  check('amqp091/content/zero-body', {
    title: 'Content with a body size of zero is complete with its header',
    duties: ['amqp091/4.2.6.1.body-size:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      sendFrames(channel, publishFrame(channel.number, queue), headerFrame(channel.number, { bodySize: 0 }));
      const { header, body } = await hold(peer, channel, queue);
      peer.require(header.bodySize === 0n && body.length === 0, `The empty body came back with a size of ${header.bodySize}.`);
    },
  }),
  check('amqp091/content/frame-per-octet', {
    title: 'A body in a hundred frames of one octet is one body',
    duties: ['amqp091/4.2.6.2.body-frames:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const body = pattern(100);
      const frames = Array.from(body, octet => bodyFrame(channel.number, Uint8Array.of(octet)));
      sendFrames(channel, publishFrame(channel.number, queue), headerFrame(channel.number, { bodySize: 100 }), ...frames);
      peer.require(same((await hold(peer, channel, queue)).body, body), 'The body came back changed.');
    },
  }),
  check('amqp091/content/empty-body-frames', {
    title: 'Empty body frames within a body add nothing to it',
    duties: ['amqp091/4.2.6.2.body-frames:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const [front, back] = [ascii('am'), ascii('qp')];
      const frames = [new Uint8Array(), front, new Uint8Array(), back].map(part => bodyFrame(channel.number, part));
      sendFrames(channel, publishFrame(channel.number, queue), headerFrame(channel.number, { bodySize: 4 }), ...frames);
      peer.require(same((await hold(peer, channel, queue)).body, ascii('amqp')), 'The body came back changed.');
    },
  }),
  check('amqp091/content/large-body', {
    title: 'A body of a megabyte comes back whole',
    duties: ['amqp091/4.2.6.2.body-frames:emit'],
    worstMs: 2000,
    async run(peer: Peer) {
      const body = pattern(1 << 20);
      peer.require(same((await relayed(peer, await peer.channel(), { body })).body, body), 'The body came back changed.');
    },
  }),
  check('amqp091/content/any-octet', {
    title: 'A body of every octet, those of frames included, comes back unchanged',
    duties: ['amqp091/4.2.6.2.opaque:emit'],
    async run(peer: Peer) {
      const body = Uint8Array.from([...heartbeatFrame(), ...Array.from({ length: 256 }, (_, octet) => octet), 0xce, 0xce]);
      peer.require(same((await relayed(peer, await peer.channel(), { body })).body, body), 'The body came back changed.');
    },
  }),
  check('amqp091/content/interleaved', {
    title: 'Contents of two channels, mixed frame by frame, are kept apart',
    duties: ['amqp091/4.2.6.interleaving:emit'],
    async run(peer: Peer) {
      const one = await peer.channel();
      const two = await one.connection.channel();
      const queues = [await one.queue(), await two.queue()] as const;
      const [left, right] = [ascii('left'), ascii('right')];
      sendFrames(one, publishFrame(one.number, queues[0]), publishFrame(two.number, queues[1]));
      sendFrames(one, headerFrame(two.number, { bodySize: 10 }), headerFrame(one.number, { bodySize: 8 }));
      sendFrames(one, bodyFrame(one.number, left), bodyFrame(two.number, right), bodyFrame(one.number, left), bodyFrame(two.number, right));
      peer.require(same((await hold(peer, one, queues[0])).body, ascii('leftleft')), 'The content of the first channel came back changed.');
      peer.require(same((await hold(peer, two, queues[1])).body, ascii('rightright')), 'The content of the second channel came back changed.');
    },
  }),
  check('amqp091/content/other-channel-meanwhile', {
    title: 'A channel answers while another is in the middle of a content',
    duties: ['amqp091/4.2.6.interleaving:emit'],
    async run(peer: Peer) {
      const one = await peer.channel();
      const two = await one.connection.channel();
      const queue = await one.queue();
      sendFrames(one, publishFrame(one.number, queue), headerFrame(one.number, { bodySize: 4 }), bodyFrame(one.number, ascii('am')));
      await two.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
      sendFrames(one, methodFrame(two.number, 'basic.qos', { prefetchCount: 2 }), bodyFrame(one.number, ascii('qp')));
      await two.expect('basic.qos-ok');
      peer.require(same((await hold(peer, one, queue)).body, ascii('amqp')), 'The content came back changed.');
    },
  }),
  check('amqp091/content/heartbeat-meanwhile', {
    title: 'A heartbeat in the middle of a content does not disturb it',
    duties: ['amqp091/4.2.7.heartbeat-discarded:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const header = headerFrame(channel.number, { bodySize: 4 });
      sendFrames(channel, publishFrame(channel.number, queue), heartbeatFrame(), header, heartbeatFrame(), bodyFrame(channel.number, ascii('amqp')));
      peer.require(same((await hold(peer, channel, queue)).body, ascii('amqp')), 'The content came back changed.');
    },
  }),
];
