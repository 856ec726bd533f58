import type { Answer091, Level, Reading, Source } from '../rule.ts';
import type { MethodName } from './classes.ts';
import type { ReplyCode } from './constants.ts';

/** The words that rule tables are written in, so that a row says only what is its own. */
export const xml = (path: string): Source => ({ kind: 'xml', path });
export const text = (section: string): Source => ({ kind: 'text', section });
/** A production of the formal grammar in section 4.2.1. */
export const grammar = (production: string): Source => ({ kind: 'grammar', production });
export const errata = (item: number): Source => ({ kind: 'errata', item });
export const extension = (document: string, url: string): Source => ({ kind: 'extension', document, url });

/** A duty that the wire shows directly. */
export const must = { level: 'MUST', shown: 'wire' } as const;
export const should = { level: 'SHOULD', shown: 'wire' } as const;
export const may = { level: 'MAY', shown: 'wire' } as const;
/** A duty that only a consequence shows. */
export const mustByEffect = { level: 'MUST', shown: 'indirect' } as const;
export const shouldByEffect = { level: 'SHOULD', shown: 'indirect' } as const;

/** A breach by the peer that must be answered with one of these. */
export const mustAnswer = (...answers: readonly [Answer091, ...Answer091[]]) => ({ level: 'MUST', shown: 'wire', answers }) as const;

/** A breach by the peer that should be answered with one of these. */
export const shouldAnswer = (...answers: readonly [Answer091, ...Answer091[]]) => ({ level: 'SHOULD', shown: 'wire', answers }) as const;

/** What the standard leaves open, with the ways in which it may go. */
export const mayAnswer = (...answers: readonly [Answer091, ...Answer091[]]) => ({ level: 'MAY', shown: 'wire', answers }) as const;

/** A duty whose breach no peer can see; `reason` says why. */
export const untestable = <const L extends Level>(level: L, reason: string) => ({ level, shown: 'untestable', reason }) as const;

export const channelClose = (code: ReplyCode, reading: Reading = 'text'): Answer091 => ({ kind: 'channel-close', code, reading });
export const connectionClose = (code: ReplyCode, reading: Reading = 'text'): Answer091 => ({ kind: 'connection-close', code, reading });

/** An ordinary method: the conversation goes on. */
export const reply = (method: MethodName, reading: Reading = 'text'): Answer091 => ({ kind: 'method', method, reading });
/** Nothing visible: the conversation goes on. */
export const discarded = (reading: Reading = 'text'): Answer091 => ({ kind: 'discarded', reading });
/** The socket is closed and nothing is sent. */
export const bareClose: Answer091 = { kind: 'bare-close', reading: 'text' };
/** A valid protocol header, then the socket is closed. */
export const headerThenClose: Answer091 = { kind: 'header-then-close', reading: 'text' };
