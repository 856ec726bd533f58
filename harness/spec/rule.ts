import type { MethodName } from './amqp091/classes.ts';
import type { ReplyCode } from './amqp091/constants.ts';

/** Where a statement of the standard stands. */
export type Source =
  | { readonly kind: 'xml' /** Path in the XML, as `queue.declare.passive`. */; readonly path: string }
  | { readonly kind: 'text' /** Section of the protocol document, as `4.2.3`. */; readonly section: string }
  | { readonly kind: 'grammar' /** Production of section 4.2.1. */; readonly production: string }
  | { readonly kind: 'errata'; readonly item: number }
  | { readonly kind: 'extension'; readonly document: string; readonly url: string };

export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** By what authority an answer is legal: the standard's text, the errata, or a contradiction that practice settled. */
export type Reading = 'text' | 'errata' | 'practice';

/**
 * One legal answer to a departure. `bare-close`: the socket is closed and nothing is sent. `header-then-close`: a valid protocol
 * header, then the socket is closed. `method`: an ordinary method, the conversation goes on. `discarded`: nothing visible, the conversation goes on.
 */
export type Answer = { readonly reading: Reading } & (
  | { readonly kind: 'connection-close'; readonly code: ReplyCode }
  | { readonly kind: 'channel-close'; readonly code: ReplyCode }
  | { readonly kind: 'bare-close' }
  | { readonly kind: 'header-then-close' }
  | { readonly kind: 'method'; readonly method: MethodName }
  | { readonly kind: 'discarded' }
);

/** How a breach of a duty can be seen: directly on the wire, by a consequence, or not at all. */
export type Showing = 'wire' | 'indirect' | 'untestable';

/**
 * What one role owes under a rule. `emit`: it must send this right. `enforce`: it must answer the peer's breach with one of `answers`.
 * `permit`: it may. `reason` is required where the duty is untestable and says why.
 */
export type Duty = { readonly level: Level; readonly answers?: readonly [Answer, ...Answer[]] } & (
  | { readonly shown: 'wire' | 'indirect' }
  | { readonly shown: 'untestable'; readonly reason: string }
);

/** The duties of the server carry the bare verb; those of the client say so. */
export type DutyKey = 'emit' | 'enforce' | 'permit' | 'client-emit' | 'client-enforce' | 'client-permit';

/** One normative statement, said in our own words. */
export interface Rule {
  readonly source: readonly [Source, ...Source[]];
  /** Section of the protocol document or class and method of the class book, as people cite it. */
  readonly section: string;
  readonly statement: string;
  /** Capability in server-properties that must be advertised before the rule binds. */
  readonly capability?: string;
  readonly duties: Readonly<Partial<Record<DutyKey, Duty>>>;
}
