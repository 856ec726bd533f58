import type { Rule10 } from '../rule.ts';
import { extension, mustByEffect, text } from './phrases.ts';

const conversions = extension('RabbitMQ: conversions between protocols', 'https://www.rabbitmq.com/docs/conversions');
const senderSelected = extension('RabbitMQ: sender-selected distribution', 'https://www.rabbitmq.com/docs/sender-selected');

const deadLetters = extension('RabbitMQ: dead letter exchanges', 'https://www.rabbitmq.com/docs/dlx');

const byEffect = { emit: mustByEffect } as const;

/** Between 0-9-1 and 1.0, for brokers that speak both. */
export const conversionRules = {
  'amqp10/conversion.same-queue': {
    source: [conversions],
    section: 'conversion',
    statement: 'A queue takes messages of both protocols and gives them to receivers of either, in one order.',
    duties: byEffect,
  },
  'amqp10/conversion.native-form': {
    source: [conversions, text('3.2')],
    section: 'conversion',
    statement: 'A message that comes out by the protocol that it came in by is as it was, whatever else is in the queue.',
    duties: byEffect,
  },
  'amqp10/conversion.body-to-091': {
    source: [conversions],
    section: 'conversion',
    statement: 'One data section of 1.0 becomes the body of 0-9-1, octet by octet.',
    duties: byEffect,
  },
  'amqp10/conversion.structured-body-to-091': {
    source: [conversions],
    section: 'conversion',
    statement: 'Any other body of 1.0 becomes a body of 0-9-1 that holds it as it was encoded, and whose type says amqp-1.0.',
    duties: byEffect,
  },
  'amqp10/conversion.body-to-10': {
    source: [conversions],
    section: 'conversion',
    statement: 'A body of 0-9-1 becomes one data section of 1.0, and one that holds encoded sections becomes these.',
    duties: byEffect,
  },
  'amqp10/conversion.header-to-091': {
    source: [conversions],
    section: 'conversion',
    statement: 'Durable, priority and ttl of 1.0 become delivery-mode, priority and expiration.',
    duties: byEffect,
  },
  'amqp10/conversion.header-to-10': {
    source: [conversions],
    section: 'conversion',
    statement: 'Delivery-mode, priority and expiration of 0-9-1 become durable, priority and ttl.',
    duties: byEffect,
  },
  'amqp10/conversion.ids-to-091': {
    source: [conversions],
    section: 'conversion',
    statement:
      'Message-id and correlation-id of 1.0 become text: a ulong in digits, a uuid as its URN, and as a header what has no room in a short string or is binary.',
    duties: byEffect,
  },
  'amqp10/conversion.ids-to-10': {
    source: [conversions],
    section: 'conversion',
    statement: 'Message-id and correlation-id of 0-9-1 become a uuid where they are the URN of one, else a string.',
    duties: byEffect,
  },
  'amqp10/conversion.properties-to-091': {
    source: [conversions],
    section: 'conversion',
    statement:
      'User-id, reply-to, content-type, content-encoding, creation-time and group-id become their counterparts, in seconds for the time and as app-id for the group.',
    duties: byEffect,
  },
  'amqp10/conversion.properties-to-10': {
    source: [conversions],
    section: 'conversion',
    statement:
      'User-id, reply-to, content-type, content-encoding, timestamp, app-id and type become their counterparts, in milliseconds for the time and as annotation for the type.',
    duties: byEffect,
  },
  'amqp10/conversion.application-properties': {
    source: [conversions],
    section: 'conversion',
    statement:
      'Application properties become headers of 0-9-1, and headers whose names do not begin with x- application properties, each of the type next to its own.',
    duties: byEffect,
  },
  'amqp10/conversion.annotations': {
    source: [conversions],
    section: 'conversion',
    statement: 'Message annotations whose keys begin with x- become headers of 0-9-1, and such headers annotations.',
    duties: byEffect,
  },
  'amqp10/conversion.routing-told': {
    source: [conversions],
    section: 'conversion',
    statement: 'What came through an exchange tells a receiver of 1.0 its exchange and routing key by annotations.',
    duties: byEffect,
  },
  'amqp10/conversion.copies': {
    source: [conversions, senderSelected],
    section: 'conversion',
    statement: 'Further routing keys count in either protocol, as annotation x-cc or as header CC, and each queue gets one copy.',
    duties: byEffect,
  },
  'amqp10/conversion.deaths': {
    source: [deadLetters, conversions],
    section: 'conversion',
    statement: 'What a message died of is told to 0-9-1 by the header x-death and to 1.0 by the annotation x-opt-deaths, whichever protocol it came by.',
    duties: byEffect,
  },
  'amqp10/conversion.outcome-on-091': {
    source: [text('3.4'), conversions],
    section: 'conversion',
    statement: 'Outcomes of 1.0 do to messages from 0-9-1 what they do to others: accepted retires, rejected dead-letters, released and modified give back.',
    duties: byEffect,
  },
  'amqp10/conversion.settled-by-091': {
    source: [text('3.2.1'), conversions],
    section: 'conversion',
    statement: 'What 0-9-1 acknowledges is retired, what it gives back goes out by 1.0 as not first acquired, and redelivered says the same the other way.',
    duties: byEffect,
  },
} as const satisfies Readonly<Record<string, Rule10>>;
