import type { InboundUser } from '../../../endpoint/amqp091/inbound.ts';
import type { Method } from '../../../spec/amqp091/classes.ts';
import type { Heard } from '../conversation.ts';

const encoder = new TextEncoder();

/** One thing that a server said, in the words of conversations. */
export function heardOf(event: Parameters<InboundUser['take']>[0]): Heard {
  if (event.kind === 'protocol-header') return { name: 'header', channel: 0 };
  if (event.kind === 'heartbeat') return { name: 'heartbeat', channel: 0 };
  if (event.kind !== 'method' && event.kind !== 'content') return { name: 'nothing', channel: 0 };
  const { channel, method } = event;
  const holes = holesOf(method);
  if (method.name === 'connection.close' || method.name === 'channel.close') {
    return { name: method.name, channel, code: String(method.args.replyCode), ends: method.name === 'connection.close' ? 'connection' : 'channel' };
  }
  if (method.name === 'connection.close-ok') return { name: method.name, channel, ends: 'connection' };
  return { name: method.name, channel, ...(holes !== undefined && { holes }) };
}

/** What a later step may want. */
function holesOf(method: Method): Heard['holes'] {
  switch (method.name) {
    case 'queue.declare-ok':
      return { queue: encoder.encode(method.args.queue) };
    case 'basic.consume-ok':
      return { 'consumer-tag': encoder.encode(method.args.consumerTag) };
    case 'basic.deliver':
    case 'basic.get-ok':
      return { 'delivery-tag': eightOctets(method.args.deliveryTag) };
    default:
      return undefined;
  }
}

function eightOctets(value: bigint): Uint8Array {
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigUint64(0, value);
  return octets;
}

/** The method that a close blames, class and method in one number; undefined where it blames none. */
export function blames(told: Method): number | undefined {
  if (told.name !== 'connection.close' && told.name !== 'channel.close') return undefined;
  const { classId, methodId } = told.args;
  return classId === 0 && methodId === 0 ? undefined : classId * 65_536 + methodId;
}
