import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { Controller, gives, givesNothing, nameless, nameOf, post, strange, within } from './controller.ts';

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
];
