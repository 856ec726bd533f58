import type { Rule } from '../rule.ts';
import { channelClose, connectionClose, errata, may, must, mustAnswer, mustByEffect, should, shouldByEffect, text, xml } from './phrases.ts';

/** Class exchange, the domains it brings, and how each type of exchange routes (sections 2.1.3 and 3.1.3). */
export const exchangeRules = {
  'amqp091/exchange.required-types': {
    source: [xml('exchange.required-types'), text('3.1.3.1'), text('3.1.3.2')],
    section: 'exchange',
    statement: 'A server offers the exchange types direct and fanout.',
    duties: { emit: must },
  },
  'amqp091/exchange.recommended-types': {
    source: [xml('exchange.recommended-types'), text('3.1.3.3'), text('3.1.3.4')],
    section: 'exchange',
    statement: 'A server should offer the exchange types topic and headers.',
    duties: { emit: should },
  },
  'amqp091/exchange.required-instances': {
    source: [xml('exchange.required-instances'), text('3.1.3.1'), text('3.1.3.2'), text('3.1.3.3'), text('3.1.3.4')],
    section: 'exchange',
    statement:
      'Each virtual host comes with one exchange of every standard type the server offers, named amq.direct, amq.fanout, amq.topic, and amq.match or amq.headers.',
    duties: { emit: must },
  },
  'amqp091/exchange.default-exchange': {
    source: [xml('exchange.default-exchange'), xml('basic.publish.exchange.default-exchange'), text('3.1.3.1')],
    section: 'exchange',
    statement: 'A message published with an empty exchange name goes through a direct exchange that exists in every virtual host.',
    duties: { emit: mustByEffect },
  },
  'amqp091/exchange.default-access': {
    source: [xml('exchange.default-access'), xml('exchange.declare.exchange.syntax'), errata(14)],
    section: 'exchange',
    statement: 'The default exchange can be published to and bound to; any other request that names it with the empty string is refused.',
    duties: {
      enforce: mustAnswer(channelClose(403, 'errata'), channelClose(406), connectionClose(502), connectionClose(530)),
      'client-emit': must,
    },
  },
  'amqp091/exchange.extensions': {
    source: [xml('exchange.extensions'), text('3.1.3.6')],
    section: 'exchange',
    statement: 'A server may offer further exchange types under names that begin with x-.',
    duties: { permit: may },
  },
  'amqp091/2.1.3.2.predeclared-permanent': {
    source: [text('2.1.3.2')],
    section: '2.1.3.2',
    statement: 'The exchanges that a virtual host comes with cannot be deleted.',
    duties: { enforce: mustAnswer(channelClose(403, 'practice'), channelClose(406, 'practice'), connectionClose(530, 'practice')) },
  },
  'amqp091/exchange.declare.minimum': {
    source: [xml('exchange.declare.minimum')],
    section: 'exchange.declare',
    statement: 'A virtual host should hold at least 16 declared exchanges.',
    duties: { emit: shouldByEffect },
  },
  'amqp091/exchange.declare.reserved': {
    source: [xml('exchange.declare.exchange.reserved'), text('3.1.10')],
    section: 'exchange.declare',
    statement: 'Creating an exchange whose name begins with amq. is refused as access-refused.',
    duties: { enforce: mustAnswer(channelClose(403)), 'client-emit': must },
  },
  'amqp091/exchange.declare.syntax': {
    source: [xml('exchange.declare.exchange.syntax')],
    section: 'exchange.declare',
    statement: 'An exchange name made of anything but letters, digits, hyphen, underscore, period and colon is refused as precondition-failed.',
    duties: { enforce: mustAnswer(channelClose(406)), 'client-emit': must },
  },
  'amqp091/exchange.declare.typed': {
    source: [xml('exchange.declare.type.typed'), xml('exchange.declare.passive.equivalent'), errata(6)],
    section: 'exchange.declare',
    statement: 'Declaring an existing exchange again with another type is refused.',
    duties: { enforce: mustAnswer(connectionClose(530), channelClose(406, 'errata')), 'client-emit': must },
  },
  'amqp091/exchange.declare.type-support': {
    source: [xml('exchange.declare.type.support')],
    section: 'exchange.declare',
    statement: 'Declaring an exchange of a type that the server does not offer is refused as command-invalid.',
    duties: { enforce: mustAnswer(connectionClose(503)), 'client-emit': must },
  },
  'amqp091/exchange.declare.passive-missing': {
    source: [xml('exchange.declare.passive.not-found')],
    section: 'exchange.declare',
    statement: 'A passive declare of an exchange that does not exist closes the channel as not-found, and creates nothing.',
    duties: { enforce: mustAnswer(channelClose(404)) },
  },
  'amqp091/exchange.declare.passive-existing': {
    source: [xml('exchange.declare.passive')],
    section: 'exchange.declare',
    statement: 'A passive declare of an existing exchange is answered with declare-ok; every field but the name and no-wait is ignored.',
    duties: { emit: must },
  },
  'amqp091/exchange.declare.equivalent': {
    source: [xml('exchange.declare.passive.equivalent'), errata(6)],
    section: 'exchange.declare',
    statement: 'Declaring an existing exchange again succeeds with the same type, durability and arguments, and closes the channel with others.',
    duties: { emit: must, enforce: mustAnswer(channelClose(406, 'errata')) },
  },
  'amqp091/exchange.declare.durable-support': {
    source: [xml('exchange.declare.durable.support')],
    section: 'exchange.declare',
    statement: 'A server offers both durable and transient exchanges.',
    duties: { emit: must },
  },
  'amqp091/exchange.delete.exists': {
    source: [xml('exchange.delete.exchange.exists')],
    section: 'exchange.delete',
    statement: 'Deleting an exchange that does not exist is refused as not-found.',
    duties: { enforce: mustAnswer(channelClose(404)), 'client-emit': must },
  },
  'amqp091/exchange.delete.in-use': {
    source: [xml('exchange.delete.if-unused.in-use')],
    section: 'exchange.delete',
    statement: 'A delete with if-unused leaves an exchange that has bindings in place and closes the channel as precondition-failed.',
    duties: { enforce: mustAnswer(channelClose(406)) },
  },
  'amqp091/exchange.delete.effect': {
    source: [xml('exchange.delete'), xml('exchange.delete-ok')],
    section: 'exchange.delete',
    statement: 'delete-ok confirms that the exchange is gone, and its bindings with it.',
    duties: { emit: must },
  },
  'amqp091/domain.exchange-name.length': {
    source: [xml('domain.exchange-name'), xml('constant.syntax-error')],
    section: 'domain exchange-name',
    statement: 'An exchange name has at most 127 octets; a longer one is refused.',
    duties: { enforce: mustAnswer(channelClose(406), connectionClose(502)), 'client-emit': must },
  },
  'amqp091/domain.no-wait': {
    source: [xml('domain.no-wait')],
    section: 'domain no-wait',
    statement: 'A request with no-wait gets no reply; if it cannot be done, the exception comes all the same.',
    duties: { emit: must, enforce: mustAnswer(channelClose(404)) },
  },
  'amqp091/3.1.3.instances': {
    source: [text('3.1.3'), text('2.1.2.1')],
    section: '3.1.3',
    statement: 'A message routed to several queues is there once in each, the same in all, and taking it from one leaves it in the others.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.1.direct': {
    source: [text('3.1.3.1'), xml('queue.bind.routing-key.direct-exchange-key-matching')],
    section: '3.1.3.1',
    statement: 'A direct exchange passes a message to the queues bound with exactly its routing key, and to no others.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.2.fanout': {
    source: [text('3.1.3.2')],
    section: '3.1.3.2',
    statement: 'A fanout exchange passes each message to every bound queue, whatever the routing key.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.3.topic-words': {
    source: [text('3.1.3.3')],
    section: '3.1.3.3',
    statement: 'A topic exchange compares pattern and routing key word by word, where words are parted by dots.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.3.topic-star': {
    source: [text('3.1.3.3')],
    section: '3.1.3.3',
    statement: 'In a topic pattern a star stands for exactly one word.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.3.topic-hash': {
    source: [text('3.1.3.3')],
    section: '3.1.3.3',
    statement: 'In a topic pattern a hash stands for any number of words, none included.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.4.headers-all': {
    source: [text('3.1.3.4')],
    section: '3.1.3.4',
    statement: 'A headers binding with x-match all takes a message only if every other pair of the binding is matched by its headers.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.4.headers-any': {
    source: [text('3.1.3.4')],
    section: '3.1.3.4',
    statement: 'A headers binding with x-match any takes a message as soon as one other pair of the binding is matched by its headers.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.4.headers-presence': {
    source: [text('3.1.3.4')],
    section: '3.1.3.4',
    statement: 'A pair of a headers binding that has no value is matched by the mere presence of a header of that name.',
    duties: { emit: must },
  },
  'amqp091/3.1.3.4.headers-reserved': {
    source: [text('3.1.3.4')],
    section: '3.1.3.4',
    statement: 'Pairs of a headers binding whose name begins with x- take no part in the match.',
    duties: { emit: must },
  },
} as const satisfies Readonly<Record<string, Rule>>;
