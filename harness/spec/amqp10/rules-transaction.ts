import type { Rule10 } from '../rule.ts';
import {
  bothMust,
  close,
  detach,
  end,
  frame,
  may,
  mayAnswer,
  must,
  mustAnswer,
  mustByEffect,
  outcome,
  should,
  shouldAnswer,
  shouldByEffect,
  text,
  untestable,
  xml,
} from './phrases.ts';

const settlement = 'transactions.txn-work.interaction-of-settlement-with-transactions';

const unknownId = [outcome('rejected', 'amqp:transaction:unknown-id'), detach('amqp:transaction:unknown-id')] as const;
const rolledBack = [outcome('rejected', 'amqp:transaction:rollback'), detach('amqp:transaction:rollback')] as const;
const malformed = [outcome('rejected', 'any'), detach('any'), end('amqp:decode-error'), close('amqp:decode-error')] as const;

/** A field that is mandatory and left out. */
const lacking = [...malformed, end('amqp:invalid-field'), close('amqp:invalid-field')] as const;

const distributed = 'What distributed transactions need is in no published part of the standard.';

/** Transactions: part 4. The transactional resource is the server, the controller the client. */
export const transactionRules = {
  'amqp10/4.1.control-link-only': {
    source: [text('4.1')],
    section: '4.1',
    statement: 'The control link takes declare and discharge and nothing else.',
    duties: { enforce: mustAnswer(...malformed), 'client-emit': must },
  },
  'amqp10/4.1.control-link-closed': {
    source: [text('4.1')],
    section: '4.1',
    statement: 'What was declared over a control link and not discharged is rolled back when that link, its session or its connection ends.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.1.any-link': {
    source: [text('4.1')],
    section: '4.1',
    statement: 'Work of one transaction may go over any links of the session, in both directions.',
    duties: { emit: mustByEffect, 'client-permit': may },
  },
  'amqp10/4.1.atomic': {
    source: [text('4.1'), text('4.4')],
    section: '4.1',
    statement: 'The work of a transaction comes true as a whole or not at all, and shows to nobody before.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.2.declared': {
    source: [xml('transactions.txn-declare#1'), xml('transactions.declared.txn-id@mandatory')],
    section: '4.2',
    statement: 'A declare is answered with the outcome declared, which bears the id of the new transaction.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp10/4.2.other-sections': {
    source: [xml('transactions.txn-declare#2')],
    section: '4.2',
    statement: 'Other sections of a declare than its amqp-value are not looked at.',
    duties: { emit: shouldByEffect },
  },
  'amqp10/4.2.settled': {
    source: [xml('transactions.txn-declare#3')],
    section: '4.2',
    statement: 'A declare or discharge is not sent settled, and detaches the control link if it is.',
    duties: { enforce: shouldAnswer(detach('any')), 'client-emit': must },
  },
  'amqp10/4.2.failed': {
    source: [xml('transactions.txn-declare#4'), xml('transactions.txn-declare#5')],
    section: '4.2',
    statement: 'A declare that cannot be done is rejected with a transaction error where the source has rejected.',
    duties: { enforce: mustAnswer(outcome('rejected', 'any')) },
  },
  'amqp10/4.2.failed-detached': {
    source: [xml('transactions.txn-declare#6'), xml('transactions.txn-discharge#3')],
    section: '4.2',
    statement: 'Where the source of the control link has no rejected, what cannot be done detaches it with the transaction error.',
    duties: { enforce: mustAnswer(detach('any')) },
  },
  'amqp10/4.2.rejected-supported': {
    source: [xml('transactions.txn-declare#7')],
    section: '4.2',
    statement: 'A controller makes its control link with a source that has rejected.',
    duties: { 'client-emit': should },
  },
  'amqp10/4.2.not-resumed': {
    source: [text('4.2')],
    section: '4.2',
    statement: 'A link to a coordinator cannot be resumed.',
    duties: {
      permit: mayAnswer(detach('any'), end('any')),
      'client-emit': must,
    },
  },
  'amqp10/4.3.discharged': {
    source: [text('4.3')],
    section: '4.3',
    statement: 'A discharge without fail commits and is accepted, from when on all of the work holds.',
    duties: { emit: must },
  },
  'amqp10/4.3.failed': {
    source: [xml('transactions.txn-discharge#1'), xml('transactions.txn-discharge#2'), xml('transactions.transaction-error.transaction-rollback@choice')],
    section: '4.3',
    statement: 'A discharge that cannot be done is rejected with a transaction error, and the work is rolled back.',
    duties: { enforce: mustAnswer(...rolledBack, outcome('rejected', 'any')) },
  },
  'amqp10/4.3.rollback': {
    source: [xml('transactions.txn-discharge#4')],
    section: '4.3',
    statement: 'A discharge with fail always succeeds and leaves nothing of the work.',
    duties: { emit: must },
  },
  'amqp10/4.4.txn-id-told': {
    source: [xml('transactions.txn-work#1')],
    section: '4.4',
    statement: 'What the server says of transactional work by transfer or disposition names the transaction that it belongs to.',
    duties: { emit: must },
  },
  'amqp10/4.4.1.posted': {
    source: [xml('transactions.txn-work.transactional-posting#1'), text('4.4.1')],
    section: '4.4.1',
    statement: 'A message whose transfer names a transaction is at its node once that is discharged, and not before.',
    duties: { emit: mustByEffect, 'client-emit': must },
  },
  'amqp10/4.4.1.all-frames': {
    source: [xml('transactions.txn-work.transactional-posting#2')],
    section: '4.4.1',
    statement: 'Each transfer of a delivery that is posted in a transaction names it.',
    duties: { 'client-emit': must, permit: may },
  },
  'amqp10/4.4.1.partial-delivery': {
    source: [xml('transactions.txn-work.transactional-posting#3')],
    section: '4.4.1',
    statement: 'A discharge while a delivery of the transaction is still under way detaches the control link with transaction rollback.',
    duties: { enforce: mustAnswer(detach('amqp:transaction:rollback')), 'client-emit': must },
  },
  'amqp10/4.4.1.outcome-told': {
    source: [xml('transactions.txn-work.transactional-posting#4'), xml('transactions.txn-work.transactional-posting#5')],
    section: '4.4.1',
    statement: 'Of an unsettled posting the outcome is told before the discharge, by a disposition with the transaction and that outcome.',
    duties: { emit: must },
  },
  'amqp10/4.4.2.retired': {
    source: [text('4.4.2')],
    section: '4.4.2',
    statement: 'An outcome that names a transaction is applied when that is discharged, and not before.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.4.2.rolled-back': {
    source: [text('4.4.2')],
    section: '4.4.2',
    statement: 'After a rollback an unsettled delivery is as it was, still acquired, and its receiver may tell another outcome.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.4.2.other-transaction': {
    source: [xml('transactions.txn-work.transactional-retirement#1'), xml('transactions.txn-work.transactional-retirement#2')],
    section: '4.4.2',
    statement: 'An outcome in another transaction than the open one of its delivery detaches the control link with transaction rollback.',
    duties: { enforce: mustAnswer(detach('amqp:transaction:rollback')), 'client-emit': must },
  },
  'amqp10/4.4.3.acquisition-refused': {
    source: [xml('transactions.txn-work.transactional-acquisition#1')],
    section: '4.4.3',
    statement:
      'A link that cannot acquire in a transaction is detached with not-implemented when a flow asks for it; one that can, sends with the transaction told.',
    duties: { enforce: mustAnswer(detach('amqp:not-implemented'), frame('transfer')) },
  },
  'amqp10/4.4.3.acquired': {
    source: [text('4.4.3'), text('4.4.4.3')],
    section: '4.4.3',
    statement: 'What a link acquired in a transaction is there for others again when that is rolled back, with its outcome undone.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.4.3.credit-before-discharge': {
    source: [xml('transactions.txn-work.transactional-acquisition#2')],
    section: '4.4.3',
    statement: 'A controller takes back the credit of an acquiring link before it discharges.',
    duties: { 'client-emit': should },
  },
  'amqp10/4.4.3.half-sent': {
    source: [xml('transactions.txn-work.transactional-acquisition#3'), xml('transactions.txn-work.transactional-acquisition#4')],
    section: '4.4.3',
    statement: 'The discharge decides of an acquired message that is half sent too, which on a rollback is first aborted or sent to its end.',
    duties: { emit: untestable('MUST', 'Between two frames of one message a server sends nothing that a discharge could come before.') },
  },
  'amqp10/4.4.4.1.settled-posting': {
    source: [xml(`${settlement}.transactional-posting#1`)],
    section: '4.4.4.1',
    statement: 'A posting that was sent settled and cannot be done keeps its transaction from being committed.',
    duties: { enforce: mustAnswer(...rolledBack, outcome('rejected', 'any'), detach('any')) },
  },
  'amqp10/4.4.4.1.outcome-first': {
    source: [xml(`${settlement}.transactional-posting#2`), xml(`${settlement}.transactional-posting#3`)],
    section: '4.4.4.1',
    statement: 'The outcome of a posting is fixed and told, with its transaction, before a commit is accepted.',
    duties: { emit: must },
  },
  'amqp10/4.4.4.1.outcome-lost': {
    source: [xml(`${settlement}.transactional-posting#4`)],
    section: '4.4.4.1',
    statement: 'An outcome that was promised and cannot be kept, as where the queue has gone, keeps the transaction from being committed.',
    duties: { enforce: mustAnswer(...rolledBack, outcome('rejected', 'any'), detach('any')) },
  },
  'amqp10/4.4.4.1.state-after': {
    source: [xml(`${settlement}.transactional-posting#5`)],
    section: '4.4.4.1',
    statement: 'After a commit the state of what is still unsettled is the outcome that was applied.',
    duties: { emit: untestable('MUST', 'A server settles what it was posted; a state that it keeps to itself does not show.') },
  },
  'amqp10/4.4.4.1.settled-after': {
    source: [xml(`${settlement}.transactional-posting#6`)],
    section: '4.4.4.1',
    statement: 'A controller settles what is unsettled soon after the discharge.',
    duties: { 'client-emit': should },
  },
  'amqp10/4.4.4.2.default-outcome': {
    source: [xml(`${settlement}.transactional-retirement#1`)],
    section: '4.4.4.2',
    statement: 'After a rollback a delivery whose outcome was settled by the controller gets the default outcome of its source.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.4.4.3.same-transaction': {
    source: [xml(`${settlement}.transactional-acquisition#1`)],
    section: '4.4.4.3',
    statement: 'The outcome of what was acquired in an open transaction belongs to that transaction.',
    duties: { 'client-emit': must },
  },
  'amqp10/4.5.1.capabilities': {
    source: [
      xml('transactions.coordinator.capabilities@multiple'),
      xml('transactions.txn-capability.local-transactions@choice'),
      xml('transactions.txn-capability.distributed-transactions@choice'),
      xml('transactions.txn-capability.promotable-transactions@choice'),
    ],
    section: '4.5.1',
    statement: 'The attach of a coordinator tells the capabilities that it has, and local transactions are among them.',
    duties: { emit: should },
  },
  'amqp10/4.5.7.many-on-session': {
    source: [xml('transactions.txn-capability.multi-txns-per-ssn@choice')],
    section: '4.5.7',
    statement: 'A coordinator that tells so has several transactions of one session open at a time, each with work of its own.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.5.7.many-sessions': {
    source: [xml('transactions.txn-capability.multi-ssns-per-txn@choice')],
    section: '4.5.7',
    statement: 'A coordinator that tells so takes work of one transaction on several sessions of a connection.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.5.2.global-id': {
    source: [xml('transactions.declare.global-id#1'), xml('transactions.declare.global-id#2')],
    section: '4.5.2',
    statement: 'A declare with a global id is for a coordinator of distributed transactions, and belongs to that global transaction.',
    duties: {
      emit: untestable('MUST', distributed),
      enforce: mustAnswer(outcome('rejected', 'any'), detach('any')),
      'client-emit': must,
    },
  },
  'amqp10/4.5.3.txn-id': {
    source: [xml('transactions.discharge.txn-id@mandatory')],
    section: '4.5.3',
    statement: 'A discharge names its transaction.',
    duties: { enforce: mustAnswer(...lacking), 'client-emit': must },
  },
  'amqp10/4.5.4.id-size': {
    source: [text('4.5.4')],
    section: '4.5.4',
    statement: 'The id of a transaction has at most 32 octets.',
    duties: { emit: must },
  },
  'amqp10/4.5.6.txn-id': {
    source: [xml('transactions.transactional-state.txn-id@mandatory')],
    section: '4.5.6',
    statement: 'A transactional state names its transaction.',
    duties: { emit: must, enforce: mustAnswer(...lacking), 'client-emit': must },
  },
  'amqp10/4.5.8.unknown-id': {
    source: [xml('transactions.transaction-error.unknown-id@choice')],
    section: '4.5.8',
    statement: 'A discharge of a transaction that is not there, or not any more, is told unknown-id.',
    duties: { enforce: mustAnswer(...unknownId) },
  },
  'amqp10/4.5.8.unknown-id-work': {
    source: [xml('transactions.transaction-error.unknown-id@choice'), text('4.4')],
    section: '4.5.8',
    statement: 'Work for a transaction that is not there is refused, at the delivery, its link, its session or the control link, and not done.',
    duties: { enforce: mustAnswer(...unknownId, end('amqp:transaction:unknown-id'), close('amqp:transaction:unknown-id', 'practice')) },
  },
  'amqp10/4.5.8.timeout': {
    source: [xml('transactions.transaction-error.transaction-timeout@choice')],
    section: '4.5.8',
    statement: 'A transaction that took too long may be rolled back with transaction timeout.',
    duties: {
      permit: mayAnswer(outcome('rejected', 'amqp:transaction:timeout'), detach('amqp:transaction:timeout'), close('amqp:transaction:timeout')),
    },
  },
  'amqp10/4.5.8.defined-conditions': {
    source: [text('4.5.8')],
    section: '4.5.8',
    statement: 'The errors of transactions are told with the conditions that are defined for them.',
    duties: { emit: should },
  },
  'amqp10/4.4.plain-beside': {
    source: [text('4.4')],
    section: '4.4',
    statement: 'Deliveries of the same session that name no transaction are done at once, whatever becomes of open ones.',
    duties: { emit: mustByEffect },
  },
  'amqp10/4.5.6.outcome-required': {
    source: [text('4.5.6')],
    section: '4.5.6',
    statement: 'The outcome in a transactional state is one of the terminal ones.',
    duties: bothMust,
  },
} as const satisfies Readonly<Record<string, Rule10>>;
