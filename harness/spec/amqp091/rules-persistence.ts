import type { Rule091 } from '../rule.ts';
import { channelClose, errata, extension, may, mayAnswer, mustByEffect, reply, shouldByEffect, text, xml } from './phrases.ts';

const publisherConfirms = extension('Consumer Acknowledgements and Publisher Confirms', 'https://www.rabbitmq.com/docs/confirms');
const semantics = extension('Broker Semantics', 'https://www.rabbitmq.com/docs/semantics');
const queues = extension('Queues', 'https://www.rabbitmq.com/docs/queues#durability');
const betweenExchanges = extension('Exchange to Exchange Bindings', 'https://www.rabbitmq.com/docs/e2e');

/** What outlives a crowd or a restart: durable entities, their bindings, and persistent messages; and what does not. */
export const persistenceRules = {
  'amqp091/queue.declare.durable-restored': {
    source: [xml('queue.declare.durable.persistence'), xml('queue.declare.durable'), text('2.1.4.1'), text('3.1.4')],
    section: 'queue.declare',
    statement: 'A durable queue is there again after a restart of the server, with what it was declared with.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue.declare.transient-gone': {
    source: [xml('queue.declare.durable'), text('2.1.4.1'), text('3.1.4')],
    section: 'queue.declare',
    statement: 'A transient queue does not outlive the server: after a restart neither it nor its messages are there.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue.declare.durable-exclusive': {
    source: [errata(30), xml('queue.declare.durable'), xml('queue.declare.exclusive')],
    section: 'queue.declare',
    statement: 'What becomes of a declare that is both durable and exclusive is not defined: the queue may be taken for a transient one, or refused.',
    duties: { permit: mayAnswer(reply('queue.declare-ok', 'errata'), channelClose(406)) },
  },
  'amqp091/exchange.declare.durable-restored': {
    source: [xml('exchange.declare.durable'), text('3.1.3')],
    section: 'exchange.declare',
    statement: 'A durable exchange is there again after a restart of the server, of the type that it was declared with.',
    duties: { emit: mustByEffect },
  },
  'amqp091/exchange.declare.transient-gone': {
    source: [xml('exchange.declare.durable'), text('3.1.3')],
    section: 'exchange.declare',
    statement: 'A transient exchange does not outlive the server.',
    duties: { emit: mustByEffect },
  },
  'amqp091/queue.bind.durable-restored': {
    source: [xml('queue.bind.durable-exchange')],
    section: 'queue.bind',
    statement: 'A binding of a durable queue to a durable exchange is there again after a restart of the server.',
    duties: { emit: mustByEffect },
  },
  'amqp091/exchange.bind.durable-restored': {
    source: [betweenExchanges, xml('exchange.bind')],
    section: 'exchange.bind',
    statement: 'A binding between durable exchanges is there again after a restart of the server.',
    capability: 'exchange_exchange_bindings',
    duties: { emit: mustByEffect },
  },
  'amqp091/basic.persistent-restored': {
    source: [xml('basic.01'), text('2.1.2.1'), text('3.1.1'), errata(27)],
    section: 'basic',
    statement: 'A server should make a best effort to keep persistent messages on storage that outlives it.',
    duties: { emit: shouldByEffect },
  },
  'amqp091/basic.transient-dropped': {
    source: [xml('domain.delivery-mode'), text('3.1.1'), queues],
    section: 'basic',
    statement: 'A message that is not persistent may be lost with the server, also from a durable queue.',
    duties: { permit: may },
  },
  'amqp091/confirm.persistent': {
    source: [publisherConfirms],
    section: 'confirm',
    statement: 'A persistent message for durable queues is confirmed only when it is stored: once confirmed it outlives the server, however that ends.',
    capability: 'publisher_confirms',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.commit.persistent': {
    source: [semantics, publisherConfirms, xml('tx.commit-ok')],
    section: 'tx.commit',
    statement: 'With commit-ok the server answers for the transaction: its persistent messages and its acknowledgements outlive the server, however that ends.',
    duties: { emit: mustByEffect },
  },
  'amqp091/basic.persistent-overflow': {
    source: [xml('basic.02')],
    section: 'basic',
    statement: 'However many messages a queue holds, the server does not discard persistent ones, unless the queue was declared with a limit.',
    duties: { emit: mustByEffect },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
