import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { accepted, asking, Controller, gives, givesNothing, post, received, strange, within } from './controller.ts';

const idSizeMax = 32;

/** What a coordinator tells and takes: sections 4.1, 4.2 and 4.5. */
export const transactionControl10Checks: readonly Check[] = [
  check('amqp10/transaction/coordinator/capabilities', {
    title: 'The attach of a coordinator tells that it has local transactions',
    duties: ['amqp10/4.5.1.capabilities:emit'],
    optional: true,
    async run(peer: Peer) {
      const { link, capabilities } = await Controller.begin(peer);
      const { target } = link.attach;
      peer.require(target?.type === 'coordinator', `The attach has a ${target?.type} for a target.`);
      const told = capabilities.join(', ') || 'no capabilities';
      peer.require(capabilities.includes('amqp:local-transactions'), `The attach of the coordinator tells ${told}.`);
    },
  }),
  check('amqp10/transaction/declare/declared', {
    title: 'A declare is answered with an id of at most 32 octets',
    duties: ['amqp10/4.2.declared:emit', 'amqp10/4.5.4.id-size:emit'],
    optional: true,
    async run(peer: Peer) {
      const controller = await Controller.begin(peer);
      const { length } = await controller.declare();
      peer.require(length <= idSizeMax, `The id of the transaction has ${length} octets.`, 'amqp10/4.5.4.id-size:emit');
    },
  }),
  check('amqp10/transaction/declare/pipelined', {
    title: 'Two declares that do not wait for each other begin two transactions',
    duties: ['amqp10/4.2.declared:emit'],
    optional: true,
    async run(peer: Peer) {
      const controller = await Controller.begin(peer);
      controller.mustSay('amqp:multi-txns-per-ssn');
      const asked = [await controller.ask({ type: 'declare' }), await controller.ask({ type: 'declare' })];
      const ids: Uint8Array[] = [];
      for (const deliveryId of asked) ids.push(controller.declared((await controller.link.outcome(deliveryId)).state));
      const [one = strange, other = strange] = ids;
      peer.require(Buffer.compare(one, other) !== 0, 'Two transactions have one id.');
      await controller.rollBack(one);
      await controller.commit(other);
    },
  }),
  check('amqp10/transaction/declare/other-sections', {
    title: 'A declare with other sections beside its body is understood',
    duties: ['amqp10/4.2.other-sections:emit'],
    optional: true,
    async run(peer: Peer) {
      const { link } = await Controller.begin(peer);
      const more = {
        header: { durable: true, priority: 4, ttl: 60_000 },
        messageAnnotations: [['x-opt-note', { type: 'string', value: 'of no account' }]],
        properties: { subject: 'declare', to: 'nowhere' },
        applicationProperties: [['kind', { type: 'int', value: 1 }]],
      } as const;
      const state = await link.send({ ...more, ...asking({ type: 'declare' }) });
      peer.require(state?.type === 'declared', `A declare with a header and properties was answered with ${state?.type}.`);
    },
  }),
  check('amqp10/transaction/declare/settled', {
    title: 'A declare that is sent settled detaches the control link',
    duties: ['amqp10/4.2.settled:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const controller = await Controller.begin(peer);
      await controller.ask({ type: 'declare' }, { settled: true });
      await controller.link.answersTo('amqp10/4.2.settled:enforce');
    },
  }),
  check('amqp10/transaction/discharge/settled', {
    title: 'A discharge that is sent settled detaches the control link',
    duties: ['amqp10/4.2.settled:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const controller = await Controller.begin(peer);
      await controller.ask({ type: 'discharge', txnId: await controller.declare(), fail: false }, { settled: true });
      await controller.link.answersTo('amqp10/4.2.settled:enforce');
    },
  }),
  check('amqp10/transaction/declare/global-id', {
    title: 'A declare with a global id is rejected by a coordinator without distributed transactions',
    duties: ['amqp10/4.2.failed:enforce', 'amqp10/4.5.2.global-id:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const controller = await local(peer, true);
      await controller.ask({ type: 'declare', globalId: { type: 'binary', value: strange } });
      await controller.link.answersTo('amqp10/4.2.failed:enforce');
    },
  }),
  check('amqp10/transaction/declare/global-id-detached', {
    title: 'A declare that cannot be done detaches a control link whose source has no rejected',
    duties: ['amqp10/4.2.failed-detached:enforce', 'amqp10/4.5.2.global-id:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const controller = await local(peer, false);
      await controller.ask({ type: 'declare', globalId: { type: 'binary', value: strange } });
      await controller.link.answersTo('amqp10/4.2.failed-detached:enforce');
    },
  }),
  check('amqp10/transaction/discharge/unknown-id', {
    title: 'A discharge of a transaction that never was is told unknown-id',
    duties: ['amqp10/4.5.8.unknown-id:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const controller = await Controller.begin(peer);
      await controller.ask({ type: 'discharge', txnId: strange });
      await controller.link.answersTo('amqp10/4.5.8.unknown-id:enforce');
    },
  }),
  check('amqp10/transaction/discharge/twice', {
    title: 'A second discharge of a transaction is told unknown-id',
    duties: ['amqp10/4.5.8.unknown-id:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const controller = await Controller.begin(peer);
      const txnId = await controller.declare();
      await controller.commit(txnId);
      await controller.ask({ type: 'discharge', txnId });
      await controller.link.answersTo('amqp10/4.5.8.unknown-id:enforce');
    },
  }),
  check('amqp10/transaction/discharge/unknown-id-detached', {
    title: 'A discharge of no transaction detaches a control link whose source has no rejected',
    duties: ['amqp10/4.2.failed-detached:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const controller = await Controller.begin(peer, { rejects: false });
      await controller.ask({ type: 'discharge', txnId: strange });
      await controller.link.answersTo('amqp10/4.2.failed-detached:enforce');
    },
  }),
  check('amqp10/transaction/discharge/without-id', {
    title: 'A discharge that names no transaction is refused',
    duties: ['amqp10/4.5.3.txn-id:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { link } = await Controller.begin(peer);
      const discharge = { type: 'described', descriptor: { type: 'ulong', value: 0x32n }, value: { type: 'list', value: [] } } as const;
      await link.deliver({ body: { type: 'amqp-value', value: discharge } });
      await link.answersTo('amqp10/4.5.3.txn-id:enforce');
    },
  }),
  check('amqp10/transaction/coordinator/something-else', {
    title: 'A control link takes no other messages than declare and discharge',
    duties: ['amqp10/4.1.control-link-only:enforce'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const { link } = await Controller.begin(peer);
      await link.deliver({ body: { type: 'amqp-value', value: { type: 'string', value: 'declare' } } });
      await link.answersTo('amqp10/4.1.control-link-only:enforce');
    },
  }),
  check('amqp10/transaction/coordinator/closed', {
    title: 'What was declared over a control link and not discharged is rolled back when it is closed',
    duties: ['amqp10/4.1.control-link-closed:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const { controller, receiver } = await openWork(peer, address);
      const { link, session } = controller;
      await link.detach();
      await receiver.detach();
      await gives(peer, session, address, ['there']);
    },
  }),
  check('amqp10/transaction/coordinator/session-ended', {
    title: 'What was declared and not discharged is rolled back when the session ends',
    duties: ['amqp10/4.1.control-link-closed:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const connection = await peer.connection10();
      const { controller } = await openWork(peer, address, await connection.session());
      await controller.session.end();
      await gives(peer, await connection.session(), address, ['there']);
    },
  }),
  check('amqp10/transaction/coordinator/connection-closed', {
    title: 'What was declared and not discharged is rolled back when the connection is closed',
    duties: ['amqp10/4.1.control-link-closed:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const connection = await peer.connection10();
      await openWork(peer, address, await connection.session());
      await connection.close();
      await gives(peer, await peer.session10(), address, ['there']);
    },
  }),
];

/** Ends the check where global ids are known. */
async function local(peer: Peer, rejects: boolean): Promise<Controller> {
  const controller = await Controller.begin(peer, { rejects });
  if (controller.capabilities.includes('amqp:distributed-transactions')) peer.notApplicable('The coordinator has distributed transactions.');
  return controller;
}

/** A transaction that has posted a message and accepted the one that was there. */
async function openWork(peer: Peer, address: string, on?: Session10): Promise<{ readonly controller: Controller; readonly receiver: Receiver10 }> {
  const session = on ?? (await peer.session10());
  const controller = await Controller.on(peer, session);
  const { sender, receiver, deliveries } = await received(peer, session, address, ['there']);
  const txnId = await controller.declare();
  for (const delivery of deliveries) delivery.settle(within(txnId, accepted), false);
  await post(sender, txnId, 'posted');
  await sender.barrier();
  await givesNothing(session, address);
  return { controller, receiver };
}
