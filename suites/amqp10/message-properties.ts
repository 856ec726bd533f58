import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import type { CompositeFields, MessageDraft, MessageId } from '../../harness/wire/amqp10/codec.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, joined } from '../../harness/wire/amqp10/craft.ts';
import { bodyOf, passage, passed, passedBy, requireSame, sendTo, text } from './passage.ts';

const unaltered = 'amqp10/3.2.4.properties-unaltered:emit';
const idTypes = 'amqp10/3.2.4.message-id-types:emit';
const groups = 'amqp10/3.2.4.group-sequence:emit';
const expiry = 'amqp10/3.2.4.absolute-expiry-time:emit';

type Fields = CompositeFields<'properties'>;

/** Ids of each legal type, the edges of each included. */
const ids = {
  ulong: [0n, 255n, 256n, 18_446_744_073_709_551_615n].map(value => ({ type: 'ulong', value }) as const),
  uuid: [new Uint8Array(16), Buffer.from('00112233445566778899aabbccddeeff', 'hex')].map(value => ({ type: 'uuid', value }) as const),
  binary: [new Uint8Array(0), Uint8Array.of(0, 1, 254, 255), new Uint8Array(300).fill(7)].map(value => ({ type: 'binary', value }) as const),
  string: ['', 'id', '0', 'ä€𝄞', 'l'.repeat(300), 'urn:uuid:00112233-4455-6677-8899-aabbccddeeff'].map(value => ({ type: 'string', value }) as const),
} as const satisfies Readonly<Record<string, readonly MessageId[]>>;

const millennium = 1_700_000_000_123n;
/** Far enough that no clock of a broker is behind it. */
const farMs = 4_000_000_000_000n;

/** What a field may hold, by its name in the standard. */
const fields: Readonly<Record<string, { readonly values: readonly Fields[]; readonly duty?: DutyId }>> = {
  to: { values: [{ to: 'elsewhere' }, { to: '' }, { to: 'ä/€' }] },
  subject: { values: [{ subject: 'subject' }, { subject: '' }, { subject: 's'.repeat(300) }] },
  'reply-to': { values: [{ replyTo: 'answers' }, { replyTo: '' }] },
  'content-type': { values: [{ contentType: 'application/json; charset="utf-8"' }, { contentType: 'no type at all' }] },
  'content-encoding': { values: [{ contentEncoding: 'gzip' }] },
  'creation-time': { values: [{ creationTime: 0n }, { creationTime: millennium }, { creationTime: -1n }] },
  'absolute-expiry-time': { values: [{ absoluteExpiryTime: farMs }, { absoluteExpiryTime: farMs + 1n }] },
  'group-id': { values: [{ groupId: 'group' }, { groupId: '' }], duty: groups },
  'group-sequence': { values: [0, 1, 2 ** 31, 2 ** 32 - 1].map(groupSequence => ({ groupId: 'g', groupSequence })), duty: groups },
  'reply-to-group-id': { values: [{ replyToGroupId: 'group of answers' }], duty: groups },
};

/** Sends properties one after the other; each come as they were sent. */
async function requireKept(peer: Peer, all: readonly Fields[]): Promise<void> {
  const links = await passage(peer, { credit: all.length });
  for (const properties of all) {
    const sent: MessageDraft = { properties, ...bodyOf('properties') };
    requireSame(peer, sent, (await passed(peer, sent, links)).message, 'properties');
  }
}

/** Properties: sections 3.2.4 and 3.2.11 to 3.2.15. */
export const messageProperty10Checks = [
  ...(['messageId', 'correlationId'] as const).flatMap(field =>
    (Object.keys(ids) as (keyof typeof ids)[]).map(type => {
      const name = field === 'messageId' ? 'message-id' : 'correlation-id';
      return check(`amqp10/message/properties/${name}/${type}`, {
        title: `A ${name} that is a ${type} leaves the broker as one, whatever its value`,
        duties: [idTypes],
        run: (peer: Peer) =>
          requireKept(
            peer,
            ids[type].map(id => ({ [field]: id })),
          ),
      });
    }),
  ),
  ...Object.entries(fields).map(([name, { values, duty = unaltered }]) =>
    check(`amqp10/message/properties/${name}`, {
      title: `The property ${name} leaves the broker as it came`,
      duties: [duty],
      run: (peer: Peer) => requireKept(peer, values),
    }),
  ),
  check('amqp10/message/properties/all', {
    title: 'All properties at once leave the broker as they came',
    duties: [unaltered, groups],
    async run(peer: Peer) {
      const links = await passage(peer);
      const properties: Fields = {
        messageId: { type: 'uuid', value: new Uint8Array(16).fill(1) },
        userId: Buffer.from(links.session.connection.user),
        to: 'to',
        subject: 'subject',
        replyTo: 'reply-to',
        correlationId: { type: 'binary', value: Uint8Array.of(1, 2) },
        contentType: 'text/plain',
        contentEncoding: 'deflate',
        absoluteExpiryTime: farMs,
        creationTime: millennium,
        groupId: 'group',
        groupSequence: 7,
        replyToGroupId: 'answers',
      };
      const sent: MessageDraft = { properties, ...bodyOf('properties') };
      requireSame(peer, sent, (await passed(peer, sent, links)).message, 'properties');
    },
  }),
  check('amqp10/message/properties/user-id/own', {
    title: 'A user-id that is the login of the sender leaves the broker as it came',
    duties: [unaltered],
    async run(peer: Peer) {
      const links = await passage(peer);
      const sent: MessageDraft = { properties: { userId: Buffer.from(links.session.connection.user) }, ...bodyOf('mine') };
      requireSame(peer, sent, (await passed(peer, sent, links)).message, 'properties');
    },
  }),
  check('amqp10/message/properties/user-id/foreign', {
    title: 'What comes of a message under the name of another user is observed',
    duties: ['amqp10/3.2.4.user-id:permit'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await passage(peer, { credit: 0 });
      const properties = { userId: Buffer.from('somebody-else') };
      sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('user'), messageFormat: 0 }, { properties, ...bodyOf('not mine') });
      await sender.answersTo('amqp10/3.2.4.user-id:permit');
    },
  }),
  check('amqp10/message/properties/message-id/other-type', {
    title: 'What comes of a message-id of no legal type is observed',
    duties: ['amqp10/3.2.4.message-id-other-type:permit'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await passage(peer, { credit: 0 });
      const properties = compositeAs('properties', {}, { fields: { messageId: Uint8Array.of(0x41) } });
      sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('id'), messageFormat: 0 }, joined(properties, encodeMessage(bodyOf('true'))));
      await sender.answersTo('amqp10/3.2.4.message-id-other-type:permit');
    },
  }),
  check('amqp10/message/properties/address-type', {
    title: 'The addresses that a broker says, in termini as in what it passes on, are strings',
    duties: ['amqp10/3.2.15.address:emit'],
    async run(peer: Peer) {
      const { address, sender, receiver } = await passage(peer);
      const sent: MessageDraft = { properties: { to: address, replyTo: address }, ...bodyOf('addressed') };
      const { message } = await passed(peer, sent, { sender, receiver });
      requireSame(peer, sent, message, 'properties');
      const { source } = receiver.attach;
      const { target } = sender.attach;
      peer.require(source?.type === 'source' && typeof source.address === 'string', 'The attach that answers names no address of the source.');
      peer.require(target?.type === 'target' && typeof target.address === 'string', 'The attach that answers names no address of the target.');
    },
  }),
  check('amqp10/message/properties/expiry/passed', {
    title: 'A message whose absolute-expiry-time has passed is not delivered, and the one behind it is',
    duties: [expiry],
    async run(peer: Peer) {
      const { sender, receiver } = await passage(peer, { credit: 0 });
      await sender.send({ properties: { absoluteExpiryTime: 1n }, ...bodyOf('long gone') });
      await sendTo(peer, sender, 'lasting');
      receiver.credit(2);
      const { text: came } = await receiver.receive();
      peer.require(came === 'lasting', `Expected the message that lasts, got ${came}.`);
    },
  }),
  check('amqp10/message/properties/expiry/ahead', {
    title: 'A message whose absolute-expiry-time is ahead is delivered',
    duties: [expiry],
    async run(peer: Peer) {
      const { sender, receiver } = await passage(peer, { credit: 0 });
      await sendTo(peer, sender, { properties: { absoluteExpiryTime: farMs }, ...bodyOf('alive') });
      receiver.credit(1);
      const { text: came } = await receiver.receive();
      peer.require(came === 'alive', `Expected the message, got ${came}.`);
    },
  }),
  check('amqp10/message/properties/none', {
    title: 'Properties without a field, and application-properties without an entry, say the same as none',
    duties: [unaltered],
    async run(peer: Peer) {
      const { message } = await passedBy(peer, { properties: {}, applicationProperties: [], ...bodyOf('nothing') });
      const told = Object.values(message.properties ?? { type: 'properties' }).filter(value => value !== undefined);
      peer.require(told.length <= 1 && (message.applicationProperties ?? []).length === 0, 'The message came with properties that nobody had given it.');
      peer.require(message.body?.type === 'data', `The body came as ${message.body?.type ?? 'none'}.`);
    },
  }),
  check('amqp10/message/properties/other-message', {
    title: 'Properties of one message say nothing of the next',
    duties: [unaltered],
    async run(peer: Peer) {
      const links = await passage(peer);
      await passed(peer, { properties: { subject: 'first' }, applicationProperties: [['n', text('first')]], ...bodyOf('first') }, links);
      const { message } = await passed(peer, bodyOf('second'), links);
      peer.require(message.properties?.subject === undefined, 'The second message came with the subject of the first.');
      peer.require((message.applicationProperties ?? []).length === 0, 'The second message came with application-properties of the first.');
    },
  }),
];
