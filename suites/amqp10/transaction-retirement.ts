import { type Check, check } from '../../harness/check/check.ts';
import type { Delivery10, Receiver10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DeliveryState } from '../../harness/wire/amqp10/codec.ts';
import { accepted, acquiringIn, Controller, gives, givesNothing, nameless, nameOf, received, released, strange, within } from './controller.ts';

const acquisition = 'amqp10/4.4.3.acquisition-refused:enforce';

/** Outcomes and acquisitions in transactions: sections 4.4.2, 4.4.3, 4.4.4.2 and 4.4.4.3. */
export const transactionRetirement10Checks: readonly Check[] = [
  check('amqp10/transaction/retirement/released', {
    title: 'What is released in a transaction is there for others once that is committed, and not before',
    duties: ['amqp10/4.4.2.retired:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { receiver, deliveries } = await received(peer, controller.session, address, ['released']);
      const txnId = await controller.declare();
      deliveries[0]?.settle(within(txnId, released));
      await receiver.barrier(['transfer']);
      await givesNothing(controller.session, address);
      await controller.commit(txnId);
      await gives(peer, controller.session, address, ['released']);
    },
  }),
  check('amqp10/transaction/retirement/accepted', {
    title: 'What is accepted in a transaction is gone once that is committed',
    duties: ['amqp10/4.4.2.retired:emit', 'amqp10/4.3.discharged:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { receiver, deliveries } = await received(peer, controller.session, address, ['settled', 'unsettled']);
      const txnId = await controller.declare();
      deliveries[0]?.settle(within(txnId, accepted));
      deliveries[1]?.settle(within(txnId, accepted), false);
      await controller.commit(txnId);
      await receiver.detach();
      await givesNothing(controller.session, address);
    },
  }),
  check('amqp10/transaction/retirement/modified', {
    title: 'A failed delivery counts once the transaction in which it was told is committed',
    duties: ['amqp10/4.4.2.retired:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { receiver, deliveries } = await received(peer, controller.session, address, ['modified']);
      const txnId = await controller.declare();
      deliveries[0]?.settle(within(txnId, { type: 'modified', deliveryFailed: true }));
      await controller.commit(txnId);
      receiver.credit(1);
      const { text, message } = await receiver.receive();
      peer.require(text === 'modified', `Expected the message again, got ${text}.`);
      peer.require(message.header?.deliveryCount === 1, `The delivery-count is ${message.header?.deliveryCount ?? 'not told'}, where one delivery failed.`);
    },
  }),
  check('amqp10/transaction/retirement/rolled-back', {
    title: 'After a rollback an unsettled delivery is still its receiver\u2019s, who may tell another outcome',
    duties: ['amqp10/4.4.2.rolled-back:emit', 'amqp10/4.3.rollback:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { session } = controller;
      const { receiver, deliveries } = await received(peer, session, address, ['held', 'held too']);
      const txnId = await controller.declare();
      for (const delivery of deliveries) delivery.settle(within(txnId, released), false);
      await controller.rollBack(txnId);
      const early = session.connection
        .taken()
        .some(seen => seen.kind === 'frame' && seen.performative.type === 'disposition' && seen.performative.role === 'sender');
      if (early) peer.notApplicable('The broker settles before the discharge.');
      await givesNothing(session, address);
      for (const delivery of deliveries) delivery.accept();
      await receiver.barrier();
      await receiver.detach();
      await givesNothing(session, address);
    },
  }),
  check('amqp10/transaction/retirement/next-transaction', {
    title: 'A delivery whose transaction was rolled back may be settled in the next one',
    duties: ['amqp10/4.4.2.rolled-back:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { session } = controller;
      const { receiver, deliveries } = await received(peer, session, address, ['held']);
      const first = await controller.declare();
      deliveries[0]?.settle(within(first, released), false);
      await controller.rollBack(first);
      const early = session.connection
        .taken()
        .some(seen => seen.kind === 'frame' && seen.performative.type === 'disposition' && seen.performative.role === 'sender');
      if (early) peer.notApplicable('The broker settles before the discharge.');
      const second = await controller.declare();
      deliveries[0]?.settle(within(second, accepted));
      await controller.commit(second);
      await receiver.detach();
      await givesNothing(session, address);
    },
  }),
  check('amqp10/transaction/retirement/default-outcome', {
    title: 'After a rollback a delivery that its receiver has settled gets the default outcome of the source',
    duties: ['amqp10/4.4.4.2.default-outcome:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const controller = await Controller.begin(peer);
      const { session } = controller;
      const defaultOutcome = { type: 'modified', deliveryFailed: true } as const;
      const { receiver, deliveries } = await received(peer, session, address, ['failed'], { defaultOutcome });
      const told = receiver.attach.source?.type === 'source' ? receiver.attach.source.defaultOutcome : undefined;
      if (told?.type !== 'modified' || told.deliveryFailed !== true) peer.notApplicable('The source has another default outcome than it was asked for.');
      const txnId = await controller.declare();
      deliveries[0]?.settle(within(txnId, accepted));
      await controller.rollBack(txnId);
      const other = await session.receiver(address);
      other.credit(1);
      const { text, message } = await other.receive();
      peer.require(text === 'failed', `Expected the message again, got ${text}.`);
      peer.require(message.header?.deliveryCount === 1, `The delivery-count is ${message.header?.deliveryCount ?? 'not told'}, where one delivery failed.`);
    },
  }),
  check('amqp10/transaction/retirement/unknown-id', {
    title: 'An outcome in a transaction that is not there is refused',
    duties: ['amqp10/4.5.8.unknown-id-work:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const { session } = await Controller.begin(peer);
      const { deliveries } = await received(peer, session, address, ['held']);
      deliveries[0]?.settle(within(strange, accepted), false);
      await session.answersTo('amqp10/4.5.8.unknown-id-work:enforce');
    },
  }),
  check('amqp10/transaction/retirement/without-id', {
    title: 'An outcome in a transaction that it does not name is refused',
    duties: ['amqp10/4.5.6.txn-id:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const { session } = await Controller.begin(peer);
      const { deliveries } = await received(peer, session, address, ['held']);
      deliveries[0]?.settle(nameless, false);
      await session.answersTo('amqp10/4.5.6.txn-id:enforce');
    },
  }),
  check('amqp10/transaction/acquisition/told', {
    title: 'A link that is to acquire in a transaction sends with that transaction, or is detached with not-implemented',
    duties: [acquisition, 'amqp10/4.4.txn-id-told:emit'],
    departs: true,
    optional: true,
    async run(peer: Peer) {
      const { receiver, txnId } = await acquiring(peer, ['one', 'two']);
      const answer = await receiver.answersTo(acquisition);
      if (answer.kind === 'detach') return;
      const { state } = await receiver.receive();
      peer.require(names(state, txnId), `What was acquired in a transaction came with ${nameOf(state)}.`, 'amqp10/4.4.txn-id-told:emit');
    },
  }),
  check('amqp10/transaction/acquisition/rolled-back', {
    title: 'What was acquired in a transaction is there for others when that is rolled back, whatever was said of it',
    duties: ['amqp10/4.4.3.acquired:emit', acquisition],
    departs: true,
    optional: true,
    async run(peer: Peer) {
      const scene = await acquiring(peer, ['one', 'two', 'three']);
      const { receiver, controller, txnId, address } = scene;
      (await acquired(peer, scene)).settle(within(txnId, accepted));
      (await receiver.receive()).settle(within(txnId, accepted), false);
      receiver.credit(0);
      await receiver.barrier();
      await controller.rollBack(txnId);
      await gives(peer, controller.session, address, ['one', 'two', 'three']);
    },
  }),
  check('amqp10/transaction/acquisition/committed', {
    title: 'What was acquired and accepted in a transaction is gone when that is committed',
    duties: ['amqp10/4.4.2.retired:emit', acquisition],
    departs: true,
    optional: true,
    async run(peer: Peer) {
      const scene = await acquiring(peer, ['one', 'two']);
      const { receiver, controller, txnId, address } = scene;
      const { deliveryId } = await acquired(peer, scene);
      controller.session.send('disposition', { role: 'receiver', first: deliveryId - 1, last: deliveryId, settled: true, state: within(txnId, accepted) });
      await controller.commit(txnId);
      await receiver.detach();
      await givesNothing(controller.session, address);
    },
  }),
  check('amqp10/transaction/acquisition/other-transaction', {
    title: 'An outcome in another transaction than the open one of its delivery detaches the control link with rollback',
    duties: ['amqp10/4.4.2.other-transaction:enforce', acquisition],
    departs: true,
    optional: true,
    async run(peer: Peer) {
      const scene = await acquiring(peer, ['one', 'two']);
      const { controller } = scene;
      controller.mustSay('amqp:multi-txns-per-ssn');
      const other = await controller.declare();
      (await acquired(peer, scene)).settle(within(other, accepted));
      await controller.link.answersTo('amqp10/4.4.2.other-transaction:enforce');
    },
  }),
];

interface Acquiring {
  readonly controller: Controller;
  readonly receiver: Receiver10;
  readonly txnId: Uint8Array;
  readonly address: string;
}

/** A link that was given credit to acquire these messages in a transaction. */
async function acquiring(peer: Peer, texts: readonly string[]): Promise<Acquiring> {
  const { address } = await peer.node10();
  const controller = await Controller.begin(peer);
  const { session } = controller;
  const sender = await session.sender(address);
  for (const text of texts) await sender.send(text);
  const receiver = await session.receiver({ address, defaultOutcome: released });
  const txnId = await controller.declare();
  receiver.flow({ linkCredit: texts.length, properties: acquiringIn(txnId) });
  return { controller, receiver, txnId, address };
}

/** The next message, acquired in the transaction. Ends the check where the link acquires nothing in transactions, which is judged elsewhere. */
async function acquired(peer: Peer, { receiver, txnId }: Acquiring): Promise<Delivery10> {
  const answer = await receiver.answersTo(acquisition);
  if (answer.kind === 'detach') peer.unsupported('The link is detached when it is to acquire in a transaction.');
  const delivery = await receiver.receive();
  if (!names(delivery.state, txnId)) peer.unsupported('What the link sends is in no transaction.');
  return delivery;
}

function names(state: DeliveryState | undefined, txnId: Uint8Array): boolean {
  return state?.type === 'transactional-state' && Buffer.compare(state.txnId, txnId) === 0;
}
