import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { fill, numbered, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';
import { letterIn, reject, shortMs } from './graves.ts';
import { outlive, requireEmpty } from './lifetimes.ts';

/** Messages that come back to where they died. */
export const deadLetterCycleChecks = [
  check('amqp091/dead-letter/cycle/one-queue', {
    title: 'A message that expires in a queue which is its own dead letter queue is dropped',
    duties: ['amqp091/dead-letter.cycle:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-message-ttl': shortMs }));
      fill(channel, queue, ['round']);
      await outlive(peer, channel, shortMs, queue);
      await requireEmpty(peer, channel, queue, 'The message goes in circles');
    },
  }),
  check('amqp091/dead-letter/cycle/two-queues', {
    title: 'A message that expires in two queues which feed each other is dropped',
    duties: ['amqp091/dead-letter.cycle:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [one, other] = [peer.name('one'), peer.name('other')];
      const to = (key: string, ttl: number) => fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': key, 'x-message-ttl': ttl });
      await queueWith(peer, channel, to(one, shortMs));
      await channel.call('queue.declare', { queue: one, exclusive: true, arguments: to(other, 20) }, 'queue.declare-ok');
      await channel.call('queue.declare', { queue: other, exclusive: true, arguments: to(one, 20) }, 'queue.declare-ok');
      fill(channel, one, ['round']);
      await outlive(peer, channel, 2 * shortMs, one, other);
      for (const queue of [one, other]) await requireEmpty(peer, channel, queue, 'The message goes in circles');
    },
  }),
  check('amqp091/dead-letter/cycle-with-rejection', {
    title: 'A message that is rejected comes back to the queue it was rejected in, time and again',
    duties: ['amqp091/dead-letter.cycle-with-rejection:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '' }));
      await reject(peer, channel, queue, 'again');
      for (const _ of numbered(3)) await reject(peer, channel, queue);
      peer.require(textOf(await letterIn(peer, channel, queue)) === 'again', 'Another message came.');
    },
  }),
  check('amqp091/dead-letter/cycle-with-rejection/pause', {
    title: 'A message that is rejected, waits in a queue until it expires, and comes back, does so time and again',
    duties: ['amqp091/dead-letter.cycle-with-rejection:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const pause = peer.name('pause');
      const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': pause }));
      const back = fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue, 'x-message-ttl': 20 });
      await channel.call('queue.declare', { queue: pause, exclusive: true, arguments: back }, 'queue.declare-ok');
      await reject(peer, channel, queue, 'again');
      for (const _ of numbered(2)) await reject(peer, channel, queue);
      peer.require(textOf(await letterIn(peer, channel, queue)) === 'again', 'Another message came.');
    },
  }),
];
