import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { queueHolds } from './observations.ts';

/** Methods channel.flow and flow-ok: section 3.1.9. */
export const flowChecks: readonly Check[] = [
  check('amqp091/flow/resume', {
    title: 'Flow with active one is answered with flow-ok and active one',
    duties: ['amqp091/channel.flow.flow-ok:emit', 'amqp091/channel.flow-ok.active:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const { args } = await channel.call('channel.flow', { active: true }, 'channel.flow-ok');
      peer.require(args.active, 'Flow-ok says inactive.', 'amqp091/channel.flow-ok.active:emit');
    },
  }),
  check('amqp091/flow/pause', {
    title: 'Flow with active zero is answered with flow-ok and active zero',
    duties: ['amqp091/channel.flow.flow-ok:emit', 'amqp091/channel.flow-ok.active:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const { args } = await channel.call('channel.flow', { active: false }, 'channel.flow-ok');
      peer.require(!args.active, 'Flow-ok says active.', 'amqp091/channel.flow-ok.active:emit');
    },
  }),
  check('amqp091/flow/initially-active', {
    title: 'A new channel delivers without a flow method',
    duties: ['amqp091/channel.flow.initial-state:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      channel.publish({ routingKey: queue });
      await channel.arrival('basic.deliver');
    },
  }),
  check('amqp091/flow/paused-and-resumed', {
    title: 'A paused channel delivers nothing, and goes on where it stopped when resumed',
    duties: ['amqp091/channel.flow.active:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      await channel.call('channel.flow', { active: false }, 'channel.flow-ok');
      other.publish({ routingKey: queue, body: 'waits' });
      await queueHolds(peer, other, queue, 1);
      await channel.call('basic.qos', {}, 'basic.qos-ok');
      const delivered = channel.taken().some(seen => seen.kind === 'method' && seen.method.name === 'basic.deliver');
      peer.require(!delivered, 'The paused channel delivered a message.');
      await channel.call('channel.flow', { active: true }, 'channel.flow-ok');
      await channel.arrival('basic.deliver');
    },
  }),
  check('amqp091/flow/get-while-paused', {
    title: 'A paused channel still answers basic.get with content',
    duties: ['amqp091/channel.flow.get:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      await channel.call('channel.flow', { active: false }, 'channel.flow-ok');
      other.publish({ routingKey: queue });
      await queueHolds(peer, other, queue, 1);
      peer.require((await channel.get(queue)) !== null, 'The paused channel gets no content.');
    },
  }),
];
