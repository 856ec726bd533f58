import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { replyCodes } from '../../harness/spec/amqp091/constants.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { bodyFrame, headerFrame, methodFrame, octets, publishFrame, sendFrames } from './frames.ts';
import { fill, numbered, queueView } from './observations.ts';

const notOpen: DutyId = 'amqp091/channel.not-open:enforce';
const notOpenContent: DutyId = 'amqp091/channel.not-open-content:enforce';

/** Frames on channel 7, which is not open. */
const unopened: readonly (readonly [slug: string, title: string, duty: DutyId, frames: readonly Uint8Array[]])[] = [
  ['declare', 'A method', notOpen, [methodFrame(7, 'queue.declare', { queue: 'amqpspec', passive: true })]],
  ['publish', 'A publish with its content', notOpen, [publishFrame(7, 'amqpspec'), headerFrame(7, { bodySize: 1 }), bodyFrame(7, octets(1))]],
  ['content-header', 'A content header', notOpenContent, [headerFrame(7, { bodySize: 0 })]],
  ['body', 'A body frame', notOpenContent, [bodyFrame(7, octets(1))]],
  ['close', 'channel.close', notOpen, [methodFrame(7, 'channel.close', { replyCode: 200, replyText: 'amqpspec' })]],
  ['flow', 'channel.flow', notOpen, [methodFrame(7, 'channel.flow', { active: true })]],
];

/** Asks for a queue that does not exist, which is a channel exception; the server's close is not yet taken. */
function provoke(peer: Peer, channel: ProbeChannel): void {
  channel.send('queue.declare', { queue: peer.name(), passive: true });
}

/** Class channel: sections 2.2.5, 2.3.7, 4.3 and 4.8. */
export const channelChecks: readonly Check[] = [
  check('amqp091/channel/open', {
    title: 'channel.open is answered with open-ok',
    duties: ['amqp091/channel.open.open-ok:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      await connection.call(1, 'channel.open', {}, 'channel.open-ok');
    },
  }),
  check('amqp091/channel/open-twice', {
    title: 'Opening an open channel is a channel-error of the connection',
    duties: ['amqp091/channel.open.state:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.send('channel.open');
      await channel.connection.answersTo('amqp091/channel.open.state:enforce');
    },
  }),
  ...unopened.map(([slug, title, duty, frames]) =>
    check(`amqp091/channel/unopened-${slug}`, {
      title: `${title} on a channel that was never opened closes the connection`,
      duties: [duty],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        sendFrames(channel, ...frames);
        await channel.connection.answersTo(duty);
      },
    }),
  ),
  check('amqp091/channel/use-after-close', {
    title: 'A method on a channel that was closed is a channel-error of the connection',
    duties: [notOpen],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      await channel.close();
      sendFrames(channel, methodFrame(channel.number, 'basic.qos', { prefetchCount: 1 }));
      await channel.connection.answersTo(notOpen);
    },
  }),
  check('amqp091/channel/close', {
    title: 'channel.close is answered with close-ok',
    duties: ['amqp091/channel.close.close-ok:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      await channel.call('channel.close', { replyCode: 200, replyText: 'amqpspec' }, 'channel.close-ok');
    },
  }),
  check('amqp091/channel/silent-after-close', {
    title: 'Nothing more comes on a channel after close-ok, however busy its consumer was',
    duties: ['amqp091/channel.not-open:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(50));
      await channel.consume(queue);
      await channel.close();
      const other = await channel.connection.channel(channel.number + 1);
      await other.barrier();
    },
  }),
  check('amqp091/channel/number-reused', {
    title: 'The number of a closed channel can be opened again and again',
    duties: ['amqp091/channel.close.reuse:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      for (let time = 0; time < 20; time++) await (await connection.channel(1)).close();
    },
  }),
  check('amqp091/channel/nothing-inherited', {
    title: 'A channel opened again has no consumers of the one before',
    duties: ['amqp091/channel.close.reuse:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      const first = await connection.channel(1);
      const queue = await first.queue();
      await first.consume(queue);
      await first.close();
      const second = await connection.channel(1);
      second.publish({ routingKey: queue, body: 'kept' });
      await second.barrier(['basic.deliver']);
      const message = await second.get(queue);
      peer.require(message !== null, 'The message went to a consumer of the closed channel.');
    },
  }),
  check('amqp091/channel/number-reused-after-exception', {
    title: 'The number of a channel that an exception closed can be opened again',
    duties: ['amqp091/channel.close.reuse:emit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      provoke(peer, channel);
      await channel.expect('channel.close');
      channel.send('channel.close-ok');
      const again = await channel.connection.channel(channel.number);
      await again.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
    },
  }),
  check('amqp091/channel/exception-code-and-text', {
    title: 'A channel exception carries a defined code and a text',
    duties: ['amqp091/channel.close.reply-code:emit', 'amqp091/channel.close.reply-text:emit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      provoke(peer, channel);
      const { args } = await channel.expect('channel.close');
      peer.require(args.replyCode in replyCodes, `The reply code is ${args.replyCode}.`, 'amqp091/channel.close.reply-code:emit');
      peer.require(args.replyText !== '', 'The reply text is empty.', 'amqp091/channel.close.reply-text:emit');
    },
  }),
  check('amqp091/channel/exception-failing-method', {
    title: 'A channel exception names the class and method that provoked it',
    duties: ['amqp091/channel.close.failing-method:emit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      provoke(peer, channel);
      const { classId, methodId } = (await channel.expect('channel.close')).args;
      peer.require(classId === 50 && methodId === 10, `The close names class ${classId} and method ${methodId}, not queue.declare.`);
    },
  }),
  check('amqp091/channel/exception-spares-others', {
    title: 'A channel exception leaves the other channels of the connection open',
    duties: ['amqp091/4.8.1.soft-error:emit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await other.queue();
      provoke(peer, channel);
      await channel.expect('channel.close');
      channel.send('channel.close-ok');
      other.publish({ routingKey: queue });
      await other.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
      await other.connection.channel();
    },
  }),
  check('amqp091/channel/discards-after-close', {
    title: 'What follows the cause of a channel exception is discarded until close-ok',
    duties: ['amqp091/channel.close.stability:emit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = peer.name();
      provoke(peer, channel);
      channel.send('queue.declare', { queue });
      await channel.expect('channel.close');
      channel.send('queue.declare', { queue });
      channel.send('channel.close-ok');
      const view = await queueView(peer, channel.connection, queue);
      peer.require(view.kind === 'refused' && view.code === 404, 'The server declared a queue that it should have discarded.');
    },
  }),
  check('amqp091/channel/close-crossing', {
    title: 'A channel.close that crosses the server’s own is answered with close-ok',
    duties: ['amqp091/channel.close.stability:emit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      provoke(peer, channel);
      channel.send('channel.close', { replyCode: 200, replyText: 'amqpspec' });
      await channel.expect('channel.close');
      await channel.expect('channel.close-ok');
      channel.send('channel.close-ok');
    },
  }),
  check('amqp091/channel/independent', {
    title: 'Requests on several channels are each answered on their own',
    duties: ['amqp091/4.3.multiple-channels:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      const channels = [await connection.channel(), await connection.channel(), await connection.channel()];
      const names = channels.map(() => peer.name());
      channels.forEach((channel, at) => {
        channel.send('queue.declare', { queue: names[at] ?? '', exclusive: true });
      });
      for (const [at, channel] of [...channels.entries()].reverse()) {
        const { args } = await channel.expect('queue.declare-ok');
        peer.require(args.queue === names[at], `Channel ${channel.number} got the answer for ${args.queue}.`);
      }
    },
  }),
  check('amqp091/channel/unsolicited-flow-ok', {
    title: 'What becomes of a flow-ok that nobody asked for',
    duties: ['amqp091/channel.unsolicited-reply:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      sendFrames(channel, methodFrame(channel.number, 'channel.flow-ok', { active: true }), methodFrame(channel.number, 'basic.qos'));
      const seen = await channel.connection.next();
      peer.measure('flow-ok without flow', describeSeen(seen));
    },
  }),
];
