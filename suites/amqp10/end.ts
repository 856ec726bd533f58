import { type Check, check } from '../../harness/check/check.ts';
import type { Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Connection10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { Answer } from '../../harness/spec/rule.ts';
import type { AmqpEnd } from '../../harness/wire/amqp10/codec.ts';
import { fill, filled, numbers, passes, receiveAll, scene, sendAll } from './scenes.ts';

const failed = { type: 'error', condition: 'amqp:internal-error' } as const;
const withError: readonly Answer[] = [{ kind: 'end', condition: 'any', reading: 'text' }];
/** No link of ours has it. */
const stray = 42;

/** Says on a session what ends it: a flow of a link that is not there. */
const fail = (session: Session10): void => session.flow({ handle: stray, deliveryCount: 0, linkCredit: 1 });

/** Waits for the broker's end of a session of which it was told what it cannot process. Where that ends the connection, there is no end to be judged. */
async function failedEnd(peer: Peer, session: Session10): Promise<AmqpEnd> {
  fail(session);
  for (;;) {
    const seen = await session.connection.next();
    const what = seen.kind === 'frame' ? seen.performative : undefined;
    if (what?.type === 'end') return what;
    if (seen.kind === 'ended' || what?.type === 'close') peer.notApplicable('The broker ends the connection where a session fails.');
  }
}

/** The channel of a session that has ended carries another. */
async function beginsAnew(connection: Connection10, channel: number): Promise<void> {
  connection.send(channel, 'begin');
  await connection.expect('begin', { channel });
}

/** What receivers of a connection that goes away held, is there for others. */
const withConnection = (slug: string, title: string, leave: (connection: Connection10) => Promise<void>): Check =>
  check(`amqp10/end/with-connection/${slug}`, {
    title,
    duties: ['amqp10/2.5.2.ended-with-connection:emit'],
    async run(peer: Peer) {
      const { session, address, connection } = await filled(peer, 1);
      const receiver = await session.receiver(address);
      receiver.credit(1);
      await receiver.receive();
      await leave(connection);
      const other = await (await peer.session10()).receiver(address);
      other.credit(1);
      await receiveAll(peer, other, ['1']);
    },
  });

/** End, and what follows it: sections 2.5.2 to 2.5.5 and 2.7.8. */
export const end10Checks: readonly Check[] = [
  check('amqp10/end/answered', {
    title: 'An end is answered with an end',
    duties: ['amqp10/2.5.2.end-answered:emit'],
    async run(peer: Peer) {
      const session = await peer.session10();
      await session.end();
    },
  }),
  check('amqp10/end/answered-with-error', {
    title: 'An end for an error, with links on the session, is answered with an end without one',
    duties: ['amqp10/2.5.2.end-answered:emit'],
    async run(peer: Peer) {
      const { session, address, connection } = await scene(peer);
      await session.sender(address);
      (await session.receiver(address)).credit(1);
      await session.end(failed);
      await connection.session();
    },
  }),
  check('amqp10/end/pipelined', {
    title: 'A session that is ended in the same breath as it was begun is begun and ended by the broker too',
    duties: ['amqp10/2.5.2.end-answered:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(0, 'begin');
      connection.send(0, 'end');
      await connection.expect('begin', { channel: 0 });
      await connection.expect('end', { channel: 0 });
    },
  }),
  check('amqp10/end/sessions-apart', {
    title: 'The end of one session leaves the others as they are',
    duties: ['amqp10/2.5.2.sessions-apart:emit'],
    async run(peer: Peer) {
      const { address, connection, session } = await scene(peer);
      const other = await connection.session();
      const sender = await other.sender(address);
      await session.end(failed);
      await sendAll(peer, sender, ['after the end of another session']);
    },
  }),
  check('amqp10/end/failures-apart', {
    title: 'A session that the broker ends for an error leaves the others as they are',
    duties: ['amqp10/2.5.2.sessions-apart:emit'],
    departs: true,
    async run(peer: Peer) {
      const { address, connection, session } = await scene(peer);
      const sender = await (await connection.session()).sender(address);
      await failedEnd(peer, session);
      await sendAll(peer, sender, ['after the failure of another session']);
    },
  }),
  check('amqp10/end/channel-reused', {
    title: 'A channel whose session has ended carries a new session',
    duties: ['amqp10/2.5.2.channel-reused:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const first = await connection.session();
      await first.end();
      await beginsAnew(connection, first.channel);
    },
  }),
  check('amqp10/end/channel-reused-afresh', {
    title: 'A session on a channel that another had knows nothing of the links and numbers of that one',
    duties: ['amqp10/2.5.2.channel-reused:emit'],
    async run(peer: Peer) {
      const { address, connection, session } = await scene(peer, { open: { channelMax: 0 } });
      await passes(peer, session, address, 'first');
      await session.end();
      const second = await connection.session({ nextOutgoingId: 1000 });
      peer.require(second.channel === session.channel, 'The second session is on another channel.');
      await passes(peer, second, address, 'second');
    },
  }),
  withConnection('closed', 'What a session had unsettled is there for others once its connection is closed', connection => connection.close()),
  withConnection('dropped', 'What a session had unsettled is there for others once its connection is dropped', async connection => connection.destroy()),
  check('amqp10/end/simultaneous', {
    title: 'Where both ends of a session cross, neither is answered, and the channel is free',
    duties: ['amqp10/2.5.3.simultaneous-end:emit'],
    departs: true,
    async run(peer: Peer) {
      const { connection, session } = await scene(peer);
      const ended = failedEnd(peer, session);
      session.send('end');
      await ended;
      await beginsAnew(connection, session.channel);
      await connection.bareSession(session.channel).barrier();
    },
  }),
  check('amqp10/end/with-error', {
    title: 'A session that cannot go on ends with an error, and alone',
    duties: ['amqp10/2.5.4.end-with-error:emit'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      fail(session);
      await session.answersTo('amqp10/2.5.4.end-with-error:emit', { answers: withError });
    },
  }),
  check('amqp10/end/error-details', {
    title: 'The error of an end says what it was about',
    duties: ['amqp10/2.7.8.error-details:emit'],
    departs: true,
    async run(peer: Peer) {
      const { error } = await failedEnd(peer, await peer.session10());
      peer.require((error?.description ?? '') !== '', 'The error of the end has no description.');
    },
  }),
  check('amqp10/end/discarding', {
    title: 'After an end for an error nothing on that session is answered, until it is ended on our side too',
    duties: ['amqp10/2.5.4.discarding:emit'],
    departs: true,
    async run(peer: Peer) {
      const { address, connection, session } = await scene(peer);
      const other = await connection.session();
      await failedEnd(peer, session);
      session.send('attach', { name: peer.name('link'), handle: 0, role: 'receiver', source: { type: 'source', address }, target: { type: 'target' } });
      fail(session);
      await other.barrier();
      session.send('end');
      await other.barrier();
      await beginsAnew(connection, session.channel);
    },
  }),
  check('amqp10/end/last', {
    title: 'Nothing comes on the channel of a session behind its end, though messages were on their way',
    duties: ['amqp10/2.5.5.end-last:emit', 'amqp10/2.5.5.unmapped-channel:emit'],
    async run(peer: Peer) {
      const { address, connection, session } = await scene(peer);
      (await session.receiver(address)).credit(100);
      const other = await connection.session();
      const sender = await other.sender(address);
      for (const each of numbers(10)) await sender.deliver(each, { settled: true });
      await session.end();
      await other.barrier();
      await fill(peer, { address, connection, session: other }, ['after the end']);
    },
  }),
  check('amqp10/end/unmapped-channel', {
    title: 'A flow on a channel whose session has ended is refused',
    duties: ['amqp10/2.5.5.unmapped-channel:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { connection, session } = await scene(peer);
      await session.end();
      // Behind something else, so that a broker whose session ends beside its connection is done with it.
      await connection.session();
      connection.send(session.channel, 'flow', { nextIncomingId: 0 });
      await connection.answersTo('amqp10/2.5.5.unmapped-channel:enforce');
    },
  }),
];
