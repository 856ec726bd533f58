import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';

/** Links: sections 2.6.1 to 2.6.6, 2.7.3 and 2.7.7. */
export const link10Checks: readonly Check[] = [
  check('amqp10/attach/answered', {
    title: 'An attach is answered with an attach of the same name and the other role',
    duties: ['amqp10/2.6.3.attach-answered:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const name = peer.name('link');
      const { attach } = await session.sender(address, { name });
      peer.require(attach.name === name, `The attach names the link ${attach.name}, where ${name} was asked for.`);
      peer.require(attach.role === 'receiver', 'The attach that answers a sender has the role of a sender too.');
    },
  }),
  check('amqp10/attach/handle-in-use', {
    title: 'An attach with a handle that is in use is refused with handle-in-use',
    duties: ['amqp10/2.7.3.handle-in-use:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const { handle } = await session.receiver(address);
      session.send('attach', { name: peer.name('link'), handle, role: 'receiver', source: { type: 'source', address }, target: { type: 'target' } });
      await session.answersTo('amqp10/2.7.3.handle-in-use:enforce');
    },
  }),
  check('amqp10/attach/refused', {
    title: 'A link from a node that is not there is answered with an attach without source, and a detach',
    duties: ['amqp10/2.6.3.refused:emit'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const source = { type: 'source', address: peer.name() } as const;
      session.send('attach', { name: peer.name('link'), handle: 0, role: 'receiver', source, target: { type: 'target' } });
      const { performative: attach } = await session.expect('attach', { handle: 0 });
      if (attach.source !== undefined) peer.notApplicable('The broker makes the node that a link asks for.');
      const { performative: detach } = await session.expect('detach', { handle: 0 });
      peer.require(detach.error !== undefined, 'The link is detached without an error.');
    },
  }),
  check('amqp10/detach/answered', {
    title: 'A detach is answered with a detach',
    duties: ['amqp10/2.6.4.detach-sent:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      await sender.detach({ closed: false });
    },
  }),
  check('amqp10/detach/close-answered', {
    title: 'A detach that closes the link is answered with one that closes it',
    duties: ['amqp10/2.6.6.close-answered:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      const { performative } = await sender.detach();
      peer.require(performative.closed === true, 'The detach that answers does not close the link.');
    },
  }),
  check('amqp10/detach/handle-reused', {
    title: 'The handle of a detached link is free for another one',
    duties: ['amqp10/2.6.2.handle-reused:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const first = await session.receiver(address);
      await first.detach();
      const second = await session.sender(address, { handle: first.handle });
      const outcome = await second.send('by a handle that was used before');
      peer.require(outcome?.type === 'accepted', 'A message on a handle that was used before was not accepted.');
    },
  }),
];
