import type { Entity } from '../../probe/names.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import type { Answer } from '../../spec/rule.ts';
import type { FuzzProtocol } from '../finding.ts';

/**
 * What only the peer can say, put in when it is known: `name` as the peer's speech calls it (`delivery-tag`, `queue`, `nonce`, `handle`).
 * `width` octets at `at` are replaced by the value's own; where that is longer or shorter, the big-endian sizes at `sizes` grow with it.
 */
export interface Hole {
  readonly name: string;
  readonly at: number;
  readonly width: number;
  readonly sizes: readonly { readonly at: number; readonly width: 1 | 4 }[];
}

/** One step of a conversation, from the side that we play. */
export type Step =
  /** Octets that are sent, in one write or, cut at the ascending offsets of `cuts`, in several. `note` is what they are, for people. */
  | {
      readonly kind: 'send';
      readonly octets: Uint8Array;
      readonly holes: readonly Hole[];
      readonly cuts: readonly number[];
      readonly note: string;
      /** The name of the departure that it is; left out where it keeps to the law. */
      readonly departure?: string;
      /** State in which the departure is sent, where it is not the conversation's. */
      readonly state?: string;
      /** Channel on which the departure is sent, to know its answer by. */
      readonly channel?: number;
      /** The rule by which the departure is legal all the same, and has to be served. */
      readonly rule?: RuleId;
    }
  /** Goes on when the peer has said this, by the name of the method, performative or header; `|` between several of which one is enough. */
  | { readonly kind: 'await'; readonly name: string; readonly channel: number }
  /** Says nothing for so many milliseconds. */
  | { readonly kind: 'stall'; readonly ms: number }
  /** Ends our direction, or resets the stream. */
  | { readonly kind: 'half-close' | 'reset' };

/** A legal path to a state, then one or more departures, then where possible a return to health; a pure function of seed and index. */
export interface Conversation {
  readonly protocol: FuzzProtocol;
  readonly seed: number;
  readonly index: number;
  /** State in which the first departure is sent, in the transition table's words: `channel:open content:header`. */
  readonly state: string;
  readonly departures: readonly string[];
  readonly steps: readonly Step[];
  /** All of it is legal, however odd: the peer has to serve it to the end, and may refuse nothing of it. */
  readonly served?: true;
}

/** What is known of the peer before a conversation is made. Names begin with `prefix`, so that they can be found and removed. */
export interface Setting {
  readonly prefix: string;
  readonly user: string;
  readonly password: string;
  readonly virtualHost: string;
  /** Where messages may be sent to and come from: a queue that is there for the campaign. */
  readonly queue: string;
  /** Whether conversations may go beyond the login. */
  readonly authenticated: boolean;
  /** The peer served somebody who sent the whole opening in one write: conversations may do so. */
  readonly pipelined?: boolean;
  /** What the peer offered in its tune (0-9-1). */
  readonly limits?: { readonly channelMax: number; readonly frameMax: number; readonly heartbeatS: number };
}

/** One thing that the peer said. */
export interface Heard {
  /** Name of the method, performative, header or frame: `connection.close`, `attach`. */
  readonly name: string;
  readonly channel: number;
  /** Code or condition where it is an error: `501`, `amqp:not-found`. */
  readonly code?: string;
  /** What it tells that a later step may want, by the names of holes. */
  readonly holes?: Readonly<Record<string, Uint8Array>>;
  /** Says that the conversation, the connection, or a part of it is over. */
  readonly ends?: 'channel' | 'link' | 'session' | 'connection';
  /** It is malformed or out of place: the rule that it breaks. */
  readonly breaks?: { readonly rule: RuleId; readonly detail: string };
  /** It blames something legal that we sent before the breach, which so may never have been looked at. */
  readonly excuses?: true;
}

/** What the law says of the first thing that was sent against it. */
export interface LegalAnswers {
  readonly rule: RuleId;
  /** All legal ones, under any reading; empty where anything goes, as after what the standard only advises against. */
  readonly answers: readonly Answer[];
  /** For people: what is wrong with what was sent. */
  readonly detail: string;
  /** Where what the peer ends is less than the connection, it is there. */
  readonly channel?: number;
}

/** Follows one conversation: what we sent and what the peer says, each octet once. Never throws on octets. */
export interface Follower {
  sent(octets: Uint8Array): void;
  received(octets: Uint8Array): readonly Heard[];
  /** What the law says of the first thing that we sent against it; undefined while all of it is legal. */
  readonly breach: LegalAnswers | undefined;
  /**
   * What the peer has to say next, for people: an answer to a request that it has whole, as `queue.declare-ok on channel 1`. Undefined where it may stay silent
   * for ever, as in the middle of a frame; what a breach makes due is not counted.
   */
  readonly owes: string | undefined;
  /** What may be left on the peer for want of being exclusive to the connection. */
  readonly made?: readonly Entity[];
  /** What is to be sent to a peer that ends the connection, as connection.close-ok. */
  readonly lastWords?: Uint8Array;
}

/** One protocol, as conversations are made of it. */
export interface Speech {
  readonly protocol: FuzzProtocol;
  conversation(seed: number, index: number, setting: Setting): Conversation;
  follower(setting: Setting): Follower;
  /** Names of all departures and states that `conversation` can draw, for the table of what was covered. */
  readonly departures: readonly string[];
  readonly states: readonly string[];
  /** The octets for people, one line for each frame. */
  annotate(octets: Uint8Array): readonly string[];
}
