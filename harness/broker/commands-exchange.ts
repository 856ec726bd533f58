import type { FieldTable } from '../spec/amqp091/domains.ts';
import { sameArguments } from './arguments.ts';
import type { Core } from './core.ts';
import { exchangeDefinition, isKept } from './durable.ts';
import { Exchange, isExchangeType } from './exchange.ts';
import { meaningful, refusedArgument } from './extension-arguments.ts';
import { deleteExchange } from './lifecycle.ts';
import { refusedName } from './names.ts';
import { accessRefused, breaking, commandInvalid, noSuchExchange, preconditionFailed, quoted } from './refusal.ts';
import type { Channel } from './session.ts';
import { isPredeclared } from './virtual-host.ts';
import type { CommandOf, Refusal } from './vocabulary.ts';

const unsupportedType = (type: string): Refusal =>
  breaking('amqp091/exchange.declare.type-support', commandInvalid(`there is no exchange type ${quoted(type)}`));

const defaultExchangeRefused = (): Refusal => accessRefused('the default exchange can be published to and bound to, and nothing else');

export function declareExchange(core: Core, channel: Channel, command: CommandOf<'declare-exchange'>): Refusal | undefined {
  const host = channel.connection.virtualHost;
  if (command.exchange === '') return defaultExchangeRefused();
  const existing = host.exchanges.get(command.exchange);
  const refusal = command.passive
    ? existing === undefined && noSuchExchange(command.exchange)
    : existing === undefined
      ? refusedExchange(core, command)
      : differs(core, existing, command);
  if (refusal) return refusal;
  if (existing === undefined) createExchange(core, channel, command);
  if (!command.noWait) core.emit({ kind: 'exchange-declared', connection: channel.connection.id, channel: channel.number });
  return undefined;
}

function refusedExchange(core: Core, { exchange, type, arguments: args }: CommandOf<'declare-exchange'>): Refusal | undefined {
  if (!isExchangeType(type)) return unsupportedType(type);
  return refusedName('exchange', exchange, core.settings.readings) ?? refusedArgument('exchange', args);
}

/** In the text auto-delete is no ground: it is to be ignored where the exchange exists. */
function differs({ settings }: Core, existing: Exchange, command: CommandOf<'declare-exchange'>): Refusal | undefined {
  const { type, durable, autoDelete, arguments: args } = command;
  const { equivalence, exchangeAutoDelete } = settings.readings;
  const compared = (each: FieldTable) => (equivalence === 'text' ? each : meaningful('exchange', each));
  if (!isExchangeType(type)) return unsupportedType(type);
  const what =
    existing.type !== type
      ? `type ${existing.type}`
      : existing.options.durable !== durable
        ? `durable ${existing.options.durable}`
        : exchangeAutoDelete === 'practice' && existing.options.autoDelete !== autoDelete
          ? `auto-delete ${existing.options.autoDelete}`
          : !sameArguments(compared(existing.options.arguments), compared(args)) && 'other arguments';
  return what ? preconditionFailed(`exchange ${quoted(existing.name)} exists with ${what}`) : undefined;
}

function createExchange(core: Core, { connection }: Channel, command: CommandOf<'declare-exchange'>): void {
  const { exchange: name, type, durable, autoDelete, internal, arguments: args } = command;
  if (!isExchangeType(type)) return;
  const exchange = new Exchange(connection.virtualHost.name, name, type, { durable, autoDelete, internal, arguments: args }, core.settings.readings);
  connection.virtualHost.exchanges.set(name, exchange);
  if (isKept(exchange, core)) core.persist({ change: 'put', definition: exchangeDefinition(exchange) });
}

export function removeExchange(core: Core, channel: Channel, command: CommandOf<'delete-exchange'>): Refusal | undefined {
  const host = channel.connection.virtualHost;
  if (command.exchange === '') return defaultExchangeRefused();
  if (isPredeclared(command.exchange)) return accessRefused(`exchange ${quoted(command.exchange)} comes with the virtual host and cannot be deleted`);
  const exchange = host.exchanges.get(command.exchange);
  if (exchange === undefined && core.settings.readings.missingDelete === 'text') return noSuchExchange(command.exchange);
  if (command.ifUnused && exchange?.used === true) return preconditionFailed(`exchange ${quoted(command.exchange)} has bindings`);
  if (exchange !== undefined) deleteExchange(core, host, exchange);
  if (!command.noWait) core.emit({ kind: 'exchange-deleted', connection: channel.connection.id, channel: channel.number });
  return undefined;
}
