import { accessOf, refusedAccess } from './access.ts';
import { wrongFieldName } from './arguments.ts';
import { bindExchange, bindQueue, unbindExchange, unbindQueue } from './commands-bind.ts';
import { cancel, consume, flow, grantCredit, limitPrefetch, tellCredit } from './commands-consume.ts';
import { beginTransaction, discharge } from './commands-discharge.ts';
import { declareExchange, removeExchange } from './commands-exchange.ts';
import { acknowledge, get, recover } from './commands-get.ts';
import { beginPublishing, publish, refusePublish, selectConfirm, stored } from './commands-publish.ts';
import { declareQueue, purgeQueue, removeQueue } from './commands-queue.ts';
import { commit, rollBack, selectTransaction } from './commands-transaction.ts';
import type { Core } from './core.ts';
import { restore } from './durable.ts';
import { releaseHeld } from './holding.ts';
import { closeChannel, closeChannels, closeConnection, refuse } from './lifecycle.ts';
import { channelsUsedUp } from './quotas.ts';
import { commandInvalid, invalidPath, limitReached, notAllowed, quoted, unexpectedCommand } from './refusal.ts';
import { Channel, Connection } from './session.ts';
import type { Command, CommandKind, CommandOf, Refusal } from './vocabulary.ts';

type OnChannelKind = { [K in CommandKind]: CommandOf<K> extends { readonly channel: number } ? K : never }[CommandKind];

/** Does what a command asks on its channel, or says why not; then nothing was changed. */
type ChannelHandler<K extends CommandKind> = (core: Core, channel: Channel, command: CommandOf<K>) => Refusal | undefined;

const onChannel: { readonly [K in Exclude<OnChannelKind, 'open-channel' | 'close-channel'>]: ChannelHandler<K> } = {
  publish,
  'begin-publishing': beginPublishing,
  settle: acknowledge,
  get,
  consume,
  cancel,
  flow,
  recover,
  'grant-credit': grantCredit,
  'begin-transaction': beginTransaction,
  discharge,
  'limit-prefetch': limitPrefetch,
  'select-confirm': selectConfirm,
  'select-transaction': selectTransaction,
  commit,
  'roll-back': rollBack,
  'declare-exchange': declareExchange,
  'delete-exchange': removeExchange,
  'declare-queue': declareQueue,
  'bind-queue': bindQueue,
  'unbind-queue': unbindQueue,
  'bind-exchange': bindExchange,
  'unbind-exchange': unbindExchange,
  'purge-queue': purgeQueue,
  'delete-queue': removeQueue,
};

type Handler<K extends CommandKind> = (core: Core, command: CommandOf<K>) => void;

const elsewhere: { readonly [K in Exclude<CommandKind, OnChannelKind>]: Handler<K> } = {
  connect,
  'grant-access': (core, { connection, access }) => {
    const known = core.connections.get(connection);
    if (known !== undefined) known.access = access;
  },
  disconnect,
  'close-channels': (core, { connection, channels }) => {
    const open = core.connections.get(connection)?.channels;
    closeChannels(
      core,
      channels.flatMap(number => open?.get(number) ?? []),
    );
  },
  resume,
  stored,
  inject,
  tick: core => core.tick(),
  alarm,
  restore: (core, { change, message }) => restore(core, change, message),
};

/** Carries out one command. */
export function handle(core: Core, command: Command): void {
  if ('channel' in command) handleOnChannel(core, command);
  else (elsewhere[command.kind] as Handler<typeof command.kind>)(core, command);
}

function handleOnChannel(core: Core, command: CommandOf<OnChannelKind>): void {
  const connection = core.connections.get(command.connection);
  if (connection === undefined) return;
  if (command.kind === 'open-channel') openChannel(core, connection, command);
  const channel = connection.channels.get(command.channel);
  if (channel === undefined || command.kind === 'open-channel') return;
  if (command.kind === 'close-channel') closeChannel(core, channel);
  else if (channel.committing) refuse(core, channel, unexpectedCommand(`${command.kind} came before the commit was answered`));
  else {
    const refusal =
      refusedAccess(channel, command) ??
      refusedFieldName(core, command) ??
      (onChannel[command.kind] as ChannelHandler<typeof command.kind>)(core, channel, command);
    if (refusal === undefined) return;
    if (command.kind === 'publish' && command.spared) refusePublish(core, channel, refusal);
    else if (channel.spares)
      core.emit({ kind: 'refused', connection: connection.id, channel: channel.number, scope: 'channel', code: refusal.code, text: refusal.text });
    else refuse(core, channel, refusal);
  }
}

/** A passive declare ignores its arguments. */
function refusedFieldName(core: Core, command: Command): Refusal | undefined {
  if (!('arguments' in command) || command.arguments.length === 0 || core.settings.readings.fieldNames === 'practice') return undefined;
  const name = 'passive' in command && command.passive ? undefined : wrongFieldName(command.arguments);
  return name === undefined ? undefined : commandInvalid(`${quoted(name)} is no name of a field`);
}

function openChannel(core: Core, connection: Connection, { channel, spares }: CommandOf<'open-channel'>): void {
  const before = connection.channels.get(channel);
  if (before !== undefined) closeChannel(core, before);
  const opened = new Channel(connection, channel, spares);
  const limit = core.settings.limits.channels;
  if (core.openChannels >= limit) {
    refuse(core, opened, limitReached('channels', limit));
    return;
  }
  const { user } = connection;
  const quota = channelsUsedUp(core, user);
  if (quota !== undefined) {
    refuse(core, opened, limitReached(`channels of user ${quoted(user)}`, quota));
    return;
  }
  core.openChannels += 1;
  connection.channels.set(channel, opened);
  core.emit({ kind: 'channel-opened', connection: connection.id, channel });
}

function connect(core: Core, command: CommandOf<'connect'>): void {
  const { user, virtualHost, cancelNotify } = command;
  const host = core.virtualHosts.get(virtualHost);
  const access = accessOf(core.settings.permissions, user, virtualHost);
  if (host === undefined || access === 'none') {
    const refusal = host === undefined ? invalidPath(virtualHost) : notAllowed(`${quoted(user)} may not use virtual host ${quoted(virtualHost)}`);
    core.emit({ kind: 'refused', connection: command.connection, channel: 0, ...refusal });
    return;
  }
  const options = { user, access: access === 'all' ? undefined : access, cancelNotify, window: core.settings.windowOctets };
  core.connections.set(command.connection, new Connection(command.connection, host, options));
  core.emit({ kind: 'connected', connection: command.connection });
}

function disconnect(core: Core, command: CommandOf<'disconnect'>): void {
  const connection = core.connections.get(command.connection);
  if (connection !== undefined) closeConnection(core, connection);
}

function resume(core: Core, command: CommandOf<'resume'>): void {
  const connection = core.connections.get(command.connection);
  if (connection === undefined) return;
  connection.window = core.settings.windowOctets;
  connection.gate.open(core.dispatcher.retry);
  for (const consumer of [...connection.draining]) if (!connection.gate.closed) tellCredit(core, consumer);
}

function alarm(core: Core, { resource, raised }: CommandOf<'alarm'>): void {
  if (raised) core.alarms.add(resource);
  else core.alarms.delete(resource);
  releaseHeld(core);
}

function inject(core: Core, { virtualHost, message }: CommandOf<'inject'>): void {
  const exchange = core.virtualHosts.get(virtualHost)?.exchanges.get(message.exchange);
  if (exchange === undefined) return;
  const queues = core.reach.of(exchange, message);
  if (queues.length > 0) core.dispatcher.enqueue(message, queues, undefined, 0);
}
