import type { StreamEnd } from '../../endpoint/transport.ts';
import type { Entity } from '../../probe/names.ts';
import type { Conversation, Heard, LegalAnswers } from './conversation.ts';

/** How long the peer is waited for, in milliseconds. */
export interface Patience {
  /** For an answer that is owed. */
  readonly replyMs: number;
  /** For the end that a breach makes due. */
  readonly closeMs: number;
  /** For either, before one goes on and looks whether the peer does too. */
  readonly graceMs: number;
}

/** What came of a conversation. `played`: all steps were taken. `silence`: an answer that was owed, or an end that was due, did not come. */
export type Outcome = 'played' | 'ended' | 'silence' | 'flood';

/** A conversation as it went. */
export interface Played {
  readonly conversation: Conversation;
  readonly outcome: Outcome;
  /** What the peer said, in order; of very long conversations the beginning. */
  readonly heard: readonly Heard[];
  /** How the peer ended the stream, where it was the first to. */
  readonly end: StreamEnd | undefined;
  readonly breach: LegalAnswers | undefined;
  /** What the peer owed when it fell silent. */
  readonly owed: string | undefined;
  /** Step that broke the law. */
  readonly breachStep: number | undefined;
  /** Things that the peer had said by the time that the law was broken. */
  readonly heardBefore: number;
  /** An answer came to what was asked behind the breach. */
  readonly wentOn: boolean;
  /** Steps that were taken, at least in part. */
  readonly steps: number;
  /** Our own side was cut short by us: what the peer makes of that is its own affair. */
  readonly left: boolean;
  /** What may be left on the peer. */
  readonly made: readonly Entity[];
  readonly sentOctets: number;
  readonly receivedOctets: number;
  readonly ms: number;
}

export interface PlayOptions {
  readonly patience: Patience;
  /** Hears, once, that nothing is done but wait: another may have the place. */
  readonly onRest?: () => void;
  /** Sees each piece as it goes. */
  readonly onPiece?: (direction: 'sent' | 'received', octets: Uint8Array) => void;
}
