import type { Check } from '../../harness/check/check.ts';
import { property10 } from '../../harness/fuzz/property.ts';

/** Random conversations of 1.0 against naive models. Each model stands in a file of its own, loaded when its property is played. */
export const property10Checks: readonly Check[] = [
  property10('amqp10/properties/transactions', {
    title: 'Whatever transactions send, settle, commit and roll back: others find what a naive model has committed',
    duties: [
      'amqp10/4.1.atomic:emit',
      'amqp10/4.1.control-link-closed:emit',
      'amqp10/4.3.discharged:emit',
      'amqp10/4.3.rollback:emit',
      'amqp10/4.4.1.posted:emit',
      'amqp10/4.4.2.retired:emit',
      'amqp10/4.4.2.rolled-back:emit',
      'amqp10/4.4.4.2.default-outcome:emit',
      'amqp10/4.4.plain-beside:emit',
      'amqp10/4.5.7.many-on-session:emit',
    ],
    optional: true,
    runs: 20,
    worstMs: 8000,
    model: async () => (await import('./transactions10.ts')).transactions10Model,
  }),
];
