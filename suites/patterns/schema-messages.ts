import { gunzipSync, gzipSync } from 'node:zlib';
import { check } from '../../harness/check/check.ts';
import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { fieldTable, plain } from '../../harness/wire/amqp091/field-table.ts';
import { deliveries, hold, requireTexts, takeAll } from '../amqp091/observations.ts';
import { type Format, kits, type SchemaKit } from './schemas/schema-kit.ts';

const intact: DutyId = 'amqp091/3.1.1.body-intact:emit';
const properties: DutyId = 'amqp091/3.1.1.properties-intact:emit';

function propertiesOf(kit: SchemaKit, more: BasicProperties = {}): BasicProperties {
  return { contentType: kit.contentType, headers: fieldTable(kit.headers), ...more };
}

/** Fails unless a message has the body that was sent, says which schema it is of, and is of it. */
function requireSame(peer: Peer, kit: SchemaKit, came: Arrival | undefined, sent: Uint8Array): void {
  const body = came?.body ?? new Uint8Array();
  peer.require(
    came !== undefined && Buffer.compare(body, sent) === 0,
    `A body of ${sent.length} octets came with ${body.length} octets, or with others.`,
    intact,
  );
  const refusal = kit.refuses(body);
  peer.require(refusal === undefined, `What was delivered is no message of its schema: ${refusal}.`, intact);
  const named = labels(came.properties.contentType, plain(came.properties.headers ?? []));
  peer.require(named === labels(kit.contentType, kit.headers), `Content-type and headers came as ${named}.`, properties);
}

/** A text that is the same for the same labels, in whatever order. */
function labels(contentType: string | undefined, headers: Readonly<Record<string, unknown>>): string {
  return [contentType, ...Object.entries(headers).map(([name, value]) => `${name} ${value}`)].toSorted().join(', ');
}

function send(channel: ProbeChannel, kit: SchemaKit, bodies: readonly Uint8Array[], to: { readonly exchange?: string; readonly routingKey?: string }): void {
  for (const body of bodies) channel.publish({ ...to, properties: propertiesOf(kit), body });
}

/** Bodies of messages that a seed decides, of no lines and of a few. */
const some = (peer: Peer, kit: SchemaKit, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, at) => kit.body(() => peer.random(), at % 6));

const titles: Readonly<Record<Format, string>> = { json: 'JSON Schema', avro: 'Avro', protobuf: 'Protobuf' };

/** How messages of a schema travel, by the slug of the check. */
const journeys: Readonly<Record<string, { readonly title: string; readonly worstMs?: number; readonly run: (peer: Peer, kit: SchemaKit) => Promise<void> }>> = {
  consumed: {
    title: 'are the same octets, legal by their schema and named as such when a consumer gets them',
    async run(peer, kit) {
      const [publisher, consumer] = [await peer.channel(), await peer.channel()];
      const queue = await consumer.queue();
      await consumer.consume(queue, { noAck: true });
      const bodies = some(peer, kit, 20);
      const shared = await publisher.exchange('fanout');
      await consumer.bind(queue, shared);
      send(publisher, kit, bodies, { exchange: shared });
      for (const [at, came] of (await deliveries(consumer, bodies.length)).entries()) requireSame(peer, kit, came, bodies[at] ?? new Uint8Array());
    },
  },
  redelivered: {
    title: 'are the same octets when they are got, given back, and got again',
    async run(peer, kit) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const bodies = some(peer, kit, 5);
      send(channel, kit, bodies, { routingKey: queue });
      for (const body of bodies) requireSame(peer, kit, await hold(peer, channel, queue), body);
      await channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
      const again = await takeAll(peer, channel, queue, bodies.length);
      for (const [at, body] of bodies.entries()) requireSame(peer, kit, again[at], body);
      requireTexts(
        peer,
        again.map(({ method }) => `${method.args.redelivered}`),
        bodies.map(() => 'true'),
        'Marks of redelivery',
      );
    },
  },
  'many-queues': {
    title: 'are the same octets in each of the queues that a fanout exchange puts them into',
    async run(peer, kit) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('fanout');
      const queues = [await channel.queue(), await channel.queue(), await channel.queue()];
      for (const queue of queues) await channel.bind(queue, exchange);
      const bodies = some(peer, kit, 5);
      send(channel, kit, bodies, { exchange });
      for (const queue of queues) {
        const came = await takeAll(peer, channel, queue, bodies.length);
        for (const [at, body] of bodies.entries()) requireSame(peer, kit, came[at], body);
      }
    },
  },
  large: {
    title: 'of four thousand lines are the same octets, and legal, after several frames',
    worstMs: 2000,
    async run(peer, kit) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const body = kit.body(() => peer.random(), 4000);
      send(channel, kit, [body], { routingKey: queue });
      requireSame(peer, kit, (await takeAll(peer, channel, queue, 1))[0], body);
    },
  },
  smallest: {
    title: 'that are as short as the schema allows, empty ones included, come between others',
    async run(peer, kit) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const bodies = [kit.smallest(), kit.body(() => peer.random(), 2), kit.smallest(), kit.smallest()];
      send(channel, kit, bodies, { routingKey: queue });
      const came = await takeAll(peer, channel, queue, bodies.length);
      for (const [at, body] of bodies.entries()) requireSame(peer, kit, came[at], body);
    },
  },
  compressed: {
    title: 'under content-encoding gzip are opaque: the same compressed octets come, and what is in them is legal',
    async run(peer: Peer, kit) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const bodies = some(peer, kit, 5);
      const packed = bodies.map(body => gzipSync(body));
      for (const body of packed) channel.publish({ routingKey: queue, properties: propertiesOf(kit, { contentEncoding: 'gzip' }), body });
      for (const [at, came] of (await takeAll(peer, channel, queue, packed.length)).entries()) {
        const same = Buffer.compare(came.body, packed[at] ?? new Uint8Array()) === 0;
        peer.require(same, `A compressed body of ${packed[at]?.length} octets came changed, with ${came.body.length} octets.`, intact);
        peer.require(came.properties.contentEncoding === 'gzip', `Content-encoding came as ${came.properties.contentEncoding ?? 'nothing'}.`, properties);
        requireSame(peer, kit, { ...came, body: gunzipSync(came.body) }, bodies[at] ?? new Uint8Array());
      }
    },
  },
};

/** Messages whose properties name a schema that their bodies are made by. */
export const schemaMessageChecks = (Object.keys(titles) as readonly Format[]).flatMap(format =>
  Object.entries(journeys).map(([slug, { title, worstMs, run }]) =>
    check(`amqp091/schema/${format}/${slug}`, {
      title: `Messages of a schema in ${titles[format]} ${title}`,
      duties: [intact, properties],
      ...(worstMs !== undefined && { worstMs }),
      prepare: kits[format],
      run: async peer => run(peer, await kits[format]()),
    }),
  ),
);
