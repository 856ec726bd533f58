import type { FieldTable, FieldType, FieldValue } from '../spec/amqp091/domains.ts';
import { fieldValue } from '../wire/amqp091/codec.ts';
import { missingQueues } from './areas.ts';
import { overlooks } from './departures.ts';
import type { FrameSeam } from './fault.ts';
import { delivered } from './messages.ts';
import { answer, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';

const relaying = faultsIn('amqp091/{fields,limits,field-types,sender-selected}/*', 'amqp091/publish/content/*');
const taking = faultsIn('amqp091/fields/*');
const starting = faultsIn('amqp091/start/*');

/** Data fields. */
export const fieldFaults = {
  'amqp091/4.2.5.1.integers:emit': [
    taking(
      'sends a message count with its octets the wrong way round',
      answer('queue.declare-ok', draft => draft.args.messageCount === 1 && draft.with({ messageCount: 0x01000000 })),
      ['amqp091/{fields,flow,blocked,user-id,virtual-host}/*', 'amqp091/{queue,permission,tx}/**', 'amqp091/connection/secret-*'],
    ),
  ],
  'amqp091/4.2.5.2.bits:emit': [
    taking(
      'reads the bits of a declare from the high end',
      request('queue.declare', draft => {
        const { passive, durable, autoDelete, noWait } = draft.args;
        return noWait && draft.with({ passive: noWait, durable: autoDelete, autoDelete: durable, noWait: passive });
      }),
      ['amqp091/fields/*', 'amqp091/queue/declare/*', 'amqp091/content/header-behind-other-method', 'amqp091/permission/**'],
    ),
    taking(
      'answers flow with the bit in the wrong place',
      answer('channel.flow-ok', draft => draft.args.active && draft.with({ active: false })),
      ['amqp091/{fields,flow}/*'],
    ),
  ],
  'amqp091/4.2.5.3.short-string-length:emit': [
    taking(
      'keeps 127 octets of a routing key',
      answer('basic.get-ok', draft => draft.args.routingKey.length > 127 && draft.with({ routingKey: draft.args.routingKey.slice(0, 127) })),
    ),
  ],
  'amqp091/4.2.5.3.short-string-zero:emit': [
    taking(
      'ends a reply text with a zero',
      notFoundText(text => `${text}\0`),
      missingQueues,
    ),
  ],
  'amqp091/4.2.5.3.short-string-zero:enforce': [taking('takes zeros in short strings', overlooks('amqp091/4.2.5.3.short-string-zero'))],
  'amqp091/4.2.5.3.short-string-utf8:emit': [
    taking(
      'sends a reply text in Latin-1',
      notFoundText(text => `${text} \udce9`),
    ),
  ],
  'amqp091/4.2.5.3.long-string:emit': [
    relaying(
      'replaces what is not UTF-8 in a long string',
      relayed(value => (value.type === 'long-string' && value.value.some(octet => octet >= 0x80) ? inUtf8(value.value) : value)),
    ),
  ],
  'amqp091/4.2.5.4.timestamp:emit': [
    relaying(
      'keeps 32 bits of a timestamp',
      delivered('basic.get-ok', message => {
        const { timestamp } = message.properties;
        return timestamp !== undefined && timestamp >= 2n ** 32n && message.with({ properties: { ...message.properties, timestamp: timestamp & 0xffffffffn } });
      }),
    ),
  ],
  'amqp091/4.2.5.5.field-types:emit': [
    relaying(
      'relays every simple field as void, and void as true',
      relayed(value => (compound.has(value.type) ? value : voided(value))),
    ),
    relaying(
      'relays a table as void',
      relayed(value => (value.type === 'table' ? voided(value) : value)),
    ),
  ],
  'amqp091/4.2.5.5.decimal:emit': [
    relaying(
      'loses the places of a decimal',
      relayed(value => (value.type === 'decimal' ? { type: 'decimal', value: { scale: 0, value: value.value.value } } : value)),
    ),
  ],
  'amqp091/4.2.5.5.array:emit': [
    relaying(
      'relays an array without its last value, or with one that was not there',
      relayed(value =>
        value.type === 'array' ? { type: 'array', value: value.value.length === 0 ? [{ type: 'void', value: null }] : value.value.slice(0, -1) } : value,
      ),
    ),
  ],
  'amqp091/4.2.5.5.nesting:emit': [
    relaying(
      'empties a table or array within another',
      relayed(value => flattened(value)),
    ),
  ],
  'amqp091/4.2.5.5.field-type-unknown:enforce': [
    taking('takes no notice of a value of unknown type', overlooks('amqp091/4.2.5.5.field-type-unknown'), ['amqp091/{fields,open,content}/*']),
  ],
  'amqp091/4.2.5.5.table-truncated:enforce': [
    taking('takes no notice of a table that is cut short', overlooks('amqp091/4.2.5.5.table-truncated'), ['amqp091/{fields,open,content}/*']),
  ],
  'amqp091/4.2.5.5.value-truncated:enforce': [taking('takes no notice of a value that is cut short', overlooks('amqp091/4.2.5.5.value-truncated'))],
  'amqp091/4.2.5.5.array-truncated:enforce': [taking('takes no notice of an array that is cut short', overlooks('amqp091/4.2.5.5.array-truncated'))],
  'amqp091/4.2.5.5.field-name:emit': [
    starting(
      'begins a field name with a digit',
      serverProperties(table => [...table, ['1st', truth]]),
    ),
    relaying(
      'cuts field names after 64 characters, and at a dollar sign',
      delivered('basic.get-ok', message => {
        const { headers = [] } = message.properties;
        const changed = headers.map(([name, value]) => [name.slice(0, 64).replace('$', ''), value] as const);
        const isSame = changed.every(([name], at) => name === headers[at]?.[0]);
        return !isSame && message.with({ properties: { ...message.properties, headers: changed } });
      }),
    ),
  ],
  'amqp091/4.2.5.5.field-name:enforce': [
    taking(
      'takes any field name',
      request('queue.bind', draft => draft.args.arguments.some(([name]) => /^\d/.test(name) || name.length > 128) && draft.accepted()),
    ),
  ],
  'amqp091/4.2.5.5.duplicate-fields:emit': [
    starting(
      'names its product twice',
      serverProperties(table => [...table, ['product', fieldValue(table, 'product') ?? truth]]),
    ),
  ],
  'amqp091/4.9.table-size:emit': [
    relaying(
      'keeps no field of 65536 octets or more',
      relayed(value => (value.type === 'long-string' && value.value.length > 0xffff ? { type: 'long-string', value: value.value.subarray(0, 0xffff) } : value)),
    ),
  ],
} as const satisfies FaultTable;

const compound: ReadonlySet<FieldType> = new Set(['table', 'array', 'decimal']);
const truth: FieldValue = { type: 'boolean', value: true };

function voided(value: FieldValue): FieldValue {
  return value.type === 'void' ? truth : { type: 'void', value: null };
}

function inUtf8(octets: Uint8Array): FieldValue {
  return { type: 'long-string', value: new TextEncoder().encode(new TextDecoder().decode(octets)) };
}

/** Tables and arrays two levels down lose what they hold. */
function flattened(value: FieldValue): FieldValue {
  if (value.type === 'table') return { type: 'table', value: value.value.map(([name, inner]) => [name, emptied(inner)] as const) };
  return value.type === 'array' ? { type: 'array', value: value.value.map(emptied) } : value;
}

function emptied(value: FieldValue): FieldValue {
  if (value.type === 'table') return { type: 'table', value: [] };
  return value.type === 'array' ? { type: 'array', value: [] } : value;
}

/** The headers of a message that a get takes out, field by field. */
function relayed(change: (value: FieldValue) => FieldValue): FrameSeam {
  return delivered('basic.get-ok', message => {
    const { headers } = message.properties;
    if (headers === undefined) return false;
    const changed = headers.map(([name, value]) => [name, change(value)] as const);
    const isSame = changed.every(([, value], at) => value === headers[at]?.[1]);
    return !isSame && message.with({ properties: { ...message.properties, headers: changed } });
  });
}

/** The text by which a passive declare of a queue is refused. */
function notFoundText(change: (text: string) => string): FrameSeam {
  return answer(
    'channel.close',
    draft => draft.args.replyCode === 404 && draft.args.classId === 50 && draft.args.methodId === 10 && draft.with({ replyText: change(draft.args.replyText) }),
  );
}

/** The properties that the server introduces itself with. */
export function serverProperties(change: (table: FieldTable) => FieldTable): FrameSeam {
  return answer('connection.start', draft => draft.with({ serverProperties: change(draft.args.serverProperties) }));
}
