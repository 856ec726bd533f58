import { createHash } from 'node:crypto';
import type { AmqpValue } from '../../wire/amqp10/codec.ts';
import { gist } from '../arguments.ts';
import type { Binding } from '../exchange.ts';
import { Queue } from '../queue.ts';
import { boolean, list, map, string, ulong } from './amqp10-replies.ts';
import { amqpValue } from './convert-values.ts';

/** What is told of a queue. */
export function queueBody({ name, virtualHost, options, ready, consumers }: Queue): AmqpValue {
  const { durable, autoDelete, owner } = options;
  return map({
    name: string(name),
    vhost: string(virtualHost),
    durable: boolean(durable),
    auto_delete: boolean(autoDelete),
    exclusive: boolean(owner !== undefined),
    type: string('classic'),
    arguments: amqpValue({ type: 'table', value: options.arguments }),
    leader: string('amqpspec'),
    replicas: list([string('amqpspec')]),
    message_count: ulong(ready),
    consumer_count: { type: 'uint', value: consumers.size },
  });
}

/** What is told of a binding, and where it can be removed. */
export function bindingBody(binding: Binding): AmqpValue {
  const { exchange, destination, routingKey, arguments: args } = binding;
  const toQueue = destination instanceof Queue;
  const parts = [`src=${part(exchange.name)}`, `${toQueue ? 'dstq' : 'dste'}=${part(destination.name)}`, `key=${part(routingKey)}`, `args=${hashOf(binding)}`];
  return map({
    source: string(exchange.name),
    [toQueue ? 'destination_queue' : 'destination_exchange']: string(destination.name),
    binding_key: string(routingKey),
    arguments: amqpValue({ type: 'table', value: args }),
    location: string(`/bindings/${parts.join(';')}`),
  });
}

/** What tells a binding with arguments from others of the same key; empty where it has none. */
export function hashOf({ arguments: args }: Binding): string {
  return args.length === 0 ? '' : createHash('sha256').update(gist(args)).digest('base64url').slice(0, 16);
}

const part = (text: string): string => encodeURIComponent(text);
