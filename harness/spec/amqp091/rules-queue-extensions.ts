import type { Rule091 } from '../rule.ts';
import { channelClose, extension, must, mustAnswer, mustByEffect, shouldByEffect, xml } from './phrases.ts';

const ttl = extension('Time-To-Live and Expiration', 'https://www.rabbitmq.com/docs/ttl');
const lengths = extension('Queue Length Limit', 'https://www.rabbitmq.com/docs/maxlength');
const deadLetters = extension('Dead Letter Exchanges', 'https://www.rabbitmq.com/docs/dlx');
const priorities = extension('Classic Queues Support Priorities', 'https://www.rabbitmq.com/docs/priority');
const queues = extension('Queues', 'https://www.rabbitmq.com/docs/queues');
const confirms = extension('Consumer Acknowledgements and Publisher Confirms', 'https://www.rabbitmq.com/docs/confirms');
const senderSelected = extension('Sender-selected Distribution', 'https://www.rabbitmq.com/docs/sender-selected');

const precondition = mustAnswer(channelClose(406));

/** How long messages and queues live. */
const lifetimeRules = {
  'amqp091/message-ttl.queue': {
    source: [ttl],
    section: 'x-message-ttl',
    statement: 'Nobody is sent a message that has waited in a queue for longer than the x-message-ttl of the queue, in milliseconds.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-ttl.message': {
    source: [ttl],
    section: 'expiration',
    statement: 'Nobody is sent a message that has waited in a queue for longer than its expiration, a string that gives milliseconds.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-ttl.waits': {
    source: [ttl],
    section: 'x-message-ttl',
    statement: 'A message whose time to live is not over waits for its consumer like any other.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-ttl.minimum': {
    source: [ttl],
    section: 'expiration',
    statement: 'Where queue and message both limit the time to live, the lower of the two counts.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-ttl.zero': {
    source: [ttl],
    section: 'x-message-ttl',
    statement: 'With a time to live of zero a message is delivered at once or not at all.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-ttl.requeue': {
    source: [ttl],
    section: 'x-message-ttl',
    statement: 'A message that comes back to its queue keeps the time at which it expires.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-ttl.each-queue': {
    source: [ttl],
    section: 'x-message-ttl',
    statement: 'A message in several queues expires in each of them for itself.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-ttl.expiration-syntax': {
    source: [ttl],
    section: 'expiration',
    statement: 'An expiration that is no whole number of milliseconds is refused.',
    duties: { enforce: precondition },
  },
  'amqp091/message-ttl.argument': {
    source: [ttl],
    section: 'x-message-ttl',
    statement: 'x-message-ttl is a whole number from zero; a queue with any other value is refused.',
    duties: { enforce: precondition },
  },
  'amqp091/queue-expiry.unused': {
    source: [ttl],
    section: 'x-expires',
    statement: 'A queue that was out of use for the milliseconds of its x-expires is deleted.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-expiry.consumers': {
    source: [ttl],
    section: 'x-expires',
    statement: 'A queue with consumers is in use, however long nothing happens.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-expiry.renewal': {
    source: [ttl],
    section: 'x-expires',
    statement: 'Declaring a queue again and getting from it are uses: the time counts anew.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-expiry.argument': {
    source: [ttl],
    section: 'x-expires',
    statement: 'x-expires is a whole number above zero; a queue with any other value is refused.',
    duties: { enforce: precondition },
  },
} as const satisfies Readonly<Record<string, Rule091>>;

/** How long queues may become. */
const lengthRules = {
  'amqp091/queue-length.messages': {
    source: [lengths],
    section: 'x-max-length',
    statement: 'A queue that would hold more messages than its x-max-length gives up those at its head.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-length.octets': {
    source: [lengths],
    section: 'x-max-length-bytes',
    statement: 'A queue whose bodies would take more octets than its x-max-length-bytes gives up messages at its head.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-length.both': {
    source: [lengths],
    section: 'x-max-length',
    statement: 'Where messages and octets are both limited, whichever limit is reached first counts.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-length.ready': {
    source: [lengths],
    section: 'x-max-length',
    statement: 'Messages that wait for an acknowledgement do not count towards the limits.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-length.drop-head-confirms': {
    source: [lengths, confirms],
    section: 'x-overflow',
    statement: 'A message that pushes another out of a full queue is taken over, and confirmed with an ack.',
    capability: 'publisher_confirms',
    duties: { emit: must },
  },
  'amqp091/queue-length.reject-publish': {
    source: [lengths],
    section: 'x-overflow',
    statement: 'With overflow reject-publish or reject-publish-dlx a full queue keeps what it holds and takes nothing more.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-length.nack': {
    source: [lengths, confirms],
    section: 'x-overflow',
    statement: 'A publisher in confirm mode gets a nack for a message that a full queue does not take, though other queues took it.',
    capability: 'publisher_confirms',
    duties: { emit: must },
  },
  'amqp091/queue-length.other-queues': {
    source: [lengths],
    section: 'x-overflow',
    statement: 'A message that one full queue does not take comes to all others that it was routed to.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-length.reject-publish-dlx': {
    source: [lengths],
    section: 'x-overflow',
    statement: 'With overflow reject-publish-dlx what a full queue does not take is dead-lettered; with reject-publish it is not.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue-length.argument': {
    source: [lengths],
    section: 'x-max-length',
    statement: 'Limits of length are whole numbers from zero and x-overflow is one of its three words; a queue with other values is refused.',
    duties: { enforce: precondition },
  },
} as const satisfies Readonly<Record<string, Rule091>>;

/** What becomes of messages that a queue gives up. */
const deadLetterRules = {
  'amqp091/dead-letter.rejected': {
    source: [deadLetters],
    section: 'x-dead-letter-exchange',
    statement: 'What is rejected, or negatively acknowledged, without requeue is published to the dead letter exchange of its queue.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.expired': {
    source: [deadLetters, ttl],
    section: 'x-dead-letter-exchange',
    statement: 'What expires in a queue is published to its dead letter exchange.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.maxlen': {
    source: [deadLetters, lengths],
    section: 'x-dead-letter-exchange',
    statement: 'What a queue drops to keep its length is published to its dead letter exchange.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.nothing-else': {
    source: [deadLetters],
    section: 'x-dead-letter-exchange',
    statement: 'What is acknowledged, requeued or purged, and what goes with its queue, is no dead letter; neither is anything when a queue expires.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.message': {
    source: [deadLetters],
    section: 'x-dead-letter-exchange',
    statement: 'A dead letter is the message as it was: the same body, and properties and headers but for those that dead-lettering is about.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.exchange-name': {
    source: [deadLetters],
    section: 'x-dead-letter-exchange',
    statement: 'A dead letter bears the name of the dead letter exchange in place of the one it was published to.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.own-keys': {
    source: [deadLetters, senderSelected],
    section: 'x-dead-letter-routing-key',
    statement: 'Without a key of its queue a dead letter is routed by all the keys that it was published with, those in CC included.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.routing-key': {
    source: [deadLetters],
    section: 'x-dead-letter-routing-key',
    statement: 'With x-dead-letter-routing-key a dead letter is routed by that key alone, and has no CC header any more.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.missing-exchange': {
    source: [deadLetters],
    section: 'x-dead-letter-exchange',
    statement: 'The dead letter exchange is looked for when it is needed: a queue may be declared without it, and drops silently what it would have taken.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.x-death': {
    source: [deadLetters],
    section: 'x-death',
    statement: 'x-death is an array of tables: the queue and why it gave the message up, how often, since when, its exchange and routing keys at that time.',
    duties: { emit: must },
  },
  'amqp091/dead-letter.x-death-order': {
    source: [deadLetters],
    section: 'x-death',
    statement: 'x-death has one entry for each queue and reason, the latest first; when the same happens again its count grows and it comes first.',
    duties: { emit: must },
  },
  'amqp091/dead-letter.expiration': {
    source: [deadLetters],
    section: 'x-death',
    statement: 'A dead letter has no expiration any more; its entry in x-death keeps it as original-expiration.',
    duties: { emit: must },
  },
  'amqp091/dead-letter.first-death': {
    source: [deadLetters],
    section: 'x-first-death-reason',
    statement: 'x-first-death-queue, -reason and -exchange say where a message died first, and stay as they are.',
    duties: { emit: must },
  },
  'amqp091/dead-letter.last-death': {
    source: [deadLetters],
    section: 'x-last-death-reason',
    statement: 'x-last-death-queue, -reason and -exchange say where a message died last.',
    duties: { emit: must },
  },
  'amqp091/dead-letter.cycle': {
    source: [deadLetters],
    section: 'x-dead-letter-exchange',
    statement: 'A message that comes back to a queue it died in, and was rejected by nobody on its way round, is dropped.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.cycle-with-rejection': {
    source: [deadLetters],
    section: 'x-dead-letter-exchange',
    statement: 'A message that was rejected on its way round comes back to its queue as often as that happens.',
    duties: { emit: mustByEffect },
  },
  'amqp091/dead-letter.argument': {
    source: [deadLetters, queues],
    section: 'x-dead-letter-exchange',
    statement: 'The names of dead letter exchange and routing key are strings; a queue with other values is refused.',
    duties: { enforce: precondition },
  },
} as const satisfies Readonly<Record<string, Rule091>>;

/** Which message of a queue comes first. */
const priorityRules = {
  'amqp091/basic.two-priorities': {
    source: [xml('basic.06')],
    section: 'basic',
    statement: 'A server tells two levels of priority apart at least: 0 to 4 and 5 to 9.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-priority.order': {
    source: [priorities],
    section: 'x-max-priority',
    statement: 'A queue with x-max-priority delivers messages of higher priority first, and those of one priority in the order they came.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-priority.absent': {
    source: [priorities],
    section: 'x-max-priority',
    statement: 'A message without priority counts as one of priority zero.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-priority.above': {
    source: [priorities],
    section: 'x-max-priority',
    statement: 'A message of a higher priority than the queue has counts as one of its highest.',
    duties: { emit: mustByEffect },
  },
  'amqp091/message-priority.requeue': {
    source: [priorities, confirms],
    section: 'x-max-priority',
    statement: 'A message that comes back to its queue stands among those of its priority again, where it stood if possible.',
    duties: { emit: shouldByEffect },
  },
  'amqp091/message-priority.argument': {
    source: [priorities],
    section: 'x-max-priority',
    statement: 'x-max-priority is a whole number from 1 to 255; a queue with any other value is refused.',
    duties: { enforce: precondition },
  },
  'amqp091/queue-arguments.equivalent': {
    source: [queues],
    section: 'queue.declare',
    statement: 'A queue is declared again with the optional arguments that it has, and not with others.',
    duties: { emit: must, enforce: precondition },
  },
} as const satisfies Readonly<Record<string, Rule091>>;

/** Extensions of queues: times to live, lengths, dead letters, priorities. */
export const queueExtensionRules = { ...lifetimeRules, ...lengthRules, ...deadLetterRules, ...priorityRules } as const satisfies Readonly<
  Record<string, Rule091>
>;
