import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { bodyFrame, headerFrame, methodFrame, pattern, publishFrame, same, sendFrames } from './frames.ts';
import { lowered } from './limits.ts';
import { hold } from './observations.ts';
import { relayed } from './relay.ts';

/** A channel with small frames, so that their limit is cheap to reach; the smallest legal one has a check of its own. */
const smallFrames = async (peer: Peer): Promise<ProbeChannel> => (await lowered(peer, { frameMax: 8192 })).channel();

/** Largest payload of a frame on this channel. */
const room = ({ connection }: ProbeChannel): number => connection.limits.frameMax - 8;

/** A table that makes this frame as many octets long. */
function filling(size: number, frameOf: (padding: string) => Uint8Array): Uint8Array {
  return frameOf('p'.repeat(size - frameOf('').length));
}

/** Sections 2.3.3 and 4.2.3: frame-max. */
export const frameMaxChecks: readonly Check[] = [
  check('amqp091/framing/body-fills-frame', {
    title: 'A body frame of exactly frame-max octets is accepted',
    duties: ['amqp091/2.3.3.limits-lowered:emit'],
    async run(peer: Peer) {
      const channel = await smallFrames(peer);
      const queue = await channel.queue();
      const body = pattern(room(channel));
      sendFrames(channel, publishFrame(channel.number, queue), headerFrame(channel.number, { bodySize: body.length }), bodyFrame(channel.number, body));
      peer.require(same((await hold(peer, channel, queue)).body, body), 'The body that fills its frame came back changed.');
    },
  }),
  check('amqp091/framing/header-fills-frame', {
    title: 'A content header of exactly frame-max octets is accepted',
    duties: ['amqp091/2.3.3.limits-lowered:emit'],
    async run(peer: Peer) {
      const channel = await smallFrames(peer);
      const queue = await channel.queue();
      const header = filling(channel.connection.limits.frameMax, padding =>
        headerFrame(channel.number, { bodySize: 1, properties: { headers: fieldTable({ padding }) } }),
      );
      sendFrames(channel, publishFrame(channel.number, queue), header, bodyFrame(channel.number, pattern(1)));
      await hold(peer, channel, queue);
    },
  }),
  check('amqp091/framing/server-frame-max', {
    title: 'A body larger than the agreed frame-max comes in frames that keep to it',
    duties: ['amqp091/4.2.3.frame-max:emit', 'amqp091/2.3.3.limits-lowered:emit'],
    async run(peer: Peer) {
      const channel = await smallFrames(peer);
      const body = pattern(5 * room(channel));
      peer.require(same((await relayed(peer, channel, { body })).body, body), 'The body came back changed.');
    },
  }),
  ...[1, 9, 8192].map(excess =>
    check(`amqp091/framing/frame-max-exceeded-by-${excess}`, {
      title: `A body frame of ${excess} more than frame-max octets is a frame-error`,
      duties: ['amqp091/4.2.3.frame-max:enforce'],
      departs: true,
      async run(peer: Peer) {
        const channel = await smallFrames(peer);
        const queue = await channel.queue();
        const body = pattern(room(channel) + excess);
        sendFrames(channel, publishFrame(channel.number, queue), headerFrame(channel.number, { bodySize: body.length }), bodyFrame(channel.number, body));
        await channel.connection.answersTo('amqp091/4.2.3.frame-max:enforce');
      },
    }),
  ),
  check('amqp091/framing/oversized-method', {
    title: 'What becomes of a method of more than frame-max octets',
    duties: ['amqp091/4.2.3.frame-max-method:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await smallFrames(peer);
      const queue = await channel.queue();
      const size = channel.connection.limits.frameMax + 100;
      const bind = filling(size, padding =>
        methodFrame(channel.number, 'queue.bind', { queue, exchange: 'amq.direct', routingKey: 'amqpspec', arguments: fieldTable({ padding }) }),
      );
      channel.connection.sendBytes(bind);
      const seen = await channel.connection.next();
      peer.measure('method above frame-max', describeSeen(seen));
    },
  }),
  check('amqp091/framing/oversized-header', {
    title: 'What becomes of a content header of more than frame-max octets',
    duties: ['amqp091/4.2.3.frame-max-method:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await smallFrames(peer);
      const queue = await channel.queue();
      const size = channel.connection.limits.frameMax + 100;
      const header = filling(size, padding => headerFrame(channel.number, { bodySize: 0, properties: { headers: fieldTable({ padding }) } }));
      sendFrames(channel, publishFrame(channel.number, queue), header, methodFrame(channel.number, 'basic.qos'));
      const seen = await channel.connection.next();
      peer.measure('content header above frame-max', describeSeen(seen));
    },
  }),
];
