import type { ReplyCode } from '../spec/amqp091/constants.ts';
import type { Change } from '../store/store.ts';
import type { Message } from './message.ts';
import type { ConnectionId, OnChannel, Refusal, TransactionId } from './vocabulary.ts';

/** What a command brings about, in the order in which it has to happen. */
export type Effect =
  | { readonly kind: 'connected'; readonly connection: ConnectionId }
  | ({ readonly kind: 'channel-opened' } & OnChannel)
  | ({ readonly kind: 'flow-set'; readonly active: boolean } & OnChannel)
  | ({ readonly kind: 'exchange-declared' } & OnChannel)
  | ({ readonly kind: 'exchange-deleted' } & OnChannel)
  | ({ readonly kind: 'exchange-bound' } & OnChannel)
  | ({ readonly kind: 'exchange-unbound' } & OnChannel)
  | ({ readonly kind: 'queue-declared'; readonly queue: string; readonly messageCount: number; readonly consumerCount: number } & OnChannel)
  | ({ readonly kind: 'queue-bound' } & OnChannel)
  | ({ readonly kind: 'queue-unbound' } & OnChannel)
  | ({ readonly kind: 'queue-purged'; readonly messageCount: number } & OnChannel)
  | ({ readonly kind: 'queue-deleted'; readonly messageCount: number } & OnChannel)
  | ({ readonly kind: 'prefetch-limited' } & OnChannel)
  | ({ readonly kind: 'consuming'; readonly consumerTag: string } & OnChannel)
  | ({ readonly kind: 'cancelled'; readonly consumerTag: string } & OnChannel)
  | ({
      readonly kind: 'deliver';
      readonly consumerTag: string;
      readonly deliveryTag: number;
      readonly redelivered: boolean;
      /** Earlier attempts that a receiver called failed. */
      readonly failures: number;
      /** When the message is to be gone, in milliseconds; `never` where nobody said. */
      readonly deadlineMs: number;
      readonly message: Message;
    } & OnChannel)
  /** How a consumer stands after `grant-credit`, or later, once it is `drained`. `available`: messages that its queue holds ready. */
  | ({ readonly kind: 'credited'; readonly consumerTag: string; readonly credit: number; readonly available: number; readonly drained: boolean } & OnChannel)
  | ({
      readonly kind: 'got';
      readonly deliveryTag: number;
      readonly redelivered: boolean;
      readonly messageCount: number;
      readonly message: Message;
    } & OnChannel)
  | ({ readonly kind: 'got-nothing' } & OnChannel)
  | ({ readonly kind: 'recovered' } & OnChannel)
  | ({ readonly kind: 'confirm-selected' } & OnChannel)
  | ({ readonly kind: 'transaction-selected' } & OnChannel)
  /** A commit waits for the store: nothing more is to be asked for its connection before `committed`, or the refusal that may come instead. */
  | ({ readonly kind: 'committing' } & OnChannel)
  | ({ readonly kind: 'committed' } & OnChannel)
  | ({ readonly kind: 'transaction-begun'; readonly transaction: TransactionId } & OnChannel)
  /** `failed`: it should have been committed, and the store could not. `unknown`: there is no such transaction of that channel. What was to be settled in a transaction that was rolled back is outstanding still. */
  | ({ readonly kind: 'discharged'; readonly transaction: TransactionId; readonly outcome: 'committed' | 'rolled-back' | 'failed' | 'unknown' } & OnChannel)
  /** Another answer waits for the store, or no longer; said by what runs the core. Nothing more is to be asked for its connection meanwhile. */
  | { readonly kind: 'await-store'; readonly connection: ConnectionId; readonly waiting: boolean }
  | ({ readonly kind: 'rolled-back' } & OnChannel)
  /** A mandatory message that no queue takes goes back. */
  | ({ readonly kind: 'return'; readonly code: ReplyCode; readonly text: string; readonly message: Message } & OnChannel)
  /** The broker has taken a message over, or could not (`accepted` false). `multiple`: no lower tag of the channel is still open. `refusal`: why a message that was spared was not taken. */
  | ({ readonly kind: 'confirm'; readonly deliveryTag: number; readonly multiple: boolean; readonly accepted: boolean; readonly refusal?: Refusal } & OnChannel)
  /** It may publish there. */
  | ({ readonly kind: 'publishing' } & OnChannel)
  /** The queue that the channel said it publishes to is gone. */
  | ({ readonly kind: 'target-lost' } & OnChannel)
  /** The broker ended a consumer by itself; only for connections that asked for it. */
  | ({ readonly kind: 'consumer-lost'; readonly consumerTag: string } & OnChannel)
  /**
   * The last command of the connection is refused, or with `unprovoked` what none of its commands brought about; channel or connection are closed for
   * the broker already. Channel 0: not about a channel.
   */
  | ({
      readonly kind: 'refused';
      readonly scope: 'channel' | 'connection';
      readonly code: ReplyCode;
      readonly text: string;
      readonly unprovoked?: true;
    } & OnChannel)
  /** The connection's window is used up: no deliveries until `resume`. */
  | { readonly kind: 'window-used'; readonly connection: ConnectionId }
  /** Stop or go on reading from a connection that publishes more than the broker can hold. */
  | { readonly kind: 'hold'; readonly connection: ConnectionId; readonly held: boolean; readonly reason: string }
  /** Ends the connection's stream at once, or has it fall silent for good. The core never asks for it; who stands around it may. */
  | { readonly kind: 'break-off'; readonly connection: ConnectionId; readonly how: 'reset' | 'stall' }
  /** `tick` is wanted at `ms`, instead of whatever time was asked for before. */
  | { readonly kind: 'wake-at'; readonly ms: number }
  /** Write this change. With a ticket, `stored` is awaited. */
  | { readonly kind: 'persist'; readonly change: Change; readonly ticket: number | undefined };

export type EffectKind = Effect['kind'];
export type EffectOf<K extends EffectKind> = Extract<Effect, { readonly kind: K }>;

/** Effects that a connection's dialect carries out. */
export type ConnectionEffect = Exclude<Effect, { readonly kind: 'persist' | 'wake-at' }>;
