import type { AmqpBegin, AmqpFlow, CompositeFields } from '../../wire/amqp10/codec.ts';
import type { Link } from './link.ts';
import { serialDistance, serialMax, serialPlus } from './serial.ts';
import { type Direction, type SessionState, type SessionStep, sessionTransitions } from './transitions.ts';
import type { Unsettled } from './unsettled.ts';
import type { LinkRole, SessionEndpoint } from './vocabulary.ts';

/** What waits for the peer's window, in order: a frame of a delivery, or the state of its link behind it. */
export interface Waiting {
  readonly link: Link;
  /** The pieces of one frame; or fields of a flow. */
  readonly frame?: readonly Uint8Array[];
  readonly flow?: Partial<CompositeFields<'flow'>>;
  readonly octets: number;
}

const key = (role: LinkRole, name: string): string => `${role} ${name}`;

/** One session: its windows, its handles, its deliveries. Follows what either side sent; judges nothing. */
export class Session implements SessionEndpoint {
  state: SessionState = 'UNMAPPED';
  channel: number | undefined;
  remoteChannel: number | undefined;
  nextIncomingId: number | undefined;
  nextOutgoingId = 0;
  incomingWindow = 0;
  /** What we said last that we take. */
  incomingWindowMax = 0;
  outgoingWindow = 0;
  remoteIncomingWindow = 0;
  remoteOutgoingWindow = 0;
  handleMax = serialMax;
  remoteHandleMax = serialMax;
  queued = 0;
  /** `deliver` was refused for want of room. */
  refused = false;
  /** It was told that nothing will pass any more. */
  over = false;
  nextDeliveryId = 0;
  /** Of the peer's latest delivery. */
  lastDeliveryId: number | undefined;
  /** A link on which the peer sends has been detached: deliveries that waited there have taken their numbers with them. */
  skipsIds = false;
  /** The peer has told that it knows our begin. */
  known = false;
  readonly waiting: Waiting[] = [];
  readonly outputHandles = new Map<number, Link>();
  readonly inputHandles = new Map<number, Link>();
  /** Deliveries by id that are not settled, as they came in and went out. */
  readonly incoming = new Map<number, Unsettled>();
  readonly outgoing = new Map<number, Unsettled>();
  readonly #links = new Set<Link>();
  /** Two links of the session bear one name. */
  #stolen = false;
  readonly #named = new Map<string, Link>();
  #initialOutgoingId = 0;

  get links(): Iterable<Link> {
    return this.#links;
  }

  get linkCount(): number {
    return this.#links.size;
  }

  /** Whether what is sent on it may still arrive. */
  get usable(): boolean {
    return this.state === 'MAPPED' || this.state === 'BEGIN_SENT' || this.state === 'BEGIN_RCVD';
  }

  follow(direction: Direction, step: SessionStep): void {
    this.state = sessionTransitions[this.state][direction]?.[step] ?? this.state;
  }

  begunByUs(channel: number, begin: AmqpBegin): void {
    this.channel = channel;
    this.nextOutgoingId = begin.nextOutgoingId;
    this.#initialOutgoingId = begin.nextOutgoingId;
    this.incomingWindow = begin.incomingWindow;
    this.incomingWindowMax = begin.incomingWindow;
    this.outgoingWindow = begin.outgoingWindow;
    this.handleMax = begin.handleMax ?? serialMax;
    this.follow('sent', 'begin');
  }

  begunByPeer(channel: number, begin: AmqpBegin): void {
    this.remoteChannel = channel;
    this.nextIncomingId = begin.nextOutgoingId;
    this.remoteIncomingWindow = begin.incomingWindow;
    this.remoteOutgoingWindow = begin.outgoingWindow;
    this.remoteHandleMax = begin.handleMax ?? serialMax;
    this.known = begin.remoteChannel !== undefined;
    this.follow('received', 'begin');
  }

  /** Counts a transfer frame of ours. */
  transferSent(): void {
    this.nextOutgoingId = serialPlus(this.nextOutgoingId, 1);
    if (this.remoteIncomingWindow > 0) this.remoteIncomingWindow -= 1;
  }

  /** Counts a transfer frame of the peer's. False where there was no room for it. */
  transferReceived(): boolean {
    const room = this.incomingWindow > 0;
    if (this.nextIncomingId !== undefined) this.nextIncomingId = serialPlus(this.nextIncomingId, 1);
    if (room) this.incomingWindow -= 1;
    if (this.remoteOutgoingWindow > 0) this.remoteOutgoingWindow -= 1;
    return room;
  }

  /** Counts a delivery of the peer's. False where it is not the next one, as far as that can be told. */
  isNextDelivery(deliveryId: number): boolean {
    const by = this.lastDeliveryId === undefined ? 1 : serialDistance(this.lastDeliveryId, deliveryId);
    if (by > 0) this.lastDeliveryId = deliveryId;
    return by === 1 || (by > 1 && this.skipsIds);
  }

  /** Takes over the peer's state (2.5.6). */
  flowReceived(flow: AmqpFlow): void {
    this.nextIncomingId = flow.nextOutgoingId;
    this.known ||= flow.nextIncomingId !== undefined && this.channel !== undefined;
    this.remoteOutgoingWindow = flow.outgoingWindow;
    const behind = serialDistance(flow.nextIncomingId ?? this.#initialOutgoingId, this.nextOutgoingId);
    this.remoteIncomingWindow = Math.min(Math.max(0, flow.incomingWindow - behind), serialMax);
  }

  flowSent(flow: AmqpFlow): void {
    this.incomingWindow = flow.incomingWindow;
    this.incomingWindowMax = Math.max(this.incomingWindowMax, flow.incomingWindow);
    this.outgoingWindow = flow.outgoingWindow;
  }

  named(role: LinkRole, name: string): Link | undefined {
    return this.#named.get(key(role, name));
  }

  /** The link of this name and end that waits for our attach: of several the first, since names are all that answers are known by. */
  unanswered(role: LinkRole, name: string): Link | undefined {
    const named = this.named(role, name);
    if (!this.#stolen || named === undefined) return named?.handle === undefined ? named : undefined;
    return [...this.#links].find(link => link.role === role && link.name === name && link.handle === undefined);
  }

  add(link: Link): void {
    const namesake = this.named(link.role, link.name);
    this.#stolen ||= namesake !== undefined && namesake !== link;
    this.#links.add(link);
    this.#named.set(key(link.role, link.name), link);
  }

  remove(link: Link): void {
    this.#links.delete(link);
    if (this.named(link.role, link.name) === link) this.#named.delete(key(link.role, link.name));
  }

  /** Drops what waits of a link, or of all. */
  dropWaiting(link?: Link): void {
    const left = link === undefined ? [] : this.waiting.filter(each => each.link !== link);
    this.waiting.splice(0, this.waiting.length, ...left);
    this.queued = left.reduce((sum, { octets }) => sum + octets, 0);
    for (const each of link === undefined ? this.#links : [link]) each.waiting = 0;
  }
}

/** The lowest number that is not taken, from `least` up to `max`; where all of these are, of all up to `max`. */
export function lowestFree(taken: { has(number: number): boolean }, max: number, least = 0): number {
  for (let number = least; number <= max; number += 1) if (!taken.has(number)) return number;
  return least > 0 ? lowestFree(taken, max) : max;
}
