import type { Check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import type { CompositeFields, MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { decodeMessage, isViolation } from '../../harness/wire/amqp10/codec.ts';
import { fieldValue } from '../../harness/wire/amqp091/field-table.ts';
import { annotation, type Crossing, crossing, documented, receiverOf, requireShown, senderOf, to10, to091 } from './crossing.ts';
import { bodyOf, requireSame, text } from './passage.ts';

const uuid = Buffer.from('550e8400e29b41d4a716446655440000', 'hex');
const urn = 'urn:uuid:550e8400-e29b-41d4-a716-446655440000';
type Header = Partial<CompositeFields<'header'>>;
type Fields = Partial<CompositeFields<'properties'>>;

const headerTo10 = 'amqp10/conversion.header-to-10:emit';
const headerTo091 = 'amqp10/conversion.header-to-091:emit';

/** Properties of 0-9-1, and what a header of 1.0 says of them. */
const headersTo10: readonly (readonly [slug: string, title: string, sent: BasicProperties, wanted: Header])[] = [
  ['delivery-mode-2', 'Delivery-mode 2 becomes durable', { deliveryMode: 2 }, { durable: true }],
  ['delivery-mode-1', 'Delivery-mode 1 becomes not durable', { deliveryMode: 1 }, { durable: false }],
  ...[0, 4, 9].map(priority => [`priority-${priority}`, `Priority ${priority} of 0-9-1 stays what it is`, { priority }, { priority }] as const),
];

const headersTo091: readonly (readonly [slug: string, title: string, sent: Header, wanted: BasicProperties])[] = [
  ['durable', 'Durable becomes delivery-mode 2', { durable: true }, { deliveryMode: 2 }],
  ...[0, 4, 9].map(priority => [`priority-${priority}`, `Priority ${priority} of 1.0 stays what it is`, { priority }, { priority }] as const),
  ['ttl', 'A ttl becomes an expiration', { ttl: 600_000 }, { expiration: '600000' }],
];

const idsTo10 = 'amqp10/conversion.ids-to-10:emit';
const idsTo091 = 'amqp10/conversion.ids-to-091:emit';
const propertiesTo10 = 'amqp10/conversion.properties-to-10:emit';
const propertiesTo091 = 'amqp10/conversion.properties-to-091:emit';

const simpleTo10: readonly (readonly [slug: string, sent: BasicProperties, wanted: Fields])[] = [
  ['content-type', { contentType: 'text/plain; charset=utf-8' }, { contentType: 'text/plain; charset=utf-8' }],
  ['content-encoding', { contentEncoding: 'gzip' }, { contentEncoding: 'gzip' }],
  ['timestamp', { timestamp: 1_700_000_000n }, { creationTime: 1_700_000_000_000n }],
  ['app-id', { appId: 'app' }, { groupId: 'app' }],
];

const simpleTo091: readonly (readonly [slug: string, sent: Fields, wanted: BasicProperties])[] = [
  ['reply-to', { replyTo: 'answers' }, { replyTo: 'answers' }],
  ['content-type', { contentType: 'text/plain' }, { contentType: 'text/plain' }],
  ['content-encoding', { contentEncoding: 'gzip' }, { contentEncoding: 'gzip' }],
  ['creation-time', { creationTime: 1_700_000_000_999n }, { timestamp: 1_700_000_000n }],
  ['group-id', { groupId: 'group' }, { appId: 'group' }],
];

const ids = ['messageId', 'correlationId'] as const;
const spelt = { messageId: 'message-id', correlationId: 'correlation-id' } as const;

/** What 1.0 receives of properties that 0-9-1 publishes. */
async function propertiesIn10(peer: Peer, x: Crossing, sent: BasicProperties, wanted: Fields): Promise<void> {
  const { message } = await to10(x, await receiverOf(x), sent);
  for (const [name, value] of Object.entries(wanted)) requireShown(peer, `The ${name} of the message`, message.properties?.[name as keyof Fields], value);
}

/** What 0-9-1 consumes of properties that 1.0 sends. */
async function propertiesIn091(peer: Peer, x: Crossing, sent: MessageDraft, wanted: BasicProperties): Promise<void> {
  await x.channel.consume(x.queue, { noAck: true });
  const { properties } = await to091(peer, x, await senderOf(x), { ...sent, ...bodyOf('body') });
  for (const [name, value] of Object.entries(wanted)) requireShown(peer, `The ${name} of the message`, properties[name as keyof BasicProperties], value);
}

const structured = {
  'amqp-value': { type: 'amqp-value', value: { type: 'map', value: [[text('k'), { type: 'uint', value: 1 }]] } },
  string: { type: 'amqp-value', value: text('text') },
  'amqp-sequence': { type: 'amqp-sequence', value: [[text('a')], [{ type: 'int', value: -1 }]] },
} as const satisfies Readonly<Record<string, MessageDraft['body']>>;

/** Conversion as RabbitMQ documents it: sections of the message. */
export const conversion10Checks: readonly Check[] = [
  ...headersTo10.map(([slug, title, sent, wanted]) =>
    documented(`header/to-10/${slug}`, title, headerTo10, async (peer: Peer, x) => {
      const { header } = (await to10(x, await receiverOf(x), sent)).message;
      for (const [name, value] of Object.entries(wanted)) requireShown(peer, `The ${name} of the header`, headerField(header, name), value);
    }),
  ),
  documented('header/to-10/expiration', 'An expiration becomes a ttl', headerTo10, async (peer: Peer, x) => {
    const { ttl } = (await to10(x, await receiverOf(x), { expiration: '600000' })).message.header ?? {};
    peer.require(
      ttl !== undefined && ttl > 500_000 && ttl <= 600_000,
      `The ttl is ${ttl === undefined ? 'not there' : 'another'}, where the expiration is 600000.`,
    );
  }),
  ...headersTo091.map(([slug, title, header, wanted]) =>
    documented(`header/to-091/${slug}`, title, headerTo091, (peer, x) => propertiesIn091(peer, x, { header }, wanted)),
  ),
  documented('header/to-091/not-durable', 'Not durable becomes no delivery-mode, or 1', headerTo091, async (peer: Peer, x) => {
    await x.channel.consume(x.queue, { noAck: true });
    const { deliveryMode } = (await to091(peer, x, await senderOf(x), { header: { durable: false }, ...bodyOf('body') })).properties;
    peer.require(deliveryMode !== 2, 'A message that is not durable came as persistent.');
  }),
  ...ids.flatMap(name => [
    documented(`${spelt[name]}/to-10/text`, `A ${spelt[name]} of 0-9-1 becomes a string`, idsTo10, (peer, x) =>
      propertiesIn10(peer, x, { [name]: 'id 1' }, { [name]: { type: 'string', value: 'id 1' } }),
    ),
    documented(`${spelt[name]}/to-10/urn`, `A ${spelt[name]} of 0-9-1 that is the URN of a UUID becomes a uuid`, idsTo10, (peer, x) =>
      propertiesIn10(peer, x, { [name]: urn }, { [name]: { type: 'uuid', value: new Uint8Array(uuid) } }),
    ),
    documented(`${spelt[name]}/to-091/string`, `A ${spelt[name]} of 1.0 that is a string stays what it is`, idsTo091, (peer, x) =>
      propertiesIn091(peer, x, { properties: { [name]: { type: 'string', value: 'id 1' } } }, { [name]: 'id 1' }),
    ),
    documented(`${spelt[name]}/to-091/ulong`, `A ${spelt[name]} of 1.0 that is a ulong becomes its digits`, idsTo091, (peer, x) =>
      propertiesIn091(peer, x, { properties: { [name]: { type: 'ulong', value: 18_446_744_073_709_551_615n } } }, { [name]: '18446744073709551615' }),
    ),
    documented(`${spelt[name]}/to-091/uuid`, `A ${spelt[name]} of 1.0 that is a uuid becomes its URN`, idsTo091, (peer, x) =>
      propertiesIn091(peer, x, { properties: { [name]: { type: 'uuid', value: uuid } } }, { [name]: urn }),
    ),
    documented(
      `${spelt[name]}/to-091/binary`,
      `A ${spelt[name]} of 1.0 that is a binary becomes the header x-${spelt[name]}`,
      idsTo091,
      async (peer: Peer, x) => {
        await inHeader(peer, x, `x-${spelt[name]}`, { [name]: { type: 'binary', value: Uint8Array.of(1, 2, 255) } }, Buffer.of(1, 2, 255));
      },
    ),
    documented(
      `${spelt[name]}/to-091/long`,
      `A ${spelt[name]} of 1.0 that has no room in a short string becomes the header x-${spelt[name]}`,
      idsTo091,
      async (peer: Peer, x) => {
        const long = 'long '.repeat(60);
        await inHeader(peer, x, `x-${spelt[name]}`, { [name]: { type: 'string', value: long } }, Buffer.from(long));
      },
    ),
  ]),
  ...simpleTo10.map(([slug, sent, wanted]) =>
    documented(`properties/to-10/${slug}`, `The property ${slug} of 0-9-1 becomes its counterpart`, propertiesTo10, (peer, x) =>
      propertiesIn10(peer, x, sent, wanted),
    ),
  ),
  documented(
    'properties/to-10/reply-to',
    'The reply-to of 0-9-1 becomes that of 1.0, as a name or as the address of a queue',
    propertiesTo10,
    async (peer: Peer, x) => {
      const { replyTo = 'nothing' } = (await to10(x, await receiverOf(x), { replyTo: 'answers' })).message.properties ?? {};
      peer.require(replyTo === 'answers' || replyTo === '/queues/answers', `The reply-to answers came as ${replyTo}.`);
    },
  ),
  documented('properties/to-10/user-id', 'The user-id of 0-9-1 becomes that of 1.0, in octets', propertiesTo10, (peer, x) => {
    const { user } = x.channel.connection;
    return propertiesIn10(peer, x, { userId: user }, { userId: new Uint8Array(Buffer.from(user)) });
  }),
  documented('properties/to-10/type', 'The type of a message of 0-9-1 becomes the annotation x-basic-type', propertiesTo10, async (peer: Peer, x) => {
    const { message } = await to10(x, await receiverOf(x), { type: 'kind' });
    requireShown(peer, 'The annotation x-basic-type', annotation(message, 'x-basic-type')?.value, 'kind');
  }),
  documented('properties/to-10/none', 'A message without properties comes to 1.0 without any', propertiesTo10, async (peer: Peer, x) => {
    const { message } = await to10(x, await receiverOf(x), {});
    const said = Object.entries(message.properties ?? {}).filter(([name, value]) => name !== 'type' && value !== undefined);
    requireShown(peer, 'The properties', said, []);
  }),
  ...simpleTo091.map(([slug, sent, wanted]) =>
    documented(`properties/to-091/${slug}`, `The property ${slug} of 1.0 becomes its counterpart`, propertiesTo091, (peer, x) =>
      propertiesIn091(peer, x, { properties: sent }, wanted),
    ),
  ),
  documented('properties/to-091/user-id', 'The user-id of 1.0 becomes that of 0-9-1, as text', propertiesTo091, (peer, x) => {
    const { user } = x.session.connection;
    return propertiesIn091(peer, x, { properties: { userId: Buffer.from(user) } }, { userId: user });
  }),
  documented('body/to-10/data', 'A body of 0-9-1 becomes one data section', 'amqp10/conversion.body-to-10:emit', async (peer: Peer, x) => {
    const { body } = (await to10(x, await receiverOf(x), { contentType: 'text/plain' }, 'the body')).message;
    requireShown(peer, 'The body', body, { type: 'data', value: [new Uint8Array(Buffer.from('the body'))] });
  }),
  ...(Object.keys(structured) as (keyof typeof structured)[]).flatMap(name => [
    documented(
      `body/to-091/${name}`,
      `A body of 1.0 (${name}) becomes one that holds it as it was encoded, of type amqp-1.0`,
      'amqp10/conversion.structured-body-to-091:emit',
      async (peer: Peer, x) => {
        const sent = { body: structured[name] };
        await x.channel.consume(x.queue, { noAck: true });
        const { properties, body } = await to091(peer, x, await senderOf(x), sent);
        requireShown(peer, 'The type of the message', properties.type, 'amqp-1.0');
        const held = decodeMessage(body);
        peer.require(!isViolation(held), 'The body that came holds no sections.');
        requireSame(peer, sent, held, 'body');
      },
    ),
    documented(
      `body/and-back/${name}`,
      `A body of 1.0 (${name}) that 0-9-1 publishes again as it came is what it was for 1.0`,
      'amqp10/conversion.body-to-10:emit',
      async (peer: Peer, x) => {
        const sent = { body: structured[name] };
        const other = await crossing(peer);
        await x.channel.consume(x.queue, { noAck: true });
        const { properties, body } = await to091(peer, x, await senderOf(x), sent);
        const { message } = await to10(other, await receiverOf(other), properties, body);
        requireSame(peer, sent, message, 'body');
      },
    ),
  ]),
];

async function inHeader(peer: Peer, x: Crossing, name: string, properties: Fields, wanted: Uint8Array): Promise<void> {
  await x.channel.consume(x.queue, { noAck: true });
  const came = await to091(peer, x, await senderOf(x), { properties, ...bodyOf('body') });
  const value = fieldValue(came.properties.headers ?? [], name)?.value;
  requireShown(peer, `The header ${name}`, value, new Uint8Array(wanted));
}

function headerField(header: MessageDraft['header'], name: string): unknown {
  const { durable = false, ...rest } = header ?? {};
  return { durable, ...rest }[name as 'durable'];
}
