import type { RuleId } from '../../spec/catalogue.ts';
import type { Answer10 } from '../../spec/rule.ts';
import type {
  AmqpAttach,
  AmqpBegin,
  AmqpClose,
  AmqpDetach,
  AmqpDisposition,
  AmqpEnd,
  AmqpError,
  AmqpFlow,
  AmqpOpen,
  CompositeFields,
  Frame,
  Violation,
} from '../../wire/amqp10/codec.ts';
import type { ClientMechanism, ServerMechanism } from '../sasl.ts';
import type { StreamEnd } from '../transport.ts';
import type { Grant, IncomingDelivery, LinkEndpoint, OutgoingDelivery, Remedy, SessionEndpoint, Settlement, UnsettledDelivery } from './endpoints.ts';
import type { ConnectionState } from './transitions.ts';

export type * from './endpoints.ts';

export type Role = 'client' | 'server';

/** What a connection machine does by itself; all true unless said. Each is done after the event was told, and only where the user has not done it on hearing of it. */
export interface Automatic {
  /** A server answers protocol headers. */
  readonly header: boolean;
  /** Carries the SASL exchange: a server's mechanisms, challenges and outcome, a client's init and responses. */
  readonly sasl: boolean;
  /** Answers close, end and detach in kind, and ends the stream when both closes have passed. */
  readonly ending: boolean;
  /** Sends empty frames at half the peer's idle-time-out, and closes after a silence of our own. */
  readonly idle: boolean;
  /** Tells the peer of more room in a session's incoming window once half of it is used. */
  readonly window: boolean;
  /** Answers a flow that asks for an echo. */
  readonly echo: boolean;
  /** A sender that is asked to drain and has nothing waiting uses its credit up at once. Switched off where whoever feeds the link knows better: see `drained`. */
  readonly drain: boolean;
  /** Answers a violation as the catalogue says. When off, it is only reported. */
  readonly raise: boolean;
}

/** The server's side of the security layer. */
export interface ServerSasl {
  readonly role: 'server';
  /** In the order in which they are announced. */
  readonly mechanisms: readonly ServerMechanism[];
  /** A client that opens with the plain AMQP header is shown the SASL header and the socket is closed. */
  readonly required: boolean;
  /** When a failed outcome is said: at once unless given. `proceed` is to be called once. */
  readonly afterRefusal?: (proceed: (now: number) => void) => void;
}

/** The client's side of the security layer: the first of its mechanisms that the server announces is used. */
export interface ClientSasl {
  readonly role: 'client';
  readonly mechanisms: readonly ClientMechanism[];
  readonly hostname?: string;
  /** Does not wait for the announcement: init with the first mechanism goes out behind the header, and the AMQP header behind it unless the mechanism is one of challenges. */
  readonly pipelined?: boolean;
}

/** What a connection keeps at most; more is refused with resource-limit-exceeded. */
export interface Bounds {
  /** Octets of one delivery, where the link has no smaller max-message-size. Default: 128 MiB. */
  readonly deliveryMax: number;
  /** Octets of deliveries that have begun and not ended, of all links together. Default: 256 MiB. */
  readonly partialMax: number;
  /** Unsettled deliveries that came in on a session. Default: 65,536. */
  readonly unsettledMax: number;
  /** Octets that wait in a session for the peer's window; what is beyond is refused to the sender (`deliver` answers undefined). Default: 64 MiB. */
  readonly queuedMax: number;
}

export interface ConnectionSettings {
  readonly role: Role;
  /** What our open says. Its channel-max, max-frame-size and idle-time-out are the limits that we hold the peer to. */
  readonly open: CompositeFields<'open'>;
  /** Left out: no SASL layer is spoken; a SASL header is answered with the AMQP header. */
  readonly sasl?: ServerSasl | ClientSasl;
  readonly automatic?: Partial<Automatic>;
  readonly bounds?: Partial<Bounds>;
  /** Answers that differ from the catalogue's first, by rule. */
  readonly answers?: Readonly<Partial<Record<RuleId, Answer10>>>;
  /** Silence of the peer after which the connection is closed, in milliseconds; the announced idle-time-out doubled unless given, since the standard has peers announce half of what they bear. */
  readonly silenceMs?: number;
  /** The least idle-time-out of the peer's that is kept to, in milliseconds; a peer that asks for less is refused. Default: 10. */
  readonly idleTimeOutMin?: number;
  /** How long a close waits for the peer's, in milliseconds, before the stream is dropped. Left out: for ever. */
  readonly closeWithinMs?: number;
}

export type ConnectionEvent =
  /** The peer sent a protocol header; it is told also where it cannot be accepted, before the violation or the refusal. */
  | { readonly kind: 'protocol-header'; readonly id: number; readonly bytes: Uint8Array }
  /** Every frame that can be read, before it is judged or acted on. `offset` is of the connection's whole input. */
  | { readonly kind: 'frame'; readonly frame: Frame; readonly offset: number }
  /** The SASL exchange ended well: as a server `user` is whom we take the client for, as a client it is undefined. */
  | { readonly kind: 'authenticated'; readonly user: string | undefined; readonly mechanism: string }
  /** It did not. As a client: what the outcome says; also where the server announces nothing that we know, or refuses the SASL header. */
  | { readonly kind: 'authentication-failed'; readonly reason: string }
  /** The peer's header refuses ours, as bytes 4 to 7 of `protocol-header` say; the stream ends. */
  | { readonly kind: 'refused'; readonly id: number; readonly version: string }
  /** The peer's open. A server answers with `open`, or refuses with `close`. */
  | { readonly kind: 'opened'; readonly open: AmqpOpen }
  /** The peer's begin. State BEGIN_RCVD: to be answered with `accept`; MAPPED: it answers ours. */
  | { readonly kind: 'session-begun'; readonly session: SessionEndpoint; readonly begin: AmqpBegin }
  /**
   * The peer's attach. State ATTACH_RCVD: to be answered with `acceptLink` or `refuseLink`; ATTACHED: it answers ours. `steals` is the link of the same name and direction
   * that is attached on this connection, in whichever session: it is to be detached with amqp:link:stolen (2.6.1).
   */
  | { readonly kind: 'link-attached'; readonly link: LinkEndpoint; readonly attach: AmqpAttach; readonly steals: LinkEndpoint | undefined }
  /** The peer's flow; windows and credit are those after it. */
  | { readonly kind: 'flow'; readonly session: SessionEndpoint; readonly link: LinkEndpoint | undefined; readonly flow: AmqpFlow }
  /** A delivery has come whole. Unless it is settled, it counts as unsettled until `settle` says that it is. */
  | { readonly kind: 'delivery'; readonly link: LinkEndpoint; readonly delivery: IncomingDelivery }
  /** A delivery that had begun will not be completed. */
  | { readonly kind: 'delivery-aborted'; readonly link: LinkEndpoint; readonly deliveryId: number }
  /** The peer's disposition. `deliveries` are those in its range that were unsettled here, oldest first; settled ones are forgotten afterwards. */
  | {
      readonly kind: 'disposition';
      readonly session: SessionEndpoint;
      readonly disposition: AmqpDisposition;
      readonly deliveries: readonly UnsettledDelivery[];
    }
  /** The peer's detach. */
  | { readonly kind: 'link-detached'; readonly link: LinkEndpoint; readonly detach: AmqpDetach }
  /** Told once for each link that was ever told of or asked for: nothing will pass over it any more, whoever detached, ended or closed, or by a lost connection. */
  | { readonly kind: 'link-over'; readonly link: LinkEndpoint }
  /** The peer's end. */
  | { readonly kind: 'session-ended'; readonly session: SessionEndpoint; readonly end: AmqpEnd }
  /** As `link-over`, behind those of its links. */
  | { readonly kind: 'session-over'; readonly session: SessionEndpoint }
  /** The peer's close. */
  | { readonly kind: 'closed'; readonly close: AmqpClose }
  /** More may be queued on a session again, after `deliver` refused for want of room. */
  | { readonly kind: 'writable'; readonly session: SessionEndpoint }
  /** The peer broke a rule. `answer` is what the catalogue wants said; with one that is `borne` the frame is taken behind this event as if nothing were. */
  | {
      readonly kind: 'violation';
      readonly violation: Violation;
      readonly scope: 'connection' | 'session' | 'link';
      readonly channel: number;
      readonly handle: number | undefined;
      readonly answer: Remedy;
    }
  /** Nothing was received for as long as we bear. */
  | { readonly kind: 'peer-silent' }
  /** Nothing more will come. `handshake`: both closes have passed. */
  | { readonly kind: 'ended'; readonly how: StreamEnd; readonly handshake: boolean };

/**
 * What a connection machine takes besides octets and time (`Machine`). Whatever is asked for is sent, in place or not, and followed by the tables; but never in a frame
 * above the peer's max-frame-size: properties, and what of an unsettled map is too much, are left out, errors shortened. An attach that is still too large ends the session
 * with amqp:frame-size-too-small; an open above the 512 octets that any peer takes ends the stream. All times are milliseconds.
 */
export interface Commands {
  readonly role: Role;
  readonly state: ConnectionState;
  /** The peer's open, once it came. */
  readonly remoteOpen: AmqpOpen | undefined;
  /** Client role: sends the first protocol header, and what goes behind it unasked where the SASL layer is pipelined. */
  start(now: number): void;
  /** Sends our open: the settings', with these fields in their place. As a client it may be asked for before the header or the outcome came: it goes out as soon as it may. */
  open(now: number, fields?: Partial<CompositeFields<'open'>>): void;
  /** Begins a session on a channel that none was on before, while there is one, else on the lowest free one: some peers lose a begin right behind an end. Defaults: a window of 2048 both ways, next-outgoing-id 0. */
  begin(now: number, fields?: Partial<CompositeFields<'begin'>>): SessionEndpoint;
  /** Answers the peer's begin; defaults as for `begin`. Where the peer's channel-max leaves no channel to answer on, closes the connection. */
  accept(session: SessionEndpoint, now: number, fields?: Partial<CompositeFields<'begin'>>): void;
  /** Attaches a link under the lowest free handle. */
  attach(session: SessionEndpoint, fields: Omit<CompositeFields<'attach'>, 'handle'>, now: number): LinkEndpoint;
  /** Answers the peer's attach: name and the other role are filled in, what is left out of source, target and settle modes is the peer's. Where the peer's handle-max leaves no handle, ends the session. */
  acceptLink(link: LinkEndpoint, now: number, fields?: Partial<CompositeFields<'attach'>>): void;
  /** Answers the peer's attach with one that has no terminus, and detaches with the error (2.6.3). */
  refuseLink(link: LinkEndpoint, error: AmqpError, now: number): void;
  /** As the receiver: gives credit. */
  grant(link: LinkEndpoint, grant: Grant, now: number): void;
  /** Sends the state of the session and, where it is given, of the link. `available`, `drain`, `echo`, `properties` may be said in `fields`. */
  flow(of: SessionEndpoint | LinkEndpoint, now: number, fields?: Partial<CompositeFields<'flow'>>): void;
  /** As the sender: advances the delivery-count by the credit that is left, as a drain asks, and says so. */
  drained(link: LinkEndpoint, now: number): void;
  /** As the sender: sends a delivery, cut to frames that the peer takes, as its window allows. Answers its id, or undefined where there is no credit, no room (`queuedMax`), no such link, or where it is new and the peer's unsettled map was incomplete. */
  deliver(link: LinkEndpoint, delivery: OutgoingDelivery, now: number): number | undefined;
  /** Says what became of deliveries of a link, in as few frames as their ids allow. Settled ones are forgotten. */
  settle(link: LinkEndpoint, deliveryIds: readonly number[], settlement: Settlement, now: number): void;
  detach(link: LinkEndpoint, now: number, how?: { readonly closed?: boolean; readonly error?: AmqpError }): void;
  end(session: SessionEndpoint, now: number, error?: AmqpError): void;
  /** Sends close, behind an open where none was sent. */
  close(now: number, error?: AmqpError): void;
}
