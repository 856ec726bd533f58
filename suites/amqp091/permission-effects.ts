import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { exchangeExists, fill, queueHolds, queueView, textOf } from './observations.ts';
import { dutyOf, type Permission, type Scene, scene } from './permission-scene.ts';

const granted: DutyId = 'amqp091/permission.granted:emit';
const withoutEffect: DutyId = 'amqp091/permission.without-effect:emit';

/** Does what a user may not do, and waits for the refusal. */
async function refused(peer: Peer, lacking: Permission, ask: (scene: Scene) => void, prepare?: (scene: Scene) => Promise<unknown>): Promise<Scene> {
  const arranged = await scene(peer, lacking);
  await prepare?.(arranged);
  ask(arranged);
  await arranged.user.answersTo(dutyOf(lacking));
  return arranged;
}

const effects: readonly Check[] = [
  check('amqp091/permission/without-effect/declare', {
    title: 'A queue whose declaration was refused to its user is not there',
    duties: [withoutEffect],
    departs: true,
    async run(peer: Peer) {
      const queue = peer.name();
      const { owner } = await refused(peer, 'configure', ({ user }) => user.send('queue.declare', { queue, durable: true }));
      peer.require((await queueView(peer, owner.connection, queue)).kind === 'refused', 'The refused declaration made a queue.');
    },
  }),
  check('amqp091/permission/without-effect/exchange-delete', {
    title: 'An exchange whose deletion was refused to its user is still there',
    duties: [withoutEffect],
    departs: true,
    async run(peer: Peer) {
      const { owner, exchange } = await refused(peer, 'configure', ({ user, exchange: name }) => user.send('exchange.delete', { exchange: name }));
      peer.require(await exchangeExists(peer, owner.connection, exchange), 'The refused deletion took the exchange away.');
    },
  }),
  check('amqp091/permission/without-effect/publish', {
    title: 'A message whose publishing was refused to its user is in no queue',
    duties: [withoutEffect],
    departs: true,
    async run(peer: Peer) {
      const { owner, queue } = await refused(peer, 'write', ({ user, queue: name }) => user.publish({ routingKey: name, body: 'no' }));
      fill(owner, queue, ['yes']);
      await queueHolds(peer, owner, queue, 1);
      const got = await owner.get(queue);
      peer.require(got !== null && textOf(got) === 'yes', 'The refused message is in the queue.');
    },
  }),
  check('amqp091/permission/without-effect/purge', {
    title: 'A queue whose purging was refused to its user keeps its messages',
    duties: [withoutEffect],
    departs: true,
    async run(peer: Peer) {
      const filled = async ({ owner, queue }: Scene): Promise<void> => {
        fill(owner, queue, ['1', '2']);
        await queueHolds(peer, owner, queue, 2);
      };
      const { owner, queue } = await refused(peer, 'read', ({ user, queue: name }) => user.send('queue.purge', { queue: name }), filled);
      const view = await queueView(peer, owner.connection, queue);
      peer.require(view.kind === 'there' && view.messages === 2, 'The refused purge took messages away.');
    },
  }),
  check('amqp091/permission/channel-alone', {
    title: 'After a refusal to a user, another channel of the same connection goes on',
    duties: ['amqp091/permission.channel-alone:emit'],
    departs: true,
    async run(peer: Peer) {
      const arranged = await scene(peer, 'read');
      const second = await arranged.user.connection.channel();
      arranged.user.send('basic.get', { queue: arranged.queue });
      await arranged.user.answersTo(dutyOf('read'));
      fill(second, arranged.queue, ['still here']);
      await queueHolds(peer, second, arranged.queue, 1);
    },
  }),
];

const grants: readonly Check[] = [
  check('amqp091/permission/granted/passive', {
    title: 'Passive declares need no permission to configure',
    duties: [granted],
    async run(peer: Peer) {
      const { user, queue, exchange } = await scene(peer, 'configure');
      await user.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
      await user.call('exchange.declare', { exchange, type: 'direct', passive: true }, 'exchange.declare-ok');
    },
  }),
  check('amqp091/permission/granted/without-configure', {
    title: 'Who may not configure may bind, publish, get and purge',
    duties: [granted],
    async run(peer: Peer) {
      const { user, queue, exchange } = await scene(peer, 'configure');
      await user.bind(queue, exchange, 'new');
      for (const routingKey of ['bound', 'new']) user.publish({ exchange, routingKey, body: routingKey });
      await queueHolds(peer, user, queue, 2);
      peer.require((await user.get(queue, { noAck: true })) !== null, 'No message came out of the queue.');
      await user.call('queue.purge', { queue }, 'queue.purge-ok');
      await user.call('queue.unbind', { queue, exchange, routingKey: 'new' }, 'queue.unbind-ok');
    },
  }),
  check('amqp091/permission/granted/without-write', {
    title: 'Who may not write may declare, consume and delete',
    duties: [granted],
    async run(peer: Peer) {
      const { owner, user, queue } = await scene(peer, 'write');
      await user.queue();
      await user.consume(queue, { noAck: true });
      fill(owner, queue, ['read me']);
      await user.arrival('basic.deliver');
      await user.call('queue.delete', { queue }, 'queue.delete-ok');
    },
  }),
  check('amqp091/permission/granted/without-read', {
    title: 'Who may not read may declare, publish and delete',
    duties: [granted],
    async run(peer: Peer) {
      const { user, queue, exchange } = await scene(peer, 'read');
      const mine = await user.exchange('fanout');
      user.publish({ exchange: mine, body: 'nobody listens' });
      user.publish({ exchange, routingKey: 'bound', body: 'written' });
      await queueHolds(peer, user, queue, 1);
      await user.call('queue.delete', { queue }, 'queue.delete-ok');
    },
  }),
];

/** What a lack of permission leaves alone, and what a user may do all the same. */
export const permissionEffectChecks: readonly Check[] = [...effects, ...grants];
