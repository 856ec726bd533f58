import type { Automatic } from '../endpoint/amqp10/vocabulary.ts';
import type { StreamEnd, Transport } from '../endpoint/transport.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { AmqpOpen, Composite, CompositeFields, PerformativeName, SaslBody, SaslBodyName } from '../wire/amqp10/codec.ts';
import type { Node10, Session10 } from './amqp10-links.ts';
import type { Barriers } from './barriers.ts';
import type { Login } from './context.ts';
import type { WaitKind } from './peer.ts';

/** Fields of a performative to send: what is left out and must be there is what the state of the conversation makes it, as the windows of a flow. */
export type Draft10<N extends PerformativeName> = Partial<CompositeFields<N>>;

/** Of the healthy opening, in order. `sasl`: the exchange has ended well; `header`: AMQP's own headers have passed; `open-sent`: our open has gone, the peer's is the check's to await. */
export type Step10 = 'dial' | 'sasl' | 'header' | 'open-sent' | 'open';

export interface Connection10Options {
  /** Where to dial; left out: the target's usual port. */
  readonly transport?: Transport;
  /** Who logs in; left out: the target's own login. What the next options name wins. */
  readonly as?: Login;
  readonly user?: string;
  readonly password?: string;
  /** `none`: AMQP's header at once, without a security layer. Left out: PLAIN, or ANONYMOUS where the server has no other. */
  readonly mechanism?: 'PLAIN' | 'ANONYMOUS' | 'EXTERNAL' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'none';
  /** Fields of our open; left out: a container of our own, the host that stands for the login's virtual host, and no limits. */
  readonly open?: Partial<CompositeFields<'open'>>;
  /** How far the healthy opening goes, this step included. Defaults to `open`. */
  readonly upTo?: Step10;
  /** What the probe does unasked besides; left out: it keeps idle connections alive, tells of room in the window and answers echoes, and leaves it to the check to answer close, end and detach. */
  readonly automatic?: Partial<Automatic>;
  /** Cuts what the opening sends into pieces, each of which travels by itself. */
  readonly cut?: (octets: Uint8Array) => readonly Uint8Array[];
}

/** An AMQP frame of the peer's. `channel` is the peer's own; `local` is our channel of that session, `handle` our handle of that link, where there are such. */
export interface Frame10<N extends PerformativeName = PerformativeName> {
  readonly kind: 'frame';
  readonly channel: number;
  readonly local: number | undefined;
  readonly handle: number | undefined;
  readonly performative: Composite<N>;
  readonly payload: Uint8Array;
  readonly atMs: number;
}

/** What a raw view of the connection saw first. */
export type Seen10 =
  | Frame10
  | { readonly kind: 'empty'; readonly channel: number; readonly atMs: number }
  | { readonly kind: 'sasl'; readonly body: SaslBody }
  | { readonly kind: 'protocol-header'; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly how: StreamEnd };

export interface Answering10 {
  /** Narrower than the catalogue. */
  readonly answers?: readonly Answer[];
  readonly wait?: WaitKind;
}

/** One connection of the probe. Every wait ends by its budget; what does not arrive ends the check with a verdict, never with a hang. */
export interface Connection10 {
  /** Whom it logs in as. */
  readonly user: string;
  /** PLAIN's response for the login of this connection, acting as `identity`; left out: as nobody else. */
  plainResponse(identity?: string): Uint8Array;
  /** The peer's open, once received. */
  readonly open: AmqpOpen;
  /** What the server announced in its SASL layer. */
  readonly mechanisms: readonly string[];
  /** What the peer's open leaves us: octets of a frame, the highest channel, and how long we may be silent (0: for ever). */
  readonly limits: { readonly maxFrameSize: number; readonly channelMax: number; readonly idleTimeOutMs: number };
  /** The peer's side of the stream has ended, or we dropped ours. */
  readonly over: boolean;
  /** Whether the peer's open offers this capability. */
  capability(name: string): boolean;
  /** Whether this target is known to answer flows that ask for an echo, on links over which we send or receive, or on sessions. */
  echoes(where: keyof Barriers): boolean;
  /** Begins a session on a channel that none was on before, while there is one, and waits for its begin. */
  session(begin?: Draft10<'begin'>): Promise<Session10>;
  /** A handle on a channel of ours without beginning a session. */
  bareSession(channel: number): Session10;
  /** Sends a frame as it is, legal or not, on a channel of ours. */
  send<N extends PerformativeName>(channel: number, name: N, fields?: Draft10<N>, payload?: Uint8Array): void;
  sendSasl(body: SaslBody): void;
  /** Octets as they are, legal or not; each call travels in a piece of its own. */
  sendBytes(bytes: Uint8Array): void;
  /** Waits until what was sent has left us. */
  flush(): Promise<void>;
  /**
   * Waits for this performative and fails the check on any other answer, close, end, detach or the end of the stream. What a server sends unasked (flow, transfer,
   * disposition, empty frames) is kept for whoever asks for it. `channel`, `handle`: ours, of the session and link that it must be about.
   */
  expect<N extends PerformativeName>(name: N, of?: { readonly channel?: number; readonly handle?: number; readonly wait?: WaitKind }): Promise<Frame10<N>>;
  expectSasl<N extends SaslBodyName>(name: N, wait?: WaitKind): Promise<Composite<N>>;
  /** Waits for a protocol header. */
  expectHeader(wait?: WaitKind): Promise<Uint8Array>;
  /** Takes the next thing seen. */
  next(wait?: WaitKind): Promise<Seen10>;
  /** Takes what arrived and was not yet taken, without waiting. */
  taken(): readonly Seen10[];
  /**
   * After a departure: writes nothing more, waits for an answer or the end, answers close, end and detach in kind, and fails the check unless the answer is one of
   * the legal answers of `duty` in the catalogue (or of `answers`). Where nothing comes, or silence is legal, a request on the same path shows whether the
   * conversation goes on. `channel`, `handle`: ours, of the session and the link that the answer is due on; left out: any.
   */
  answersTo(duty: DutyId, options?: Answering10 & { readonly channel?: number; readonly handle?: number }): Promise<Answer>;
  /** Healthy end: close, close, and the socket closed by either side. */
  close(): Promise<void>;
  /** Half-close and abrupt end. */
  end(): void;
  destroy(): void;
  /** Waits for the peer's end of the stream. */
  ended(wait?: WaitKind): Promise<StreamEnd>;
}

/** What a check is handed besides, for 1.0. */
export interface Peer10 {
  /** A healthy connection of 1.0 in one call. */
  connection10(options?: Connection10Options): Promise<Connection10>;
  /** A healthy connection with one session on it. */
  session10(options?: Connection10Options): Promise<Session10>;
  /**
   * The address of a fresh queue that is this check's own and goes with it. The check ends as inconclusive where this target has no way to a queue that is known to us.
   */
  node10(): Promise<Node10>;
  /** The address under which 1.0 knows a queue that this check declared over 0-9-1. The check ends as inconclusive where none leads to such queues. */
  address10(queue: string): Promise<string>;
  /** The address of a queue that does not exist, in the form that this target's queues have. */
  absent10(): Promise<string>;
}
