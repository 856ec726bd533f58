import type { Rule091 } from '../rule.ts';
import {
  bareClose,
  connectionClose,
  discarded,
  errata,
  grammar,
  mayAnswer,
  must,
  mustAnswer,
  mustByEffect,
  should,
  shouldAnswer,
  text,
  untestable,
  xml,
} from './phrases.ts';

/** Heartbeat frames: section 4.2.7. */
export const heartbeatRules = {
  'amqp091/4.2.7.heartbeat-channel': {
    source: [text('4.2.7'), text('4.2.3')],
    section: '4.2.7',
    statement: 'Heartbeats travel on channel 0; on another they are connection exception 501 in section 4.2.7 and 503 in section 4.2.3.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(501), connectionClose(503)),
      'client-emit': must,
      'client-enforce': mustAnswer(connectionClose(501), connectionClose(503)),
    },
  },
  'amqp091/4.2.7.heartbeat-format': {
    source: [text('4.2.7'), grammar('heartbeat'), xml('constant.frame-heartbeat'), errata(12), errata(22), errata(29)],
    section: '4.2.7',
    statement: 'A heartbeat is a frame of type 8 with an empty payload; an invalid one is connection exception 501.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(501)),
      'client-emit': must,
      'client-enforce': mustAnswer(connectionClose(501)),
    },
  },
  'amqp091/4.2.7.heartbeat-type-4': {
    source: [text('4.2.3'), xml('constant.frame-heartbeat'), errata(29)],
    section: '4.2.7',
    statement: 'A frame of type 4 is a heartbeat in the text and of no type in the XML: a peer may drop it, or close the connection and send nothing more.',
    duties: { permit: mayAnswer(discarded(), bareClose) },
  },
  'amqp091/4.2.7.heartbeat-discarded': {
    source: [text('4.2.7')],
    section: '4.2.7',
    statement: 'A peer that does no heartbeating drops the heartbeats it receives without any error, whenever they come.',
    duties: { emit: mustByEffect, 'client-emit': mustByEffect },
  },
  'amqp091/4.2.7.heartbeat-start': {
    source: [text('4.2.7')],
    section: '4.2.7',
    statement: 'A server sends and monitors heartbeats from connection.tune-ok on.',
    duties: { emit: should },
  },
  'amqp091/4.2.7.client-heartbeat-start': {
    source: [text('4.2.7'), errata(13)],
    section: '4.2.7',
    statement: 'A client sends heartbeats from connection.tune on and monitors them from connection.open on.',
    duties: { 'client-emit': should },
  },
  'amqp091/4.2.7.heartbeat-interval': {
    source: [text('4.2.7'), xml('connection.tune-ok.heartbeat')],
    section: '4.2.7',
    statement: 'A peer that has nothing else to send for one agreed interval sends a heartbeat.',
    duties: { emit: should, 'client-emit': should },
  },
  'amqp091/4.2.7.any-octet': {
    source: [text('4.2.7')],
    section: '4.2.7',
    statement: 'Any octet received counts as much as a heartbeat: a peer that sends other traffic is alive.',
    duties: { emit: mustByEffect, 'client-emit': mustByEffect },
  },
  'amqp091/4.2.7.peer-silent': {
    source: [text('4.2.7')],
    section: '4.2.7',
    statement: 'A peer that received nothing for two intervals or longer closes the socket without a handshake.',
    duties: { enforce: shouldAnswer(bareClose), 'client-enforce': shouldAnswer(bareClose) },
  },
  'amqp091/4.2.7.peer-silent-log': {
    source: [text('4.2.7')],
    section: '4.2.7',
    statement: 'A peer that closes because of silence logs an error.',
    duties: {
      emit: untestable('SHOULD', 'The log of a server is not seen by a peer.'),
      'client-emit': untestable('SHOULD', 'The log of a client is not seen by a peer.'),
    },
  },
  'amqp091/4.2.7.heartbeat-until-closed': {
    source: [text('4.2.7')],
    section: '4.2.7',
    statement: 'Heartbeats go on until the socket is closed, also during and after the close handshake.',
    duties: { emit: should, 'client-emit': should },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
