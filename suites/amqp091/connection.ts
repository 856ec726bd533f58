import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeConnection } from '../../harness/probe/peer.ts';
import { replyCodes } from '../../harness/spec/amqp091/constants.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';
import { ascii, methodFrame, pattern } from './frames.ts';
import { queueView } from './observations.ts';

const sequence: DutyId = 'amqp091/connection.sequence:enforce';

/** Opens a channel twice, which is a connection exception; the server's close is not yet taken. */
async function provoked(peer: Peer): Promise<ProbeConnection> {
  const channel = await peer.channel();
  channel.send('channel.open');
  return channel.connection;
}

/** Opening methods that have no place in an open connection. */
const misplaced: readonly (readonly [slug: string, title: string, frame: Uint8Array])[] = [
  ['open-again', 'connection.open', methodFrame(0, 'connection.open', { virtualHost: '/' })],
  ['start-ok-again', 'connection.start-ok', methodFrame(0, 'connection.start-ok', { mechanism: 'PLAIN', response: pattern(8), locale: 'en_US' })],
  ['tune-ok-again', 'connection.tune-ok', methodFrame(0, 'connection.tune-ok', { channelMax: 1, frameMax: 4096 })],
  ['secure-ok-unasked', 'connection.secure-ok', methodFrame(0, 'connection.secure-ok', { response: pattern(8) })],
];

/** Class connection once it is open, and how it ends: sections 2.2.4, 2.3.7 and 4.8. */
export const connectionChecks: readonly Check[] = [
  ...misplaced.map(([slug, name, frame]) =>
    check(`amqp091/connection/${slug}`, {
      title: `${name} on an open connection closes it`,
      duties: [sequence],
      departs: true,
      async run(peer: Peer) {
        const connection = await peer.connection();
        connection.sendBytes(frame);
        await connection.answersTo(sequence);
      },
    }),
  ),
  check('amqp091/connection/close', {
    title: 'connection.close is answered with close-ok',
    duties: ['amqp091/connection.close.close-ok:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      await connection.call(0, 'connection.close', { replyCode: 200, replyText: 'amqpspec' }, 'connection.close-ok');
    },
  }),
  check('amqp091/connection/close-with-open-channels', {
    title: 'connection.close is answered while channels are open and busy',
    duties: ['amqp091/connection.close.close-ok:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      channel.publish({ routingKey: queue, body: 'held' });
      await channel.arrival('basic.deliver');
      await channel.connection.call(0, 'connection.close', { replyCode: 200, replyText: 'amqpspec' }, 'connection.close-ok');
    },
  }),
  check('amqp091/connection/socket-closed', {
    title: 'After close-ok and the end of the client the server closes the socket',
    duties: ['amqp091/connection.close-ok.socket:emit'],
    worstMs: 5000,
    async run(peer: Peer) {
      const connection = await peer.connection();
      await connection.call(0, 'connection.close', { replyCode: 200, replyText: 'amqpspec' }, 'connection.close-ok');
      connection.end();
      await connection.ended('close');
    },
  }),
  check('amqp091/connection/exception-handshake', {
    title: 'A connection exception is said with connection.close, and the socket is closed after close-ok and the end of the client',
    duties: ['amqp091/2.3.7.close-handshake:emit', 'amqp091/4.8.1.hard-error:emit'],
    departs: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const connection = await provoked(peer);
      await connection.expect(0, 'connection.close', 'close');
      connection.send(0, 'connection.close-ok');
      connection.end();
      await connection.ended('close');
    },
  }),
  check('amqp091/connection/exception-code-and-text', {
    title: 'A connection exception carries a defined code and a text',
    duties: ['amqp091/connection.close.reply-code:emit', 'amqp091/connection.close.reply-text:emit'],
    departs: true,
    async run(peer: Peer) {
      const { args } = await (await provoked(peer)).expect(0, 'connection.close', 'close');
      peer.require(args.replyCode in replyCodes, `The reply code is ${args.replyCode}.`, 'amqp091/connection.close.reply-code:emit');
      peer.require(args.replyText !== '', 'The reply text is empty.', 'amqp091/connection.close.reply-text:emit');
    },
  }),
  check('amqp091/connection/exception-failing-method', {
    title: 'A connection exception names the class and method that provoked it',
    duties: ['amqp091/connection.close.failing-method:emit'],
    departs: true,
    async run(peer: Peer) {
      const { classId, methodId } = (await (await provoked(peer)).expect(0, 'connection.close', 'close')).args;
      peer.require(classId === 20 && methodId === 10, `The close names class ${classId} and method ${methodId}, not channel.open.`);
    },
  }),
  check('amqp091/connection/discards-after-close', {
    title: 'What comes after the server sent connection.close is discarded',
    duties: ['amqp091/connection.close.stability:emit'],
    departs: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const connection = await provoked(peer);
      const queue = peer.name();
      await connection.expect(0, 'connection.close', 'close');
      connection.sendBytes(joined(methodFrame(2, 'channel.open'), methodFrame(2, 'queue.declare', { queue }), methodFrame(1, 'queue.declare', { queue })));
      connection.send(0, 'connection.close-ok');
      connection.end();
      const seen = await connection.next('close');
      peer.require(seen.kind === 'ended', 'The server answered a method that it should have discarded.');
      const view = await queueView(peer, await peer.connection(), queue);
      peer.require(view.kind === 'refused' && view.code === 404, 'The server declared a queue that it should have discarded.');
    },
  }),
  check('amqp091/connection/close-crossing', {
    title: 'A close that crosses the server’s own is answered with close-ok',
    duties: ['amqp091/connection.close.stability:emit'],
    departs: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const connection = await provoked(peer);
      await connection.expect(0, 'connection.close', 'close');
      connection.send(0, 'connection.close', { replyCode: 200, replyText: 'amqpspec' });
      await connection.expect(0, 'connection.close-ok', 'close');
    },
  }),
  check('amqp091/connection/update-secret', {
    title: 'What becomes of connection.update-secret',
    duties: ['amqp091/connection.update-secret.update-secret-ok:permit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.send(0, 'connection.update-secret', { newSecret: ascii('amqpspec'), reason: 'amqpspec' });
      const seen = await connection.next();
      peer.measure('connection.update-secret', describeSeen(seen));
    },
  }),
];
