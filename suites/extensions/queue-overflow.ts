import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { fill, hold, numbered, queueHolds, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';
import { limited, requireHolds, tenOctets } from './lengths.ts';
import { headersOf } from './lifetimes.ts';

const capabilities = ['publisher_confirms'] as const;
const rejecting = ['reject-publish', 'reject-publish-dlx'] as const;

/** Takes confirms until every number up to `count` is told, and gives those that were refused. */
async function refusedOf(peer: Peer, channel: ProbeChannel, count: number): Promise<readonly number[]> {
  const open = new Set(numbered(count).map(Number));
  const refused: number[] = [];
  while (open.size > 0) {
    const seen = await channel.connection.next();
    peer.require(seen.kind === 'method', `Instead of a confirm came ${seen.kind}.`);
    const { method } = seen;
    peer.require(method.name === 'basic.ack' || method.name === 'basic.nack', `Instead of a confirm came ${method.name}.`);
    const { deliveryTag, multiple } = method.args;
    const told = [...open].filter(number => BigInt(number) === deliveryTag || (multiple && (deliveryTag === 0n || BigInt(number) < deliveryTag)));
    peer.require(told.length > 0, `A confirm names ${deliveryTag}, which is told already or was never published.`);
    for (const number of told) open.delete(number);
    if (method.name === 'basic.nack') refused.push(...told);
  }
  return refused.sort((a, b) => a - b);
}

async function confirming(peer: Peer): Promise<ProbeChannel> {
  const channel = await peer.channel();
  await channel.call('confirm.select', {}, 'confirm.select-ok');
  return channel;
}

/** What becomes of messages that find a queue full. */
export const queueOverflowChecks = [
  check('amqp091/queue-length/drop-head-confirms', {
    title: 'Messages that push others out of a full queue are all confirmed with an ack',
    duties: ['amqp091/queue-length.drop-head-confirms:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await confirming(peer);
      const queue = await queueWith(peer, channel, limited(2));
      fill(channel, queue, numbered(5));
      const refused = await refusedOf(peer, channel, 5);
      peer.require(refused.length === 0, `Messages ${refused.join(', ')} were confirmed with a nack.`);
    },
  }),
  ...rejecting.map(overflow =>
    check(`amqp091/queue-length/reject-publish/${overflow === 'reject-publish' ? 'messages' : 'messages-dlx'}`, {
      title: `A full queue with overflow ${overflow} keeps its messages, drops new ones, and takes some again when there is room`,
      duties: ['amqp091/queue-length.reject-publish:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        const queue = await queueWith(peer, channel, limited(2, overflow));
        fill(channel, queue, ['1', '2', 'one too many']);
        await requireHolds(peer, channel, queue, ['1', '2']);
        fill(channel, queue, ['3', '4', 'one too many again']);
        await requireHolds(peer, channel, queue, ['3', '4']);
      },
    }),
  ),
  check('amqp091/queue-length/reject-publish/octets', {
    title: 'A queue with overflow reject-publish takes nothing that would bring it above x-max-length-bytes',
    duties: ['amqp091/queue-length.reject-publish:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable({ 'x-max-length-bytes': 25, 'x-overflow': 'reject-publish' }));
      fill(channel, queue, [tenOctets('1'), tenOctets('2'), tenOctets('too long'), 'short']);
      await requireHolds(peer, channel, queue, [tenOctets('1'), tenOctets('2'), 'short']);
    },
  }),
  ...(['transient', 'persistent'] as const).map(kind =>
    check(`amqp091/queue-length/nack/${kind}`, {
      title: `The publisher of ${kind} messages gets a nack for each that a full queue does not take, and acks for the others`,
      duties: ['amqp091/queue-length.nack:emit'],
      capabilities,
      async run(peer: Peer) {
        const channel = await confirming(peer);
        const queue = await queueWith(peer, channel, limited(2, 'reject-publish'), { durable: true, exclusive: false });
        const properties = { deliveryMode: kind === 'persistent' ? 2 : 1 };
        for (const body of numbered(4)) channel.publish({ routingKey: queue, properties, body });
        const refused = await refusedOf(peer, channel, 4);
        requireTexts(peer, refused.map(String), ['3', '4'], 'Messages that were confirmed with a nack');
      },
    }),
  ),
  check('amqp091/queue-length/nack/one-of-many', {
    title: 'The publisher gets a nack when one queue of three is full',
    duties: ['amqp091/queue-length.nack:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await confirming(peer);
      const exchange = await channel.exchange('fanout');
      const full = await queueWith(peer, channel, limited(1, 'reject-publish'));
      for (const queue of [await channel.queue({ queue: peer.name() }), full, await channel.queue({ queue: peer.name() })]) await channel.bind(queue, exchange);
      for (const body of numbered(2)) channel.publish({ exchange, body });
      const refused = await refusedOf(peer, channel, 2);
      requireTexts(peer, refused.map(String), ['2'], 'Messages that were confirmed with a nack');
    },
  }),
  check('amqp091/queue-length/other-queues', {
    title: 'What a full queue does not take comes to the other queues all the same',
    duties: ['amqp091/queue-length.other-queues:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('fanout');
      const full = await queueWith(peer, channel, limited(1, 'reject-publish'));
      const roomy = [await channel.queue({ queue: peer.name() }), await channel.queue({ queue: peer.name() })];
      for (const queue of [full, ...roomy]) await channel.bind(queue, exchange);
      for (const body of numbered(3)) channel.publish({ exchange, body });
      for (const queue of roomy) await requireHolds(peer, channel, queue, numbered(3));
      await requireHolds(peer, channel, full, ['1']);
    },
  }),
  ...rejecting.map(overflow =>
    check(`amqp091/queue-length/${overflow}-letters`, {
      title: `What a full queue with overflow ${overflow} does not take is ${overflow === 'reject-publish' ? 'no dead letter' : 'a dead letter'}`,
      duties: ['amqp091/queue-length.reject-publish-dlx:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        const letters = await channel.queue({ queue: peer.name() });
        const toLetters = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': letters };
        const queue = await queueWith(peer, channel, fieldTable({ 'x-max-length': 1, 'x-overflow': overflow, ...toLetters }));
        fill(channel, queue, ['1', 'one too many']);
        await queueHolds(peer, channel, queue, 1);
        const { method } = await hold(peer, channel, queue);
        channel.send('basic.reject', { deliveryTag: method.args.deliveryTag });
        const wanted = overflow === 'reject-publish' ? ['1 rejected'] : ['one too many maxlen', '1 rejected'];
        const came = await takeAll(peer, channel, letters, wanted.length);
        requireTexts(
          peer,
          came.map(letter => `${textOf(letter)} ${String(headersOf(letter)['x-first-death-reason'])}`),
          wanted,
          'Dead letters',
        );
      },
    }),
  ),
];
