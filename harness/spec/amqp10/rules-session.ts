import type { Rule10 } from '../rule.ts';
import {
  bothKeep,
  bothKeepLoosely,
  bothMay,
  bothMust,
  bothMustByEffect,
  bothShould,
  close,
  end,
  framingError,
  invalidSessionField,
  must,
  mustAnswer,
  mustByEffect,
  shouldAnswer,
  text,
  untestable,
  xml,
} from './phrases.ts';

/** The standard calls it a frame that is not permitted in this state, or used otherwise than it is defined, and does not say which frame ends what. */
const outOfState = [
  close('amqp:illegal-state'),
  close('amqp:not-allowed'),
  end('amqp:illegal-state'),
  end('amqp:not-allowed'),
  close('amqp:not-found', 'practice'),
  close('amqp:connection:framing-error', 'practice'),
] as const;

/** Sessions: sections 2.5, 2.7.2 and 2.7.8. */
export const sessionRules = {
  'amqp10/2.5.1.begin-answered': {
    source: [text('2.5.1'), xml('transport.begin.remote-channel#2')],
    section: '2.5.1',
    statement: 'A begin is answered with a begin whose remote-channel is the channel that the first one came on.',
    duties: bothMust,
  },
  'amqp10/2.5.1.remote-channel': {
    source: [xml('transport.sessions.establishing-a-session#1'), xml('transport.begin.remote-channel#1')],
    section: '2.5.1',
    statement: 'A begin that opens a session has no remote-channel, and one that answers has.',
    duties: bothKeepLoosely(...outOfState, close('amqp:invalid-field'), end('amqp:invalid-field')),
  },
  'amqp10/2.5.1.lowest-channel': {
    source: [text('2.5.1')],
    section: '2.5.1',
    statement: 'A session takes the lowest channel number that is free.',
    duties: bothShould,
  },
  'amqp10/2.5.1.channel-in-use': {
    source: [text('2.5.1'), text('2.5.5'), xml('transport.amqp-error.illegal-state@choice')],
    section: '2.5.1',
    statement: 'A session begins on a channel that is not in use.',
    duties: bothKeepLoosely(...outOfState),
  },
  'amqp10/2.5.5.unmapped-channel': {
    source: [text('2.5.5'), xml('transport.amqp-error.not-allowed@choice')],
    section: '2.5.5',
    statement: 'Behind its end, and before its begin, no frame belongs to a session.',
    duties: bothKeepLoosely(...outOfState),
  },
  'amqp10/2.5.2.end-answered': {
    source: [text('2.5.2')],
    section: '2.5.2',
    statement: 'An end is answered with an end, and both channels are free for other sessions.',
    duties: bothMust,
  },
  'amqp10/2.5.2.sessions-apart': {
    source: [text('2.1.2'), text('2.5')],
    section: '2.5.2',
    statement: 'The sessions of a connection live apart from each other: the end of one, with or without an error, leaves others as they are.',
    duties: bothMust,
  },
  'amqp10/2.5.2.ended-with-connection': {
    source: [text('2.5.2')],
    section: '2.5.2',
    statement: 'A session ends with its connection, whether that was closed or broke off.',
    duties: bothMustByEffect,
  },
  'amqp10/2.5.3.simultaneous-end': {
    source: [text('2.5.3')],
    section: '2.5.3',
    statement: 'Where both peers end a session at once, each takes the end of the other for the answer to its own.',
    duties: bothMustByEffect,
  },
  'amqp10/2.5.4.end-with-error': {
    source: [xml('transport.sessions.session-errors#1')],
    section: '2.5.4',
    statement: 'A session that cannot process what it got ends with an error that says why.',
    duties: bothMust,
  },
  'amqp10/2.5.4.discarding': {
    source: [xml('transport.sessions.session-errors#2'), xml('transport.sessions.session-states#1')],
    section: '2.5.4',
    statement: 'After an end for an error whatever comes on the session is dropped without an answer until the other end.',
    duties: bothMust,
  },
  'amqp10/2.5.5.end-last': {
    source: [text('2.5.5')],
    section: '2.5.5',
    statement: 'Behind its end a session sends nothing on its channel.',
    duties: bothMust,
  },
  'amqp10/2.5.6.remote-incoming-window': {
    source: [xml('transport.sessions.session-flow-control#1'), text('2.5.6')],
    section: '2.5.6',
    statement: 'A session sends no more transfers than the incoming-window of its peer has room for, each frame of a long message counted.',
    duties: bothMust,
  },
  'amqp10/2.5.6.window-violation': {
    source: [text('2.5.6'), xml('transport.session-error.window-violation@choice')],
    section: '2.5.6',
    statement:
      'A session that gets more transfers than its incoming-window allows ends with window-violation; since how far a transfer counts is left to its policy, it may bear more than it told.',
    duties: { enforce: shouldAnswer(end('amqp:session:window-violation')), 'client-enforce': shouldAnswer(end('amqp:session:window-violation')) },
  },
  'amqp10/2.5.6.remote-outgoing-window': {
    source: [xml('transport.sessions.session-flow-control#2')],
    section: '2.5.6',
    statement: 'A session counts down what the outgoing-window of its peer lets it expect, and sets it anew when it is told.',
    duties: {
      emit: untestable('MUST', 'What a peer expects of the outgoing window of the other one binds it to nothing that would show.'),
      'client-emit': untestable('MUST', 'What a peer expects of the outgoing window of the other one binds it to nothing that would show.'),
    },
  },
  'amqp10/2.5.6.flow-taken': {
    source: [xml('transport.sessions.session-flow-control#3')],
    section: '2.5.6',
    statement: 'A flow sets what a session knows of its peer: its next-incoming-id to the next-outgoing-id told there, and both windows.',
    duties: bothMustByEffect,
  },
  'amqp10/2.5.6.window-reopened': {
    source: [text('2.5.6')],
    section: '2.5.6',
    statement:
      'The room left to send is the incoming-window that was told, from the next-incoming-id told with it, or from the first id of the session where none is.',
    duties: bothMustByEffect,
  },
  'amqp10/2.5.6.transfers-counted': {
    source: [text('2.5.6')],
    section: '2.5.6',
    statement: 'Each transfer sent raises next-outgoing-id by one, and each received next-incoming-id, as the next flow or begin tells.',
    duties: bothMust,
  },
  'amqp10/2.5.6.wrap-around': {
    source: [text('2.5.6'), text('2.8.9'), text('2.8.10')],
    section: '2.5.6',
    statement: 'Transfer ids begin anywhere and go on at zero after 2^32 - 1, compared by the arithmetic of RFC 1982.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.2.mandatory': {
    source: [
      xml('transport.begin.next-outgoing-id@mandatory'),
      xml('transport.begin.incoming-window@mandatory'),
      xml('transport.begin.outgoing-window@mandatory'),
    ],
    section: '2.7.2',
    statement: 'Begin has next-outgoing-id, incoming-window and outgoing-window.',
    duties: bothKeep(...invalidSessionField),
  },
  'amqp10/2.7.2.handle-max-default': {
    source: [xml('transport.begin.handle-max@default')],
    section: '2.7.2',
    statement: 'A begin without handle-max leaves all handles up to 2^32 - 1.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.2.handle-max': {
    source: [xml('transport.begin.handle-max#1')],
    section: '2.7.2',
    statement: 'A peer attaches no link with a handle above the handle-max of the other one.',
    duties: bothMust,
  },
  'amqp10/2.7.2.handle-beyond': {
    source: [xml('transport.begin.handle-max#2')],
    section: '2.7.2',
    statement: 'A peer that gets a handle above its handle-max closes the connection with framing-error.',
    duties: { enforce: mustAnswer(...framingError), 'client-enforce': mustAnswer(...framingError) },
  },
  'amqp10/2.7.2.capabilities': {
    source: [xml('transport.begin.offered-capabilities@multiple'), xml('transport.begin.desired-capabilities@multiple')],
    section: '2.7.2',
    statement: 'The capabilities of a session are told as one symbol or several, and one that nobody knows is asked for in vain.',
    duties: { emit: mustByEffect, ...bothMay },
  },
  'amqp10/2.7.8.error-details': {
    source: [text('2.7.8')],
    section: '2.7.8',
    statement: 'The error of an end says what it was about.',
    duties: bothShould,
  },
  'amqp10/2.5.2.channel-reused': {
    source: [text('2.5.2'), text('2.5.5')],
    section: '2.5.2',
    statement: 'A channel whose session has ended on both sides carries a new session that knows nothing of the old one.',
    duties: { emit: must, 'client-emit': must },
  },
} as const satisfies Readonly<Record<string, Rule10>>;
