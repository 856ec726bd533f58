import type { Rule091 } from '../rule.ts';
import { channelClose, connectionClose, errata, extension, mayAnswer, must, mustAnswer, mustByEffect, reply, shouldAnswer, text, xml } from './phrases.ts';

const betweenExchanges = extension('Exchange to Exchange Bindings', 'https://www.rabbitmq.com/docs/e2e');
const alternateExchanges = extension('Alternate Exchanges', 'https://www.rabbitmq.com/docs/ae');
const concepts = extension('AMQP 0-9-1 Model Explained', 'https://www.rabbitmq.com/tutorials/amqp-concepts');

const capability = 'exchange_exchange_bindings';

/** Bindings from one exchange to another: methods exchange.bind and exchange.unbind. */
const bindingRules = {
  'amqp091/exchange.bind.effect': {
    source: [xml('exchange.bind'), betweenExchanges],
    section: 'exchange.bind',
    statement: 'From bind-ok on, messages published to the source that match the binding go through the destination as well, and none go the other way.',
    capability,
    duties: { emit: must },
  },
  'amqp091/exchange.bind.matching': {
    source: [xml('exchange.bind.routing-key'), xml('exchange.bind.arguments'), betweenExchanges],
    section: 'exchange.bind',
    statement: 'Key and arguments of a binding between exchanges are matched by the type of its source, as those of a queue are.',
    capability,
    duties: { emit: must },
  },
  'amqp091/exchange.bind.duplicates': {
    source: [xml('exchange.bind.duplicates')],
    section: 'exchange.bind',
    statement: 'Binding an exchange a second time with the same arguments is accepted and changes nothing.',
    capability,
    duties: { emit: must },
  },
  'amqp091/exchange.bind.cyclical': {
    source: [xml('exchange.bind.cyclical'), betweenExchanges],
    section: 'exchange.bind',
    statement: 'Bindings between exchanges may form a loop, that of an exchange to itself included, and messages still come to an end of their way.',
    capability,
    duties: { emit: must },
  },
  'amqp091/exchange.bind.unique': {
    source: [xml('exchange.bind.unique'), betweenExchanges],
    section: 'exchange.bind',
    statement: 'By however many ways a message comes to an exchange, it is taken once, so that each queue gets it once.',
    capability,
    duties: { emit: must },
  },
  'amqp091/exchange.bind.destination-exists': {
    source: [xml('exchange.bind.destination.exchange-existence')],
    section: 'exchange.bind',
    statement: 'Binding an exchange that does not exist to another is refused as not-found.',
    capability,
    duties: { enforce: mustAnswer(channelClose(404)) },
  },
  'amqp091/exchange.bind.source-exists': {
    source: [xml('exchange.bind.source.exchange-existence')],
    section: 'exchange.bind',
    statement: 'Binding an exchange to one that does not exist is refused as not-found.',
    capability,
    duties: { enforce: mustAnswer(channelClose(404)) },
  },
  'amqp091/exchange.bind.default-exchange': {
    source: [
      xml('exchange.bind.source.default-exchange'),
      xml('exchange.bind.destination.default-exchange'),
      xml('exchange.unbind.source.default-exchange'),
      xml('exchange.unbind.destination.default-exchange'),
      xml('exchange.default-access'),
    ],
    section: 'exchange.bind',
    statement:
      'The default exchange is taken as an end of a binding between exchanges by some sentences of the text, and open to nothing but publishing and binding queues by another.',
    capability,
    duties: {
      permit: mayAnswer(reply('exchange.bind-ok'), channelClose(403), channelClose(406), connectionClose(403), connectionClose(502), connectionClose(530)),
    },
  },
  'amqp091/exchange.bind.life': {
    source: [xml('exchange.delete'), betweenExchanges],
    section: 'exchange.bind',
    statement: 'A binding between exchanges goes with either of them: a new exchange of the same name does not inherit it.',
    capability,
    duties: { emit: mustByEffect },
  },
  'amqp091/exchange.bind.auto-delete': {
    source: [betweenExchanges],
    section: 'exchange.bind',
    statement:
      'An auto-delete exchange stays while it has bindings to queues or exchanges and goes with the last of both; bindings that lead to it do not count.',
    capability,
    duties: { emit: mustByEffect },
  },
  'amqp091/exchange.unbind.effect': {
    source: [xml('exchange.unbind'), text('4.6')],
    section: 'exchange.unbind',
    statement: 'After unbind-ok the binding named by both exchanges, key and arguments no longer routes, and others still do.',
    capability,
    duties: { emit: must },
  },
  'amqp091/exchange.unbind.destination-exists': {
    source: [xml('exchange.unbind.destination.must-exist'), xml('exchange.unbind.01')],
    section: 'exchange.unbind',
    statement:
      'Unbinding an exchange that does not exist is refused as not-found; the text has it close the channel in one place and the connection in another.',
    capability,
    duties: { enforce: mustAnswer(channelClose(404), connectionClose(404)), 'client-emit': must },
  },
  'amqp091/exchange.unbind.source-exists': {
    source: [xml('exchange.unbind.source.must-exist'), xml('exchange.unbind.01')],
    section: 'exchange.unbind',
    statement:
      'Unbinding an exchange from one that does not exist is refused as not-found; the text has it close the channel in one place and the connection in another.',
    capability,
    duties: { enforce: mustAnswer(channelClose(404), connectionClose(404)), 'client-emit': must },
  },
} as const satisfies Readonly<Record<string, Rule091>>;

/** The argument alternate-exchange of exchange.declare. */
const alternateRules = {
  'amqp091/alternate-exchange.unmatched': {
    source: [alternateExchanges],
    section: 'alternate-exchange',
    statement: 'A message that an exchange can route nowhere goes to the exchange that its argument alternate-exchange names.',
    duties: { emit: must },
  },
  'amqp091/alternate-exchange.matched': {
    source: [alternateExchanges],
    section: 'alternate-exchange',
    statement: 'A message that an exchange can route by itself does not go to its alternate exchange.',
    duties: { emit: must },
  },
  'amqp091/alternate-exchange.chain': {
    source: [alternateExchanges],
    section: 'alternate-exchange',
    statement: 'An alternate exchange that cannot route a message either passes it to its own alternate exchange, and so on.',
    duties: { emit: must },
  },
  'amqp091/alternate-exchange.end': {
    source: [alternateExchanges],
    section: 'alternate-exchange',
    statement: 'The way of a message ends, unrouted, where the alternate exchange does not exist or has had the message before.',
    duties: { emit: must },
  },
  'amqp091/alternate-exchange.counts-as-routed': {
    source: [alternateExchanges],
    section: 'alternate-exchange',
    statement: 'A mandatory message that an alternate exchange routes counts as routed and is not returned.',
    duties: { emit: must },
  },
  'amqp091/alternate-exchange.unchanged': {
    source: [alternateExchanges],
    section: 'alternate-exchange',
    statement: 'A message that came by an alternate exchange is otherwise unchanged: it names the exchange it was published to, and its routing key.',
    duties: { emit: must },
  },
} as const satisfies Readonly<Record<string, Rule091>>;

/** Exchanges that go by themselves, those that are not for publishers, and what a second declare may say. */
const propertyRules = {
  'amqp091/exchange.declare.auto-delete': {
    source: [xml('exchange.declare.auto-delete'), text('3.1.3'), errata(25)],
    section: 'exchange.declare',
    statement: 'An auto-delete exchange is deleted when its last binding to a queue has gone, by unbind or with the queue.',
    duties: { emit: mustByEffect },
  },
  'amqp091/exchange.declare.auto-delete-unused': {
    source: [xml('exchange.declare.auto-delete.amq_exchange_02')],
    section: 'exchange.declare',
    statement: 'An auto-delete exchange that has had no binding yet stays, so that a client has the time to bind a queue to it.',
    duties: { emit: mustByEffect },
  },
  'amqp091/exchange.declare.auto-delete-existing': {
    source: [xml('exchange.declare.auto-delete.amq_exchange_25')],
    section: 'exchange.declare',
    statement: 'Where the exchange exists, the auto-delete field of a declare is ignored.',
    duties: { emit: must },
  },
  'amqp091/exchange.declare.internal': {
    source: [xml('exchange.declare.internal')],
    section: 'exchange.declare',
    statement: 'An internal exchange routes what other exchanges pass on to it.',
    duties: { emit: mustByEffect },
  },
  'amqp091/exchange.declare.internal-existing': {
    source: [xml('exchange.declare.internal'), xml('exchange.declare.passive.equivalent')],
    section: 'exchange.declare',
    statement: 'Whether another value of internal makes a second declare of an exchange inequivalent is not said.',
    duties: { permit: mayAnswer(reply('exchange.declare-ok'), channelClose(406)) },
  },
  'amqp091/basic.publish.internal': {
    source: [xml('basic.publish.exchange.02'), xml('exchange.declare.internal'), errata(26)],
    section: 'basic.publish',
    statement: 'Publishing to an internal exchange closes the channel as access-refused.',
    duties: { enforce: mustAnswer(channelClose(403)) },
  },
  'amqp091/3.1.3.4.headers-mode': {
    source: [text('3.1.3.4')],
    section: '3.1.3.4',
    statement: 'A binding to a headers exchange whose x-match is no known one makes no sense and should be refused.',
    duties: {
      enforce: shouldAnswer(channelClose(406, 'practice'), connectionClose(502), connectionClose(503, 'practice'), connectionClose(530, 'practice')),
    },
  },
  'amqp091/headers-exchange.with-x': {
    source: [concepts],
    section: '3.1.3.4',
    statement: 'With x-match all-with-x or any-with-x, pairs whose name begins with x- take part in the match as the others do.',
    duties: { emit: must },
  },
} as const satisfies Readonly<Record<string, Rule091>>;

/** Extensions of exchanges: bindings between them, alternate exchanges, auto-delete and internal ones. */
export const topologyRules = { ...bindingRules, ...alternateRules, ...propertyRules } as const satisfies Readonly<Record<string, Rule091>>;
