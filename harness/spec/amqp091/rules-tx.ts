import type { Rule091 } from '../rule.ts';
import { channelClose, errata, extension, must, mustAnswer, mustByEffect, reply, should, shouldByEffect, text, untestable, xml } from './phrases.ts';

const semantics = extension('Broker Semantics', 'https://www.rabbitmq.com/docs/semantics');
const publisherConfirms = extension('Consumer Acknowledgements and Publisher Confirms', 'https://www.rabbitmq.com/docs/confirms');

/** Class tx: what a transaction holds back, and how it ends. The whole class is one that a server should have. */
export const txRules = {
  'amqp091/tx.implemented': {
    source: [xml('tx')],
    section: 'tx',
    statement: 'A server should implement class tx.',
    duties: { emit: should },
  },
  'amqp091/tx.select': {
    source: [xml('tx.select'), xml('tx.select-ok'), text('2.2.9')],
    section: 'tx.select',
    statement: 'select makes a channel transacted and is answered with select-ok, also when it was selected before; it commits nothing.',
    duties: { emit: must },
  },
  'amqp091/tx.select.per-channel': {
    source: [text('2.2.9')],
    section: '2.2.9',
    statement: 'A transaction belongs to the channel that was selected: other channels, and later ones of the same number, are not transacted.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.select.confirming': {
    source: [publisherConfirms],
    section: 'tx.select',
    statement: 'A channel in confirm mode cannot be made transacted; a server refuses to, or does both.',
    capability: 'publisher_confirms',
    duties: { enforce: mustAnswer(channelClose(406, 'practice'), reply('tx.select-ok', 'practice')), 'client-emit': must },
  },
  'amqp091/confirm.select.transacted': {
    source: [xml('confirm.select'), publisherConfirms],
    section: 'confirm.select',
    statement: 'A client asks for confirms only on a channel that is not transacted; a server refuses it there, or does both.',
    capability: 'publisher_confirms',
    duties: { enforce: mustAnswer(channelClose(406, 'practice'), reply('confirm.select-ok', 'practice')), 'client-emit': must },
  },
  'amqp091/tx.commit.transacted': {
    source: [xml('tx.commit.transacted'), xml('tx.select')],
    section: 'tx.commit',
    statement: 'A commit on a channel that is not transacted is refused as precondition-failed.',
    duties: { enforce: mustAnswer(channelClose(406)), 'client-emit': must },
  },
  'amqp091/tx.rollback.transacted': {
    source: [xml('tx.rollback.transacted'), xml('tx.select')],
    section: 'tx.rollback',
    statement: 'A rollback on a channel that is not transacted is refused as precondition-failed.',
    duties: { enforce: mustAnswer(channelClose(406)), 'client-emit': must },
  },
  'amqp091/tx.commit-ok': {
    source: [xml('tx.commit'), xml('tx.commit-ok')],
    section: 'tx.commit-ok',
    statement: 'A commit that succeeds, of nothing too, is answered with commit-ok, and one that fails with a channel exception.',
    duties: { emit: must },
  },
  'amqp091/tx.rollback-ok': {
    source: [xml('tx.rollback'), xml('tx.rollback-ok')],
    section: 'tx.rollback-ok',
    statement: 'A rollback, of nothing too, is answered with rollback-ok.',
    duties: { emit: must },
  },
  'amqp091/tx.publications-held': {
    source: [text('2.2.9'), xml('basic.publish'), xml('domain.message-count')],
    section: '2.2.9',
    statement: 'What is published in a transaction reaches nobody and is not counted before the commit, and never where the channel ends without one.',
    duties: { emit: must },
  },
  'amqp091/tx.acknowledgements-held': {
    source: [text('2.2.9'), xml('tx')],
    section: '2.2.9',
    statement: 'What is acknowledged in a transaction stays unacknowledged until the commit, and goes back to its queue where the channel ends without one.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.commit.publications': {
    source: [xml('tx.commit'), xml('tx'), text('2.2.9')],
    section: 'tx.commit',
    statement: 'A commit puts every message that was published in the transaction into its queues.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.commit.order': {
    source: [text('4.7'), xml('tx.commit')],
    section: '4.7',
    statement: 'Messages of one transaction keep the order in which they were published.',
    duties: { emit: must },
  },
  'amqp091/tx.commit.acknowledgements': {
    source: [xml('tx.commit'), xml('tx'), text('2.2.9')],
    section: 'tx.commit',
    statement: 'A commit settles every delivery that was acknowledged in the transaction.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.rollback.publications': {
    source: [xml('tx.rollback'), text('2.2.9')],
    section: 'tx.rollback',
    statement: 'A rollback abandons every message that was published in the transaction.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.rollback.acknowledgements': {
    source: [xml('tx.rollback'), text('2.2.9')],
    section: 'tx.rollback',
    statement: 'A rollback abandons every acknowledgement of the transaction; the client may acknowledge the same deliveries in a later one.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.rollback.no-redelivery': {
    source: [xml('tx.rollback'), text('2.2.9')],
    section: 'tx.rollback',
    statement: 'A rollback neither requeues nor redelivers a message; recover does, if the client asks for it.',
    duties: { emit: must },
  },
  'amqp091/tx.next': {
    source: [xml('tx.commit'), xml('tx.rollback')],
    section: 'tx.commit',
    statement: 'With a commit or a rollback the next transaction begins.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.deliveries': {
    source: [text('2.2.9'), text('2.1.2.1')],
    section: '2.2.9',
    statement: 'Deliveries are no part of a transaction: they go on meanwhile, and what was delivered without acknowledgement stays so after a rollback.',
    duties: { emit: must },
  },
  'amqp091/tx.others': {
    source: [xml('tx')],
    section: 'tx',
    statement: 'Only publications and acknowledgements are transacted: declarations, bindings and purges take effect at once and for good.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.atomicity': {
    source: [xml('tx')],
    section: 'tx',
    statement: 'A transaction should be atomic at least where it affects a single queue: others see all of it or nothing.',
    duties: { emit: shouldByEffect },
  },
  'amqp091/tx.not-multiple-queues': {
    source: [xml('tx.not multiple queues'), xml('tx')],
    section: 'tx',
    statement: 'A client does not rely on transactions being atomic over several queues, and a server may do without.',
    duties: {
      permit: untestable('MAY', 'Queues are looked at one after the other, so that a moment between them cannot be seen from outside.'),
      'client-emit': untestable('MUST', 'What a client relies on does not show on the wire.'),
    },
  },
  'amqp091/tx.not-immediate': {
    source: [xml('tx.not immediate'), xml('tx')],
    section: 'tx',
    statement: 'A client does not rely on what becomes of an immediate message in a transaction.',
    duties: { 'client-emit': untestable('MUST', 'What a client relies on does not show on the wire.') },
  },
  'amqp091/tx.not-mandatory': {
    source: [xml('tx.not mandatory'), xml('tx')],
    section: 'tx',
    statement: 'A client does not rely on what becomes of a mandatory message in a transaction.',
    duties: { 'client-emit': untestable('MUST', 'What a client relies on does not show on the wire.') },
  },
  'amqp091/tx.mandatory-at-commit': {
    source: [semantics],
    section: 'tx.commit',
    statement: 'A mandatory message of a transaction that no queue takes comes back when the transaction is committed, and not when it is rolled back.',
    duties: { emit: must },
  },
  'amqp091/tx.rejections': {
    source: [text('2.1.2.1'), semantics],
    section: '2.1.2.1',
    statement: 'A rejection is a negative acknowledgement: reject and nack take effect with the commit and are abandoned by a rollback.',
    duties: { emit: mustByEffect },
  },
  'amqp091/tx.acknowledgement-checked': {
    source: [xml('basic.ack.multiple.exists'), xml('basic.nack.multiple.exists'), errata(21)],
    section: 'basic.ack',
    statement: 'On a transacted channel a tag that names no delivery, or one that the transaction settles already, is refused at once and not at the commit.',
    duties: { enforce: mustAnswer(channelClose(406)), 'client-emit': must },
  },
  'amqp091/tx.exchange-checked': {
    source: [xml('basic.publish.exchange'), xml('basic.publish.exchange.must-exist'), xml('tx.commit-ok'), semantics],
    section: 'basic.publish',
    statement: 'Publishing to a missing exchange in a transaction is refused as not-found, at once or by the commit.',
    duties: { enforce: mustAnswer(channelClose(404)), 'client-emit': must },
  },
  'amqp091/tx.destination-gone': {
    source: [xml('tx'), xml('tx.commit-ok')],
    section: 'tx',
    statement:
      'That a queue of the transaction was deleted before the commit is no part of it: the commit is answered, and what goes elsewhere arrives with commit-ok.',
    duties: { enforce: mustAnswer(reply('tx.commit-ok'), channelClose(404, 'practice'), channelClose(406, 'practice')) },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
