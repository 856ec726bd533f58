import type { Rule } from '../rule.ts';
import { channelClose, errata, mayAnswer, mustByEffect, reply, text, untestable, xml } from './phrases.ts';

const restart = 'It takes a restart of the server, which the protocol has no means to bring about.';

/** What outlives a crowd or a restart: durable entities, their bindings, and persistent messages. */
export const persistenceRules = {
  'amqp091/queue.declare.durable-restored': {
    source: [xml('queue.declare.durable.persistence'), xml('queue.declare.durable'), text('2.1.4.1'), text('3.1.4')],
    section: 'queue.declare',
    statement: 'A durable queue is there again after a restart of the server.',
    duties: { emit: untestable('MUST', restart) },
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
    statement: 'A durable exchange is there again after a restart of the server.',
    duties: { emit: untestable('MUST', restart) },
  },
  'amqp091/queue.bind.durable-restored': {
    source: [xml('queue.bind.durable-exchange')],
    section: 'queue.bind',
    statement: 'A binding of a durable queue to a durable exchange is there again after a restart of the server.',
    duties: { emit: untestable('MUST', restart) },
  },
  'amqp091/basic.persistent-restored': {
    source: [xml('basic.01'), text('2.1.2.1'), text('3.1.1'), errata(27)],
    section: 'basic',
    statement: 'A server should make a best effort to keep persistent messages on storage that outlives it.',
    duties: { emit: untestable('SHOULD', restart) },
  },
  'amqp091/basic.persistent-overflow': {
    source: [xml('basic.02')],
    section: 'basic',
    statement: 'However many messages a queue holds, the server does not discard persistent ones, unless the queue was declared with a limit.',
    duties: { emit: mustByEffect },
  },
} as const satisfies Readonly<Record<string, Rule>>;
