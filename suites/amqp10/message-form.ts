import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { type AmqpValue, encodeMessage, type MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, joined, mapOf, sectionOf, valueAs, variableOf } from '../../harness/wire/amqp10/craft.ts';
import { bodyOf, dataOf, messageOf, passage, passed, passedBy, requireSame, text } from './passage.ts';

const bare = 'amqp10/3.2.bare-message:emit';

/** Something in every section. */
const whole: MessageDraft = {
  header: { durable: true, priority: 7 },
  messageAnnotations: [['x-opt-note', text('kept')]],
  properties: { messageId: { type: 'string', value: 'm1' }, subject: 'form', contentType: 'text/plain', groupId: 'g', groupSequence: 3 },
  applicationProperties: [
    ['number', { type: 'uint', value: 7 }],
    ['text', text('ä€')],
  ],
  body: dataOf('one body'),
  footer: [['x-opt-end', { type: 'ulong', value: 9n }]],
};

/** Fails where the bare message is not octet by octet what was sent. */
function requireBare(peer: Peer, sent: Uint8Array, came: Uint8Array): void {
  const [before, behind] = [messageOf(sent).bare, messageOf(came).bare];
  const at = behind.findIndex((octet, index) => octet !== before[index]);
  const where = at < 0 ? Math.min(before.length, behind.length) : at;
  const same = Buffer.compare(before, behind) === 0;
  peer.require(same, `The bare message of ${before.length} octets came as ${behind.length} octets; they differ from octet ${where} on.`);
}

const code = { header: 0x70, messageAnnotations: 0x72, properties: 0x73, applicationProperties: 0x74, data: 0x75, sequence: 0x76, value: 0x77 } as const;
const ulong = (value: number): AmqpValue => ({ type: 'ulong', value: BigInt(value) });

/** A bare message in forms that no encoder would choose. */
function unusual(): Uint8Array {
  const properties = compositeAs(
    'properties',
    { subject: 'short' },
    {
      descriptor: 'sym8',
      wide: true,
      trailing: 'nulls',
      fields: { messageId: valueAs({ type: 'ulong', value: 1n }, 'ulong'), subject: variableOf('string', Buffer.from('short'), { wide: true }) },
    },
  );
  const named = mapOf([variableOf('string', Buffer.from('key'), { wide: true }), valueAs({ type: 'uint', value: 0 }, 'uint')], { wide: true });
  const body = sectionOf(code.data, variableOf('binary', Buffer.from('body'), { wide: true }));
  return joined(properties, sectionOf(code.applicationProperties, named), body);
}

const someBody = sectionOf(code.data, { type: 'binary', value: Buffer.from('body') });
const someProperties = compositeAs('properties', { subject: 'first' });
const someNames = sectionOf(code.applicationProperties, mapOf([]));
const aSequence = sectionOf(code.sequence, { type: 'list', value: [ulong(1)] });
const aValue = sectionOf(code.value, text('value'));

/** Octets that are no message, by the slug of the check. */
const malformed: readonly (readonly [slug: string, title: string, octets: Uint8Array, duty: DutyId])[] = [
  ['properties-late', 'with properties behind application-properties', joined(someNames, someProperties, someBody), 'amqp10/3.2.section-order:enforce'],
  ['header-late', 'with a header behind its body', joined(someBody, compositeAs('header', { durable: true })), 'amqp10/3.2.section-order:enforce'],
  ['properties-twice', 'with two sections of properties', joined(someProperties, someProperties, someBody), 'amqp10/3.2.section-once:enforce'],
  ['value-twice', 'with two amqp-values', joined(aValue, aValue), 'amqp10/3.2.section-once:enforce'],
  ['data-and-value', 'whose body is data and an amqp-value', joined(someBody, aValue), 'amqp10/3.2.body-kinds:enforce'],
  ['sequence-and-data', 'whose body is an amqp-sequence and data', joined(aSequence, someBody), 'amqp10/3.2.body-kinds:enforce'],
  ['unknown-section', 'with a section that there is not', joined(someBody, sectionOf(0x7f, text('what'))), 'amqp10/3.2.section-type:enforce'],
  ['data-of-string', 'whose data section is a string', sectionOf(code.data, text('data')), 'amqp10/3.2.section-type:enforce'],
  ['undescribed', 'that begins with a value nobody described', joined(variableOf('string', Buffer.from('bare'))), 'amqp10/3.2.section-type:enforce'],
  [
    'annotations-of-list',
    'whose message-annotations are a list',
    joined(sectionOf(code.messageAnnotations, { type: 'list', value: [] }), someBody),
    'amqp10/3.2.section-type:enforce',
  ],
];

/** The form of a message: section 3.2. */
export const messageForm10Checks = [
  check('amqp10/message/bare/every-section', {
    title: 'A message with something in every section leaves the broker with its bare message octet by octet as it came',
    duties: [bare],
    async run(peer: Peer) {
      const sent = encodeMessage(whole);
      const { payload } = await passedBy(peer, sent);
      requireBare(peer, sent, payload);
    },
  }),
  check('amqp10/message/bare/unusual-encodings', {
    title: 'A bare message in encodings that no encoder would choose leaves the broker octet by octet as it came',
    duties: [bare],
    async run(peer: Peer) {
      const sent = unusual();
      const { payload } = await passedBy(peer, sent);
      requireBare(peer, sent, payload);
    },
  }),
  check('amqp10/message/bare/none-added', {
    title: 'To a message of a body alone the broker adds no section of the bare message',
    duties: [bare],
    async run(peer: Peer) {
      const { message } = await passedBy(peer, bodyOf('alone'));
      const added = message.places.map(({ name }) => name).filter(name => name === 'properties' || name === 'application-properties');
      peer.require(added.length === 0, `The message came with ${added.join(' and ')} that its sender had not put there.`);
    },
  }),
  check('amqp10/message/bare/large', {
    title: 'A message of many frames leaves the broker with its bare message octet by octet as it came',
    duties: [bare],
    worstMs: 1500,
    async run(peer: Peer) {
      const part = Buffer.alloc(150_000, 'large ');
      const sent = encodeMessage({ ...whole, body: { type: 'data', value: [part, part.subarray(1)] } });
      const { payload } = await passedBy(peer, sent);
      requireBare(peer, sent, payload);
    },
  }),
  check('amqp10/message/bare/redelivered', {
    title: 'A message that was given back comes again with its bare message octet by octet as it came first',
    duties: [bare],
    async run(peer: Peer) {
      const links = await passage(peer);
      const sent = encodeMessage(whole);
      const first = await passed(peer, sent, links);
      first.modify({ deliveryFailed: true });
      requireBare(peer, sent, (await links.receiver.receive()).payload);
    },
  }),
  check('amqp10/message/sections/order', {
    title: 'The sections of a message leave the broker in their order, each once',
    duties: ['amqp10/3.2.section-order:emit', 'amqp10/3.2.section-once:emit', 'amqp10/3.2.section-type:emit'],
    async run(peer: Peer) {
      const { message } = await passedBy(peer, whole);
      const names = message.places.map(({ name }) => name).filter(name => name !== 'delivery-annotations');
      const all = ['header', 'message-annotations', 'properties', 'application-properties', 'data', 'footer'];
      peer.require(names.join(' ') === all.join(' '), `The sections came as ${names.join(', ')}.`);
    },
  }),
  check('amqp10/message/sections/body-kinds', {
    title: 'Bodies of data, of sequences and of a value each leave the broker as the kind that they came as',
    duties: ['amqp10/3.2.body-kinds:emit'],
    async run(peer: Peer) {
      const links = await passage(peer);
      const bodies = [
        dataOf('a', 'b'),
        { type: 'amqp-sequence', value: [[text('a')], [text('b')]] },
        { type: 'amqp-value', value: text('v') },
      ] as const satisfies readonly MessageDraft['body'][];
      for (const body of bodies) {
        const { message } = await passed(peer, { body }, links);
        peer.require(message.body?.type === body.type, `A body of ${body.type} came as ${message.body?.type ?? 'none'}.`);
        requireSame(peer, { body }, message, 'body');
      }
    },
  }),
  check('amqp10/message/format', {
    title: 'A message of the standard form is transferred with message-format 0',
    duties: ['amqp10/3.2.16.message-format:emit'],
    async run(peer: Peer) {
      const { format = 0 } = await passedBy(peer, 'formatted');
      peer.require(format === 0, `The message was transferred with message-format ${format}.`);
    },
  }),
  check('amqp10/message/no-body', {
    title: 'What comes of a message without a body is observed',
    duties: ['amqp10/3.2.no-body:permit'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await passage(peer, { credit: 0 });
      sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('none'), messageFormat: 0 }, { properties: { subject: 'no body' } });
      await sender.answersTo('amqp10/3.2.no-body:permit');
    },
  }),
  ...malformed.map(([slug, title, octets, duty]) =>
    check(`amqp10/message/malformed/${slug}`, {
      title: `A message ${title} is refused`,
      duties: [duty],
      departs: true,
      async run(peer: Peer) {
        const { sender } = await passage(peer, { credit: 0 });
        sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('malformed'), messageFormat: 0 }, octets);
        await sender.answersTo(duty);
      },
    }),
  ),
  check('amqp10/message/malformed/rest-goes-on', {
    title: 'A malformed message keeps none of those that were sent before it from its receiver',
    duties: ['amqp10/3.2.section-type:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const [sending, receiving] = [await peer.session10(), await peer.session10()];
      const receiver = await receiving.receiver(address);
      receiver.credit(10);
      const sender = await sending.sender(address);
      await sender.credited();
      for (const body of ['1', '2']) await sender.send(body);
      sender.transfer({ deliveryId: 2, deliveryTag: Buffer.from('malformed'), messageFormat: 0 }, Buffer.from('this is no message'));
      await sender.answersTo('amqp10/3.2.section-type:enforce');
      for (const body of ['1', '2']) {
        const came = await receiver.receive();
        peer.require(came.text === body, `Expected message ${body}, got ${came.text}.`);
        came.accept();
      }
      await receiver.barrier(['transfer']);
    },
  }),
];
