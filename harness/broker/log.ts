import type { ConnectionId, Resource } from './vocabulary.ts';

/** What a broker tells of itself as it happens. Names and texts may come from clients; nothing in it is a secret. */
export type BrokerEvent =
  | {
      readonly event: 'connection-opened';
      readonly connection: ConnectionId;
      /** Address and port of the client, as the listener knows it. */
      readonly peer: string;
      readonly user: string;
      readonly virtualHost: string;
      /** What the client says of itself: connection name, or product and version. */
      readonly client: string;
    }
  | { readonly event: 'connection-closed'; readonly connection: ConnectionId; readonly peer: string; readonly user: string; readonly why: string }
  /** Whoever asked never came to an open connection: credentials, virtual host, limit, a handshake that was wrong or too slow. */
  | { readonly event: 'connection-refused'; readonly peer: string; readonly why: string }
  /** Accepted and dropped at once, since too many are open: so many since this was told last, at most once a second. */
  | { readonly event: 'connections-dropped'; readonly count: number; readonly why: string }
  | { readonly event: 'channel-exception'; readonly connection: ConnectionId; readonly channel: number; readonly code: number; readonly why: string }
  /** A link of 1.0 was refused or detached with an error; or its session was ended, which is named instead. */
  | { readonly event: 'link-exception'; readonly connection: ConnectionId; readonly link: string; readonly condition: string; readonly why: string }
  /** The connection is not read from, since it publishes while something is scarce; or it is again. */
  | { readonly event: 'publisher-held'; readonly connection: ConnectionId; readonly why: string }
  | { readonly event: 'publisher-released'; readonly connection: ConnectionId }
  /** The store took something not: what is published from now on is refused, and what was confirmed before is safe. */
  | { readonly event: 'store-failed'; readonly why: string }
  /** Told from outside, or more octets of bodies are held than the broker may (`memory`). */
  | { readonly event: 'alarm-raised' | 'alarm-cleared'; readonly resource: Resource };

/** Takes what happens. Must not throw. */
export type Log = (event: BrokerEvent) => void;
