import type { Peer } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { pattern, same } from '../amqp091/frames.ts';
import { settle } from './books.ts';
import { drain, drainTexts, durable, durableQueue, named, only, persistent, publishAll } from './scenes.ts';
import { securing } from './secured.ts';

const kept = 'amqp091/basic.persistent-restored:emit';
const order = 'amqp091/4.7.order:emit';

/** Every property that a broker takes no interest in; the user's identity is a matter of its own. */
const every: BasicProperties = {
  contentType: 'text/plain',
  contentEncoding: 'identity',
  headers: fieldTable({ text: 'ä€', number: 4, yes: true, no: false }),
  deliveryMode: 2,
  priority: 3,
  correlationId: 'correlation',
  replyTo: 'reply',
  messageId: 'message',
  timestamp: 1_700_000_000n,
  type: 'kind',
  appId: 'suite',
};

/** Properties as text, each in its place. */
function plain(properties: BasicProperties): string {
  const { headers = [], ...rest } = properties;
  // The fields of a table have no order.
  const sorted = [...headers].sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ ...rest, headers: sorted }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** What of messages outlives the server. */
export const durableMessageChecks = [
  ...durable('message/properties', {
    title: 'A persistent message is there with all its properties and headers',
    duties: ['amqp091/3.1.1.properties-intact:emit', kept],
    async run(peer: Peer) {
      const { channel: before, take, duty } = await securing(peer);
      const queue = await durableQueue(peer, before);
      await take(2, channel => {
        for (let count = 0; count < 2; count += 1) channel.publish({ routingKey: queue, properties: every, body: 'whole' });
      });
      const sent = await (await peer.channel()).get(queue, { noAck: true });
      peer.require(sent !== null, 'The message was not there before the outage.');
      await peer.outage();
      const [found] = await drain(await peer.channel(), queue);
      peer.require(found !== undefined, 'The message is lost.', duty);
      const [earlier, behind] = [plain(sent.properties), plain(found.properties)];
      peer.require(behind === earlier, `The properties of the message were ${earlier} and came back as ${behind}.`, 'amqp091/3.1.1.properties-intact:emit');
      peer.require(found.method.args.exchange === '' && found.method.args.routingKey === queue, 'Exchange or routing key of the message changed.');
    },
  }),
  ...durable('message/bodies', {
    title: 'Bodies of all sizes, from none to many frames, are there octet by octet',
    duties: ['amqp091/3.1.1.body-intact:emit', kept],
    async run(peer: Peer, outage) {
      const { channel: before, take, duty } = await securing(peer);
      const queue = await durableQueue(peer, before);
      const sizes = [0, 1, 4_095, 4_096, 100_000, 400_000];
      await take(sizes.length, channel => {
        for (const size of sizes) channel.publish({ routingKey: queue, properties: persistent, body: pattern(size) });
      });
      await peer.outage();
      const found = await drain(await peer.channel(), queue);
      const attempted = sizes.map(String);
      settle(
        peer,
        'bodies of all sizes',
        { outage, attempted, confirmed: attempted },
        found.map(({ body }) => String(body.length)),
        { lost: duty, unexpected: 'amqp091/3.1.1.body-intact:emit' },
      );
      peer.require(
        found.every(({ body }) => same(body, pattern(body.length))),
        'The body of a message came back changed.',
      );
    },
  }),
  ...durable('message/several-queues', {
    title: 'A message for three queues is in each of them once',
    duties: [kept],
    async run(peer: Peer, outage) {
      const { channel: before, take, duty } = await securing(peer);
      const exchange = await before.exchange('fanout', { durable: true });
      const queues = [await durableQueue(peer, before), await durableQueue(peer, before), await durableQueue(peer, before)];
      for (const queue of queues) await before.bind(queue, exchange);
      const bodies = named(20);
      await take(bodies.length, channel => publishAll(channel, bodies, { exchange, routingKey: '' }));
      await peer.outage();
      const channel = await peer.channel();
      const inEach = (all: readonly string[], at: number) => all.map(name => `${name} in ${at}`);
      const attempted = queues.flatMap((_, at) => inEach(bodies, at));
      const found: string[] = [];
      for (const [at, queue] of queues.entries()) found.push(...inEach(await drainTexts(channel, queue), at));
      settle(peer, 'one message for three queues', { outage, attempted, confirmed: attempted }, found, { lost: duty, reordered: order });
    },
  }),
  only('stop', 'message/unconfirmed', {
    title: 'Persistent messages are there without having been confirmed',
    duties: ['amqp091/basic.persistent-restored:emit', order],
    async run(peer: Peer, outage) {
      const before = await peer.channel();
      const queue = await durableQueue(peer, before);
      const attempted = named(50);
      publishAll(before, attempted, { routingKey: queue });
      await before.barrier();
      await peer.outage();
      const found = await drainTexts(await peer.channel(), queue);
      settle(peer, 'persistent, not confirmed', { outage, attempted, confirmed: attempted }, found, { reordered: order });
    },
  }),
  ...durable('message/transient', {
    title: 'Transient messages in a durable queue may be lost, and persistent ones between them are there',
    duties: ['amqp091/basic.transient-dropped:permit', kept, order],
    async run(peer: Peer, outage) {
      const { channel: before, take, duty } = await securing(peer);
      const queue = await durableQueue(peer, before);
      const attempted = named(50);
      const isKept = (at: number) => at % 5 === 0;
      await take(attempted.length, channel => {
        for (const [at, body] of attempted.entries()) channel.publish({ routingKey: queue, properties: { deliveryMode: isKept(at) ? 2 : 1 }, body });
      });
      await peer.outage();
      const found = await drainTexts(await peer.channel(), queue);
      const owed = attempted.filter((_, at) => isKept(at));
      peer.measure(`transient messages that outlived the server (${outage})`, found.filter(name => !owed.includes(name)).length);
      settle(peer, 'persistent between transient', { outage, attempted, confirmed: owed }, found, { lost: duty, reordered: order });
    },
  }),
];
