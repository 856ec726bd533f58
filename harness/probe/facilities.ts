import type { WebSocketEvent, WebSocketManner } from '../endpoint/message-socket.ts';
import type { Transport } from '../endpoint/transport.ts';
import type { Login } from './context.ts';
import type { QueueHook } from './node-facts.ts';

/** What a login may not do in the virtual host of the target's own login; everything else it may. */
export type Restriction = 'no-configure' | 'no-write' | 'no-read' | 'no-access';

/** Whom a client certificate stands for: a user of the broker, nobody there, or somebody whom an authority vouches for that the broker does not trust. */
export type ClientCertificate = 'known' | 'unknown-user' | 'foreign-authority';

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

export type { WebSocketEvent, WebSocketManner };

/** What a broker may run short of. */
export type Resource = 'memory' | 'disk';

/** How to speak TLS to the target, for checks that need more than its usual port. */
export interface TlsFacility {
  /** Dials the TLS port. Left out: the server's certificate is verified against its authority, no client certificate, any version that both have. */
  transport(options?: {
    readonly certificate?: ClientCertificate;
    readonly version?: TlsVersion;
    /** The name that the server's certificate is asked to bear. */
    readonly serverName?: string;
  }): Transport;
  /** Dials the same port without TLS. */
  readonly plain: Transport;
}

/** How to speak 1.0 over WebSocket to the target. */
export interface WebSocketFacility {
  transport(manner?: WebSocketManner): Transport;
}

/** Tokens that the target's node `$cbs` takes. */
export interface TokensFacility {
  /** Who may do nothing in the virtual host but by tokens. */
  readonly login: Login;
  /** As put-token names it. */
  readonly type: string;
  /** A token that allows these, regular expressions of names, for as long as said: in milliseconds, left out: as long as the connection lasts. */
  issue(rights: Partial<Readonly<Record<'configure' | 'write' | 'read', string>>>, lifeMs?: number): string;
  /** What is no token. */
  readonly invalid: string;
}

/** What was arranged on a target besides its login. Each part may be missing: a URL of a stranger comes with none. */
export interface Facilities {
  readonly logins?: Readonly<Record<Restriction, Login>>;
  /** A virtual host that the target's own login may use besides its usual one. */
  readonly otherVirtualHost?: string;
  readonly tls?: TlsFacility;
  readonly webSocket?: WebSocketFacility;
  /** Client certificates that the target's authority has signed; `user` is whom the known one stands for, who may use the target's usual virtual host and not the other. Without it there is only the foreign one. */
  readonly clientCertificates?: { readonly user: string };
  /** Puts the target into an alarm of memory or disk, and ends it. */
  readonly alarm?: { raise(resource: Resource): Promise<void>; clear(resource: Resource): Promise<void> };
  readonly tokens?: TokensFacility;
  /** Makes queues for checks of 1.0, where the target has no way of its own. */
  readonly queues?: QueueHook;
  /** How long a delivery may stay unacknowledged there before the channel is closed, in milliseconds; present where that is short enough to wait for. */
  readonly acknowledgementTimeoutMs?: number;
}

/** What a reader is told who wants a facility. */
export const facilityTitles: Readonly<Record<keyof Facilities, string>> = {
  logins: 'which users lack a permission',
  otherVirtualHost: 'which second virtual host its user may open',
  tls: 'where it speaks TLS',
  webSocket: 'where it speaks AMQP over WebSocket',
  clientCertificates: 'which client certificates it trusts, and for whom',
  alarm: 'how to put it into an alarm',
  tokens: 'which tokens it takes',
  queues: 'how a queue is made there',
  acknowledgementTimeoutMs: 'after how long it gives up on an acknowledgement',
};
