import { type Check, check } from '../../harness/check/check.ts';
import type { Connection10, Connection10Options } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpOpen } from '../../harness/wire/amqp10/codec.ts';

const capability = 'sole-connection-for-container';
const policies = { 'refuse-connection': 0, 'close-existing': 1 } as const;
const weak = 1;

/** A connection of this container that wants to be the only one, by this policy or by the default. */
function sole(peer: Peer, containerId: string, policy?: keyof typeof policies, options: Connection10Options = {}): Promise<Connection10> {
  const properties = policy === undefined ? {} : { properties: [['sole-connection-enforcement-policy', { type: 'uint', value: policies[policy] }]] as const };
  return peer.connection10({ ...options, open: { containerId, desiredCapabilities: [capability], ...properties } });
}

function property({ properties = [] }: AmqpOpen, name: string): unknown {
  return properties.find(([key]) => key === name)?.[1].value;
}

/** The first connection of a container, at a server that tells each from the others. */
async function first(peer: Peer, containerId: string, policy?: keyof typeof policies): Promise<Connection10> {
  const connection = await sole(peer, containerId, policy);
  if (Number(property(connection.open, 'sole-connection-detection-policy')) === weak)
    peer.notApplicable('The server detects only some connections of a container.');
  return connection;
}

/** One connection for each container: AMQP Enforcing Connection Uniqueness 1.0. */
export const soleConnection10Checks: readonly Check[] = [
  check('amqp10/sole-connection/offered', {
    title: 'Who enforces one connection for a container offers to do so',
    duties: ['amqp10/sole-connection.offered:emit'],
    async run(peer: Peer) {
      const containerId = peer.name();
      const held = await sole(peer, containerId);
      if (held.capability(capability)) return;
      const second = await sole(peer, containerId, undefined, { upTo: 'open-sent' });
      const { performative } = await second.expect('open');
      peer.require(property(performative, 'amqp:connection-establishment-failed') !== true, 'It is enforced, and not offered.');
      peer.unsupported('The server does not offer sole-connection-for-container.');
    },
  }),
  ...([undefined, 'refuse-connection'] as const).map(policy =>
    check(`amqp10/sole-connection/refused/${policy ?? 'default'}`, {
      title: `By ${policy === undefined ? 'default' : 'refuse-connection'} a second connection of a container is closed, as its open has said`,
      duties: ['amqp10/sole-connection.refused:enforce', 'amqp10/sole-connection.refusal-announced:emit'],
      capabilities: ['sole-connection-for-container'],
      departs: true,
      async run(peer: Peer) {
        const containerId = peer.name();
        const held = await first(peer, containerId, policy);
        const second = await sole(peer, containerId, policy, { upTo: 'open-sent' });
        const { performative } = await second.expect('open');
        const announced = property(performative, 'amqp:connection-establishment-failed');
        peer.require(announced === true, 'The open does not say that it will fail.', 'amqp10/sole-connection.refusal-announced:emit');
        await second.answersTo('amqp10/sole-connection.refused:enforce');
        await held.session();
      },
    }),
  ),
  check('amqp10/sole-connection/close-existing', {
    title: 'By close-existing the former connection of a container is closed, and told why, and the new one opened',
    duties: ['amqp10/sole-connection.existing-closed:enforce', 'amqp10/sole-connection.existing-told:emit'],
    capabilities: ['sole-connection-for-container'],
    departs: true,
    async run(peer: Peer) {
      const containerId = peer.name();
      const held = await first(peer, containerId, 'close-existing');
      const newer = await sole(peer, containerId, 'close-existing');
      await newer.session();
      const { performative } = await held.expect('close', { wait: 'close' });
      held.send(0, 'close');
      const { error } = performative;
      peer.require(error?.condition === 'amqp:resource-locked', `The former connection is closed with ${error?.condition ?? 'no error'}.`);
      const told = error.info?.some(([name]) => name === 'sole-connection-enforcement') === true;
      peer.require(told, 'The error does not say that it enforces one connection.', 'amqp10/sole-connection.existing-told:emit');
    },
  }),
  check('amqp10/sole-connection/mixed', {
    title: 'Which policy holds where two connections of a container want different ones',
    duties: ['amqp10/sole-connection.mixed:permit'],
    capabilities: ['sole-connection-for-container'],
    departs: true,
    async run(peer: Peer) {
      const containerId = peer.name();
      const held = await first(peer, containerId, 'refuse-connection');
      const newer = await sole(peer, containerId, 'close-existing', { upTo: 'open-sent' });
      const { performative } = await newer.expect('open');
      const refused = property(performative, 'amqp:connection-establishment-failed') === true;
      peer.measure('policy of two connections of a container that want different ones', refused ? 'that of the older' : 'that of the newer');
      await (refused ? held : newer).session();
    },
  }),
  check('amqp10/sole-connection/detection', {
    title: 'The open tells how well connections of one container are detected',
    duties: ['amqp10/sole-connection.detection:emit'],
    capabilities: ['sole-connection-for-container'],
    async run(peer: Peer) {
      const { open } = await sole(peer, peer.name());
      const told = property(open, 'sole-connection-detection-policy');
      peer.require(told !== undefined && (Number(told) === 0 || Number(told) === weak), `The detection policy is ${String(told ?? 'not told')}.`);
    },
  }),
  check('amqp10/sole-connection/others', {
    title: 'Other containers are not touched, and a container may come back when its connection has ended',
    duties: ['amqp10/sole-connection.others:emit'],
    capabilities: ['sole-connection-for-container'],
    async run(peer: Peer) {
      const containerId = peer.name();
      const held = await first(peer, containerId);
      await (await sole(peer, peer.name('other'))).session();
      await held.session();
      await held.close();
      await (await sole(peer, containerId)).session();
    },
  }),
];
