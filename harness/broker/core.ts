import type { SingleChange } from '../store/store.ts';
import { accessOf, type PermissionTable } from './access.ts';
import { Agenda } from './agenda.ts';
import { DeadLetters } from './dead-letters.ts';
import { Deque } from './deque.ts';
import { Dispatcher } from './dispatcher.ts';
import { Expiry } from './expiry.ts';
import { handle } from './handlers.ts';
import { lapse } from './lapsing.ts';
import type { EntityLimits } from './limits.ts';
import { Pager, type Recall } from './paging.ts';
import type { Entry, Queue } from './queue.ts';
import { fullFor, type Quotas } from './quotas.ts';
import { Reach } from './reach.ts';
import type { Readings } from './readings.ts';
import type { Channel, Connection } from './session.ts';
import { VirtualHost } from './virtual-host.ts';
import type { Command, ConnectionId, Effect, Resource, TransactionId } from './vocabulary.ts';

export interface CoreSettings {
  readonly virtualHosts: readonly string[];
  /** What users may do, by user and virtual host. Who is not in it may do everything. */
  readonly permissions: PermissionTable;
  readonly readings: Readings;
  /** Octets sent to a connection after which the broker waits for `resume`. */
  readonly windowOctets: number;
  /** Octets that messages in queues take above which publishing connections are held. */
  readonly memoryOctets: number;
  /** Octets that messages in queues take above which stored messages are left to the store. */
  readonly pageOctets: number;
  /** Octets that a message in a queue is taken to cost besides its body. */
  readonly overheadOctets: number;
  readonly limits: EntityLimits;
  readonly quotas: Quotas;
  /** The changing part of names that the broker chooses; every call another. */
  uniqueName(): string;
}

/** What a client hears of when the store has it: a publish, which is confirmed, or without `deliveryTag` a commit. */
interface AwaitingStore {
  readonly ticket: number;
  readonly channel: Channel;
  readonly deliveryTag: number | undefined;
  /** A discharge of this transaction; left out: the channel's own commit. */
  readonly transaction?: TransactionId;
}

/**
 * The broker as a function from command to effects: no frames, sockets, timers or randomness. `apply` is to be called with one command at a
 * time; the effects that it adds are to be carried out in their order before the next. Whoever calls it sets `now` before.
 */
export class Core {
  readonly settings: CoreSettings;
  readonly virtualHosts = new Map<string, VirtualHost>();
  readonly connections = new Map<ConnectionId, Connection>();
  readonly dispatcher = new Dispatcher(this);
  readonly reach = new Reach(this.virtualHosts);
  readonly deadLetters = new DeadLetters(this);
  readonly expiry = new Expiry(this);
  /** What the broker runs short of, as it was told. */
  readonly alarms = new Set<Resource>();
  /** Queues whose time may be over. */
  readonly lapsing = new Set<Queue>();
  /** Connections that were asked to stop publishing. */
  readonly holding = new Set<Connection>();
  readonly awaitingStore = new Deque<AwaitingStore>();
  /** Channels of all connections. */
  openChannels = 0;
  readonly pager: Pager;
  /** Octets of the bodies in all queues, settled ones and those that are on disk only not counted. */
  heldOctets = 0;
  /** How many messages these are. */
  heldMessages = 0;
  /** What the messages that wait for a commit cost, in octets. */
  transactionOctets = 0;
  /** Of the message that came last. */
  position = 0;
  /** The time of the command at hand, in milliseconds since 1970; in a simulation, since its start. */
  now = 0;
  readonly #agenda = new Agenda();
  #wakeAt = Number.POSITIVE_INFINITY;
  #ticket = 0;
  #effects: Effect[] = [];
  #group: SingleChange[] | undefined;

  /** `recall` reads a message from the store; left out where that holds everything in memory. */
  constructor(settings: CoreSettings, recall?: Recall) {
    this.settings = settings;
    this.pager = new Pager(this, recall);
    for (const name of settings.virtualHosts) this.virtualHosts.set(name, new VirtualHost(name, settings.readings));
  }

  /** Carries out one command and adds what it brings about to `effects`. Never throws on what a peer may ask. */
  apply(command: Command, effects: Effect[]): void {
    this.#effects = effects;
    handle(this, command);
    if (this.lapsing.size > 0) lapse(this);
    this.deadLetters.publish();
  }

  /** Has `task` run by the first `tick` at `ms` or later; the returned function calls it off. */
  at(ms: number, task: () => void): () => void {
    const callOff = this.#agenda.at(ms, task);
    this.#wakeBy(ms);
    return callOff;
  }

  /** Runs what is due by now. */
  tick(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    for (let task = this.#agenda.takeDue(this.now); task !== undefined; task = this.#agenda.takeDue(this.now)) task();
    this.#wakeBy(this.#agenda.next ?? Number.POSITIVE_INFINITY);
  }

  #wakeBy(ms: number): void {
    if (ms >= this.#wakeAt) return;
    this.#wakeAt = ms;
    this.emit({ kind: 'wake-at', ms });
  }

  /** Whether this user may open this virtual host; `full` and its like: there are as many connections as may be, of all, of the user, to the virtual host. */
  admits(user: string, virtualHost: string): 'open' | 'unknown' | 'refused' | 'full' | 'user-full' | 'virtual-host-full' {
    if (!this.virtualHosts.has(virtualHost)) return 'unknown';
    if (accessOf(this.settings.permissions, user, virtualHost) === 'none') return 'refused';
    if (this.connections.size >= this.settings.limits.connections) return 'full';
    return fullFor(this, user, virtualHost) ?? 'open';
  }

  /** Queues of all virtual hosts. */
  get queueCount(): number {
    let count = 0;
    for (const { queues } of this.virtualHosts.values()) count += queues.size;
    return count;
  }

  /** Octets that the messages in all queues take. */
  get memoryTaken(): number {
    return this.heldOctets + this.heldMessages * this.settings.overheadOctets;
  }

  /** Whether that is more than may be: publishing connections are asked to wait. */
  get full(): boolean {
    return this.memoryTaken > this.settings.memoryOctets;
  }

  /** Whether so much has left that they may go on. */
  get roomy(): boolean {
    return this.memoryTaken <= this.settings.memoryOctets * 0.8;
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Has a change written; no client waits for it. `awaited`: the pager does. */
  persist(change: SingleChange, awaited = false): void {
    if (this.#group !== undefined) this.#group.push(change);
    else {
      if (awaited) this.#ticket += 1;
      this.emit({ kind: 'persist', change, ticket: awaited ? this.#ticket : undefined });
    }
  }

  /** Has `entry` left to the store when that has what was written last. */
  pageWhenStored(entry: Entry): void {
    this.pager.whenStored(entry, this.#group === undefined ? this.#ticket : this.#ticket + 1);
  }

  /**
   * Has all that `work` persists written as one change, and a commit of the channel, or a discharge of `transaction`, answered when it is stored.
   * False: there was nothing to write.
   */
  persistTogether(channel: Channel, work: () => void, transaction?: TransactionId): boolean {
    const changes: SingleChange[] = [];
    this.#group = changes;
    work();
    this.#group = undefined;
    if (changes.length === 0) return false;
    this.#ticket += 1;
    this.awaitingStore.push({ ticket: this.#ticket, channel, deliveryTag: undefined, ...(transaction !== undefined && { transaction }) });
    this.emit({ kind: 'persist', change: { change: 'group', changes }, ticket: this.#ticket });
    return true;
  }

  /** Has a change written and a publish confirmed when it is stored. */
  persistAndConfirm(change: SingleChange, channel: Channel, deliveryTag: number): void {
    this.#ticket += 1;
    this.awaitingStore.push({ ticket: this.#ticket, channel, deliveryTag });
    channel.unconfirmed.push(deliveryTag);
    this.emit({ kind: 'persist', change, ticket: this.#ticket });
  }
}
