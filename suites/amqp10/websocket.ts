import { type Check, check } from '../../harness/check/check.ts';
import type { Session10 } from '../../harness/probe/amqp10-links.ts';
import type { WebSocketEvent, WebSocketManner } from '../../harness/probe/facilities.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { emptyFrame, performativeFrame, protocolHeaders } from '../../harness/wire/amqp10/codec.ts';
import { joined } from '../../harness/wire/amqp10/craft.ts';
import { received } from './controller.ts';
import { expectText } from './deliveries.ts';

/** The code of a WebSocket that broke: nobody sends it. */
const abnormal = 1006;

/** A way to WebSockets of the target, and what is seen of them. */
function watched(peer: Peer, manner: WebSocketManner = {}) {
  const seen: WebSocketEvent[] = [];
  return { transport: peer.facility('webSocket').transport({ ...manner, tell: event => void seen.push(event) }), seen };
}

/** Messages of several sizes there and back, and an end in order. */
async function wholeLife(peer: Peer, session: Session10, texts: readonly string[]): Promise<void> {
  const { address } = await peer.node10();
  const sender = await session.sender(address);
  const receiver = await session.receiver(address);
  receiver.credit(texts.length);
  for (const text of texts) {
    await sender.deliver(text);
    const delivery = await receiver.receive();
    peer.require(delivery.text === text, `A message of ${text.length} octets came back changed.`);
    delivery.accept();
  }
  await receiver.barrier();
  await session.connection.close();
}

/** Who offers this, and not the subprotocol of AMQP. */
const others = [
  ['other', 'another subprotocol', ['chat']],
  ['none', 'no subprotocol', []],
] as const;

/** How a WebSocket goes that has not said close. */
const goings = [
  ['closed', 'closed', 'end'],
  ['broken', 'broken', 'destroy'],
] as const;

/** AMQP over WebSocket, by the binding of OASIS. */
export const webSocket10Checks: readonly Check[] = [
  check('amqp10/websocket/subprotocol', {
    title: 'The subprotocol amqp is agreed on where it is offered',
    duties: ['amqp10/websocket.subprotocol:emit'],
    async run(peer: Peer) {
      for (const subprotocols of [['amqp'], ['chat', 'amqp']]) {
        const { transport, seen } = watched(peer, { subprotocols });
        const offered = subprotocols.join(' and ');
        const stream = await peer.raw(transport);
        peer.require(stream !== 'refused', `A WebSocket for ${offered} was refused.`);
        const agreed = seen.some(event => event.kind === 'agreed' && event.subprotocol === 'amqp');
        peer.require(agreed, `Of the subprotocols ${offered} the server chose not amqp.`);
      }
    },
  }),
  ...others.map(([slug, what, subprotocols]) =>
    check(`amqp10/websocket/subprotocol/${slug}`, {
      title: `Who offers ${what} gets no connection of AMQP`,
      duties: ['amqp10/websocket.other-subprotocol:enforce'],
      departs: true,
      worstMs: 6000,
      async run(peer: Peer) {
        const { transport } = watched(peer, { subprotocols });
        const stream = await peer.raw(transport);
        const isRefused = stream === 'refused';
        if (!isRefused) stream.send(protocolHeaders.sasl);
        const { bytes, ended } = isRefused ? { bytes: new Uint8Array(0), ended: 'eof' } : await stream.gather();
        peer.require(bytes.length === 0, `The server speaks AMQP to a client that offers ${what}.`);
        peer.require(ended !== undefined, `The WebSocket of a client that offers ${what} was left open.`);
      },
    }),
  ),
  check('amqp10/websocket/header', {
    title: 'Over WebSocket a connection begins with protocol headers, as it does over TCP',
    duties: ['amqp10/websocket.header:emit'],
    async run(peer: Peer) {
      const { transport } = watched(peer);
      const connection = await peer.connection10({ transport, upTo: 'dial' });
      connection.sendBytes(protocolHeaders.sasl);
      const header = await connection.expectHeader();
      peer.require(Buffer.from(header).subarray(0, 4).toString('latin1') === 'AMQP', 'What the server begins with is no protocol header.');
    },
  }),
  check('amqp10/websocket/whole-life', {
    title: 'Over WebSocket all octets come in binary messages, small and large',
    duties: ['amqp10/websocket.binary:emit', 'amqp10/websocket.header:emit'],
    worstMs: 2000,
    async run(peer: Peer) {
      const { transport, seen } = watched(peer);
      await wholeLife(peer, await peer.session10({ transport }), ['over WebSocket', 'x'.repeat(100_000)]);
      const messages = seen.flatMap(event => (event.kind === 'message' ? [event] : []));
      const text = messages.filter(({ isBinary }) => !isBinary);
      peer.require(messages.length > 0 && text.length === 0, `${text.length} of ${messages.length} messages were text.`);
    },
  }),
  check('amqp10/websocket/text', {
    title: 'A text message ends the connection',
    duties: ['amqp10/websocket.binary:enforce'],
    departs: true,
    async run(peer: Peer) {
      let text = false;
      const { transport } = watched(peer, { isText: () => text });
      const { connection } = await peer.session10({ transport });
      text = true;
      connection.sendBytes(emptyFrame);
      await connection.flush();
      text = false;
      await connection.answersTo('amqp10/websocket.binary:enforce');
    },
  }),
  check('amqp10/websocket/split', {
    title: 'Headers and frames that are split over messages are put together',
    duties: ['amqp10/websocket.frame-boundaries:emit'],
    worstMs: 2000,
    async run(peer: Peer) {
      const { transport } = watched(peer, { messageOctets: 3 });
      await wholeLife(peer, await peer.session10({ transport }), ['in many messages', 'x'.repeat(500)]);
    },
  }),
  check('amqp10/websocket/joined', {
    title: 'Several frames in one message are all taken',
    duties: ['amqp10/websocket.frame-boundaries:emit'],
    async run(peer: Peer) {
      const { transport } = watched(peer);
      const connection = await peer.connection10({ transport, upTo: 'header' });
      const open = performativeFrame(0, { type: 'open', containerId: peer.name('container') });
      const begin = performativeFrame(0, { type: 'begin', nextOutgoingId: 0, incomingWindow: 10, outgoingWindow: 10 });
      connection.sendBytes(joined(open, begin));
      await connection.expect('open');
      await connection.expect('begin');
    },
  }),
  check('amqp10/websocket/close', {
    title: 'Behind close the WebSocket ends with its closing handshake',
    duties: ['amqp10/websocket.close:emit'],
    async run(peer: Peer) {
      const { transport, seen } = watched(peer);
      const { connection } = await peer.session10({ transport });
      await connection.close();
      await peer.eventually('The WebSocket was not closed.', async () => seen.some(({ kind }) => kind === 'closed'));
      const codes = seen.flatMap(event => (event.kind === 'closed' ? [event.code] : []));
      peer.require(!codes.includes(abnormal), 'The server dropped the WebSocket without a closing handshake.');
    },
  }),
  ...goings.map(([slug, what, how]) =>
    check(`amqp10/websocket/dropped/${slug}`, {
      title: `A connection whose WebSocket is ${what} is over: what it held comes back`,
      duties: ['amqp10/websocket.dropped:emit'],
      async run(peer: Peer) {
        const { transport } = watched(peer);
        const { address } = await peer.node10();
        const session = await peer.session10({ transport });
        await received(peer, session, address, ['held']);
        const other = await (await peer.session10()).receiver(address);
        other.credit(1);
        await other.barrier(['transfer']);
        session.connection[how]();
        await expectText(peer, other, 'held');
      },
    }),
  ),
];
