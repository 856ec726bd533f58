import { type Check, check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fill, queueHolds, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';

/** Publishes under a false name. A server that takes the message does not look at user-id, as the standard has it. */
async function requireRefused(peer: Peer, channel: ProbeChannel, queue: string, userId: string): Promise<void> {
  channel.publish({ routingKey: queue, properties: { userId }, body: 'false' });
  channel.send('channel.flow', { active: true });
  const seen = await channel.connection.next();
  peer.require(seen.kind === 'method', `A false user-id got no answer but ${seen.kind}.`);
  const { name, args } = seen.method;
  if (name === 'channel.flow-ok') peer.unsupported('The server takes messages of any user-id.');
  const refused = name === 'channel.close' && args.replyCode === 406;
  peer.require(refused, `A false user-id was answered with ${'replyCode' in args ? `${name} ${args.replyCode}` : name}.`);
  channel.send('channel.close-ok');
}

/** Extension: the property user-id is validated. */
export const userIdChecks: readonly Check[] = [
  check('amqp091/user-id/own', {
    title: 'A message with the user-id of its connection is taken and keeps it',
    duties: ['amqp091/user-id.own:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const { user } = channel.connection;
      channel.publish({ routingKey: queue, properties: { userId: user, appId: 'amqpspec' }, body: 'mine' });
      const [message] = await takeAll(peer, channel, queue, 1);
      const userId = message?.properties.userId;
      peer.require(userId === user, `The user-id ${user} arrived as ${userId ?? 'nothing'}.`);
    },
  }),
  check('amqp091/user-id/own-of-several', {
    title: 'Messages with and without user-id are taken side by side',
    duties: ['amqp091/user-id.own:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const { user } = channel.connection;
      fill(channel, queue, ['1']);
      channel.publish({ routingKey: queue, properties: { userId: user }, body: '2' });
      fill(channel, queue, ['3']);
      requireTexts(peer, (await takeAll(peer, channel, queue, 3)).map(textOf), ['1', '2', '3'], 'Messages in the queue');
    },
  }),
  check('amqp091/user-id/other', {
    title: 'A message with the user-id of somebody else is precondition-failed',
    duties: ['amqp091/user-id.other:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      await requireRefused(peer, channel, await channel.queue(), `not-${channel.connection.user}`);
    },
  }),
  check('amqp091/user-id/empty', {
    title: 'A message with an empty user-id is precondition-failed',
    duties: ['amqp091/user-id.other:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      await requireRefused(peer, channel, await channel.queue(), '');
    },
  }),
  check('amqp091/user-id/not-queued', {
    title: 'A message that is refused for its user-id is in no queue, and the connection goes on',
    duties: ['amqp091/user-id.other:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await requireRefused(peer, channel, queue, `not-${channel.connection.user}`);
      const next = await channel.connection.channel();
      fill(next, queue, ['later']);
      await queueHolds(peer, next, queue, 1);
      requireTexts(peer, (await takeAll(peer, next, queue, 1)).map(textOf), ['later'], 'Messages in the queue');
    },
  }),
];
