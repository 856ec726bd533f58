import type { Rule091 } from '../rule.ts';
import { extension, must, mustByEffect, untestable, xml } from './phrases.ts';

const publisherConfirms = extension('Consumer Acknowledgements and Publisher Confirms', 'https://www.rabbitmq.com/docs/confirms');

/** Class confirm, the extension by which a server says that it took a message over. */
export const confirmRules = {
  'amqp091/confirm.select': {
    source: [xml('confirm.select'), publisherConfirms],
    section: 'confirm.select',
    statement: 'select puts the channel into confirm mode and is answered with select-ok.',
    capability: 'publisher_confirms',
    duties: { emit: must },
  },
  'amqp091/confirm.all-messages': {
    source: [xml('confirm.all messages acknowledged'), publisherConfirms],
    section: 'confirm',
    statement: 'Every message published after select is confirmed, whether a queue takes it or not.',
    capability: 'publisher_confirms',
    duties: { emit: must },
  },
  'amqp091/confirm.once': {
    source: [xml('confirm'), publisherConfirms],
    section: 'confirm',
    statement: 'Each message is confirmed once: no two confirms cover the same number, and none covers a number not yet published.',
    capability: 'publisher_confirms',
    duties: { emit: must },
  },
  'amqp091/confirm.sequence': {
    source: [xml('confirm'), publisherConfirms],
    section: 'confirm',
    statement: 'Confirms number the messages of a channel in the order they were published, from 1 at the first select, each channel for itself.',
    capability: 'publisher_confirms',
    duties: { emit: must },
  },
  'amqp091/confirm.return-first': {
    source: [xml('confirm.unroutable messages'), publisherConfirms],
    section: 'confirm',
    statement: 'A mandatory message that no queue takes is confirmed only after its return was sent.',
    capability: 'publisher_confirms',
    duties: { emit: must },
  },
  'amqp091/confirm.all-queues': {
    source: [xml('confirm.all queues'), publisherConfirms],
    section: 'confirm',
    statement: 'A message is confirmed only after every queue that it was routed to has taken it.',
    capability: 'publisher_confirms',
    duties: { emit: mustByEffect },
  },
  'amqp091/confirm.time': {
    source: [xml('confirm.time guarantees'), publisherConfirms],
    section: 'confirm',
    statement: 'A client should not count on how soon a confirm comes.',
    capability: 'publisher_confirms',
    duties: { 'client-emit': untestable('SHOULD', 'What a client counts on does not show on the wire.') },
  },
  'amqp091/confirm.unselected': {
    source: [xml('basic.ack'), xml('confirm')],
    section: 'confirm',
    statement: 'On a channel that is not in confirm mode the server confirms nothing.',
    duties: { emit: must },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
