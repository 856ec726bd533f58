import type { Rule091 } from '../rule.ts';
import {
  bareClose,
  connectionClose,
  discarded,
  errata,
  grammar,
  headerThenClose,
  may,
  mayAnswer,
  must,
  mustAnswer,
  mustByEffect,
  should,
  text,
  untestable,
  xml,
} from './phrases.ts';

/*
 * Levels: upper-case keywords as they stand; definitions of formats and of what a field means bind as MUST; a lower-case "should" is SHOULD.
 * Where the standard asks for a connection exception and names no code, the answers are the codes whose definition covers the breach.
 * `emit` also covers taking what the other peer is entitled to send.
 */

/** Protocol header, general frame format and method payloads: sections 2.3, 4.2.2, 4.2.3 and 4.2.4. */
export const framingRules = {
  'amqp091/4.2.2.protocol-header': {
    source: [text('4.2.2'), text('2.2.4'), grammar('amqp'), grammar('protocol-header')],
    section: '4.2.2',
    statement: 'A client opens a connection with the eight octets of the protocol header; a server answers anything else with a valid header and closes.',
    duties: { enforce: mustAnswer(headerThenClose), 'client-emit': must },
  },
  'amqp091/4.2.2.unknown-protocol': {
    source: [text('4.2.2'), grammar('literal-AMQP'), grammar('protocol-id'), xml('connection.start.protocol-name')],
    section: '4.2.2',
    statement: 'A server that does not recognise the protocol name and id in the first five octets writes a valid protocol header, flushes it and closes.',
    duties: { enforce: mustAnswer(headerThenClose) },
  },
  'amqp091/4.2.2.unsupported-version': {
    source: [text('4.2.2'), text('1.4.2'), grammar('protocol-version'), xml('connection.start.protocol-name')],
    section: '4.2.2',
    statement: 'A server that does not support the protocol version asked for writes a valid protocol header, flushes it and closes.',
    duties: { enforce: mustAnswer(headerThenClose) },
  },
  'amqp091/4.2.2.valid-header': {
    source: [text('4.2.2'), grammar('protocol-header')],
    section: '4.2.2',
    statement: 'The header with which a server rejects another is itself eight octets that begin with AMQP, and nothing follows it.',
    duties: { emit: must },
  },
  'amqp091/4.2.2.accepted-header': {
    source: [text('4.2.2'), xml('connection')],
    section: '4.2.2',
    statement: 'A server that supports the version asked for leaves the socket open and begins with connection.start.',
    duties: { emit: must },
  },
  'amqp091/4.2.2.other-protocols': {
    source: [text('4.2.2'), text('2.3.3')],
    section: '4.2.2',
    statement: 'A server may serve other protocols, and other versions, on the same port.',
    duties: { permit: may },
  },
  'amqp091/4.2.2.diagnostic': {
    source: [text('4.2.2')],
    section: '4.2.2',
    statement: 'A server may print a diagnostic message about a rejected protocol header.',
    duties: { permit: untestable('MAY', 'A message on the console of the server is not seen by a peer.') },
  },
  'amqp091/4.2.2.version-detection': {
    source: [text('4.2.2')],
    section: '4.2.2',
    statement: 'A client may find the version of a server by asking for its highest and trying again with what the server answers.',
    duties: { 'client-permit': may },
  },
  'amqp091/2.3.4.segmentation': {
    source: [text('2.3.4'), text('2.3.1')],
    section: '2.3.4',
    statement: 'Frames are found by their declared sizes in a stream of octets, however the transport has cut or joined that stream.',
    duties: { emit: mustByEffect, 'client-emit': mustByEffect },
  },
  'amqp091/2.3.5.frame-size': {
    source: [text('2.3.5'), text('4.2.3'), grammar('frame-properties'), grammar('payload-size')],
    section: '4.2.3',
    statement: 'The size field counts the octets of the payload: neither the seven of the frame header nor the frame-end.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.3.frame-end': {
    source: [text('4.2.3'), grammar('frame-end'), xml('constant.frame-end')],
    section: '4.2.3',
    statement: 'Each frame ends with the octet CE; a peer that reads another octet there closes the connection and sends nothing more on it.',
    duties: { emit: must, enforce: mustAnswer(bareClose), 'client-emit': must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp091/4.2.3.frame-end-log': {
    source: [text('4.2.3')],
    section: '4.2.3',
    statement: 'A peer that reads a wrong frame-end logs information about it.',
    duties: {
      emit: untestable('SHOULD', 'The log of a server is not seen by a peer.'),
      'client-emit': untestable('SHOULD', 'The log of a client is not seen by a peer.'),
    },
  },
  'amqp091/4.2.3.frame-type': {
    source: [
      text('4.2.3'),
      grammar('method-frame'),
      grammar('content-header'),
      grammar('content-body'),
      xml('constant.frame-method'),
      xml('constant.frame-header'),
      xml('constant.frame-body'),
      xml('constant.frame-heartbeat'),
      errata(29),
    ],
    section: '4.2.3',
    statement: 'Frames are of the defined types; a peer that receives another type closes the connection and sends nothing more on it.',
    duties: { emit: must, enforce: mustAnswer(bareClose), 'client-emit': must, 'client-enforce': mustAnswer(bareClose) },
  },
  'amqp091/4.2.3.frame-max': {
    source: [text('4.2.3'), text('2.3.3'), xml('connection.tune-ok.frame-max')],
    section: '4.2.3',
    statement: 'No frame is larger than the negotiated frame-max; a peer that receives a larger one raises connection exception 501.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(501)),
      'client-emit': must,
      'client-enforce': mustAnswer(connectionClose(501)),
    },
  },
  'amqp091/4.2.3.frame-max-method': {
    source: [text('4.2.3'), xml('connection.tune-ok.frame-max'), errata(11)],
    section: '4.2.3',
    statement: 'A method or content header cannot be split: a peer may refuse one above frame-max with 501 as the text wants, or take it as the errata do.',
    duties: { permit: mayAnswer(connectionClose(501), discarded('errata')) },
  },
  'amqp091/4.2.3.channel-zero': {
    source: [text('4.2.3')],
    section: '4.2.3',
    statement: 'Methods of class connection travel on channel 0; a peer that receives one on another channel raises connection exception 503.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(503)),
      'client-emit': must,
      'client-enforce': mustAnswer(connectionClose(503)),
    },
  },
  'amqp091/4.2.3.channel-number': {
    source: [text('4.2.3'), grammar('channel')],
    section: '4.2.3',
    statement: 'Methods of all classes but connection travel on a channel from 1 to 65535; on channel 0 they are a connection exception.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(504), connectionClose(503), connectionClose(505)),
      'client-emit': must,
    },
  },
  'amqp091/4.2.4.method-identifiers': {
    source: [text('4.2.4'), text('2.3.5.1'), grammar('method-payload'), grammar('class-id'), grammar('method-id'), xml('constant.frame-error')],
    section: '4.2.4',
    statement: 'A method payload begins with a class id and a method id of two octets each; a shorter payload is malformed.',
    duties: { emit: must, enforce: mustAnswer(connectionClose(501), connectionClose(502)), 'client-emit': must },
  },
  'amqp091/4.2.4.class-unknown': {
    source: [text('4.2.4'), text('2.2.1'), text('2.3.5.1'), xml('constant.command-invalid'), xml('constant.not-implemented')],
    section: '4.2.4',
    statement: 'A method of a class that the receiver does not know, standard or not, is a connection exception: invalid or not implemented.',
    duties: { emit: must, enforce: mustAnswer(connectionClose(503), connectionClose(540)), 'client-emit': must },
  },
  'amqp091/4.2.4.method-unknown': {
    source: [text('4.2.4'), text('2.3.5.1'), xml('constant.command-invalid'), xml('constant.not-implemented')],
    section: '4.2.4',
    statement: 'A method id that its class does not define is a connection exception: invalid or not implemented.',
    duties: { emit: must, enforce: mustAnswer(connectionClose(503), connectionClose(540)), 'client-emit': must },
  },
  'amqp091/4.2.4.method-direction': {
    source: [text('2.2.1'), text('2.3.5.1'), text('2.3.6'), xml('constant.command-invalid'), xml('constant.unexpected-frame')],
    section: '2.3.5.1',
    statement: 'A method that only the other role sends is not allowed in any context and is a connection exception.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(503), connectionClose(505), connectionClose(540)),
      'client-emit': must,
    },
  },
  'amqp091/4.2.4.arguments': {
    source: [text('4.2.4'), text('2.3.5.1'), grammar('amqp-field')],
    section: '4.2.4',
    statement: 'A method carries exactly the arguments that its definition lists, in that order.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.4.arguments-truncated': {
    source: [text('4.2.4'), text('2.3.6'), xml('constant.frame-error'), xml('constant.syntax-error')],
    section: '4.2.4',
    statement: 'A method payload that ends before its arguments do cannot be decoded and is a connection exception.',
    duties: { enforce: mustAnswer(connectionClose(501), connectionClose(502)), 'client-enforce': mustAnswer(connectionClose(501), connectionClose(502)) },
  },
  'amqp091/4.2.4.arguments-trailing': {
    source: [text('4.2.4'), text('2.3.6'), xml('constant.frame-error'), xml('constant.syntax-error')],
    section: '4.2.4',
    statement: 'A method payload with octets behind its last argument is malformed and is a connection exception.',
    duties: { enforce: mustAnswer(connectionClose(501), connectionClose(502)), 'client-enforce': mustAnswer(connectionClose(501), connectionClose(502)) },
  },
  'amqp091/4.2.4.extension-classes': {
    source: [text('4.2.4')],
    section: '4.2.4',
    statement: 'Class ids from F000 to FFFF are free for extensions of an implementation.',
    duties: { permit: mayAnswer(connectionClose(503), connectionClose(540)) },
  },
  'amqp091/4.2.4.reserved-fields': {
    source: [
      xml('connection.open.reserved-1'),
      xml('connection.open.reserved-2'),
      xml('connection.open-ok.reserved-1'),
      xml('channel.open.reserved-1'),
      xml('channel.open-ok.reserved-1'),
    ],
    section: '4.2.4',
    statement: 'Arguments that the definition reserves are sent as zero.',
    duties: { emit: should, 'client-emit': should },
  },
  'amqp091/2.2.3.silent-success': {
    source: [text('2.2.3'), text('4.8.1')],
    section: '2.2.3',
    statement: 'An asynchronous method that succeeds is answered with nothing at all; only its failure is said.',
    duties: { emit: must },
  },
  'amqp091/3.2.1.pipelining': {
    source: [text('3.2.1'), text('2.2.1'), text('2.2.2')],
    section: '3.2.1',
    statement: 'A peer may send synchronous requests without waiting for each reply; they are answered one by one in their order.',
    duties: { emit: must, 'client-permit': may },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
