import { type Check, check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { exchangeExists, fill, queueHolds, queueView, textOf } from './observations.ts';

const separation: DutyId = 'amqp091/connection.open.virtual-host-separation:emit';
const security: DutyId = 'amqp091/connection.open.virtual-host-security:enforce';

/** A channel in the usual virtual host, and one in the other. */
async function bothHosts(peer: Peer): Promise<readonly [here: ProbeChannel, there: ProbeChannel]> {
  const virtualHost = peer.facility('otherVirtualHost');
  return [await peer.channel(), await peer.channel({ virtualHost })];
}

/** Virtual hosts: each a world of its own, open only to who may use it. */
export const virtualHostChecks: readonly Check[] = [
  check('amqp091/virtual-host/queues', {
    title: 'Queues of the same name in two virtual hosts are two queues',
    duties: [separation],
    async run(peer: Peer) {
      const [here, there] = await bothHosts(peer);
      const queue = await here.queue({ queue: peer.name(), exclusive: true });
      await there.queue({ queue, exclusive: true });
      fill(here, queue, ['here']);
      fill(there, queue, ['there', 'there']);
      await queueHolds(peer, here, queue, 1);
      await queueHolds(peer, there, queue, 2);
      const got = await here.get(queue, { noAck: true });
      peer.require(got !== null && textOf(got) === 'here', 'A queue gave out what was published in another virtual host.');
    },
  }),
  check('amqp091/virtual-host/missing-queue', {
    title: 'A queue of one virtual host is not found in another',
    duties: [separation],
    departs: true,
    async run(peer: Peer) {
      const [here, there] = await bothHosts(peer);
      const queue = await here.queue({ queue: peer.name(), exclusive: true });
      const view = await queueView(peer, there.connection, queue);
      peer.require(view.kind === 'refused' && view.code === 404, 'Another virtual host knows the queue.');
    },
  }),
  check('amqp091/virtual-host/missing-exchange', {
    title: 'An exchange of one virtual host is not found in another',
    duties: [separation],
    departs: true,
    async run(peer: Peer) {
      const [here, there] = await bothHosts(peer);
      const exchange = await here.exchange('direct');
      peer.require(!(await exchangeExists(peer, there.connection, exchange)), 'Another virtual host knows the exchange.');
    },
  }),
  check('amqp091/virtual-host/predeclared-exchange', {
    title: 'What is published to amq.fanout of one virtual host reaches no queue of another',
    duties: [separation],
    async run(peer: Peer) {
      const [here, there] = await bothHosts(peer);
      const [mine, theirs] = [await here.queue(), await there.queue()];
      await here.bind(mine, 'amq.fanout');
      await there.bind(theirs, 'amq.fanout');
      const body = peer.name();
      here.publish({ exchange: 'amq.fanout', body });
      await peer.eventually('the message is routed in its own virtual host', async () => {
        const got = await here.get(mine, { noAck: true });
        return got !== null && textOf(got) === body;
      });
      for (let got = await there.get(theirs, { noAck: true }); got !== null; got = await there.get(theirs, { noAck: true })) {
        peer.require(textOf(got) !== body, 'The message was routed in another virtual host too.');
      }
    },
  }),
  check('amqp091/virtual-host/deletion', {
    title: 'Deleting a queue in one virtual host leaves that of the same name in another',
    duties: [separation],
    async run(peer: Peer) {
      const [here, there] = await bothHosts(peer);
      const queue = await here.queue({ queue: peer.name(), exclusive: true });
      await there.queue({ queue, exclusive: true });
      fill(there, queue, ['stays']);
      await queueHolds(peer, there, queue, 1);
      await here.call('queue.delete', { queue }, 'queue.delete-ok');
      await queueHolds(peer, there, queue, 1);
    },
  }),
  check('amqp091/virtual-host/no-access', {
    title: 'A user without permission for a virtual host cannot open it',
    duties: [security],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ as: peer.facility('logins')['no-access'], upTo: 'open' });
      await connection.answersTo(security);
    },
  }),
  check('amqp091/virtual-host/no-access-elsewhere', {
    title: 'A user who may use one virtual host cannot open another',
    duties: [security],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const as = peer.facility('logins')['no-read'];
      await peer.channel({ as });
      const connection = await peer.connection({ as, virtualHost: peer.facility('otherVirtualHost'), upTo: 'open' });
      await connection.answersTo(security);
    },
  }),
];
