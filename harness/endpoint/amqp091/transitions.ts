import type { MethodName } from '../../spec/amqp091/classes.ts';
import type { Role } from './vocabulary.ts';

/**
 * How far a connection has come: named after the last step of the opening grammar that was taken. `initial` is before the protocol header.
 * `client-close` and `server-close` say whose close still waits for its close-ok; `both-close` that two crossed. After `close-ok` only the
 * sockets are left to close; `closed` is an end without handshake.
 */
export type ConnectionState =
  | 'initial'
  | 'header'
  | 'start'
  | 'start-ok'
  | 'secure'
  | 'secure-ok'
  | 'tune'
  | 'tune-ok'
  | 'open'
  | 'open-ok'
  | 'client-close'
  | 'server-close'
  | 'both-close'
  | 'close-ok'
  | 'closed';

/** As a connection's, for one channel: `opening` is between open and open-ok. */
export type ChannelState = 'closed' | 'opening' | 'open' | 'client-close' | 'server-close' | 'both-close';

export type ConnectionMethodName = Extract<MethodName, `connection.${string}`>;
export type ChannelMethodName = Extract<MethodName, `channel.${string}`>;

/** Which steps each side may take; what is not listed is out of place. */
type Steps<Name extends string, State> = { readonly [Sender in Role]?: { readonly [N in Name]?: State } };

type Table<State extends string, Name extends string> = { readonly [S in State]: Steps<Name, State> };

/**
 * Class connection: by state and sender, which method is in place and where it leads. A close in answer to start-ok or secure-ok
 * is the extension authentication_failure_close.
 */
export const connectionTransitions: Table<ConnectionState, ConnectionMethodName> = {
  initial: {},
  header: { server: { 'connection.start': 'start' } },
  start: { client: { 'connection.start-ok': 'start-ok' } },
  'start-ok': { server: { 'connection.secure': 'secure', 'connection.tune': 'tune', 'connection.close': 'server-close' } },
  secure: { client: { 'connection.secure-ok': 'secure-ok' } },
  'secure-ok': { server: { 'connection.secure': 'secure', 'connection.tune': 'tune', 'connection.close': 'server-close' } },
  tune: { client: { 'connection.tune-ok': 'tune-ok' } },
  'tune-ok': { client: { 'connection.open': 'open' } },
  open: {
    client: { 'connection.close': 'client-close' },
    server: { 'connection.open-ok': 'open-ok', 'connection.close': 'server-close' },
  },
  'open-ok': {
    client: { 'connection.close': 'client-close', 'connection.update-secret': 'open-ok' },
    server: {
      'connection.close': 'server-close',
      'connection.blocked': 'open-ok',
      'connection.unblocked': 'open-ok',
      'connection.update-secret-ok': 'open-ok',
    },
  },
  'client-close': { server: { 'connection.close-ok': 'close-ok', 'connection.close': 'both-close' } },
  'server-close': { client: { 'connection.close-ok': 'close-ok', 'connection.close': 'both-close' } },
  'both-close': { client: { 'connection.close-ok': 'client-close' }, server: { 'connection.close-ok': 'server-close' } },
  'close-ok': {},
  closed: {},
};

/**
 * Class channel, and with `functional-class`, as the grammar calls them, all methods of the other classes. A channel is open for the client as soon as it
 * has sent open (2.3.7), so that it need not wait for open-ok.
 */
export const channelTransitions: Table<ChannelState, ChannelMethodName | 'functional-class'> = {
  closed: { client: { 'channel.open': 'opening' } },
  opening: {
    client: { 'channel.flow': 'opening', 'channel.flow-ok': 'opening', 'channel.close': 'client-close', 'functional-class': 'opening' },
    server: { 'channel.open-ok': 'open', 'channel.close': 'server-close' },
  },
  open: {
    client: { 'channel.flow': 'open', 'channel.flow-ok': 'open', 'channel.close': 'client-close', 'functional-class': 'open' },
    server: { 'channel.flow': 'open', 'channel.flow-ok': 'open', 'channel.close': 'server-close', 'functional-class': 'open' },
  },
  'client-close': { server: { 'channel.close-ok': 'closed', 'channel.close': 'both-close' } },
  'server-close': { client: { 'channel.close-ok': 'closed', 'channel.close': 'both-close' } },
  'both-close': { client: { 'channel.close-ok': 'client-close' }, server: { 'channel.close-ok': 'server-close' } },
};

/** What a channel waits for next in one direction: any method, or the header or the rest of the body of a content. */
export type ContentState = 'method' | 'header' | 'body';

/** Which frame is in place in which content state, and else the rule that is broken. */
export const contentTransitions = {
  method: { method: 'in-place', header: 'amqp091/4.2.6.unexpected-header', body: 'amqp091/4.2.6.unexpected-body' },
  header: { method: 'amqp091/4.2.6.header-missing', header: 'in-place', body: 'amqp091/4.2.6.unexpected-body' },
  body: { method: 'amqp091/4.2.6.body-missing', header: 'amqp091/4.2.6.unexpected-header', body: 'in-place' },
} as const satisfies Readonly<Record<ContentState, Readonly<Record<'method' | 'header' | 'body', string>>>>;

/** States in which an error ends with a bare close: neither open nor open-ok was sent (2.2.4). */
export const beforeOpen: ReadonlySet<ConnectionState> = new Set(['initial', 'header', 'start', 'start-ok', 'secure', 'secure-ok', 'tune', 'tune-ok']);

/** States in which channels can be used. A connection is open for the client as soon as it has sent open (2.3.7). */
export const channelsUsable: ReadonlySet<ConnectionState> = new Set(['open', 'open-ok']);

/** Whether this role has sent a close that was not answered yet: all but close and close-ok is discarded then. */
export function discards(role: Role, state: ConnectionState | ChannelState): boolean {
  return state === 'both-close' || state === (role === 'client' ? 'client-close' : 'server-close');
}
