import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { Definition, DefinitionKey, Plain, SingleChange } from '../store/store.ts';
import type { Core } from './core.ts';
import { type Binding, Exchange, type ExchangeOptions, isExchangeType } from './exchange.ts';

import type { Message } from './message.ts';
import { Queue } from './queue.ts';
import { queuePolicy } from './queue-policy.ts';

/** Whether the store keeps an exchange: a durable one, and any where the broker reads it so. */
export function isKept({ options }: Exchange, { settings }: Core): boolean {
  return options.durable || settings.readings.transientExchanges === 'practice';
}

/** An exchange as the store keeps it. */
export function exchangeDefinition({ virtualHost, name, type, options }: Exchange): Definition {
  const { durable, autoDelete, internal, arguments: args } = options;
  return { kind: 'exchange', virtualHost, name, attributes: { type, autoDelete, internal, arguments: args, ...(!durable && { durable }) } };
}

/** A durable queue as the store keeps it. */
export function queueDefinition({ virtualHost, name, options }: Queue): Definition {
  return { kind: 'queue', virtualHost, name, attributes: { autoDelete: options.autoDelete, arguments: options.arguments } };
}

/** A durable binding as the store keeps it. */
export function bindingDefinition(binding: Binding): Definition {
  return { ...deletionOf(binding), attributes: null };
}

/** The key under which the store keeps a binding. */
export function deletionOf({ exchange, destination, routingKey, arguments: args }: Binding): BindingKey {
  const { virtualHost, name } = exchange;
  if (destination instanceof Queue) return { kind: 'binding', virtualHost, exchange: name, queue: destination.name, routingKey, arguments: args };
  return { kind: 'exchange-binding', virtualHost, source: name, destination: destination.name, routingKey, arguments: args };
}

type BindingKey = Extract<DefinitionKey, { readonly kind: 'binding' | 'exchange-binding' }>;

/** Brings back one change that a store loaded. What belongs to a virtual host that no longer exists stays in the store and out of the broker. */
export function restore(core: Core, change: SingleChange, message: Message | undefined): void {
  if (change.change === 'put') restoreDefinition(core, change.definition);
  if (change.change === 'sent') core.virtualHosts.get(change.virtualHost)?.queues.get(change.queue)?.restoreSent(change.position);
  if (change.change !== 'append' || message === undefined) return;
  const host = core.virtualHosts.get(change.virtualHost);
  core.position = Math.max(core.position, change.position);
  for (const name of change.queues) {
    const queue = host?.queues.get(name);
    if (queue === undefined) continue;
    const entry = queue.add(message, change.position, true, change.arrivedMs ?? core.now);
    core.heldOctets += message.size;
    core.heldMessages += 1;
    if (core.pager.pages) core.pager.page(entry);
    core.expiry.watch(queue);
  }
}

function restoreDefinition(core: Core, definition: Definition): void {
  const host = core.virtualHosts.get(definition.virtualHost);
  if (host === undefined) return;
  if (definition.kind === 'exchange') {
    const { type, ...options } = definition.attributes as unknown as ExchangeAttributes;
    if (isExchangeType(type))
      host.exchanges.set(definition.name, new Exchange(host.name, definition.name, type, { durable: true, ...options }, core.settings.readings));
  } else if (definition.kind === 'queue') {
    const attributes = definition.attributes as unknown as QueueAttributes;
    const queue = new Queue(
      host.name,
      definition.name,
      { ...attributes, durable: true, owner: undefined },
      queuePolicy(attributes.arguments, core.settings.readings),
    );
    host.queues.set(queue.name, queue);
    core.expiry.renew(queue);
    host.defaultExchange.bind(queue, queue.name, []);
  } else {
    const between = definition.kind === 'exchange-binding';
    const destination = between ? host.exchanges.get(definition.destination) : host.queues.get(definition.queue);
    const source = host.exchanges.get(between ? definition.source : definition.exchange);
    if (destination !== undefined) source?.bind(destination, definition.routingKey, definition.arguments as unknown as FieldTable);
  }
}

/** What the functions above wrote into `attributes`: a store gives back what it was given. */
type ExchangeAttributes = Omit<ExchangeOptions, 'durable'> & { readonly type: string; readonly durable?: false };
type QueueAttributes = { readonly autoDelete: boolean; readonly arguments: FieldTable };

/** Both are plain data, so that a store can keep them; this line does not compile should that change. */
export type KeepsArguments = FieldTable extends Plain ? true : never;
