import { type Check, check } from '../../harness/check/check.ts';
import type { Link10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpFlow } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, frameOf } from '../../harness/wire/amqp10/craft.ts';
import { ahead, drainEnd, filled, receiveAll, scene, sendAll } from './scenes.ts';

/** No link of ours has it. */
const stray = 42;
const whole = { incomingWindow: 10, nextOutgoingId: 0, outgoingWindow: 10 };

/** A flow that lacks one of the three fields that it must have. */
const lacking = (field: keyof typeof whole, slug: string): Check =>
  check(`amqp10/flow/mandatory/${slug}`, {
    title: `A flow without ${slug} is refused`,
    duties: ['amqp10/2.7.4.mandatory:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const { [field]: _left, ...rest } = whole;
      session.connection.sendBytes(frameOf(compositeAs('flow', { ...rest, nextIncomingId: session.begin.nextOutgoingId }), { channel: session.channel }));
      await session.answersTo('amqp10/2.7.4.mandatory:enforce');
    },
  });

/** What the broker tells of a link when it is asked. */
async function echoed(link: Link10): Promise<AmqpFlow> {
  await link.session.barrier();
  link.session.connection.taken();
  link.flow({ echo: true });
  return (await link.expect('flow')).performative;
}

/** What flows tell, and those that are out of place: section 2.7.4. */
export const flowState10Checks: readonly Check[] = [
  check('amqp10/flow/echo-link', {
    title: 'A flow of a receiver that asks for an echo is answered with the state of the link',
    duties: ['amqp10/2.7.4.echo:emit', 'amqp10/2.7.4.no-echo:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const receiver = await session.receiver(address);
      receiver.flow({ linkCredit: 3, echo: true });
      const { performative } = await receiver.expect('flow');
      peer.require(performative.linkCredit === 3, `The echo tells a link-credit of ${performative.linkCredit}, where 3 was granted.`);
      peer.require(performative.echo !== true, 'The echo asks for an echo.', 'amqp10/2.7.4.no-echo:emit');
    },
  }),
  check('amqp10/flow/echo-sender', {
    title: 'A flow of a sender that asks for an echo is answered with the state of the link',
    duties: ['amqp10/2.7.4.echo:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      await sender.expect('flow');
      sender.flow({ echo: true });
      await sender.expect('flow');
    },
  }),
  check('amqp10/flow/echo-session', {
    title: 'A flow without handle that asks for an echo is answered with the state of the session',
    duties: ['amqp10/2.7.4.echo:emit'],
    async run(peer: Peer) {
      const session = await peer.session10();
      session.flow({ echo: true });
      await session.expect('flow');
    },
  }),
  check('amqp10/flow/session-only', {
    title: 'A flow of the broker without handle tells nothing of a link',
    duties: ['amqp10/2.7.4.session-only:emit', 'amqp10/2.7.4.mandatory:emit', 'amqp10/2.7.4.next-incoming-id:emit'],
    async run(peer: Peer) {
      const session = await peer.session10();
      if (!session.connection.echoes('session')) peer.notApplicable('The broker echoes no flow of a session.');
      session.flow({ echo: true });
      const { performative: flow } = await session.expect('flow');
      const tells = [flow.deliveryCount, flow.linkCredit, flow.available].some(field => field !== undefined) || flow.drain === true;
      peer.require(flow.handle !== undefined || !tells, 'A flow without handle tells of a link.');
      peer.require(flow.nextIncomingId !== undefined, 'The flow has no next-incoming-id, where our begin came before.', 'amqp10/2.7.4.next-incoming-id:emit');
    },
  }),
  check('amqp10/flow/receiver-state', {
    title: 'The flow that gives a sender credit tells its delivery-count as far as the broker knows it',
    duties: ['amqp10/2.7.4.receiver-state:emit', 'amqp10/2.7.4.mandatory:emit', 'amqp10/2.7.4.next-incoming-id:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address, { initialDeliveryCount: 70 });
      const { performative: flow } = await sender.expect('flow');
      peer.require(flow.deliveryCount === 70, `The broker tells a delivery-count of ${flow.deliveryCount}, where the sender began at 70 and sent nothing.`);
      peer.require(flow.nextIncomingId !== undefined, 'The flow has no next-incoming-id, where our begin came before.', 'amqp10/2.7.4.next-incoming-id:emit');
    },
  }),
  check('amqp10/flow/sender-state', {
    title: 'A flow of the broker as a sender counts its deliveries, and what was drained',
    duties: ['amqp10/2.7.4.sender-state:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 2);
      const receiver = await session.receiver(address);
      const { initialDeliveryCount = 0 } = receiver.attach;
      receiver.credit(5);
      await receiveAll(peer, receiver, ['1', '2']);
      await session.barrier();
      session.connection.taken();
      receiver.credit(1, { drain: true });
      const flow = await drainEnd(receiver);
      const sent = ahead(initialDeliveryCount, flow.deliveryCount ?? initialDeliveryCount);
      peer.require(sent === 3, `Of two deliveries and one credit that was drained the delivery-count went up by ${sent}.`);
    },
  }),
  check('amqp10/flow/available-told', {
    title: 'Where a sender tells how many messages wait for credit, so many wait',
    duties: ['amqp10/2.6.7.available-told:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 3);
      const receiver = await session.receiver(address);
      if (!session.connection.echoes('receiver')) peer.notApplicable('The broker is not known to echo flows.');
      receiver.credit(1);
      await receiveAll(peer, receiver, ['1']);
      const { available } = await echoed(receiver);
      if (available === undefined) peer.notApplicable('The broker does not tell what is available.');
      peer.require(available === 2, `The broker tells that ${available} messages are available, where 2 wait.`);
    },
  }),
  check('amqp10/flow/available-floor', {
    title: 'A receiver that counts down what is available stops at zero',
    duties: ['amqp10/2.6.7.available-floor:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      await sender.credited();
      if (!session.connection.echoes('sender')) peer.notApplicable('The broker does not echo flows where it receives.');
      sender.flow({ available: 1 });
      await sendAll(peer, sender, ['1', '2', '3']);
      const { available } = await echoed(sender);
      if (available === undefined) peer.notApplicable('The broker does not tell what is available where it receives.');
      peer.require(available <= 1, `Of one message that was available three have come, and the broker tells that ${available} are.`);
    },
  }),
  check('amqp10/flow/properties', {
    title: 'Properties of a flow that nobody knows change nothing',
    duties: ['amqp10/2.7.4.properties:emit'],
    async run(peer: Peer) {
      const { session, address } = await filled(peer, 1);
      const receiver = await session.receiver(address);
      const properties = [['amqpspec:property', { type: 'string', value: 'of a flow' }]] as const;
      session.flow({ properties });
      receiver.flow({ linkCredit: 1, properties });
      await receiveAll(peer, receiver, ['1']);
    },
  }),
  check('amqp10/flow/unattached-handle', {
    title: 'A flow with a handle of no link ends the session with unattached-handle',
    duties: ['amqp10/2.7.4.unattached-handle:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      session.flow({ handle: stray, deliveryCount: 0, linkCredit: 1 });
      await session.answersTo('amqp10/2.7.4.unattached-handle:enforce');
    },
  }),
  check('amqp10/flow/unattached-transfer', {
    title: 'A transfer with a handle of no link ends the session with unattached-handle',
    duties: ['amqp10/2.7.4.unattached-handle:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      session.send('transfer', { handle: stray, deliveryId: 0, deliveryTag: Buffer.from('t'), messageFormat: 0 }, Uint8Array.of(0x00, 0x53, 0x75, 0xa0, 0x00));
      await session.answersTo('amqp10/2.7.4.unattached-handle:enforce');
    },
  }),
  check('amqp10/flow/unattached-detach', {
    title: 'A detach with a handle of no link ends the session with unattached-handle',
    duties: ['amqp10/2.7.4.unattached-handle:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      session.send('detach', { handle: stray, closed: true });
      await session.answersTo('amqp10/2.7.4.unattached-handle:enforce');
    },
  }),
  check('amqp10/flow/transfer-limit', {
    title: 'A delivery without credit detaches the link with transfer-limit-exceeded',
    duties: ['amqp10/2.6.7.transfer-limit:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      const credit = await sender.credited();
      // As if it had sent as many as it may: the sender alone counts deliveries, and can use credit up without any.
      sender.flow({ deliveryCount: credit, linkCredit: 0, available: 0 });
      await session.barrier();
      if (sender.credit > 0) peer.notApplicable('The broker gives new credit as soon as it is used up.');
      sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('t'), messageFormat: 0 }, 'beyond');
      await sender.answersTo('amqp10/2.6.7.transfer-limit:enforce');
    },
  }),
  lacking('incomingWindow', 'incoming-window'),
  lacking('nextOutgoingId', 'next-outgoing-id'),
  lacking('outgoingWindow', 'outgoing-window'),
];
