import type { Rule10 } from '../rule.ts';
import { bareClose, bothMust, bothMustByEffect, close, extension, may, must, mustAnswer, mustByEffect, shouldAnswer } from './phrases.ts';

const binding = extension('AMQP WebSocket Binding 1.0', 'https://docs.oasis-open.org/amqp-bindmap/amqp-wsb/v1.0/amqp-wsb-v1.0.html');
const webSocket = extension('RFC 6455, the WebSocket protocol', 'https://www.rfc-editor.org/rfc/rfc6455');
const sole = extension('AMQP Enforcing Connection Uniqueness 1.0', 'https://docs.oasis-open.org/amqp/soleconn/v1.0/soleconn-v1.0.html');

const soleCapability = 'sole-connection-for-container';

/** The binding to WebSocket. */
export const webSocketRules = {
  'amqp10/websocket.subprotocol': {
    source: [binding],
    section: 'WebSocket binding 2.1',
    statement: 'Client and server agree on the subprotocol amqp in the opening handshake.',
    duties: bothMust,
  },
  'amqp10/websocket.other-subprotocol': {
    source: [binding, webSocket],
    section: 'WebSocket binding 2.1',
    statement: 'A handshake that offers no subprotocol amqp is not to bring an AMQP connection; what a server does with it is left to the server.',
    duties: { enforce: shouldAnswer(bareClose), 'client-emit': must },
  },
  'amqp10/websocket.binary': {
    source: [binding],
    section: 'WebSocket binding 2.4',
    statement: 'AMQP goes in binary messages, and a text message is to end the connection; the answer to it is not named.',
    duties: { emit: must, enforce: shouldAnswer(bareClose, close('any')), 'client-emit': must },
  },
  'amqp10/websocket.frame-boundaries': {
    source: [binding],
    section: 'WebSocket binding 2.4',
    statement: 'Messages of WebSocket and frames of AMQP need not begin or end together.',
    duties: bothMustByEffect,
  },
  'amqp10/websocket.header': {
    source: [binding],
    section: 'WebSocket binding 2.3',
    statement: 'Protocol headers, SASL and all else go as over TCP.',
    duties: { emit: must },
  },
  'amqp10/websocket.no-tls-header': {
    source: [binding],
    section: 'WebSocket binding 5',
    statement: 'TLS is below WebSocket and never a layer of AMQP in it.',
    duties: { 'client-emit': must },
  },
  'amqp10/websocket.close': {
    source: [binding],
    section: 'WebSocket binding 4',
    statement: 'After close has gone both ways the WebSocket is closed with a closing handshake.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp10/websocket.dropped': {
    source: [binding],
    section: 'WebSocket binding 4',
    statement: 'A WebSocket that is closed or broken ends the AMQP connection in it, whatever state that was in.',
    duties: { emit: mustByEffect },
  },
} as const satisfies Readonly<Record<string, Rule10>>;

/** One connection for each container. */
export const soleConnectionRules = {
  'amqp10/sole-connection.offered': {
    source: [sole],
    section: 'sole connection',
    statement: 'A server that enforces it where it is desired offers the capability in its open.',
    duties: { emit: must },
  },
  'amqp10/sole-connection.refused': {
    source: [sole],
    section: 'sole connection, enforcement policy',
    statement: 'By the policy refuse-connection, which is the default, a second connection of a container is closed with invalid-field, for its container-id.',
    capability: soleCapability,
    duties: { enforce: mustAnswer(close('amqp:invalid-field')) },
  },
  'amqp10/sole-connection.refusal-announced': {
    source: [sole],
    section: 'sole connection, enforcement policy',
    statement: 'The open before such a close says so by its property amqp:connection-establishment-failed.',
    capability: soleCapability,
    duties: { emit: must },
  },
  'amqp10/sole-connection.existing-closed': {
    source: [sole],
    section: 'sole connection, enforcement policy',
    statement: 'By the policy close-existing the former connection of the container is closed with resource-locked, and the new one opened.',
    capability: soleCapability,
    duties: { enforce: mustAnswer(close('amqp:resource-locked')) },
  },
  'amqp10/sole-connection.existing-told': {
    source: [sole],
    section: 'sole connection, enforcement policy',
    statement: 'The error of that close says sole-connection-enforcement in its info.',
    capability: soleCapability,
    duties: { emit: must },
  },
  'amqp10/sole-connection.mixed': {
    source: [sole],
    section: 'sole connection, enforcement policy',
    statement:
      'Where two connections of a container want different policies, or one wants none, that of the newer holds if it wants one, else that of the older.',
    capability: soleCapability,
    duties: { permit: may },
  },
  'amqp10/sole-connection.detection': {
    source: [sole],
    section: 'sole connection, detection policy',
    statement: 'A server tells by which detection policy, strong or weak, it tells that two connections have one container.',
    capability: soleCapability,
    duties: { emit: must },
  },
  'amqp10/sole-connection.others': {
    source: [sole],
    section: 'sole connection',
    statement: 'Connections of other containers are not touched, and a container may come back once its connection has ended.',
    capability: soleCapability,
    duties: { emit: must },
  },
} as const satisfies Readonly<Record<string, Rule10>>;
