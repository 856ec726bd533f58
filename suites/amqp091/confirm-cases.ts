import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { confirming, requireConfirmed } from './confirming.ts';
import { fill, numbered, queueHolds } from './observations.ts';

const capabilities = ['publisher_confirms'] as const;

/** Class confirm: what becomes of a message makes no difference to whether it is confirmed. */
export const confirmCaseChecks: readonly Check[] = [
  check('amqp091/confirm/all/transient', {
    title: 'Transient messages in a durable queue are confirmed, also between persistent ones',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      for (const body of numbered(8)) channel.publish({ routingKey: queue, properties: { deliveryMode: (Number(body) % 2) + 1 }, body });
      await requireConfirmed(peer, channel, 8);
    },
  }),
  check('amqp091/confirm/all/sizes', {
    title: 'Messages without a body and of several frames are confirmed',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    departs: true,
    async run(peer) {
      const channel = await confirming(peer);
      const routingKey = await channel.queue();
      for (const size of [0, 300_000, 1]) channel.publish({ routingKey, body: new Uint8Array(size) });
      await requireConfirmed(peer, channel, 3);
    },
  }),
  check('amqp091/confirm/all/consumed', {
    title: 'Messages that go to a consumer at once are confirmed, acknowledged or not',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const [automatic, explicit] = [await channel.queue(), await channel.queue()];
      await channel.consume(automatic, { noAck: true });
      await channel.consume(explicit);
      for (const routingKey of [automatic, explicit, automatic, explicit]) channel.publish({ routingKey, body: 'x' });
      await requireConfirmed(peer, channel, 4);
    },
  }),
  check('amqp091/confirm/all/expired', {
    title: 'Messages that expire at once are confirmed',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const routingKey = await channel.queue();
      for (const expiration of ['0', '1', '0']) channel.publish({ routingKey, properties: { expiration }, body: 'x' });
      await requireConfirmed(peer, channel, 3);
    },
  }),
  check('amqp091/confirm/all/queue-deleted', {
    title: 'Messages whose queue is deleted behind them are confirmed, and so are later ones that find none',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const queue = await channel.queue();
      fill(channel, queue, numbered(5));
      channel.send('queue.delete', { queue });
      fill(channel, queue, numbered(2));
      await channel.expect('queue.delete-ok');
      await requireConfirmed(peer, channel, 7);
    },
  }),
  check('amqp091/confirm/all/binding-gone', {
    title: 'Messages to an exchange whose only queue is gone are confirmed',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const [exchange, queue] = [await channel.exchange('fanout'), await channel.queue()];
      await channel.bind(queue, exchange);
      channel.publish({ exchange, body: 'x' });
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      for (const body of numbered(2)) channel.publish({ exchange, body });
      await requireConfirmed(peer, channel, 3);
    },
  }),
  check('amqp091/confirm/all/foreign-queue', {
    title: 'Messages to an exclusive queue of another connection are confirmed',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const [channel, other] = [await confirming(peer), await peer.channel()];
      const queue = await other.queue();
      fill(channel, queue, numbered(3));
      await requireConfirmed(peer, channel, 3);
      await queueHolds(peer, other, queue, 3);
    },
  }),
  check('amqp091/confirm/all/many', {
    title: 'A thousand messages sent without waiting, persistent or not, routed or not, are each confirmed once',
    duties: ['amqp091/confirm.all-messages:emit', 'amqp091/confirm.once:emit'],
    capabilities,
    worstMs: 4000,
    departs: true,
    async run(peer) {
      const channel = await confirming(peer);
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      const nowhere = peer.name('nobody');
      for (let number = 1; number <= 1000; number += 1) {
        channel.publish({ routingKey: number % 5 === 0 ? nowhere : queue, properties: { deliveryMode: (number % 3) + 1 > 2 ? 2 : 1 }, body: `${number}` });
      }
      await requireConfirmed(peer, channel, 1000);
      await queueHolds(peer, channel, queue, 800);
      await channel.barrier(['basic.ack', 'basic.nack']);
    },
  }),
  check('amqp091/confirm/once/bound-twice', {
    title: 'A message that reaches one queue by two bindings is confirmed once',
    duties: ['amqp091/confirm.once:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const [exchange, queue, second] = [await channel.exchange('topic'), await channel.queue(), await channel.queue()];
      for (const key of ['#', 'a.*', 'a.b']) await channel.bind(queue, exchange, key);
      await channel.bind(second, exchange, '*.b');
      for (const body of numbered(3)) channel.publish({ exchange, routingKey: 'a.b', body });
      await requireConfirmed(peer, channel, 3);
      await queueHolds(peer, channel, queue, 3);
      await channel.barrier(['basic.ack', 'basic.nack']);
    },
  }),
  check('amqp091/confirm/sequence/reopened', {
    title: 'A channel that is opened again confirms nothing until it is selected, and then begins at 1',
    duties: ['amqp091/confirm.sequence:emit', 'amqp091/confirm.unselected:emit'],
    capabilities,
    async run(peer) {
      const before = await confirming(peer);
      const queue = await before.queue();
      fill(before, queue, numbered(4));
      await requireConfirmed(peer, before, 4);
      await before.close();
      const channel = await before.connection.channel(before.number);
      fill(channel, queue, numbered(3));
      await channel.barrier(['basic.ack', 'basic.nack']);
      await channel.call('confirm.select', {}, 'confirm.select-ok');
      fill(channel, queue, numbered(2));
      await requireConfirmed(peer, channel, 2);
    },
  }),
  check('amqp091/confirm/sequence/interleaved', {
    title: 'Channels that publish in turn are confirmed each by its own numbers',
    duties: ['amqp091/confirm.sequence:emit'],
    capabilities,
    async run(peer) {
      const one = await confirming(peer);
      const two = await one.connection.channel();
      await two.call('confirm.select', {}, 'confirm.select-ok');
      const queue = await one.queue();
      for (const body of numbered(6)) fill(Number(body) % 3 === 0 ? two : one, queue, [body]);
      await requireConfirmed(peer, one, 4);
      await requireConfirmed(peer, two, 2);
      for (const channel of [one, two]) await channel.barrier(['basic.ack', 'basic.nack']);
    },
  }),
  check('amqp091/confirm/sequence/returned', {
    title: 'Returned messages have numbers like all others',
    duties: ['amqp091/confirm.sequence:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const queue = await channel.queue();
      for (const body of numbered(6)) channel.publish({ routingKey: Number(body) % 2 === 0 ? queue : peer.name('nobody'), mandatory: true, body });
      await requireConfirmed(peer, channel, 6);
      for (let returns = 0; returns < 3; returns += 1) await channel.arrival('basic.return');
      await queueHolds(peer, channel, queue, 3);
    },
  }),
  check('amqp091/confirm/return-first/each', {
    title: 'Among many messages each one that is returned is returned before it is confirmed',
    duties: ['amqp091/confirm.return-first:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await confirming(peer);
      const queue = await channel.queue();
      const count = 12;
      for (let number = 1; number <= count; number += 1) {
        channel.publish({ routingKey: number % 3 === 0 ? peer.name('nobody') : queue, mandatory: true, properties: { messageId: `${number}` }, body: 'x' });
      }
      const returned = new Set<bigint>();
      const open = new Set(Array.from({ length: count }, (_, index) => BigInt(index + 1)));
      while (open.size > 0) {
        const seen = await channel.connection.next();
        peer.require(seen.kind === 'method', `Something else than returns and confirms came: ${seen.kind}.`);
        const { name, args } = seen.method;
        peer.require(name === 'basic.return' || name === 'basic.ack', `Something else than returns and confirms came: ${name}.`);
        if (name === 'basic.return') returned.add(BigInt(seen.arrival?.properties.messageId ?? '0'));
        const upTo = name === 'basic.ack' ? args.deliveryTag : -1n;
        const covered = [...open].filter(tag => tag === upTo || (name === 'basic.ack' && args.multiple && (tag < upTo || upTo === 0n)));
        const early = covered.filter(tag => tag % 3n === 0n && !returned.has(tag));
        peer.require(early.length === 0, `Message ${early[0]} is confirmed before it is returned.`);
        for (const tag of covered) open.delete(tag);
      }
    },
  }),
];
