import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { numbered } from '../amqp091/observations.ts';
import { type Crossing, crossing, receiverOf, senderOf, textIn, to091 } from './crossing.ts';
import { bodyOf, sendTo } from './passage.ts';

const settled = 'amqp10/conversion.settled-by-091:emit';

/** How 0-9-1 gives back the message of that delivery tag. */
type GivesBack091 = (x: Crossing, deliveryTag: bigint) => Promise<void>;
const backBy091: Readonly<Record<string, { readonly title: string; readonly capabilities?: readonly string[]; readonly how: GivesBack091 }>> = {
  reject: { title: 'rejects with requeue', how: async ({ channel }, deliveryTag) => channel.send('basic.reject', { deliveryTag, requeue: true }) },
  closed: { title: 'has not acknowledged when its channel closes', how: ({ channel }) => channel.close() },
  cut: { title: 'has not acknowledged when its connection breaks', how: async ({ channel }) => channel.connection.destroy() },
};

/** What 0-9-1 does with messages of 1.0. */
export const crossSettledChecks = [
  check('amqp10/cross/settled/ack', {
    title: 'A message of 1.0 that 0-9-1 acknowledges is retired from the queue',
    duties: [settled],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.consume(x.queue);
      const { method } = await to091(peer, x, await senderOf(x), bodyOf('acknowledged'));
      x.channel.send('basic.ack', { deliveryTag: method.args.deliveryTag });
      await x.channel.close();
      const receiver = await receiverOf(x, 1);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/cross/settled/ack-multiple', {
    title: 'One acknowledgement of 0-9-1 for several messages of 1.0 retires each of them',
    duties: [settled],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const sender = await senderOf(x);
      await x.channel.consume(x.queue);
      for (const body of numbered(3)) await to091(peer, x, sender, bodyOf(body));
      x.channel.send('basic.ack', { deliveryTag: 2n, multiple: true });
      await x.channel.close();
      const receiver = await receiverOf(x);
      const came = textIn(await receiver.receive());
      peer.require(came === '3', `Expected the message that was not acknowledged, got ${came}.`);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/cross/settled/no-ack', {
    title: 'A message of 1.0 that 0-9-1 consumes without acknowledgements is retired from the queue',
    duties: [settled],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.consume(x.queue, { noAck: true });
      await to091(peer, x, await senderOf(x), bodyOf('taken'));
      await x.channel.close();
      await (await receiverOf(x, 1)).barrier(['transfer']);
    },
  }),
  check('amqp10/cross/settled/dropped', {
    title: 'A message of 1.0 that 0-9-1 rejects without requeue does not come again',
    duties: [settled],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.consume(x.queue);
      const sender = await senderOf(x);
      const { method } = await to091(peer, x, sender, bodyOf('refused'));
      x.channel.send('basic.reject', { deliveryTag: method.args.deliveryTag, requeue: false });
      await x.channel.close();
      await sendTo(peer, sender, bodyOf('next'));
      const came = textIn(await (await receiverOf(x, 1)).receive());
      peer.require(came === 'next', `Expected the next message, got ${came}.`);
    },
  }),
  check('amqp10/cross/settled/dead-letter', {
    title: 'A message of 1.0 that 0-9-1 rejects without requeue goes where the queue lets its dead letters go',
    duties: [settled],
    crosses: true,
    async run(peer: Peer) {
      const grave = await crossing(peer);
      const x = await crossing(peer, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': grave.queue }));
      await x.channel.consume(x.queue);
      const { method } = await to091(peer, x, await senderOf(x), bodyOf('letter'));
      x.channel.send('basic.reject', { deliveryTag: method.args.deliveryTag, requeue: false });
      const came = textIn(await (await receiverOf(grave, 1)).receive());
      peer.require(came === 'letter', `Expected the dead letter, got ${came}.`);
    },
  }),
  ...Object.entries(backBy091).map(([slug, { title, how }]) =>
    check(`amqp10/cross/settled/${slug}`, {
      title: `A message that 0-9-1 ${title} is there for 1.0, and not as first acquired`,
      duties: [settled],
      crosses: true,
      async run(peer: Peer) {
        const x = await crossing(peer);
        await x.channel.consume(x.queue);
        const { method } = await to091(peer, x, await senderOf(x), bodyOf('back'));
        if (slug === 'reject') await x.channel.call('basic.cancel', { consumerTag: method.args.consumerTag }, 'basic.cancel-ok');
        await how(x, method.args.deliveryTag);
        const delivery = await (await receiverOf(x, 1)).receive();
        peer.require(textIn(delivery) === 'back', `Expected the message that was given back, got ${textIn(delivery)}.`);
        peer.require(delivery.message.header?.firstAcquirer !== true, 'A message that 0-9-1 had before came by 1.0 as first acquired.');
      },
    }),
  ),
  check('amqp10/cross/settled/unspoilt', {
    title: 'A message of 1.0 that nobody had comes to 0-9-1 as not redelivered',
    duties: [settled],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.consume(x.queue, { noAck: true });
      const { method } = await to091(peer, x, await senderOf(x), bodyOf('new'));
      peer.require(!method.args.redelivered, 'A message that nobody had came as redelivered.');
    },
  }),
];
