import { serialDistance, serialPlus } from '../endpoint/amqp10/serial.ts';
import type { AmqpAttach, AmqpBegin, AmqpDisposition, AmqpFlow, AmqpTransfer } from '../wire/amqp10/codec.ts';
import type { DeliveryUnderWay, LinkSeen, SessionSeen } from './fault10.ts';
import type { Direction } from './passing.ts';

/** Something of each direction that changes. */
export type Ways<T> = Record<Direction, T>;

export const ways = <T>(make: () => T): Ways<T> => ({ 'to-server': make(), 'to-client': make() });

export function other(direction: Direction): Direction {
  return direction === 'to-server' ? 'to-client' : 'to-server';
}

/** A session as its frames tell it. */
export class SessionRecord implements SessionSeen {
  readonly channels: Ways<number | undefined> = ways(() => undefined);
  readonly begin: Ways<AmqpBegin | undefined> = ways(() => undefined);
  readonly ended: Ways<boolean> = ways(() => false);
  readonly transfers: Ways<number> = ways(() => 0);
  readonly nextId: Ways<number | undefined> = ways(() => undefined);
  readonly room: Ways<number | undefined> = ways(() => undefined);
  readonly links = new Set<LinkRecord>();
  readonly handles: Ways<Map<number, LinkRecord>> = ways(() => new Map());

  begun(direction: Direction, channel: number, begin: AmqpBegin): void {
    this.channels[direction] = channel;
    this.begin[direction] = begin;
    this.nextId[direction] = begin.nextOutgoingId;
    this.room[other(direction)] = begin.incomingWindow - this.transfers[other(direction)];
  }

  attached(direction: Direction, attach: AmqpAttach): void {
    const transfersGo = attach.role === 'sender' ? direction : other(direction);
    const awaited = [...this.links].find(link => link.name === attach.name && link.transfersGo === transfersGo && link.attach[direction] === undefined);
    const link = awaited ?? new LinkRecord(this, attach.name, transfersGo);
    link.attached(direction, attach);
    this.links.add(link);
    this.handles[direction].set(attach.handle, link);
  }

  detached(direction: Direction, handle: number): void {
    const link = this.handles[direction].get(handle);
    this.handles[direction].delete(handle);
    if (link === undefined) return;
    link.detached[direction] = true;
    if (link.detached[other(direction)]) this.links.delete(link);
  }

  flowed(direction: Direction, flow: AmqpFlow): void {
    const back = other(direction);
    const next = this.nextId[back];
    const told = flow.nextIncomingId ?? this.begin[back]?.nextOutgoingId;
    if (next !== undefined && told !== undefined) this.room[back] = serialDistance(next, serialPlus(told, flow.incomingWindow));
    if (flow.handle !== undefined) this.handles[direction].get(flow.handle)?.flowed(direction, flow);
  }

  transferred(direction: Direction, transfer: AmqpTransfer, octets: number): void {
    this.transfers[direction] += 1;
    const next = this.nextId[direction];
    const room = this.room[direction];
    if (next !== undefined) this.nextId[direction] = serialPlus(next, 1);
    if (room !== undefined) this.room[direction] = room - 1;
    this.handles[direction].get(transfer.handle)?.transferred(transfer, octets);
  }

  disposed(direction: Direction, { role, first, last = first, settled }: AmqpDisposition): void {
    if (settled !== true) return;
    const transfersGo = role === 'sender' ? direction : other(direction);
    for (const link of this.links) if (link.transfersGo === transfersGo) link.settle(first, last);
  }
}

/** A link as its frames tell it. */
export class LinkRecord implements LinkSeen {
  readonly session: SessionRecord;
  readonly name: string;
  readonly transfersGo: Direction;
  readonly handles: Ways<number | undefined> = ways(() => undefined);
  readonly attach: Ways<AmqpAttach | undefined> = ways(() => undefined);
  readonly detached: Ways<boolean> = ways(() => false);
  deliveryCount: number | undefined;
  drain = false;
  underWay: DeliveryUnderWay | undefined;
  readonly unsettled = new Map<number, AmqpTransfer>();
  /** The delivery-count at which the credit is used up. */
  #limit: number | undefined;

  constructor(session: SessionRecord, name: string, transfersGo: Direction) {
    this.session = session;
    this.name = name;
    this.transfersGo = transfersGo;
  }

  get credit(): number {
    if (this.#limit === undefined || this.deliveryCount === undefined) return 0;
    return Math.max(0, serialDistance(this.deliveryCount, this.#limit));
  }

  attached(direction: Direction, attach: AmqpAttach): void {
    this.handles[direction] = attach.handle;
    this.attach[direction] = attach;
    if (direction === this.transfersGo) this.deliveryCount = attach.initialDeliveryCount;
  }

  flowed(direction: Direction, flow: AmqpFlow): void {
    if (direction === this.transfersGo) this.deliveryCount = flow.deliveryCount ?? this.deliveryCount;
    else {
      const from = flow.deliveryCount ?? this.attach[this.transfersGo]?.initialDeliveryCount ?? 0;
      this.#limit = serialPlus(from, flow.linkCredit ?? 0);
      this.drain = flow.drain === true;
    }
  }

  transferred(transfer: AmqpTransfer, octets: number): void {
    const before = this.underWay;
    const first = before?.first ?? transfer;
    const { deliveryId } = first;
    if (before === undefined) {
      this.deliveryCount = serialPlus(this.deliveryCount ?? 0, 1);
      if (deliveryId !== undefined) this.unsettled.set(deliveryId, first);
    }
    const over = transfer.more !== true || transfer.aborted === true;
    this.underWay = over ? undefined : { first, transfers: (before?.transfers ?? 0) + 1, octets: (before?.octets ?? 0) + octets };
    if (deliveryId !== undefined && (transfer.settled === true || transfer.aborted === true)) this.unsettled.delete(deliveryId);
  }

  settle(first: number, last: number): void {
    for (const id of this.unsettled.keys()) if (serialDistance(first, id) >= 0 && serialDistance(id, last) >= 0) this.unsettled.delete(id);
  }
}
