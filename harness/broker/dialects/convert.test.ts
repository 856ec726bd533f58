import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composites, sections } from '../../spec/amqp10/composites.ts';
import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import type { FieldValue } from '../../spec/amqp091/domains.ts';
import { type AmqpValue, encodeMessage, type MessageDraft } from '../../wire/amqp10/codec.ts';
import { fieldTable } from '../../wire/amqp091/field-table.ts';
import { composeMessage10 } from './amqp10-message.ts';
import { as091, composeMessage } from './amqp091-message.ts';
import { as10, conversions } from './convert.ts';
import { decimalOf, decimalValue } from './convert-decimals.ts';
import { conversionPage } from './convert-table.ts';
import { amqpValue, fieldValueOf } from './convert-values.ts';

const at = { exchange: 'e', routingKey: 'k', publisher: 7 };
const text = (value: string): AmqpValue => ({ type: 'string', value });
const body = { type: 'data', value: [Buffer.from('body')] } as const;
const from10 = (draft: MessageDraft) => as091(composeMessage10(at, draft));
const from091 = (properties: BasicProperties, octets = 'body') => as10(composeMessage('e', 'k', Buffer.from(octets), properties));

const everything: BasicProperties = {
  contentType: 'text/plain',
  contentEncoding: 'gzip',
  headers: fieldTable({ a: 1, b: 'two', c: true, d: 1.5, 'x-own': 'x', list: [1, 'two'], table: { n: 1 }, nothing: null, octets: Uint8Array.of(255, 0) }),
  deliveryMode: 2,
  priority: 7,
  correlationId: 'c1',
  replyTo: 'answers',
  expiration: '60000',
  messageId: 'm1',
  timestamp: 1_700_000_000n,
  type: 't',
  userId: 'guest',
  appId: 'app',
};

const sorted = ({ headers = [], ...rest }: BasicProperties) => ({ ...rest, headers: [...headers].sort(([a], [b]) => (a < b ? -1 : 1)) });

describe('from 0-9-1 to 1.0', () => {
  test('every property has its place', () => {
    const message = from091(everything);
    expect(message.sent).toMatchObject({ durable: true, priority: 7, ttl: 60_000 });
    expect(message.properties).toMatchObject({
      messageId: text('m1'),
      correlationId: text('c1'),
      replyTo: 'answers',
      contentType: 'text/plain',
      contentEncoding: 'gzip',
      creationTime: 1_700_000_000_000n,
      groupId: 'app',
    });
    expect(message.userId).toBe('guest');
    expect(new Map(message.applicationProperties)).toEqual(
      new Map<string, AmqpValue>([
        ['a', { type: 'int', value: 1 }],
        ['b', text('two')],
        ['c', { type: 'boolean', value: true }],
        ['d', { type: 'double', value: 1.5 }],
        ['nothing', { type: 'null', value: null }],
        ['octets', { type: 'binary', value: Uint8Array.of(255, 0) }],
      ]),
    );
    const annotations = new Map(message.messageAnnotations);
    expect(annotations.get('x-own')).toEqual(text('x'));
    expect(annotations.get('x-basic-type')).toEqual(text('t'));
    expect(annotations.get('x-exchange')).toEqual(text('e'));
    expect(message.content).toEqual({ type: 'data', value: [new Uint8Array(Buffer.from('body'))] });
  });

  test('and back, nothing is lost', () => {
    const back = as091(from091(everything));
    expect(sorted(back.properties)).toEqual(sorted(everything));
    expect(Buffer.concat(back.body).toString()).toBe('body');
  });

  test('an empty message without properties is one data section without octets', () => {
    const message = from091({}, '');
    expect(message.content).toEqual({ type: 'data', value: [new Uint8Array(0)] });
    expect(message.properties).toBeUndefined();
    expect(as091(message).properties).toEqual({ deliveryMode: 1 });
  });

  test('what a symbol or a string cannot say is left out, and never throws', () => {
    const message = from091({ contentType: 'tëxt', replyTo: '\udcff', messageId: '\udcff', headers: [['\udcff', { type: 'void', value: null }]] });
    expect(message.properties).toMatchObject({ contentType: undefined, messageId: { type: 'binary', value: Uint8Array.of(255) } });
    expect(message.applicationProperties).toBeUndefined();
  });
});

describe('from 1.0 to 0-9-1', () => {
  test('ids keep their type by a header, and get it back', () => {
    const ids = [
      { type: 'ulong', value: 18_446_744_073_709_551_615n },
      { type: 'uuid', value: new Uint8Array(16).fill(7) },
      { type: 'binary', value: Uint8Array.of(1, 2, 255) },
      { type: 'string', value: 'plain' },
      { type: 'string', value: 'long '.repeat(60) },
    ] as const;
    for (const id of ids) {
      const message = from10({ properties: { messageId: id, correlationId: id }, body });
      expect(as10(message).properties).toMatchObject({ messageId: id, correlationId: id });
    }
    expect(from10({ properties: { messageId: ids[1] }, body }).properties.messageId).toBe('urn:uuid:07070707-0707-0707-0707-070707070707');
  });

  test('what only 1.0 has is there as headers, and comes back', () => {
    const properties = { to: '/queues/q', subject: 's', absoluteExpiryTime: 4_000n, groupSequence: 3, replyToGroupId: 'g', groupId: 'own' };
    const message = from10({ properties, body });
    expect(message.properties.appId).toBe('own');
    expect(as10(message).properties).toMatchObject(properties);
  });

  test('one data section is the body; other bodies are octets of 1.0, which come back as they were', () => {
    expect(Buffer.concat(from10({ body: { type: 'data', value: [Buffer.from('a')] } }).body).toString()).toBe('a');
    const several = { type: 'data', value: [Buffer.from('a'), Buffer.from(''), Buffer.from('b')].map(each => new Uint8Array(each)) } as const;
    expect(from10({ body: several }).properties.type).toBe('amqp-1.0');
    expect(as10(from10({ body: several })).content).toEqual(several);
    const value = { type: 'amqp-value', value: { type: 'map', value: [[text('k'), { type: 'uint', value: 1 }]] } } as const;
    const message = from10({ body: value, footer: [['x-opt-f', text('g')]] });
    expect(message.properties.type).toBe('amqp-1.0');
    expect(Buffer.concat(message.body)).toEqual(Buffer.from(encodeMessage({ body: value, footer: [['x-opt-f', text('g')]] })));
    expect(as10(message)).toMatchObject({ content: value, footer: [['x-opt-f', text('g')]] });
  });

  test('an address of a queue becomes its name', () => {
    expect(from10({ properties: { replyTo: '/queues/a%2Fb' }, body }).properties.replyTo).toBe('a/b');
    expect(from10({ properties: { replyTo: '/queues/%' }, body }).properties.replyTo).toBe('/queues/%');
  });

  test('deaths are told in the words of the other protocol', () => {
    const death = { queue: 'q', reason: 'rejected', count: 2, timeMs: 5000, exchange: 'e', routingKeys: ['k'], expiration: undefined } as const;
    const dead = composeMessage10(at, { body }).afterDeath({ exchange: 'x', routingKey: undefined, deaths: [death], tellsLast: false });
    const there = as091(dead);
    expect(there.properties.headers?.map(([name]) => name)).toContain('x-death');
    expect(as10(there).deaths).toEqual([]);
    expect(as10(there).messageAnnotations?.map(([key]) => key)).toContain('x-opt-deaths');
  });
});

describe('values', () => {
  test('of every simple type of field tables come back as they were', () => {
    const values: readonly FieldValue[] = [
      { type: 'boolean', value: false },
      { type: 'short-short-int', value: -1 },
      { type: 'short-short-uint', value: 255 },
      { type: 'short-int', value: -300 },
      { type: 'short-uint', value: 65_535 },
      { type: 'long-int', value: -70_000 },
      { type: 'long-uint', value: 4_294_967_295 },
      { type: 'long-long-int', value: -(2n ** 63n) },
      { type: 'float', value: 0.5 },
      { type: 'double', value: 0.1 },
      { type: 'decimal', value: { scale: 3, value: -1234 } },
      { type: 'long-string', value: new TextEncoder().encode('text') },
      { type: 'byte-array', value: Uint8Array.of(200) },
      { type: 'timestamp', value: 12n },
      { type: 'void', value: null },
      { type: 'array', value: [{ type: 'long-int', value: 1 }] },
      { type: 'table', value: [['a', { type: 'void', value: null }]] },
    ];
    for (const value of values) expect(fieldValueOf(amqpValue(value))).toEqual(value);
  });

  test('decimals are the same number in both', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.integer(), (scale, value) => {
        expect(decimalValue(decimalOf({ scale, value }))).toEqual({ scale, value: value === 0 ? 0 : value });
      }),
    );
    expect(decimalValue(Buffer.from('7800000000000000', 'hex'))).toBeUndefined();
  });

  test('the table tells each property of 0-9-1, and each field and section of 1.0', () => {
    const told = new Set(conversions.map(({ amqp091 }) => amqp091));
    const names = ['content-type', 'content-encoding', 'headers', 'delivery-mode', 'priority', 'correlation-id', 'reply-to', 'expiration', 'message-id'];
    for (const name of [...names, 'timestamp', 'type', 'user-id', 'app-id', 'body']) expect(told).toContain(name);
    const fields = (['header', 'properties'] as const).flatMap(section => Object.keys(composites[section].fields).map(field => `${section}.${field}`));
    const there = conversions.map(({ amqp10 }) => amqp10).join(' ');
    expect([...fields, ...Object.keys(sections).filter(name => name !== 'header' && name !== 'properties')].filter(name => !there.includes(name))).toEqual([]);
  });

  test('the page that is published is the table', () => {
    expect(readFileSync(new URL('conversion.md', import.meta.url), 'utf8')).toBe(conversionPage());
  });
});
