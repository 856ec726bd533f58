import { minMaxFrameSize } from '../../spec/amqp10/constants.ts';
import type { RuleId10 } from '../../spec/catalogue.ts';
import type { Answer10 } from '../../spec/rule.ts';
import type { AmqpAttach, AmqpBegin, AmqpFlow, AmqpOpen, AmqpTransfer, Performative } from '../../wire/amqp10/codec.ts';
import type { Breach } from './breaches.ts';
import type { Link } from './link.ts';
import type { Progress } from './progress.ts';
import type { Session } from './session.ts';
import { tagKey } from './unsettled.ts';
import type { UnsettledDelivery } from './vocabulary.ts';

const breach = (rule: RuleId10, detail: string): Breach => ({ rule, detail });

/** Where the standard says what must be and not what follows if it is not: what a peer cannot work with, and what it can but was not agreed. */
const invalidInSession: Answer10 = { kind: 'end', condition: 'amqp:invalid-field', reading: 'text' };
const invalidInLink: Answer10 = { kind: 'detach', condition: 'amqp:invalid-field', reading: 'text' };
const notAgreed: Answer10 = { kind: 'detach', condition: 'amqp:not-allowed', reading: 'text' };

/** Judges what a connection is to know of a performative: open, begin and end, and whether its channel means anything. */
export function judgeConnection(
  progress: Progress,
  channel: number,
  what: Performative,
  { channelMax, idleTimeOutMin }: { readonly channelMax: number; readonly idleTimeOutMin: number },
): Breach | undefined {
  if (what.type === 'open') return judgeOpen(progress, channel, what, idleTimeOutMin);
  if (progress.remoteOpen === undefined) return breach('amqp10/2.4.1.open-first', `${what.type} before open`);
  if (channel > channelMax) return breach('amqp10/2.7.1.channel-beyond', `channel ${channel} where channel-max is ${channelMax}`);
  if (what.type === 'begin') return judgeBegin(progress, channel, what);
  if (what.type === 'close' || progress.remoteChannels.has(channel)) return undefined;
  return breach('amqp10/2.5.5.unmapped-channel', `${what.type} on channel ${channel}, which no session has`);
}

function judgeOpen(progress: Progress, channel: number, { maxFrameSize, idleTimeOut = 0 }: AmqpOpen, idleTimeOutMin: number): Breach | undefined {
  if (progress.remoteOpen !== undefined) return breach('amqp10/2.4.1.open-once', 'a second open');
  if (channel !== 0) return breach('amqp10/2.4.1.open-channel', `open on channel ${channel}`);
  if (maxFrameSize !== undefined && maxFrameSize < minMaxFrameSize) {
    return breach('amqp10/2.7.1.max-frame-size-minimum', `a max-frame-size of ${maxFrameSize}, where ${minMaxFrameSize} is the least`);
  }
  if (idleTimeOut === 0 || idleTimeOut >= idleTimeOutMin) return undefined;
  return breach('amqp10/2.4.5.unsupported', `an idle-time-out of ${idleTimeOut} ms, where ${idleTimeOutMin} ms are the least`);
}

function judgeBegin(progress: Progress, channel: number, { remoteChannel }: AmqpBegin): Breach | undefined {
  if (progress.remoteChannels.has(channel)) return breach('amqp10/2.5.1.channel-in-use', `begin on channel ${channel}, which a session has`);
  const asked = remoteChannel === undefined ? undefined : progress.channels.get(remoteChannel);
  if (remoteChannel === undefined || (asked !== undefined && asked.remoteChannel === undefined)) return undefined;
  return breach('amqp10/2.5.1.remote-channel', `remote-channel ${remoteChannel}, where no begin of ours waits for its answer`);
}

/** Judges an attach. */
export function judgeAttach(session: Session, attach: AmqpAttach): Breach | undefined {
  const { handle, name, role, initialDeliveryCount, unsettled } = attach;
  if (handle > session.handleMax) return breach('amqp10/2.7.2.handle-beyond', `handle ${handle} where handle-max is ${session.handleMax}`);
  if (session.inputHandles.has(handle)) return breach('amqp10/2.7.3.handle-in-use', `handle ${handle} is that of another link`);
  const known = session.named(role === 'sender' ? 'receiver' : 'sender', name);
  if (known?.state === 'DISCARDING' && known.remoteHandle !== undefined && unsettled === undefined) {
    return breach('amqp10/2.6.5.pipelined-attach', `${name} was detached with an error`);
  }
  if (role === 'sender' && initialDeliveryCount === undefined) {
    return breach('amqp10/2.7.3.initial-delivery-count', 'the attach of a sender without initial-delivery-count');
  }
  if (unsettled?.some(([tag]) => tag.type === 'null')) return breach('amqp10/2.7.3.unsettled-null-key', 'null as a delivery-tag');
  return undefined;
}

const linkFields = ['deliveryCount', 'linkCredit', 'available', 'drain'] as const;

/** Judges a flow whose handle, if it has one, is a link's. */
export function judgeFlow(session: Session, flow: AmqpFlow): Breach | undefined {
  const { handle, nextIncomingId, deliveryCount } = flow;
  if (nextIncomingId === undefined && session.known) {
    return { rule: 'amqp10/2.7.4.next-incoming-id', detail: 'a flow without next-incoming-id, behind our begin', answer: invalidInSession };
  }
  if (nextIncomingId !== undefined && session.channel === undefined) {
    return { rule: 'amqp10/2.7.4.next-incoming-id', detail: 'a flow with next-incoming-id, before our begin', answer: 'borne' };
  }
  if (handle === undefined) {
    const stray = linkFields.find(field => flow[field] !== undefined && flow[field] !== false);
    return stray === undefined ? undefined : { rule: 'amqp10/2.7.4.session-only', detail: `a flow with ${stray} and without handle`, answer: invalidInSession };
  }
  const link = session.inputHandles.get(handle);
  if (link?.role === 'receiver' && deliveryCount === undefined) {
    return { rule: 'amqp10/2.7.4.sender-state', detail: 'a flow of a sender without delivery-count', answer: invalidInLink };
  }
  if (link?.role !== 'sender' || link.attach !== undefined || deliveryCount === undefined) return undefined;
  return { rule: 'amqp10/2.7.4.receiver-early', detail: 'a flow with delivery-count, before our attach', answer: 'borne' };
}

/** Judges the handle of a flow, a transfer or a detach. */
export function judgeHandle(session: Session, what: AmqpFlow | AmqpTransfer | { readonly type: 'detach'; readonly handle: number }): Breach | undefined {
  if (what.handle === undefined) return undefined;
  const link = session.inputHandles.get(what.handle);
  if (link === undefined) return breach('amqp10/2.7.4.unattached-handle', `${what.type} with handle ${what.handle}, which no link has`);
  if (link.state !== 'DISCARDING' || what.type === 'detach') return undefined;
  return breach('amqp10/2.6.5.errant-link', `${what.type} for ${link.name}, which was detached with an error`);
}

/** Judges a transfer: the whole of it, where its delivery has not begun. */
export function judgeTransfer(link: Link, transfer: AmqpTransfer): Breach | undefined {
  if (link.role === 'sender') return breach('amqp10/2.7.4.unattached-handle', `a transfer with handle ${transfer.handle}, whose link is ours to send on`);
  return (link.coming === undefined ? judgeFirst(link, transfer) : judgeFurther(link.coming, transfer)) ?? judgeSettled(link, transfer);
}

/** What is resumed may go settled at once (3.4.6), whatever the mode. */
function judgeSettled(link: Link, { settled, aborted, more, resume }: AmqpTransfer): Breach | undefined {
  const { sndSettleMode, coming } = link;
  if (sndSettleMode === 'mixed' || aborted === true) return undefined;
  if (sndSettleMode === 'unsettled') {
    if (settled !== true || resume === true || coming?.first.resume === true) return undefined;
    return { rule: 'amqp10/2.7.5.mode-unsettled', detail: 'a settled transfer on a link of mode unsettled', answer: notAgreed };
  }
  if (more === true || settled === true || coming?.settled === true) return undefined;
  return { rule: 'amqp10/2.7.5.mode-settled', detail: 'an unsettled delivery on a link of mode settled', answer: notAgreed };
}

/** Judges what is no hindrance to taking a transfer that is in place: the number of a delivery that begins, and its state. */
export function judgeOddities(link: Link, { deliveryId, state, resume }: AmqpTransfer): Breach | undefined {
  const { session, coming } = link;
  const last = session.lastDeliveryId;
  if (coming === undefined && deliveryId !== undefined && !session.isNextDelivery(deliveryId)) {
    return { rule: 'amqp10/2.6.12.delivery-ids', detail: `delivery-id ${deliveryId} behind ${last}`, answer: 'borne' };
  }
  if (state?.type !== 'received' || resume === true || coming?.first.resume === true) return undefined;
  return { rule: 'amqp10/3.4.1.received-only-resuming', detail: 'the state received, where nothing is resumed', answer: 'borne' };
}

function judgeFirst(link: Link, { deliveryId, deliveryTag, messageFormat, more, rcvSettleMode, settled, resume }: AmqpTransfer): Breach | undefined {
  if (deliveryId === undefined) return breach('amqp10/2.7.5.delivery-id', 'a first transfer without delivery-id');
  if (deliveryTag === undefined) return breach('amqp10/2.6.12.delivery-tag', 'a first transfer without delivery-tag');
  if (deliveryTag.length > 32) return breach('amqp10/2.8.7.delivery-tag-size', `a delivery-tag of ${deliveryTag.length} octets`);
  if (messageFormat === undefined && more === true) return breach('amqp10/2.7.5.message-format', 'the first of several transfers without message-format');
  if (link.session.incoming.has(deliveryId)) return breach('amqp10/2.7.5.delivery-id', `delivery-id ${deliveryId} is that of an unsettled delivery`);
  if (resume !== true && link.attach?.incompleteUnsettled === true) {
    return breach('amqp10/2.7.3.incomplete-new', 'a new delivery, where our unsettled map was incomplete');
  }
  if (resume !== true && link.tags.size > 0 && link.tags.has(tagKey(deliveryTag))) {
    return breach('amqp10/2.6.12.tag-unique', 'the delivery-tag of an unsettled delivery');
  }
  if (rcvSettleMode === 'second' && settled !== true && link.rcvSettleMode === 'first') {
    return breach('amqp10/2.7.5.rcv-settle-mode-illegal', 'rcv-settle-mode second on a link that settles first');
  }
  if (link.credit <= 0 && link.slack <= 0) return breach('amqp10/2.6.7.transfer-limit', 'a delivery without credit');
  return undefined;
}

function judgeFurther(coming: NonNullable<Link['coming']>, { deliveryId, deliveryTag, messageFormat }: AmqpTransfer): Breach | undefined {
  const otherTag = deliveryTag !== undefined && tagKey(deliveryTag) !== tagKey(coming.tag);
  if (otherTag) return breach('amqp10/2.6.14.not-interleaved', `a delivery begins before ${coming.deliveryId} has ended`);
  if (deliveryId !== undefined && deliveryId !== coming.deliveryId) {
    return breach('amqp10/2.7.5.delivery-id-changed', `delivery-id ${deliveryId} in a further transfer of ${coming.deliveryId}`);
  }
  if (messageFormat !== undefined && messageFormat !== coming.format) {
    return breach('amqp10/2.7.5.format-changed', `message-format ${messageFormat} in a further transfer of one of ${coming.format}`);
  }
  return undefined;
}

/** Judges a disposition of these deliveries. */
export function judgeDisposition(deliveries: readonly UnsettledDelivery[]): Breach | undefined {
  const errant = deliveries.find(({ link }) => link.state === 'DISCARDING');
  if (errant === undefined) return undefined;
  return breach('amqp10/2.6.5.errant-link', `disposition of delivery ${errant.deliveryId} of ${errant.link.name}, which was detached with an error`);
}

/** Judges how large a delivery has become. */
export function judgeSize(link: Link, size: number, deliveryMax: number): Breach | undefined {
  const announced = link.attach?.maxMessageSize;
  const limit = announced === undefined || announced === 0n ? deliveryMax : Math.min(Number(announced), deliveryMax);
  return size <= limit ? undefined : breach('amqp10/2.7.3.max-message-size', `a message of more than ${limit} octets`);
}
