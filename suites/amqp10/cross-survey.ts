import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import type { MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { fieldTable, plain } from '../../harness/wire/amqp091/field-table.ts';
import { carried, crossing, receiverOf, senderOf, shown, to10, to091 } from './crossing.ts';
import { bodyOf, text } from './passage.ts';

const table = { to10: 'What 1.0 gets of what 0-9-1 says', to091: 'What 0-9-1 gets of what 1.0 says' } as const;

/** Every property but the user's identity, which not every broker takes, and the expiration, whose meaning 0-9-1 leaves to each. */
const properties: BasicProperties = {
  contentType: 'application/x-amqpspec',
  contentEncoding: 'x-encoding',
  headers: fieldTable({ 'amqpspec-header': 'header', 'x-amqpspec': 'extension' }),
  deliveryMode: 2,
  priority: 7,
  correlationId: 'the-correlation-id',
  replyTo: 'the-reply-to',
  messageId: 'the-message-id',
  timestamp: 1_700_000_000n,
  type: 'the-type',
  appId: 'the-app-id',
};

/** What may be looked for in a whole message as text, by the property of 0-9-1 that says it. */
const traces: Readonly<Record<string, readonly string[]>> = {
  'content-type': ['application/x-amqpspec'],
  'content-encoding': ['x-encoding'],
  headers: ['amqpspec-header'],
  'headers x-…': ['x-amqpspec'],
  'correlation-id': ['the-correlation-id'],
  'reply-to': ['the-reply-to'],
  'message-id': ['the-message-id'],
  timestamp: ['1700000000000', '1700000000'],
  type: ['the-type'],
  'app-id': ['the-app-id'],
};

const draft: MessageDraft = {
  header: { durable: true, priority: 7, ttl: 600_000 },
  messageAnnotations: [['x-opt-amqpspec', text('annotation')]],
  properties: {
    messageId: { type: 'string', value: 'the-message-id' },
    to: 'the-to',
    subject: 'the-subject',
    replyTo: 'the-reply-to',
    correlationId: { type: 'string', value: 'the-correlation-id' },
    contentType: 'application/x-amqpspec',
    contentEncoding: 'x-encoding',
    creationTime: 1_700_000_000_000n,
    groupId: 'the-group-id',
    groupSequence: 77_777,
    replyToGroupId: 'the-reply-group',
  },
  applicationProperties: [['amqpspec-property', text('property')]],
  ...bodyOf('surveyed'),
  footer: [['x-opt-amqpspec-footer', text('footer')]],
};

const traces10: Readonly<Record<string, readonly string[]>> = {
  'message-id': ['the-message-id'],
  to: ['the-to'],
  subject: ['the-subject'],
  'reply-to': ['the-reply-to'],
  'correlation-id': ['the-correlation-id'],
  'content-type': ['application/x-amqpspec'],
  'content-encoding': ['x-encoding'],
  'creation-time': ['1700000000'],
  'group-id': ['the-group-id'],
  'group-sequence': ['77777'],
  'reply-to-group-id': ['the-reply-group'],
  'application-properties': ['amqpspec-property'],
  'message-annotations': ['x-opt-amqpspec'],
  footer: ['x-opt-amqpspec-footer'],
};

/** Where something of a message was found again: the names of the parts that hold one of its traces. */
function places(parts: Readonly<Record<string, unknown>>, wanted: readonly string[]): string {
  const found = Object.entries(parts).filter(([, value]) => value !== undefined && wanted.some(each => shown(value).includes(each)));
  return found.length === 0 ? 'nothing' : found.map(([name]) => name).join(', ');
}

/** No standard says how one protocol's properties become the other's: it is told what this broker makes of them. The body alone is judged. */
export const crossSurveyChecks = [
  check('amqp10/cross/survey/to-10', {
    title: 'What a receiver of 1.0 gets of each property of 0-9-1 is told; the body comes as it was',
    duties: ['amqp10/conversion.body-to-10:emit'],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const { message } = await to10(x, await receiverOf(x), properties, 'surveyed');
      const { header } = message;
      const parts = {
        ...prefixed('properties', message.properties),
        'application-properties': message.applicationProperties,
        'message-annotations': message.messageAnnotations,
      };
      for (const [name, wanted] of Object.entries(traces)) peer.tabulate(table.to10, name, 'becomes', places(parts, wanted));
      peer.tabulate(table.to10, 'delivery-mode', 'becomes', header?.durable === true ? 'header.durable' : 'nothing');
      peer.tabulate(table.to10, 'priority', 'becomes', header?.priority === 7 ? 'header.priority' : 'nothing');
      const body = Buffer.from(carried(message) ?? []).toString();
      peer.require(body === 'surveyed', `The body came as ${body === '' ? 'something else' : body}.`);
    },
  }),
  check('amqp10/cross/survey/to-091', {
    title: 'What a consumer of 0-9-1 gets of each field of 1.0 is told; the body comes as it was',
    duties: ['amqp10/conversion.body-to-091:emit'],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.consume(x.queue, { noAck: true });
      const came = await to091(peer, x, await senderOf(x), draft);
      const { headers = [], deliveryMode, priority, expiration, ...rest } = came.properties;
      const parts = { ...rest, ...prefixed('header', plain(headers)) };
      for (const [name, wanted] of Object.entries(traces10)) peer.tabulate(table.to091, name, 'becomes', places(parts, wanted));
      peer.tabulate(table.to091, 'header.durable', 'becomes', deliveryMode === 2 ? 'delivery-mode' : 'nothing');
      peer.tabulate(table.to091, 'header.priority', 'becomes', priority === 7 ? 'priority' : 'nothing');
      peer.tabulate(table.to091, 'header.ttl', 'becomes', expiration === undefined ? 'nothing' : 'expiration');
      const body = Buffer.from(came.body).toString();
      peer.require(body === 'surveyed', 'The body came otherwise than it was sent.');
    },
  }),
];

/** The parts of something with its name in front, and the name with each value. */
function prefixed(what: string, parts: object | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(parts ?? {}).map(([name, value]) => [`${what} ${name}`, value === undefined ? undefined : [name, value]]));
}
