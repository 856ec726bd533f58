import type { Rule10 } from '../rule.ts';
import {
  bothKeep,
  bothMay,
  bothMust,
  bothMustByEffect,
  bothShould,
  detach,
  end,
  extension,
  frame,
  invalidSessionField,
  may,
  mayAnswer,
  must,
  mustAnswer,
  mustByEffect,
  text,
  untestable,
  xml,
} from './phrases.ts';

const unattached = [end('amqp:session:unattached-handle')] as const;
const tooMany = [detach('amqp:link:transfer-limit-exceeded')] as const;

/** Credit and flow: sections 2.6.7 to 2.6.10 and 2.7.4. */
export const flowRules = {
  'amqp10/2.6.7.delivery-limit': {
    source: [xml('transport.links.flow-control#1'), xml('transport.links.flow-control#2')],
    section: '2.6.7',
    statement: 'The credit of a sender is what the receiver told last: its delivery-count and link-credit, less what was sent since.',
    duties: bothMust,
  },
  'amqp10/2.6.7.count-unknown': {
    source: [xml('transport.links.flow-control#3')],
    section: '2.6.7',
    statement: 'A receiver that tells no delivery-count grants from the initial-delivery-count of the sender on.',
    duties: bothMustByEffect,
  },
  'amqp10/2.6.7.credit-spent': {
    source: [xml('transport.links.flow-control#4'), text('2.6.8')],
    section: '2.6.7',
    statement: 'Each delivery takes one off the credit, however many frames it has, and none is sent without.',
    duties: bothMust,
  },
  'amqp10/2.6.7.no-initial-credit': {
    source: [text('2.6.7')],
    section: '2.6.7',
    statement: 'A link begins without credit: before the first flow nothing is sent on it.',
    duties: bothMust,
  },
  'amqp10/2.6.7.credit-used': {
    source: [text('2.6.8'), text('2.6.9')],
    section: '2.6.7',
    statement: 'A sender with credit sends what it has or gets, up to the limit, and more as soon as credit is added.',
    duties: bothMust,
  },
  'amqp10/2.6.7.available-advisory': {
    source: [xml('transport.links.flow-control#5')],
    section: '2.6.7',
    statement: 'A sender may send although it told that nothing is available.',
    duties: bothMay,
  },
  'amqp10/2.6.7.available-floor': {
    source: [xml('transport.links.flow-control#6')],
    section: '2.6.7',
    statement: 'A receiver that counts down what is available stops at zero.',
    duties: bothMust,
  },
  'amqp10/2.6.7.available-told': {
    source: [text('2.6.7'), text('2.7.4')],
    section: '2.6.7',
    statement: 'Where a sender tells how many messages are available, so many wait for credit.',
    duties: bothShould,
  },
  'amqp10/2.6.7.credit-granted': {
    source: [text('2.6.9')],
    section: '2.6.7',
    statement: 'A receiver that wants messages grants credit once the link stands, and more as it is used up.',
    duties: bothMust,
  },
  'amqp10/2.6.7.alarm': {
    source: [extension('RabbitMQ: memory and disk alarms', 'https://www.rabbitmq.com/docs/alarms'), text('2.5.6')],
    section: '2.6.7',
    statement:
      'A server that is short of memory or disk holds publishers back by window or credit and serves receivers; when that is over it takes what waited.',
    duties: { emit: mustByEffect },
  },
  'amqp10/2.6.7.transfer-limit': {
    source: [text('2.6.7'), xml('transport.link-error.transfer-limit-exceeded@choice')],
    section: '2.6.7',
    statement: 'Without credit nothing may be sent, and a link on which it is detaches with transfer-limit-exceeded.',
    duties: { enforce: mustAnswer(...tooMany), 'client-emit': must, 'client-enforce': mustAnswer(...tooMany) },
  },
  'amqp10/2.6.7.credit-reduced': {
    source: [xml('transport.links.flow-control#7')],
    section: '2.6.7',
    statement: 'What was under way when a receiver took credit back it may take as usual, or detach with transfer-limit-exceeded.',
    duties: { permit: mayAnswer(frame('disposition'), ...tooMany), 'client-permit': may },
  },
  'amqp10/2.6.7.drained': {
    source: [xml('transport.links.flow-control#8'), xml('transport.flow.drain@default')],
    section: '2.6.7',
    statement: 'A sender that is to drain sends what it has, then raises its delivery-count until no credit is left, and tells so by flow.',
    duties: bothMust,
  },
  'amqp10/2.6.7.count-wrap-around': {
    source: [text('2.6.7'), text('2.8.10')],
    section: '2.6.7',
    statement: 'A delivery-count begins where the sender likes and goes on at zero after 2^32 - 1.',
    duties: bothMustByEffect,
  },
  'amqp10/2.6.10.stopped': {
    source: [text('2.6.10')],
    section: '2.6.10',
    statement: 'A link-credit of zero stops a sender until there is more.',
    duties: bothMust,
  },
  'amqp10/2.7.4.mandatory': {
    source: [
      xml('transport.flow.incoming-window@mandatory'),
      xml('transport.flow.next-outgoing-id@mandatory'),
      xml('transport.flow.outgoing-window@mandatory'),
    ],
    section: '2.7.4',
    statement: 'Flow has incoming-window, next-outgoing-id and outgoing-window.',
    duties: bothKeep(...invalidSessionField),
  },
  'amqp10/2.7.4.next-incoming-id': {
    source: [text('2.7.4')],
    section: '2.7.4',
    statement: 'Flow has next-incoming-id unless the begin of the other peer has not come yet.',
    duties: bothMust,
  },
  'amqp10/2.7.4.unattached-handle': {
    source: [xml('transport.flow.handle#1'), text('2.8.17'), xml('transport.session-error.unattached-handle@choice')],
    section: '2.7.4',
    statement: 'A flow, transfer or detach with a handle of no attached link ends the session with unattached-handle.',
    duties: { enforce: mustAnswer(...unattached), 'client-emit': must, 'client-enforce': mustAnswer(...unattached) },
  },
  'amqp10/2.7.4.session-only': {
    source: [xml('transport.flow.delivery-count#1'), xml('transport.flow.link-credit#1'), xml('transport.flow.available#1'), xml('transport.flow.drain#1')],
    section: '2.7.4',
    statement: 'A flow without handle says nothing of delivery-count, link-credit, available and drain.',
    duties: bothMust,
  },
  'amqp10/2.7.4.sender-state': {
    source: [xml('transport.flow.delivery-count#2')],
    section: '2.7.4',
    statement: 'The flow of a sender tells its delivery-count as it is, and the link-credit and drain that it got told.',
    duties: bothMust,
  },
  'amqp10/2.7.4.receiver-state': {
    source: [xml('transport.flow.delivery-count#3')],
    section: '2.7.4',
    statement: 'The flow of a receiver tells the delivery-count of the sender as far as it knows it.',
    duties: bothMust,
  },
  'amqp10/2.7.4.receiver-early': {
    source: [xml('transport.flow.delivery-count#4')],
    section: '2.7.4',
    statement: 'A receiver that has not got the attach of the sender tells no delivery-count.',
    duties: {
      emit: untestable('MUST', 'A server that receives has the attach of the sender already, as it answers it.'),
      'client-emit': must,
    },
  },
  'amqp10/2.7.4.echo': {
    source: [xml('transport.flow.echo@default'), text('2.6.10')],
    section: '2.7.4',
    statement:
      'A flow that asks for an echo should be answered soon, by one with the state of the link, or of the session where no handle is named; for the session that of a link will do.',
    duties: bothShould,
  },
  'amqp10/2.7.4.no-echo': {
    source: [xml('transport.flow.echo@default')],
    section: '2.7.4',
    statement: 'A flow sent as an echo should ask for none, so that echoes end.',
    duties: bothShould,
  },
  'amqp10/2.7.4.properties': {
    source: [text('2.7.4')],
    section: '2.7.4',
    statement: 'Properties of a flow that mean nothing to a peer change nothing.',
    duties: { emit: mustByEffect, 'client-emit': mustByEffect },
  },
} as const satisfies Readonly<Record<string, Rule10>>;
