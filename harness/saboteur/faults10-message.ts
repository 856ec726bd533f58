import { type AmqpValue, encodeMessage, type MessageId, type SectionName } from '../wire/amqp10/codec.ts';
import { compositeAs, joined, mapOf, sectionOf, variableOf } from '../wire/amqp10/craft.ts';
import type { FrameSeam10 } from './fault10.ts';
import { delivered10, type Message10, published10 } from './messages10.ts';
import { pardoned } from './pardons10.ts';
import { refusedSession } from './refusals10.ts';
import { revalue } from './revalues10.ts';
import { answer10, remembering10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';
import { recoveringMessages } from './stores.ts';

const message = faultsIn('amqp10/message/**');
const everywhere = ['amqp10/**'];

/** Something else is done to a section of what the server delivers, where the message has it. */
function resectioned(wanted: SectionName, change: (octets: Uint8Array) => Uint8Array | undefined): FrameSeam10 {
  return delivered10(each => each.section(wanted) !== undefined && each.resectioned((name, octets) => (name === wanted ? change(octets) : octets)));
}

/** All sections of that name but the first are lost. */
function firstAlone(wanted: SectionName): FrameSeam10 {
  return delivered10(each => {
    const further = new Set(
      each.sections
        .filter(({ name }) => name === wanted)
        .slice(1)
        .map(({ octets }) => octets.byteOffset),
    );
    return further.size > 0 && each.resectioned((_, octets) => (further.has(octets.byteOffset) ? undefined : octets));
  });
}

/** Whatever an incoming message consists of, the server takes it. */
const takesAnything = pardoned(at => at.performative('to-server')?.type === 'transfer');

const behind = (octets: Uint8Array): FrameSeam10 => delivered10(each => each.carrying(joined(each.payload, octets)));

const aValue = encodeMessage({ body: { type: 'amqp-value', value: { type: 'boolean', value: true } } });

function header(change: (fields: ReturnType<typeof headerOf>, each: Message10) => ReturnType<typeof headerOf> | false): FrameSeam10 {
  return delivered10(each => {
    const next = change(headerOf(each), each);
    return next !== false && each.refielded('header', next);
  });
}

function headerOf(each: Message10) {
  return each.fieldsOf('header');
}

function properties(change: (fields: ReturnType<typeof propertiesOf>) => ReturnType<typeof propertiesOf> | false): FrameSeam10 {
  return delivered10(each => {
    const next = each.section('properties') !== undefined && change(propertiesOf(each));
    return next !== false && each.refielded('properties', next);
  });
}

function propertiesOf(each: Message10) {
  return each.fieldsOf('properties');
}

/** A published message in which a section has an annotation of this kind ends its session. */
function refusesAnnotation(sections: readonly SectionName[], bears: (key: Uint8Array) => boolean): FrameSeam10 {
  return refusedSession('amqp:internal-error', 'transfer', ({ payload }) => sections.some(name => hasSection(payload, name)) && bears(payload));
}

const codes: Partial<Record<SectionName, number>> = { 'delivery-annotations': 0x71, 'message-annotations': 0x72, footer: 0x78 };

function hasSection(payload: Uint8Array, name: SectionName): boolean {
  return Buffer.from(payload).includes(Buffer.of(0, 0x53, codes[name] ?? 0));
}

const bearsOptional = (payload: Uint8Array): boolean => Buffer.from(payload).includes('x-opt-');
const plainText = (value: string): AmqpValue => ({ type: 'string', value });

/** Messages: sections 3.2. */
export const messageFaults10 = {
  'amqp10/3.2.bare-message:emit': [
    message(
      'encodes the bare message anew',
      delivered10(each => each.section('properties') !== undefined && each.refielded('properties', each.fieldsOf('properties'))),
      everywhere,
    ),
    message(
      'adds properties to messages that have none',
      delivered10(each => each.section('properties') === undefined && each.refielded('properties', { creationTime: 1n })),
      everywhere,
    ),
    message(
      'cuts bodies beyond 64 KiB',
      resectioned('data', octets => (octets.length > 65_536 ? encodeMessage({ body: { type: 'data', value: [octets.subarray(8, 65_536)] } }) : octets)),
      everywhere,
    ),
    message('changes the bare message of what it delivers again', changedAgain(), everywhere),
  ],
  'amqp10/3.2.section-order:emit': [message('puts the header behind the body', shuffled(), everywhere)],
  'amqp10/3.2.section-order:enforce': [
    also(message('takes sections in any order', takesAnything), 'amqp10/{anonymous-terminus,attach,error,flow,framing,session-flow,transaction,transfer}/**'),
  ],
  'amqp10/3.2.section-once:emit': [
    message(
      'sends the header twice',
      delivered10(each => each.carrying(joined(each.section('header') ?? encodeMessage({ header: {} }), each.payload))),
      everywhere,
    ),
  ],
  'amqp10/3.2.section-once:enforce': [
    also(
      message('takes sections that come twice', takesAnything),
      'amqp10/{anonymous-terminus,attach,error,flow,framing,session-flow,transaction,transfer}/**',
    ),
  ],
  'amqp10/3.2.body-kinds:emit': [
    message(
      'sends an amqp-value behind the data of a body',
      delivered10(each => each.section('data') !== undefined && each.carrying(joined(each.payload, aValue))),
      everywhere,
    ),
  ],
  'amqp10/3.2.body-kinds:enforce': [
    also(message('takes bodies of several kinds', takesAnything), 'amqp10/{anonymous-terminus,attach,error,flow,framing,session-flow,transaction,transfer}/**'),
  ],
  'amqp10/3.2.section-type:emit': [message('ends each message with a section of its own', behind(sectionOf(0x7e, plainText('end'))), everywhere)],
  'amqp10/3.2.section-type:enforce': [
    also(
      message('takes whatever there is for a message', takesAnything),
      'amqp10/{anonymous-terminus,attach,error,flow,framing,session-flow,transaction,transfer}/**',
    ),
  ],
  'amqp10/3.2.1.header-defaults:emit': [
    message(
      'makes messages durable that do not say',
      header(fields => fields.durable === undefined && { ...fields, durable: true }),
      everywhere,
    ),
    message(
      'gives messages a priority that do not say one',
      header(fields => fields.priority === undefined && { ...fields, priority: 0 }),
      everywhere,
    ),
  ],
  'amqp10/3.2.1.durable:emit': [
    message(
      'accepts durable messages and does not keep them',
      recoveringMessages(appends => appends.filter(({ message: { dialect } }) => dialect !== 'amqp10')),
    ),
  ],
  'amqp10/3.2.1.durable-kept:emit': [
    message(
      'loses the durable flag',
      header(fields => fields.durable === true && { ...fields, durable: false }),
      everywhere,
    ),
    message(
      'knows no priority above 9',
      header(fields => (fields.priority ?? 0) > 9 && { ...fields, priority: 9 }),
      everywhere,
    ),
  ],
  'amqp10/3.2.1.priority-levels:emit': [
    message(
      'puts messages of low priority first',
      published10(each => {
        const fields = each.fieldsOf('header');
        return fields.priority !== undefined && each.refielded('header', { ...fields, priority: Math.max(0, 9 - fields.priority) });
      }),
      everywhere,
    ),
  ],
  'amqp10/3.2.1.ttl:emit': [
    message(
      'takes no notice of the ttl',
      published10(each => withoutTtl(each)),
      everywhere,
    ),
    message(
      'drops every message that has a ttl',
      published10(each => each.fieldsOf('header').ttl !== undefined && each.refielded('header', { ...each.fieldsOf('header'), ttl: 0 })),
      everywhere,
    ),
  ],
  'amqp10/3.2.1.ttl-reduced:emit': [
    message(
      'sends messages on without their ttl',
      header(fields => fields.ttl !== undefined && { ...fields, ttl: undefined }),
      everywhere,
    ),
    message(
      'sends messages on with a ttl that never ends',
      header(fields => fields.ttl !== undefined && { ...fields, ttl: 0xffff_ffff }),
      everywhere,
    ),
  ],
  'amqp10/3.2.1.first-acquirer:emit': [
    message(
      'calls every delivery the first',
      header(fields => fields.firstAcquirer !== true && { ...fields, firstAcquirer: true }),
      everywhere,
    ),
  ],
  'amqp10/3.2.1.delivery-count:emit': [
    message(
      'counts the delivery that is under way',
      header(fields => ({ ...fields, deliveryCount: (fields.deliveryCount ?? 0) + 1 })),
      everywhere,
    ),
    message(
      'counts no more than one failed delivery',
      header(fields => (fields.deliveryCount ?? 0) > 1 && { ...fields, deliveryCount: 1 }),
      everywhere,
    ),
  ],
  'amqp10/3.2.2.delivery-annotations:emit': [
    message(
      'ends sessions over delivery annotations',
      refusesAnnotation(['delivery-annotations'], () => true),
      everywhere,
    ),
  ],
  'amqp10/3.2.3.message-annotations:emit': [
    message(
      'loses message annotations',
      resectioned('message-annotations', () => undefined),
      everywhere,
    ),
    message(
      'makes texts of what message annotations hold',
      delivered10(
        each => each.section('message-annotations') !== undefined && revalue(each, value => (value.type === 'symbol' ? plainText(value.value) : undefined)),
      ),
      everywhere,
    ),
  ],
  'amqp10/3.2.4.properties-unaltered:emit': [
    message(
      'loses the subject',
      properties(fields => fields.subject !== undefined && { ...fields, subject: undefined }),
      everywhere,
    ),
    message(
      'loses the addresses of a message',
      properties(fields => (fields.to !== undefined || fields.replyTo !== undefined) && { ...fields, to: undefined, replyTo: undefined }),
      everywhere,
    ),
    message(
      'loses what is said of the content',
      properties(fields => (fields.contentType ?? fields.contentEncoding) !== undefined && { ...fields, contentType: undefined, contentEncoding: undefined }),
      everywhere,
    ),
    message(
      'rounds times to seconds',
      properties(
        fields =>
          (fields.creationTime ?? fields.absoluteExpiryTime) !== undefined && {
            ...fields,
            creationTime: rounded(fields.creationTime),
            absoluteExpiryTime: rounded(fields.absoluteExpiryTime),
          },
      ),
      everywhere,
    ),
    message(
      'loses the user-id',
      properties(fields => fields.userId !== undefined && { ...fields, userId: undefined }),
      everywhere,
    ),
    message('gives a message the properties of the one before', lastProperties(), everywhere),
  ],
  'amqp10/3.2.4.message-id-types:emit': [
    message(
      'makes strings of message-ids and correlation-ids',
      properties(fields => {
        const [messageId, correlationId] = [textual(fields.messageId), textual(fields.correlationId)];
        return (messageId !== fields.messageId || correlationId !== fields.correlationId) && { ...fields, messageId, correlationId };
      }),
      everywhere,
    ),
    message(
      'makes uuids of strings that look like one',
      properties(fields => {
        const changes = Object.fromEntries(
          (['messageId', 'correlationId'] as const).flatMap(name => {
            const id = fields[name];
            return id?.type === 'string' && id.value.startsWith('urn:uuid:') ? [[name, { type: 'uuid' as const, value: new Uint8Array(16) }]] : [];
          }),
        );
        return Object.keys(changes).length > 0 && { ...fields, ...changes };
      }),
      everywhere,
    ),
  ],
  'amqp10/3.2.4.absolute-expiry-time:emit': [
    message(
      'takes no notice of the absolute-expiry-time',
      published10(
        each =>
          each.section('properties') !== undefined &&
          each.fieldsOf('properties').absoluteExpiryTime !== undefined &&
          each.refielded('properties', { ...each.fieldsOf('properties'), absoluteExpiryTime: undefined }),
      ),
      everywhere,
    ),
    message(
      'takes every absolute-expiry-time for one that has passed',
      published10(
        each =>
          each.section('properties') !== undefined &&
          each.fieldsOf('properties').absoluteExpiryTime !== undefined &&
          each.refielded('properties', { ...each.fieldsOf('properties'), absoluteExpiryTime: 1n }),
      ),
      everywhere,
    ),
  ],
  'amqp10/3.2.4.group-sequence:emit': [
    message(
      'loses the group of a message',
      properties(fields => fields.groupId !== undefined && { ...fields, groupId: undefined, groupSequence: undefined }),
      everywhere,
    ),
    message(
      'loses the group for answers',
      properties(fields => fields.replyToGroupId !== undefined && { ...fields, replyToGroupId: undefined }),
      everywhere,
    ),
  ],
  'amqp10/3.2.5.application-properties:emit': [
    message(
      'loses application properties',
      resectioned('application-properties', () => undefined),
      everywhere,
    ),
    message(
      'sends application properties under keys that are symbols',
      resectioned('application-properties', () => sectionOf(0x74, mapOf([variableOf('symbol', Buffer.from('key')), Uint8Array.of(0x41)]))),
      everywhere,
    ),
  ],
  'amqp10/3.2.6.data:emit': [
    message('loses all data sections but the first', firstAlone('data'), everywhere),
    message(
      'sends data in capital letters',
      resectioned('data', octets => Buffer.from(Buffer.from(octets).toString('latin1').toUpperCase(), 'latin1')),
      everywhere,
    ),
    message(
      'loses the third data section of a body',
      delivered10(each => {
        const [, , third] = each.sections.filter(({ name }) => name === 'data');
        return third !== undefined && each.resectioned((_, octets) => (octets.byteOffset === third.octets.byteOffset ? undefined : octets));
      }),
      ['amqp10/properties/content', 'amqp10/message/**'],
    ),
  ],
  'amqp10/3.2.7.amqp-sequence:emit': [
    message('loses all sequences but the first', firstAlone('amqp-sequence'), everywhere),
    message(
      'sends sequences without their elements',
      resectioned('amqp-sequence', () => sectionOf(0x76, { type: 'list', value: [] })),
      everywhere,
    ),
  ],
  'amqp10/3.2.8.amqp-value:emit': [
    message(
      'makes null of every value',
      resectioned('amqp-value', () => sectionOf(0x77, { type: 'null', value: null })),
      everywhere,
    ),
    message(
      'sends another value in place of null',
      resectioned('amqp-value', octets => (octets.at(-1) === 0x40 ? sectionOf(0x77, { type: 'list', value: [] }) : octets)),
      everywhere,
    ),
    message(
      'loses pairs of a map behind its second',
      delivered10(each =>
        revalue(each, value => (value.type === 'map' && value.value.length > 2 ? { type: 'map', value: value.value.slice(0, 2) } : undefined)),
      ),
      ['amqp10/properties/values', 'amqp10/{http-management,management,message,types}/**'],
    ),
  ],
  'amqp10/3.2.9.footer:emit': [
    message(
      'loses footers',
      resectioned('footer', () => undefined),
      everywhere,
    ),
  ],
  'amqp10/3.2.10.annotation-keys:emit': [message('sends annotations under keys that are strings', withStringKeys(), everywhere)],
  'amqp10/3.2.10.annotation-keys:enforce': [
    also(
      message('takes annotations under keys of any type', takesAnything),
      'amqp10/{anonymous-terminus,attach,error,flow,framing,session-flow,transaction,transfer}/**',
    ),
  ],
  'amqp10/3.2.10.reserved-annotations:enforce': [
    also(
      message(
        'ends a session over an annotation that it does not know',
        refusesAnnotation(['message-annotations'], payload => !bearsOptional(payload)),
      ),
      'amqp10/address-v2/**',
    ),
  ],
  'amqp10/3.2.10.optional-annotations:emit': [
    message('ends sessions over optional annotations', refusesAnnotation(['delivery-annotations', 'message-annotations', 'footer'], bearsOptional), everywhere),
  ],
  'amqp10/3.2.16.message-format:emit': [
    message(
      'transfers messages in a format of its own',
      answer10('transfer', draft => draft.fields.messageFormat !== undefined && draft.with({ messageFormat: 1 })),
      everywhere,
    ),
  ],
  'amqp10/3.2.15.address:emit': [message('sends addresses as symbols', symbolicAddress(), everywhere)],
} as const satisfies FaultTable;

/** The bare message of what is delivered again is not what it was. */
function changedAgain(): FrameSeam10 {
  return delivered10(each => {
    const again = each.fieldsOf('header').firstAcquirer !== true && each.section('properties') !== undefined;
    return again && each.refielded('properties', { ...each.fieldsOf('properties'), subject: 'again' });
  });
}

/** The header comes last. */
function shuffled(): FrameSeam10 {
  return delivered10(each => {
    const found = each.section('header');
    return found !== undefined && each.carrying(joined(each.resectioned((name, octets) => (name === 'header' ? undefined : octets)).payload, found));
  });
}

function withoutTtl(each: Message10): Message10 | false {
  const { ttl, ...fields } = each.fieldsOf('header');
  return ttl !== undefined && each.refielded('header', fields);
}

/** A message without properties gets those of the one before. */
function lastProperties(): FrameSeam10 {
  return remembering10(() => {
    let last: ReturnType<typeof propertiesOf> | undefined;
    return delivered10(each => {
      const before = last;
      const bare = each.section('properties') === undefined;
      last = bare ? undefined : propertiesOf(each);
      return bare && before !== undefined && each.refielded('properties', before);
    });
  });
}

function textual(id: MessageId | undefined): MessageId | undefined {
  return id === undefined || id.type === 'string' ? id : { type: 'string', value: String(id.value) };
}

function rounded(moment: bigint | undefined): bigint | undefined {
  return moment === undefined ? undefined : (moment / 1000n) * 1000n;
}

function withStringKeys(): FrameSeam10 {
  const octets = sectionOf(0x72, mapOf([variableOf('string', Buffer.from('x-opt-key')), Uint8Array.of(0x41)]));
  return resectioned('message-annotations', () => octets);
}

/** The address in `to` is a symbol. */
function symbolicAddress(): FrameSeam10 {
  return delivered10(each => {
    const fields = each.section('properties') === undefined ? {} : propertiesOf(each);
    if (fields.to === undefined) return false;
    const octets = compositeAs('properties', fields, { fields: { to: variableOf('symbol', Buffer.from('queue')) } });
    return each.resectioned((name, old) => (name === 'properties' ? octets : old));
  });
}
