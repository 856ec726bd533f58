import { encodeMessage } from '../../wire/amqp10/codec.ts';
import type { Amqp10Message } from './amqp10-message.ts';

/** What is said of a message anew with each delivery. */
export interface Delivering {
  /** Nobody has had it before. */
  readonly first: boolean;
  readonly failures: number;
  /** Milliseconds until it is to be gone, where somebody said. */
  readonly leftMs: number | undefined;
}

const header = (durable: boolean, first: boolean): Uint8Array =>
  encodeMessage({ header: { ...(durable && { durable }), ...(first && { firstAcquirer: first }) } });
/** The headers of most messages: of those that are durable and not, for the first and for later acquirers. */
const usual = {
  first: { durable: header(true, true), transient: header(false, true) },
  later: { durable: header(true, false), transient: header(false, false) },
};

/** The octets of a message as they go out: header, message annotations as they came, and the bare message octet by octet. */
export function payloadOf(message: Amqp10Message, delivering: Delivering): readonly Uint8Array[] {
  const front = headerFor(message, delivering);
  const { annotationOctets, deliveryAnnotationOctets, body } = message;
  if (deliveryAnnotationOctets !== undefined) return [front, deliveryAnnotationOctets, ...(annotationOctets === undefined ? [] : [annotationOctets]), body[0]];
  return annotationOctets === undefined ? [front, body[0]] : [front, annotationOctets, body[0]];
}

function headerFor({ sent, persistent }: Amqp10Message, { first, failures, leftMs }: Delivering): Uint8Array {
  if (failures === 0 && sent?.priority === undefined && sent?.ttl === undefined) return usual[first ? 'first' : 'later'][persistent ? 'durable' : 'transient'];
  return encodeMessage({
    header: {
      ...(sent?.durable !== undefined && { durable: sent.durable }),
      ...(sent?.priority !== undefined && { priority: sent.priority }),
      ...(sent?.ttl !== undefined && { ttl: Math.min(sent.ttl, Math.max(0, Math.floor(leftMs ?? sent.ttl))) }),
      ...(first && { firstAcquirer: first }),
      ...(failures > 0 && { deliveryCount: failures }),
    },
  });
}
