import type { Rule091 } from '../rule.ts';
import { channelClose, extension, must, mustAnswer, shouldAnswer } from './phrases.ts';

const priorities = extension('Consumer Priorities', 'https://www.rabbitmq.com/docs/consumer-priority');
const singleActive = extension('Consumers: Single Active Consumer', 'https://www.rabbitmq.com/docs/consumers#single-active-consumer');
const acknowledgementTimeout = extension('Consumers: Delivery Acknowledgement Timeout', 'https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout');
const prefetch = extension('Consumer Prefetch', 'https://www.rabbitmq.com/docs/consumer-prefetch');

/** Extensions for consumers: priorities, single active consumer, prefetch of each consumer. */
export const consumerRules = {
  'amqp091/consumer-priority.highest': {
    source: [priorities],
    section: 'basic.consume',
    statement: 'As long as the consumers of the highest priority can take messages, no other is sent any.',
    capability: 'consumer_priorities',
    duties: { emit: must },
  },
  'amqp091/consumer-priority.blocked': {
    source: [priorities],
    section: 'basic.consume',
    statement: 'What the consumers of a higher priority cannot take goes to those of the next, and does not wait.',
    capability: 'consumer_priorities',
    duties: { emit: must },
  },
  'amqp091/consumer-priority.default': {
    source: [priorities],
    section: 'basic.consume',
    statement: 'A consumer that names no priority has priority 0; priorities may be negative.',
    capability: 'consumer_priorities',
    duties: { emit: must },
  },
  'amqp091/consumer-priority.equal': {
    source: [priorities],
    section: 'basic.consume',
    statement: 'Consumers of the same priority are served in turn.',
    capability: 'consumer_priorities',
    duties: { emit: must },
  },
  'amqp091/consumer-priority.integer': {
    source: [priorities],
    section: 'basic.consume',
    statement: 'A priority that is no integer should be refused as precondition-failed.',
    capability: 'consumer_priorities',
    duties: { enforce: shouldAnswer(channelClose(406, 'practice')) },
  },
  'amqp091/single-active-consumer.one': {
    source: [singleActive],
    section: 'queue.declare',
    statement: 'A queue with x-single-active-consumer sends all its messages to one of its consumers, the first, also while that one is too busy to take them.',
    duties: { emit: must },
  },
  'amqp091/single-active-consumer.takeover': {
    source: [singleActive],
    section: 'queue.declare',
    statement: 'When the active consumer is cancelled or its channel or connection ends, another consumer of the queue becomes the active one.',
    duties: { emit: must },
  },
  'amqp091/single-active-consumer.exclusive': {
    source: [singleActive],
    section: 'basic.consume',
    statement: 'An exclusive consumer is refused on a queue with x-single-active-consumer.',
    duties: { enforce: mustAnswer(channelClose(403, 'practice')) },
  },
  'amqp091/single-active-consumer.boolean': {
    source: [singleActive],
    section: 'queue.declare',
    statement: 'An x-single-active-consumer that is no boolean should be refused as precondition-failed.',
    duties: { enforce: shouldAnswer(channelClose(406, 'practice')) },
  },
  'amqp091/per-consumer-prefetch.each': {
    source: [prefetch],
    section: 'basic.qos',
    statement: 'A server that advertises per_consumer_qos takes qos without global for a limit of each consumer by itself.',
    capability: 'per_consumer_qos',
    duties: { emit: must },
  },
  'amqp091/per-consumer-prefetch.new-only': {
    source: [prefetch],
    section: 'basic.qos',
    statement: 'The limit of each consumer is the one that its channel was given last before the consumer was made.',
    capability: 'per_consumer_qos',
    duties: { emit: must },
  },
  'amqp091/per-consumer-prefetch.shared': {
    source: [prefetch],
    section: 'basic.qos',
    statement:
      'A server that advertises per_consumer_qos takes qos with global for a limit of the whole channel, besides those of its consumers, and of no other channel.',
    capability: 'per_consumer_qos',
    duties: { emit: must },
  },
  'amqp091/acknowledgement-timeout.close': {
    source: [acknowledgementTimeout],
    section: 'basic.deliver',
    statement:
      'When a delivery is not settled in the time that its queue has in x-consumer-timeout, its channel is closed as precondition-failed, in a minute or so.',
    duties: { emit: must },
  },
  'amqp091/acknowledgement-timeout.requeue': {
    source: [acknowledgementTimeout],
    section: 'basic.deliver',
    statement: 'What a channel held that was closed for want of an acknowledgement goes back to its queue.',
    duties: { emit: must },
  },
  'amqp091/acknowledgement-timeout.others': {
    source: [acknowledgementTimeout],
    section: 'basic.deliver',
    statement: 'A channel whose deliveries are settled in time, or need not be, is not closed.',
    duties: { emit: must },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
