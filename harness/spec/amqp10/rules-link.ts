import type { Rule10 } from '../rule.ts';
import {
  bothKeep,
  bothKeepLoosely,
  bothMay,
  bothMust,
  bothMustByEffect,
  bothShould,
  close,
  detach,
  end,
  invalidSessionField,
  may,
  must,
  mustAnswer,
  mustByEffect,
  should,
  text,
  untestable,
  xml,
} from './phrases.ts';

/** Links, from attach to detach: sections 2.6.1 to 2.6.6, 2.7.3 and 2.7.7. */
export const linkRules = {
  'amqp10/2.6.1.unique-name': {
    source: [xml('transport.links.naming-a-link#1')],
    section: '2.6.1',
    statement: 'The name of a link is its own among those of the same direction between two containers; one of the other direction may bear it too.',
    duties: bothMustByEffect,
  },
  'amqp10/2.6.1.stolen': {
    source: [xml('transport.links.naming-a-link#2'), xml('transport.link-error.stolen@choice')],
    section: '2.6.1',
    statement: 'An attach with the name of a link that is attached elsewhere gets the link, and the former attachment is closed with stolen.',
    duties: { enforce: mustAnswer(detach('amqp:link:stolen')), 'client-enforce': mustAnswer(detach('amqp:link:stolen')) },
  },
  'amqp10/2.6.1.long-name': {
    source: [text('2.6.1')],
    section: '2.6.1',
    statement: 'The name of a link may be as long as its attach has room for.',
    duties: bothMustByEffect,
  },
  'amqp10/2.6.2.handles-independent': {
    source: [text('2.6.2'), text('2.8.4')],
    section: '2.6.2',
    statement: 'Each peer chooses its own handle for a link and uses it in every frame that it sends of it.',
    duties: bothMust,
  },
  'amqp10/2.6.2.handle-reused': {
    source: [text('2.6.2'), text('2.8.4')],
    section: '2.6.2',
    statement: 'Once a link is detached on both sides, its handle is free for another one.',
    duties: bothMust,
  },
  'amqp10/2.6.3.attach-answered': {
    source: [text('2.6.3')],
    section: '2.6.3',
    statement: 'An attach is answered with an attach of the same name and the other role.',
    duties: bothMust,
  },
  'amqp10/2.6.3.terminus-created': {
    source: [xml('transport.links.establishing-or-resuming-a-link#1')],
    section: '2.6.3',
    statement: 'A peer may create the terminus that an attach asks for and that it does not have.',
    duties: bothMay,
  },
  'amqp10/2.6.3.refused': {
    source: [xml('transport.links.establishing-or-resuming-a-link#2')],
    section: '2.6.3',
    statement: 'A peer that refuses a link answers with an attach whose own terminus is null and detaches at once.',
    duties: bothMust,
  },
  'amqp10/2.6.3.unsettled-told': {
    source: [xml('transport.links.establishing-or-resuming-a-link#3')],
    section: '2.6.3',
    statement: 'The attach of a link whose terminus was there before tells its unsettled deliveries.',
    duties: {
      emit: untestable('MUST', 'A server that tells of none may have let go of them with a terminus that expired, which is its own affair.'),
      'client-emit': must,
    },
  },
  'amqp10/2.6.3.adjusted': {
    source: [xml('transport.links.establishing-or-resuming-a-link#4'), xml('transport.links.establishing-or-resuming-a-link#5')],
    section: '2.6.3',
    statement: 'A peer that cannot make a terminus as it was asked for may make another, and its attach tells the terminus as it is.',
    duties: { emit: must, permit: may, 'client-emit': must, 'client-permit': may },
  },
  'amqp10/2.6.3.verified': {
    source: [xml('transport.links.establishing-or-resuming-a-link#6')],
    section: '2.6.3',
    statement: 'Each peer sees for itself whether the terminus of the other one is what it needs, and detaches where it is not.',
    duties: {
      enforce: untestable('MUST', 'What a server needs of the terminus of a client is known to it alone.'),
      'client-enforce': mustAnswer(detach('any')),
    },
  },
  'amqp10/2.6.3.not-preempted': {
    source: [xml('transport.links.establishing-or-resuming-a-link#7')],
    section: '2.6.3',
    statement:
      'A peer does not refuse a link because the terminus that it can offer might not do: it tells what it offers, as without a filter it does not know.',
    duties: { emit: should, 'client-emit': should },
  },
  'amqp10/2.6.3.authority': {
    source: [text('2.6.3')],
    section: '2.6.3',
    statement: 'A link leads from the source as the sender tells it to the target as the receiver tells it.',
    duties: bothMustByEffect,
  },
  'amqp10/2.6.3.recovered': {
    source: [text('2.6.3')],
    section: '2.6.3',
    statement: 'A link may be attached by its name alone, with the remote terminus left out; who knows no such link answers with none.',
    duties: { emit: must, 'client-permit': may },
  },
  'amqp10/2.6.4.detach-sent': {
    source: [xml('transport.links.detaching-and-reattaching-a-link#1')],
    section: '2.6.4',
    statement: 'A peer that takes a handle off a link says so with detach, and one that gets detach answers with its own.',
    duties: bothMust,
  },
  'amqp10/2.6.4.reattached': {
    source: [text('2.6.4')],
    section: '2.6.4',
    statement: 'A detached link may be attached again, with other properties too.',
    duties: { emit: mustByEffect, 'client-permit': may },
  },
  'amqp10/2.6.5.detach-with-error': {
    source: [xml('transport.links.link-errors#1')],
    section: '2.6.5',
    statement: 'An error at a link detaches it with that error, and leaves the session and its other links alone.',
    duties: bothMust,
  },
  'amqp10/2.6.5.errant-link': {
    source: [xml('transport.links.link-errors#2'), xml('transport.links.link-errors#3'), xml('transport.session-error.errant-link@choice')],
    section: '2.6.5',
    statement:
      'A link that was detached with an error is gone: anything but a detach that still comes for it, by handle or delivery-id, ends the session with errant-link.',
    duties: { enforce: mustAnswer(end('amqp:session:errant-link')), 'client-enforce': mustAnswer(end('amqp:session:errant-link')) },
  },
  'amqp10/2.6.5.resumed-after-error': {
    source: [xml('transport.links.link-errors#4'), xml('transport.links.link-errors#5')],
    section: '2.6.5',
    statement: 'After an error a link is resumed, not attached again: its attach has an unsettled map, be it empty.',
    duties: {
      emit: untestable('MUST', 'A server does not resume links of its own accord.'),
      'client-emit': must,
    },
  },
  'amqp10/2.6.5.pipelined-attach': {
    source: [xml('transport.links.link-errors#6')],
    section: '2.6.5',
    statement:
      'An attach without unsettled map for a link that was detached with an error, sent before the detach was answered, ends the session with errant-link.',
    duties: { enforce: mustAnswer(end('amqp:session:errant-link')), 'client-enforce': mustAnswer(end('amqp:session:errant-link')) },
  },
  'amqp10/2.6.6.close-answered': {
    source: [text('2.6.6')],
    section: '2.6.6',
    statement: 'A detach that closes a link is answered with one that closes it.',
    duties: bothMust,
  },
  'amqp10/2.6.6.close-crossed': {
    source: [xml('transport.links.closing-a-link#1')],
    section: '2.6.6',
    statement: 'A peer whose detach crossed one that closes the link attaches again and closes it too.',
    duties: {
      emit: untestable('MUST', 'A server detaches without closing at moments of its own, which no peer can make cross its own detach.'),
      'client-emit': must,
    },
  },
  'amqp10/2.7.3.mandatory': {
    source: [xml('transport.attach.name@mandatory'), xml('transport.attach.handle@mandatory'), xml('transport.attach.role@mandatory')],
    section: '2.7.3',
    statement: 'Attach has name, handle and role.',
    duties: bothKeep(...invalidSessionField),
  },
  'amqp10/2.7.3.handle-in-use': {
    source: [xml('transport.attach.handle#1'), xml('transport.attach.handle#2'), xml('transport.session-error.handle-in-use@choice')],
    section: '2.7.3',
    statement:
      'An attach with a handle that is in use is answered with handle-in-use, by a close as section 2.7.3 says or by an end as that condition is one of sessions.',
    duties: bothKeep(end('amqp:session:handle-in-use'), close('amqp:session:handle-in-use')),
  },
  'amqp10/2.7.3.lowest-handle': {
    source: [text('2.7.3')],
    section: '2.7.3',
    statement: 'A link takes the lowest handle that is free.',
    duties: bothShould,
  },
  'amqp10/2.7.3.settle-mode-defaults': {
    source: [xml('transport.attach.snd-settle-mode@default'), xml('transport.attach.rcv-settle-mode@default')],
    section: '2.7.3',
    statement: 'An attach without them means a sender that settles as it likes and a receiver that settles first.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.3.settle-mode-told': {
    source: [text('2.7.3')],
    section: '2.7.3',
    statement: 'The settle mode that a peer tells for its own end is the one in use; that for the other end is a wish.',
    duties: bothMust,
  },
  'amqp10/2.7.3.no-source': {
    source: [text('2.7.3')],
    section: '2.7.3',
    statement: 'A link whose sender has no source brings no messages.',
    duties: bothMust,
  },
  'amqp10/2.7.3.no-target': {
    source: [text('2.7.3')],
    section: '2.7.3',
    statement: 'A link whose receiver has no target takes no messages.',
    duties: bothMust,
  },
  'amqp10/2.7.3.initial-delivery-count': {
    source: [xml('transport.attach.initial-delivery-count#1')],
    section: '2.7.3',
    statement: 'The attach of a sender has an initial-delivery-count; that of a receiver needs none, and one there is not looked at.',
    duties: bothKeepLoosely(...invalidSessionField, detach('amqp:invalid-field')),
  },
  'amqp10/2.7.3.max-message-size': {
    source: [text('2.7.3'), xml('transport.link-error.message-size-exceeded@choice')],
    section: '2.7.3',
    statement: 'A message above the max-message-size of the receiving end is not sent, and detaches the link with message-size-exceeded if it is.',
    duties: bothKeep(detach('amqp:link:message-size-exceeded')),
  },
  'amqp10/2.7.3.max-message-size-none': {
    source: [text('2.7.3')],
    section: '2.7.3',
    statement: 'A max-message-size of zero is no limit, just as none.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.3.capabilities': {
    source: [xml('transport.attach.offered-capabilities@multiple'), xml('transport.attach.desired-capabilities@multiple')],
    section: '2.7.3',
    statement: 'The capabilities of a link are told as one symbol or several, and one that nobody knows is asked for in vain.',
    duties: { emit: mustByEffect, ...bothMay },
  },
  'amqp10/2.7.7.handle': {
    source: [xml('transport.detach.handle@mandatory')],
    section: '2.7.7',
    statement: 'Detach has the handle of its link.',
    duties: bothKeep(...invalidSessionField),
  },
  'amqp10/2.7.7.closed-default': {
    source: [xml('transport.detach.closed@default')],
    section: '2.7.7',
    statement: 'A detach that does not say closed leaves the link to be attached again.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.7.error-details': {
    source: [text('2.7.7')],
    section: '2.7.7',
    statement: 'The error of a detach says what it was about.',
    duties: bothShould,
  },
} as const satisfies Readonly<Record<string, Rule10>>;
