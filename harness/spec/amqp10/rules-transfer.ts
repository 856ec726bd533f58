import type { Rule10 } from '../rule.ts';
import {
  bothKeep,
  bothKeepLoosely,
  bothMay,
  bothMust,
  bothMustByEffect,
  bothShould,
  detach,
  discarded,
  end,
  invalidSessionField,
  may,
  mayAnswer,
  must,
  mustAnswer,
  mustByEffect,
  should,
  text,
  untestable,
  xml,
} from './phrases.ts';

/** What concerns one link ends that link, or its session where it cannot be told apart; the standard does not say which. */
const broken = [detach('any'), end('any')] as const;
const invalidTransfer = [...invalidSessionField, detach('amqp:invalid-field')] as const;

/** Transfer and disposition: sections 2.6.11, 2.6.12, 2.6.14, 2.7.5 and 2.7.6. */
export const transferRules = {
  'amqp10/2.6.12.delivery-tag': {
    source: [xml('transport.links.transferring-a-message#1'), xml('transport.transfer.delivery-tag#1')],
    section: '2.6.12',
    statement: 'Each delivery has a delivery-tag, told by its first transfer.',
    duties: bothKeep(...invalidTransfer),
  },
  'amqp10/2.6.12.tag-unique': {
    source: [xml('transport.links.transferring-a-message#2')],
    section: '2.6.12',
    statement: 'A delivery-tag is its own among those of a link that either end may hold for unsettled, and free again afterwards.',
    duties: bothKeepLoosely(...broken),
  },
  'amqp10/2.6.12.tag-per-link': {
    source: [text('2.6.12')],
    section: '2.6.12',
    statement: 'The same delivery-tag on two links names two deliveries.',
    duties: bothMustByEffect,
  },
  'amqp10/2.6.12.delivery-ids': {
    source: [text('2.6'), text('2.6.12'), text('2.8.8')],
    section: '2.6.12',
    statement: 'Deliveries of a session are numbered one after another over all of its links.',
    duties: bothMust,
  },
  'amqp10/2.6.12.settled-sent': {
    source: [text('2.6.12')],
    section: '2.6.12',
    statement: 'A delivery that was sent settled is forgotten by its sender, and its receiver tells no state of it.',
    duties: bothMust,
  },
  'amqp10/2.6.12.outcome-told': {
    source: [text('2.6.12')],
    section: '2.6.12',
    statement: 'The receiver of an unsettled delivery tells its outcome by disposition.',
    duties: bothMust,
  },
  'amqp10/2.6.12.terminal-state': {
    source: [text('2.6.12'), text('2.7.5')],
    section: '2.6.12',
    statement: 'A terminal state is final: no later transfer or disposition of the same end changes it.',
    duties: bothMustByEffect,
  },
  'amqp10/2.6.12.spontaneous-state': {
    source: [text('2.6.12')],
    section: '2.6.12',
    statement: 'A sender that comes to a terminal state by itself tells it, and settles once the receiver has confirmed it.',
    duties: {
      emit: untestable('SHOULD', 'When a sender comes to an outcome by itself is nothing that a peer can bring about.'),
      'client-emit': should,
    },
  },
  'amqp10/2.6.14.interleaved-links': {
    source: [xml('transport.links.transferring-large-messages#1')],
    section: '2.6.14',
    statement: 'Frames of messages on several links may come mixed.',
    duties: { emit: mustByEffect, permit: may, 'client-emit': mustByEffect, 'client-permit': may },
  },
  'amqp10/2.6.14.not-interleaved': {
    source: [xml('transport.links.transferring-large-messages#2')],
    section: '2.6.14',
    statement: 'On one link a message is sent to its end, or aborted, before the next begins.',
    duties: bothKeep(...broken),
  },
  'amqp10/2.6.14.aborted': {
    source: [xml('transport.links.transferring-large-messages#3'), xml('transport.transfer.aborted#1'), xml('transport.transfer.aborted@default')],
    section: '2.6.14',
    statement: 'What came of a delivery that is then aborted is dropped, the payload of the aborting transfer too, and it is settled.',
    duties: bothMustByEffect,
  },
  'amqp10/2.6.14.reassembled': {
    source: [text('2.6.11'), text('2.6.14'), xml('transport.transfer.more@default')],
    section: '2.6.14',
    statement: 'A message is the payload of all transfers of its delivery, empty ones included, up to the first that has no more.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.5.handle': {
    source: [xml('transport.transfer.handle@mandatory')],
    section: '2.7.5',
    statement: 'Transfer has the handle of its link.',
    duties: bothKeep(...invalidSessionField),
  },
  'amqp10/2.7.5.delivery-id': {
    source: [xml('transport.transfer.delivery-id#1')],
    section: '2.7.5',
    statement: 'The first transfer of a delivery has a delivery-id.',
    duties: bothKeep(...invalidTransfer),
  },
  'amqp10/2.7.5.delivery-id-omitted': {
    source: [xml('transport.transfer.delivery-id#2')],
    section: '2.7.5',
    statement: 'Further transfers of a delivery may leave out its delivery-id, tag and format.',
    duties: { emit: mustByEffect, permit: may, 'client-emit': mustByEffect, 'client-permit': may },
  },
  'amqp10/2.7.5.delivery-id-changed': {
    source: [text('2.7.5')],
    section: '2.7.5',
    statement: 'A further transfer with another delivery-id or tag than the first is an error.',
    duties: bothKeep(...broken),
  },
  'amqp10/2.7.5.message-format': {
    source: [xml('transport.transfer.message-format#1')],
    section: '2.7.5',
    statement: 'The first transfer of a delivery has a message-format.',
    duties: {
      emit: must,
      permit: mayAnswer(...invalidTransfer, discarded()),
      'client-emit': must,
    },
  },
  'amqp10/2.7.5.format-changed': {
    source: [text('2.7.5')],
    section: '2.7.5',
    statement: 'All transfers of a delivery have the same message-format, and another is an error.',
    duties: bothKeep(...broken),
  },
  'amqp10/2.7.5.settled-default': {
    source: [xml('transport.transfer.settled#1'), xml('transport.transfer.settled#2')],
    section: '2.7.5',
    statement: 'A delivery is unsettled until one of its transfers says settled, which holds for all that follow.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.5.mode-settled': {
    source: [xml('transport.transfer.settled#3'), xml('transport.sender-settle-mode.settled@choice')],
    section: '2.7.5',
    statement: 'On a link whose sender settles, each delivery is settled with its last transfer at the latest.',
    duties: bothMust,
  },
  'amqp10/2.7.5.mode-unsettled': {
    source: [xml('transport.transfer.settled#4'), xml('transport.sender-settle-mode.unsettled@choice')],
    section: '2.7.5',
    statement: 'On a link whose sender does not settle, no transfer is settled unless it aborts.',
    duties: bothMust,
  },
  'amqp10/2.7.5.more-aborted': {
    source: [xml('transport.transfer.more#1')],
    section: '2.7.5',
    statement: 'A transfer that aborts does not announce more.',
    duties: bothShould,
  },
  'amqp10/2.7.5.aborted-first': {
    source: [text('2.7.5')],
    section: '2.7.5',
    statement: 'Where a transfer says both, it aborts, and more is not looked at.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.5.settles-first': {
    source: [xml('transport.transfer.rcv-settle-mode#1'), xml('transport.receiver-settle-mode.first@choice'), text('2.8.3')],
    section: '2.7.5',
    statement: 'A receiver that settles first settles a delivery without waiting for the sender.',
    duties: bothMust,
  },
  'amqp10/2.7.5.settles-second': {
    source: [xml('transport.transfer.rcv-settle-mode#2'), xml('transport.receiver-settle-mode.second@choice')],
    section: '2.7.5',
    statement: 'A receiver that settles second settles a delivery after it told its state and the sender settled.',
    duties: bothMust,
  },
  'amqp10/2.7.5.rcv-settle-mode-illegal': {
    source: [text('2.7.5')],
    section: '2.7.5',
    statement: 'On a link that was agreed to settle first no transfer asks for second.',
    duties: bothKeepLoosely(...broken),
  },
  'amqp10/2.7.5.batchable': {
    source: [xml('transport.transfer.batchable@default'), xml('transport.disposition.batchable@default')],
    section: '2.7.5',
    statement: 'Batchable only allows a peer to answer later, together with other states.',
    duties: { emit: mustByEffect, 'client-emit': mustByEffect, permit: may, 'client-permit': may },
  },
  'amqp10/2.7.6.mandatory': {
    source: [xml('transport.disposition.role@mandatory'), xml('transport.disposition.first@mandatory')],
    section: '2.7.6',
    statement: 'Disposition has a role and the first delivery-id that it is about.',
    duties: bothKeep(...invalidSessionField),
  },
  'amqp10/2.7.6.direction': {
    source: [xml('transport.disposition#1')],
    section: '2.7.6',
    statement: 'A disposition is about deliveries of one direction, that of its role, on any links of the session.',
    duties: bothMust,
  },
  'amqp10/2.7.6.range': {
    source: [text('2.7.6')],
    section: '2.7.6',
    statement: 'A disposition goes for all deliveries from first to last, or for the first alone where no last is named.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.6.detached-link': {
    source: [xml('transport.disposition#2')],
    section: '2.7.6',
    statement: 'A disposition goes for deliveries of a link that is detached too, unless that was closed or detached with an error.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.6.settled-default': {
    source: [xml('transport.disposition.settled@default')],
    section: '2.7.6',
    statement: 'A disposition that does not say settled tells a state and leaves the delivery unsettled.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.6.unknown-delivery': {
    source: [text('2.7.6')],
    section: '2.7.6',
    statement: 'What a disposition of deliveries that nobody knows leads to is not said: nothing, or the end of the session.',
    duties: { permit: mayAnswer(discarded(), end('any')), 'client-permit': may },
  },
  'amqp10/2.7.6.sender-settles': {
    source: [text('2.6.12'), text('2.7.6')],
    section: '2.7.6',
    statement: 'A sender that has got a terminal state from a receiver that settles second settles the delivery.',
    duties: bothMust,
  },
} as const satisfies Readonly<Record<string, Rule10>>;

const ownLinks = 'A server does not resume links of its own accord, and takes what a client resumes as its sender resumes it.';

/** Resuming deliveries: sections 2.6.13 and 3.4.6, and the fields of attach and transfer that it needs. */
export const resumeRules = {
  'amqp10/2.6.13.source-only': {
    source: [xml('transport.links.resuming-deliveries#1'), xml('transport.attach.unsettled#2')],
    section: '2.6.13',
    statement: 'What only the source holds for unsettled the sender may send again or resume.',
    duties: bothMay,
  },
  'amqp10/2.6.13.resumed-unknown': {
    source: [xml('transport.links.resuming-deliveries#2'), xml('transport.transfer.resume#1')],
    section: '2.6.13',
    statement: 'A receiver drops a resumed delivery that it does not hold for unsettled.',
    duties: bothMust,
  },
  'amqp10/2.6.13.target-only': {
    source: [xml('transport.links.resuming-deliveries#3')],
    section: '2.6.13',
    statement: 'What only the target holds for unsettled is settled: the sender does nothing of it, and the receiver forgets it.',
    duties: bothMust,
  },
  'amqp10/2.6.13.both': {
    source: [xml('transport.links.resuming-deliveries#4')],
    section: '2.6.13',
    statement: 'What both ends hold for unsettled the sender resumes.',
    duties: bothMust,
  },
  'amqp10/2.6.13.incomplete': {
    source: [xml('transport.links.resuming-deliveries#5'), xml('transport.links.resuming-deliveries#6')],
    section: '2.6.13',
    statement: 'With an incomplete map the peers resume and settle what they know of, detach, and resume the link again, until both maps are complete.',
    duties: bothMust,
  },
  'amqp10/2.6.13.resume-flag': {
    source: [xml('transport.links.resuming-deliveries#7'), xml('transport.transfer.resume#3'), xml('transport.transfer.resume@default')],
    section: '2.6.13',
    statement: 'The first transfer of a resumed delivery says resume, and that of another does not.',
    duties: bothMust,
  },
  'amqp10/2.6.13.data-omitted': {
    source: [xml('transport.links.resuming-deliveries#8')],
    section: '2.6.13',
    statement: 'A resumed delivery may go without the data that the receiver has.',
    duties: bothMay,
  },
  'amqp10/2.7.5.resume-own': {
    source: [xml('transport.transfer.resume#2')],
    section: '2.7.5',
    statement: 'A sender resumes only what its own map holds.',
    duties: bothMust,
  },
  'amqp10/2.7.3.unsettled-compared': {
    source: [xml('transport.attach.unsettled#1')],
    section: '2.7.3',
    statement: 'A peer compares the unsettled map of the other one with its own and acts by both.',
    duties: bothMustByEffect,
  },
  'amqp10/2.7.3.unsettled-too-large': {
    source: [xml('transport.attach.unsettled#3'), xml('transport.amqp-error.frame-size-too-small@choice')],
    section: '2.7.3',
    statement: 'A map too large for a frame is sent incomplete, rather than the session ended with frame-size-too-small.',
    duties: bothShould,
  },
  'amqp10/2.7.3.unsettled-null-key': {
    source: [xml('transport.attach.unsettled#4')],
    section: '2.7.3',
    statement: 'No key of an unsettled map is null.',
    duties: bothKeepLoosely(...invalidTransfer),
  },
  'amqp10/2.7.3.unsettled-reattached': {
    source: [xml('transport.attach.unsettled#5')],
    section: '2.7.3',
    statement: 'A link that is attached again, and not resumed, tells no unsettled map.',
    duties: { emit: untestable('MUST', ownLinks), 'client-emit': must },
  },
  'amqp10/2.7.3.incomplete-new': {
    source: [xml('transport.attach.incomplete-unsettled#1'), xml('transport.attach.incomplete-unsettled@default')],
    section: '2.7.3',
    statement: 'Where a map is incomplete the sender sends nothing new, and a receiver whose map it was detaches with an error if something new comes.',
    duties: {
      emit: must,
      enforce: untestable('MUST', 'A server whose own map has room in a frame has no reason to send an incomplete one, and nobody can make it.'),
      'client-emit': must,
      'client-enforce': mustAnswer(detach('any')),
    },
  },
  'amqp10/3.4.1.received-only-resuming': {
    source: [xml('messaging.received#1')],
    section: '3.4.1',
    statement: 'A sender tells the state received on the first transfer of a resumed delivery and nowhere else.',
    duties: bothMust,
  },
  'amqp10/3.4.1.received-told': {
    source: [text('3.4'), text('3.4.1')],
    section: '3.4.1',
    statement: 'A receiver may tell by the state received how much of a delivery it has, which is no outcome and leaves it unsettled.',
    duties: { emit: mustByEffect, 'client-permit': may },
  },
  'amqp10/3.4.1.received-fields': {
    source: [xml('messaging.received.section-number@mandatory'), xml('messaging.received.section-offset@mandatory')],
    section: '3.4.1',
    statement: 'The state received has a section-number and a section-offset.',
    duties: bothKeep(...invalidTransfer),
  },
  'amqp10/3.4.6.resend-forgotten': {
    source: [
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#1'),
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#10'),
    ],
    section: '3.4.6',
    statement: 'What the receiver does not remember the sender sends again as a new delivery, without resume.',
    duties: bothMust,
  },
  'amqp10/3.4.6.resume-position': {
    source: [
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#2'),
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#12'),
    ],
    section: '3.4.6',
    statement: 'A sender resumes from where the receiver expects to go on, or from before that.',
    duties: bothMust,
  },
  'amqp10/3.4.6.outcome-resumed': {
    source: [xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#3')],
    section: '3.4.6',
    statement: 'Where the receiver has an outcome already, the sender resumes the delivery to say which outcome holds.',
    duties: bothMust,
  },
  'amqp10/3.4.6.outcome-state': {
    source: [
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#4'),
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#5'),
    ],
    section: '3.4.6',
    statement: 'The transfer that resumes for an outcome bears the state of the source, and may be settled where both agree.',
    duties: { emit: should, permit: may, 'client-emit': should, 'client-permit': may },
  },
  'amqp10/3.4.6.nothing-received': {
    source: [
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#6'),
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#7'),
    ],
    section: '3.4.6',
    statement: 'What the receiver knows of without any data the sender resumes with the whole message under the same tag.',
    duties: bothMust,
  },
  'amqp10/3.4.6.no-empty-entries': {
    source: [xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#8')],
    section: '3.4.6',
    statement: 'A receiver keeps no entry of a delivery of which it has nothing.',
    duties: bothShould,
  },
  'amqp10/3.4.6.resend-kept': {
    source: [
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#9'),
      xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#11'),
    ],
    section: '3.4.6',
    statement: 'A sender that can no longer resume from the start may still send the message anew, or else tell that it may be lost.',
    duties: bothMay,
  },
  'amqp10/3.4.6.terminal-kept-back': {
    source: [xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#13')],
    section: '3.4.6',
    statement: 'A sender tells no terminal state in its map while the receiver may still need the data again.',
    duties: bothMust,
  },
  'amqp10/3.4.6.sender-decides': {
    source: [xml('messaging.delivery-state.resuming-deliveries-using-delivery-states#14')],
    section: '3.4.6',
    statement: 'Where the outcomes of both ends differ, the sender restates its own, and the receiver settles by it.',
    duties: bothMust,
  },
} as const satisfies Readonly<Record<string, Rule10>>;
