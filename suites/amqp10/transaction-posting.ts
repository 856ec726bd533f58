import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import {
  accepted,
  Controller,
  gives,
  givesNothing,
  isAccepted,
  nameless,
  nameOf,
  post,
  received,
  strange,
  type Taken,
  takenWords,
  within,
} from './controller.ts';

/** Messages sent in transactions: sections 4.3, 4.4.1 and 4.4.4.1. */
export const transactionPosting10Checks: readonly Check[] = [
  check('amqp10/transaction/posting/unseen-before', {
    title: 'A message that was sent in a transaction is at its node once that is committed, and not before',
    duties: ['amqp10/4.4.1.posted:emit', 'amqp10/4.3.discharged:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const sender = await controller.session.sender(address);
      const txnId = await controller.declare();
      await post(sender, txnId, 'posted');
      await sender.barrier();
      await givesNothing(controller.session, address);
      await controller.commit(txnId);
      await gives(peer, controller.session, address, ['posted']);
    },
  }),
  check('amqp10/transaction/posting/rolled-back', {
    title: 'A discharge with fail is accepted and leaves nothing of what was sent',
    duties: ['amqp10/4.3.rollback:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const sender = await controller.session.sender(address);
      const txnId = await controller.declare();
      await post(sender, txnId, 'posted');
      await post(sender, txnId, 'posted too', { settled: true });
      await controller.rollBack(txnId);
      await sender.deliver('plain', { settled: true });
      await gives(peer, controller.session, address, ['plain']);
    },
  }),
  check('amqp10/transaction/posting/settled', {
    title: 'A message that was sent settled in a transaction is at its node once that is committed, and not before',
    duties: ['amqp10/4.4.1.posted:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const sender = await controller.session.sender(address);
      const txnId = await controller.declare();
      await post(sender, txnId, 'posted', { settled: true });
      await sender.barrier();
      await givesNothing(controller.session, address);
      await controller.commit(txnId);
      await gives(peer, controller.session, address, ['posted']);
    },
  }),
  check('amqp10/transaction/posting/several-frames', {
    title: 'A message in several transfers, each of which names its transaction, is committed whole',
    duties: ['amqp10/4.4.1.posted:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      await sender.credited();
      const controller = await Controller.on(peer, session);
      const state = within(await controller.declare());
      const message = encodeMessage({ body: { type: 'data', value: [Buffer.from('in two parts')] } });
      sender.transfer({ deliveryId: 1, deliveryTag: Buffer.from('parts'), messageFormat: 0, state, more: true }, message.subarray(0, 5));
      sender.transfer({ state }, message.subarray(5));
      await controller.commit(state.txnId);
      await gives(peer, session, address, ['in two parts']);
    },
  }),
  check('amqp10/transaction/posting/outcome-first', {
    title: 'Of what was sent unsettled the outcome is told with its transaction, before the commit is accepted',
    duties: [
      'amqp10/4.4.1.outcome-told:emit',
      'amqp10/4.4.4.1.outcome-first:emit',
      'amqp10/4.4.txn-id-told:emit',
      'amqp10/4.5.6.txn-id:emit',
      'amqp10/4.5.6.outcome-required:emit',
    ],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { session } = controller;
      const sender = await session.sender(address);
      const txnId = await controller.declare();
      const posted = await post(sender, txnId, 'posted');
      const discharged = await controller.ask({ type: 'discharge', txnId, fail: false });
      const { performative: first } = await session.expect('disposition');
      peer.require(first.first <= posted && posted <= (first.last ?? first.first), 'The discharge was answered before the outcome of the posting was told.');
      const { state } = first;
      peer.require(
        state?.type === 'transactional-state',
        `The state of the posting is ${nameOf(state)}, and names no transaction.`,
        'amqp10/4.4.txn-id-told:emit',
      );
      peer.require(Buffer.compare(state.txnId, txnId) === 0, 'The state of the posting names another transaction.', 'amqp10/4.5.6.txn-id:emit');
      peer.require(state.outcome?.type === 'accepted', `The outcome of the posting is ${state.outcome?.type}.`, 'amqp10/4.5.6.outcome-required:emit');
      const answer = (await controller.link.outcome(discharged)).state;
      peer.require(answer?.type === 'accepted', `The commit was answered with ${nameOf(answer)}.`, 'amqp10/4.4.4.1.outcome-first:emit');
    },
  }),
  check('amqp10/transaction/posting/unknown-id', {
    title: 'A message for a transaction that is not there is refused, and goes nowhere',
    duties: ['amqp10/4.5.8.unknown-id-work:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const { session } = await Controller.begin(peer);
      const sender = await session.sender(address);
      await post(sender, strange, 'posted');
      await session.answersTo('amqp10/4.5.8.unknown-id-work:enforce');
      await givesNothing(await peer.session10(), address);
    },
  }),
  check('amqp10/transaction/posting/after-discharge', {
    title: 'A message for a transaction that was discharged before is refused',
    duties: ['amqp10/4.5.8.unknown-id-work:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const sender = await controller.session.sender(address);
      const txnId = await controller.declare();
      await controller.commit(txnId);
      await post(sender, txnId, 'too late');
      await controller.session.answersTo('amqp10/4.5.8.unknown-id-work:enforce');
    },
  }),
  check('amqp10/transaction/posting/without-id', {
    title: 'A message in a transaction that it does not name is refused',
    duties: ['amqp10/4.5.6.txn-id:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const { session } = await Controller.begin(peer);
      const sender = await session.sender(address);
      await sender.deliver('posted', { state: nameless });
      await session.answersTo('amqp10/4.5.6.txn-id:enforce');
    },
  }),
  check('amqp10/transaction/discharge/partial-delivery', {
    title: 'A discharge in the middle of a delivery of the transaction detaches the control link with rollback',
    duties: ['amqp10/4.4.1.partial-delivery:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      await sender.credited();
      const controller = await Controller.on(peer, session);
      const txnId = await controller.declare();
      const part = encodeMessage({ body: { type: 'data', value: [Buffer.from('part')] } });
      sender.transfer({ deliveryId: 1, deliveryTag: Buffer.from('part'), messageFormat: 0, state: within(txnId), more: true }, part);
      await controller.ask({ type: 'discharge', txnId, fail: false });
      await controller.link.answersTo('amqp10/4.4.1.partial-delivery:enforce');
    },
  }),
  check('amqp10/transaction/discharge/queue-gone', {
    title: 'A transaction that sent to a queue which is gone is not committed, and nothing of it is',
    duties: ['amqp10/4.3.failed:enforce', 'amqp10/4.4.4.1.outcome-lost:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { taken, address, gone } = await queueGone(peer);
      await mustFail(peer, taken, gone);
      await givesNothing(await peer.session10(), address);
    },
  }),
  check('amqp10/transaction/discharge/condition', {
    title: 'A discharge that cannot be done is told with a condition of transactions',
    duties: ['amqp10/4.5.8.defined-conditions:emit'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { taken, gone } = await queueGone(peer);
      await mustFail(peer, taken, gone);
      const words = takenWords(taken);
      peer.require(words.includes('amqp:transaction:'), `A commit of what cannot be done was answered with ${words}.`);
    },
  }),
  check('amqp10/transaction/discharge/settled-nowhere', {
    title: 'A transaction with a settled message that nobody takes is not committed, and nothing of it is',
    duties: ['amqp10/4.4.4.1.settled-posting:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { session } = controller;
      if (!session.connection.capability('ANONYMOUS-RELAY')) peer.unsupported('The peer does not offer ANONYMOUS-RELAY.');
      const [anywhere, sender] = [await session.sender(null), await session.sender(address)];
      const txnId = await controller.declare();
      await post(sender, txnId, 'posted');
      const nowhere = peer.name();
      await post(anywhere, txnId, { properties: { to: nowhere }, body: { type: 'data', value: [Buffer.from('lost')] } }, { settled: true });
      const taken = await controller.discharge(txnId);
      await mustFail(peer, taken, nowhere);
      await givesNothing(await peer.session10(), address);
    },
  }),
  check('amqp10/transaction/posting/plain-beside', {
    title: 'What names no transaction is done at once beside an open one, and stays when that is rolled back',
    duties: ['amqp10/4.4.plain-beside:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { session } = controller;
      const sender = await session.sender(address);
      const txnId = await controller.declare();
      await post(sender, txnId, 'posted');
      await sender.deliver('at once');
      await gives(peer, session, address, ['at once']);
      await sender.deliver('before the rollback');
      await sender.barrier();
      await controller.rollBack(txnId);
      await gives(peer, session, address, ['before the rollback']);
    },
  }),
  check('amqp10/transaction/scope/links', {
    title: 'A transaction over links to and from several queues is committed on all of them',
    duties: ['amqp10/4.1.any-link:emit', 'amqp10/4.1.atomic:emit'],
    optional: true,
    async run(peer: Peer) {
      const { controller, receiver, txnId, from, to } = await moving(peer);
      await controller.commit(txnId);
      await receiver.detach();
      await gives(peer, controller.session, to, ['one', 'two']);
      await givesNothing(controller.session, from);
    },
  }),
  check('amqp10/transaction/scope/links-rolled-back', {
    title: 'A transaction over links to and from several queues is rolled back on all of them',
    duties: ['amqp10/4.1.any-link:emit', 'amqp10/4.1.atomic:emit'],
    optional: true,
    async run(peer: Peer) {
      const { controller, receiver, txnId, from, to } = await moving(peer);
      await controller.rollBack(txnId);
      await receiver.detach();
      await gives(peer, controller.session, from, ['one', 'two']);
      await givesNothing(controller.session, to);
    },
  }),
  check('amqp10/transaction/scope/many-on-session', {
    title: 'Of two transactions that are open on a session each has work of its own',
    duties: ['amqp10/4.5.7.many-on-session:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      controller.mustSay('amqp:multi-txns-per-ssn');
      const sender = await controller.session.sender(address);
      const [one, other] = [await controller.declare(), await controller.declare()];
      await post(sender, one, 'rolled back');
      await post(sender, other, 'committed');
      await controller.rollBack(one);
      await controller.commit(other);
      await gives(peer, controller.session, address, ['committed']);
    },
  }),
  check('amqp10/transaction/scope/many-sessions', {
    title: 'Work of one transaction may go over several sessions of a connection',
    duties: ['amqp10/4.5.7.many-sessions:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const connection = await peer.connection10();
      const controller = await Controller.on(peer, await connection.session());
      controller.mustSay('amqp:multi-ssns-per-txn');
      const other = await connection.session();
      const senders = [await controller.session.sender(address), await other.sender(address)];
      const txnId = await controller.declare();
      for (const [at, sender] of senders.entries()) {
        await post(sender, txnId, `of session ${at + 1}`);
        await sender.barrier();
      }
      await givesNothing(other, address);
      await controller.commit(txnId);
      await gives(peer, other, address, ['of session 1', 'of session 2']);
    },
  }),
];

interface Moving {
  readonly controller: Controller;
  readonly receiver: Receiver10;
  readonly txnId: Uint8Array;
  readonly from: string;
  readonly to: string;
}

/** A transaction that takes two messages from one queue and sends them to another, seen by nobody so far. */
async function moving(peer: Peer): Promise<Moving> {
  const [{ address: from }, { address: to }] = [await peer.node10(), await peer.node10()];
  const controller = await Controller.begin(peer);
  const { session } = controller;
  const { receiver, deliveries } = await received(peer, session, from, ['one', 'two']);
  const sender = await session.sender(to);
  const txnId = await controller.declare();
  for (const delivery of deliveries) {
    delivery.settle(within(txnId, accepted), false);
    await post(sender, txnId, delivery.payload);
  }
  await receiver.barrier();
  await givesNothing(session, from);
  await givesNothing(session, to);
  return { controller, receiver, txnId, from, to };
}

/** What came of a commit behind the end of a queue that the transaction had sent to. `address`: a queue that is still there and was sent to as well. */
async function queueGone(peer: Peer): Promise<{ readonly taken: Taken; readonly address: string; readonly gone: string }> {
  const { address } = await peer.node10();
  const controller = await Controller.begin(peer);
  const { session } = controller;
  const maker = await session.receiver({ dynamic: true });
  const { source } = maker.attach;
  const gone = source?.type === 'source' ? (source.address ?? '') : '';
  const [sender, other] = [await session.sender(gone), await session.sender(address)];
  const txnId = await controller.declare();
  await post(sender, txnId, 'lost');
  await post(other, txnId, 'posted');
  await maker.detach();
  return { taken: await controller.discharge(txnId), address, gone };
}

/** Fails where a commit was accepted, unless the node that was to be gone is there. */
async function mustFail(peer: Peer, taken: Taken, gone: string): Promise<void> {
  if (!isAccepted(taken)) return;
  const session = await peer.session10();
  session.send('attach', { name: peer.name('link'), handle: 0, role: 'receiver', source: { type: 'source', address: gone }, target: { type: 'target' } });
  const { performative } = await session.expect('attach', { handle: 0 });
  if (performative.source !== undefined) peer.notApplicable('The node is there.');
  peer.require(false, `A commit of what was sent to a node that is not there was answered with ${takenWords(taken)}.`);
}
