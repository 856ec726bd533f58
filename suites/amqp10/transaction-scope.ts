import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { accepted, Controller, gives, givesNothing, isAccepted, post, received, type Taken, takenWords, within } from './controller.ts';

/** What a discharge brings about, and what one transaction may span: sections 4.3 and 4.4.1. */
export const transactionScope10Checks: readonly Check[] = [
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
