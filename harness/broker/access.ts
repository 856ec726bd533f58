import type { FieldTable } from '../spec/amqp091/domains.ts';
import { Access, type Permission, type Permissions } from './access-patterns.ts';
import { accessRefused, quoted } from './refusal.ts';
import type { Channel } from './session.ts';
import type { Command, CommandKind, CommandOf, Refusal } from './vocabulary.ts';

/** By user, then by virtual host. */
export type PermissionTable = Readonly<Record<string, Readonly<Record<string, Permissions>>>>;

/** What a user may do in a virtual host. A user of whom the table says nothing may do everything. */
export function accessOf(table: PermissionTable, user: string, virtualHost: string): Access | 'all' | 'none' {
  if (!Object.hasOwn(table, user)) return 'all';
  const row = table[user];
  const permissions = row !== undefined && Object.hasOwn(row, virtualHost) ? row[virtualHost] : undefined;
  return permissions === undefined ? 'none' : new Access(permissions);
}

type Need = readonly [permission: Permission, kind: 'queue' | 'exchange', name: string];
type Needs<K extends CommandKind> = (command: CommandOf<K>, channel: Channel) => readonly Need[];

/** The name under which permissions to use the default exchange are given. */
const defaultExchange = 'amq.default';
/** How names of queues begin that the broker chooses. */
const generated = 'amq.gen-';

const configure = (kind: Need[1], name: string): Need => ['configure', kind, name];
const writeTo = (exchange: string): Need => ['write', 'exchange', exchange === '' ? defaultExchange : exchange];
const readFrom = (exchange: string): Need => ['read', 'exchange', exchange === '' ? defaultExchange : exchange];
const queueOf = ({ queue }: { readonly queue: string }, channel: Channel): string => (queue === '' ? channel.currentQueue : queue);

/** An argument that names an exchange where messages go on to needs permission to read from here and to write there. */
function passingOn(args: FieldTable, argument: string, kind: Need[1], name: string): readonly Need[] {
  const field = args.find(([key]) => key === argument)?.[1];
  const target = field?.type === 'long-string' ? new TextDecoder().decode(field.value) : undefined;
  return target === undefined ? [] : [['read', kind, name], writeTo(target)];
}

function binds(command: CommandOf<'bind-queue' | 'unbind-queue'>, channel: Channel): readonly Need[] {
  return [['write', 'queue', queueOf(command, channel)], readFrom(command.exchange)];
}

function bindsExchange({ source, destination }: CommandOf<'bind-exchange' | 'unbind-exchange'>): readonly Need[] {
  return [writeTo(destination), readFrom(source)];
}

/** What commands need, as https://www.rabbitmq.com/docs/access-control has it. */
const needs: { readonly [K in CommandKind]?: Needs<K> } = {
  'declare-exchange': ({ exchange, passive, arguments: args }) =>
    passive ? [] : [configure('exchange', exchange), ...passingOn(args, 'alternate-exchange', 'exchange', exchange)],
  'delete-exchange': ({ exchange }) => [configure('exchange', exchange)],
  'declare-queue': ({ queue, passive, arguments: args }) => {
    const name = queue === '' ? generated : queue;
    return passive ? [] : [configure('queue', name), ...passingOn(args, 'x-dead-letter-exchange', 'queue', name)];
  },
  'delete-queue': (command, channel) => [configure('queue', queueOf(command, channel))],
  'bind-queue': binds,
  'unbind-queue': binds,
  'bind-exchange': bindsExchange,
  'unbind-exchange': bindsExchange,
  'purge-queue': (command, channel) => [['read', 'queue', queueOf(command, channel)]],
  'begin-publishing': ({ exchange }) => [writeTo(exchange)],
  publish: ({ message }) => [writeTo(message.exchange)],
  get: (command, channel) => [['read', 'queue', queueOf(command, channel)]],
  consume: (command, channel) => [['read', 'queue', queueOf(command, channel)]],
};

/** Why a command is refused to its user; 403 on the channel. A queue without a name has another mistake to be told of. */
export function refusedAccess(channel: Channel, command: Command): Refusal | undefined {
  const { access, user } = channel.connection;
  if (access === undefined) return undefined;
  const needed = (needs[command.kind] as Needs<typeof command.kind> | undefined)?.(command, channel) ?? [];
  const lacking = needed.find(([permission, kind, name]) => !(kind === 'queue' && name === '') && !access.allows(permission, name));
  if (lacking === undefined) return undefined;
  const [permission, kind, name] = lacking;
  return accessRefused(`${quoted(user)} lacks permission to ${permission} ${kind} ${quoted(name)}`);
}
