import type { ContentMethodName, Method } from '../../spec/amqp091/classes.ts';
import type { ReplyCode } from '../../spec/amqp091/constants.ts';
import type { TagDialect } from '../../spec/amqp091/domains.ts';
import type { ContentHeader } from '../../wire/amqp091/content.ts';
import type { Violation } from '../../wire/decoded.ts';
import type { StreamEnd } from '../transport.ts';
import type { WireReadings } from './readings.ts';

export type Role = 'client' | 'server';

/** An error that one peer raises: on a channel (soft) or on the connection (hard). */
export interface Exception {
  readonly scope: 'channel' | 'connection';
  readonly code: ReplyCode;
  readonly text: string;
  readonly classId: number;
  readonly methodId: number;
}

/** Limits in force on a connection; zero means no limit except for `heartbeatS`, where it means off. */
export interface Limits {
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeatS: number;
}

/** What a connection machine does by itself. A test peer switches off what it wants to do wrong. */
export interface Automatic {
  /** Answers connection.close and channel.close, and ends the stream when the connection's close-ok went either way. */
  readonly closeOk: boolean;
  /** Answers channel.flow. */
  readonly flowOk: boolean;
  /** Sends heartbeats at the agreed interval and closes after two silent ones. */
  readonly heartbeats: boolean;
  /** Answers a violation as the standard says (close with code, or a bare close). When off, it is only reported. */
  readonly raise: boolean;
}

export interface ConnectionSettings {
  readonly role: Role;
  /** Our own limits: what a server proposes in tune, the most a client agrees to in tune-ok. */
  readonly limits: Limits;
  readonly tags?: TagDialect;
  readonly automatic?: Partial<Automatic>;
  /** Most octets of one content that are assembled, declared sizes included; more is answered 311 on the channel. */
  readonly contentMax?: number;
  /** Where brokers differ from the text; left out: the text. */
  readonly readings?: WireReadings;
  /** How long a close of the connection waits for its close-ok before the stream is dropped, in milliseconds. Left out: for ever. */
  readonly closeOkWithinMs?: number;
}

export type ConnectionEvent =
  /** Server role: the client's header was good. Client role: the server answered with a header of its own. */
  | { readonly kind: 'protocol-header'; readonly bytes: Uint8Array }
  /** A method without content. Methods that the machine answers by itself are reported too. */
  | { readonly kind: 'method'; readonly channel: number; readonly method: Method }
  /** A method with its whole content. `body` holds the frames' payloads as they came; their sum is `header.bodySize`. */
  | {
      readonly kind: 'content';
      readonly channel: number;
      readonly method: Method<ContentMethodName>;
      readonly header: ContentHeader;
      readonly body: readonly Uint8Array[];
    }
  | { readonly kind: 'heartbeat'; readonly channel: number }
  /** The peer broke a rule. `offset` is of the connection's whole input. `answer` is what the standard wants sent. */
  | { readonly kind: 'violation'; readonly violation: Violation; readonly channel: number; readonly answer: Exception | 'bare-close' | 'header-then-close' }
  /** Nothing was received for two heartbeat intervals. */
  | { readonly kind: 'peer-silent' }
  /** Nothing more will come. `handshake`: close and close-ok were exchanged. */
  | { readonly kind: 'ended'; readonly how: StreamEnd; readonly handshake: boolean };
