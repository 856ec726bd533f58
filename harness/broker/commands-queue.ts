import type { FieldTable } from '../spec/amqp091/domains.ts';
import { sameArguments } from './arguments.ts';
import { declareReplies } from './commands-reply.ts';
import type { Core } from './core.ts';
import { queueDefinition } from './durable.ts';
import { meaningful, refusedArgument } from './extension-arguments.ts';
import { deleteQueue } from './lifecycle.ts';
import { findQueue, isRefusal, refusedName } from './names.ts';
import { Queue } from './queue.ts';
import { queuePolicy } from './queue-policy.ts';
import { queuesUsedUp } from './quotas.ts';
import { preconditionFailed, quoted } from './refusal.ts';
import type { Channel } from './session.ts';
import type { CommandOf, Refusal } from './vocabulary.ts';

export function declareQueue(core: Core, channel: Channel, command: CommandOf<'declare-queue'>): Refusal | undefined {
  const replies = declareReplies(core, channel, command);
  if (replies !== undefined) return replies === 'declared' ? undefined : replies;
  const queue = command.passive ? findQueue(channel, command.queue) : assertQueue(core, channel, command);
  if (isRefusal(queue)) return queue;
  channel.currentQueue = queue.name;
  core.expiry.renew(queue);
  if (command.noWait) return undefined;
  core.emit({
    kind: 'queue-declared',
    connection: channel.connection.id,
    channel: channel.number,
    queue: queue.name,
    messageCount: queue.ready,
    consumerCount: queue.activeConsumers,
  });
  return undefined;
}

function assertQueue(core: Core, channel: Channel, command: CommandOf<'declare-queue'>): Queue | Refusal {
  if (command.queue === '') return refusedArgument('queue', command.arguments) ?? createQueue(core, channel, freeName(core, channel), command);
  if (!channel.connection.virtualHost.queues.has(command.queue)) {
    return (
      refusedName('queue', command.queue, core.settings.readings) ??
      refusedArgument('queue', command.arguments) ??
      createQueue(core, channel, command.queue, command)
    );
  }
  const queue = findQueue(channel, command.queue);
  return isRefusal(queue) ? queue : (differs(core, queue, command) ?? queue);
}

function differs({ settings }: Core, { name, options }: Queue, command: CommandOf<'declare-queue'>): Refusal | undefined {
  const compared = (args: FieldTable) => (settings.readings.equivalence === 'text' ? args : meaningful('queue', args));
  const exclusive = options.owner !== undefined;
  const what =
    options.durable !== command.durable
      ? `durable ${options.durable}`
      : exclusive !== command.exclusive
        ? `exclusive ${exclusive}`
        : options.autoDelete !== command.autoDelete
          ? `auto-delete ${options.autoDelete}`
          : !sameArguments(compared(options.arguments), compared(command.arguments)) && 'other arguments';
  return what ? preconditionFailed(`queue ${quoted(name)} exists with ${what}`) : undefined;
}

function createQueue(core: Core, channel: Channel, name: string, command: CommandOf<'declare-queue'>): Queue | Refusal {
  const { connection } = channel;
  const limit = core.settings.limits.queues;
  if (core.queueCount >= limit) return preconditionFailed(`there are ${limit} queues already, as many as the broker takes`);
  const host = connection.virtualHost;
  const quota = queuesUsedUp(core, host);
  if (quota !== undefined) return preconditionFailed(`there are ${quota} queues in virtual host ${quoted(host.name)} already, as many as it may have`);
  const { durable, autoDelete, exclusive, arguments: args } = command;
  const owner = exclusive ? connection.id : undefined;
  const queue = new Queue(host.name, name, { durable, autoDelete, owner, arguments: args }, queuePolicy(args, core.settings.readings));
  host.queues.set(name, queue);
  if (command.lapse !== undefined) {
    queue.lifetime = { creator: channel, lapse: command.lapse };
    channel.nodes.push(queue);
  }
  host.defaultExchange.bind(queue, name, []);
  if (exclusive) connection.owned.add(queue);
  if (queue.durable) core.persist({ change: 'put', definition: queueDefinition(queue) });
  return queue;
}

function freeName(core: Core, { connection }: Channel): string {
  for (;;) {
    const name = `amq.gen-${core.settings.uniqueName()}`;
    if (!connection.virtualHost.queues.has(name)) return name;
  }
}

export function purgeQueue(core: Core, channel: Channel, command: CommandOf<'purge-queue'>): Refusal | undefined {
  const queue = findQueue(channel, command.queue);
  if (isRefusal(queue)) return queue;
  const messageCount = core.dispatcher.drop(queue);
  if (!command.noWait) core.emit({ kind: 'queue-purged', connection: channel.connection.id, channel: channel.number, messageCount });
  return undefined;
}

/** Messages that wait for an acknowledgement are still the queue's: with them it is not empty. */
export function removeQueue(core: Core, channel: Channel, command: CommandOf<'delete-queue'>): Refusal | undefined {
  const queue = findQueue(channel, command.queue);
  if (isRefusal(queue)) return toleratesMissing(core, command, queue) ? deleted(core, channel, command, 0) : queue;
  if (command.ifUnused && queue.consumers.size > 0) return preconditionFailed(`queue ${quoted(queue.name)} has consumers`);
  if (command.ifEmpty && queue.ready + queue.unacknowledged > 0) return preconditionFailed(`queue ${quoted(queue.name)} holds messages`);
  return deleted(core, channel, command, deleteQueue(core, queue));
}

function toleratesMissing(core: Core, command: CommandOf<'delete-queue'>, { code }: Refusal): boolean {
  return core.settings.readings.missingDelete === 'practice' && command.queue !== '' && code === 404;
}

function deleted(core: Core, channel: Channel, { noWait }: CommandOf<'delete-queue'>, messageCount: number): undefined {
  if (!noWait) core.emit({ kind: 'queue-deleted', connection: channel.connection.id, channel: channel.number, messageCount });
}
