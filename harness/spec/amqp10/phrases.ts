import type { Answer10, Condition, Level, Reading, Source } from '../rule.ts';
import type { OutcomeName, PerformativeName, SaslCode } from './conditions.ts';

/** The words that rule tables are written in, so that a row says only what is its own. */
export const xml = (path: string): Source => ({ kind: 'xml', path });
export const text = (section: string): Source => ({ kind: 'text', section });
export const extension = (document: string, url: string): Source => ({ kind: 'extension', document, url });

/** A duty that the wire shows directly. */
export const must = { level: 'MUST', shown: 'wire' } as const;
export const should = { level: 'SHOULD', shown: 'wire' } as const;
export const may = { level: 'MAY', shown: 'wire' } as const;
/** A duty that only a consequence shows. */
export const mustByEffect = { level: 'MUST', shown: 'indirect' } as const;
export const shouldByEffect = { level: 'SHOULD', shown: 'indirect' } as const;
export const mayByEffect = { level: 'MAY', shown: 'indirect' } as const;

type Answers = readonly [Answer10, ...Answer10[]];

/** A breach by the peer that must be answered with one of these. */
export const mustAnswer = (...answers: Answers) => ({ level: 'MUST', shown: 'wire', answers }) as const;
/** A breach by the peer that should be answered with one of these. */
export const shouldAnswer = (...answers: Answers) => ({ level: 'SHOULD', shown: 'wire', answers }) as const;
/** What the standard leaves open, with the ways in which it may go. */
export const mayAnswer = (...answers: Answers) => ({ level: 'MAY', shown: 'wire', answers }) as const;

/** A duty whose breach no peer can see; `reason` says why. */
export const untestable = <const L extends Level>(level: L, reason: string) => ({ level, shown: 'untestable', reason }) as const;

/** What server and client owe alike. */
export const bothMust = { emit: must, 'client-emit': must } as const;
export const bothMustByEffect = { emit: mustByEffect, 'client-emit': mustByEffect } as const;
export const bothShould = { emit: should, 'client-emit': should } as const;
export const bothMay = { permit: may, 'client-permit': may } as const;

/** Both send it right, and both answer a breach with one of these. */
export const bothKeep = (...answers: Answers) =>
  ({ emit: must, enforce: mustAnswer(...answers), 'client-emit': must, 'client-enforce': mustAnswer(...answers) }) as const;
/** The same, where the standard names neither an error nor an answer for the breach: it is to be told, and a peer that can make sense of it breaks no word. */
export const bothKeepLoosely = (...answers: Answers) =>
  ({ emit: must, enforce: shouldAnswer(...answers), 'client-emit': must, 'client-enforce': shouldAnswer(...answers) }) as const;
/** Both answer a breach with one of these; what a peer sends right shows elsewhere. */
export const bothEnforce = (...answers: Answers) =>
  ({ enforce: mustAnswer(...answers), 'client-emit': must, 'client-enforce': mustAnswer(...answers) }) as const;

export const close = (condition: Condition, reading: Reading = 'text'): Answer10 => ({ kind: 'close', condition, reading });
export const end = (condition: Condition, reading: Reading = 'text'): Answer10 => ({ kind: 'end', condition, reading });
export const detach = (condition: Condition, reading: Reading = 'text'): Answer10 => ({ kind: 'detach', condition, reading });
/** A disposition with this state; for rejected also the condition of its error. */
export const outcome = (name: OutcomeName, condition?: Condition, reading: Reading = 'text'): Answer10 => ({
  kind: 'outcome',
  outcome: name,
  ...(condition !== undefined && { condition }),
  reading,
});
export const saslOutcome = (saslCode: SaslCode, reading: Reading = 'text'): Answer10 => ({ kind: 'sasl-outcome', saslCode, reading });
/** An ordinary frame: the conversation goes on. */
export const frame = (performative: PerformativeName, reading: Reading = 'text'): Answer10 => ({ kind: 'performative', performative, reading });
/** An answer of a management node. */
export const response = (status: number, reading: Reading = 'text'): Answer10 => ({ kind: 'response', status, reading });
/** Nothing visible: the conversation goes on. */
export const discarded = (reading: Reading = 'text'): Answer10 => ({ kind: 'discarded', reading });
/** The socket is closed and nothing is sent. */
export const bareClose: Answer10 = { kind: 'bare-close', reading: 'text' };
/** A valid protocol header, then the socket is closed. */
export const headerThenClose: Answer10 = { kind: 'header-then-close', reading: 'text' };

/** Octets that are no value, or no value of the type that is due there. The standard names the condition; that the connection ends is plain for a frame body that cannot be read. */
export const decodeError: Answers = [close('amqp:decode-error'), end('amqp:decode-error', 'practice'), close('amqp:connection:framing-error', 'practice')];

/** A field that lacks what it must have, or has what it must not: an invalid field, or data that cannot be decoded as what it is to be. */
export const invalidField: Answers = [
  close('amqp:invalid-field'),
  close('amqp:decode-error'),
  end('amqp:invalid-field', 'practice'),
  end('amqp:decode-error', 'practice'),
];

/** The same in a frame that belongs to a session. */
export const invalidSessionField: Answers = [end('amqp:invalid-field'), end('amqp:decode-error'), close('amqp:invalid-field'), close('amqp:decode-error')];

/** Octets from which no valid frame header can be formed. */
export const framingError: Answers = [close('amqp:connection:framing-error')];
