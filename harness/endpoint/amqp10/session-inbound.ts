import type { RuleId10 } from '../../spec/catalogue.ts';
import type { AmqpAttach, AmqpDetach, AmqpDisposition, AmqpFlow, AmqpTransfer } from '../../wire/amqp10/codec.ts';
import type { Breach } from './breaches.ts';
import type { InboundOptions, InboundUser } from './inbound.ts';
import { judgeAttach, judgeDisposition, judgeFlow, judgeHandle, judgeOddities, judgeSize, judgeTransfer } from './judge.ts';
import { completed, Link } from './link.ts';
import type { Progress } from './progress.ts';
import { inRange } from './ranges.ts';
import { serialPlus } from './serial.ts';
import type { Session } from './session.ts';
import { discards } from './transitions.ts';
import { Unsettled } from './unsettled.ts';

type OfSession = AmqpAttach | AmqpFlow | AmqpTransfer | AmqpDisposition | AmqpDetach;

const errantLink: RuleId10 = 'amqp10/2.6.5.errant-link';

/** What comes in for a session: judged, followed and told. */
export class SessionInbound {
  readonly #progress: Progress;
  readonly #user: InboundUser;
  readonly #options: InboundOptions;
  #channel = 0;
  #lastId = 0;

  constructor(progress: Progress, user: InboundUser, options: InboundOptions) {
    this.#progress = progress;
    this.#user = user;
    this.#options = options;
  }

  take(session: Session, channel: number, what: OfSession, payload: Uint8Array): void {
    if (discards(session.state)) return;
    this.#channel = channel;
    switch (what.type) {
      case 'attach':
        this.#attach(session, what);
        break;
      case 'flow':
        this.#flow(session, what);
        break;
      case 'transfer':
        this.#transfer(session, what, payload);
        break;
      case 'disposition':
        this.#disposition(session, what);
        break;
      case 'detach':
        this.#detach(session, what);
        break;
    }
  }

  /**
   * Tells of a breach, where there is one. True where the frame is not to be acted on. What comes late for a link that we detached with an error is ours to
   * answer, and nothing that the peer could have known: where nobody answers it is not told.
   */
  #refused(breach: Breach | undefined, handle: number | undefined): boolean {
    if (breach === undefined) return false;
    if (this.#options.tolerant && breach.rule === errantLink) return false;
    const { kind } = this.#user.breach(breach, this.#channel, handle);
    return !this.#options.tolerant && kind !== 'borne';
  }

  #attach(session: Session, attach: AmqpAttach): void {
    if (this.#refused(judgeAttach(session, attach), undefined)) return;
    const role = attach.role === 'sender' ? 'receiver' : 'sender';
    const known = session.named(role, attach.name);
    const link = known !== undefined && known.remoteHandle === undefined && known.remoteAttach === undefined ? known : new Link(session, attach.name, role);
    const steals = this.#progress.attached(role, attach.name);
    link.attachedByPeer(attach);
    session.add(link);
    session.inputHandles.set(attach.handle, link);
    if (!discards(link.state)) this.#user.tell({ kind: 'link-attached', link, attach, steals });
  }

  #flow(session: Session, flow: AmqpFlow): void {
    if (this.#refused(judgeHandle(session, flow) ?? judgeFlow(session, flow), flow.handle)) return;
    session.flowReceived(flow);
    const found = flow.handle === undefined ? undefined : session.inputHandles.get(flow.handle);
    const link = found !== undefined && discards(found.state) ? undefined : found;
    link?.flowReceived(flow);
    this.#user.tell({ kind: 'flow', session, link, flow });
  }

  #transfer(session: Session, transfer: AmqpTransfer, payload: Uint8Array): void {
    const room = session.transferReceived();
    const overrun: Breach = { rule: 'amqp10/2.5.6.window-violation', detail: 'a transfer beyond the incoming-window' };
    if (!room && this.#refused(overrun, transfer.handle)) return;
    const link = session.inputHandles.get(transfer.handle);
    if (this.#refused(judgeHandle(session, transfer), transfer.handle) || link === undefined) return;
    this.#inPlace(link, transfer, payload);
    this.#user.windowUsed(session);
  }

  #inPlace(link: Link, transfer: AmqpTransfer, payload: Uint8Array): void {
    const odd = judgeOddities(link, transfer);
    if (discards(link.state) || this.#refused(odd, transfer.handle) || this.#refused(judgeTransfer(link, transfer), transfer.handle)) return;
    this.#arrived(link, transfer, payload);
  }

  /** Takes a transfer that is in place. */
  #arrived(link: Link, transfer: AmqpTransfer, payload: Uint8Array): void {
    const progress = this.#progress;
    const { handle, aborted, more } = transfer;
    if (link.coming === undefined) {
      link.begins();
      this.#lastId = transfer.deliveryId ?? serialPlus(this.#lastId, 1);
    }
    const before = link.coming?.cost ?? 0;
    const coming = link.take(transfer, payload, this.#lastId);
    progress.partial += coming.cost - before;
    if (aborted === true) {
      progress.dropPartial(link);
      this.#user.tell({ kind: 'delivery-aborted', link, deliveryId: coming.deliveryId });
      return;
    }
    const tooLarge = judgeSize(link, coming.size, this.#options.deliveryMax) ?? this.#tooMuch(link);
    if (tooLarge !== undefined) {
      progress.dropPartial(link);
      this.#user.breach(tooLarge, this.#channel, handle);
    } else if (more !== true) this.#complete(link, coming);
  }

  #complete(link: Link, coming: NonNullable<Link['coming']>): void {
    this.#progress.dropPartial(link);
    if (!coming.settled) this.#progress.keep(new Unsettled(link, coming.deliveryId, coming.tag), 'received');
    this.#user.tell({ kind: 'delivery', link, delivery: completed(coming) });
  }

  /** What we keep is bounded: deliveries that have begun, of all sessions, and those of a session that nobody settles. */
  #tooMuch({ session, coming }: Link): Breach | undefined {
    const { partialMax, unsettledMax } = this.#options;
    const rule = 'amqp10/2.8.15.resource-limit-exceeded';
    const condition = 'amqp:resource-limit-exceeded';
    if (this.#progress.partial > partialMax) {
      return { rule, detail: `more than ${partialMax} octets of unfinished deliveries`, answer: { kind: 'close', condition, reading: 'text' } };
    }
    if (coming?.settled === true || session.incoming.size < unsettledMax) return undefined;
    return { rule, detail: `more than ${unsettledMax} unsettled deliveries`, answer: { kind: 'end', condition, reading: 'text' } };
  }

  #disposition(session: Session, disposition: AmqpDisposition): void {
    const kept = disposition.role === 'sender' ? session.incoming : session.outgoing;
    const deliveries = inRange(kept, disposition);
    if (this.#refused(judgeDisposition(deliveries), undefined)) return;
    for (const delivery of deliveries) delivery.remoteState = disposition.state ?? delivery.remoteState;
    this.#user.tell({ kind: 'disposition', session, disposition, deliveries });
    if (disposition.settled === true) for (const delivery of deliveries) this.#progress.forget(delivery);
  }

  #detach(session: Session, detach: AmqpDetach): void {
    const progress = this.#progress;
    if (this.#refused(judgeHandle(session, detach), detach.handle)) return;
    const link = session.inputHandles.get(detach.handle);
    if (link === undefined) return;
    session.inputHandles.delete(detach.handle);
    progress.dropPartial(link);
    link.detached('received', detach);
    this.#user.tell({ kind: 'link-detached', link, detach });
    if (link.state === 'DETACHED') progress.linkGone(link);
    else progress.linkOver(link);
  }
}
