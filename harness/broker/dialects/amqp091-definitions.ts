import { fieldTable, type PlainValue } from '../../wire/amqp091/field-table.ts';
import type { PermissionTable } from '../access.ts';
import { Access } from '../access-patterns.ts';
import type { Broker } from '../broker.ts';
import type { Quotas } from '../quotas.ts';
import type { Command, EffectOf } from '../vocabulary.ts';
import type { HashAlgorithm, Secret } from './secrets.ts';

type Arguments = { readonly [name: string]: PlainValue };

interface Named {
  readonly name: string;
  /** Defaults to `/`. */
  readonly vhost?: string;
}

/** `max-connections`, and `max-channels` of a user or `max-queues` of a virtual host; below 0, or left out: no limit. RabbitMQ writes an empty array for none. */
export type LimitTable = Readonly<Record<string, number>> | readonly [];

/**
 * What a broker is to begin with, in the shape in which RabbitMQ exports it; what it has besides is left out of account. Entities are durable unless they
 * say otherwise.
 */
export interface Definitions {
  /** With a password, or with a salted hash of one; with neither, a user comes in by certificate alone. Left out: guest alone. */
  readonly users?: readonly {
    readonly name: string;
    readonly password?: string;
    readonly password_hash?: string;
    readonly hashing_algorithm?: keyof typeof hashingAlgorithms;
    readonly limits?: LimitTable;
  }[];
  /** Left out: `/` alone. */
  readonly vhosts?: readonly { readonly name: string; readonly limits?: LimitTable }[];
  /** Of these, limits of virtual hosts alone are served; they win over those that stand there. */
  readonly parameters?: readonly { readonly component?: string; readonly vhost?: string; readonly value?: unknown }[];
  /** Left out: everybody may do everything. Else a user may do what it says, and nothing where it says nothing. */
  readonly permissions?: readonly {
    readonly user: string;
    readonly vhost?: string;
    readonly configure: string;
    readonly write: string;
    readonly read: string;
  }[];
  readonly exchanges?: readonly (Named & {
    readonly type: string;
    readonly durable?: boolean;
    readonly auto_delete?: boolean;
    readonly internal?: boolean;
    readonly arguments?: Arguments;
  })[];
  readonly queues?: readonly (Named & { readonly durable?: boolean; readonly auto_delete?: boolean; readonly arguments?: Arguments })[];
  readonly bindings?: readonly {
    readonly source: string;
    readonly vhost?: string;
    readonly destination: string;
    /** Defaults to `queue`. */
    readonly destination_type?: 'queue' | 'exchange';
    readonly routing_key?: string;
    readonly arguments?: Arguments;
  }[];
}

/** By the names that RabbitMQ gives them. */
export const hashingAlgorithms = {
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
  rabbit_password_hashing_md5: 'md5',
} as const satisfies Readonly<Record<string, HashAlgorithm>>;

/** Definitions that cannot be: `at` says which, as `['queues', 3]`. The message is a phrase that holds no secret. */
export class DefinitionsError extends Error {
  override readonly name = 'DefinitionsError';
  readonly at: readonly (string | number)[];

  constructor(at: readonly (string | number)[], reason: string) {
    super(reason);
    this.at = at;
  }
}

/** Users, virtual hosts and permissions as the broker is started with. Throws a `DefinitionsError`. */
export function settingsOf(definitions: Definitions): {
  readonly users?: Readonly<Record<string, Secret>>;
  readonly virtualHosts: readonly string[];
  readonly permissions: PermissionTable;
  readonly quotas: Quotas;
} {
  const { users, vhosts, permissions } = definitions;
  const virtualHosts = vhosts?.map(({ name }) => name) ?? ['/'];
  const known = users?.map(({ name }) => name) ?? ['guest'];
  const table: Record<string, Record<string, { configure: string; write: string; read: string }>> = {};
  if (permissions !== undefined) for (const name of known) table[name] = {};
  for (const [index, { user, vhost = '/', configure, write, read }] of (permissions ?? []).entries()) {
    const at = ['permissions', index];
    const row = Object.hasOwn(table, user) ? table[user] : undefined;
    if (row === undefined) throw new DefinitionsError([...at, 'user'], `there is no user '${user}'`);
    if (!virtualHosts.includes(vhost)) throw new DefinitionsError([...at, 'vhost'], `there is no virtual host '${vhost}'`);
    row[vhost] = { configure, write, read };
    checkPatterns(at, row[vhost]);
  }
  return {
    ...(users !== undefined && { users: Object.fromEntries(users.map(user => [user.name, secretOf(user)])) }),
    virtualHosts,
    permissions: table,
    quotas: quotasOf(definitions, virtualHosts),
  };
}

/** The component under which RabbitMQ keeps limits of virtual hosts. */
export const hostLimits = 'vhost-limits';

function quotasOf({ users = [], vhosts = [], parameters = [] }: Definitions, known: readonly string[]): Quotas {
  const perUser = users.map(({ name, limits }) => [name, pick(limits, { connections: 'max-connections', channels: 'max-channels' })] as const);
  const perHost = vhosts.map(({ name, limits }) => [name, ofHost(limits)] as const);
  for (const [index, { component, vhost = '/', value }] of parameters.entries()) {
    if (component !== hostLimits) continue;
    if (!known.includes(vhost)) throw new DefinitionsError(['parameters', index, 'vhost'], `there is no virtual host '${vhost}'`);
    perHost.push([vhost, ofHost(value as LimitTable)]);
  }
  return { users: Object.fromEntries(perUser), virtualHosts: Object.fromEntries(perHost) };
}

const ofHost = (limits: LimitTable | undefined) => pick(limits, { connections: 'max-connections', queues: 'max-queues' });

function pick<K extends string>(limits: LimitTable = {}, names: Readonly<Record<K, string>>): { readonly [P in K]?: number } {
  const given = new Map(Object.entries(limits));
  const found = (Object.entries(names) as [K, string][]).flatMap(([key, name]) => {
    const most = given.get(name) ?? -1;
    return most < 0 ? [] : [[key, most] as const];
  });
  return Object.fromEntries(found) as { readonly [P in K]?: number };
}

function checkPatterns(at: readonly (string | number)[], patterns: { readonly configure: string; readonly write: string; readonly read: string }): void {
  const nothing = { configure: '', write: '', read: '' };
  for (const permission of ['configure', 'write', 'read'] as const) {
    try {
      new Access({ ...nothing, [permission]: patterns[permission] });
    } catch {
      throw new DefinitionsError([...at, permission], `'${patterns[permission]}' is no regular expression`);
    }
  }
}

function secretOf({
  password,
  password_hash: hash = '',
  hashing_algorithm: name = 'rabbit_password_hashing_sha256',
}: NonNullable<Definitions['users']>[number]) {
  return password ?? { hash, algorithm: hashingAlgorithms[name] };
}

type Step = { readonly at: readonly (string | number)[]; readonly vhost: string; readonly command: Command };

/** Declares and binds, as a client would. Throws a `DefinitionsError` at the first that is refused; what came before it stays. */
export function define(broker: Broker, definitions: Definitions): void {
  for (const { at, vhost, command } of steps(definitions)) {
    let refusal: EffectOf<'refused'> | undefined;
    const connection = broker.attach({
      effect: effect => {
        if (effect.kind === 'refused') refusal ??= effect;
      },
    });
    broker.submit({ kind: 'connect', connection, user: '', virtualHost: vhost, cancelNotify: false });
    broker.submit({ kind: 'open-channel', connection, channel: 1 });
    broker.submit({ ...command, connection } as Command);
    broker.detach(connection);
    if (refusal !== undefined) throw new DefinitionsError(at, refusal.text);
  }
}

function* steps({ exchanges = [], queues = [], bindings = [] }: Definitions): Generator<Step> {
  const on = { connection: 0, channel: 1, noWait: true };
  for (const [
    index,
    { name, vhost = '/', type, durable = true, auto_delete: autoDelete = false, internal = false, arguments: args = {} },
  ] of exchanges.entries()) {
    const what = { exchange: name, type, durable, autoDelete, internal, passive: false, arguments: fieldTable(args) };
    yield { at: ['exchanges', index], vhost, command: { kind: 'declare-exchange', ...what, ...on } };
  }
  for (const [index, { name, vhost = '/', durable = true, auto_delete: autoDelete = false, arguments: args = {} }] of queues.entries()) {
    const what = { queue: name, durable, autoDelete, exclusive: false, passive: false, arguments: fieldTable(args) };
    yield { at: ['queues', index], vhost, command: { kind: 'declare-queue', ...what, ...on } };
  }
  for (const [index, { source, vhost = '/', destination, destination_type: type, routing_key: routingKey = '', arguments: args = {} }] of bindings.entries()) {
    const what = { routingKey, arguments: fieldTable(args), ...on };
    const command: Command =
      type === 'exchange' ? { kind: 'bind-exchange', source, destination, ...what } : { kind: 'bind-queue', queue: destination, exchange: source, ...what };
    yield { at: ['bindings', index], vhost, command };
  }
}
