import type { Core } from './core.ts';
import { bindingDefinition } from './durable.ts';
import type { Destination, Exchange } from './exchange.ts';
import { isAutomatic, isDurable, removeBinding } from './lifecycle.ts';
import { findQueue, isRefusal } from './names.ts';
import { accessRefused, noSuchExchange, preconditionFailed } from './refusal.ts';
import type { Channel } from './session.ts';
import type { CommandOf, Refusal } from './vocabulary.ts';

export function bindQueue(core: Core, channel: Channel, command: CommandOf<'bind-queue'>): Refusal | undefined {
  const queue = findQueue(channel, command.queue);
  if (isRefusal(queue)) return queue;
  const source = channel.connection.virtualHost.exchanges.get(command.exchange);
  if (source === undefined) return noSuchExchange(command.exchange);
  const refusal = bind(core, source, queue, { ...command, routingKey: keyOf(command, queue.name) });
  if (refusal === undefined && !command.noWait) core.emit({ kind: 'queue-bound', connection: channel.connection.id, channel: channel.number });
  return refusal;
}

export function unbindQueue(core: Core, channel: Channel, command: CommandOf<'unbind-queue'>): Refusal | undefined {
  const refused = unbindFromQueue(core, channel, command);
  const refusal = command.queue === '' ? refused : unlessMissing(core, refused);
  if (refusal === undefined) core.emit({ kind: 'queue-unbound', connection: channel.connection.id, channel: channel.number });
  return refusal;
}

function unbindFromQueue(core: Core, channel: Channel, command: CommandOf<'unbind-queue'>): Refusal | undefined {
  const queue = findQueue(channel, command.queue);
  if (isRefusal(queue)) return queue;
  const source = channel.connection.virtualHost.exchanges.get(command.exchange);
  if (source === undefined) return noSuchExchange(command.exchange);
  return unbind(core, channel, source, queue, { ...command, routingKey: keyOf(command, queue.name) });
}

export function bindExchange(core: Core, channel: Channel, command: CommandOf<'bind-exchange'>): Refusal | undefined {
  const { exchanges } = channel.connection.virtualHost;
  const [source, destination] = [exchanges.get(command.source), exchanges.get(command.destination)];
  if (source === undefined || destination === undefined) return noSuchExchange(source === undefined ? command.source : command.destination);
  const refusal = bind(core, source, destination, command);
  if (refusal === undefined && !command.noWait) core.emit({ kind: 'exchange-bound', connection: channel.connection.id, channel: channel.number });
  return refusal;
}

export function unbindExchange(core: Core, channel: Channel, command: CommandOf<'unbind-exchange'>): Refusal | undefined {
  const refusal = unlessMissing(core, unbindFromExchange(core, channel, command));
  if (refusal === undefined && !command.noWait) core.emit({ kind: 'exchange-unbound', connection: channel.connection.id, channel: channel.number });
  return refusal;
}

function unbindFromExchange(core: Core, channel: Channel, command: CommandOf<'unbind-exchange'>): Refusal | undefined {
  const { exchanges } = channel.connection.virtualHost;
  const [source, destination] = [exchanges.get(command.source), exchanges.get(command.destination)];
  if (source === undefined || destination === undefined) return noSuchExchange(source === undefined ? command.source : command.destination);
  return unbind(core, channel, source, destination, command);
}

/** What is not there is not bound either: where readings have it so, that is all that was asked. */
function unlessMissing({ settings }: Core, refusal: Refusal | undefined): Refusal | undefined {
  return settings.readings.missingUnbind === 'practice' && refusal?.code === 404 ? undefined : refusal;
}

type Wanted = Pick<CommandOf<'bind-exchange'>, 'routingKey' | 'arguments'>;

/** A request without queue name and key means the last declared queue, and its name as the key. */
function keyOf(command: { readonly queue: string; readonly routingKey: string }, queue: string): string {
  return command.queue === '' && command.routingKey === '' ? queue : command.routingKey;
}

function bind(core: Core, source: Exchange, destination: Destination, { routingKey, arguments: args }: Wanted): Refusal | undefined {
  if (isReserved(core, source)) return accessRefused('the default exchange is for publishing alone');
  const senseless = source.refuses(routingKey, args);
  if (senseless !== undefined) return preconditionFailed(senseless);
  const binding = source.bind(destination, routingKey, args);
  if (binding !== undefined && isDurable(binding)) core.persist({ change: 'put', definition: bindingDefinition(binding) });
  return undefined;
}

function unbind(core: Core, channel: Channel, source: Exchange, destination: Destination, { routingKey, arguments: args }: Wanted): Refusal | undefined {
  if (isReserved(core, source)) return accessRefused('the default exchange is for publishing alone');
  const binding = source.find(destination, routingKey, args);
  if (binding === undefined) return undefined;
  if (isAutomatic(binding)) return accessRefused('the binding of a queue to the default exchange by its own name stays');
  removeBinding(core, channel.connection.virtualHost, binding);
  return undefined;
}

function isReserved({ settings }: Core, { name }: Exchange): boolean {
  return name === '' && settings.readings.defaultExchange === 'practice';
}
