import { type Check, check } from '../../harness/check/check.ts';
import type { Peer, ProbeConnection } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { ascii } from './frames.ts';
import { fill, queueHolds } from './observations.ts';

const permitted: DutyId = 'amqp091/connection.update-secret.update-secret-ok:permit';
const goesOn: DutyId = 'amqp091/connection.update-secret.goes-on:emit';

/** Sends the secret that the connection was opened with; a server that refuses it lacks the extension. */
async function renewed(peer: Peer, connection: ProbeConnection, secret: string): Promise<void> {
  connection.send(0, 'connection.update-secret', { newSecret: ascii(secret), reason: 'renewed' });
  const answer = await connection.answersTo(permitted);
  if (answer.kind !== 'method') peer.unsupported('The server takes no update-secret.');
}

/** Method update-secret. */
export const updateSecretChecks: readonly Check[] = [
  check('amqp091/connection/secret-renewed', {
    title: 'After update-secret-ok the connection goes on with its channels',
    duties: [goesOn],
    departs: true,
    async run(peer: Peer) {
      const as = peer.facility('logins')['no-configure'];
      const owner = await peer.channel();
      const queue = await owner.queue({ queue: peer.name(), durable: true, exclusive: false });
      const channel = await peer.channel({ as });
      await channel.consume(queue, { noAck: true });
      await renewed(peer, channel.connection, as.password);
      fill(owner, queue, ['to the old consumer']);
      await channel.arrival('basic.deliver');
      await (await channel.connection.channel()).barrier();
    },
  }),
  check('amqp091/connection/secret-renewed-rights', {
    title: 'update-secret gives a user no permission that was lacking',
    duties: [goesOn],
    departs: true,
    async run(peer: Peer) {
      const as = peer.facility('logins')['no-read'];
      const owner = await peer.channel();
      const queue = await owner.queue({ queue: peer.name(), durable: true, exclusive: false });
      const channel = await peer.channel({ as });
      await renewed(peer, channel.connection, as.password);
      fill(channel, queue, ['may write']);
      await queueHolds(peer, owner, queue, 1);
      channel.send('basic.get', { queue });
      await channel.answersTo(goesOn, { answers: [{ kind: 'channel-close', code: 403, reading: 'text' }] });
    },
  }),
];
