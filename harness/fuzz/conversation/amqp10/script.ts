import type { RuleId } from '../../../spec/catalogue.ts';
import { type AmqpFlow, encodeFrame, type Performative, protocolHeaders, type SaslBody, saslBodyFrame } from '../../../wire/amqp10/codec.ts';
import type { Random } from '../../random.ts';
import type { Hole, Setting } from '../conversation.ts';
import { holesIn, numberMarker } from './hole.ts';

/** What a piece is: a header, a SASL frame, a frame, or octets that are none. */
export type PieceKind = 'header' | 'sasl' | 'frame' | 'octets';

/** One thing that is sent, and what is waited for before. */
export interface Piece {
  readonly kind: PieceKind;
  /** Name of the performative or SASL body. */
  readonly name: string;
  readonly octets: Uint8Array;
  readonly holes: readonly Hole[];
  /** Names that the peer must have said, on the channel, before this is sent. */
  readonly awaits: readonly string[];
  readonly channel: number;
  /** State in which it is sent, in the transition tables' words. */
  readonly state: string;
  readonly what?: Performative;
  readonly payload?: Uint8Array;
  /** What a flow would tell of the session in that state. */
  readonly flow?: SessionFlow;
  readonly hole?: NonNullable<Saying['hole']>;
  readonly departure?: string;
  /** By which the departure is legal all the same. */
  readonly rule?: RuleId;
  readonly cuts?: readonly number[];
  /** Nothing is said for so long behind it. */
  readonly stallMs?: number;
  /** Ends the conversation behind it. */
  readonly ends?: 'half-close' | 'reset';
}

/** What a flow tells of its session, and the hole in it where the peer's begin was waited for. */
export interface SessionFlow {
  readonly fields: Pick<AmqpFlow, 'nextIncomingId' | 'incomingWindow' | 'nextOutgoingId' | 'outgoingWindow'>;
  readonly hole?: { readonly name: string; readonly kind: 'number' };
}

/** How a frame is said. */
export interface Saying {
  readonly channel?: number;
  readonly payload?: Uint8Array;
  /** Waited for before: names that the follower tells. */
  readonly awaits?: readonly string[];
  readonly hole?: { readonly name: string; readonly kind: 'number' | 'text' };
}

const nothing = new Uint8Array(0);
/** Transfers that each side lets the other send. */
export const windowMax = 2048;

/** A legal conversation while it is made: what is sent, in which state. */
export class Script {
  readonly pieces: Piece[] = [];
  readonly random: Random;
  readonly setting: Setting;
  /** Begins the names of this conversation. */
  readonly name: string;
  /** By machine, in the words of its transition table. */
  state = { connection: 'START', session: '', link: '', delivery: '' };
  /** The peer's begin was waited for: flows are to tell what came since. */
  begun = false;
  /** Of the first transfer of a session, and of its first delivery: now and then near the end of the circle, or its middle. */
  readonly firstId: number;
  /** Of the next delivery of ours, which goes on channel 0. */
  deliveryId: number;
  #transfers = 0;

  constructor(random: Random, setting: Setting, name: string) {
    this.random = random;
    this.setting = setting;
    this.name = name;
    this.firstId = random.oneIn(8) ? random.pick([2 ** 31 - 2, 2 ** 31 - 1, 2 ** 32 - 2, 2 ** 32 - 1]) : 0;
    this.deliveryId = this.firstId;
  }

  /** The number of the next delivery; those behind it count on. */
  nextDeliveryId(): number {
    const id = this.deliveryId;
    this.deliveryId = (id + 1) >>> 0;
    return id;
  }

  /** What a flow of a session has to tell now. */
  flow(channel: number): SessionFlow {
    const nextOutgoingId = (this.firstId + (channel === 0 ? this.#transfers : 0)) >>> 0;
    const fields = { incomingWindow: windowMax, nextOutgoingId, outgoingWindow: windowMax };
    if (!this.begun) return { fields };
    return { fields: { ...fields, nextIncomingId: numberMarker }, hole: { name: `next-incoming-id.${channel}`, kind: 'number' } };
  }

  get states(): string {
    return Object.values(this.state)
      .filter(each => each !== '')
      .join(' ');
  }

  header(id: keyof typeof protocolHeaders, awaits: readonly string[] = []): void {
    this.pieces.push({ kind: 'header', name: `header:${id}`, octets: protocolHeaders[id], holes: [], awaits, channel: 0, state: this.states });
  }

  sasl(body: SaslBody, awaits: readonly string[] = []): void {
    this.pieces.push({ kind: 'sasl', name: body.type, octets: saslBodyFrame(body).slice(), holes: [], awaits, channel: 0, state: this.states });
  }

  say(what: Performative, { channel = 0, payload = nothing, awaits = [], hole }: Saying = {}): void {
    this.pieces.push(said({ kind: 'frame', awaits, channel, state: this.states, payload, flow: this.flow(channel), ...(hole && { hole }) }, what));
    if (what.type === 'transfer') this.#transfers += 1;
  }

  /** Octets that are no performative that the codec writes. */
  raw(name: string, octets: Uint8Array, { channel = 0, awaits = [] }: Saying = {}): void {
    this.pieces.push({ kind: 'octets', name, octets, holes: [], awaits, channel, state: this.states });
  }

  /** The state after what was said last. */
  now(changes: Partial<Script['state']>): void {
    this.state = { ...this.state, ...changes };
  }

  /** True once in so many times. */
  oneIn(count: number): boolean {
    return this.random.oneIn(count);
  }
}

/** A piece that says a performative, with holes where the peer's words belong. @throws {RangeError} where a value does not fit its type. */
export function said(
  piece: Pick<Piece, 'awaits' | 'channel' | 'state' | 'payload' | 'flow' | 'hole' | 'departure'> & { readonly kind: PieceKind },
  what: Performative,
): Piece {
  const { channel, payload = nothing, hole } = piece;
  const octets = encodeFrame({ type: 'amqp', channel, performative: what, payload }).slice();
  return { ...piece, name: what.type, octets, holes: hole === undefined ? [] : holesIn(octets, hole.name, hole.kind), what };
}
