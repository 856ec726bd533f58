import { type Check, check } from '../../harness/check/check.ts';
import type { Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodeFrame } from '../../harness/wire/amqp10/codec.ts';
import { frameOf } from '../../harness/wire/amqp10/craft.ts';
import { dataOf, performativeFrame, relay, unopened } from './frames.ts';

const tooLarge: DutyId = 'amqp10/2.7.1.frame-too-large:enforce';
const minimum = 512;
/** Octets of a frame that a check is willing to send. */
const affordable = 1 << 20;

/** The frame of a transfer, that many octets in all, with a message of one data section that fills it. */
function transferOf(size: number, { session, handle }: Sender10): Uint8Array {
  const performative = { type: 'transfer', handle, deliveryId: 0, deliveryTag: Buffer.from('x'), messageFormat: 0 } as const;
  const sized = (content: number) => encodeFrame({ type: 'amqp', channel: session.channel, performative, payload: dataOf(new Uint8Array(content)) });
  const room = size - sized(300).length + 300;
  return sized(room);
}

/** Frames of all sizes: sections 2.3.1, 2.7.1 and 2.8.19. */
export const frameSize10Checks: readonly Check[] = [
  check('amqp10/framing/open-of-512', {
    title: 'An open of 512 octets is taken',
    duties: ['amqp10/2.8.19.min-max-frame-size:emit'],
    async run(peer: Peer) {
      const connection = await unopened(peer);
      const name = peer.name();
      const open = (padding: number) => performativeFrame('open', { containerId: name.padEnd(name.length + padding, 'x') });
      const bytes = open(minimum - open(256).length + 256);
      peer.require(bytes.length === minimum, `The open has ${bytes.length} octets.`);
      connection.sendBytes(bytes);
      await connection.expect('open');
    },
  }),
  check('amqp10/framing/transfer-of-512', {
    title: 'A transfer in a frame of 512 octets is taken',
    duties: ['amqp10/2.8.19.min-max-frame-size:emit'],
    async run(peer: Peer) {
      const { session, sender, receiver } = await relay(peer);
      session.connection.sendBytes(transferOf(minimum, sender));
      await receiver.receive();
    },
  }),
  check('amqp10/framing/largest', {
    title: 'A frame as large as the server takes them is taken',
    duties: ['amqp10/2.3.1.size:emit'],
    async run(peer: Peer) {
      const { session, sender, receiver } = await relay(peer);
      const { maxFrameSize } = session.connection.limits;
      const size = Math.min(maxFrameSize, Number(sender.attach.maxMessageSize || affordable), affordable);
      session.connection.sendBytes(transferOf(size, sender));
      const { text = '' } = await receiver.receive();
      peer.measure('largest frame taken', size, 'octets');
      peer.measure('max-frame-size', maxFrameSize, 'octets');
      peer.measure('max-message-size', Number(sender.attach.maxMessageSize ?? 0), 'octets');
      peer.require(text.length < size && text.length > size - 64, `${text.length} octets of data came of a frame of ${size}.`);
    },
  }),
  check('amqp10/framing/too-large', {
    title: 'A frame one octet larger than the server takes them closes the connection with framing-error',
    duties: [tooLarge],
    departs: true,
    async run(peer: Peer) {
      const { session, sender } = await relay(peer);
      const { maxFrameSize } = session.connection.limits;
      if (maxFrameSize > affordable) peer.notApplicable(`The server takes frames of ${maxFrameSize} octets.`);
      session.connection.sendBytes(transferOf(maxFrameSize + 1, sender));
      await session.connection.answersTo(tooLarge);
    },
  }),
  ...[0x7fff_ffff, 0xffff_ffff].map(size =>
    check(`amqp10/framing/size-${size.toString(16)}`, {
      title: `A frame that announces ${size} octets, of which few come, closes the connection with framing-error`,
      duties: [tooLarge],
      departs: true,
      async run(peer: Peer) {
        const connection = await peer.connection10();
        if (connection.limits.maxFrameSize >= size) peer.notApplicable(`The server takes frames of ${connection.limits.maxFrameSize} octets.`);
        connection.sendBytes(frameOf(new Uint8Array(100), { size }));
        await connection.answersTo(tooLarge);
      },
    }),
  ),
];
