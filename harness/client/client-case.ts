import type { Clock } from '../endpoint/transport.ts';
import type { FrameSeam } from '../saboteur/fault.ts';
import type { FrameSeam10 } from '../saboteur/fault10.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Level } from '../spec/rule.ts';
import type { StartOptions } from '../target/reference.ts';

/** What a client has to do by itself before a case can be judged; where it never does, the case is `not-run`. */
export type ClientStep = 'connect' | 'open' | 'channel' | 'declare' | 'publish' | 'consume' | 'settle' | 'close';

/** What a close of the client's ends. */
export type ClosingScope = 'connection' | 'channel' | 'session' | 'link';

/** What the client did, as the case and the judge see it: frames that it sent, the ends of its streams, and what became of its process. */
export type ClientEvent =
  | { readonly kind: 'connected'; readonly connection: number; readonly at: number }
  /**
   * A whole frame or header of the client's, by name. `closes`: it closes that much, with `code` where it tells of an error. `farewell`: it answers a close of the
   * connection.
   */
  | {
      readonly kind: 'said';
      readonly connection: number;
      readonly name: string;
      readonly channel: number;
      readonly code?: string;
      readonly closes?: ClosingScope;
      readonly farewell?: true;
      readonly at: number;
    }
  /** What it says of itself. */
  | {
      readonly kind: 'greeted';
      readonly connection: number;
      readonly product: string | undefined;
      readonly version: string | undefined;
      readonly properties: Readonly<Record<string, unknown>>;
      readonly at: number;
    }
  /** It came so far, for the first time on this connection. */
  | { readonly kind: 'step'; readonly connection: number; readonly step: ClientStep; readonly at: number }
  /** What the client sent against the law: the duty that it breaks. */
  | {
      readonly kind: 'broke';
      readonly connection: number;
      readonly duty: DutyId;
      readonly detail: string;
      /** The case itself said so. */
      readonly byCase?: true;
      readonly at: number;
    }
  /** It did what the case has it owe. */
  | { readonly kind: 'met'; readonly connection: number; readonly at: number }
  /** `ours`: the broker, or the case, ended it. */
  | { readonly kind: 'ended'; readonly connection: number; readonly how: 'eof' | 'reset'; readonly ours?: true; readonly at: number }
  | { readonly kind: 'exited'; readonly status: number | undefined; readonly signal: string | undefined; readonly at: number };

/** One legal reaction of a client to a departure. */
export type ClientReaction =
  /** It closes the connection or the channel, session or link with one of these codes or conditions; none: with any. */
  | { readonly kind: 'closes'; readonly scope: ClosingScope; readonly codes?: readonly string[] }
  /** It drops the socket, with or without a word. */
  | { readonly kind: 'drops' }
  /** It goes on as if nothing had been: what was said is legal, or to be passed over. */
  | { readonly kind: 'goes-on' }
  /** It says this, and the rest goes on: a method or performative, with this outcome where one is named. */
  | { readonly kind: 'says'; readonly name: string; readonly codes?: readonly string[] };

/** A named case of the hostile broker: everything legal until `departs`, then what the client may do. */
export interface ClientCase {
  /** `amqp091/client/...` or `amqp10/client/...`; never positional. */
  readonly id: string;
  readonly title: string;
  /** The client's own duties that it judges. */
  readonly duties: readonly [DutyId, ...DutyId[]];
  readonly level: Level;
  /** What the client must have done before the departure can be sent. */
  readonly needs: ClientStep;
  /** Complete; anything else fails the case. */
  readonly legal: readonly [ClientReaction, ...ClientReaction[]];
}

/** What the seam of a case can do and tell, for one connection of the client's. */
export interface ClientScene {
  readonly clock: Clock;
  /** Ordinal of the connection, from 1. */
  readonly connection: number;
  /** The case has departed already, on this connection or an earlier one: a case departs once, and connections behind it are served. */
  readonly over: boolean;
  /** The departure goes out with what the seam answers now. */
  departed(): void;
  /** What the client owed has come: the case has passed, and need not wait for more. */
  met(): void;
  /** The client broke a duty of the case. */
  broke(duty: DutyId, detail: string): void;
  /** The case cannot be judged on this client: it is `not-run`. */
  excused(reason: string): void;
  /** Sends octets to the client at once, past the seam. */
  inject(octets: Uint8Array): void;
}

/** A case with what plays it: a seam between the reference broker and the client, made anew for each connection. */
export interface PlayedCase extends ClientCase {
  /** What has to happen before the case can depart, for people: why it was `not-run`. */
  readonly trigger: string;
  /** Whether all that the client gets is legal. Then what it sends against the law counts behind the departure too. */
  readonly lawful: boolean;
  /** What the client has to say behind the departure, for people; only `met` passes the case then. */
  readonly owes?: string;
  /** How many octets each write to the client has, from this offset of the stream on; left out: as many as there are. */
  readonly cut?: (offset: number) => number;
  readonly seam: (scene: ClientScene) => FrameSeam | FrameSeam10;
  /** What the broker offers and allows where that is not as usual. */
  readonly settings?: Partial<StartOptions>;
  /** How long the conversation goes on behind the departure before the broker asks for its end, in milliseconds. Left out: a moment. */
  readonly stayMs?: number;
  /** That is over as soon as the client came so far. */
  readonly until?: ClientStep;
  /** The client's answer to the broker's close at the end is what the case is about; in others a client may also drop the socket then. */
  readonly farewell?: true;
  /** The departure itself ends the stream, whose end shows nothing then. */
  readonly ends?: true;
  /** Behind the departure nothing of the broker's reaches the client any more, so that it cannot be asked for anything. */
  readonly unheard?: true;
  /** Played with `--thorough` alone: it takes many seconds. */
  readonly thorough?: true;
}

/** A case that is judged by what the client sends while nothing departs: no breach of these duties. */
export interface ObservedCase extends ClientCase {
  readonly observes: readonly [DutyId, ...DutyId[]];
}

export type AnyCase = PlayedCase | ObservedCase;

export function isObserved(each: AnyCase): each is ObservedCase {
  return 'observes' in each;
}
