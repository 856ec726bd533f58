import type { Rule091 } from '../rule.ts';
import {
  bareClose,
  connectionClose,
  errata,
  extension,
  may,
  mayAnswer,
  must,
  mustAnswer,
  mustByEffect,
  reply,
  should,
  shouldAnswer,
  text,
  untestable,
  xml,
} from './phrases.ts';

const blockedNotice = extension('Blocked Connection Notifications', 'https://www.rabbitmq.com/docs/connection-blocked');
const refusedNotice = extension('Authentication Failure Notifications', 'https://www.rabbitmq.com/docs/auth-notification');
/** The text wants a disconnection and names no code. */
const tooManyChannels = [connectionClose(504), connectionClose(530), connectionClose(503), connectionClose(506), bareClose] as const;
const unknownHost = [connectionClose(402), bareClose] as const;

/** Class connection, with the life-cycle of section 2.2.4 and the negotiation of section 2.3.3. */
export const connectionRules = {
  'amqp091/2.2.4.error-before-open': {
    source: [text('2.2.4'), text('4.10.2')],
    section: '2.2.4',
    statement: 'A peer that detects an error before the connection is opened closes the socket and sends nothing more.',
    duties: { enforce: mustAnswer(bareClose), 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp091/4.10.2.pause': {
    source: [text('4.10.2')],
    section: '4.10.2',
    statement: 'A server may wait some seconds before it closes a connection that failed in negotiation.',
    duties: { permit: may },
  },
  'amqp091/4.10.2.log': {
    source: [text('4.10.2')],
    section: '4.10.2',
    statement: 'A server logs failed negotiations and flags or blocks clients that fail repeatedly.',
    duties: { emit: untestable('SHOULD', 'The log of a server is not seen by a peer, and blocking a client is left to the server.') },
  },
  'amqp091/connection.sequence': {
    source: [xml('connection'), text('2.2.4'), text('2.3.6'), text('3.1.2'), xml('constant.command-invalid'), xml('constant.unexpected-frame')],
    section: '2.2.4',
    statement: 'Once a connection is open, a method of the opening sequence is out of place and is a connection exception.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(503), connectionClose(505), connectionClose(504, 'practice')),
      'client-emit': must,
      'client-enforce': mustAnswer(connectionClose(503), connectionClose(505)),
    },
  },
  'amqp091/connection.sequence-before-open': {
    source: [xml('connection'), text('2.2.4')],
    section: '2.2.4',
    statement:
      'Start, start-ok, challenges, tune, tune-ok, open and open-ok follow each other; a stage skipped or repeated is an error before open: a bare close.',
    duties: { emit: must, enforce: mustAnswer(bareClose), 'client-emit': must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp091/connection.start.server-support': {
    source: [xml('connection.start.server-support'), text('4.2.2')],
    section: 'connection.start',
    statement: 'The version that a server offers in answer to another is not higher than the one asked for.',
    duties: { emit: must },
  },
  'amqp091/connection.start.client-support': {
    source: [xml('connection.start.client-support')],
    section: 'connection.start',
    statement: 'A client that cannot handle the version that the server suggests closes the socket and sends nothing more.',
    duties: { 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp091/connection.start.version': {
    source: [xml('connection.start.version-major'), xml('connection.start.version-minor'), text('1.4.2')],
    section: 'connection.start',
    statement: 'Start carries the version that the header agreed on: major 0, minor 9.',
    duties: { emit: must },
  },
  'amqp091/connection.start.server-properties-required-fields': {
    source: [xml('connection.start.server-properties.required-fields'), errata(23)],
    section: 'connection.start',
    statement: 'Server-properties name product, version, platform and information; a host, which the errata strike out, is not missed.',
    duties: { emit: should },
  },
  'amqp091/connection.start.mechanisms-notnull': {
    source: [xml('connection.start.mechanisms.notnull')],
    section: 'connection.start',
    statement: 'Mechanisms is a list of at least one name, parted by spaces.',
    duties: { emit: must },
  },
  'amqp091/connection.start.locales-required-support': {
    source: [xml('connection.start.locales.required-support'), xml('connection.start.locales.notnull')],
    section: 'connection.start',
    statement: 'Locales is a list, parted by spaces, that holds en_US.',
    duties: { emit: must },
  },
  'amqp091/connection.start-ok.client-properties-required-fields': {
    source: [xml('connection.start-ok.client-properties.required-fields')],
    section: 'connection.start-ok',
    statement: 'Client-properties name product, version, platform and information.',
    duties: { 'client-emit': should },
  },
  'amqp091/connection.start-ok.mechanism-security': {
    source: [xml('connection.start-ok.mechanism.security')],
    section: 'connection.start-ok',
    statement: 'A client takes the strongest mechanism of the list that it can handle.',
    duties: { 'client-emit': should },
  },
  'amqp091/connection.start-ok.mechanism-validity': {
    source: [xml('connection.start-ok.mechanism.validity')],
    section: 'connection.start-ok',
    statement: 'A server that is given a mechanism it did not propose closes the connection and sends nothing more.',
    duties: { enforce: mustAnswer(bareClose), 'client-emit': must },
  },
  'amqp091/connection.start-ok.mechanism-notnull': {
    source: [xml('connection.start-ok.mechanism.notnull'), text('2.2.4')],
    section: 'connection.start-ok',
    statement: 'The mechanism is not empty; a server that is given none closes the connection and sends nothing more.',
    duties: { enforce: mustAnswer(bareClose), 'client-emit': must },
  },
  'amqp091/connection.start-ok.response-notnull': {
    source: [xml('connection.start-ok.response.notnull')],
    section: 'connection.start-ok',
    statement: 'The response is not empty; a server that is given none may ask for it with a challenge.',
    duties: { permit: mayAnswer(reply('connection.secure'), bareClose), 'client-emit': must },
  },
  'amqp091/connection.start-ok.locale': {
    source: [xml('connection.start-ok.locale'), xml('connection.start-ok.locale.notnull')],
    section: 'connection.start-ok',
    statement: 'The locale is one of those that the server listed; a server may close on another.',
    duties: { permit: mayAnswer(reply('connection.tune'), bareClose), 'client-emit': must },
  },
  'amqp091/connection.start-ok.answered': {
    source: [xml('connection'), xml('connection.start-ok'), text('2.2.4')],
    section: 'connection.start-ok',
    statement: 'A server answers valid credentials with tune, after as many challenges as the mechanism needs.',
    duties: { emit: must },
  },
  'amqp091/connection.start-ok.credentials': {
    source: [text('2.2.4'), text('4.10.2'), xml('connection.secure-ok')],
    section: '2.2.4',
    statement: 'A server that is given credentials that do not hold closes the socket and sends nothing more.',
    duties: { enforce: mustAnswer(bareClose) },
  },
  'amqp091/connection.authentication-failure-close': {
    source: [refusedNotice],
    section: 'connection.close',
    statement: 'A client that announced authentication_failure_close is told of refused credentials with connection.close 403 before the socket is closed.',
    capability: 'authentication_failure_close',
    duties: { enforce: mustAnswer(connectionClose(403)) },
  },
  'amqp091/connection.secure.challenge': {
    source: [xml('connection.secure'), xml('connection')],
    section: 'connection.secure',
    statement: 'A server may challenge as often as the mechanism needs; each challenge is answered with secure-ok.',
    duties: { permit: may, 'client-emit': must },
  },
  'amqp091/connection.secure-ok.response-notnull': {
    source: [xml('connection.secure-ok.response.notnull')],
    section: 'connection.secure-ok',
    statement: 'The response to a challenge is not empty.',
    duties: { 'client-emit': must },
  },
  'amqp091/2.3.3.limits-proposed': {
    source: [text('2.3.3'), xml('connection.tune')],
    section: '2.3.3',
    statement: 'A server tells the client the limits that it proposes.',
    duties: { emit: must },
  },
  'amqp091/2.3.3.limits-lowered': {
    source: [text('2.3.3'), text('4.3'), xml('connection.tune')],
    section: '2.3.3',
    statement: 'A client may lower the proposed limits, channels down to one, and the server keeps to the lower ones.',
    duties: { emit: must, 'client-permit': may },
  },
  'amqp091/connection.tune.channel-max': {
    source: [xml('connection.tune.channel-max'), text('2.3.3'), text('4.3')],
    section: 'connection.tune',
    statement:
      'Channel numbers from 1 to the agreed channel-max can be used in any order; a client that opens more is disconnected, one that has opened fewer but uses a higher number may be.',
    duties: {
      emit: must,
      enforce: mustAnswer(...tooManyChannels),
      permit: mayAnswer(...tooManyChannels, reply('channel.open-ok')),
      'client-emit': must,
    },
  },
  'amqp091/connection.tune.frame-max-offer': {
    source: [xml('connection.tune.frame-max.minimum')],
    section: 'connection.tune',
    statement: 'The frame-max that a server proposes is zero or at least 4096.',
    duties: { emit: must },
  },
  'amqp091/connection.tune.frame-max-minimum': {
    source: [xml('connection.tune.frame-max.minimum'), xml('connection.tune-ok.frame-max.minimum'), xml('constant.frame-min-size')],
    section: 'connection.tune',
    statement: 'Until frame-max is negotiated, frames of up to 4096 octets are accepted, and larger ones not sent.',
    duties: { emit: must, permit: mayAnswer(bareClose, reply('connection.tune')), 'client-emit': must },
  },
  'amqp091/connection.tune-ok.frame-max-minimum': {
    source: [xml('connection.tune-ok.frame-max.minimum'), xml('constant.frame-min-size'), text('2.2.4')],
    section: 'connection.tune-ok',
    statement: 'No frame-max below 4096 can be agreed on, zero excepted; a server that is given one closes the socket.',
    duties: { enforce: mustAnswer(bareClose), 'client-emit': must },
  },
  'amqp091/connection.tune-ok.channel-max-upper-limit': {
    source: [xml('connection.tune-ok.channel-max.upper-limit'), xml('connection.tune-ok.channel-max.le'), errata(10)],
    section: 'connection.tune-ok',
    statement: 'A server closes the connection without a handshake when the client wants a higher channel-max than it offered; an offer of zero sets no limit.',
    duties: { enforce: mustAnswer(bareClose), 'client-emit': must },
  },
  'amqp091/connection.tune-ok.channel-max-notnull': {
    source: [xml('connection.tune-ok.channel-max.notnull'), errata(10)],
    section: 'connection.tune-ok',
    statement: 'A channel-max of zero from the client is null by the assertion and no limit by the errata; a server may refuse or take it.',
    duties: { permit: mayAnswer(bareClose, reply('connection.open-ok', 'errata')), 'client-emit': should },
  },
  'amqp091/connection.tune-ok.frame-max-upper-limit': {
    source: [xml('connection.tune-ok.frame-max.upper-limit'), errata(10)],
    section: 'connection.tune-ok',
    statement: 'A server closes the connection without a handshake when the client wants a higher frame-max than it offered; an offer of zero sets no limit.',
    duties: { enforce: mustAnswer(bareClose), 'client-emit': must },
  },
  'amqp091/connection.tune-ok.frame-max-zero': {
    source: [xml('connection.tune-ok.frame-max'), text('2.3.3')],
    section: 'connection.tune-ok',
    statement: 'A frame-max of zero from the client sets no limit of its own: the offer stands.',
    duties: { emit: must },
  },
  'amqp091/connection.tune-ok.heartbeat': {
    source: [xml('connection.tune-ok.heartbeat'), text('4.2.7')],
    section: 'connection.tune-ok',
    statement: 'The interval of heartbeats is the one that the client asks for in tune-ok.',
    duties: { emit: should },
  },
  'amqp091/connection.tune-ok.heartbeat-zero': {
    source: [xml('connection.tune-ok.heartbeat'), text('4.2.7')],
    section: 'connection.tune-ok',
    statement: 'With a heartbeat of zero in tune-ok there is no heartbeating: a silent client stays connected.',
    duties: { emit: mustByEffect },
  },
  'amqp091/connection.open.open-ok': {
    source: [xml('connection.open'), xml('connection'), text('2.2.4')],
    section: 'connection.open',
    statement: 'A server confirms a valid virtual host with open-ok.',
    duties: { emit: must },
  },
  'amqp091/connection.open.virtual-host-unknown': {
    source: [xml('constant.invalid-path'), xml('connection.open.virtual-host'), text('2.2.4'), text('2.3.7')],
    section: 'connection.open',
    statement: 'A virtual host that the server does not know is connection exception 402, or a bare close, since the server has not sent open-ok yet.',
    duties: { enforce: mustAnswer(...unknownHost) },
  },
  'amqp091/connection.open.virtual-host-notnull': {
    source: [xml('domain.path.notnull'), text('4.8.1')],
    section: 'connection.open',
    statement: 'The name of the virtual host is not empty.',
    duties: { enforce: mustAnswer(...unknownHost, connectionClose(502)), 'client-emit': must },
  },
  'amqp091/connection.open.virtual-host-length': {
    source: [xml('domain.path.length'), text('4.8.1')],
    section: 'connection.open',
    statement: 'The name of the virtual host has at most 127 octets.',
    duties: { enforce: mustAnswer(...unknownHost, connectionClose(502)), 'client-emit': must },
  },
  'amqp091/connection.open.virtual-host-separation': {
    source: [xml('connection.open.virtual-host.separation')],
    section: 'connection.open',
    statement: 'Virtual hosts share no exchanges, queues or bindings.',
    duties: { emit: mustByEffect },
  },
  'amqp091/connection.open.virtual-host-security': {
    source: [xml('connection.open.virtual-host.security')],
    section: 'connection.open',
    statement: 'A server verifies that the user may use the virtual host.',
    duties: { enforce: shouldAnswer(connectionClose(403), connectionClose(530), connectionClose(402), bareClose) },
  },
  'amqp091/2.3.7.close-handshake': {
    source: [text('2.3.7'), text('2.2.4')],
    section: '2.3.7',
    statement: 'Once a connection is open, a peer that wants to end it sends close and waits for close-ok.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/connection.close.close-ok': {
    source: [text('2.3.7'), xml('connection.close')],
    section: 'connection.close',
    statement: 'Close is answered with close-ok.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/connection.close.stability': {
    source: [xml('connection.close.stability')],
    section: 'connection.close',
    statement: 'After sending close, a peer discards every method but close and close-ok, and answers close with close-ok.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/connection.close.reply-code': {
    source: [xml('connection.close.reply-code'), xml('domain.reply-code.notnull'), text('4.8.2')],
    section: 'connection.close',
    statement: 'The reply code of a close is one of the defined three-digit codes.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/connection.close.reply-text': {
    source: [xml('connection.close.reply-text'), xml('domain.reply-text.notnull')],
    section: 'connection.close',
    statement: 'The reply text of a close is not empty.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/connection.close.failing-method': {
    source: [xml('connection.close.class-id'), xml('connection.close.method-id')],
    section: 'connection.close',
    statement: 'A close that a method provoked carries the class id and method id of that method.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/connection.close-ok.socket': {
    source: [text('2.2.4'), text('2.3.7'), xml('connection.close-ok')],
    section: 'connection.close-ok',
    statement: 'After close-ok both peers close the socket.',
    duties: { emit: should, 'client-emit': should },
  },
  'amqp091/connection.close-ok.reporting': {
    source: [xml('connection.close-ok.reporting')],
    section: 'connection.close-ok',
    statement: 'A peer whose socket is closed without close-ok logs the error.',
    duties: {
      emit: untestable('SHOULD', 'The log of a server is not seen by a peer.'),
      'client-emit': untestable('SHOULD', 'The log of a client is not seen by a peer.'),
    },
  },
  'amqp091/connection.forced': {
    source: [xml('constant.connection-forced')],
    section: 'connection.close',
    statement: 'A server that an operator tells to close a connection gives 320 as its reason.',
    duties: { emit: untestable('MUST', 'It takes an operator of the server.') },
  },
  'amqp091/connection.blocked.notice': {
    source: [blockedNotice, xml('connection.blocked')],
    section: 'connection.blocked',
    statement: 'A client that announced connection.blocked is told with blocked when the server stops taking its publishes.',
    capability: 'connection.blocked',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/connection.unblocked.notice': {
    source: [blockedNotice, xml('connection.unblocked')],
    section: 'connection.unblocked',
    statement: 'A client that was told blocked is told unblocked when its publishes are taken again.',
    capability: 'connection.blocked',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/connection.update-secret.update-secret-ok': {
    source: [xml('connection.update-secret'), xml('connection.update-secret-ok')],
    section: 'connection.update-secret',
    statement:
      'A server that knows update-secret confirms a valid secret with update-secret-ok; another may refuse the method as unknown, the secret as not allowed.',
    duties: { permit: mayAnswer(reply('connection.update-secret-ok'), connectionClose(503), connectionClose(540), connectionClose(530)) },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
