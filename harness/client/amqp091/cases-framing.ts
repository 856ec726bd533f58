import { encodeFrame, method } from '../../wire/amqp091/codec.ts';
import { frameOfType, wrongFrameEnd } from '../../wire/amqp091/craft.ts';
import { behindAnswer, breach } from './case-kit.ts';

const heartbeat = encodeFrame({ type: 'heartbeat', channel: 0 });

/** Frames, and the methods in them. */
export const framingCases = [
  breach('framing/frame-end', {
    title: 'A frame that does not end with CE makes the client close the socket',
    duties: ['amqp091/4.2.3.frame-end:client-enforce'],
    needs: 'channel',
    departs: behindAnswer('channel.open-ok', () => [wrongFrameEnd(heartbeat)]),
  }),
  breach('framing/frame-type', {
    title: 'A frame of an unknown type makes the client close the socket',
    duties: ['amqp091/4.2.3.frame-type:client-enforce'],
    needs: 'channel',
    departs: behindAnswer('channel.open-ok', () => [frameOfType(5, 0)]),
  }),
  breach('framing/frame-max', {
    title: 'A frame larger than the agreed frame-max makes the client close the connection with 501',
    duties: ['amqp091/4.2.3.frame-max:client-enforce'],
    needs: 'channel',
    departs: behindAnswer('channel.open-ok', ({ channel }, { frameMax }) => [frameOfType(1, channel, new Uint8Array(frameMax))]),
  }),
  breach('framing/channel-zero', {
    title: 'A method of class connection on another channel makes the client close the connection with 503',
    duties: ['amqp091/4.2.3.channel-zero:client-enforce'],
    needs: 'channel',
    departs: behindAnswer('channel.open-ok', ({ channel }) => [{ type: 'method', channel, method: method('connection.unblocked') }]),
  }),
];
