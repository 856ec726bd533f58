import type { Clock } from '../endpoint/transport.ts';
import type { TranscriptEntry } from '../probe/transcript.ts';
import type { RunningBroker, StartOptions } from '../target/reference.ts';
import type { ClientEvent } from './client-case.ts';
import type { Moment, Reaction } from './reaction.ts';
import type { Exit, StartClient } from './subject.ts';

/** What a case is played with: whoever starts us knows brokers and processes. */
export interface Stage {
  readonly startBroker: (options: StartOptions) => Promise<RunningBroker>;
  readonly startClient: StartClient;
  readonly clock: Clock;
}

/** How long things may take, in milliseconds: measured where nothing departs. */
export interface Patience {
  /** From the start of the client to the departure. */
  readonly reachMs: number;
  /** What the client gets to react by itself, before the broker asks for the end. */
  readonly graceMs: number;
  /** From there until it must have answered. */
  readonly silenceMs: number;
  /** How long it may live, without a new connection, when its connection is over. */
  readonly lingerMs: number;
  /** How long it may take to end when it is told to. */
  readonly quitMs: number;
}

/** What came of one play. */
export interface Played {
  readonly events: readonly ClientEvent[];
  /** Undefined where the departure never went out. */
  readonly departed: Moment | undefined;
  readonly reaction: Reaction | undefined;
  /** Why the case cannot be judged on this client, as the case found. */
  readonly excuse: string | undefined;
  /** Behind a reaction that ended its connection: it ended by itself, or connected again; `lingers`: neither. */
  readonly aftermath: 'exits' | 'reconnects' | 'lingers' | undefined;
  /** Events from here on came when the broker asked for the end, where it had to. */
  readonly barrier: number | undefined;
  /** When the broker asked for the end, where it had to: milliseconds since the case began. */
  readonly askedAt: number | undefined;
  readonly exit: Exit;
  /** It had to be killed, since it did not end when it was told to. */
  readonly stubborn: boolean;
  /** Octets of memory at the departure and at most afterwards, where they can be known. */
  readonly memory: { readonly before: number; readonly most: number } | undefined;
  readonly octetsSent: number;
  readonly words: readonly string[];
  readonly transcript: readonly TranscriptEntry[];
  readonly durationMs: number;
}
