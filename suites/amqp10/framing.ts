import { type Check, check } from '../../harness/check/check.ts';
import type { Connection10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { framingError } from '../../harness/spec/amqp10/phrases.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodeFrame } from '../../harness/wire/amqp10/codec.ts';
import { frameOf } from '../../harness/wire/amqp10/craft.ts';
import { beforeOpen, beginning, flowing, inSasl, inSaslLayer, performativeFrame, relay, unopened } from './frames.ts';

const nothing = new Uint8Array(0);
const saslFrame = encodeFrame({ type: 'sasl', body: { type: 'sasl-response', response: Buffer.from('late') } });

interface Malformed {
  readonly slug: string;
  /** As the subject of a sentence. */
  readonly what: string;
  readonly duty: DutyId;
  readonly bytes: Uint8Array;
}

/** Frames that are wrong wherever they come. */
const malformed: readonly Malformed[] = [
  ...[0, 4, 7].map(size => ({
    slug: `size-${size}`,
    what: `A frame of size ${size}`,
    duty: 'amqp10/2.3.1.size-minimum:enforce' as const,
    bytes: frameOf(nothing, { size }),
  })),
  ...[0, 1].map(words => ({
    slug: `data-offset-${words}`,
    what: `A frame with a data offset of ${words} words`,
    duty: 'amqp10/2.3.1.doff:enforce' as const,
    bytes: frameOf(nothing, { dataOffset: words }),
  })),
  ...[3, 255].map(words => ({
    slug: `data-offset-${words}`,
    what: `A frame of eight octets with a data offset of ${words} words`,
    duty: 'amqp10/2.3.1.doff-beyond:enforce' as const,
    bytes: frameOf(nothing, { dataOffset: words }),
  })),
  ...[2, 255].map(type => ({
    slug: `type-${type}`,
    what: `A frame of type ${type}`,
    duty: 'amqp10/2.3.1.type:enforce' as const,
    bytes: frameOf(nothing, { type }),
  })),
];

const opened = malformed.map(({ slug, what, duty, bytes }) =>
  check(`amqp10/framing/${slug}`, {
    title: `${what} closes the connection with framing-error`,
    duties: [duty],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.sendBytes(bytes);
      await connection.answersTo(duty);
    },
  }),
);

const early = malformed.map(({ slug, what, duty, bytes }) =>
  check(`amqp10/framing/${slug}-before-open`, {
    title: `${what} before open closes the connection with framing-error, or ends the stream`,
    duties: [duty],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await unopened(peer);
      connection.sendBytes(bytes);
      await connection.answersTo(duty, { answers: beforeOpen(...framingError) });
    },
  }),
);

const unauthenticated = malformed
  .filter(({ slug }) => ['size-7', 'data-offset-1', 'data-offset-255', 'type-2'].includes(slug))
  .map(({ slug, what, duty, bytes }) =>
    check(`amqp10/framing/${slug}-in-sasl`, {
      title: `${what} in the SASL layer ends the connection`,
      duties: [duty],
      departs: true,
      async run(peer: Peer) {
        const connection = await inSaslLayer(peer);
        connection.sendBytes(bytes);
        await connection.answersTo(duty, { answers: inSasl });
      },
    }),
  );

/** A frame in the midst of a session in use. */
async function inSession(peer: Peer, bytes: (channel: number) => Uint8Array, duty: DutyId): Promise<void> {
  const { session, sender } = await relay(peer);
  await sender.send('before');
  session.connection.sendBytes(bytes(session.channel));
  await session.connection.answersTo(duty);
}

/** Begins a session by these octets. */
async function begins(connection: Connection10, bytes: Uint8Array): Promise<void> {
  connection.sendBytes(bytes);
  await connection.expect('begin', { channel: 0 });
}

/** Frames: section 2.3.1. */
export const framing10Checks: readonly Check[] = [
  check('amqp10/framing/server-frames', {
    title: 'In a healthy conversation of 1.0 every frame of the server is well formed and on its proper channel',
    duties: [
      'amqp10/2.3.1.size:emit',
      'amqp10/2.3.1.size-minimum:emit',
      'amqp10/2.3.1.doff:emit',
      'amqp10/2.3.1.doff-beyond:emit',
      'amqp10/2.3.1.type:emit',
      'amqp10/2.3.2.channel:emit',
      'amqp10/2.3.2.performative:emit',
    ],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const ended = await connection.session();
      await ended.end();
      const { session, sender, receiver } = await relay(peer, await connection.session());
      await sender.send('hello');
      (await receiver.receive()).accept();
      await receiver.barrier();
      await receiver.detach();
      await session.end();
      await session.connection.close();
    },
  }),
  check('amqp10/framing/order', {
    title: 'Of many messages that are sent without waiting each one arrives and gets its outcome',
    duties: ['amqp10/2.1.frame-order:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await relay(peer);
      const wanted = Array.from({ length: 10 }, (_, at) => `message ${at}`);
      const ids: number[] = [];
      for (const text of wanted) ids.push(await sender.deliver(text));
      for (const id of ids) await sender.outcome(id);
      const got: (string | undefined)[] = [];
      for (const _ of wanted) {
        const delivery = await receiver.receive();
        delivery.accept();
        got.push(delivery.text);
      }
      peer.require(
        wanted.every(text => got.includes(text)),
        `Of the messages these came: ${got.join(', ')}.`,
      );
    },
  }),
  ...opened,
  ...early,
  ...unauthenticated,
  check('amqp10/framing/sasl-frame-behind-open', {
    title: 'A SASL frame behind open closes the connection with framing-error',
    duties: ['amqp10/2.3.1.type:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.sendBytes(saslFrame);
      await connection.answersTo('amqp10/2.3.1.type:enforce');
    },
  }),
  check('amqp10/framing/amqp-frame-in-sasl', {
    title: 'An open in the SASL layer ends the connection',
    duties: ['amqp10/2.3.1.type:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await inSaslLayer(peer);
      connection.sendBytes(performativeFrame('open', { containerId: peer.name() }));
      await connection.answersTo('amqp10/2.3.1.type:enforce', { answers: inSasl });
    },
  }),
  check('amqp10/framing/size-below-in-session', {
    title: 'A frame of size 5 in a session in use closes the whole connection with framing-error',
    duties: ['amqp10/2.3.1.size-minimum:enforce'],
    departs: true,
    run: (peer: Peer) => inSession(peer, channel => frameOf(nothing, { channel, size: 5 }), 'amqp10/2.3.1.size-minimum:enforce'),
  }),
  check('amqp10/framing/data-offset-beyond-body', {
    title: 'A flow whose data offset is one word beyond its end closes the connection with framing-error',
    duties: ['amqp10/2.3.1.doff-beyond:enforce'],
    departs: true,
    run: (peer: Peer) =>
      inSession(
        peer,
        channel => {
          const flow = performativeFrame('flow', { nextIncomingId: 0, ...beginning }, {}, { channel });
          return flow.with(4, Math.floor(flow.length / 4) + 1);
        },
        'amqp10/2.3.1.doff-beyond:enforce',
      ),
  }),
  ...[4, 1012].map(length =>
    check(`amqp10/framing/extended-header-${length}`, {
      title: `An extended header of ${length} octets, which nobody knows, is skipped`,
      duties: ['amqp10/2.3.1.extended-header:emit'],
      async run(peer: Peer) {
        const connection = await peer.connection10();
        if (connection.limits.maxFrameSize < length + 64) peer.notApplicable('The frames that the server takes have no room for such a header.');
        await begins(connection, performativeFrame('begin', beginning, {}, { extendedHeader: new Uint8Array(length).fill(0x5a) }));
      },
    }),
  ),
  check('amqp10/framing/extended-header-of-transfer', {
    title: 'The payload of a transfer with an extended header begins behind the performative',
    duties: ['amqp10/2.3.1.extended-header:emit'],
    async run(peer: Peer) {
      const { session, sender, receiver } = await relay(peer);
      const transfer = encodeFrame({
        type: 'amqp',
        channel: session.channel,
        performative: { type: 'transfer', handle: sender.handle, deliveryId: 0, deliveryTag: Buffer.from('x'), messageFormat: 0 },
        payload: Uint8Array.of(0, 0x53, 0x75, 0xa0, 2, 0x68, 0x69),
      });
      session.connection.sendBytes(frameOf(transfer.subarray(8), { channel: session.channel, extendedHeader: new Uint8Array(8).fill(0xff) }));
      const { text } = await receiver.receive();
      peer.require(text === 'hi', `Expected the message, got ${text}.`);
    },
  }),
  check('amqp10/framing/extended-header-alone', {
    title: 'A frame of an extended header alone, its data offset at its very end, is an empty frame',
    duties: ['amqp10/2.3.1.extended-header:emit', 'amqp10/2.3.2.empty-frame:emit'],
    async run(peer: Peer) {
      const session = await peer.session10();
      session.connection.sendBytes(frameOf(nothing, { extendedHeader: new Uint8Array(8) }));
      session.connection.sendBytes(performativeFrame('flow', { ...flowing(session), echo: true }, {}, { channel: session.channel }));
      await session.barrier();
    },
  }),
];
