import type { ErrorCondition, OutcomeName, PerformativeName, SaslCode } from './amqp10/conditions.ts';
import type { MethodName } from './amqp091/classes.ts';
import type { ReplyCode } from './amqp091/constants.ts';

/** Where a statement of the standard stands. */
export type Source =
  /**
   * Path in the XML. 0-9-1: `queue.declare.passive`. 1.0: part, section or type, field, and which of the normative sentences there, as
   * `transport.open.hostname#1`, or an attribute, as `transport.open.container-id@mandatory`.
   */
  | { readonly kind: 'xml'; readonly path: string }
  /** Section of the protocol document, as `4.2.3`; of the OASIS Standard for 1.0, where the first number is the part. */
  | { readonly kind: 'text'; readonly section: string }
  | { readonly kind: 'grammar' /** Production of section 4.2.1. */; readonly production: string }
  | { readonly kind: 'errata'; readonly item: number }
  | { readonly kind: 'extension'; readonly document: string; readonly url: string };

export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** By what authority an answer is legal: the standard's text, the errata, or a contradiction that practice settled. */
export type Reading = 'text' | 'errata' | 'practice';

/** `bare-close`: the socket is closed and nothing is sent. `header-then-close`: a valid protocol header, then the socket is closed. `discarded`: nothing visible, the conversation goes on. */
type PlainAnswer = { readonly kind: 'bare-close' | 'header-then-close' | 'discarded' };

/** One legal answer to a departure in 0-9-1. `method`: an ordinary method, the conversation goes on. */
export type Answer091 = { readonly reading: Reading } & (
  | { readonly kind: 'connection-close'; readonly code: ReplyCode }
  | { readonly kind: 'channel-close'; readonly code: ReplyCode }
  | PlainAnswer
  | { readonly kind: 'method'; readonly method: MethodName }
);

/** The condition of an error; `any` where the standard asks for an error and leaves it to the peer which. */
export type Condition = ErrorCondition | 'any';

/**
 * One legal answer to a departure in 1.0. `close`, `end`, `detach`: that frame with an error of this condition; before it come an open where
 * none was sent, and an attach that answers the peer's. `outcome`: a disposition with this state, the link goes on. `sasl-outcome`: that frame, then
 * the socket is closed unless the code is ok. `performative`: an ordinary frame without an error. `response`: an answer of a management node with this status.
 */
export type Answer10 = { readonly reading: Reading } & (
  | { readonly kind: 'close' | 'end' | 'detach'; readonly condition: Condition }
  | { readonly kind: 'outcome'; readonly outcome: OutcomeName; readonly condition?: Condition }
  | { readonly kind: 'sasl-outcome'; readonly saslCode: SaslCode }
  | { readonly kind: 'performative'; readonly performative: PerformativeName }
  | { readonly kind: 'response'; readonly status: number }
  | PlainAnswer
);

/** One legal answer to a departure. */
export type Answer = Answer091 | Answer10;

/** How a breach of a duty can be seen: directly on the wire, by a consequence, or not at all. */
export type Showing = 'wire' | 'indirect' | 'untestable';

/**
 * What one role owes under a rule. `emit`: it must send this right. `enforce`: it must answer the peer's breach with one of `answers`.
 * `permit`: it may. `reason` is required where the duty is untestable and says why.
 */
export type Duty<A extends Answer = Answer> = { readonly level: Level; readonly answers?: readonly [A, ...A[]] } & (
  | { readonly shown: 'wire' | 'indirect' }
  | { readonly shown: 'untestable'; readonly reason: string }
);

/** The duties of the server carry the bare verb; those of the client say so. */
export type DutyKey = 'emit' | 'enforce' | 'permit' | 'client-emit' | 'client-enforce' | 'client-permit';

/** One normative statement, said in our own words. */
export interface Rule<A extends Answer = Answer> {
  readonly source: readonly [Source, ...Source[]];
  /** Section of the protocol document, class and method of the class book, or companion, as people cite it. */
  readonly section: string;
  readonly statement: string;
  /** Capability that must be advertised before the rule binds: in server-properties (0-9-1), in offered-capabilities of open (1.0). */
  readonly capability?: string;
  readonly duties: Readonly<Partial<Record<DutyKey, Duty<A>>>>;
}

export type Rule091 = Rule<Answer091>;
export type Rule10 = Rule<Answer10>;

const kinds091: ReadonlySet<Answer['kind']> = new Set<Answer091['kind']>([
  'connection-close',
  'channel-close',
  'method',
  'bare-close',
  'header-then-close',
  'discarded',
]);

/** Tells of an answer whether a peer that speaks 0-9-1 can give it. */
export const isAnswer091 = (answer: Answer): answer is Answer091 => kinds091.has(answer.kind);
