import type { FieldTable } from '../../spec/amqp091/domains.ts';
import type { AmqpValue, Message as WireMessage } from '../../wire/amqp10/codec.ts';
import { isExchangeType } from '../exchange.ts';
import { fieldsOf, textIn } from './amqp10-replies.ts';
import { fieldValueOf } from './convert-values.ts';

/** A request by its path. */
export interface AskedPath {
  /** Method and path, a star standing for each name in it. */
  readonly pattern: string;
  readonly names: readonly string[];
  readonly query?: ReadonlyMap<string, string>;
}

/** At these places of a path stand names. */
const named = 1;

/** Reads a method and a path; undefined where the path is none, or is not percent-encoded. */
export function pathOf(method: string, to: string): AskedPath | undefined {
  const [path = '', question, ...more] = to.split('?');
  if (!path.startsWith('/') || more.length > 0) return undefined;
  const parts = path.slice(1).split('/');
  const fixed = parts[0] === 'auth';
  try {
    const names = parts.flatMap((part, at) => (at === named && !fixed ? [parts[0] === 'bindings' ? part : decodeURIComponent(part)] : []));
    const pattern = `${method} ${parts.map((part, at) => (at === named && !fixed ? '*' : part)).join('/')}`;
    return { pattern, names, ...(question !== undefined && { query: queryOf(question) }) };
  } catch {
    return undefined;
  }
}

function queryOf(text: string): ReadonlyMap<string, string> {
  return new Map(text.split('&').map(each => [each.slice(0, each.indexOf('=')), decodeURIComponent(each.slice(each.indexOf('=') + 1))]));
}

function bodyOf({ body }: WireMessage): ReadonlyMap<string, AmqpValue> | undefined {
  return body?.type === 'amqp-value' ? fieldsOf(body.value) : undefined;
}

/** Fields of a body of these kinds: what is left out has its default, and undefined is answered where one is of another kind. */
function flags<K extends string>(body: ReadonlyMap<string, AmqpValue>, defaults: Readonly<Record<K, boolean>>): Readonly<Record<K, boolean>> | undefined {
  const read = (Object.entries(defaults) as [K, boolean][]).map(([name, usual]) => {
    const value = body.get(name);
    return [name, value === undefined ? usual : value.type === 'boolean' ? value.value : undefined] as const;
  });
  return read.some(([, value]) => value === undefined) ? undefined : (Object.fromEntries(read) as Record<K, boolean>);
}

function tableOf(value: AmqpValue | undefined): FieldTable | undefined {
  const fields = fieldsOf(value);
  return fields && [...fields].map(([name, each]) => [name, fieldValueOf(each)] as const);
}

interface WantedQueue {
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
}

/** Reads what a queue is to be like; undefined where it cannot be. */
export function readQueue(request: WireMessage): WantedQueue | undefined {
  const body = bodyOf(request);
  const read = body && flags(body, { durable: true, exclusive: false, auto_delete: false });
  const args = tableOf(body?.get('arguments'));
  return read && args && { durable: read.durable, exclusive: read.exclusive, autoDelete: read.auto_delete, arguments: args };
}

interface WantedExchange {
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
}

/** Reads what an exchange is to be like. */
export function readExchange(request: WireMessage): WantedExchange | undefined {
  const body = bodyOf(request);
  const read = body && flags(body, { durable: true, auto_delete: false, internal: false });
  const type = body?.has('type') === true ? textIn(body.get('type')) : 'direct';
  const args = tableOf(body?.get('arguments'));
  if (read === undefined || args === undefined || type === undefined || !isExchangeType(type)) return undefined;
  return { type, durable: read.durable, autoDelete: read.auto_delete, internal: read.internal, arguments: args };
}

export interface WantedBinding {
  readonly source: string;
  readonly destination: string;
  readonly toQueue: boolean;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** Reads which binding is to be. */
export function readBinding(request: WireMessage): WantedBinding | undefined {
  const body = bodyOf(request);
  const text = (name: string) => textIn(body?.get(name));
  const [source, queue, exchange] = [text('source'), text('destination_queue'), text('destination_exchange')];
  const args = tableOf(body?.get('arguments'));
  const destination = queue ?? exchange;
  if (source === undefined || destination === undefined || (queue !== undefined && exchange !== undefined) || args === undefined) return undefined;
  return { source, destination, toQueue: queue !== undefined, routingKey: text('binding_key') ?? '', arguments: args };
}
