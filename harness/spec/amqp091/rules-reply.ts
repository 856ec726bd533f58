import type { Rule091 } from '../rule.ts';
import { channelClose, discarded, extension, mayAnswer, must, mustAnswer, mustByEffect, reply } from './phrases.ts';

const directReplyTo = extension('Direct Reply-To', 'https://www.rabbitmq.com/docs/direct-reply-to');

const capability = 'direct_reply_to';

/** Direct reply-to: answers to requests without a queue for them. */
export const replyRules = {
  'amqp091/direct-reply-to.name': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement:
      'A request published with reply-to amq.rabbitmq.reply-to arrives with a name in its place that begins with that one and belongs to the channel that asked.',
    capability,
    duties: { emit: must },
  },
  'amqp091/direct-reply-to.delivery': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement:
      'A message published to the default exchange with such a name as routing key is delivered to the consumer of the channel that asked, and to no other.',
    capability,
    duties: { emit: must },
  },
  'amqp091/direct-reply-to.no-ack': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement: 'Consuming from amq.rabbitmq.reply-to with acknowledgements is refused as precondition-failed.',
    capability,
    duties: { enforce: mustAnswer(channelClose(406, 'practice')), 'client-emit': must },
  },
  'amqp091/direct-reply-to.one-consumer': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement: 'A second consumer of amq.rabbitmq.reply-to on one channel is refused as precondition-failed.',
    capability,
    duties: { enforce: mustAnswer(channelClose(406, 'practice')), 'client-emit': must },
  },
  'amqp091/direct-reply-to.same-channel': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement: 'Publishing with reply-to amq.rabbitmq.reply-to on a channel that does not consume from there is refused as precondition-failed.',
    capability,
    duties: { enforce: mustAnswer(channelClose(406, 'practice')), 'client-emit': must },
  },
  'amqp091/direct-reply-to.asker-present': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement: 'Declaring the name that answers go to succeeds, with no messages and one consumer, as long as there is somebody to answer.',
    capability,
    duties: { emit: must },
  },
  'amqp091/direct-reply-to.asker-gone': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement: 'Declaring the name that answers went to is not-found once the channel that asked is gone, passively or not, and creates nothing.',
    capability,
    duties: { enforce: mustAnswer(channelClose(404, 'practice')) },
  },
  'amqp091/direct-reply-to.dropped': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement: 'An answer to a channel that is gone is dropped, which harms nobody: the channel of who answered goes on.',
    capability,
    duties: { emit: mustByEffect },
  },
  'amqp091/direct-reply-to.mandatory': {
    source: [directReplyTo],
    section: 'direct reply-to',
    statement: 'A mandatory answer may come back as unroutable, also where it reached who asked: documents of different years say so and otherwise.',
    capability,
    duties: { permit: mayAnswer(reply('basic.return'), discarded()) },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
