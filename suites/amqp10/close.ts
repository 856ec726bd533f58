import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { compositeAs, frameOf, joined } from '../../harness/wire/amqp10/craft.ts';
import { provoked, senseless } from './provoked.ts';

/** Long enough to see what a peer says at once, or that it goes without reading on. */
const momentMs = 50;
/** Nobody waits longer for the answer to a close. */
const patienceMs = 90_000;

/** Closing connections: sections 2.4.3, 2.4.4, 2.4.6 and 2.7.9. */
export const close10Checks: readonly Check[] = [
  check('amqp10/close/answered', {
    title: 'A close is answered with a close, and the stream ends',
    duties: ['amqp10/2.4.3.close-answered:emit', 'amqp10/2.4.3.close-channel:emit', 'amqp10/2.4.3.close-written:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(0, 'close');
      const { channel, performative } = await connection.expect('close', { wait: 'close' });
      peer.require(channel === 0, `The close came on channel ${channel}.`, 'amqp10/2.4.3.close-channel:emit');
      peer.require(performative.error === undefined, `A close without an error is answered with ${performative.error?.condition}.`);
    },
  }),
  check('amqp10/close/error-answered', {
    title: 'A close with an error is answered with a close',
    duties: ['amqp10/2.4.3.close-answered:emit'],
    async run(peer: Peer) {
      const session = await peer.session10();
      const { connection } = session;
      connection.send(0, 'close', { error: { type: 'error', condition: 'amqp:internal-error', description: 'so that it is tried' } });
      await connection.expect('close', { wait: 'close' });
    },
  }),
  check('amqp10/close/with-sessions', {
    title: 'A close ends a connection with sessions and links on it',
    duties: ['amqp10/2.4.3.close-answered:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      await session.sender(address);
      const receiver = await session.receiver(address);
      receiver.credit(5);
      await session.connection.session();
      await session.connection.close();
    },
  }),
  check('amqp10/close/any-channel', {
    title: 'A close on another channel than 0 is taken',
    duties: ['amqp10/2.4.3.close-any-channel:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const { channelMax } = connection.limits;
      if (channelMax === 0) peer.notApplicable('The broker has one channel.');
      connection.send(Math.min(3, channelMax), 'close');
      await connection.expect('close', { wait: 'close' });
    },
  }),
  check('amqp10/close/any-channel-of-session', {
    title: 'A close on the channel of a session ends the connection, not the session alone',
    duties: ['amqp10/2.4.3.close-any-channel:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const { channelMax } = connection.limits;
      if (channelMax === 0) peer.notApplicable('The broker has one channel.');
      connection.send(channelMax, 'begin');
      await connection.expect('begin', { channel: channelMax });
      connection.send(channelMax, 'close');
      await connection.expect('close', { wait: 'close' });
    },
  }),
  check('amqp10/close/last', {
    title: 'Behind the close of the broker comes nothing',
    duties: ['amqp10/2.4.3.close-last:emit'],
    async run(peer: Peer) {
      const { connection } = await peer.session10({ open: { idleTimeOut: 10_000 } });
      connection.send(0, 'close');
      await connection.expect('close', { wait: 'close' });
      await peer.quiet(momentMs, 'nothing behind close');
    },
  }),
  check('amqp10/close/written', {
    title: 'An error on an open connection is told by a close before the stream ends',
    duties: ['amqp10/2.4.3.close-written:emit', 'amqp10/2.4.3.close-channel:emit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.sendBytes(senseless);
      const { channel, performative } = await connection.expect('close', { wait: 'close' });
      peer.require(performative.error !== undefined, 'The close names no error.');
      peer.require(channel === 0, `The close came on channel ${channel}.`, 'amqp10/2.4.3.close-channel:emit');
      connection.send(0, 'close');
    },
  }),
  check('amqp10/close/error-details', {
    title: 'The error of a close says what it was about',
    duties: ['amqp10/2.7.9.error-details:emit'],
    departs: true,
    async run(peer: Peer) {
      const { connection, error } = await provoked(peer);
      connection.send(0, 'close');
      peer.require((error.description ?? '') !== '' || (error.info ?? []).length > 0, `All that is said is ${error.condition}.`);
    },
  }),
  check('amqp10/close/reads-on', {
    title: 'A broker that wrote close reads on until the close of its peer',
    duties: ['amqp10/2.4.3.reads-on:emit'],
    departs: true,
    async run(peer: Peer) {
      const { connection } = await provoked(peer);
      await peer.quiet(momentMs, 'the stream stays');
      peer.require(!connection.over, 'The stream ended without waiting for the answer to a close.');
      connection.send(0, 'close');
    },
  }),
  check('amqp10/close/timeout', {
    title: 'A broker whose close stays without an answer ends the stream after a while',
    duties: ['amqp10/2.4.3.close-timeout:emit'],
    departs: true,
    thorough: true,
    worstMs: patienceMs,
    async run(peer: Peer) {
      const { connection } = await provoked(peer);
      const begun = peer.now();
      while (!connection.over && peer.now() - begun < patienceMs) await peer.quiet(500, 'no close of ours');
      peer.require(connection.over, `The stream is still open ${patienceMs / 1000} s after a close that nobody answered.`);
      peer.measure('wait for the answer to a close', Math.round((peer.now() - begun) / 500) * 500, 'ms');
    },
  }),
  check('amqp10/close/simultaneous', {
    title: 'A close that crosses that of the broker is the answer to it',
    duties: ['amqp10/2.4.4.simultaneous-close:emit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.sendBytes(joined(senseless, frameOf(compositeAs('close', {}))));
      const { performative } = await connection.expect('close', { wait: 'close' });
      peer.require(performative.error !== undefined, 'The close names no error.');
      await peer.quiet(momentMs, 'no second close');
    },
  }),
  check('amqp10/close/discarding', {
    title: 'After a close for an error what still comes is dropped without an answer',
    duties: ['amqp10/2.4.6.discarding:emit'],
    departs: true,
    async run(peer: Peer) {
      const { connection } = await provoked(peer);
      connection.send(0, 'begin');
      connection.send(0, 'attach', { name: 'late', handle: 0, role: 'sender', initialDeliveryCount: 0 });
      connection.send(7, 'flow');
      connection.sendBytes(senseless);
      connection.send(0, 'close');
      await peer.quiet(momentMs, 'no answer');
    },
  }),
  check('amqp10/close/discarding-in-one', {
    title: 'What comes in one piece with the breach is dropped without an answer',
    duties: ['amqp10/2.4.6.discarding:emit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const begin = frameOf(compositeAs('begin', { nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 }));
      connection.sendBytes(joined(senseless, begin, senseless, frameOf(compositeAs('close', {}))));
      await connection.expect('close', { wait: 'close' });
      await peer.quiet(momentMs, 'no answer');
    },
  }),
];
