import type { Rule10 } from '../rule.ts';
import { detach, end, extension, may, mayAnswer, must, mustAnswer, mustByEffect, outcome, text } from './phrases.ts';

const anonymous = extension('Using the AMQP Anonymous Terminus for Message Routing 1.0', 'https://docs.oasis-open.org/amqp/anonterm/v1.0/anonterm-v1.0.html');
const addresses = extension('RabbitMQ: AMQP 1.0 addresses, version 2', 'https://www.rabbitmq.com/docs/amqp#address-v2');
const replyTo = extension('RabbitMQ: Direct Reply-To', 'https://www.rabbitmq.com/docs/direct-reply-to');
const filters = extension('AMQP Filter Expressions 1.0', 'https://docs.oasis-open.org/amqp/filtex/v1.0/filtex-v1.0.html');
const streamFilters = extension('RabbitMQ: AMQP filter expressions', 'https://www.rabbitmq.com/docs/stream-filtering');
const apacheFilters = extension('Apache filters for AMQP 1.0', 'https://people.apache.org/~rgodfrey/amqp-1.0/apache-filters.html');
const selectors = extension(
  'Jakarta Messaging 3.1, message selectors',
  'https://jakarta.ee/specifications/messaging/3.1/jakarta-messaging-spec-3.1#message-selector',
);
const senderSelected = extension('RabbitMQ: sender-selected distribution', 'https://www.rabbitmq.com/docs/sender-selected');
const jms = extension(
  'AMQP Bindings and Mappings: JMS mapping, working draft 10',
  'https://groups.oasis-open.org/higherlogic/ws/public/download/67638/amqp-bindmap-jms-v1.0-wd10.pdf',
);

const relay = 'ANONYMOUS-RELAY';

/** What a broker makes of a filter that it cannot read: the link goes on without it, or does not come to be. */
const badFilter = [
  detach('amqp:invalid-field'),
  end('amqp:invalid-field', 'practice'),
  detach('amqp:not-implemented'),
  detach('amqp:precondition-failed'),
] as const;

/** Companions on where messages go: anonymous terminus, addresses, direct reply-to. */
export const routingRules = {
  'amqp10/anonymous-terminus.attach': {
    source: [anonymous],
    section: 'anonymous terminus',
    statement: 'A server that offers the capability takes a link to a target without address, and says so in its answer.',
    capability: relay,
    duties: { emit: must },
  },
  'amqp10/anonymous-terminus.routed': {
    source: [anonymous],
    section: 'anonymous terminus, message routing',
    statement: 'A message on such a link goes where its to field leads, as over a link of its own to there, with the outcome of that node.',
    capability: relay,
    duties: { emit: must },
  },
  'amqp10/anonymous-terminus.settled': {
    source: [anonymous],
    section: 'anonymous terminus, message routing',
    statement: 'So it goes with messages that are sent settled, and with those of a transaction when that is discharged.',
    capability: relay,
    duties: { emit: mustByEffect },
  },
  'amqp10/anonymous-terminus.unroutable-rejected': {
    source: [anonymous],
    section: 'anonymous terminus, routing errors',
    statement: 'A message to nowhere is rejected with the error that a link to there would have been refused with, where the source has rejected.',
    capability: relay,
    duties: { enforce: mustAnswer(outcome('rejected', 'amqp:not-found'), outcome('rejected', 'any'), outcome('released', undefined, 'practice')) },
  },
  'amqp10/anonymous-terminus.unroutable-detached': {
    source: [anonymous],
    section: 'anonymous terminus, routing errors',
    statement: 'Where the source has no rejected, or the message was sent settled, the link is detached with that error.',
    capability: relay,
    duties: { enforce: mustAnswer(detach('amqp:not-found'), detach('any')) },
  },
  'amqp10/anonymous-terminus.delivery-tag': {
    source: [anonymous],
    section: 'anonymous terminus, routing errors',
    statement: 'The error of such a detach names the delivery-tag of the message in its info.',
    capability: relay,
    duties: { emit: must },
  },
  'amqp10/anonymous-terminus.unroutable-in-transaction': {
    source: [anonymous],
    section: 'anonymous terminus, routing errors',
    statement: 'A settled message to nowhere in a transaction keeps that from being committed.',
    capability: relay,
    duties: { enforce: mustAnswer(outcome('rejected', 'amqp:transaction:rollback'), outcome('rejected', 'any'), detach('any')) },
  },
  'amqp10/anonymous-terminus.no-to': {
    source: [anonymous],
    section: 'anonymous terminus, routing errors',
    statement: 'A message without to, or with one that is no address, leads nowhere.',
    capability: relay,
    duties: { enforce: mustAnswer(outcome('rejected', 'any'), detach('any'), end('any', 'practice')), 'client-emit': must },
  },
  'amqp10/address-v2.queue-target': {
    source: [addresses],
    section: 'address v2',
    statement: 'A link to /queues/ and a name sends to that queue.',
    duties: { emit: must },
  },
  'amqp10/address-v2.queue-source': {
    source: [addresses],
    section: 'address v2',
    statement: 'A link from /queues/ and a name receives from that queue.',
    duties: { emit: must },
  },
  'amqp10/address-v2.queue-missing': {
    source: [addresses, text('2.8.15')],
    section: 'address v2',
    statement: 'A queue that is not there is not found, and is not made by the attach.',
    duties: { enforce: mustAnswer(detach('amqp:not-found'), end('amqp:not-found', 'practice')) },
  },
  'amqp10/address-v2.exchange-key': {
    source: [addresses],
    section: 'address v2',
    statement: 'A link to /exchanges/, a name and a routing key publishes to that exchange with that key.',
    duties: { emit: must },
  },
  'amqp10/address-v2.exchange': {
    source: [addresses],
    section: 'address v2',
    statement: 'A link to /exchanges/ and a name publishes there with the empty routing key.',
    duties: { emit: must },
  },
  'amqp10/address-v2.exchange-missing': {
    source: [addresses],
    section: 'address v2',
    statement: 'An exchange that is not there is not found.',
    duties: { enforce: mustAnswer(detach('amqp:not-found'), end('amqp:not-found', 'practice')) },
  },
  'amqp10/address-v2.default-exchange': {
    source: [addresses],
    section: 'address v2',
    statement: 'The default exchange is not to be named in this form.',
    duties: { enforce: mustAnswer(detach('any'), end('any', 'practice')) },
  },
  'amqp10/address-v2.percent-encoded': {
    source: [addresses],
    section: 'address v2',
    statement: 'Names and keys are percent-encoded, so that any octets can be in them; what cannot be decoded is no address.',
    duties: { emit: must, enforce: mustAnswer(detach('any'), end('any', 'practice')), 'client-emit': must },
  },
  'amqp10/address-v2.null-target': {
    source: [addresses, anonymous],
    section: 'address v2',
    statement: 'On a link without target address each message names an address of these forms in to.',
    duties: { emit: must },
  },
  'amqp10/address-v2.unroutable': {
    source: [addresses],
    section: 'address v2',
    statement: 'A message that an exchange routes to no queue is released.',
    duties: { enforce: mustAnswer(outcome('released')) },
  },
  'amqp10/address-v2.one-queue-rejects': {
    source: [extension('RabbitMQ: AMQP 1.0 outcomes', 'https://www.rabbitmq.com/docs/amqp#outcomes')],
    section: 'address v2',
    statement: 'A message is accepted once all queues that it went to have it, and rejected if one of them rejects it.',
    duties: { emit: must },
  },
  'amqp10/address-v2.further-keys': {
    source: [senderSelected],
    section: 'address v2',
    statement: 'The annotation x-cc names further routing keys, all of which a message is routed by.',
    duties: { emit: must },
  },
  'amqp10/direct-reply-to.address': {
    source: [replyTo],
    section: 'direct reply-to',
    statement: 'A dynamic source with the capability rabbitmq:volatile-queue gets an address for replies, which others can send to while the link stands.',
    duties: { emit: must },
  },
  'amqp10/direct-reply-to.delivered': {
    source: [replyTo],
    section: 'direct reply-to',
    statement: 'A reply goes straight to the requester as far as that has credit, settled, and is never stored.',
    duties: { emit: must },
  },
  'amqp10/direct-reply-to.gone': {
    source: [replyTo],
    section: 'direct reply-to',
    statement: 'A reply to a requester that is gone, or without credit, is dropped and costs the replier nothing.',
    duties: { permit: mayAnswer(outcome('accepted'), outcome('released'), detach('amqp:not-found')), emit: mustByEffect },
  },
  'amqp10/direct-reply-to.unguessable': {
    source: [replyTo],
    section: 'direct reply-to',
    statement: 'Each requester has an address of its own, which another cannot receive from.',
    duties: { emit: must },
  },
  'amqp10/request-response.correlation': {
    source: [text('3.2.4'), jms],
    section: 'request-response',
    statement: 'Reply-to, correlation-id and message-id of a request arrive as they were sent, so that a reply finds its way back.',
    duties: { emit: must },
  },
  'amqp10/request-response.dynamic-reply': {
    source: [text('3.5.3'), jms],
    section: 'request-response',
    statement: 'A dynamic source serves as the address of replies for whoever gets to know it.',
    duties: { emit: must },
  },
  'amqp10/jms.shared-subscription': {
    source: [jms],
    section: 'JMS mapping',
    statement: 'Links of one name with the capability shared share the messages of a subscription, and each message goes to one of them.',
    capability: 'SHARED-SUBS',
    duties: { emit: mustByEffect },
  },
  'amqp10/jms.durable-subscription': {
    source: [jms],
    section: 'JMS mapping',
    statement: 'A subscription with expiry-policy never keeps what comes while its link is detached, until that is closed.',
    duties: { emit: mustByEffect },
  },
  'amqp10/jms.volatile-subscription': {
    source: [jms],
    section: 'JMS mapping',
    statement: 'A subscription of the default expiry-policy gets what is published while it stands, each message once, and nothing from before.',
    duties: { emit: mustByEffect },
  },
  'amqp10/jms.subscription-in-use': {
    source: [jms],
    section: 'JMS mapping',
    statement: 'A subscription that is not shared and in use is locked for others, or taken over by the same container.',
    duties: { enforce: mustAnswer(detach('amqp:resource-locked'), detach('amqp:link:stolen'), end('amqp:resource-locked', 'practice')), permit: may },
  },
  'amqp10/jms.global-subscription': {
    source: [jms],
    section: 'JMS mapping',
    statement: 'With the capability global a shared subscription is one for all containers, and without it one for each.',
    capability: 'SHARED-SUBS',
    duties: { emit: mustByEffect },
  },
  'amqp10/jms.temporary-queue-owner': {
    source: [jms],
    section: 'JMS mapping',
    statement: 'From a temporary queue, a dynamic node of the capability temporary-queue, its own connection receives and no other, while all may send.',
    duties: {
      enforce: mustAnswer(
        detach('amqp:resource-locked'),
        detach('amqp:not-allowed'),
        detach('amqp:unauthorized-access'),
        end('amqp:resource-locked', 'practice'),
      ),
    },
  },
} as const satisfies Readonly<Record<string, Rule10>>;

/** Companions on filters: message selectors, the filters of properties, SQL. */
export const filterRules = {
  'amqp10/filter.unknown': {
    source: [filters, text('3.5.3'), text('3.5.8')],
    section: 'filters',
    statement: 'A filter of an unknown type is left out of the answer, or the link is refused with not-implemented.',
    duties: { enforce: mustAnswer({ kind: 'performative', performative: 'attach', reading: 'text' }, detach('amqp:not-implemented')) },
  },
  'amqp10/filter.selector': {
    source: [apacheFilters, selectors],
    section: 'filters',
    statement: 'A selector in apache.org:selector-filter:string picks messages by application properties and header fields as Jakarta Messaging has it.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.selector-null': {
    source: [selectors],
    section: 'filters',
    statement: 'What a message does not have is unknown to a selector: a comparison with it neither holds nor fails, and only is null finds it.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.selector-invalid': {
    source: [apacheFilters, selectors],
    section: 'filters',
    statement: 'A selector that cannot be parsed refuses the link.',
    duties: { enforce: mustAnswer(...badFilter) },
  },
  'amqp10/filter.no-local': {
    source: [apacheFilters],
    section: 'filters',
    statement: 'With apache.org:no-local-filter:list a link does not bring what was sent over its own connection.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.legacy-binding': {
    source: [apacheFilters],
    section: 'filters',
    statement: 'The filters for direct and topic bindings pick messages by subject, exactly or by pattern.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.properties': {
    source: [filters, streamFilters],
    section: 'filters',
    statement: 'A properties filter passes messages whose properties all equal the values that it names.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.application-properties': {
    source: [filters, streamFilters],
    section: 'filters',
    statement: 'An application-properties filter passes messages that have all entries that it names, numbers compared across their types.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.prefix-suffix': {
    source: [filters, streamFilters],
    section: 'filters',
    statement: 'In both a string after &p: is a prefix, one after &s: a suffix, and && stands for an ampersand at the beginning.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.absent-field': {
    source: [filters],
    section: 'filters',
    statement: 'A message without what a filter names does not pass it, unless null is what it names.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.properties-invalid': {
    source: [filters, streamFilters],
    section: 'filters',
    statement: 'A filter whose value is not of its form is refused, or left out of the answer.',
    duties: { enforce: mustAnswer({ kind: 'performative', performative: 'attach', reading: 'text' }, ...badFilter) },
  },
  'amqp10/filter.sql': {
    source: [filters, extension('RabbitMQ: SQL filter expressions', 'https://www.rabbitmq.com/docs/stream-filtering#sql-filter-expressions')],
    section: 'filters',
    statement: 'An SQL filter passes messages for which its expression is true, over properties, application properties and header.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.sql-operators': {
    source: [filters],
    section: 'filters',
    statement: 'An SQL filter has comparison, arithmetic, and, or, not, in, like with escape, and is null, with three-valued logic.',
    duties: { emit: mustByEffect },
  },
  'amqp10/filter.sql-invalid': {
    source: [filters],
    section: 'filters',
    statement: 'An SQL expression that cannot be parsed is refused, or left out of the answer.',
    duties: { enforce: mustAnswer({ kind: 'performative', performative: 'attach', reading: 'text' }, ...badFilter) },
  },
  'amqp10/filter.order': {
    source: [filters],
    section: 'filters',
    statement: 'What passes a filter comes in the order in which it stands in the queue.',
    duties: { emit: mustByEffect },
  },
} as const satisfies Readonly<Record<string, Rule10>>;
