import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { ahead, drainEnd, fill, filled, numbers, receiveAll, scene, sendAll } from './scenes.ts';

const nearEnd = 0xffff_fffe;
/** More than anybody counts, and still a serial number ahead. */
const muchCredit = 0x7fff_ffff;
/** Deliveries that are still worth sending for the credit of a broker to be used up. */
const creditMost = 300;

/** Credit of links on which the broker sends: sections 2.6.7 to 2.6.10. */
export const flowCredit10Checks: readonly Check[] = [
  check('amqp10/flow/no-initial-credit', {
    title: 'Nothing is sent on a link before it got credit',
    duties: ['amqp10/2.6.7.no-initial-credit:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 1);
      await (await session.receiver(address)).barrier(['transfer']);
    },
  }),
  check('amqp10/flow/credit-spent', {
    title: 'Two credits bring two of three messages',
    duties: ['amqp10/2.6.7.credit-spent:emit', 'amqp10/2.6.7.delivery-limit:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 3);
      const receiver = await session.receiver(address);
      receiver.credit(2);
      await receiveAll(peer, receiver, ['1', '2']);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/flow/credit-by-delivery', {
    title: 'A delivery takes one credit, however many frames it has',
    duties: ['amqp10/2.6.7.credit-spent:emit'],
    async run(peer: Peer) {
      const found = await scene(peer, { open: { maxFrameSize: 512 } });
      const octets = encodeMessage({ body: { type: 'data', value: [new Uint8Array(2000).fill(0x61)] } });
      await fill(peer, found, [octets, octets, 'third']);
      const receiver = await found.session.receiver(found.address);
      receiver.credit(2);
      for (const _ of [1, 2]) {
        const { transfers } = await receiver.receive();
        peer.require(transfers.length > 1, 'A message of more than 2,000 octets came in one frame of at most 512.');
      }
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/flow/credit-set', {
    title: 'Credit that is given anew takes the place of what is left, and adds nothing to it',
    duties: ['amqp10/2.6.7.delivery-limit:emit'],
    async run(peer: Peer) {
      const found = await scene(peer);
      const receiver = await found.session.receiver(found.address);
      for (const count of [2, 2, 3]) receiver.credit(count);
      await receiver.barrier();
      await fill(peer, found, numbers(5));
      await receiveAll(peer, receiver, ['1', '2', '3']);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/flow/credit-late', {
    title: 'Deliveries on their way when a flow was sent are taken off the credit that it gives',
    duties: ['amqp10/2.6.7.delivery-limit:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 5);
      const receiver = await session.receiver(address);
      receiver.credit(2);
      await receiveAll(peer, receiver, ['1', '2']);
      // As if neither had come yet when this was sent: of three deliveries from the first on, one is left.
      receiver.flow({ deliveryCount: receiver.attach.initialDeliveryCount, linkCredit: 3 });
      await receiveAll(peer, receiver, ['3']);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/flow/credit-used', {
    title: 'What credit is there for is sent, at once or as it comes, and more as soon as credit is added',
    duties: ['amqp10/2.6.7.credit-used:emit'],
    async run(peer: Peer) {
      const found = await filled(peer, 3);
      const receiver = await found.session.receiver(found.address);
      receiver.credit(4);
      await receiveAll(peer, receiver, ['1', '2', '3']);
      await sendAll(peer, found.sender, ['4', '5', '6']);
      await receiveAll(peer, receiver, ['4']);
      receiver.credit(2);
      await receiveAll(peer, receiver, ['5', '6']);
    },
  }),
  check('amqp10/flow/credit-much', {
    title: 'Credit of 2^31 - 1 is credit as any other',
    duties: ['amqp10/2.6.7.credit-used:emit', 'amqp10/2.6.7.delivery-limit:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 3);
      const receiver = await session.receiver(address);
      receiver.credit(muchCredit);
      await receiveAll(peer, receiver, ['1', '2', '3']);
    },
  }),
  check('amqp10/flow/credit-topped-up', {
    title: 'A receiver that gives one credit after each delivery gets all, in order',
    duties: ['amqp10/2.6.7.credit-used:emit', 'amqp10/2.6.7.delivery-limit:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 10);
      const receiver = await session.receiver(address);
      for (const each of numbers(10)) {
        receiver.credit(1);
        await receiveAll(peer, receiver, [each]);
      }
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/flow/credit-by-link', {
    title: 'Each of two receivers of one queue gets as many messages as it has credit for',
    duties: ['amqp10/2.6.7.credit-spent:emit', 'amqp10/2.6.7.credit-used:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 6);
      const [one, other] = [await session.receiver(address), await session.receiver(address)];
      one.credit(2);
      await receiveAll(peer, one, ['1', '2']);
      other.credit(3);
      await receiveAll(peer, other, ['3', '4', '5']);
      await session.barrier(['transfer']);
    },
  }),
  check('amqp10/flow/stopped', {
    title: 'Credit of zero stops a link until there is more',
    duties: ['amqp10/2.6.10.stopped:emit'],
    async run(peer: Peer) {
      const found = await scene(peer);
      const receiver = await found.session.receiver(found.address);
      receiver.credit(2);
      receiver.credit(0);
      await receiver.barrier();
      await fill(peer, found, ['1', '2']);
      await receiver.barrier(['transfer']);
      receiver.credit(2);
      await receiveAll(peer, receiver, ['1', '2']);
    },
  }),
  check('amqp10/flow/drained', {
    title: 'A sender that is to drain sends what it has, uses up the credit and tells so',
    duties: ['amqp10/2.6.7.drained:emit', 'amqp10/2.7.4.sender-state:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 2);
      const receiver = await session.receiver(address);
      const { initialDeliveryCount = 0 } = receiver.attach;
      receiver.flow({ linkCredit: 5, drain: true });
      await receiveAll(peer, receiver, ['1', '2']);
      const flow = await drainEnd(receiver);
      const spent = ahead(initialDeliveryCount, flow.deliveryCount ?? initialDeliveryCount);
      peer.require(spent === 5, `The delivery-count went up by ${spent} of 5.`);
    },
  }),
  check('amqp10/flow/drained-empty', {
    title: 'The drain of a link with nothing to send ends at once, and again after new credit',
    duties: ['amqp10/2.6.7.drained:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const receiver = await session.receiver(address);
      const { initialDeliveryCount = 0 } = receiver.attach;
      let count = initialDeliveryCount;
      for (const credit of [1, 7]) {
        receiver.credit(credit, { drain: true });
        const flow = await drainEnd(receiver);
        const spent = ahead(count, flow.deliveryCount ?? count);
        peer.require(spent === credit, `The delivery-count went up by ${spent} of ${credit}.`);
        count = (count + credit) >>> 0;
      }
    },
  }),
  check('amqp10/flow/drained-served-again', {
    title: 'A link that was drained is served again once it has credit without drain',
    duties: ['amqp10/2.6.7.drained:emit', 'amqp10/2.6.7.credit-used:emit'],
    async run(peer: Peer) {
      const found = await scene(peer);
      const receiver = await found.session.receiver(found.address);
      receiver.credit(3, { drain: true });
      await drainEnd(receiver);
      receiver.credit(2);
      await receiver.barrier();
      await fill(peer, found, ['1', '2']);
      await receiveAll(peer, receiver, ['1', '2']);
    },
  }),
  check('amqp10/flow/count-wrap-around', {
    title: 'The delivery-count of a sender goes on at zero after 2^32 - 1',
    duties: ['amqp10/2.6.7.count-wrap-around:emit', 'amqp10/2.6.7.credit-granted:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address, { initialDeliveryCount: nearEnd });
      await sendAll(peer, sender, numbers(4));
      const receiver = await session.receiver(address);
      receiver.credit(4);
      await receiveAll(peer, receiver, numbers(4));
    },
  }),
  check('amqp10/flow/credit-granted', {
    title: 'A sender gets credit once its link stands, and more as that is used up',
    duties: ['amqp10/2.6.7.credit-granted:emit'],
    worstMs: 1500,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      const credit = await sender.credited();
      peer.measure('1.0 credit of a sender', credit);
      const count = Math.min(credit, creditMost) + 5;
      for (let sent = 1; sent < count; sent += 1) await sender.deliver('settled', { settled: true });
      await sendAll(peer, sender, ['last']);
    },
  }),
  check('amqp10/flow/alarm', {
    title: 'A broker that is short of memory holds a publisher back and serves receivers; afterwards it takes what waited',
    duties: ['amqp10/2.6.7.alarm:emit'],
    isolation: 'exclusive',
    worstMs: 3000,
    async run(peer: Peer) {
      const { session, address, connection, sender: before } = await filled(peer, 1);
      const alarm = peer.facility('alarm');
      await alarm.raise('memory');
      await before.deliver('a publisher that is held', { settled: true });
      const other = await connection.session();
      const publisher = await other.sender(address);
      await other.barrier();
      let sent = 0;
      for (; publisher.credit > 0 && other.room > 0 && sent < 5 * creditMost; sent += 1) await publisher.deliver('settled', { settled: true });
      await other.barrier();
      peer.require(publisher.credit <= 0 || other.room <= 0, `After ${sent} messages in the alarm the publisher has credit, and its session room.`);
      const receiver = await session.receiver(address);
      receiver.credit(1);
      await receiveAll(peer, receiver, ['1']);
      await alarm.clear('memory');
      await sendAll(peer, publisher, ['after the alarm']);
    },
  }),
];
