import { type Check, check } from '../../harness/check/check.ts';
import type { Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { type Both, both, expectLeft, expectText, first, octets, sendAll, type Unusual } from './deliveries.ts';

/** A link on which the broker says that it settles second. */
async function toSecond(peer: Peer): Promise<Both> {
  const links = await both(peer, { sender: { rcvSettleMode: 'second' } });
  const { rcvSettleMode = 'first' } = links.sender.attach;
  if (rcvSettleMode !== 'second') peer.unsupported(`The broker attaches with rcv-settle-mode ${rcvSettleMode} where second is asked for.`);
  return links;
}

/** Links whose receiver settles second. */
const fromSecond: Unusual = { receiver: { rcvSettleMode: 'second' } };

function settle(sender: Sender10, deliveryId: number): void {
  sender.session.send('disposition', { role: 'sender', first: deliveryId, settled: true, state: { type: 'accepted' } });
}

/** Who settles a delivery, and when: sections 2.6.12, 2.7.5, 2.8.2 and 2.8.3. */
export const transferSettled10Checks: readonly Check[] = [
  check('amqp10/transfer/outcome-told', {
    title: 'What is sent unsettled gets an outcome',
    duties: ['amqp10/2.6.12.outcome-told:emit', 'amqp10/3.4.2.accepted-published:emit'],
    async run(peer: Peer) {
      const { sender } = await both(peer);
      await sendAll(peer, sender, 'one', 'two');
    },
  }),
  check('amqp10/transfer/terminal-state', {
    title: 'The broker tells one outcome of a delivery and no other behind it',
    duties: ['amqp10/2.6.12.terminal-state:emit'],
    async run(peer: Peer) {
      const { sender } = await both(peer);
      await sendAll(peer, sender, 'once');
      await sender.barrier(['disposition']);
    },
  }),
  check('amqp10/transfer/settles-first', {
    title: 'A broker that settles first settles without waiting for the sender',
    duties: ['amqp10/2.7.5.settles-first:emit'],
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const { settled } = await sender.outcome(await sender.deliver('hello'));
      peer.require(settled, 'The disposition does not settle the delivery.');
    },
  }),
  check('amqp10/transfer/settles-first/asked', {
    title: 'Of a link that settles second a delivery that asks for it is settled first',
    duties: ['amqp10/2.7.5.settles-first:emit'],
    optional: true,
    async run(peer: Peer) {
      const { sender } = await toSecond(peer);
      const { settled } = await sender.outcome(await sender.deliver('hello', { rcvSettleMode: 'first' }));
      peer.require(settled, 'The disposition does not settle the delivery.');
    },
  }),
  check('amqp10/transfer/settles-second', {
    title: 'A broker that settles second tells the outcome and leaves it to the sender to settle',
    duties: ['amqp10/2.7.5.settles-second:emit'],
    optional: true,
    async run(peer: Peer) {
      const { sender, receiver } = await toSecond(peer);
      const deliveryId = await sender.deliver('second');
      const { settled, state } = await sender.outcome(deliveryId);
      peer.require(!settled, 'The delivery is settled before its sender has settled it.');
      peer.require(state?.type === 'accepted', `The outcome of the message is ${state?.type}.`);
      settle(sender, deliveryId);
      await sendAll(peer, sender, 'next');
      await expectText(peer, receiver, 'second');
    },
  }),
  check('amqp10/transfer/settles-second/several', {
    title: 'Deliveries of a link that settles second are settled by their sender in one range',
    duties: ['amqp10/2.7.5.settles-second:emit'],
    optional: true,
    async run(peer: Peer) {
      const { sender, session, address, receiver } = await toSecond(peer);
      const ids: number[] = [];
      for (const text of ['one', 'two']) {
        ids.push(await sender.deliver(text));
        const { settled } = await sender.outcome(ids.at(-1) ?? 0);
        peer.require(!settled, 'A delivery is settled before its sender has settled it.');
      }
      session.send('disposition', { role: 'sender', first: ids[0] ?? 0, last: ids.at(-1) ?? 0, settled: true, state: { type: 'accepted' } });
      await sender.barrier();
      await receiver.detach();
      await session.connection.close();
      await expectLeft(peer, address, 'one', 'two');
    },
  }),
  check('amqp10/transfer/rcv-settle-mode-illegal', {
    title: 'A transfer that asks for settling second on a link that settles first is refused',
    duties: ['amqp10/2.7.5.rcv-settle-mode-illegal:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const { rcvSettleMode = 'first' } = sender.attach;
      if (rcvSettleMode !== 'first') peer.notApplicable('The broker settles second where first is asked for.');
      sender.transfer(first(0, 'second', { rcvSettleMode: 'second' }), octets('second'));
      await sender.answersTo('amqp10/2.7.5.rcv-settle-mode-illegal:enforce');
    },
  }),
  check('amqp10/transfer/rcv-settle-mode', {
    title: 'The broker does not ask for settling second on a link whose receiver settles first',
    duties: ['amqp10/2.7.5.rcv-settle-mode-illegal:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { receiver: { rcvSettleMode: 'first' } });
      for (const text of ['one', 'two']) {
        await sender.deliver(text);
        const { performative } = await receiver.expect('transfer');
        peer.require(performative.rcvSettleMode !== 'second', 'The transfer asks for settling second.');
      }
    },
  }),
  check('amqp10/transfer/settled-sent', {
    title: 'Of a delivery that was sent settled no state is told',
    duties: ['amqp10/2.6.12.settled-sent:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.deliver('hello', { settled: true });
      await expectText(peer, receiver, 'hello');
      await sender.barrier(['disposition']);
    },
  }),
  check('amqp10/transfer/settled-sent/mode', {
    title: 'A link whose sender settles is taken, and what comes over it settled arrives',
    duties: ['amqp10/2.6.12.settled-sent:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { sender: { sndSettleMode: 'settled' } });
      for (const text of ['one', 'two']) {
        await sender.deliver(text, { settled: true });
        await expectText(peer, receiver, text);
      }
      await sender.barrier(['disposition']);
    },
  }),
  check('amqp10/transfer/settled-default', {
    title: 'A delivery that does not say whether it is settled is not',
    duties: ['amqp10/2.7.5.settled-default:emit'],
    async run(peer: Peer) {
      const { sender } = await both(peer);
      for (const [id, text] of ['one', 'two'].entries()) {
        await sender.credited();
        sender.transfer(first(id, text), octets(text));
        const { state } = await sender.outcome(id);
        peer.require(state?.type === 'accepted', `The outcome of message ${text} is ${state?.type}.`);
      }
    },
  }),
  check('amqp10/transfer/settled-last', {
    title: 'A delivery whose last transfer alone says settled is settled',
    duties: ['amqp10/2.7.5.settled-default:emit', 'amqp10/2.6.12.settled-sent:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const message = octets('settled at last');
      sender.transfer(first(0, 'parts', { more: true }), message.subarray(0, 6));
      sender.transfer({ more: true }, message.subarray(6, 9));
      sender.transfer({ settled: true }, message.subarray(9));
      await expectText(peer, receiver, 'settled at last');
      await sender.barrier(['disposition']);
    },
  }),
  check('amqp10/transfer/settled-first-only', {
    title: 'A delivery whose first transfer alone says settled is settled',
    duties: ['amqp10/2.7.5.settled-default:emit', 'amqp10/2.6.12.settled-sent:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const message = octets('settled at first');
      sender.transfer(first(0, 'parts', { more: true, settled: true }), message.subarray(0, 6));
      sender.transfer({}, message.subarray(6));
      await expectText(peer, receiver, 'settled at first');
      await sender.barrier(['disposition']);
    },
  }),
  check('amqp10/transfer/mixed', {
    title: 'On a link of mode mixed what is settled and what is not both arrive, and the latter alone gets an outcome',
    duties: ['amqp10/2.6.12.outcome-told:emit', 'amqp10/2.6.12.settled-sent:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { sender: { sndSettleMode: 'mixed' } });
      await sender.deliver('settled', { settled: true });
      const outcome = await sender.send('unsettled', { settled: false });
      peer.require(outcome?.type === 'accepted', `The outcome of the unsettled message is ${outcome?.type}.`);
      await sender.deliver('settled again', { settled: true });
      for (const text of ['settled', 'unsettled', 'settled again']) await expectText(peer, receiver, text);
      await sender.barrier(['disposition']);
    },
  }),
  check('amqp10/transfer/mode-settled', {
    title: 'On a link for which the broker says that it settles, its deliveries are settled',
    duties: ['amqp10/2.7.5.mode-settled:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { receiver: { sndSettleMode: 'settled' } });
      const { sndSettleMode = 'mixed' } = receiver.attach;
      if (sndSettleMode !== 'settled') peer.notApplicable(`The broker attaches with snd-settle-mode ${sndSettleMode} where settled is asked for.`);
      for (const text of ['one', 'two']) {
        await sender.deliver(text);
        peer.require((await receiver.receive()).settled, 'A delivery is not settled.');
      }
    },
  }),
  check('amqp10/transfer/mode-unsettled', {
    title: 'On a link for which the broker says that it does not settle, no delivery comes settled',
    duties: ['amqp10/2.7.5.mode-unsettled:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { receiver: { sndSettleMode: 'unsettled' } });
      const { sndSettleMode = 'mixed' } = receiver.attach;
      if (sndSettleMode !== 'unsettled') peer.notApplicable(`The broker attaches with snd-settle-mode ${sndSettleMode} where unsettled is asked for.`);
      for (const text of ['one', 'two']) {
        await sender.deliver(text);
        peer.require(!(await receiver.receive()).settled, 'A delivery came settled.');
      }
    },
  }),
  check('amqp10/transfer/sender-settles', {
    title: 'What its receiver, which settles second, has accepted the broker settles',
    duties: ['amqp10/2.7.6.sender-settles:emit'],
    optional: true,
    async run(peer: Peer) {
      const { session, sender, receiver } = await both(peer, fromSecond);
      const { rcvSettleMode = 'first' } = receiver.attach;
      if (rcvSettleMode !== 'second') peer.unsupported(`The broker attaches with rcv-settle-mode ${rcvSettleMode} where second is asked for.`);
      await sender.send('second');
      const delivery = await receiver.receive();
      delivery.settle({ type: 'accepted' }, false);
      const { performative } = await session.expect('disposition');
      const { role, settled, first: from, last = from } = performative;
      peer.require(role === 'sender' && settled === true, 'The disposition is not that of a sender that settles.');
      peer.require(from <= delivery.deliveryId && delivery.deliveryId <= last, `Delivery ${delivery.deliveryId} is not among ${from} to ${last}.`);
      delivery.settle({ type: 'accepted' }, true);
      await session.barrier(['transfer']);
    },
  }),
];
