import { type Check, check } from '../../harness/check/check.ts';
import type { Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { type AmqpError, encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { protocolHeader091 } from '../../harness/wire/protocol-header.ts';
import { scene } from './scenes.ts';

const handle = 0;

/** What ends a link, its session or the connection; undefined where the link is attached. */
async function refusal(session: Session10): Promise<AmqpError | 'unexplained' | undefined> {
  for (;;) {
    const seen = await session.connection.next();
    const what = seen.kind === 'frame' ? seen.performative : undefined;
    if (seen.kind === 'ended') return 'unexplained';
    if (what?.type === 'attach' && (what.role === 'sender' ? what.source : what.target) !== undefined) return undefined;
    if (what?.type === 'detach' || what?.type === 'end' || what?.type === 'close') return what.error ?? 'unexplained';
  }
}

/** A channel of 0-9-1, where queues are declared as 1.0 cannot. */
async function channel091(peer: Peer): Promise<ProbeChannel> {
  const trial = await peer.connection({ upTo: 'dial' });
  trial.sendBytes(protocolHeader091);
  const { kind } = await trial.next('handshake');
  trial.destroy();
  if (kind !== 'method') peer.notApplicable('The broker does not speak 0-9-1, in which the queue would be declared.');
  return peer.channel();
}

/** Rights, and what is another's, or gone, or goes: sections 2.8.15 and 2.8.16. */
export const errorAccess10Checks: readonly Check[] = [
  check('amqp10/error/unauthorized-access', {
    title: 'A link from a queue that its client may not read is refused with unauthorized-access',
    duties: ['amqp10/2.8.15.unauthorized-access:enforce'],
    departs: true,
    async run(peer: Peer) {
      const as = peer.facility('logins')['no-read'];
      const { address } = await peer.node10();
      const session = await peer.session10({ as });
      session.send('attach', { name: peer.name('link'), handle, role: 'receiver', source: { type: 'source', address }, target: { type: 'target' } });
      await session.answersTo('amqp10/2.8.15.unauthorized-access:enforce', { handle });
    },
  }),
  check('amqp10/error/unauthorized-publish', {
    title: 'A message that names a queue to which its sender may not write is refused with unauthorized-access',
    duties: ['amqp10/2.8.15.unauthorized-publish:enforce'],
    departs: true,
    async run(peer: Peer) {
      const as = peer.facility('logins')['no-write'];
      const { address } = await peer.node10();
      const session = await peer.session10({ as });
      session.send('attach', {
        name: peer.name('link'),
        handle,
        role: 'sender',
        source: { type: 'source' },
        target: { type: 'target' },
        initialDeliveryCount: 0,
      });
      if ((await refusal(session)) !== undefined) peer.unsupported('The broker takes no messages that say by themselves where they go.');
      await session.expect('flow', { handle });
      const message = { properties: { to: address }, body: { type: 'data', value: [Buffer.from('forbidden')] } } as const;
      session.send('transfer', { handle, deliveryId: 0, deliveryTag: Uint8Array.of(1), messageFormat: 0 }, encodeMessage(message));
      await session.answersTo('amqp10/2.8.15.unauthorized-publish:enforce', { handle });
    },
  }),
  check('amqp10/error/invalid-field', {
    title: 'An address that can mean nothing is refused as an invalid field, or as that of nothing that is there',
    duties: ['amqp10/2.8.15.invalid-field:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const source = { type: 'source', address: '/amqpspec//no such address%' } as const;
      session.send('attach', { name: peer.name('link'), handle, role: 'receiver', source, target: { type: 'target' } });
      const error = await refusal(session);
      if (error === undefined) peer.notApplicable('The broker takes any address for the name of a node.');
      const condition = error === 'unexplained' ? error : error.condition;
      peer.require(condition === 'amqp:invalid-field' || condition === 'amqp:not-found', `The address is refused with ${condition}.`);
    },
  }),
  check('amqp10/error/resource-locked', {
    title: 'A link from a queue that another connection has for itself is refused with resource-locked',
    duties: ['amqp10/2.8.15.resource-locked:enforce'],
    departs: true,
    async run(peer: Peer) {
      const address = await peer.address10(await (await channel091(peer)).queue({ exclusive: true }));
      const session = await peer.session10();
      session.send('attach', { name: peer.name('link'), handle, role: 'receiver', source: { type: 'source', address }, target: { type: 'target' } });
      await session.answersTo('amqp10/2.8.15.resource-locked:enforce', { handle });
    },
  }),
  check('amqp10/error/resource-deleted', {
    title: 'A link from a queue that is deleted is detached with resource-deleted, and the session goes on',
    duties: ['amqp10/2.8.15.resource-deleted:emit'],
    async run(peer: Peer) {
      const channel = await channel091(peer);
      const queue = await channel.queue({ exclusive: false });
      const { session } = await scene(peer);
      const receiver = await session.receiver(await peer.address10(queue));
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      const { performative } = await receiver.expect('detach');
      const condition = performative.error?.condition;
      peer.require(condition === 'amqp:resource-deleted', `The link is detached with ${condition ?? 'no error'}.`);
      await session.barrier();
    },
  }),
  check('amqp10/error/connection-forced', {
    title: 'A broker that is shut down closes its connections as forced',
    duties: ['amqp10/2.8.16.connection-forced:emit'],
    outage: 'stop',
    async run(peer: Peer) {
      const connection = await peer.connection10();
      await peer.outage();
      const { performative } = await connection.expect('close');
      const condition = performative.error?.condition;
      peer.require(condition === 'amqp:connection:forced', `The connection is closed with ${condition ?? 'no error'}.`);
    },
  }),
];
