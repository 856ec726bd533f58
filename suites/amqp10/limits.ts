import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';

const channelNumberMax = 0xffff;
const minMaxFrameSize = 512;

/** Has a message of so many octets sent to a connection that takes frames of at most `maxFrameSize`, and answers how many transfers it came in. */
async function received(peer: Peer, octets: number, maxFrameSize: number | undefined): Promise<number> {
  const { address } = await peer.node10();
  const text = 'x'.repeat(octets);
  const sender = await (await peer.session10()).sender(address);
  await sender.send(text);
  const session = await peer.session10({ open: { maxFrameSize } });
  const receiver = await session.receiver(address);
  receiver.credit(1);
  const delivery = await receiver.receive();
  peer.require(delivery.text === text, `A message of ${octets} octets came back changed.`);
  delivery.accept();
  return delivery.transfers.length;
}

/** The limits that open tells: section 2.7.1. */
export const limits10Checks: readonly Check[] = [
  check('amqp10/open/frames-of-512', {
    title: 'A peer that takes frames of 512 octets gets a large message in many',
    duties: ['amqp10/2.7.1.max-frame-size:emit', 'amqp10/2.4.1.limits-agreed:emit'],
    async run(peer: Peer) {
      const transfers = await received(peer, 5000, minMaxFrameSize);
      peer.require(transfers > 5000 / minMaxFrameSize, `5000 octets came in ${transfers} transfers.`);
    },
  }),
  check('amqp10/open/frames-of-4096', {
    title: 'No frame is larger than a max-frame-size between the smallest and the largest',
    duties: ['amqp10/2.7.1.max-frame-size:emit', 'amqp10/2.4.1.limits-agreed:emit'],
    async run(peer: Peer) {
      const transfers = await received(peer, 20_000, 4096);
      peer.require(transfers >= 5, `20000 octets came in ${transfers} transfers.`);
    },
  }),
  check('amqp10/open/max-frame-size-default', {
    title: 'A peer that names no max-frame-size gets large messages too',
    duties: ['amqp10/2.7.1.max-frame-size-default:emit'],
    async run(peer: Peer) {
      await received(peer, 20_000, undefined);
    },
  }),
  ...[minMaxFrameSize - 1, 0].map(maxFrameSize =>
    check(`amqp10/open/max-frame-size-minimum/${maxFrameSize}`, {
      title: `A max-frame-size of ${maxFrameSize} octets is refused`,
      duties: ['amqp10/2.7.1.max-frame-size-minimum:enforce'],
      departs: true,
      async run(peer: Peer) {
        const connection = await peer.connection10({ upTo: 'open-sent', open: { maxFrameSize } });
        await connection.answersTo('amqp10/2.7.1.max-frame-size-minimum:enforce');
      },
    }),
  ),
  check('amqp10/open/channel-highest', {
    title: 'A session may be begun on every channel up to the highest',
    duties: ['amqp10/2.7.1.channel-max-default:emit', 'amqp10/2.4.channels-independent:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const { channelMax } = connection.limits;
      for (const channel of new Set([channelMax, channelMax >> 1, 0])) {
        connection.send(channel, 'begin');
        await connection.expect('begin', { channel });
      }
    },
  }),
  check('amqp10/open/channel-max', {
    title: 'A peer with two channels gets its sessions on these',
    duties: ['amqp10/2.7.1.channel-max:emit', 'amqp10/2.4.1.limits-agreed:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ open: { channelMax: 1 } });
      if (connection.limits.channelMax < 1) peer.notApplicable('The broker has one channel.');
      for (const ours of [1, 0]) {
        connection.send(ours, 'begin');
        const { channel } = await connection.expect('begin', { channel: ours });
        peer.require(channel <= 1, `The begin came on channel ${channel}, where 1 is the highest.`);
      }
    },
  }),
  check('amqp10/open/channel-max-0', {
    title: 'A peer with one channel gets its session on that, and may end and begin it again',
    duties: ['amqp10/2.7.1.channel-max:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ open: { channelMax: 0 } });
      for (let turn = 0; turn < 3; turn += 1) await (await connection.session()).end();
    },
  }),
  check('amqp10/open/channel-beyond', {
    title: 'A frame on a channel above channel-max closes the connection with framing-error',
    duties: ['amqp10/2.7.1.channel-beyond:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const { channelMax } = connection.limits;
      if (channelMax >= channelNumberMax) peer.notApplicable('No channel is above the channel-max of the broker.');
      connection.send(channelMax + 1, 'begin');
      await connection.answersTo('amqp10/2.7.1.channel-beyond:enforce');
    },
  }),
  check('amqp10/open/idle-time-out-zero', {
    title: 'An idle-time-out of zero asks for nothing',
    duties: ['amqp10/2.7.1.idle-time-out-zero:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ open: { idleTimeOut: 0 } });
      await connection.session();
    },
  }),
];
