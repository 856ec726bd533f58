import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { Annotations, MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { joined, mapOf, sectionOf, variableOf } from '../../harness/wire/amqp10/craft.ts';
import { bodyOf, passage, passed, passedBy, text } from './passage.ts';

const optional = 'amqp10/3.2.10.optional-annotations:emit';
const kept = 'amqp10/3.2.3.message-annotations:emit';
const forOne = 'amqp10/3.2.2.delivery-annotations:emit';
const reserved = 'amqp10/3.2.10.reserved-annotations:enforce';

/** Values that an annotation may have, of each kind. */
const notes: Annotations = [
  ['x-opt-text', text('note')],
  ['x-opt-number', { type: 'ulong', value: 2n ** 40n }],
  ['x-opt-flag', { type: 'boolean', value: true }],
  ['x-opt-symbol', { type: 'symbol', value: 'word' }],
  ['x-opt-octets', { type: 'binary', value: Uint8Array.of(0, 255) }],
  ['x-opt-moment', { type: 'timestamp', value: 1_700_000_000_123n }],
];

const withKey = (code: number, key: Uint8Array): Uint8Array =>
  joined(sectionOf(code, mapOf([key, variableOf('string', Buffer.from('value'))])), encodeMessage(bodyOf('annotated')));

/** Fails unless each of our annotations is among those that came. */
function requireAll(peer: Peer, came: Annotations | undefined, sent: Annotations = notes): void {
  for (const each of sent) {
    const [key] = each;
    const found = came?.find(([name]) => name === key);
    peer.require(found !== undefined, `The message annotation ${key} is lost.`);
    peer.require(Buffer.compare(octets([found]), octets([each])) === 0, `The message annotation ${key} came with another value.`);
  }
}

const octets = (messageAnnotations: Annotations): Uint8Array => encodeMessage({ messageAnnotations });

const places = {
  delivery: { deliveryAnnotations: notes },
  message: { messageAnnotations: notes },
  footer: { footer: notes },
} as const satisfies Readonly<Record<string, MessageDraft>>;

/** Annotations: sections 3.2.2, 3.2.3 and 3.2.10. */
export const messageAnnotation10Checks = [
  ...(Object.keys(places) as (keyof typeof places)[]).map(place =>
    check(`amqp10/message/annotations/optional/${place}`, {
      title: `Annotations that nobody knows are taken where their keys begin with x-opt-: in ${place === 'footer' ? 'the footer' : `${place}-annotations`}`,
      duties: [optional, ...(place === 'delivery' ? ([forOne] as const) : [])],
      async run(peer: Peer) {
        const { text: came } = await passedBy(peer, { ...places[place], ...bodyOf('taken') });
        peer.require(came === 'taken', `Expected the message, got ${came}.`);
      },
    }),
  ),
  check('amqp10/message/annotations/empty', {
    title: 'Annotations without entries say the same as none',
    duties: [forOne],
    async run(peer: Peer) {
      const { text: came } = await passedBy(peer, { deliveryAnnotations: [], messageAnnotations: [], ...bodyOf('taken') });
      peer.require(came === 'taken', `Expected the message, got ${came}.`);
    },
  }),
  check('amqp10/message/annotations/kept', {
    title: 'Message annotations of every kind leave the broker with the message',
    duties: [kept],
    async run(peer: Peer) {
      const { message } = await passedBy(peer, { messageAnnotations: notes, ...bodyOf('noted') });
      requireAll(peer, message.messageAnnotations);
    },
  }),
  check('amqp10/message/annotations/nested', {
    title: 'Message annotations that are lists and maps leave the broker with the message',
    duties: [kept],
    async run(peer: Peer) {
      const nested: Annotations = [
        ['x-opt-list', { type: 'list', value: [text('a'), { type: 'null', value: null }] }],
        ['x-opt-map', { type: 'map', value: [[text('k'), { type: 'uint', value: 1 }]] }],
      ];
      const { message } = await passedBy(peer, { messageAnnotations: nested, ...bodyOf('noted') });
      requireAll(peer, message.messageAnnotations, nested);
    },
  }),
  check('amqp10/message/annotations/redelivered', {
    title: 'A message that is given back has its message annotations when it comes again',
    duties: [kept],
    async run(peer: Peer) {
      const links = await passage(peer);
      (await passed(peer, { messageAnnotations: notes, ...bodyOf('noted') }, links)).release();
      requireAll(peer, (await links.receiver.receive()).message.messageAnnotations);
    },
  }),
  check('amqp10/message/annotations/keys', {
    title: 'The keys of annotations that leave the broker are symbols, or the ulongs that are reserved',
    duties: ['amqp10/3.2.10.annotation-keys:emit'],
    async run(peer: Peer) {
      const { message } = await passedBy(peer, { deliveryAnnotations: notes, messageAnnotations: notes, ...bodyOf('noted'), footer: notes });
      requireAll(peer, message.messageAnnotations);
    },
  }),
  ...(['string', 'binary'] as const).map(type =>
    check(`amqp10/message/annotations/${type}-key`, {
      title: `A message annotation whose key is a ${type} is refused`,
      duties: ['amqp10/3.2.10.annotation-keys:enforce'],
      departs: true,
      async run(peer: Peer) {
        const { sender } = await passage(peer, { credit: 0 });
        sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('key'), messageFormat: 0 }, withKey(0x72, variableOf(type, Buffer.from('x-opt-key'))));
        await sender.answersTo('amqp10/3.2.10.annotation-keys:enforce');
      },
    }),
  ),
  ...(['word', 'ulong'] as const).map(kind =>
    check(`amqp10/message/annotations/reserved-${kind}`, {
      title: `An annotation under a ${kind === 'word' ? 'symbol that does not begin with x-opt-' : 'ulong'} and that nobody knows ends its link, if it is not taken`,
      duties: [reserved],
      departs: true,
      async run(peer: Peer) {
        const { sender } = await passage(peer, { credit: 0 });
        const key = kind === 'word' ? 'amqpspec-unheard-of' : 77n;
        const message: MessageDraft = { messageAnnotations: [[key, text('what')]], ...bodyOf('reserved') };
        sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('key'), messageFormat: 0 }, message);
        await sender.answersTo(reserved);
      },
    }),
  ),
];
