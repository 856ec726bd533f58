import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { type ContentHeaderOctets, contentHeaderOf, pair, shortString, tableOf, truncatedPayload } from '../../harness/wire/amqp091/craft.ts';
import { ascii, bodyFrame, headerFrame, methodFrame, octets, publishFrame, sendFrames } from './frames.ts';
import { queueView } from './observations.ts';

interface Departure {
  readonly slug: string;
  readonly title: string;
  readonly duty: DutyId;
  /** Frames for this channel; what is published goes to this queue. */
  readonly frames: (channel: number, queue: string) => readonly Uint8Array[];
}

const qos = (channel: number): Uint8Array => methodFrame(channel, 'basic.qos', { prefetchCount: 1 });
const body = (channel: number, size: number): Uint8Array => bodyFrame(channel, new Uint8Array(size));
const announced = (bodySize: number) => (channel: number, queue: string) => [publishFrame(channel, queue), headerFrame(channel, { bodySize })];

const withHeader = (header: ContentHeaderOctets) => (channel: number, queue: string) => [publishFrame(channel, queue), contentHeaderOf(channel, header)];

/** Only the first octets of a header. */
const cut = (size: number) => (channel: number, queue: string) => [publishFrame(channel, queue), truncatedPayload(contentHeaderOf(channel, {}), size)];

const headerMissing: DutyId = 'amqp091/4.2.6.header-missing:enforce';
const unexpectedHeader: DutyId = 'amqp091/4.2.6.unexpected-header:enforce';
const unexpectedBody: DutyId = 'amqp091/4.2.6.unexpected-body:enforce';
const bodySize: DutyId = 'amqp091/4.2.6.1.body-size:enforce';
const classId: DutyId = 'amqp091/4.2.6.1.class-id:enforce';
const shortHeader: DutyId = 'amqp091/4.2.6.1.content-header:enforce';
const propertyList: DutyId = 'amqp091/4.2.6.1.property-list:enforce';

const contentType = 0x8000;
const headers = 0x2000;

const departures: readonly Departure[] = [
  { slug: 'method-for-header', title: 'A method in place of a content header', duty: headerMissing, frames: (at, to) => [publishFrame(at, to), qos(at)] },
  {
    slug: 'publish-for-header',
    title: 'A second publish in place of a content header',
    duty: headerMissing,
    frames: (at, to) => [publishFrame(at, to), publishFrame(at, to)],
  },
  {
    slug: 'body-for-header',
    title: 'A body frame in place of a content header',
    duty: unexpectedBody,
    frames: (at, to) => [publishFrame(at, to), body(at, 1)],
  },
  {
    slug: 'second-header',
    title: 'A second content header',
    duty: unexpectedHeader,
    frames: (at, to) => [...announced(4)(at, to), headerFrame(at, { bodySize: 4 })],
  },
  {
    slug: 'header-amid-body',
    title: 'A content header between body frames',
    duty: unexpectedHeader,
    frames: (at, to) => [...announced(4)(at, to), body(at, 2), headerFrame(at, { bodySize: 4 })],
  },
  { slug: 'header-without-method', title: 'A content header without a method', duty: unexpectedHeader, frames: at => [headerFrame(at, { bodySize: 0 })] },
  {
    slug: 'header-behind-other-method',
    title: 'A content header behind a method that carries no content',
    duty: unexpectedHeader,
    frames: (at, to) => [methodFrame(at, 'queue.declare', { queue: to, exclusive: true, noWait: true }), headerFrame(at, { bodySize: 0 })],
  },
  { slug: 'body-without-method', title: 'A body frame without a method', duty: unexpectedBody, frames: at => [body(at, 1)] },
  {
    slug: 'body-behind-content',
    title: 'A body frame behind a complete content',
    duty: bodySize,
    frames: (at, to) => [...announced(4)(at, to), body(at, 4), body(at, 1)],
  },
  { slug: 'body-of-size-zero', title: 'A body frame where the size is zero', duty: bodySize, frames: (at, to) => [...announced(0)(at, to), body(at, 1)] },
  {
    slug: 'empty-body-of-size-zero',
    title: 'An empty body frame where the size is zero',
    duty: bodySize,
    frames: (at, to) => [...announced(0)(at, to), body(at, 0)],
  },
  { slug: 'body-too-long', title: 'A body frame of more than the size', duty: bodySize, frames: (at, to) => [...announced(4)(at, to), body(at, 5)] },
  {
    slug: 'body-too-long-in-pieces',
    title: 'Body frames that are together more than the size',
    duty: bodySize,
    frames: (at, to) => [...announced(4)(at, to), body(at, 3), body(at, 3)],
  },
  {
    slug: 'class-of-queue',
    title: 'A content header for class queue behind basic.publish',
    duty: classId,
    frames: (at, to) => [publishFrame(at, to), headerFrame(at, { bodySize: 0, classId: 50 })],
  },
  {
    slug: 'class-unknown',
    title: 'A content header for an unknown class',
    duty: classId,
    frames: (at, to) => [publishFrame(at, to), headerFrame(at, { bodySize: 0, classId: 65000 })],
  },
  {
    slug: 'weight',
    title: 'A content header with a weight',
    duty: 'amqp091/4.2.6.1.weight:enforce',
    frames: (at, to) => [publishFrame(at, to), headerFrame(at, { bodySize: 0, weight: 1 })],
  },
  { slug: 'header-empty', title: 'A content header without any octet', duty: shortHeader, frames: cut(0) },
  { slug: 'header-cut-in-size', title: 'A content header that ends within its body size', duty: shortHeader, frames: cut(10) },
  { slug: 'header-without-flags', title: 'A content header that ends before its flags', duty: shortHeader, frames: cut(12) },
  {
    slug: 'undefined-flag',
    title: 'A flag for a property that class basic lacks',
    duty: 'amqp091/4.2.6.1.property-flags:enforce',
    frames: withHeader({ flags: [0x0002] }),
  },
  {
    slug: 'property-missing',
    title: 'A property list without the value that its flag announces',
    duty: propertyList,
    frames: withHeader({ flags: [contentType] }),
  },
  {
    slug: 'property-cut',
    title: 'A property that reaches beyond its header',
    duty: propertyList,
    frames: withHeader({ flags: [contentType], list: shortString(ascii('text'), 20) }),
  },
  {
    slug: 'property-unannounced',
    title: 'Octets in a property list that no flag announces',
    duty: propertyList,
    frames: withHeader({ list: shortString(ascii('A')) }),
  },
  {
    slug: 'headers-cut',
    title: 'A headers table that reaches beyond its content header',
    duty: propertyList,
    frames: withHeader({ flags: [headers], list: tableOf(octets(), 99) }),
  },
  {
    slug: 'headers-of-unknown-type',
    title: 'A headers table with a value of unknown type',
    duty: propertyList,
    frames: withHeader({ flags: [headers], list: tableOf(pair('odd', 'Z', octets(0))) }),
  },
];

const refusals: readonly Check[] = departures.map(({ slug, title, duty, frames }) =>
  check(`amqp091/content/${slug}`, {
    title: `${title} closes the connection`,
    duties: [duty],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      sendFrames(channel, ...frames(channel.number, queue));
      await channel.connection.answersTo(duty);
    },
  }),
);

/** Section 4.2.6: content that no peer may take. */
export const malformedContentChecks: readonly Check[] = [
  ...refusals,
  check('amqp091/content/body-missing', {
    title: 'A method before the body is complete closes the connection, or ends the content that was given up',
    duties: ['amqp091/4.2.6.body-missing:enforce'],
    departs: true,
    async run(peer: Peer) {
      const other = await peer.connection();
      const queue = await (await other.channel()).queue();
      const channel = await peer.channel();
      sendFrames(channel, ...announced(4)(channel.number, queue), body(channel.number, 2), qos(channel.number));
      await channel.connection.answersTo('amqp091/4.2.6.body-missing:enforce');
      const view = await queueView(peer, other, queue);
      peer.require(view.kind === 'there' && view.messages === 0, 'The incomplete content is in its queue.');
    },
  }),
  check('amqp091/content/header-on-channel-0', {
    title: 'A content header on channel 0 is a channel-error',
    duties: ['amqp091/4.2.6.1.channel-zero:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.sendBytes(headerFrame(0, { bodySize: 0 }));
      await connection.answersTo('amqp091/4.2.6.1.channel-zero:enforce');
    },
  }),
  check('amqp091/content/body-on-channel-0', {
    title: 'A body frame on channel 0 is a channel-error',
    duties: ['amqp091/4.2.6.1.channel-zero:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.sendBytes(body(0, 1));
      await connection.answersTo('amqp091/4.2.6.1.channel-zero:enforce');
    },
  }),
  check('amqp091/content/header-on-other-channel', {
    title: 'A content header on another channel than its method closes the connection',
    duties: [unexpectedHeader],
    departs: true,
    async run(peer: Peer) {
      const one = await peer.channel();
      const two = await one.connection.channel();
      sendFrames(one, publishFrame(one.number, await one.queue()), headerFrame(two.number, { bodySize: 0 }));
      await one.connection.answersTo(unexpectedHeader);
    },
  }),
  check('amqp091/content/flags-continued', {
    title: 'What becomes of property flags that go on without need',
    duties: ['amqp091/4.2.6.1.property-flags-continued:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      sendFrames(channel, ...withHeader({ flags: [0x0001, 0] })(channel.number, queue), qos(channel.number));
      const seen = await channel.connection.next();
      peer.measure('property flags that go on', describeSeen(seen));
    },
  }),
  check('amqp091/content/size-of-16-exbibytes', {
    title: 'What becomes of content that announces 2^64 - 1 octets',
    duties: ['amqp091/content-too-large:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const other = await channel.connection.channel();
      sendFrames(channel, publishFrame(channel.number, queue), headerFrame(channel.number, { bodySize: 2n ** 64n - 1n }));
      sendFrames(other, qos(other.number));
      const first = await channel.connection.next();
      peer.measure('content of 2^64 - 1 octets announced', describeSeen(first));
      // Channels are independent: the refusal on one may come before or after the answer on the other.
      const refused = first.kind === 'method' && first.channel === channel.number;
      if (refused) await channel.connection.next();
    },
  }),
];
