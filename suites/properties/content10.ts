import fc from 'fast-check';
import { annotations, applicationProperties, messageBody, properties } from '../../harness/fuzz/arbitraries-amqp10.ts';
import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Model10 } from '../../harness/fuzz/property.ts';
import { ascii, text, typed } from '../../harness/fuzz/values-amqp10.ts';
import type { Receiver10, Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Connection10 } from '../../harness/probe/amqp10-peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { type AmqpValue, type Annotations, type CompositeFields, encodeValue, type Message, type MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { canonical } from '../amqp10/echo.ts';
import { messageOf } from '../amqp10/passage.ts';
import { Encodings } from './encodings10.ts';

interface Case {
  readonly messages: readonly { readonly draft: MessageDraft; readonly encodings: readonly number[] }[];
}

type Pairs<K> = readonly (readonly [K, AmqpValue])[];

/** Of annotations and application properties: values that every codec knows, or whatever there is. */
interface Values {
  readonly annotations: fc.Arbitrary<Pairs<string | bigint>>;
  readonly applicationProperties: fc.Arbitrary<Pairs<string>>;
}

/** Null, decimals, and numbers that are none, are nothing that all languages have. */
const usual = fc.oneof(
  ...(['boolean', 'ubyte', 'ushort', 'uint', 'ulong', 'byte', 'short', 'int', 'long', 'char', 'timestamp', 'uuid', 'binary', 'string', 'symbol'] as const).map(
    typed,
  ),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value): AmqpValue => ({ type: 'float', value })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): AmqpValue => ({ type: 'double', value })),
);
const usualPairs = fc.uniqueArray(fc.tuple(text, usual), { maxLength: 5, selector: ([key]) => key });
const asciiPairs = fc.uniqueArray(fc.tuple(ascii, usual), { maxLength: 5, selector: ([key]) => key });

const usualValues: Values = { annotations: asciiPairs, applicationProperties: usualPairs };
const anyValues: Values = { annotations, applicationProperties };

/** Annotations that nobody knows, which everybody has to take. */
const unknown = (pairs: Pairs<string | bigint>): Annotations => pairs.map(([key, value], at) => [`x-opt-${at}-${key}`, value] as const);

/** No time at which it expires, no address, and nobody who is said to have sent it: those have effects of their own. */
const plain = properties().map(({ absoluteExpiryTime: _, to: __, replyTo: ___, userId: ____, ...rest }) => rest);

const draftOf = (values: Values): fc.Arbitrary<MessageDraft> =>
  fc.record(
    {
      header: fc.record({ durable: fc.boolean(), priority: fc.nat(9) }, { noNullPrototype: true }),
      messageAnnotations: values.annotations.map(unknown),
      properties: plain,
      applicationProperties: values.applicationProperties,
      body: messageBody(),
      footer: values.annotations.map(unknown),
    },
    { requiredKeys: ['body'], noNullPrototype: true },
  );

const bareDuty: DutyId = 'amqp10/3.2.bare-message:emit';
const annotationsDuty: DutyId = 'amqp10/3.2.3.message-annotations:emit';
const footerDuty: DutyId = 'amqp10/3.2.9.footer:emit';
const headerDuty: DutyId = 'amqp10/3.2.1.durable-kept:emit';

/** The smallest that a peer may ask for. */
const frameSize = 512;

/** Message-ids that went to a queue before: a broker may drop what has one of them. */
const used = new WeakMap<Connection10, Set<string>>();

function unused(connection: Connection10, { properties: given, ...rest }: MessageDraft): MessageDraft {
  if (given?.messageId === undefined) return given === undefined ? rest : { ...rest, properties: given };
  const known = used.get(connection) ?? new Set();
  used.set(connection, known);
  const id = canonical(given.messageId);
  const { messageId, ...others } = given;
  const fresh = !known.has(id);
  known.add(id);
  return { ...rest, properties: fresh ? given : others };
}

function requireSame(play: Play10, name: string, sent: Uint8Array, came: Message): void {
  const wanted = messageOf(sent);
  const [before, behind] = [wanted.bare, came.bare];
  const differs = before.findIndex((octet, at) => octet !== behind[at]);
  const at = differs < 0 ? Math.min(before.length, behind.length) : differs;
  const octets = `The bare message of ${name}, ${before.length} octets, came as ${behind.length} and differs from octet ${at} on.`;
  play.require(Buffer.compare(before, behind) === 0, { what: 'a changed bare message', sentence: octets, duty: bareDuty });
  requireKept(play, { what: 'message annotations', name, sent: wanted.messageAnnotations, came: came.messageAnnotations, duty: annotationsDuty });
  requireKept(play, { what: 'footer', name, sent: wanted.footer, came: came.footer, duty: footerDuty });
  if (wanted.header === undefined) return;
  const { durable = false, priority = 4 } = wanted.header;
  const now = came.header;
  const sentence = `${name}, durable ${durable} and of priority ${priority}, came with durable ${now?.durable ?? false} and priority ${now?.priority ?? 4}.`;
  play.require((now?.durable ?? false) === durable && (now?.priority ?? 4) === priority, { what: 'a changed header', sentence, duty: headerDuty });
}

interface Kept {
  readonly what: string;
  readonly name: string;
  readonly sent: Annotations | undefined;
  readonly came: Annotations | undefined;
  readonly duty: DutyId;
}

/** A broker may add some. */
function requireKept(play: Play10, { what, name, sent = [], came = [], duty }: Kept): void {
  for (const [key, value] of sent) {
    const found = came.find(each => each[0] === key)?.[1];
    const sentence = `${key} of the ${what} of ${name} came ${found === undefined ? 'not at all' : `as another ${found.type}`}.`;
    play.require(found !== undefined && Buffer.compare(encodeValue(found), encodeValue(value)) === 0, { what: `changed ${what}`, sentence, duty });
  }
}

async function pass(play: Play10, links: { readonly sender: Sender10; readonly receiver: Receiver10 }, name: string, octets: Uint8Array): Promise<void> {
  play.step(`send ${name} of ${octets.length} octets: ${Buffer.from(octets.subarray(0, 200)).toString('hex')}${octets.length > 200 ? '…' : ''}`);
  const outcome = await links.sender.send(octets);
  play.require(outcome?.type === 'accepted', { what: 'a message was not accepted', sentence: `${name} got ${outcome?.type ?? 'no outcome'}.` });
  links.receiver.credit(1);
  const delivery = await links.receiver.receive();
  requireSame(play, name, octets, delivery.message);
  delivery.accept();
}

function modelOf(values: Values, open: Partial<CompositeFields<'open'>>, known: readonly MessageDraft[] = []): Model10<Case> {
  const message = fc.record({ draft: draftOf(values), encodings: fc.array(fc.nat(3), { minLength: 1, maxLength: 8 }) });
  return {
    cases: fc.record({ messages: fc.array(message, { minLength: 1, maxLength: 3 }) }),
    known: known.map(each => ({ messages: [{ draft: each, encodings: [0] }] })),
    connect: peer => peer.connection10({ open }),
    async play(play, { messages }) {
      const address = await play.node('q1');
      const session = await play.session();
      const sender = await session.sender(address);
      const receiver = await session.receiver(address);
      for (const [index, given] of messages.entries()) {
        const octets = new Encodings(given.encodings).message(unused(play.connection, given.draft));
        await pass(play, { sender, receiver }, `m${index + 1}`, octets);
      }
      await receiver.barrier();
    },
  };
}

/** Any message leaves a queue as it came to it, whatever is in it and however that is encoded, and in as many frames as that takes. */
export const content10Model = modelOf(usualValues, { maxFrameSize: frameSize });
/** The same of values of any type, also where a broker may look into them. */
export const values10Model = modelOf(anyValues, {}, [
  {
    messageAnnotations: [
      ['x-opt-decimals', { type: 'array', value: { of: 'decimal128', descriptors: [], items: [{ type: 'decimal128', value: new Uint8Array(16) }] } }],
    ],
    body: { type: 'data', value: [new Uint8Array(0)] },
  },
]);
