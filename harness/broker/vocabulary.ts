import type { ReplyCode } from '../spec/amqp091/constants.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { RuleId } from '../spec/catalogue.ts';
import type { SingleChange } from '../store/store.ts';
import type { Access } from './access-patterns.ts';
import type { Lapse } from './lapsing.ts';
import type { Message } from './message.ts';

export type * from './effects.ts';

/** Names one connection for as long as the broker lives; never used twice. */
export type ConnectionId = number;

/** Which channel of which connection a command or an effect is about. */
export interface OnChannel {
  readonly connection: ConnectionId;
  readonly channel: number;
}

interface OnQueue extends OnChannel {
  /** Empty: the queue that was declared last on the channel. */
  readonly queue: string;
}

interface Quiet {
  /** No reply wanted; a refusal comes all the same. */
  readonly noWait: boolean;
}

interface BetweenExchanges {
  readonly source: string;
  readonly destination: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** What becomes of a delivery that a client settles. */
export type Outcome = 'accept' | 'requeue' | 'discard';

/** What changes about a message that goes back to its queue. */
export interface Modification {
  /** The attempt counts as one that failed. */
  readonly deliveryFailed: boolean;
  /** It is not to be sent to the same consumer again. */
  readonly undeliverableHere: boolean;
  /** What the receiver made of it; left out: nothing. Its body stays as large as it was. */
  readonly message?: (message: Message) => Message;
}

/** Names a transaction of a connection; never used twice on it. */
export type TransactionId = number;

/** Left out: it happens at once, or with the channel's own commit. */
interface InTransaction {
  readonly transaction?: TransactionId;
}

/** What a client, the store or the embedding program asks of the broker. Commands of unknown connections and channels have no effect. */
export type Command =
  /** Opens a connection of a user to a virtual host. `cancelNotify`: the client wants to hear of consumers it loses. */
  | { readonly kind: 'connect'; readonly connection: ConnectionId; readonly user: string; readonly virtualHost: string; readonly cancelNotify: boolean }
  /** What its user may do from now on, whatever the table of permissions says: what any of these allows. */
  | { readonly kind: 'grant-access'; readonly connection: ConnectionId; readonly access: Access | undefined }
  /** The connection is gone, however it ended. */
  | { readonly kind: 'disconnect'; readonly connection: ConnectionId }
  /** What `window-used` reported was sent: deliveries may go on. */
  | { readonly kind: 'resume'; readonly connection: ConnectionId }
  /** `spares`: what is refused on it is told and changes nothing, and the channel lives on. */
  | ({ readonly kind: 'open-channel'; readonly spares?: true } & OnChannel)
  | ({ readonly kind: 'close-channel' } & OnChannel)
  /** All at once: what goes back from one of them does not come to another. */
  | { readonly kind: 'close-channels'; readonly connection: ConnectionId; readonly channels: readonly number[] }
  | ({ readonly kind: 'flow'; readonly active: boolean } & OnChannel)
  | ({
      readonly kind: 'declare-exchange';
      readonly exchange: string;
      readonly type: string;
      readonly passive: boolean;
      readonly durable: boolean;
      readonly autoDelete: boolean;
      readonly internal: boolean;
      readonly arguments: FieldTable;
    } & OnChannel &
      Quiet)
  | ({ readonly kind: 'delete-exchange'; readonly exchange: string; readonly ifUnused: boolean } & OnChannel & Quiet)
  | ({
      readonly kind: 'declare-queue';
      readonly passive: boolean;
      readonly durable: boolean;
      readonly exclusive: boolean;
      readonly autoDelete: boolean;
      readonly arguments: FieldTable;
      /** It is made for the channel, and goes when that is closed and what it says is gone too; for queues that are not there yet. */
      readonly lapse?: Lapse;
    } & OnQueue &
      Quiet)
  | ({ readonly kind: 'bind-queue'; readonly exchange: string; readonly routingKey: string; readonly arguments: FieldTable } & OnQueue & Quiet)
  | ({ readonly kind: 'unbind-queue'; readonly exchange: string; readonly routingKey: string; readonly arguments: FieldTable } & OnQueue)
  /** Source and destination: which way messages flow. */
  | ({ readonly kind: 'bind-exchange' } & BetweenExchanges & OnChannel & Quiet)
  | ({ readonly kind: 'unbind-exchange' } & BetweenExchanges & OnChannel & Quiet)
  | ({ readonly kind: 'purge-queue' } & OnQueue & Quiet)
  | ({ readonly kind: 'delete-queue'; readonly ifUnused: boolean; readonly ifEmpty: boolean } & OnQueue & Quiet)
  /** Zero is no limit. `prefetchSize` in octets of message bodies. */
  | ({ readonly kind: 'limit-prefetch'; readonly prefetchSize: number; readonly prefetchCount: number; readonly global: boolean } & OnChannel)
  | ({
      readonly kind: 'consume';
      /** Empty: the broker chooses one. */
      readonly consumerTag: string;
      readonly noLocal: boolean;
      readonly noAck: boolean;
      readonly exclusive: boolean;
      readonly arguments: FieldTable;
      /** Deliveries that it may get until `grant-credit` says another number; left out: prefetch limits alone count. */
      readonly credit?: number;
      /** Is shown what is in the queue, and takes nothing off it. */
      readonly browses?: boolean;
      /** Which messages it wants; left out: all. The same message gets the same answer whenever it is asked for. */
      readonly wants?: (message: Message) => boolean;
    } & OnQueue &
      Quiet)
  /** How many deliveries a consumer may get from now on. `drain`: what the queue has for it is sent, and the rest of the credit given up. */
  | ({ readonly kind: 'grant-credit'; readonly consumerTag: string; readonly credit: number; readonly drain: boolean } & OnChannel)
  | ({ readonly kind: 'cancel'; readonly consumerTag: string } & OnChannel & Quiet)
  /**
   * The channel is going to publish there. `queue`, unless empty: to the default exchange and into this queue, whose end it wants to hear of. What keeps it
   * from that is a refusal now.
   */
  | ({ readonly kind: 'begin-publishing'; readonly exchange: string; readonly queue: string } & OnChannel)
  /**
   * `spared`: what is wrong with this message is told by its confirm alone, and its channel lives on. `refused`: where it is to be confirmed, it is confirmed as
   * not taken and goes nowhere. No client asks for that; who stands around the core may.
   */
  | ({
      readonly kind: 'publish';
      readonly message: Message;
      readonly mandatory: boolean;
      readonly immediate: boolean;
      readonly spared?: true;
      readonly refused?: true;
    } & OnChannel &
      InTransaction)
  | ({ readonly kind: 'get'; readonly noAck: boolean } & OnQueue)
  /** `multiple`: everything up to and including the tag; tag zero then means everything. */
  | ({
      readonly kind: 'settle';
      readonly deliveryTag: number;
      readonly multiple: boolean;
      readonly outcome: Outcome;
      /** Goes with `requeue`; what it makes of the message with `discard` too, for the letter that comes of it. */
      readonly modification?: Modification;
    } & OnChannel &
      InTransaction)
  | ({ readonly kind: 'recover'; readonly requeue: boolean } & OnChannel & Quiet)
  | ({ readonly kind: 'select-confirm' } & OnChannel & Quiet)
  /** From now on what the channel publishes and settles waits for a commit. */
  | ({ readonly kind: 'select-transaction' } & OnChannel)
  | ({ readonly kind: 'commit' } & OnChannel)
  | ({ readonly kind: 'roll-back' } & OnChannel)
  /** Begins a transaction that the channel controls and that whatever channel of its connection may work in. It is rolled back when its channel ends first. */
  | ({ readonly kind: 'begin-transaction'; readonly transaction: TransactionId } & OnChannel)
  /** Ends a transaction that the channel controls. */
  | ({ readonly kind: 'discharge'; readonly transaction: TransactionId; readonly fail: boolean } & OnChannel)
  /** Every `persist` with a ticket up to this one is stored, or will never be. */
  | { readonly kind: 'stored'; readonly upTo: number; readonly failed: boolean }
  /** Brings back one change that a store loaded; `message` goes with an append. */
  | { readonly kind: 'restore'; readonly change: SingleChange; readonly message?: Message }
  /** The time that `wake-at` asked for has come; a tick that comes early does no harm. */
  | { readonly kind: 'tick' }
  /** The broker runs short of a resource, or no longer: connections that publish are held meanwhile. */
  | { readonly kind: 'alarm'; readonly resource: Resource; readonly raised: boolean }
  /** Publishes from within the embedding program, on no connection. */
  | { readonly kind: 'inject'; readonly virtualHost: string; readonly message: Message };

/** What a broker may run short of. */
export type Resource = 'memory' | 'disk';

export type CommandKind = Command['kind'];
export type CommandOf<K extends CommandKind> = Extract<Command, { readonly kind: K }>;

/** Why a command is refused. */
export interface Refusal {
  readonly scope: 'channel' | 'connection';
  readonly code: ReplyCode;
  readonly text: string;
  /** The rule that the client broke, where readings may answer it otherwise. */
  readonly rule?: RuleId;
}
