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
];
