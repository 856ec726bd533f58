import type { Rule10 } from '../rule.ts';
import { bothMay, bothMust, close, detach, end, may, must, mustAnswer, mustByEffect, should, shouldAnswer, text, untestable, xml } from './phrases.ts';

const invalid = [detach('amqp:invalid-field'), end('amqp:invalid-field'), detach('amqp:not-allowed', 'practice'), end('amqp:not-allowed', 'practice')] as const;
/** A value that is not of the type that is due there is an invalid field, or what of the frame cannot be decoded, at any scope. */
const unreadable = [detach('amqp:decode-error'), end('amqp:decode-error'), close('amqp:decode-error'), close('amqp:invalid-field')] as const;
/** Nobody sees whether a server kept more than it was asked to, and what it kept shows by a link that is resumed after it was down. */
const outlives = 'Shows by links alone that are resumed to a node which outlives the server, and no way in which a node can be had promises that one does.';

/** Sources, targets, filters and dynamic nodes: section 3.5. */
export const terminusRules = {
  'amqp10/3.5.not-found': {
    source: [text('3.5'), text('2.8.15')],
    section: '3.5',
    statement: 'A link to an address that leads to no node is refused with not-found.',
    duties: { enforce: mustAnswer(detach('amqp:not-found'), end('amqp:not-found', 'practice')) },
  },
  'amqp10/3.5.1.filter-stable': {
    source: [xml('messaging.addressing.filtering-messages#1')],
    section: '3.5.1',
    statement: 'A filter says the same of a message as long as the state and annotations of that message stay the same.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.1.filtered': {
    source: [text('3.5.1')],
    section: '3.5.1',
    statement: 'What does not pass the filter of a source goes not over its link, and stays for others.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.2.move': {
    source: [text('3.5.2'), xml('messaging.std-dist-mode.move@choice')],
    section: '3.5.2',
    statement: 'In mode move a message that was taken over one link is not there for others.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.2.copy': {
    source: [text('3.5.2'), xml('messaging.std-dist-mode.copy@choice')],
    section: '3.5.2',
    statement: 'In mode copy a message stays at the node as it is, whatever becomes of its delivery.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.2.once': {
    source: [xml('messaging.addressing.distribution-modes#1'), xml('messaging.addressing.distribution-modes#2')],
    section: '3.5.2',
    statement: 'A source does not send a message again that the receiver of its link has accepted, in mode copy either.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.3.minimal': {
    source: [text('3.5.3'), text('3.5.4')],
    section: '3.5.3',
    statement: 'The own terminus of a client that has no addresses may have all of its fields unset.',
    duties: { emit: must, 'client-permit': may },
  },
  'amqp10/3.5.3.dynamic-address': {
    source: [
      xml('messaging.source.address#1'),
      xml('messaging.source.dynamic#1'),
      xml('messaging.target.address#1'),
      xml('messaging.target.dynamic#1'),
      xml('messaging.source.dynamic@default'),
      xml('messaging.target.dynamic@default'),
    ],
    section: '3.5.3',
    statement: 'Who asks for a dynamic node gives no address.',
    duties: { enforce: shouldAnswer(...invalid), 'client-emit': must },
  },
  'amqp10/3.5.3.dynamic-created': {
    source: [xml('messaging.source.address#2'), xml('messaging.target.address#2')],
    section: '3.5.3',
    statement: 'Who creates a dynamic node tells its address in the attach, by which others find it too.',
    duties: { emit: must },
  },
  'amqp10/3.5.3.dynamic-name': {
    source: [xml('messaging.source.address#3'), xml('messaging.source.dynamic#2'), xml('messaging.target.address#3'), xml('messaging.target.dynamic#2')],
    section: '3.5.3',
    statement: 'A generated address has the name of the link and the container-id of the client in it.',
    duties: { emit: should },
  },
  'amqp10/3.5.3.dynamic-properties': {
    source: [xml('messaging.source.dynamic-node-properties#1'), xml('messaging.target.dynamic-node-properties#1')],
    section: '3.5.3',
    statement: 'Properties of a dynamic node are for dynamic termini only.',
    duties: { emit: must, enforce: shouldAnswer(...invalid), 'client-emit': must },
  },
  'amqp10/3.5.3.dynamic-properties-told': {
    source: [text('3.5.3'), text('3.5.4')],
    section: '3.5.3',
    statement: 'Who creates a dynamic node tells the properties that it has in truth.',
    duties: { emit: must },
  },
  'amqp10/3.5.3.durable': {
    source: [xml('messaging.source.durable@default'), xml('messaging.target.durable@default'), xml('messaging.terminus-durability.none@choice')],
    section: '3.5.3',
    statement: 'A terminus is not durable unless it says so: of it nothing outlives the server.',
    duties: { emit: untestable('MUST', outlives) },
  },
  'amqp10/3.5.3.expiry-default': {
    source: [
      xml('messaging.source.expiry-policy@default'),
      xml('messaging.target.expiry-policy@default'),
      xml('messaging.source.timeout@default'),
      xml('messaging.target.timeout@default'),
      xml('messaging.terminus-expiry-policy.session-end@choice'),
    ],
    section: '3.5.3',
    statement: 'A terminus that says nothing else expires when its session ends, at once.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.3.distribution-mode': {
    source: [xml('messaging.source.distribution-mode#1'), xml('messaging.source.distribution-mode#2')],
    section: '3.5.3',
    statement: 'A sender with several distribution modes tells which holds for the link; a receiver may say which it would like.',
    duties: { emit: must, 'client-permit': may },
  },
  'amqp10/3.5.3.filter-told': {
    source: [text('3.5.3')],
    section: '3.5.3',
    statement: 'The filter in the source of the sender is the one in place, without those that it does not have.',
    duties: { emit: must },
  },
  'amqp10/3.5.3.filter-checked': {
    source: [xml('messaging.source.filter#1')],
    section: '3.5.3',
    statement: 'A receiver sees for itself whether the filter in place does, and detaches where it does not.',
    duties: { 'client-enforce': mustAnswer(detach('any')) },
  },
  'amqp10/3.5.3.default-outcome': {
    source: [xml('messaging.source.default-outcome#1')],
    section: '3.5.3',
    statement: 'The default outcome of a source is an outcome, and what is none is invalid.',
    duties: { emit: must, enforce: shouldAnswer(...invalid, ...unreadable), 'client-emit': must },
  },
  'amqp10/3.5.3.outcomes': {
    source: [xml('messaging.source.outcomes#1'), xml('messaging.source.outcomes@multiple')],
    section: '3.5.3',
    statement: 'A source may name the outcomes that can be chosen, one or several; with none and no default either it has accepted at least.',
    duties: { emit: mustByEffect, ...bothMay },
  },
  'amqp10/3.5.3.outcomes-valid': {
    source: [xml('messaging.source.outcomes#2')],
    section: '3.5.3',
    statement: 'Each outcome that a source names is the symbolic descriptor of one.',
    duties: bothMust,
  },
  'amqp10/3.5.3.capabilities': {
    source: [xml('messaging.source.capabilities@multiple'), xml('messaging.target.capabilities@multiple')],
    section: '3.5.3',
    statement: 'The capabilities of a terminus are told as one symbol or several, and those in the answer are the ones it has.',
    duties: { emit: must, ...bothMay },
  },
  'amqp10/3.5.5.configuration': {
    source: [xml('messaging.terminus-durability.configuration@choice')],
    section: '3.5.5',
    statement: 'A terminus of durability configuration is there again after a restart, with the messages that came for it.',
    duties: { emit: untestable('MUST', outlives) },
  },
  'amqp10/3.5.5.unsettled-state': {
    source: [xml('messaging.terminus-durability.unsettled-state@choice')],
    section: '3.5.5',
    statement:
      'A terminus of durability unsettled-state knows after a restart what was unsettled of durable messages, or tells in its attach that it is less durable.',
    duties: { emit: untestable('MUST', outlives) },
  },
  'amqp10/3.5.6.link-detach': {
    source: [xml('messaging.terminus-expiry-policy.link-detach@choice')],
    section: '3.5.6',
    statement: 'With link-detach the time of a terminus begins when its link is detached.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.6.connection-close': {
    source: [xml('messaging.terminus-expiry-policy.connection-close@choice')],
    section: '3.5.6',
    statement: 'With connection-close the time of a terminus begins when its connection ends, and not with its session.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.6.never': {
    source: [xml('messaging.terminus-expiry-policy.never@choice')],
    section: '3.5.6',
    statement: 'With never a terminus stays until its link is closed.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.6.timeout': {
    source: [text('3.5.6')],
    section: '3.5.6',
    statement: 'A terminus is kept for its timeout; a link that comes back stops the clock, which begins anew afterwards.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.8.filter-set': {
    source: [xml('messaging.filter-set#1')],
    section: '3.5.8',
    statement: 'The keys of a filter set are symbols, and its values are null or described filters.',
    duties: {
      emit: must,
      enforce: shouldAnswer(...invalid, ...unreadable),
      'client-emit': must,
    },
  },
  'amqp10/3.5.8.all-filters': {
    source: [text('3.5.8')],
    section: '3.5.8',
    statement: 'A message passes a filter set if it passes each filter in it, and every message passes a filter that is null.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.9.lifetime-policy': {
    source: [xml('messaging.node-properties#1')],
    section: '3.5.9',
    statement: 'The lifetime-policy of a dynamic node is one of the four that are defined.',
    duties: { enforce: mustAnswer(...invalid, ...unreadable, detach('amqp:not-implemented'), end('amqp:not-implemented', 'practice')), 'client-emit': must },
  },
  'amqp10/3.5.9.supported-dist-modes': {
    source: [xml('messaging.node-properties#2'), xml('messaging.node-properties#3')],
    section: '3.5.9',
    statement: 'The supported-dist-modes of a node are one or more symbols of distribution modes.',
    duties: {
      emit: untestable('MUST', 'No client can make a server tell the distribution modes of a node.'),
      'client-emit': must,
    },
  },
  'amqp10/3.5.9.lives-with-link': {
    source: [text('3.5.9')],
    section: '3.5.9',
    statement: 'A dynamic node lives at least as long as the link that created it, detaching included.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.10.delete-on-close': {
    source: [text('3.5.10')],
    section: '3.5.10',
    statement: 'A node of delete-on-close is gone when the link that created it is.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.11.delete-on-no-links': {
    source: [text('3.5.11')],
    section: '3.5.11',
    statement: 'A node of delete-on-no-links is gone when no link leads to or from it any more, and not before.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.12.delete-on-no-messages': {
    source: [text('3.5.12')],
    section: '3.5.12',
    statement: 'A node of delete-on-no-messages is gone when the link that created it is and no message is left.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.13.delete-on-no-links-or-messages': {
    source: [text('3.5.13')],
    section: '3.5.13',
    statement: 'A node of delete-on-no-links-or-messages is gone when neither a link to or from it nor a message is left.',
    duties: { emit: mustByEffect },
  },
  'amqp10/3.5.malformed': {
    source: [text('3.5'), text('1.4')],
    section: '3.5',
    statement: 'What stands where a terminus is due and is no source or target, by its descriptor or its fields, is an error of the attach.',
    duties: {
      enforce: mustAnswer(...invalid, ...unreadable, detach('amqp:not-implemented'), end('amqp:not-implemented')),
      'client-emit': must,
    },
  },
} as const satisfies Readonly<Record<string, Rule10>>;
