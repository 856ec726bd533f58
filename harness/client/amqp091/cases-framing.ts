import { encodeFrame, encodeMethodFrame, type Method, method } from '../../wire/amqp091/codec.ts';
import { declaredSize, frameOfType, joined, trailing, truncatedPayload, unknownMethod, wrongFrameEnd } from '../../wire/amqp091/craft.ts';
import { anyReaction, atAnswer, behindAnswer, breach, type CaseSpec, lawful } from './case-kit.ts';

const heartbeat = encodeFrame({ type: 'heartbeat', channel: 0 });
const start = method('connection.start', { versionMajor: 0, versionMinor: 9 });
const cancel = method('basic.cancel', { consumerTag: 'nobody', noWait: true });

/** Octets behind the first open-ok of a channel. */
const sent = (octets: (channel: number, frameMax: number) => Uint8Array): Pick<CaseSpec, 'needs' | 'departs'> => ({
  needs: 'channel',
  departs: behindAnswer('channel.open-ok', ({ channel }, { frameMax }) => [octets(channel, frameMax)]),
});

const said = (channel: number | undefined, what: Method): Pick<CaseSpec, 'needs' | 'departs'> => sent(open => encodeMethodFrame(channel ?? open, what));

/** Frames, and the methods in them. */
export const framingCases = [
  breach('framing/frame-end', {
    title: 'A frame that does not end with CE makes the client close the socket',
    duties: ['amqp091/4.2.3.frame-end:client-enforce'],
    ...sent(() => wrongFrameEnd(heartbeat)),
  }),
  breach('framing/frame-type', {
    title: 'A frame of an unknown type makes the client close the socket',
    duties: ['amqp091/4.2.3.frame-type:client-enforce'],
    ...sent(() => frameOfType(5, 0)),
  }),
  breach('framing/frame-max', {
    title: 'A frame larger than the agreed frame-max makes the client close the connection with 501',
    duties: ['amqp091/4.2.3.frame-max:client-enforce'],
    ...sent((channel, frameMax) => frameOfType(3, channel, new Uint8Array(frameMax))),
  }),
  breach('framing/size-huge', {
    title: 'A frame that promises 4 GiB makes the client close the connection with 501, before they come',
    duties: ['amqp091/4.2.3.frame-max:client-enforce'],
    ...sent(channel => declaredSize(frameOfType(3, channel), 0xffff_ffff).subarray(0, 7)),
  }),
  breach('framing/channel-zero', {
    title: 'A method of class connection on another channel makes the client close the connection with 503',
    duties: ['amqp091/4.2.3.channel-zero:client-enforce'],
    ...said(undefined, method('connection.unblocked')),
  }),
  breach('framing/content-on-channel-zero', {
    title: 'A content frame on channel 0 makes the client close the connection with 504',
    duties: ['amqp091/4.2.6.1.channel-zero:client-enforce'],
    ...sent(() => frameOfType(3, 0, Uint8Array.of(1))),
  }),
  breach('framing/channel-not-open', {
    title: 'A method on a channel that the client never opened brings nobody down',
    duties: ['amqp091/channel.not-open:client-emit'],
    legal: anyReaction,
    ...said(2_000, cancel),
  }),
  breach('heartbeat/on-channel', {
    title: 'A heartbeat on another channel than 0 makes the client close the connection with 501 or 503',
    duties: ['amqp091/4.2.7.heartbeat-channel:client-enforce'],
    ...sent(channel => encodeFrame({ type: 'heartbeat', channel })),
  }),
  breach('heartbeat/with-payload', {
    title: 'A heartbeat with a payload makes the client close the connection with 501',
    duties: ['amqp091/4.2.7.heartbeat-format:client-enforce'],
    ...sent(() => frameOfType(8, 0, Uint8Array.of(0))),
  }),
  lawful('heartbeat/unasked', {
    title: 'Heartbeats that nobody agreed on are dropped without any error',
    duties: ['amqp091/4.2.7.heartbeat-discarded:client-emit'],
    settings: { limits: { heartbeatS: 0 } },
    ...sent(() => joined(...Array.from({ length: 100 }, () => heartbeat))),
  }),
  breach('methods/class-unknown', {
    title: 'A method of an unknown class brings nobody down',
    duties: ['amqp091/4.2.4.class-unknown:client-emit'],
    legal: anyReaction,
    ...sent(channel => unknownMethod(channel, 4_711, 10)),
  }),
  breach('methods/method-unknown', {
    title: 'An unknown method brings nobody down',
    duties: ['amqp091/4.2.4.method-unknown:client-emit'],
    legal: anyReaction,
    ...sent(channel => unknownMethod(channel, 60, 4_711)),
  }),
  breach('methods/direction', {
    title: "A method that is the client's to send brings nobody down",
    duties: ['amqp091/4.2.4.method-direction:client-emit'],
    legal: anyReaction,
    ...said(undefined, method('queue.declare', { queue: 'yours' })),
  }),
  breach('methods/channel-zero', {
    title: 'A method of class basic on channel 0 brings nobody down',
    duties: ['amqp091/4.2.3.channel-number:client-emit'],
    legal: anyReaction,
    ...said(0, cancel),
  }),
  breach('methods/truncated', {
    title: 'A method that ends before its arguments do makes the client close the connection with 501 or 502',
    duties: ['amqp091/4.2.4.arguments-truncated:client-enforce'],
    ...sent(channel => truncatedPayload(encodeMethodFrame(channel, cancel), 6)),
  }),
  breach('methods/trailing', {
    title: 'A method with octets behind its arguments makes the client close the connection with 501 or 502',
    duties: ['amqp091/4.2.4.arguments-trailing:client-enforce'],
    ...sent(channel => trailing(encodeMethodFrame(channel, cancel), Uint8Array.of(1, 2, 3))),
  }),
  breach('methods/start-again', {
    title: 'A start on an open connection makes the client close it with 503 or 505',
    duties: ['amqp091/connection.sequence:client-enforce'],
    ...said(0, start),
  }),
  breach('methods/open-ok-again', {
    title: 'A second open-ok makes the client close the connection with 503 or 505',
    duties: ['amqp091/connection.sequence:client-enforce'],
    ...said(0, method('connection.open-ok')),
  }),
  breach('methods/unsolicited-reply', {
    title: 'A reply that nobody asked for brings nobody down',
    duties: ['amqp091/channel.unsolicited-reply:client-emit'],
    legal: anyReaction,
    ...said(undefined, method('tx.commit-ok')),
  }),
  lawful('octets/one-by-one', {
    title: 'A stream that comes octet by octet is read as any other',
    duties: ['amqp091/2.3.4.segmentation:client-emit'],
    needs: 'connect',
    cut: () => 1,
    until: 'settle',
    departs: atAnswer('connection.start', ({ bytes }) => ({ send: [bytes] })),
  }),
  lawful('octets/in-threes', {
    title: 'A stream that comes in threes, each head in parts, is read as any other',
    duties: ['amqp091/2.3.4.segmentation:client-emit'],
    needs: 'connect',
    cut: () => 3,
    until: 'settle',
    departs: atAnswer('connection.start', ({ bytes }) => ({ send: [bytes] })),
  }),
  lawful('octets/joined', {
    title: 'Many frames in one segment are read one by one',
    duties: ['amqp091/2.3.4.segmentation:client-emit'],
    cut: () => Number.POSITIVE_INFINITY,
    ...sent(() => joined(...Array.from({ length: 1_000 }, () => heartbeat))),
  }),
  breach('octets/end-in-frame', {
    title: 'A stream that ends in the middle of a frame ends the connection, and nothing else',
    duties: ['amqp091/connection.close-ok.reporting:client-emit'],
    legal: anyReaction,
    ends: true,
    needs: 'channel',
    departs: atAnswer('channel.open-ok', ({ bytes }) => ({ send: [bytes.subarray(0, 6)], finish: 'end' })),
  }),
  breach('octets/end-between-frames', {
    title: 'A stream that ends without a close ends the connection, and nothing else',
    duties: ['amqp091/connection.close-ok.reporting:client-emit'],
    legal: anyReaction,
    ends: true,
    needs: 'channel',
    departs: atAnswer('channel.open-ok', ({ bytes }) => ({ send: [bytes], finish: 'end' })),
  }),
  breach('octets/reset', {
    title: 'A stream that is reset ends the connection, and nothing else',
    duties: ['amqp091/connection.close-ok.reporting:client-emit'],
    legal: anyReaction,
    ends: true,
    needs: 'channel',
    departs: atAnswer('channel.open-ok', ({ bytes }) => ({ send: [bytes], finish: 'reset' })),
  }),
  breach('octets/end-in-opening', {
    title: 'A stream that ends in the opening ends the attempt, and nothing else',
    duties: ['amqp091/connection.close-ok.reporting:client-emit'],
    legal: anyReaction,
    ends: true,
    needs: 'connect',
    departs: atAnswer('connection.tune', () => ({ finish: 'end' })),
  }),
];
