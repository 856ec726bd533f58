import type { Answer, Reading, Source } from '../rule.ts';
import type { ReplyCode } from './constants.ts';

/** The words that rule tables are written in, so that a row says only what is its own. */
export const xml = (path: string): Source => ({ kind: 'xml', path });
export const text = (section: string): Source => ({ kind: 'text', section });
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
export const mustAnswer = (...answers: readonly [Answer, ...Answer[]]) => ({ level: 'MUST', shown: 'wire', answers }) as const;

export const channelClose = (code: ReplyCode, reading: Reading = 'text'): Answer => ({ kind: 'channel-close', code, reading });
export const connectionClose = (code: ReplyCode, reading: Reading = 'text'): Answer => ({ kind: 'connection-close', code, reading });
