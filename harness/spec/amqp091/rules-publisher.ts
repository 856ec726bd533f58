import type { Rule091 } from '../rule.ts';
import { channelClose, extension, must, mustAnswer, mustByEffect } from './phrases.ts';

const validatedUserId = extension('Validated User-ID', 'https://www.rabbitmq.com/docs/validated-user-id');
const senderSelected = extension('Sender-selected Distribution', 'https://www.rabbitmq.com/docs/sender-selected');

/** Extensions for publishers: user-id validation and sender-selected distribution. No capability announces either: a server that does neither lacks them. */
export const publisherRules = {
  'amqp091/user-id.own': {
    source: [validatedUserId],
    section: 'basic.publish',
    statement: 'A message whose user-id names the user of its connection is taken, and its receivers find that user-id on it.',
    duties: { emit: must },
  },
  'amqp091/user-id.other': {
    source: [validatedUserId],
    section: 'basic.publish',
    statement: 'A message whose user-id names another user than that of its connection is refused as precondition-failed, and no queue takes it.',
    duties: { enforce: mustAnswer(channelClose(406)), 'client-emit': must },
  },
  'amqp091/sender-selected.keys': {
    source: [senderSelected],
    section: 'basic.publish',
    statement: 'A message goes where its routing key leads and where each key in its headers CC and BCC leads, once to each queue.',
    duties: { emit: mustByEffect },
  },
  'amqp091/sender-selected.blind': {
    source: [senderSelected],
    section: 'basic.publish',
    statement: 'The header BCC is taken off a message before it is delivered, and nothing else of it.',
    duties: { emit: must },
  },
  'amqp091/sender-selected.types': {
    source: [senderSelected],
    section: 'basic.publish',
    statement: 'The headers CC and BCC are arrays of keys: a message where one is no array is refused as precondition-failed.',
    duties: { enforce: mustAnswer(channelClose(406)), 'client-emit': must },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
