import { minMaxFrameSize } from '../../spec/amqp10/constants.ts';
import {
  type AmqpFlow,
  type AmqpTransfer,
  type CompositeFields,
  encodeFrame,
  type Performative,
  performativeFrame,
  transferFrames,
} from '../../wire/amqp10/codec.ts';
import { readLong } from '../../wire/amqp091/cursor.ts';
import { fitting } from './fitting.ts';
import type { Link } from './link.ts';
import { type Followed, followOwn } from './own.ts';
import type { Progress } from './progress.ts';
import { serialMax, serialPlus } from './serial.ts';
import type { Session, Waiting } from './session.ts';
import { Unsettled } from './unsettled.ts';
import type { OutgoingDelivery } from './vocabulary.ts';

const nothing = new Uint8Array(0);
/** Largest frame that a delivery is cut to, where the peer takes larger ones: what shares the connection need not wait for more. */
const frameSizeMax = 1 << 20;

/** Where frames go, and who hears of what has to be said and fits in none. */
export interface OutboundUser {
  transmit(bytes: Uint8Array): void;
  unsayable(what: Performative, followed: Followed): void;
}

/** The output side of a connection: sends performatives and follows them, and holds deliveries back for the window of their session. */
export class Outbound {
  readonly #progress: Progress;
  readonly #transmit: OutboundUser['transmit'];
  readonly #unsayable: OutboundUser['unsayable'];
  readonly #queuedMax: number;
  /** Flows that were sent, to tell whether one was. */
  flows = 0;
  /** Says the whole incoming window anew with each flow. */
  refreshes: boolean;

  constructor(progress: Progress, user: OutboundUser, options: { readonly queuedMax: number; readonly refreshes: boolean }) {
    this.#progress = progress;
    this.#transmit = bytes => user.transmit(bytes);
    this.#unsayable = (what, followed) => user.unsayable(what, followed);
    this.#queuedMax = options.queuedMax;
    this.refreshes = options.refreshes;
  }

  /** Sends a performative as it is. @throws {RangeError} where a value does not fit its type. */
  send(channel: number, what: Performative, payload: Uint8Array = nothing): Followed {
    this.#transmit(payload.length === 0 ? performativeFrame(channel, what) : encodeFrame({ type: 'amqp', channel, performative: what, payload }));
    if (what.type === 'flow') this.flows += 1;
    return followOwn(this.#progress, channel, what);
  }

  /**
   * Says a performative in a frame that the peer takes, without what can be left out where it is too large. What has to be said and does not fit is followed as if it had
   * gone, and told by `unsayable`.
   */
  say(channel: number, what: Performative): Followed {
    const said = fitting(channel, what, what.type === 'open' ? minMaxFrameSize : this.#frameMax);
    if (said !== undefined) this.#transmit(said.frame);
    if (what.type === 'flow') this.flows += 1;
    const followed = followOwn(this.#progress, channel, said?.what ?? what);
    if (said === undefined) this.#unsayable(what, followed);
    return followed;
  }

  /** Largest frame that the peer takes; before its open came, what any peer takes (2.4.1). */
  get #frameMax(): number {
    const { remoteOpen } = this.#progress;
    return remoteOpen === undefined ? minMaxFrameSize : Math.max(remoteOpen.maxFrameSize ?? serialMax, minMaxFrameSize);
  }

  deliver(link: Link, what: OutgoingDelivery): number | undefined {
    const { session, handle } = link;
    const { channel } = session;
    if (!link.usable || link.role !== 'sender' || link.credit <= 0 || handle === undefined || channel === undefined) return undefined;
    if (link.remoteAttach?.incompleteUnsettled === true && what.resume !== true) return undefined;
    const payload = whole(what.payload);
    if (session.waiting.length > 0 && session.queued + payload.length > this.#queuedMax) {
      session.refused = true;
      return undefined;
    }
    const deliveryId = session.nextDeliveryId;
    const transfer = transferOf(link, handle, deliveryId, what);
    const frames = framesOf(transferFrames(channel, transfer, payload, Math.min(this.#frameMax, frameSizeMax)));
    session.nextDeliveryId = serialPlus(deliveryId, 1);
    link.begins();
    if (transfer.settled !== true) this.#progress.keep(new Unsettled(link, deliveryId, what.tag), 'sent');
    for (const frame of frames) this.#orWait({ link, frame, octets: frame.reduce((sum, { length }) => sum + length, 0) });
    return deliveryId;
  }

  /** Sends the state of a session, and of a link of it: behind the link's deliveries, where some wait. */
  flow(session: Session, link: Link | undefined, fields: Partial<CompositeFields<'flow'>> = {}): void {
    if (session.channel === undefined || !session.usable || (link !== undefined && (link.handle === undefined || !link.usable))) return;
    if (link !== undefined && link.waiting > 0) this.#wait({ link, flow: { ...countsOf(link), ...fields }, octets: 0 });
    else this.say(session.channel, this.#flowOf(session, link, fields));
  }

  /** Sends what waited, as far as the window goes. True where something was refused before and may be tried again. */
  goOn(session: Session): boolean {
    let sent = 0;
    for (; sent < session.waiting.length; sent += 1) {
      const next = session.waiting[sent] as Waiting;
      if (next.frame !== undefined && session.remoteIncomingWindow <= 0) break;
      next.link.waiting -= 1;
      session.queued -= next.octets;
      if (next.frame !== undefined) this.#transfer(session, next.frame);
      else if (session.channel !== undefined) this.#late(session.channel, next.link, next.flow ?? {});
    }
    session.waiting.splice(0, sent);
    const again = session.refused && session.queued < this.#queuedMax;
    if (again) session.refused = false;
    return again;
  }

  /** Says the state of a link as it was when this was asked for: what was delivered since comes behind. */
  #late(channel: number, link: Link, fields: Partial<CompositeFields<'flow'>>): void {
    const { deliveryCount, credit, drain } = link;
    this.say(channel, this.#flowOf(link.session, link, fields));
    Object.assign(link, { deliveryCount, credit, drain });
  }

  #flowOf(session: Session, link: Link | undefined, fields: Partial<CompositeFields<'flow'>>): AmqpFlow {
    return {
      type: 'flow',
      nextIncomingId: session.nextIncomingId,
      incomingWindow: this.refreshes ? session.incomingWindowMax : session.incomingWindow,
      nextOutgoingId: session.nextOutgoingId,
      outgoingWindow: session.outgoingWindow,
      ...(link !== undefined && {
        handle: link.handle,
        deliveryCount: link.deliveryCount,
        linkCredit: link.credit,
        ...(link.drain && { drain: true }),
        ...(link.available !== undefined && { available: link.available }),
      }),
      ...fields,
    };
  }

  #orWait(what: Waiting & { readonly frame: readonly Uint8Array[] }): void {
    const { session } = what.link;
    if (session.waiting.length === 0 && session.remoteIncomingWindow > 0) this.#transfer(session, what.frame);
    else this.#wait(what);
  }

  #wait(what: Waiting): void {
    what.link.waiting += 1;
    what.link.session.waiting.push(what);
    what.link.session.queued += what.octets;
  }

  #transfer(session: Session, frame: readonly Uint8Array[]): void {
    for (const piece of frame) this.#transmit(piece);
    session.transferSent();
  }
}

const countsOf = ({ deliveryCount, credit, drain }: Link): Partial<CompositeFields<'flow'>> => ({
  deliveryCount,
  linkCredit: credit,
  drain: drain || undefined,
});

function transferOf(link: Link, handle: number, deliveryId: number, what: OutgoingDelivery): AmqpTransfer {
  const { tag, format = 0, settled = link.attach?.sndSettleMode === 'settled', state, rcvSettleMode, resume, batchable } = what;
  return { type: 'transfer', handle, deliveryId, deliveryTag: tag, messageFormat: format, settled, state, rcvSettleMode, resume, batchable };
}

const whole = (payload: OutgoingDelivery['payload']): Uint8Array => {
  if (payload instanceof Uint8Array) return payload;
  return payload.length === 1 ? (payload[0] as Uint8Array) : Buffer.concat(payload);
};

/** Pieces that follow one another, by the frames that they make. */
function framesOf(pieces: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const frames: Uint8Array[][] = [];
  let left = 0;
  for (const piece of pieces) {
    if (left === 0) {
      frames.push([piece]);
      left = readLong(piece, 0) - piece.length;
    } else {
      frames.at(-1)?.push(piece);
      left -= piece.length;
    }
  }
  return frames;
}
