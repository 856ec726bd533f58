import type { AmqpAttach, AmqpDetach, AmqpFlow, AmqpTransfer } from '../../wire/amqp10/codec.ts';
import { serialDistance, serialMax, serialPlus } from './serial.ts';
import type { Session } from './session.ts';
import { type Direction, type LinkState, type LinkStep, linkTransitions } from './transitions.ts';
import type { Unsettled } from './unsettled.ts';
import type { IncomingDelivery, LinkEndpoint, LinkRole } from './vocabulary.ts';

/** A delivery that has begun and not ended. */
export interface Incomplete {
  readonly deliveryId: number;
  readonly tag: Uint8Array;
  readonly format: number;
  readonly first: AmqpTransfer;
  state: AmqpTransfer['state'];
  settled: boolean;
  size: number;
  /** Octets that it keeps, with what each piece costs besides. */
  cost: number;
  readonly payload: Uint8Array[];
}

/** What a piece costs besides its octets. */
const pieceCost = 64;

const between0AndMax = (credit: number): number => Math.min(Math.max(0, credit), serialMax);

/** One link: credit and delivery-count of either role, and what came of a delivery so far. Follows what either side sent; judges nothing. */
export class Link implements LinkEndpoint {
  readonly session: Session;
  readonly name: string;
  readonly role: LinkRole;
  state: LinkState = 'DETACHED';
  handle: number | undefined;
  remoteHandle: number | undefined;
  attach: AmqpAttach | undefined;
  remoteAttach: AmqpAttach | undefined;
  deliveryCount: number | undefined;
  credit = 0;
  drain = false;
  available: number | undefined;
  /** Frames that wait for the session's window. */
  waiting = 0;
  /** It was told that nothing will pass any more. */
  over = false;
  /** Neither end means to come back to its deliveries. */
  gone = false;
  /** Deliveries that may be under way under credit that was taken back: how far the highest limit ever granted lies behind the one in force. */
  slack = 0;
  coming: Incomplete | undefined;
  /** The delivery that we are sending frame by frame. */
  going: { readonly deliveryId: number } | undefined;
  readonly tags = new Map<string, Unsettled>();

  constructor(session: Session, name: string, role: LinkRole) {
    this.session = session;
    this.name = name;
    this.role = role;
  }

  get unsettled(): Iterable<Unsettled> {
    return this.tags.values();
  }

  /** Whether what is sent on it may still arrive. */
  get usable(): boolean {
    return !this.over && (this.state === 'ATTACHED' || this.state === 'ATTACH_SENT') && this.session.usable;
  }

  /** The sender's settle mode as agreed: the sender's word. */
  get sndSettleMode(): 'unsettled' | 'settled' | 'mixed' {
    const { attach, remoteAttach } = this;
    return (this.role === 'sender' ? attach : remoteAttach)?.sndSettleMode ?? 'mixed';
  }

  /** The receiver's settle mode as agreed: the receiver's word. */
  get rcvSettleMode(): 'first' | 'second' {
    const { attach, remoteAttach } = this;
    return (this.role === 'receiver' ? attach : remoteAttach)?.rcvSettleMode ?? 'first';
  }

  follow(direction: Direction, step: LinkStep): void {
    this.state = linkTransitions[this.state][direction]?.[step] ?? this.state;
  }

  attachedByUs(attach: AmqpAttach): void {
    this.attach = attach;
    this.handle = attach.handle;
    if (this.role === 'sender') this.deliveryCount = attach.initialDeliveryCount ?? 0;
    this.follow('sent', 'attach');
  }

  attachedByPeer(attach: AmqpAttach): void {
    this.remoteAttach = attach;
    this.remoteHandle = attach.handle;
    if (this.role === 'receiver') this.deliveryCount = attach.initialDeliveryCount ?? 0;
    this.follow('received', 'attach');
  }

  detached(direction: Direction, { closed, error }: AmqpDetach): void {
    this.gone ||= closed === true || error !== undefined;
    this.coming = undefined;
    this.session.skipsIds ||= this.role === 'receiver';
    this.follow(direction, error === undefined ? 'detach' : 'error-detach');
  }

  /** Counts a delivery that begins: true where there was credit for it. */
  begins(): boolean {
    const granted = this.credit > 0 || this.slack > 0;
    if (this.credit > 0) this.credit -= 1;
    else if (this.slack > 0) this.slack -= 1;
    if (this.deliveryCount !== undefined) this.deliveryCount = serialPlus(this.deliveryCount, 1);
    if (this.role === 'receiver' && this.available !== undefined && this.available > 0) this.available -= 1;
    return granted;
  }

  flowSent(flow: AmqpFlow): void {
    if (this.role === 'receiver') this.#granted(flow);
    else if (flow.deliveryCount !== undefined) {
      this.deliveryCount = flow.deliveryCount;
      this.credit = flow.linkCredit ?? this.credit;
      this.drain = flow.drain ?? this.drain;
    }
  }

  #granted({ linkCredit, deliveryCount, drain }: AmqpFlow): void {
    this.drain = drain ?? false;
    if (linkCredit === undefined) return;
    const ahead = this.deliveryCount === undefined || deliveryCount === undefined ? 0 : serialDistance(deliveryCount, this.deliveryCount);
    const before = this.credit;
    this.credit = between0AndMax(linkCredit - ahead);
    this.slack = Math.max(0, this.slack + before - this.credit);
  }

  flowReceived(flow: AmqpFlow): void {
    if (this.role === 'sender') this.#credited(flow);
    else this.#told(flow);
  }

  /** As the sender: the receiver says how far it lets us go. */
  #credited({ linkCredit, deliveryCount, drain }: AmqpFlow): void {
    this.drain = drain ?? false;
    if (linkCredit === undefined || this.deliveryCount === undefined) return;
    const start = deliveryCount ?? this.attach?.initialDeliveryCount ?? 0;
    this.credit = between0AndMax(linkCredit - serialDistance(start, this.deliveryCount));
  }

  /** As the receiver: the sender says how far it has come. It can use credit up without deliveries, and never get it back. */
  #told({ deliveryCount, available }: AmqpFlow): void {
    this.available = available ?? this.available;
    if (deliveryCount === undefined) return;
    const by = this.deliveryCount === undefined ? 0 : serialDistance(this.deliveryCount, deliveryCount);
    if (by < 0) return;
    this.deliveryCount = deliveryCount;
    this.slack = Math.max(0, this.slack - Math.max(0, by - this.credit));
    this.credit = Math.max(0, this.credit - by);
  }

  /** Takes a transfer of a delivery that has begun or begins with it. `deliveryId` and `tag` are those of a first transfer. */
  take(transfer: AmqpTransfer, payload: Uint8Array, deliveryId: number): Incomplete {
    this.coming ??= beginning(transfer, deliveryId);
    const { coming } = this;
    coming.settled ||= transfer.settled === true;
    coming.state = transfer.state ?? coming.state;
    if (payload.length > 0 && transfer.aborted !== true) {
      coming.payload.push(payload);
      coming.size += payload.length;
      coming.cost += payload.length + pieceCost;
    }
    return coming;
  }
}

function beginning(first: AmqpTransfer, deliveryId: number): Incomplete {
  const { deliveryTag = new Uint8Array(0), messageFormat = 0, state, settled = false } = first;
  return { deliveryId, tag: deliveryTag, format: messageFormat, first, state, settled, size: 0, cost: pieceCost, payload: [] };
}

/** A delivery whose last transfer has come. */
export function completed({ deliveryId, tag, format, settled, state, first, payload, size }: Incomplete): IncomingDelivery {
  return { deliveryId, tag, format, settled, state, rcvSettleMode: first.rcvSettleMode, resume: first.resume === true, payload, size };
}
