import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';

/** A link without credit on a queue that holds so many messages, which are named by their numbers from 1. */
async function filled(peer: Peer, messages: number): Promise<Receiver10> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  const sender = await session.sender(address);
  for (let number = 1; number <= messages; number += 1) {
    const outcome = await sender.send(String(number));
    peer.require(outcome?.type === 'accepted', 'A message for a queue of our own was not accepted.');
  }
  return session.receiver(address);
}

/** Credit and flow: sections 2.6.7 to 2.6.10 and 2.7.4. */
export const flow10Checks: readonly Check[] = [
  check('amqp10/flow/no-initial-credit', {
    title: 'Nothing is sent on a link before it got credit',
    duties: ['amqp10/2.6.7.no-initial-credit:emit'],
    async run(peer: Peer) {
      const receiver = await filled(peer, 1);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/flow/credit-spent', {
    title: 'Two credits bring two of three messages',
    duties: ['amqp10/2.6.7.credit-spent:emit', 'amqp10/2.6.7.delivery-limit:emit'],
    async run(peer: Peer) {
      const receiver = await filled(peer, 3);
      receiver.credit(2);
      for (const number of ['1', '2']) {
        const { text } = await receiver.receive();
        peer.require(text === number, `Expected message ${number}, got ${text}.`);
      }
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/flow/credit-used', {
    title: 'A message that comes later is sent for credit that is left',
    duties: ['amqp10/2.6.7.credit-used:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const receiver = await session.receiver(address);
      receiver.credit(1);
      const sender = await session.sender(address);
      await sender.deliver('later');
      const { text } = await receiver.receive();
      peer.require(text === 'later', `Expected the message, got ${text}.`);
    },
  }),
  check('amqp10/flow/drained', {
    title: 'A sender that is to drain sends what it has, uses up the credit and tells so',
    duties: ['amqp10/2.6.7.drained:emit'],
    async run(peer: Peer) {
      const receiver = await filled(peer, 2);
      const { initialDeliveryCount = 0 } = receiver.attach;
      receiver.flow({ linkCredit: 5, drain: true });
      for (const number of ['1', '2']) {
        const { text } = await receiver.receive();
        peer.require(text === number, `Expected message ${number}, got ${text}.`);
      }
      const { performative } = await receiver.expect('flow');
      peer.require((performative.linkCredit ?? 0) === 0, `Credit of ${performative.linkCredit} is left after the drain.`);
      const spent = ((performative.deliveryCount ?? 0) - initialDeliveryCount) >>> 0;
      peer.require(spent === 5, `The delivery-count went up by ${spent} of 5.`);
    },
  }),
  check('amqp10/flow/echo-link', {
    title: 'A flow of a receiver that asks for an echo is answered with the state of the link',
    duties: ['amqp10/2.7.4.echo:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const receiver = await session.receiver(address);
      receiver.flow({ linkCredit: 3, echo: true });
      const { performative } = await receiver.expect('flow');
      peer.require(performative.linkCredit === 3, `The echo tells a link-credit of ${performative.linkCredit}, where 3 was granted.`);
    },
  }),
  check('amqp10/flow/echo-session', {
    title: 'A flow without handle that asks for an echo is answered with the state of the session',
    duties: ['amqp10/2.7.4.echo:emit'],
    async run(peer: Peer) {
      const session = await peer.session10();
      session.flow({ echo: true });
      const { performative } = await session.expect('flow');
      peer.require(performative.handle === undefined, 'The echo for a session names a link.');
    },
  }),
  check('amqp10/flow/unattached-handle', {
    title: 'A flow with a handle of no link ends the session with unattached-handle',
    duties: ['amqp10/2.7.4.unattached-handle:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      session.flow({ handle: 42, deliveryCount: 0, linkCredit: 1 });
      await session.answersTo('amqp10/2.7.4.unattached-handle:enforce');
    },
  }),
];
