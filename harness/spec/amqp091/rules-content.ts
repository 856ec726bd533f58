import type { Rule091 } from '../rule.ts';
import { channelClose, connectionClose, discarded, grammar, mayAnswer, must, mustAnswer, reply, shouldAnswer, text, xml } from './phrases.ts';

const unexpected = connectionClose(505);
const badlyFormatted = [connectionClose(505), connectionClose(501), connectionClose(502)] as const;

/** Content framing: section 4.2.6. */
export const contentRules = {
  'amqp091/4.2.6.sequence': {
    source: [text('4.2.6'), text('2.3.5.2'), grammar('method'), grammar('content')],
    section: '4.2.6',
    statement: 'A method that carries content is followed on its channel by exactly one header frame and then its body frames, with nothing in between.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.6.interleaving': {
    source: [text('4.2.6'), text('2.3.1'), text('4.3')],
    section: '4.2.6',
    statement: 'The content frames of one channel may be mixed with frames of other channels.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.6.header-missing': {
    source: [text('4.2.6'), xml('constant.unexpected-frame')],
    section: '4.2.6',
    statement: 'A method that carries content and is followed by no header frame is incomplete content: connection exception 505.',
    duties: { enforce: mustAnswer(unexpected), 'client-emit': must, 'client-enforce': mustAnswer(unexpected) },
  },
  'amqp091/4.2.6.body-missing': {
    source: [text('4.2.6'), xml('constant.unexpected-frame')],
    section: '4.2.6',
    statement: 'A method before the whole body came is connection exception 505, or, as the same section also says, ends a content that its sender gave up.',
    duties: {
      enforce: mustAnswer(unexpected, reply('basic.qos-ok'), reply('channel.close-ok')),
      'client-emit': must,
      'client-enforce': mustAnswer(unexpected, discarded()),
    },
  },
  'amqp091/4.2.6.unexpected-header': {
    source: [text('4.2.6'), xml('constant.unexpected-frame')],
    section: '4.2.6',
    statement: 'A header frame that follows no method with content, or a second one in the same content, is connection exception 505.',
    duties: { enforce: mustAnswer(unexpected), 'client-emit': must, 'client-enforce': mustAnswer(unexpected) },
  },
  'amqp091/4.2.6.unexpected-body': {
    source: [text('4.2.6'), xml('constant.unexpected-frame')],
    section: '4.2.6',
    statement: 'A body frame outside of a content, or in place of its header, is connection exception 505.',
    duties: { enforce: mustAnswer(unexpected), 'client-emit': must, 'client-enforce': mustAnswer(unexpected) },
  },
  'amqp091/4.2.6.1.content-header': {
    source: [text('4.2.6.1'), text('4.2.6'), grammar('header-payload')],
    section: '4.2.6.1',
    statement: 'A header payload holds class id, weight, body size and property flags in fourteen octets; a shorter one is badly formatted content.',
    duties: { emit: must, enforce: mustAnswer(...badlyFormatted), 'client-emit': must, 'client-enforce': mustAnswer(...badlyFormatted) },
  },
  'amqp091/4.2.6.1.class-id': {
    source: [text('4.2.6.1'), text('4.2.6'), grammar('content-class')],
    section: '4.2.6.1',
    statement: 'The class id of a content header is that of its method; another is connection exception 501, or 505, as two places of the text differ.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(501), connectionClose(505)),
      'client-emit': must,
      'client-enforce': mustAnswer(connectionClose(501), connectionClose(505)),
    },
  },
  'amqp091/4.2.6.1.weight': {
    source: [text('4.2.6.1'), grammar('content-weight')],
    section: '4.2.6.1',
    statement: 'The weight of a content header is zero.',
    duties: { emit: must, enforce: shouldAnswer(...badlyFormatted), 'client-emit': must },
  },
  'amqp091/4.2.6.1.body-size': {
    source: [text('4.2.6.1'), text('4.2.6'), grammar('content-body-size')],
    section: '4.2.6.1',
    statement: 'The body size is the sum of the body frames that follow, none where it is zero; more than that is badly formatted content: 505.',
    duties: { emit: must, enforce: mustAnswer(unexpected), 'client-emit': must, 'client-enforce': mustAnswer(unexpected) },
  },
  'amqp091/4.2.6.1.property-flags': {
    source: [text('4.2.6.1'), grammar('property-flags')],
    section: '4.2.6.1',
    statement:
      'Property flags run from the high bit, one for each property of the class in its order; a flag for a property that the class lacks is badly formatted.',
    duties: { emit: must, enforce: shouldAnswer(...badlyFormatted), 'client-emit': must, 'client-enforce': shouldAnswer(...badlyFormatted) },
  },
  'amqp091/4.2.6.1.property-flags-continued': {
    source: [text('4.2.6.1'), grammar('property-flags')],
    section: '4.2.6.1',
    statement: 'The low bit of property flags says that more flags follow; no class of 0-9-1 needs them, and a receiver may take or refuse them.',
    duties: { permit: mayAnswer(...badlyFormatted, discarded()) },
  },
  'amqp091/4.2.6.1.property-list': {
    source: [text('4.2.6.1'), text('4.2.6'), grammar('property-list')],
    section: '4.2.6.1',
    statement: 'The property list holds exactly the values whose flags are set; one that ends early or late is badly formatted content.',
    duties: { emit: must, enforce: mustAnswer(...badlyFormatted), 'client-emit': must, 'client-enforce': mustAnswer(...badlyFormatted) },
  },
  'amqp091/4.2.6.1.channel-zero': {
    source: [text('4.2.6.1')],
    section: '4.2.6.1',
    statement: 'Content frames never travel on channel 0; a peer that receives one there raises connection exception 504.',
    duties: {
      emit: must,
      enforce: mustAnswer(connectionClose(504)),
      'client-emit': must,
      'client-enforce': mustAnswer(connectionClose(504)),
    },
  },
  'amqp091/4.2.6.2.body-frames': {
    source: [text('4.2.6.2'), text('2.3.5.2'), grammar('content-body')],
    section: '4.2.6.2',
    statement: 'A body may be split into as many frames as its sender likes; the receiver keeps them as one.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.6.2.opaque': {
    source: [text('4.2.6.2'), grammar('body-payload')],
    section: '4.2.6.2',
    statement: 'The octets of a body mean nothing to the framing, the value of frame-end included.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/content-too-large': {
    source: [xml('constant.content-too-large'), text('4.9')],
    section: '4.9',
    statement: 'A server may refuse content that is larger than it can accept, with 311 on the channel.',
    duties: { permit: mayAnswer(channelClose(311)) },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
