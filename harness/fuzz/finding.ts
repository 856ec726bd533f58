import type { RuleId } from '../spec/catalogue.ts';

/** Which of the two protocols. */
export type FuzzProtocol = 'amqp091' | 'amqp10';

/** What is fuzzed: octets in, values out; a broker behind a socket; a client that comes to our socket. */
export type FuzzSubject = 'parser' | 'broker' | 'client';

/** What a finding is, worst first. */
export const severities = [
  'crash',
  'hang',
  'balloon',
  'bystander harmed',
  'accepted illegal',
  'rejected legal',
  'wrong value',
  'wrong scope',
  'wrong code',
  'illegal answer',
  'cut-dependent',
] as const;

export type Severity = (typeof severities)[number];

/** One mistake of a subject: what it did, after what, and the shortest way to see it again. */
export interface FuzzFinding {
  /** The same for the same mistake, whatever the seed: of departure, state and reaction for peers, of kind and signature for parsers. */
  readonly id: string;
  readonly subject: FuzzSubject;
  readonly protocol: FuzzProtocol;
  readonly severity: Severity;
  /** One line for people: what happened, in the standard's words. */
  readonly title: string;
  /** The rule that says so; left out where no rule is needed, as for a crash. */
  readonly rule?: RuleId;
  /** How the input leaves the law, by the name of the departure; left out where it does not. */
  readonly departure?: string;
  /** State of the conversation when that was sent, in the transition table's words; left out for parsers. */
  readonly state?: string;
  /** What came back: `answer NAME`, `close CODE`, `eof`, `reset`, `silence`, `death` and the like. */
  readonly reaction?: string;
  /** Which input of which campaign it was, before it was shrunk. */
  readonly seed: number;
  readonly index: number;
  /** The text of the case, which plays the finding again. */
  readonly text: string;
  /** Where the case was saved. */
  readonly file?: string;
}
