import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { ahead, drainEnd, filled, numbers, receiveAll, type Scene, scene, sendAll } from './scenes.ts';

/** We tell of room in our window where a check says so, and only there. */
const byHand = { automatic: { window: false } } as const;
/** The last transfer-ids before they go on at zero. */
const nearEnd = 0xffff_fffe;
/** Frames of a window that are still worth filling. */
const windowMost = 10_000;

interface Windowed extends Scene {
  readonly receiver: Receiver10;
  readonly windowed: Session10;
  readonly sender: Sender10;
}

/** So many messages, and a link to receive them with credit for all, on a session whose window has room for `incomingWindow` transfers. */
async function windowed(peer: Peer, count: number, incomingWindow: number): Promise<Windowed> {
  const found = await filled(peer, count, byHand);
  const session = await found.connection.session({ incomingWindow });
  const receiver = await session.receiver(found.address);
  receiver.credit(count);
  return { ...found, receiver, windowed: session };
}

/** The windows of a session, and the numbers of its transfers: section 2.5.6. */
export const sessionFlow10Checks: readonly Check[] = [
  check('amqp10/session-flow/window-kept', {
    title: 'A window of two transfers brings two of five messages, whatever the credit',
    duties: ['amqp10/2.5.6.remote-incoming-window:emit'],
    async run(peer: Peer) {
      const { receiver } = await windowed(peer, 5, 2);
      await receiveAll(peer, receiver, ['1', '2']);
      await receiver.session.barrier(['transfer']);
    },
  }),
  check('amqp10/session-flow/window-reopened', {
    title: 'Room in the window that a flow tells of is used, from the next-incoming-id told with it',
    duties: ['amqp10/2.5.6.window-reopened:emit', 'amqp10/2.5.6.flow-taken:emit'],
    async run(peer: Peer) {
      const { receiver, windowed: session } = await windowed(peer, 5, 2);
      await receiveAll(peer, receiver, ['1', '2']);
      session.flow({ incomingWindow: 2 });
      await receiveAll(peer, receiver, ['3', '4']);
      await session.barrier(['transfer']);
      session.flow({ incomingWindow: 1 });
      await receiveAll(peer, receiver, ['5']);
    },
  }),
  check('amqp10/session-flow/window-late', {
    title: 'Transfers on their way when a flow was sent are taken off the window that it tells of',
    duties: ['amqp10/2.5.6.window-reopened:emit', 'amqp10/2.5.6.flow-taken:emit'],
    async run(peer: Peer) {
      const { receiver, windowed: session, sender } = await windowed(peer, 5, 2);
      const first = session.begin.nextOutgoingId;
      await receiveAll(peer, receiver, ['1', '2']);
      // As if neither had come yet when this was sent: of three transfers from the first on, one is left.
      session.flow({ nextIncomingId: first, incomingWindow: 3 });
      await receiveAll(peer, receiver, ['3']);
      await sendAll(peer, sender, ['6']);
      session.flow({ incomingWindow: 0 });
      await session.barrier(['transfer']);
    },
  }),
  check('amqp10/session-flow/window-closed', {
    title: 'A flow that closes the window stops the transfers of the session until another opens it',
    duties: ['amqp10/2.5.6.flow-taken:emit'],
    async run(peer: Peer) {
      const { session, address, sender } = await filled(peer, 0, byHand);
      const receiver = await session.receiver(address);
      session.flow({ incomingWindow: 0 });
      receiver.credit(2);
      await session.barrier(['transfer']);
      await sendAll(peer, sender, ['1', '2']);
      await session.barrier(['transfer']);
      session.flow({ incomingWindow: 2 });
      await receiveAll(peer, receiver, ['1', '2']);
    },
  }),
  check('amqp10/session-flow/window-frames', {
    title: 'Each frame of a long message counts against the window',
    duties: ['amqp10/2.5.6.remote-incoming-window:emit'],
    async run(peer: Peer) {
      const found = await filled(peer, 0, { ...byHand, open: { maxFrameSize: 512 } });
      const octets = encodeMessage({ body: { type: 'data', value: [new Uint8Array(2000).fill(0x61)] } });
      await sendAll(peer, found.sender, [octets]);
      const session = await found.connection.session({ incomingWindow: 2 });
      const receiver = await session.receiver(found.address);
      receiver.credit(1);
      for (const _ of [1, 2]) await receiver.expect('transfer');
      await session.barrier(['transfer']);
      session.flow({ incomingWindow: 100 });
      const last = await receiver.receive();
      peer.require(last.transfers.length >= 2, `A message of ${octets.length} octets came in ${last.transfers.length + 2} frames of 512.`);
    },
  }),
  check('amqp10/session-flow/shared-window', {
    title: 'Two links share the window of their session, and neither starves',
    duties: ['amqp10/2.5.6.remote-incoming-window:emit', 'amqp10/2.5.6.window-reopened:emit'],
    async run(peer: Peer) {
      const found = await filled(peer, 4, byHand);
      const { address } = await peer.node10();
      await sendAll(peer, await found.session.sender(address), numbers(4));
      const session = await found.connection.session({ incomingWindow: 1 });
      const both = [await session.receiver(found.address), await session.receiver(address)];
      for (const each of both) each.credit(4);
      const came = new Map<number | undefined, number>();
      for (let count = 0; count < 8; count += 1) {
        const { handle } = await session.expect('transfer');
        came.set(handle, (came.get(handle) ?? 0) + 1);
        await session.barrier(['transfer']);
        session.flow({ incomingWindow: 1 });
      }
      peer.require(
        [...came.values()].every(each => each === 4),
        `Of eight messages on two links ${[...came.values()].join(' and ')} came.`,
      );
    },
  }),
  check('amqp10/session-flow/window-violation', {
    title: 'A transfer beyond the window of a broker that tells of no more room ends the session with window-violation',
    duties: ['amqp10/2.5.6.window-violation:enforce'],
    departs: true,
    isolation: 'exclusive',
    worstMs: 3000,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      if (session.begin.incomingWindow > windowMost) peer.notApplicable('The window of the broker is too large to be filled.');
      const sender = await session.sender(address);
      await sender.credited();
      await peer.facility('alarm').raise('memory');
      await sender.deliver('a publisher that is held', { settled: true });
      sender.transfer({ deliveryId: 1, deliveryTag: Buffer.from('long'), messageFormat: 0, more: true });
      for (let left = session.room; left > 0; left -= 1) sender.transfer({ more: true });
      await session.barrier();
      if (session.room > 0) peer.notApplicable('The broker tells of more room even while it runs short of memory.');
      sender.transfer({ more: true });
      await session.answersTo('amqp10/2.5.6.window-violation:enforce');
    },
  }),
  check('amqp10/session-flow/transfers-counted', {
    title: 'A flow of the broker counts the transfers that it sent, and those that it got',
    duties: ['amqp10/2.5.6.transfers-counted:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      await sendAll(peer, await session.sender(address), numbers(3));
      const receiver = await session.receiver(address);
      receiver.credit(2);
      await receiveAll(peer, receiver, ['1', '2']);
      receiver.credit(2, { drain: true });
      await receiveAll(peer, receiver, ['3']);
      const flow = await drainEnd(receiver);
      const sent = ahead(session.begin.nextOutgoingId, flow.nextOutgoingId);
      peer.require(sent === 3, `The broker has sent 3 transfers, and counts ${sent}.`);
      peer.require(flow.nextIncomingId === 3, `We have sent 3 transfers from number 0 on, and the broker awaits number ${flow.nextIncomingId}.`);
    },
  }),
  check('amqp10/session-flow/wrap-around', {
    title: 'Our transfers go on at number zero after 2^32 - 1',
    duties: ['amqp10/2.5.6.wrap-around:emit', 'amqp10/2.5.6.transfers-counted:emit'],
    async run(peer: Peer) {
      const { connection, address } = await scene(peer);
      const session = await connection.session({ nextOutgoingId: nearEnd });
      await sendAll(peer, await session.sender(address), numbers(4));
      const receiver = await session.receiver(address);
      receiver.credit(5, { drain: true });
      await receiveAll(peer, receiver, numbers(4));
      const flow = await drainEnd(receiver);
      peer.require(flow.nextIncomingId === 2, `After numbers ${nearEnd} to 1 the broker awaits number ${flow.nextIncomingId}.`);
    },
  }),
  check('amqp10/session-flow/wrap-around-at-begin', {
    title: 'A session begins with 2^32 - 1 as the number of its first transfer',
    duties: ['amqp10/2.5.6.wrap-around:emit'],
    async run(peer: Peer) {
      const { connection, address } = await scene(peer);
      const session = await connection.session({ nextOutgoingId: nearEnd + 1 });
      await sendAll(peer, await session.sender(address), numbers(2));
    },
  }),
];
