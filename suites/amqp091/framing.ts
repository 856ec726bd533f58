import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { declaredSize, frameOfType, wrongFrameEnd } from '../../harness/wire/amqp091/craft.ts';
import { bodyFrame, headerFrame, methodFrame, octets, pattern, publishFrame, sendFrames } from './frames.ts';
import { queueView } from './observations.ts';
import { relayed } from './relay.ts';

const frameEnd: DutyId = 'amqp091/4.2.3.frame-end:enforce';
const frameType: DutyId = 'amqp091/4.2.3.frame-type:enforce';

const qos = (channel: number): Uint8Array => methodFrame(channel, 'basic.qos', { prefetchCount: 1 });

/** Types that no reading of the standard defines; 4 is the heartbeat of the text. */
const unknownTypes: readonly Check[] = [0, 5, 9, 255].map(type =>
  check(`amqp091/framing/type-${type}`, {
    title: `A frame of type ${type} ends the connection without a word`,
    duties: [frameType],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      sendFrames(channel, frameOfType(type, channel.number, new Uint8Array(11)));
      await channel.connection.answersTo(frameType);
    },
  }),
);

/** Section 4.2.3: frame type, size and end. */
export const framingChecks: readonly Check[] = [
  check('amqp091/framing/server-frames', {
    title: 'In a healthy conversation every frame of the server is well formed and on its proper channel',
    duties: [
      'amqp091/4.2.3.frame-end:emit',
      'amqp091/4.2.3.frame-type:emit',
      'amqp091/2.3.5.frame-size:emit',
      'amqp091/4.2.3.channel-zero:emit',
      'amqp091/4.2.3.channel-number:emit',
    ],
    async run(peer: Peer) {
      const channel = await peer.channel();
      await relayed(peer, channel, { body: pattern(100) });
      await channel.close();
      await channel.connection.close();
    },
  }),
  check('amqp091/framing/wrong-end', {
    title: 'A method frame that does not end with CE ends the connection without a word',
    duties: [frameEnd],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      sendFrames(channel, wrongFrameEnd(qos(channel.number), 0xcd));
      await channel.connection.answersTo(frameEnd);
    },
  }),
  check('amqp091/framing/wrong-end-of-body', {
    title: 'A body frame that does not end with CE ends the connection without a word, and its message is not delivered',
    duties: [frameEnd],
    departs: true,
    async run(peer: Peer) {
      const other = await peer.connection();
      const queue = await (await other.channel()).queue();
      const channel = await peer.channel();
      const frames = [publishFrame(channel.number, queue), headerFrame(channel.number, { bodySize: 4 }), wrongFrameEnd(bodyFrame(channel.number, pattern(4)))];
      sendFrames(channel, ...frames);
      await channel.connection.answersTo(frameEnd);
      const view = await queueView(peer, other, queue);
      peer.require(view.kind === 'there' && view.messages === 0, 'The message of the broken frame is in its queue.', frameEnd);
    },
  }),
  check('amqp091/framing/size-too-small', {
    title: 'A frame whose size stops short of its end is taken for one with a wrong end',
    duties: [frameEnd],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const frame = qos(channel.number);
      sendFrames(channel, declaredSize(frame, frame.length - 10));
      await channel.connection.answersTo(frameEnd);
    },
  }),
  check('amqp091/framing/size-too-large', {
    title: 'A frame whose size reaches into the next is taken for one with a wrong end',
    duties: [frameEnd],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const frame = qos(channel.number);
      sendFrames(channel, declaredSize(frame, frame.length - 4), frame);
      await channel.connection.answersTo(frameEnd);
    },
  }),
  ...unknownTypes,
  check('amqp091/framing/type-unknown-on-channel-0', {
    title: 'A frame of unknown type on channel 0 ends the connection without a word',
    duties: [frameType],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.sendBytes(frameOfType(77, 0, octets(1, 2, 3)));
      await connection.answersTo(frameType);
    },
  }),
];
