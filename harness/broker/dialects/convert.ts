import type { Message } from '../message.ts';
import type { Amqp10Message } from './amqp10-message.ts';
import { Amqp091Message } from './amqp091-message.ts';
import { to10 } from './convert-to-10.ts';

/** The message as a 1.0 client gets it: itself, where one sent it. */
export function as10(message: Message): Amqp10Message {
  return message instanceof Amqp091Message ? to10(message) : (message as Amqp10Message);
}

/** How something of one protocol is said in the other. */
export interface Conversion {
  readonly amqp091: string;
  readonly amqp10: string;
  /** What is lost or changes on the way; left out: nothing. */
  readonly remark?: string;
}

/** What survives from one protocol to the other. Both ways unless the remark says otherwise. */
export const conversions: readonly Conversion[] = [
  { amqp091: 'delivery-mode', amqp10: 'header.durable', remark: '2 is true, all else false; without a header there is no delivery-mode' },
  { amqp091: 'priority', amqp10: 'header.priority' },
  { amqp091: 'expiration', amqp10: 'header.ttl', remark: 'to 1.0: what is left of it when it goes out, at most 2^32 - 1; to 0-9-1: as it was sent' },
  { amqp091: 'content-type', amqp10: 'properties.content-type', remark: 'not where it has more than ASCII or more than 255 octets' },
  { amqp091: 'content-encoding', amqp10: 'properties.content-encoding', remark: 'not where it has more than ASCII or more than 255 octets' },
  { amqp091: 'message-id', amqp10: 'properties.message-id', remark: 'a uuid is its URN, a ulong its digits, which the header x-message-id-type tells' },
  { amqp091: 'header x-message-id', amqp10: 'properties.message-id', remark: 'that is a binary, or a string of more than 255 octets' },
  {
    amqp091: 'correlation-id',
    amqp10: 'properties.correlation-id',
    remark: 'a uuid is its URN, a ulong its digits, which the header x-correlation-id-type tells',
  },
  { amqp091: 'header x-correlation-id', amqp10: 'properties.correlation-id', remark: 'that is a binary, or a string of more than 255 octets' },
  { amqp091: 'reply-to', amqp10: 'properties.reply-to', remark: 'to 0-9-1: /queues/ and a name becomes that name' },
  { amqp091: 'user-id', amqp10: 'properties.user-id', remark: 'to 0-9-1: where it is a text of at most 255 octets' },
  { amqp091: 'timestamp', amqp10: 'properties.creation-time', remark: 'to 0-9-1: whole seconds, none before 1970' },
  { amqp091: 'app-id', amqp10: 'properties.group-id' },
  { amqp091: 'type', amqp10: 'message-annotations x-basic-type' },
  { amqp091: 'header x-opt-to', amqp10: 'properties.to' },
  { amqp091: 'header x-opt-subject', amqp10: 'properties.subject' },
  { amqp091: 'header x-opt-absolute-expiry-time', amqp10: 'properties.absolute-expiry-time', remark: 'whole seconds, none before 1970' },
  { amqp091: 'header x-opt-group-sequence', amqp10: 'properties.group-sequence' },
  { amqp091: 'header x-opt-reply-to-group-id', amqp10: 'properties.reply-to-group-id' },
  { amqp091: 'headers', amqp10: 'application-properties', remark: 'not names above 255 octets; of a name that is there twice the first' },
  { amqp091: 'headers that are arrays or tables', amqp10: 'message-annotations x-opt-header-…', remark: 'application properties are of simple types' },
  { amqp091: 'headers x-…', amqp10: 'message-annotations x-…', remark: 'not where the name has more than ASCII' },
  { amqp091: 'header CC', amqp10: 'message-annotations x-cc' },
  { amqp091: 'header x-death', amqp10: 'message-annotations x-opt-deaths' },
  { amqp091: 'exchange', amqp10: 'message-annotations x-exchange', remark: 'to 1.0 alone' },
  { amqp091: 'routing key', amqp10: 'message-annotations x-routing-key', remark: 'to 1.0 alone' },
  { amqp091: 'body', amqp10: 'data', remark: 'one section' },
  {
    amqp091: 'body of type amqp-1.0',
    amqp10: 'amqp-value, amqp-sequence, several sections of data',
    remark: 'their sections and the footer, as octets of 1.0',
  },
  { amqp091: '', amqp10: 'footer', remark: 'lost behind one section of data' },
  { amqp091: '', amqp10: 'delivery-annotations', remark: 'lost: they are for the next peer alone' },
  { amqp091: 'redelivered', amqp10: 'header.first-acquirer', remark: "true is false; neither is the sender's to say" },
  { amqp091: '', amqp10: 'header.delivery-count', remark: 'lost' },
];
