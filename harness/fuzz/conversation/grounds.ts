import type { Session } from '../../check/session.ts';
import type { Setting, Speech } from './conversation.ts';

/** What a campaign arranges on the target for conversations of one protocol, and watches. */
export interface Grounds {
  /** `authenticated`: conversations may go beyond the login. */
  setting(authenticated: boolean): Setting;
  /** What became of messages that nobody was to touch, in a sentence where anything did; undefined where they lie there untouched. */
  check(): Promise<string | undefined>;
  /** Removes all of it. Sentences for what may be left behind. */
  close(): Promise<readonly string[]>;
}

/** A protocol, as campaigns against brokers speak it. */
export interface SpokenProtocol {
  readonly speech: Speech;
  /** Arranges the grounds; rejects with a `Stop` where the target does not let it. All names begin with `prefix`. */
  prepare(session: Session, prefix: string, ordinal: number): Promise<Grounds>;
}
