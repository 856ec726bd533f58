import type { ConnectionMachine } from '../../endpoint/amqp10/connection.ts';
import type { ConnectionEvent, IncomingDelivery, LinkEndpoint, UnsettledDelivery } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpDisposition, AmqpError } from '../../wire/amqp10/codec.ts';
import type { Broker } from '../broker.ts';
import type { Command, ConnectionEffect, ConnectionId } from '../vocabulary.ts';
import type { Diary10 } from './amqp10-diary.ts';
import type { Legacy } from './amqp10-resumption.ts';
import type { Amqp10Settings } from './amqp10-settings.ts';
import type { Expiring } from './amqp10-suspended.ts';
import type { Transactions10 } from './amqp10-transactions.ts';

/** What the links of a connection share. */
export interface Port {
  readonly connection: ConnectionId;
  readonly machine: ConnectionMachine;
  readonly broker: Broker;
  readonly settings: Amqp10Settings;
  readonly diary: Diary10;
  readonly virtualHost: string;
  readonly user: string;
  readonly containerId: string;
  readonly transactions: Transactions10;
  /** The broker runs short of something: nobody is to be given credit. */
  readonly held: boolean;
  /** Every link of the connection. */
  links(): Iterable<ServedLink>;
  /** Of the machine's clock. */
  now(): number;
  /** Does something so many milliseconds from now; the answer calls it off. */
  later(ms: number, task: () => void): () => void;
  submit(command: Command): void;
  /** Lets go of a link that is detached and not yet over; of any other it does nothing. */
  expire(link: ServedLink): void;
  /** A link that is detached and not yet over expires no more, until it is let go of: what it left is another's. */
  retain(link: ServedLink): void;
}

/** What a link needs to be allowed, for as long as it stands. */
export type Need = readonly [permission: 'read' | 'write', name: string];

export type EventOf<K extends ConnectionEvent['kind']> = Extract<ConnectionEvent, { readonly kind: K }>;

/** An effect on the channel of a link. */
export type LinkEffect = Extract<ConnectionEffect, { readonly channel: number }>;

/** One link as the dialect serves it: a channel of the core. */
export interface ServedLink {
  readonly link: LinkEndpoint;
  readonly channel: number;
  effect(effect: LinkEffect): void;
  flow(event: EventOf<'flow'>): void;
  delivery(delivery: IncomingDelivery): void;
  disposition(disposition: AmqpDisposition, delivery: UnsettledDelivery): void;
  /** Publishers are held, or no longer. */
  hold(held: boolean): void;
  /** The window of its session has moved. */
  windowMoved(): void;
  /** Nothing passes over it any more: what it has to say to the core before its channel is closed. */
  over(): void;
  /** Its channel is closed, and others of the connection go on. */
  gone(): void;
}

/** What every link does: it is refused, or detached, with an error. */
export abstract class AnyLink implements ServedLink {
  readonly link: LinkEndpoint;
  readonly channel: number;
  protected readonly port: Port;
  /** What of it has to stay where it is attached no more: a terminus that has not expired. */
  terminus: Expiring = {};
  #refused = false;

  constructor(link: LinkEndpoint, channel: number, port: Port) {
    this.link = link;
    this.channel = channel;
    this.port = port;
  }

  abstract effect(effect: LinkEffect): void;

  /** Undefined: nothing in particular. */
  get need(): Need | undefined {
    return undefined;
  }

  flow(_event: EventOf<'flow'>): void {}

  delivery(_delivery: IncomingDelivery): void {}

  disposition(_disposition: AmqpDisposition, _delivery: UnsettledDelivery): void {}

  hold(_held: boolean): void {}

  windowMoved(): void {}

  over(): void {}

  gone(): void {}

  /** Whether somebody could miss something if it was over as soon as it is detached. */
  get lasting(): boolean {
    return false;
  }

  /** It is detached, and its deliveries wait for it to come back, or to expire. */
  suspend(): void {}

  /** What it leaves to the link that takes its name, where it is suspended. */
  bequeath(): Legacy | undefined {
    return undefined;
  }

  /** Takes over what a suspended link of its name has left. */
  inherit(legacy: Legacy): void {
    legacy.release();
  }

  /** Refuses the attach, or detaches, with this error; once. */
  fail(error: AmqpError): void {
    if (this.#refused) return;
    this.#refused = true;
    this.port.expire(this);
    this.port.diary.detached(this.link.name, error);
    const now = this.port.now();
    if (this.link.handle === undefined) this.port.machine.refuseLink(this.link, error, now);
    else this.port.machine.detach(this.link, now, { closed: true, error });
  }

  /** Where commands of this link go. */
  protected get at(): { readonly connection: ConnectionId; readonly channel: number } {
    return { connection: this.port.connection, channel: this.channel };
  }
}
