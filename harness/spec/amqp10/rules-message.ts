import type { Rule10 } from '../rule.ts';
import {
  bothKeepLoosely,
  bothMust,
  bothMustByEffect,
  bothShould,
  close,
  detach,
  end,
  may,
  mayAnswer,
  must,
  mustAnswer,
  mustByEffect,
  outcome,
  shouldByEffect,
  text,
  untestable,
  xml,
} from './phrases.ts';

/** A message that is none: told at the link, at its session, or as an outcome of the delivery. */
const badMessage = [
  detach('amqp:decode-error'),
  outcome('rejected', 'amqp:decode-error'),
  end('amqp:decode-error'),
  close('amqp:decode-error'),
  detach('amqp:invalid-field'),
  outcome('rejected', 'amqp:invalid-field'),
] as const;

/** The form of a message: section 3.2. */
export const messageRules = {
  'amqp10/3.2.bare-message': {
    source: [xml('messaging.message-format#1')],
    section: '3.2',
    statement: 'The bare message leaves an intermediary as it came, octet by octet, with no section added or lost.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.section-order': {
    source: [text('3.2')],
    section: '3.2',
    statement:
      'The sections of a message are header, delivery-annotations, message-annotations, properties, application-properties, body and footer, in that order.',
    duties: bothKeepLoosely(...badMessage),
  },
  'amqp10/3.2.section-once': {
    source: [text('3.2')],
    section: '3.2',
    statement: 'No section but data and amqp-sequence comes twice.',
    duties: bothKeepLoosely(...badMessage),
  },
  'amqp10/3.2.body-kinds': {
    source: [text('3.2')],
    section: '3.2',
    statement: 'A body is one or more data sections, one or more amqp-sequence sections or one amqp-value, and never a mixture.',
    duties: bothKeepLoosely(...badMessage),
  },
  'amqp10/3.2.section-type': {
    source: [text('3.2')],
    section: '3.2',
    statement: 'What stands in a message is sections, each with the descriptor and the type of one.',
    duties: bothKeepLoosely(...badMessage),
  },
  'amqp10/3.2.no-body': {
    source: [text('3.2')],
    section: '3.2',
    statement: 'What comes of a message without a body, which the text wants and many clients leave out, is observed.',
    duties: { permit: mayAnswer(...badMessage, outcome('accepted')), 'client-permit': may },
  },
  'amqp10/3.2.1.header-defaults': {
    source: [xml('messaging.header#1')],
    section: '3.2.1',
    statement: 'A message without header is not durable, of priority 4, without ttl, and of delivery-count 0.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.1.durable': {
    source: [xml('messaging.header.durable#1')],
    section: '3.2.1',
    statement: 'A durable message that was accepted is not lost when the broker ends unexpectedly and starts again.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.2.1.durable-refused': {
    source: [xml('messaging.header.durable#2')],
    section: '3.2.1',
    statement:
      'A target that cannot keep durable messages rejects them with precondition-failed, or detaches with it where rejected is no outcome of the source.',
    duties: {
      enforce: untestable(
        'MUST',
        'Whether it can keep durable messages is known to a server alone; one that takes them and loses them breaks the rule before.',
      ),
      permit: mayAnswer(outcome('rejected', 'amqp:precondition-failed'), detach('amqp:precondition-failed')),
    },
  },
  'amqp10/3.2.1.durable-kept': {
    source: [text('3.2.1')],
    section: '3.2.1',
    statement: 'A message goes out with the durable flag and the priority that it came with.',
    duties: { emit: must },
  },
  'amqp10/3.2.1.priority-order': {
    source: [xml('messaging.header.priority#1')],
    section: '3.2.1',
    statement: 'Messages of higher priority may be delivered before those of lower.',
    duties: { permit: may },
  },
  'amqp10/3.2.1.priority-levels': {
    source: [xml('messaging.header.priority#2'), xml('messaging.header.priority#3'), xml('messaging.header.priority#4'), xml('messaging.header.priority#5')],
    section: '3.2.1',
    statement: 'Of n levels below ten the distinct ones are those around 4 and 5; those below count as the lowest of them and those above as the highest.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.2.1.priority-levels-many': {
    source: [xml('messaging.header.priority#6')],
    section: '3.2.1',
    statement: 'Of ten levels or more those from 0 on are distinct, and all above the last count as that one.',
    duties: {
      emit: untestable(
        'MUST',
        'Priorities that no more than may be told apart, of a number that is not told, leave no order illegal but one that the rule before forbids.',
      ),
    },
  },
  'amqp10/3.2.1.ttl': {
    source: [text('3.2.1')],
    section: '3.2.1',
    statement: 'A message that has lived for longer than its ttl since it arrived is dropped, or dead-lettered.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.2.1.ttl-reduced': {
    source: [text('3.2.1')],
    section: '3.2.1',
    statement: 'An intermediary sends a message on with the ttl that is left.',
    duties: { emit: { level: 'SHOULD', shown: 'wire' } },
  },
  'amqp10/3.2.1.first-acquirer': {
    source: [text('3.2.1')],
    section: '3.2.1',
    statement: 'First-acquirer is true only where no other link has had the message before.',
    duties: { emit: must },
  },
  'amqp10/3.2.1.delivery-count': {
    source: [text('3.2.1')],
    section: '3.2.1',
    statement: 'Delivery-count is the number of deliveries that have failed before, and zero on the first.',
    duties: { emit: must },
  },
  'amqp10/3.2.2.delivery-annotations': {
    source: [text('3.2.2')],
    section: '3.2.2',
    statement: 'Delivery annotations are for the next peer alone: none means the same as an empty map, and one not understood has no effect.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.3.message-annotations': {
    source: [xml('messaging.message-annotations#1')],
    section: '3.2.3',
    statement: 'An intermediary sends message annotations on, except those that it was told to change.',
    duties: { emit: must },
  },
  'amqp10/3.2.4.properties-unaltered': {
    source: [xml('messaging.properties#1')],
    section: '3.2.4',
    statement: 'Properties are part of the bare message and leave an intermediary unaltered.',
    duties: { emit: must },
  },
  'amqp10/3.2.4.duplicate-discarded': {
    source: [xml('messaging.properties.message-id#1')],
    section: '3.2.4',
    statement: 'A broker may drop a message whose message-id it has had at the same node.',
    duties: { permit: may },
  },
  'amqp10/3.2.4.user-id': {
    source: [xml('messaging.properties.user-id#1')],
    section: '3.2.4',
    statement: 'A broker may check that the user-id of a message is that of its sender.',
    duties: {
      permit: mayAnswer(
        outcome('rejected', 'any'),
        detach('amqp:unauthorized-access'),
        detach('amqp:not-allowed'),
        end('amqp:unauthorized-access'),
        outcome('accepted'),
      ),
    },
  },
  'amqp10/3.2.4.message-id-types': {
    source: [text('3.2.4'), text('3.2.11'), text('3.2.12'), text('3.2.13'), text('3.2.14')],
    section: '3.2.4',
    statement: 'Message-id and correlation-id are a ulong, a uuid, a binary or a string, and stay of that type.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.4.message-id-other-type': {
    source: [text('3.2.4')],
    section: '3.2.4',
    statement: 'A message-id of another type is none; a broker that does not look into the bare message need not see it.',
    duties: { permit: mayAnswer(...badMessage, outcome('accepted')), 'client-emit': must },
  },
  'amqp10/3.2.4.content-type': {
    source: [xml('messaging.properties.content-type#1')],
    section: '3.2.4',
    statement: 'Where the body is not data, a content-type says so.',
    duties: { 'client-emit': { level: 'SHOULD', shown: 'wire' } },
  },
  'amqp10/3.2.4.content-encoding': {
    source: [xml('messaging.properties.content-encoding#1'), xml('messaging.properties.content-encoding#2'), xml('messaging.properties.content-encoding#3')],
    section: '3.2.4',
    statement: 'A content-encoding is set for a body of data only, is never identity, and tells what has to be undone.',
    duties: { 'client-emit': must },
  },
  'amqp10/3.2.4.content-encoding-avoided': {
    source: [xml('messaging.properties.content-encoding#4'), xml('messaging.properties.content-encoding#5')],
    section: '3.2.4',
    statement: 'The encoding compress, and several encodings at once, are for messages of other protocols only.',
    duties: { 'client-emit': { level: 'SHOULD', shown: 'wire' } },
  },
  'amqp10/3.2.4.absolute-expiry-time': {
    source: [text('3.2.4')],
    section: '3.2.4',
    statement: 'A message whose absolute-expiry-time has passed is expired.',
    duties: { emit: shouldByEffect },
  },
  'amqp10/3.2.4.group-sequence': {
    source: [text('3.2.4')],
    section: '3.2.4',
    statement: 'Group-id, group-sequence and reply-to-group-id go through as they came.',
    duties: { emit: must },
  },
  'amqp10/3.2.5.application-properties': {
    source: [text('3.2.5')],
    section: '3.2.5',
    statement:
      'The keys of application-properties are strings and their values simple: no map, list or array; a broker that does not look there need not see it.',
    duties: { emit: must, permit: mayAnswer(...badMessage, outcome('accepted')), 'client-emit': must },
  },
  'amqp10/3.2.6.data': {
    source: [text('3.2.6')],
    section: '3.2.6',
    statement: 'Data sections go through octet by octet, each as it was, empty ones too.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.7.amqp-sequence': {
    source: [text('3.2.7')],
    section: '3.2.7',
    statement: 'Amqp-sequence sections go through with all of their elements, each section as it was.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.8.amqp-value': {
    source: [text('3.2.8')],
    section: '3.2.8',
    statement: 'An amqp-value of any type, null and described ones included, goes through as it was.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.9.footer': {
    source: [text('3.2.9')],
    section: '3.2.9',
    statement: 'A footer comes behind the body and goes through with the message.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.10.annotation-keys': {
    source: [text('3.2.10')],
    section: '3.2.10',
    statement: 'The keys of annotations are symbols, or ulongs, which are reserved.',
    duties: bothKeepLoosely(...badMessage, detach('amqp:not-implemented'), end('amqp:not-implemented', 'practice')),
  },
  'amqp10/3.2.10.reserved-annotations': {
    source: [xml('messaging.annotations#1')],
    section: '3.2.10',
    statement: 'An annotation that is not known, and whose key does not begin with x-opt-, detaches the link with not-implemented.',
    duties: {
      enforce: mustAnswer(detach('amqp:not-implemented'), outcome('accepted', undefined, 'practice')),
      'client-emit': must,
      'client-enforce': mustAnswer(detach('amqp:not-implemented')),
    },
  },
  'amqp10/3.2.10.optional-annotations': {
    source: [text('3.2.10')],
    section: '3.2.10',
    statement: 'An annotation whose key begins with x-opt- is taken although it is not known.',
    duties: bothMustByEffect,
  },
  'amqp10/3.2.16.message-format': {
    source: [text('3.2.16')],
    section: '3.2.16',
    statement: 'Messages of this form are transferred with message-format 0.',
    duties: bothMust,
  },
  'amqp10/3.2.15.address': {
    source: [text('3.2.15')],
    section: '3.2.15',
    statement: 'An address is a string, in termini as well as in to and reply-to.',
    duties: bothMust,
  },
} as const satisfies Readonly<Record<string, Rule10>>;

/** States of messages and deliveries: sections 3.3 and 3.4 but for resuming. */
export const outcomeRules = {
  'amqp10/3.3.1.acquired': {
    source: [text('3.3.1')],
    section: '3.3.1',
    statement: 'A message that one link has acquired goes over no other until the delivery is settled with an outcome that frees it.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.3.1.default-outcome': {
    source: [text('3.3.1')],
    section: '3.3.1',
    statement: 'Where the receiver has told no state when its delivery is settled or its link is gone, the default outcome of the source holds.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.3.1.order': {
    source: [text('3.3.1')],
    section: '3.3.1',
    statement: 'Messages that one link sent to a queue leave it in that order, as far as priority and redelivery let them.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.4.2.accepted': {
    source: [text('3.4.2')],
    section: '3.4.2',
    statement: 'A message that its receiver accepts is retired from the node.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.4.2.accepted-published': {
    source: [text('3.4.2')],
    section: '3.4.2',
    statement: 'A broker accepts a message that it has taken over, and answers for it from then on.',
    duties: { emit: must },
  },
  'amqp10/3.4.3.rejected': {
    source: [text('3.4.3')],
    section: '3.4.3',
    statement: 'A message that its receiver rejects is invalid there: it is not delivered again as it is, but dropped or dead-lettered with its count raised.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.4.3.not-spontaneous': {
    source: [xml('messaging.rejected#1')],
    section: '3.4.3',
    statement: 'No delivery becomes rejected at its source by itself.',
    duties: bothShould,
  },
  'amqp10/3.4.3.error-kept': {
    source: [text('3.4.3')],
    section: '3.4.3',
    statement: 'The error of a rejection is kept among the delivery annotations of the message, under rejected.',
    duties: { emit: untestable('MUST', 'Where a rejected message goes, and whether anybody sees it again, is left to the server.') },
  },
  'amqp10/3.4.3.rejected-published': {
    source: [text('3.4.3')],
    section: '3.4.3',
    statement: 'A broker that can never take a message rejects it with an error that says why, and keeps nothing of it.',
    duties: { emit: must },
  },
  'amqp10/3.4.4.released': {
    source: [xml('messaging.released#1')],
    section: '3.4.4',
    statement: 'A message that its receiver releases is there for others again, unchanged and with its delivery-count as it was.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.4.4.spontaneous': {
    source: [xml('messaging.released#2')],
    section: '3.4.4',
    statement: 'A source may take a message back from a receiver that keeps it for too long, as released.',
    duties: { permit: may },
  },
  'amqp10/3.4.4.released-published': {
    source: [text('3.4.4')],
    section: '3.4.4',
    statement: 'A broker that has not taken a message, as one that no queue is bound for, may release it.',
    duties: { permit: mayAnswer(outcome('released'), outcome('rejected', 'any'), outcome('accepted')) },
  },
  'amqp10/3.4.5.modified': {
    source: [text('3.4.5')],
    section: '3.4.5',
    statement: 'A message that its receiver modifies is there for others again, changed as that outcome says.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.4.5.modified-plain': {
    source: [text('3.4.5')],
    section: '3.4.5',
    statement: 'A modified outcome without delivery-failed leaves the delivery-count as it was.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.4.5.spontaneous': {
    source: [xml('messaging.modified#1')],
    section: '3.4.5',
    statement: 'A source may take a message back from a receiver that keeps it for too long, as modified.',
    duties: { permit: may },
  },
  'amqp10/3.4.5.delivery-failed': {
    source: [xml('messaging.modified.delivery-failed#1')],
    section: '3.4.5',
    statement: 'With delivery-failed the delivery-count of the message goes up by one.',
    duties: { emit: must },
  },
  'amqp10/3.4.5.undeliverable-here': {
    source: [xml('messaging.modified.undeliverable-here#1')],
    section: '3.4.5',
    statement: 'With undeliverable-here the message is not sent to the same link again.',
    duties: { emit: must },
  },
  'amqp10/3.4.5.message-annotations': {
    source: [text('3.4.5')],
    section: '3.4.5',
    statement: 'The message annotations of a modified outcome are added to those of the message, and replace those of the same key.',
    duties: { emit: must },
  },
  'amqp10/3.4.returned-unsettled': {
    source: [text('3.3.1'), text('2.5.2')],
    section: '3.4',
    statement: 'What a receiver has not settled when its link is closed, or its session or connection ends, is there for others again in its old order.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.4.unsettled-kept': {
    source: [text('3.4')],
    section: '3.4',
    statement: 'The outcomes of deliveries may be told in any order, and each goes for its own message.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.4.unknown-state': {
    source: [text('3.4')],
    section: '3.4',
    statement: 'A delivery state that means nothing to a peer cannot be applied.',
    duties: {
      permit: mayAnswer(end('any'), close('any'), detach('any')),
      'client-emit': must,
    },
  },
} as const satisfies Readonly<Record<string, Rule10>>;
