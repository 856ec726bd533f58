import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { close } from '../../harness/spec/amqp10/phrases.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { emptyFrame } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, describedAs, frameOf, listOf, replaced, valueAs } from '../../harness/wire/amqp10/craft.ts';
import { beforeOpen, beginning, dataOf, octetByOctet, performativeFrame, relay, unopened } from './frames.ts';

const performative: DutyId = 'amqp10/2.3.2.performative:enforce';
const symbol = (value: string): Uint8Array => valueAs({ type: 'symbol', value }, 'sym8');
const number = (value: bigint): Uint8Array => valueAs({ type: 'ulong', value }, 'ulong');

/** Values that are none of the nine performatives. */
const bodies: readonly (readonly [slug: string, what: string, body: Uint8Array])[] = [
  ['unknown-number', 'A list that a number of nobody describes', describedAs(number(0x19n), listOf([]))],
  ['unknown-domain', 'A list that a number of a domain of nobody describes', describedAs(number(0x468c_0000_0010n), listOf([]))],
  ['unknown-symbol', 'A list that a symbol of nobody describes', describedAs(symbol('amqp:nothing:list'), listOf([]))],
  ['source', 'A source', compositeAs('source', {})],
  ['accepted', 'An accepted', compositeAs('accepted', {})],
  ['sasl-init', 'A sasl-init', compositeAs('sasl-init', { mechanism: 'ANONYMOUS' })],
  ['data-section', 'A section of data', dataOf('no performative')],
  ['undescribed', 'A list that nothing describes', listOf([])],
  ['null', 'A null', Uint8Array.of(0x40)],
];

const strangers = bodies.map(([slug, what, body]) =>
  check(`amqp10/framing/body-${slug}`, {
    title: `${what} in a frame of AMQP should close the connection`,
    duties: [performative],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.sendBytes(frameOf(body));
      await connection.answersTo(performative);
    },
  }),
);

/** What is in frames: section 2.3.2. */
export const frameBody10Checks: readonly Check[] = [
  ...strangers,
  check('amqp10/framing/body-unknown-before-open', {
    title: 'A frame whose body nobody knows, before open, should close the connection or end the stream',
    duties: [performative],
    departs: true,
    async run(peer: Peer) {
      const connection = await unopened(peer);
      connection.sendBytes(frameOf(describedAs(number(0x19n), listOf([]))));
      await connection.answersTo(performative, { answers: beforeOpen(close('any')) });
    },
  }),
  check('amqp10/framing/payload-behind-flow', {
    title: 'What becomes of payload behind a flow',
    duties: ['amqp10/2.3.2.payload:permit'],
    departs: true,
    async run(peer: Peer) {
      const { session } = await relay(peer);
      session.send('flow', {}, dataOf('payload'));
      await session.answersTo('amqp10/2.3.2.payload:permit');
    },
  }),
  check('amqp10/framing/payload-behind-disposition', {
    title: 'What becomes of payload behind a disposition',
    duties: ['amqp10/2.3.2.payload:permit'],
    departs: true,
    async run(peer: Peer) {
      const { session, sender, receiver } = await relay(peer);
      await sender.send('hello');
      const { deliveryId } = await receiver.receive();
      session.send('disposition', { role: 'receiver', first: deliveryId, settled: true, state: { type: 'accepted' } }, dataOf('payload'));
      await session.answersTo('amqp10/2.3.2.payload:permit');
    },
  }),
  check('amqp10/framing/empty-frames', {
    title: 'Frames without a body change nothing, also between the transfers of a delivery',
    duties: ['amqp10/2.3.2.empty-frame:emit'],
    async run(peer: Peer) {
      const { session, sender, receiver } = await relay(peer);
      const { connection } = session;
      const message = dataOf('in two parts');
      connection.sendBytes(emptyFrame);
      sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('x'), messageFormat: 0, more: true }, message.subarray(0, 6));
      for (let count = 0; count < 5; count += 1) connection.sendBytes(emptyFrame);
      connection.sendBytes(frameOf(new Uint8Array(0), { channel: session.channel }));
      sender.transfer({}, message.subarray(6));
      const { text } = await receiver.receive();
      peer.require(text === 'in two parts', `Expected the message, got ${text}.`);
    },
  }),
  check('amqp10/framing/octet-by-octet', {
    title: 'An opening that comes octet by octet is served as one in whole frames',
    duties: ['amqp10/2.3.1.pieces:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ cut: octetByOctet });
      await connection.close();
    },
  }),
  check('amqp10/framing/halves', {
    title: 'A frame that is cut in two, wherever that is, is taken as one',
    duties: ['amqp10/2.3.1.pieces:emit'],
    worstMs: 2000,
    async run(peer: Peer) {
      let connection = await peer.connection10();
      const channels = Math.min(connection.limits.channelMax, 7) + 1;
      const { length } = performativeFrame('begin', beginning);
      for (let cut = 1; cut < length; cut += 1) {
        // Each on a channel that none before was on: this is not about channels whose session has ended.
        const channel = (cut - 1) % channels;
        if (channel === 0 && cut > 1) {
          await connection.close();
          connection = await peer.connection10();
        }
        const frame = performativeFrame('begin', beginning, {}, { channel });
        connection.sendBytes(frame.subarray(0, cut));
        await connection.flush();
        connection.sendBytes(frame.subarray(cut));
        await connection.expect('begin', { channel });
      }
    },
  }),
  check('amqp10/framing/transfer-in-pieces', {
    title: 'A transfer in pieces of three octets arrives as it was sent',
    duties: ['amqp10/2.3.1.pieces:emit'],
    async run(peer: Peer) {
      const { session, sender, receiver } = await relay(peer);
      const frame = performativeFrame('transfer', { handle: sender.handle, deliveryId: 0, deliveryTag: Buffer.from('x'), messageFormat: 0 });
      const whole = Buffer.concat([frame, dataOf('in many pieces')]);
      const bytes = replaced(replaced(whole, 0, 0, 0, 0, whole.length), 6, 0, session.channel);
      for (let at = 0; at < bytes.length; at += 3) session.connection.sendBytes(bytes.subarray(at, at + 3));
      const { text } = await receiver.receive();
      peer.require(text === 'in many pieces', `Expected the message, got ${text}.`);
    },
  }),
  check('amqp10/framing/in-one-piece', {
    title: 'Frames that come in one piece are all served',
    duties: ['amqp10/2.3.1.pieces:emit', 'amqp10/2.3.1.size:emit'],
    async run(peer: Peer) {
      const connection = await unopened(peer);
      const frames = [performativeFrame('open', { containerId: peer.name() }), performativeFrame('begin', beginning), performativeFrame('end', {})];
      connection.sendBytes(Buffer.concat(frames));
      await connection.expect('open');
      await connection.expect('begin', { channel: 0 });
      await connection.expect('end', { channel: 0 });
    },
  }),
  check('amqp10/framing/one-piece-and-a-half', {
    title: 'A piece that ends in the midst of a frame loses nothing of it',
    duties: ['amqp10/2.3.1.pieces:emit', 'amqp10/2.3.1.size:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const frames = Buffer.concat([performativeFrame('begin', beginning), performativeFrame('begin', beginning, {}, { channel: 1 })]);
      if (connection.limits.channelMax < 1) peer.notApplicable('The server takes one session only.');
      connection.sendBytes(frames.subarray(0, frames.length - 9));
      await connection.expect('begin', { channel: 0 });
      connection.sendBytes(frames.subarray(frames.length - 9));
      await connection.expect('begin', { channel: 1 });
    },
  }),
];
