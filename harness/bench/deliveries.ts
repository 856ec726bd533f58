import { method } from '../wire/amqp091/codec.ts';
import { contentHeader, encodeContent } from '../wire/amqp091/content.ts';
import { fieldTable } from '../wire/amqp091/field-table.ts';

/** Numbers from a seed, so that every run measures the same octets (xorshift). */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return most => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % most;
  };
}

const exchanges = ['', 'orders', 'amq.topic', 'events.v1'];
const keys = ['order.created', 'order.paid', 'stock.level.changed', 'user.login'];

/**
 * The octets of `messages` deliveries as a broker sends them: names from a few, ids and bodies of each message's own, properties and headers in the mixture
 * that applications use.
 */
export function deliveries(messages: number, seed = 20): Buffer {
  const next = numbers(seed);
  const parts: Uint8Array[] = [];
  for (let tag = 1; tag <= messages; tag += 1) {
    const body = Buffer.alloc(next(900), 0x61 + next(26));
    const header = contentHeader({ bodySize: body.length, properties: propertiesOf(tag, next) });
    const consumerTag = `amq.ctag-${next(3)}-k2ls9f`;
    const deliver = method('basic.deliver', {
      consumerTag,
      deliveryTag: BigInt(tag),
      redelivered: next(10) === 0,
      exchange: exchanges[next(4)] ?? '',
      routingKey: keys[next(4)] ?? '',
    });
    parts.push(...encodeContent(1 + next(4), deliver, header, [body], 131_072));
  }
  return Buffer.concat(parts);
}

function propertiesOf(tag: number, next: (most: number) => number) {
  const id = `${(tag * 2_654_435_761) >>> 0}-${next(65_536)}`;
  const headers = fieldTable({
    'x-trace-id': `00-${id}-01`,
    'x-attempt': next(5),
    'x-tenant': `tenant-${next(20)}`,
    'x-flag': next(2) === 0,
    ...(next(3) === 0 ? { 'x-death': [{ reason: 'expired', count: next(9), queue: 'orders.retry' }], 'x-ratio': next(100) / 7 } : {}),
  });
  const common = { contentType: 'application/json', headers, deliveryMode: 2, messageId: id, timestamp: BigInt(1_700_000_000 + tag), appId: 'shop' };
  return next(2) === 0
    ? common
    : { ...common, priority: next(10), correlationId: `c-${id}`, replyTo: 'amq.rabbitmq.reply-to', type: 'order', expiration: '60000' };
}
