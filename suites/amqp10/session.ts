import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';

const channel = 5;

/** Sessions: sections 2.5, 2.7.2 and 2.7.8. */
export const session10Checks: readonly Check[] = [
  check('amqp10/begin/answered', {
    title: 'A begin is answered with a begin whose remote-channel is the channel that it came on',
    duties: ['amqp10/2.5.1.begin-answered:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(channel, 'begin');
      const { performative } = await connection.expect('begin');
      peer.require(performative.remoteChannel === channel, `The begin has remote-channel ${performative.remoteChannel}, where ${channel} was begun.`);
    },
  }),
  check('amqp10/begin/channel-in-use', {
    title: 'A begin on the channel of a session is refused',
    duties: ['amqp10/2.5.1.channel-in-use:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      session.send('begin');
      await session.connection.answersTo('amqp10/2.5.1.channel-in-use:enforce');
    },
  }),
  check('amqp10/begin/unmapped-channel', {
    title: 'A flow on a channel that no session has is refused',
    duties: ['amqp10/2.5.5.unmapped-channel:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(channel, 'flow', { nextIncomingId: 0 });
      await connection.answersTo('amqp10/2.5.5.unmapped-channel:enforce');
    },
  }),
  check('amqp10/end/answered', {
    title: 'An end is answered with an end',
    duties: ['amqp10/2.5.2.end-answered:emit'],
    async run(peer: Peer) {
      const session = await peer.session10();
      await session.end();
    },
  }),
  check('amqp10/end/sessions-apart', {
    title: 'The end of one session leaves the others as they are',
    duties: ['amqp10/2.5.2.sessions-apart:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const connection = await peer.connection10();
      const [one, other] = [await connection.session(), await connection.session()];
      const sender = await other.sender(address);
      await one.end({ type: 'error', condition: 'amqp:internal-error' });
      const outcome = await sender.send('after the end of another session');
      peer.require(outcome?.type === 'accepted', 'A message that was sent after the end of another session was not accepted.');
    },
  }),
  check('amqp10/end/channel-reused', {
    title: 'A channel whose session has ended carries a new session',
    duties: ['amqp10/2.5.2.channel-reused:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const first = await connection.session();
      await first.end();
      connection.send(first.channel, 'begin');
      await connection.expect('begin', { channel: first.channel });
    },
  }),
];
