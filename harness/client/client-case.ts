import type { DutyId } from '../spec/catalogue.ts';
import type { Level } from '../spec/rule.ts';

/** What a client has to do by itself before a case can be judged; where it never does, the case is `not-run`. */
export type ClientStep = 'connect' | 'open' | 'channel' | 'declare' | 'publish' | 'consume' | 'settle' | 'close';

/** What the client did, as the case and the judge see it: frames that it sent, the ends of its streams, and what became of its process. */
export type ClientEvent =
  | { readonly kind: 'connected'; readonly connection: number; readonly at: number }
  /** A whole frame or header of the client's, by name. */
  | { readonly kind: 'said'; readonly connection: number; readonly name: string; readonly channel: number; readonly code?: string; readonly at: number }
  /** What the client sent against the law: the duty that it breaks. */
  | { readonly kind: 'broke'; readonly connection: number; readonly duty: DutyId; readonly detail: string; readonly at: number }
  | { readonly kind: 'ended'; readonly connection: number; readonly how: 'eof' | 'reset'; readonly at: number }
  | { readonly kind: 'exited'; readonly status: number | undefined; readonly signal: string | undefined; readonly at: number };

/** One legal reaction of a client to a departure. */
export type ClientReaction =
  /** It closes the connection or the channel, session or link with one of these codes or conditions; none: with any. */
  | { readonly kind: 'closes'; readonly scope: 'connection' | 'channel' | 'session' | 'link'; readonly codes?: readonly string[] }
  /** It drops the socket, with or without a word. */
  | { readonly kind: 'drops' }
  /** It goes on as if nothing had been: what was said is legal, or to be passed over. */
  | { readonly kind: 'goes-on' };

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
