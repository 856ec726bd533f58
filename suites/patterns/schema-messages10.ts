import { gunzipSync, gzipSync } from 'node:zlib';
import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import type { AmqpValue, Message, MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { carried, crossing, receiverOf, senderOf, to10, to091 } from '../amqp10/crossing.ts';
import { passage, passed, sendTo } from '../amqp10/passage.ts';
import { type Format, kits, type SchemaKit } from './schemas/schema-kit.ts';

const intact: DutyId = 'amqp10/3.2.6.data:emit';
const unaltered: DutyId = 'amqp10/3.2.4.properties-unaltered:emit';
const named: DutyId = 'amqp10/3.2.5.application-properties:emit';
const bodyTo10: DutyId = 'amqp10/conversion.body-to-10:emit';
const bodyTo091: DutyId = 'amqp10/conversion.body-to-091:emit';

function draftOf(kit: SchemaKit, body: Uint8Array, more: MessageDraft['properties'] = {}): MessageDraft {
  return {
    properties: { contentType: kit.contentType, ...more },
    applicationProperties: Object.entries(kit.headers).map(([name, value]) => [name, { type: 'string', value } as AmqpValue]),
    body: { type: 'data', value: [body] },
  };
}

/** Fails unless octets are those that were sent, and of the schema. */
function requireOctets(peer: Peer, kit: SchemaKit, came: Uint8Array | undefined, sent: Uint8Array, duty: DutyId): void {
  peer.require(
    came !== undefined && Buffer.compare(came, sent) === 0,
    `A body of ${sent.length} octets came with ${came?.length ?? 'no'} octets, or with others.`,
    duty,
  );
  const refusal = kit.refuses(came);
  peer.require(refusal === undefined, `What was delivered is no message of its schema: ${refusal}.`, duty);
}

/** The same of a message, which says besides which schema it is of. */
function requireSame(peer: Peer, kit: SchemaKit, { body, properties, applicationProperties }: Message, sent: Uint8Array): void {
  requireOctets(peer, kit, body?.type === 'data' ? Buffer.concat(body.value) : undefined, sent, intact);
  peer.require(properties?.contentType === kit.contentType, `The content-type came as ${properties?.contentType ?? 'nothing'}.`, unaltered);
  for (const [name, value] of Object.entries(kit.headers)) {
    const came = applicationProperties?.find(([key]) => key === name)?.[1];
    peer.require(came?.type === 'string' && came.value === value, `The application property ${name} came otherwise than it was sent.`, named);
  }
}

/** Bodies of messages that a seed decides, of no lines and of a few. */
const some = (peer: Peer, kit: SchemaKit, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, at) => kit.body(() => peer.random(), at % 6));

interface Journey {
  readonly title: string;
  readonly duties?: Check['duties'];
  readonly crosses?: true;
  readonly worstMs?: number;
  readonly run: (peer: Peer, kit: SchemaKit) => Promise<void>;
}

/** How messages of a schema travel, by the slug of the check. */
const journeys: Readonly<Record<string, Journey>> = {
  received: {
    title: 'are the same octets, legal by their schema and named as such when a receiver gets them',
    async run(peer: Peer, kit) {
      const links = await passage(peer, { credit: 20 });
      for (const body of some(peer, kit, 20)) requireSame(peer, kit, (await passed(peer, draftOf(kit, body), links)).message, body);
    },
  },
  redelivered: {
    title: 'are the same octets when they are received, released, and received again',
    async run(peer: Peer, kit) {
      const { sender, receiver } = await passage(peer, { credit: 0 });
      const bodies = some(peer, kit, 5);
      for (const body of bodies) await sendTo(peer, sender, draftOf(kit, body));
      for (const body of bodies) {
        receiver.credit(1);
        const first = await receiver.receive();
        requireSame(peer, kit, first.message, body);
        first.release();
        receiver.credit(1);
        const again = await receiver.receive();
        requireSame(peer, kit, again.message, body);
        again.accept();
      }
    },
  },
  large: {
    title: 'of four thousand lines are the same octets, and legal, after several frames',
    worstMs: 2000,
    async run(peer: Peer, kit) {
      const body = kit.body(() => peer.random(), 4000);
      requireSame(peer, kit, (await passed(peer, draftOf(kit, body), await passage(peer))).message, body);
    },
  },
  smallest: {
    title: 'that are as short as the schema allows, empty ones included, come between others',
    async run(peer: Peer, kit) {
      const links = await passage(peer);
      for (const body of [kit.smallest(), kit.body(() => peer.random(), 2), kit.smallest(), kit.smallest()]) {
        requireSame(peer, kit, (await passed(peer, draftOf(kit, body), links)).message, body);
      }
    },
  },
  compressed: {
    title: 'under content-encoding gzip are opaque: the same octets come, and unpacked they are legal',
    async run(peer: Peer, kit) {
      const links = await passage(peer);
      for (const body of some(peer, kit, 5)) {
        const packed = new Uint8Array(gzipSync(body));
        const { message } = await passed(peer, draftOf(kit, packed, { contentEncoding: 'gzip' }), links);
        const came = message.body?.type === 'data' ? Buffer.concat(message.body.value) : new Uint8Array(0);
        peer.require(Buffer.compare(came, packed) === 0, `A compressed body of ${packed.length} octets came changed, with ${came.length} octets.`, intact);
        peer.require(
          message.properties?.contentEncoding === 'gzip',
          `The content-encoding came as ${message.properties?.contentEncoding ?? 'nothing'}.`,
          unaltered,
        );
        requireOctets(peer, kit, gunzipSync(came), body, intact);
      }
    },
  },
  'to-10': {
    title: 'that 0-9-1 publishes are the same octets, and legal, for a receiver of 1.0',
    duties: [bodyTo10],
    crosses: true,
    async run(peer: Peer, kit) {
      const x = await crossing(peer);
      const receiver = await receiverOf(x);
      for (const body of some(peer, kit, 6)) {
        const { message } = await to10(x, receiver, { contentType: 'application/octet-stream', headers: fieldTable(kit.headers) }, body);
        requireOctets(peer, kit, carried(message), body, bodyTo10);
      }
    },
  },
  'to-091': {
    title: 'that 1.0 sends are the same octets, and legal, for a consumer of 0-9-1',
    duties: [bodyTo091],
    crosses: true,
    async run(peer: Peer, kit) {
      const x = await crossing(peer);
      await x.channel.consume(x.queue, { noAck: true });
      const sender = await senderOf(x);
      for (const body of some(peer, kit, 6)) requireOctets(peer, kit, (await to091(peer, x, sender, draftOf(kit, body))).body, body, bodyTo091);
    },
  },
};

const usual: Check['duties'] = [intact, unaltered, named];

const titles: Readonly<Record<Format, string>> = { json: 'JSON Schema', avro: 'Avro', protobuf: 'Protobuf' };

/** Messages of 1.0 whose properties name a schema that their bodies are made by. */
export const schemaMessage10Checks = (Object.keys(titles) as readonly Format[]).flatMap(format =>
  Object.entries(journeys).map(([slug, { title, duties = usual, crosses, worstMs, run }]) =>
    check(`amqp10/schema/${format}/${slug}`, {
      title: `Messages of 1.0 of a schema in ${titles[format]} ${title}`,
      duties,
      ...(crosses === true && { crosses }),
      ...(worstMs !== undefined && { worstMs }),
      prepare: kits[format],
      run: async peer => run(peer, await kits[format]()),
    }),
  ),
);
