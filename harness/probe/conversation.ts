import type { Violation } from '../wire/decoded.ts';
import type { Ending, Stop } from './stop.ts';

/** What an attempt needs to know of one of its connections, whatever protocol is spoken on it. */
export interface Conversation {
  /** The peer's side of the stream has ended, or we dropped ours. */
  readonly over: boolean;
  /** It stands where it can be left with a handshake. */
  readonly mayLeave: boolean;
  /** The oldest breach that no wait has stumbled over. */
  readonly unnoticed: Violation | undefined;
  /** The newest answer of the peer, in the standard's words; undefined where there is none. */
  readonly reaction: string | undefined;
  readonly ending: Ending;
  /** Ends every wait, now and later. */
  stop(stop: Stop): void;
  /** Takes leave and does not mind what the peer makes of it. `gently`: channel by channel, for a peer that may trip over what is left open. */
  leave(budgetMs: number, gently?: boolean): Promise<void>;
  destroy(): void;
}
