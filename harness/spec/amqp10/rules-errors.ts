import type { Rule10 } from '../rule.ts';
import {
  bothKeep,
  bothKeepLoosely,
  bothMust,
  bothMustByEffect,
  bothShould,
  close,
  detach,
  end,
  invalidSessionField,
  mayAnswer,
  must,
  mustAnswer,
  outcome,
  should,
  shouldAnswer,
  text,
  untestable,
  xml,
} from './phrases.ts';

const operator = 'When an operator steps in is nothing that a peer can bring about.';
const oneFormat = 'The one message format that all peers know has one version; whether a peer takes others is its own affair.';
const redirection = 'Whether another host has what was asked for is known to the server alone.';

/** Definitions and error conditions: section 2.8. */
export const errorRules = {
  'amqp10/2.8.1.role': {
    source: [xml('transport.role.sender@choice'), xml('transport.role.receiver@choice')],
    section: '2.8.1',
    statement: 'The role of a sender is false and that of a receiver true.',
    duties: bothMust,
  },
  'amqp10/2.8.2.mixed': {
    source: [xml('transport.sender-settle-mode.mixed@choice')],
    section: '2.8.2',
    statement: 'A sender of mixed mode sends settled and unsettled deliveries, and its receiver takes both.',
    duties: bothMustByEffect,
  },
  'amqp10/2.8.7.delivery-tag-size': {
    source: [text('2.8.7')],
    section: '2.8.7',
    statement: 'A delivery-tag has at most 32 octets.',
    duties: bothKeepLoosely(...invalidSessionField, detach('amqp:invalid-field'), detach('amqp:decode-error')),
  },
  'amqp10/2.8.10.serial-numbers': {
    source: [text('2.8.8'), text('2.8.10')],
    section: '2.8.10',
    statement: 'Delivery numbers go on at zero after 2^32 - 1, and a range of them may go beyond.',
    duties: bothMustByEffect,
  },
  'amqp10/2.8.11.message-format': {
    source: [text('2.8.11')],
    section: '2.8.11',
    statement: 'A message format has three octets of its own and one of its version, and later versions of a format can be read as earlier ones.',
    duties: { emit: untestable('MUST', oneFormat), 'client-emit': untestable('MUST', oneFormat) },
  },
  'amqp10/2.8.13.field-keys': {
    source: [text('2.8.13')],
    section: '2.8.13',
    statement: 'The keys of a fields map are symbols.',
    duties: bothKeepLoosely(...invalidSessionField),
  },
  'amqp10/2.8.14.condition': {
    source: [xml('transport.error.condition@mandatory')],
    section: '2.8.14',
    statement: 'An error has a condition, which is a symbol.',
    duties: bothKeep(...invalidSessionField),
  },
  'amqp10/2.8.14.known-condition': {
    source: [text('2.8.14'), text('2.8.15'), text('2.8.16'), text('2.8.17'), text('2.8.18')],
    section: '2.8.14',
    statement: 'The condition of an error is one that is defined, and of the scope of the frame that bears it.',
    duties: bothShould,
  },
  'amqp10/2.8.15.internal-error': {
    source: [xml('transport.amqp-error.internal-error@choice')],
    section: '2.8.15',
    statement: 'Internal-error means that the peer itself has failed; where input of another one leads to it, that is observed.',
    duties: { permit: mayAnswer(close('amqp:internal-error'), end('amqp:internal-error'), detach('amqp:internal-error')) },
  },
  'amqp10/2.8.15.unauthorized-access': {
    source: [xml('transport.amqp-error.unauthorized-access@choice')],
    section: '2.8.15',
    statement: 'Who lacks the right to something that is there is told unauthorized-access, at the link that wanted it or the open that named it.',
    duties: {
      enforce: mustAnswer(detach('amqp:unauthorized-access'), end('amqp:unauthorized-access'), close('amqp:unauthorized-access')),
    },
  },
  'amqp10/2.8.15.unauthorized-publish': {
    source: [xml('transport.amqp-error.unauthorized-access@choice')],
    section: '2.8.15',
    statement: 'A message that its sender has no right to send where it goes is not routed, and is told unauthorized-access.',
    duties: {
      enforce: mustAnswer(outcome('rejected', 'amqp:unauthorized-access'), detach('amqp:unauthorized-access'), end('amqp:unauthorized-access', 'practice')),
    },
  },
  'amqp10/2.8.15.decode-error': {
    source: [xml('transport.amqp-error.decode-error@choice')],
    section: '2.8.15',
    statement: 'A message whose sections cannot be decoded is refused with decode-error by whoever has to read them.',
    duties: {
      enforce: shouldAnswer(detach('amqp:decode-error'), outcome('rejected', 'amqp:decode-error'), end('amqp:decode-error'), close('amqp:decode-error')),
      'client-emit': must,
    },
  },
  'amqp10/2.8.15.resource-limit-exceeded': {
    source: [xml('transport.amqp-error.resource-limit-exceeded@choice')],
    section: '2.8.15',
    statement: 'A peer that has used up what it may have is told resource-limit-exceeded.',
    duties: {
      enforce: {
        ...untestable('MUST', 'The limits that a peer is told have errors of their own; of others nobody but the server knows.'),
        answers: [
          close('amqp:resource-limit-exceeded'),
          end('amqp:resource-limit-exceeded'),
          detach('amqp:resource-limit-exceeded'),
          outcome('rejected', 'amqp:resource-limit-exceeded'),
        ],
      },
    },
  },
  'amqp10/2.8.15.invalid-field': {
    source: [xml('transport.amqp-error.invalid-field@choice')],
    section: '2.8.15',
    statement: 'An address or another value in a terminus that can mean nothing is told as invalid-field.',
    duties: { enforce: mustAnswer(detach('amqp:invalid-field'), end('amqp:invalid-field'), detach('amqp:not-found', 'practice')) },
  },
  'amqp10/2.8.15.not-implemented': {
    source: [xml('transport.amqp-error.not-implemented@choice')],
    section: '2.8.15',
    statement: 'Who asks for something optional that a peer does not have is told not-implemented.',
    duties: {
      permit: mayAnswer(detach('amqp:not-implemented'), end('amqp:not-implemented'), close('amqp:not-implemented')),
    },
  },
  'amqp10/2.8.15.resource-locked': {
    source: [xml('transport.amqp-error.resource-locked@choice')],
    section: '2.8.15',
    statement: 'Who wants what another client has for itself, as an exclusive queue, is told resource-locked.',
    duties: { enforce: mustAnswer(detach('amqp:resource-locked'), detach('amqp:not-allowed', 'practice'), end('amqp:resource-locked', 'practice')) },
  },
  'amqp10/2.8.15.precondition-failed': {
    source: [xml('transport.amqp-error.precondition-failed@choice')],
    section: '2.8.15',
    statement: 'A request that does not fit what is there is told precondition-failed.',
    duties: {
      permit: mayAnswer(detach('amqp:precondition-failed'), outcome('rejected', 'amqp:precondition-failed'), end('amqp:precondition-failed')),
    },
  },
  'amqp10/2.8.15.resource-deleted': {
    source: [xml('transport.amqp-error.resource-deleted@choice')],
    section: '2.8.15',
    statement: 'A link whose node is deleted is detached with resource-deleted.',
    duties: { emit: must },
  },
  'amqp10/2.8.16.connection-forced': {
    source: [xml('transport.connection-error.connection-forced@choice')],
    section: '2.8.16',
    statement: 'A connection that an operator ends, or a server that shuts down, is closed with connection forced.',
    duties: { emit: should },
  },
  'amqp10/2.8.16.redirect': {
    source: [xml('transport.connection-error.redirect@choice')],
    section: '2.8.16',
    statement: 'A redirect of a connection tells in its info the hostname, network-host and port to go to.',
    duties: { emit: untestable('MUST', redirection) },
  },
  'amqp10/2.8.18.detach-forced': {
    source: [xml('transport.link-error.detach-forced@choice')],
    section: '2.8.18',
    statement: 'A link that an operator ends is detached with detach-forced.',
    duties: { emit: untestable('MUST', operator) },
  },
  'amqp10/2.8.18.redirect': {
    source: [xml('transport.link-error.redirect@choice')],
    section: '2.8.18',
    statement: 'A redirect of a link tells in its info the hostname, network-host, port and address to go to.',
    duties: { emit: untestable('MUST', redirection) },
  },
} as const satisfies Readonly<Record<string, Rule10>>;
