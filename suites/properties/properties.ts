import type { Check } from '../../harness/check/check.ts';
import { property } from '../../harness/fuzz/property.ts';

/** Random conversations against naive models. Each model stands in a file of its own, loaded when its property is played. */
export const propertyChecks: readonly Check[] = [
  property('amqp091/properties/queue', {
    title: 'Whatever clients take, settle, give back and purge: a queue gives what a naive list would give',
    duties: [
      'amqp091/4.7.order:emit',
      'amqp091/basic.explicit-acknowledgement:emit',
      'amqp091/basic.automatic-acknowledgement:emit',
      'amqp091/basic.ack.single:emit',
      'amqp091/basic.ack.multiple:emit',
      'amqp091/basic.reject.requeue:emit',
      'amqp091/basic.reject.discard:emit',
      'amqp091/basic.recover.requeue:emit',
      'amqp091/domain.redelivered.first:emit',
      'amqp091/4.5.redelivery:emit',
      'amqp091/queue.purge.effect:emit',
      'amqp091/queue.purge.unacknowledged:emit',
    ],
    runs: 30,
    worstMs: 8000,
    model: async () => (await import('./queue.ts')).queueModel,
  }),
  property('amqp091/properties/routing/plain', {
    title: 'Whatever is bound to direct and fanout exchanges: each queue gets the messages that a naive model routes to it',
    duties: [
      'amqp091/3.1.3.1.direct:emit',
      'amqp091/3.1.3.2.fanout:emit',
      'amqp091/exchange.default-exchange:emit',
      'amqp091/queue.bind.duplicates:emit',
      'amqp091/queue.bind.unique:emit',
      'amqp091/queue.unbind.effect:emit',
      'amqp091/4.7.order:emit',
    ],
    runs: 20,
    worstMs: 6000,
    model: async () => (await import('./routing.ts')).plainRouting,
  }),
  property('amqp091/properties/routing/topic', {
    title: 'Whatever patterns are bound to a topic exchange: each queue gets the messages whose keys a naive model matches',
    duties: [
      'amqp091/3.1.3.3.topic-hash:emit',
      'amqp091/3.1.3.3.topic-star:emit',
      'amqp091/3.1.3.3.topic-words:emit',
      'amqp091/queue.bind.unique:emit',
      'amqp091/queue.unbind.effect:emit',
      'amqp091/4.7.order:emit',
    ],
    runs: 25,
    worstMs: 6000,
    model: async () => (await import('./routing.ts')).topicRouting,
  }),
  property('amqp091/properties/routing/headers', {
    title: 'Whatever is bound to a headers exchange: each queue gets the messages whose headers a naive model matches',
    duties: [
      'amqp091/3.1.3.4.headers-all:emit',
      'amqp091/3.1.3.4.headers-any:emit',
      'amqp091/3.1.3.4.headers-presence:emit',
      'amqp091/queue.bind.unique:emit',
      'amqp091/queue.unbind.effect:emit',
      'amqp091/4.7.order:emit',
    ],
    runs: 20,
    worstMs: 6000,
    model: async () => (await import('./routing.ts')).headersRouting,
  }),
  property('amqp091/properties/routing/joined', {
    title: 'However exchanges are bound to each other, in circles too: each queue gets the messages of a naive model once',
    duties: ['amqp091/queue.bind.unique:emit', 'amqp091/queue.unbind.effect:emit', 'amqp091/4.7.order:emit'],
    capabilities: ['exchange_exchange_bindings'],
    runs: 20,
    worstMs: 6000,
    model: async () => (await import('./routing.ts')).joinedRouting,
  }),
];
