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
  property10('amqp10/properties/credit', {
    title: 'However credit is given and windows open: nobody gets more, nothing starves, every drain ends, and all is delivered once',
    duties: [
      'amqp10/2.6.7.credit-spent:emit',
      'amqp10/2.6.7.credit-used:emit',
      'amqp10/2.6.7.delivery-limit:emit',
      'amqp10/2.6.7.drained:emit',
      'amqp10/2.6.10.stopped:emit',
      'amqp10/2.5.6.remote-incoming-window:emit',
      'amqp10/2.5.6.window-reopened:emit',
      'amqp10/3.3.1.acquired:emit',
    ],
    runs: 20,
    worstMs: 8000,
    model: async () => (await import('./credit10.ts')).credit10Model,
  }),
  property10('amqp10/properties/delivery-state', {
    title: 'Whatever is sent, received and settled, by ranges too: each message waits, is held or is gone as a naive model says',
    duties: [
      'amqp10/3.4.2.accepted:emit',
      'amqp10/3.4.3.rejected:emit',
      'amqp10/3.4.4.released:emit',
      'amqp10/3.4.5.modified:emit',
      'amqp10/3.4.5.delivery-failed:emit',
      'amqp10/3.3.1.acquired:emit',
      'amqp10/3.4.returned-unsettled:emit',
      'amqp10/2.7.6.range:emit',
      'amqp10/2.6.12.outcome-told:emit',
      'amqp10/2.6.12.settled-sent:emit',
      'amqp10/2.7.5.mode-settled:emit',
    ],
    runs: 20,
    worstMs: 8000,
    model: async () => (await import('./delivery10.ts')).delivery10Model,
  }),
];
