import type { Core } from '../broker/core.ts';
import type { Command, CommandKind, ConnectionId, Effect, EffectKind } from '../broker/vocabulary.ts';
import type { ChaosOptions } from './chaos-options.ts';
import { randomFrom } from './random.ts';

/** Something that a client asks for, or is about to hear. */
export interface Moment {
  readonly method: string;
  readonly connection: ConnectionId;
  readonly channel: number;
  readonly queue: string | undefined;
  readonly exchange: string | undefined;
}

const asked: { readonly [K in CommandKind]?: string } = {
  'open-channel': 'channel.open',
  'declare-exchange': 'exchange.declare',
  'delete-exchange': 'exchange.delete',
  'bind-exchange': 'exchange.bind',
  'unbind-exchange': 'exchange.unbind',
  'declare-queue': 'queue.declare',
  'delete-queue': 'queue.delete',
  'bind-queue': 'queue.bind',
  'unbind-queue': 'queue.unbind',
  'purge-queue': 'queue.purge',
  'limit-prefetch': 'basic.qos',
  consume: 'basic.consume',
  cancel: 'basic.cancel',
  publish: 'basic.publish',
  get: 'basic.get',
  'select-confirm': 'confirm.select',
  'select-transaction': 'tx.select',
  commit: 'tx.commit',
  'roll-back': 'tx.rollback',
};

const heard: { readonly [K in EffectKind]?: string } = { deliver: 'basic.deliver', got: 'basic.get-ok', confirm: 'basic.ack' };

/** Methods at which a nuisance may strike. */
export const methodsOfMoments: readonly string[] = [...Object.values(asked), ...Object.values(heard)];

export function momentOf(command: Command): Moment | undefined {
  const method = asked[command.kind];
  if (method === undefined || !('channel' in command)) return undefined;
  const { connection, channel } = command;
  if (command.kind === 'publish') {
    const { exchange, routingKey } = command.message;
    return { method, connection, channel, exchange, queue: exchange === '' ? routingKey : undefined };
  }
  return {
    method,
    connection,
    channel,
    queue: 'queue' in command ? command.queue : undefined,
    exchange: 'exchange' in command ? command.exchange : undefined,
  };
}

/** An answer, a delivery or a confirm; undefined for effects that no client hears of. `command` brought it about. */
export function momentHeard(effect: Effect, command: Command, core: Core): Moment | undefined {
  if (!('channel' in effect) || effect.kind === 'committing') return undefined;
  const { connection, channel } = effect;
  const at = { connection, channel, method: heard[effect.kind] ?? 'answer', queue: undefined, exchange: undefined };
  if (effect.kind === 'got') return { ...at, exchange: effect.message.exchange, queue: 'queue' in command ? command.queue : undefined };
  if (effect.kind !== 'deliver') return at;
  const consumer = core.connections.get(connection)?.channels.get(channel)?.consumers.get(effect.consumerTag);
  return { ...at, exchange: effect.message.exchange, queue: consumer?.queue.name };
}

/** Between a nuisance and whoever put it there. */
export interface ChaosHooks {
  /** Hears each time that it strikes. */
  struck?(): void;
  /** Whether it is to strike no more. */
  stopped?(): boolean;
}

/** Decides at each moment whether it is the one. Remembers, so that each broker has its own. */
export class Trigger {
  readonly #options: ChaosOptions;
  readonly #hooks: ChaosHooks;
  readonly random: () => number;
  #seen = 0;
  #strikes = 0;

  constructor(options: ChaosOptions, hooks: ChaosHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.random = randomFrom(options.seed ?? 1);
  }

  strikes(moment: Moment | undefined): moment is Moment {
    const { method, queue, exchange, after = 0, first = Number.POSITIVE_INFINITY, every = 1, probability = 1 } = this.#options;
    if (moment === undefined || this.#hooks.stopped?.() || (method !== undefined && moment.method !== method)) return false;
    if ((queue !== undefined && moment.queue !== queue) || (exchange !== undefined && moment.exchange !== exchange)) return false;
    this.#seen += 1;
    const now = this.#seen > after && (this.#seen - after) % every === 0 && this.#strikes < first && (probability === 1 || this.random() < probability);
    if (!now) return false;
    this.#strikes += 1;
    this.#hooks.struck?.();
    return true;
  }
}
