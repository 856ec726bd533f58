import type { AmqpValue, MessageDraft, Message as WireMessage } from '../../wire/amqp10/codec.ts';
import { type Exchange, isExchangeType } from '../exchange.ts';
import { Queue } from '../queue.ts';
import type { EffectOf } from '../vocabulary.ts';
import type { Port } from './amqp10-port.ts';
import { boolean, fieldsOf, int, list, map, type Reply, string, textIn, ulong } from './amqp10-replies.ts';
import { asking, type Plan, type Service } from './amqp10-requests.ts';

type Entity = Queue | Exchange;
type Fields = ReadonlyMap<string, AmqpValue>;

/** The kinds of entities, with their attributes and what can be done with them. */
const types = { queue: 'org.amqp.queue', exchange: 'org.amqp.exchange' } as const;
const base = 'org.amqp.manageableEntity';
const attributes: Readonly<Record<string, readonly string[]>> = {
  [types.queue]: ['name', 'identity', 'type', 'description', 'durable', 'autoDelete', 'messages', 'consumers'],
  [types.exchange]: ['name', 'identity', 'type', 'description', 'durable', 'autoDelete', 'kind'],
};
const operations: readonly string[] = ['CREATE', 'READ', 'UPDATE', 'DELETE'];
const own: readonly string[] = ['QUERY', 'GET-TYPES', 'GET-ATTRIBUTES', 'GET-OPERATIONS', 'GET-MGMT-NODES'];

/** What entities are described as, for people; it lasts as long as they do in this process. */
const descriptions = new WeakMap<Entity, string>();

const failed = (status: number, text: string): Reply => ({ status, text });
/** Statuses for what the core refuses; 400 for the rest. */
const statuses: Readonly<Record<number, number>> = { 403: 403, 404: 404, 405: 409, 406: 409 };

/** The node `$management` of the working draft of AMQP management. */
export class ManagementNode implements Service {
  readonly address = '$management';
  readonly paired = false;
  readonly #port: Port;

  constructor(port: Port) {
    this.#port = port;
  }

  plan({ applicationProperties, body }: WireMessage): Plan {
    const field = (name: string) => applicationProperties?.find(([key]) => key === name)?.[1];
    const operation = textIn(field('operation'));
    const fields = body?.type === 'amqp-value' ? fieldsOf(body.value) : undefined;
    if (operation === undefined) return failed(400, 'a request names its operation');
    if (own.includes(operation)) return this.#about(operation, textIn(field('entityType')), field, fields);
    if (!operations.includes(operation)) return failed(501, 'there is no such operation');
    const type = textIn(field('type'));
    const name = textIn(field('name')) ?? textIn(field('identity'));
    if (name === undefined || fields === undefined) return failed(400, 'an entity has a name, and its attributes are a map');
    if (type === undefined ? operation === 'CREATE' : attributes[type] === undefined) return failed(400, 'there is no such type of entities');
    if (operation === 'CREATE') return this.#create(type ?? '', name, fields);
    const entity = this.#entities(type).find(each => each.name === name);
    if (entity === undefined) return failed(404, 'there is no such entity');
    if (operation === 'DELETE') return this.#delete(entity);
    return operation === 'UPDATE' ? update(entity, fields) : { status: 200, text: 'OK', body: told(entity) };
  }

  refused({ code, text }: EffectOf<'refused'>): Reply {
    return failed(statuses[code] ?? 400, text);
  }

  response({ status, text = '', body, more = [] }: Reply): MessageDraft {
    return {
      applicationProperties: [['statusCode', int(status)], ['statusDescription', string(text)], ...more],
      body: { type: 'amqp-value', value: body ?? map({}) },
    };
  }

  #entities(type?: string): readonly Entity[] {
    const host = this.#port.broker.core.virtualHosts.get(this.#port.virtualHost);
    const queues = type === types.exchange ? [] : [...(host?.queues.values() ?? [])];
    return [...queues, ...(type === types.queue ? [] : [...(host?.exchanges.values() ?? [])])];
  }

  #find(type: string, name: string): Entity | undefined {
    return this.#entities(type).find(each => each.name === name);
  }

  #create(type: string, name: string, fields: Fields): Plan {
    const flag = (key: string, usual: boolean): boolean | undefined => {
      const value = fields.get(key);
      return value === undefined ? usual : value.type === 'boolean' ? value.value : undefined;
    };
    const [durable, autoDelete] = [flag('durable', true), flag('autoDelete', false)];
    const kind = textIn(fields.get('kind')) ?? 'direct';
    if (durable === undefined || autoDelete === undefined || !isExchangeType(kind)) return failed(400, 'the attributes cannot be so');
    if (this.#find(type, name) !== undefined) return failed(409, 'there is such an entity already');
    const made = (): Reply => {
      const entity = this.#find(type, name);
      if (entity === undefined) return failed(500, 'it is not there');
      return { ...update(entity, fields), status: 201, text: 'Created' };
    };
    const flags = { passive: false, durable, autoDelete, arguments: [], noWait: false };
    if (type === types.queue) return asking(at => ({ kind: 'declare-queue', ...at, queue: name, exclusive: false, ...flags }), 'queue-declared', made);
    return asking(at => ({ kind: 'declare-exchange', ...at, exchange: name, type: kind, internal: false, ...flags }), 'exchange-declared', made);
  }

  #delete(entity: Entity): Plan {
    const done = (): Reply => ({ status: 204, text: 'No Content' });
    const { name } = entity;
    if (entity instanceof Queue)
      return asking(at => ({ kind: 'delete-queue', ...at, queue: name, ifUnused: false, ifEmpty: false, noWait: false }), 'queue-deleted', done);
    return asking(at => ({ kind: 'delete-exchange', ...at, exchange: name, ifUnused: false, noWait: false }), 'exchange-deleted', done);
  }

  /** What the node itself is asked. */
  #about(operation: string, type: string | undefined, field: (name: string) => AmqpValue | undefined, fields: Fields | undefined): Reply {
    const named = Object.keys(attributes).filter(each => type === undefined || each === type);
    const ofEach = (value: (name: string) => AmqpValue): Reply => ({
      status: 200,
      text: 'OK',
      body: map(Object.fromEntries(named.map(each => [each, value(each)]))),
    });
    if (operation === 'GET-TYPES') return ofEach(() => list([string(base)]));
    if (operation === 'GET-ATTRIBUTES') return ofEach(each => list((attributes[each] ?? []).map(string)));
    if (operation === 'GET-OPERATIONS') return ofEach(() => map(Object.fromEntries(operations.map(each => [each, list([])]))));
    if (operation === 'GET-MGMT-NODES') return { status: 200, text: 'OK', body: list([string(this.address)]) };
    return fields === undefined ? failed(400, 'a query is a map') : this.#query(type, fields, numberIn(field('offset')) ?? 0, numberIn(field('count')));
  }

  #query(type: string | undefined, fields: Fields, offset: number, count: number | undefined): Reply {
    const asked = fields.get('attributeNames');
    const wanted = asked?.type === 'list' ? asked.value.flatMap(each => textIn(each) ?? []) : [];
    const known = Object.entries(attributes).flatMap(([each, all]) => (type === undefined || each === type ? all : []));
    const names = wanted.length > 0 ? wanted : [...new Set(known)];
    const entities = this.#entities(type).slice(offset, count === undefined ? undefined : offset + count);
    const rows = entities.map(each => {
      const values = fieldsOf(told(each));
      return list(names.map(name => values?.get(name) ?? ({ type: 'null', value: null } as const)));
    });
    return { status: 200, text: 'OK', body: map({ attributeNames: list(names.map(string)), results: list(rows) }), more: [['count', int(rows.length)]] };
  }
}

function update(entity: Entity, fields: Fields): Reply {
  const changed = [...fields].find(([name, value]) => name !== 'description' && !sameAs(entity, name, value));
  if (changed !== undefined) return failed(400, `${changed[0].slice(0, 80)} cannot be changed`);
  const description = textIn(fields.get('description'));
  if (description !== undefined) descriptions.set(entity, description);
  return { status: 200, text: 'OK', body: told(entity) };
}

function sameAs(entity: Entity, name: string, value: AmqpValue): boolean {
  const present = fieldsOf(told(entity))?.get(name);
  return present !== undefined && 'value' in value && 'value' in present && present.value === value.value;
}

function numberIn(value: AmqpValue | undefined): number | undefined {
  return value === undefined || value.type === 'described' || value.type === 'null' ? undefined : Number(value.value);
}

/** An entity by its attributes. */
function told(entity: Entity): AmqpValue {
  const { name, options } = entity;
  const shared = {
    name: string(name),
    identity: string(name),
    type: string(entity instanceof Queue ? types.queue : types.exchange),
    description: string(descriptions.get(entity) ?? ''),
    durable: boolean(options.durable),
    autoDelete: boolean(options.autoDelete),
  };
  if (entity instanceof Queue) return map({ ...shared, messages: ulong(entity.ready), consumers: ulong(entity.consumers.size) });
  return map({ ...shared, kind: string(entity.type) });
}
