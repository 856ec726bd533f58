import type { Rule091 } from '../rule.ts';
import { connectionClose, discarded, may, mayAnswer, must, mustAnswer, text, untestable, xml } from './phrases.ts';

/** Class channel, exceptions, and what sections 4.3, 4.8 and 4.9 say of channels. */
export const channelRules = {
  'amqp091/channel.open.open-ok': {
    source: [xml('channel.open'), xml('channel'), text('2.2.5')],
    section: 'channel.open',
    statement: 'A server confirms a new channel with open-ok.',
    duties: { emit: must },
  },
  'amqp091/channel.open.state': {
    source: [xml('channel.open.state')],
    section: 'channel.open',
    statement: 'Opening a channel that is open already is connection exception 504.',
    duties: { enforce: mustAnswer(connectionClose(504)), 'client-emit': must },
  },
  'amqp091/channel.not-open': {
    source: [xml('constant.channel-error'), xml('channel'), text('2.3.6')],
    section: 'channel.open',
    statement: 'A frame on a channel that is not open is connection exception 504.',
    duties: { emit: must, enforce: mustAnswer(connectionClose(504)), 'client-emit': must },
  },
  'amqp091/channel.not-open-content': {
    source: [xml('constant.channel-error'), xml('constant.unexpected-frame'), text('4.2.6')],
    section: 'channel.open',
    statement: 'A content frame on a channel that is not open is both on no channel and behind no method: connection exception 504 or 505.',
    duties: { enforce: mustAnswer(connectionClose(504), connectionClose(505)), 'client-emit': must },
  },
  'amqp091/channel.unsolicited-reply': {
    source: [xml('channel'), xml('constant.command-invalid'), xml('constant.unexpected-frame')],
    section: 'channel.flow-ok',
    statement: 'A reply for which there was no request is out of place; a server may refuse or ignore it.',
    duties: { permit: mayAnswer(connectionClose(503), connectionClose(505), connectionClose(504), discarded()), 'client-emit': must },
  },
  'amqp091/channel.flow.flow-ok': {
    source: [xml('channel.flow'), xml('channel.flow-ok')],
    section: 'channel.flow',
    statement: 'Flow is answered with flow-ok, whether it pauses or resumes.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/channel.flow-ok.active': {
    source: [xml('channel.flow-ok.active')],
    section: 'channel.flow-ok',
    statement: 'Flow-ok repeats the setting that was asked for.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/channel.flow.active': {
    source: [xml('channel.flow.active'), text('3.1.9')],
    section: 'channel.flow',
    statement: 'After flow-ok with active zero no content is delivered on the channel until flow is switched on again; then it goes on.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/channel.flow.get': {
    source: [xml('channel.flow')],
    section: 'channel.flow',
    statement: 'A paused channel still answers basic.get with content.',
    duties: { emit: must },
  },
  'amqp091/channel.flow.initial-state': {
    source: [xml('channel.flow.initial-state')],
    section: 'channel.flow',
    statement: 'A new channel is active: content flows without a flow method.',
    duties: { emit: must, 'client-permit': may },
  },
  'amqp091/channel.flow.bidirectional': {
    source: [xml('channel.flow.bidirectional')],
    section: 'channel.flow',
    statement: 'A peer that sends content answers flow as rapidly as possible.',
    duties: {
      emit: untestable('SHOULD', 'The standard gives no time within which the answer must come.'),
      'client-emit': untestable('SHOULD', 'The standard gives no time within which the answer must come.'),
    },
  },
  'amqp091/channel.flow.throttling': {
    source: [xml('channel.flow.throttling')],
    section: 'channel.flow',
    statement: 'A peer may use flow to throttle the content it receives.',
    duties: { permit: may, 'client-permit': may },
  },
  'amqp091/channel.flow.expected-behaviour': {
    source: [xml('channel.flow.expected-behaviour')],
    section: 'channel.flow',
    statement: 'A peer may disconnect another that sends content although it was paused.',
    duties: { permit: may },
  },
  'amqp091/channel.close.close-ok': {
    source: [xml('channel.close'), text('2.3.7')],
    section: 'channel.close',
    statement: 'Close is answered with close-ok.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/channel.close.stability': {
    source: [xml('channel.close.stability')],
    section: 'channel.close',
    statement: 'After sending close, a peer discards every method on the channel but close and close-ok, and answers close with close-ok.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/channel.close.reuse': {
    source: [xml('connection'), xml('channel'), text('2.2.5')],
    section: 'channel.close',
    statement: 'The number of a closed channel can be opened again, and the new channel keeps nothing of the old one.',
    duties: { emit: must },
  },
  'amqp091/channel.close.reply-code': {
    source: [xml('channel.close.reply-code'), xml('domain.reply-code.notnull'), text('4.8.2')],
    section: 'channel.close',
    statement: 'The reply code of a close is one of the defined three-digit codes.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/channel.close.reply-text': {
    source: [xml('channel.close.reply-text'), xml('domain.reply-text.notnull')],
    section: 'channel.close',
    statement: 'The reply text of a close is not empty.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/channel.close.failing-method': {
    source: [xml('channel.close.class-id'), xml('channel.close.method-id')],
    section: 'channel.close',
    statement: 'A close that a method provoked carries the class id and method id of that method.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/channel.close-ok.reporting': {
    source: [xml('channel.close-ok.reporting')],
    section: 'channel.close-ok',
    statement: 'A peer whose socket is closed without close-ok for a channel logs the error.',
    duties: {
      emit: untestable('SHOULD', 'The log of a server is not seen by a peer.'),
      'client-emit': untestable('SHOULD', 'The log of a client is not seen by a peer.'),
    },
  },
  'amqp091/4.3.multiple-channels': {
    source: [text('4.3'), text('2.2.5')],
    section: '4.3',
    statement: 'Channels of one connection are independent of each other, each with its own sequence of methods.',
    duties: { emit: must },
  },
  'amqp091/4.3.fairness': {
    source: [text('4.3')],
    section: '4.3',
    statement: 'A peer shares its connection fairly among busy channels and starves none.',
    duties: {
      emit: untestable('SHOULD', 'The standard gives no measure of fairness.'),
      'client-emit': untestable('SHOULD', 'The standard gives no measure of fairness.'),
    },
  },
  'amqp091/4.8.1.soft-error': {
    source: [text('4.8.1'), text('2.3.6')],
    section: '4.8.1',
    statement: 'An operational error closes the channel that caused it and leaves the connection and its other channels alone.',
    duties: { emit: must },
  },
  'amqp091/4.8.1.hard-error': {
    source: [text('4.8.1'), text('2.3.6')],
    section: '4.8.1',
    statement: 'A structural error closes the connection, and with it all its channels.',
    duties: { emit: must },
  },
  'amqp091/4.9.own-limits': {
    source: [text('4.9'), xml('constant.resource-error')],
    section: '4.9',
    statement: 'A peer may set limits of its own on connections, channels, consumers and queues.',
    duties: { permit: may },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
