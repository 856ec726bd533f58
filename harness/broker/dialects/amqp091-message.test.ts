import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import { type ContentHeader, contentHeader, decodeContentHeader, encodeContent } from '../../wire/amqp091/content.ts';
import { fieldTable } from '../../wire/amqp091/field-table.ts';
import { method } from '../../wire/amqp091/method.ts';
import { plain } from '../../wire/amqp091/plain.ts';
import { contentFrames } from './amqp091-frames.ts';
import { Amqp091Message, composeMessage, reviveMessage } from './amqp091-message.ts';
import { defaultAmqp091Settings } from './amqp091-settings.ts';

const anyProperties: fc.Arbitrary<BasicProperties> = fc.record(
  {
    contentType: fc.string({ maxLength: 20 }),
    contentEncoding: fc.string({ maxLength: 20 }),
    headers: fc.dictionary(fc.string({ maxLength: 9 }), fc.integer({ min: 0, max: 9 }), { maxKeys: 3 }).map(fieldTable),
    deliveryMode: fc.constantFrom(1, 2, 0, 255),
    priority: fc.nat(255),
    correlationId: fc.string({ maxLength: 20 }),
    replyTo: fc.string({ maxLength: 20 }),
    messageId: fc.string({ maxLength: 20 }),
  },
  { requiredKeys: [] },
);

describe('a message', () => {
  test('knows its delivery mode and priority without decoding the rest', () => {
    fc.assert(
      fc.property(anyProperties, properties => {
        const message = composeMessage('e', 'k', Buffer.from('body'), properties);
        expect(message.persistent).toBe(properties.deliveryMode === 2);
        expect(message.priority).toBe(properties.priority ?? 0);
        expect(message.size).toBe(4);
      }),
    );
  });

  test('can want its answers elsewhere and is otherwise the same', () => {
    fc.assert(
      fc.property(anyProperties, fc.string({ maxLength: 20 }), (properties, elsewhere) => {
        const message = composeMessage('e', 'k', Buffer.from('body'), properties);
        expect(message.replyTo).toBe(properties.replyTo);
        if (properties.replyTo === undefined) return;
        const other = message.answerTo(elsewhere);
        expect(other.properties).toEqual({ ...message.properties, replyTo: elsewhere });
        expect(other.body).toBe(message.body);
      }),
    );
  });

  test('finds them behind a continuation of the flags', () => {
    const { raw } = contentHeader({ properties: { deliveryMode: 2, priority: 7 }, bodySize: 0 });
    const continued = Buffer.concat([raw.subarray(0, 13), Buffer.of((raw[13] ?? 0) | 1, 0, 0), raw.subarray(14)]);
    const header = decodeContentHeader(continued) as ContentHeader;
    expect(new Amqp091Message('', '', 1, header, [])).toMatchObject({ persistent: true, priority: 7 });
  });

  test('comes back from a store as it went there, without being copied', () => {
    const { header, body, ...rest } = composeMessage('e', 'k', Buffer.from('body'), { headers: fieldTable({ n: 1 }) });
    const revived = reviveMessage({ ...rest, exchange: 'e', routingKey: 'k', dialect: 'amqp091', header, body });
    expect(revived.headers).toEqual(fieldTable({ n: 1 }));
    expect(revived.body[0]).toBe(body[0]);
    expect(() => reviveMessage({ exchange: '', routingKey: '', dialect: 'amqp091', header: Uint8Array.of(0, 60), body: [] })).toThrow('no valid header');
  });
});

describe('the frames of a delivery', () => {
  test('are those that the codec would write, whatever the sizes', () => {
    const anyParts = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 3000, max: 30_000 })), { maxLength: 5 });
    fc.assert(
      fc.property(anyParts, fc.constantFrom(4096, 8192, 131_072), (sizes, frameMax) => {
        const body = sizes.map((size, index) => Buffer.alloc(size, index + 1));
        const header = contentHeader({ properties: { type: 't' }, bodySize: sizes.reduce((sum, size) => sum + size, 0) });
        const what = method('basic.deliver', { consumerTag: 'c', deliveryTag: 1n, exchange: 'e', routingKey: 'k' });
        const message = new Amqp091Message('e', 'k', 1, header, body);
        expect(Buffer.concat(contentFrames(3, what, message, frameMax)).equals(Buffer.concat(encodeContent(3, what, header, body, frameMax)))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('of a large body hold the body itself, not a copy', () => {
    const message = composeMessage('', 'k', Buffer.alloc(100_000));
    const pieces = contentFrames(1, method('basic.deliver'), message, 131_072);
    expect(pieces.some(piece => piece.buffer === message.body[0]?.buffer)).toBe(true);
  });
});

test('the version that is announced is that of the package', () => {
  expect(defaultAmqp091Settings.version).toBe(manifest.version);
});

describe('a dead letter', () => {
  const at = { queue: 'q', timeMs: 5500, exchange: 'e', routingKeys: ['k'] } as const;
  const once = { ...at, reason: 'expired', count: 1, expiration: '10' } as const;

  test('keeps body and properties, loses its expiration, and tells of its deaths', () => {
    const message = composeMessage('e', 'k', Buffer.from('body'), { contentType: 't', expiration: '10', headers: fieldTable({ own: 1, 'x-death': 'forged' }) });
    expect(message.ttlMs).toBe(10);
    const letter = message.afterDeath({ exchange: 'dlx', routingKey: undefined, deaths: [once], tellsLast: true });
    expect(letter).toMatchObject({ exchange: 'dlx', routingKey: 'k', ttlMs: undefined, size: 4, body: message.body });
    const { headers = [], ...rest } = letter.properties;
    expect(rest).toEqual({ contentType: 't' });
    expect(plain(headers)).toEqual({
      own: 1,
      'x-death': [{ count: 1, reason: 'expired', queue: 'q', time: 5, exchange: 'e', 'routing-keys': ['k'], 'original-expiration': '10' }],
      'x-first-death-reason': 'expired',
      'x-first-death-queue': 'q',
      'x-first-death-exchange': 'e',
      'x-last-death-reason': 'expired',
      'x-last-death-queue': 'q',
      'x-last-death-exchange': 'e',
    });
  });

  test('that dies again keeps what it said of the first time, and what a store brings back knows of both', () => {
    const message = composeMessage('e', 'k', Buffer.from('body'), { headers: fieldTable({ CC: ['other'] }) });
    expect(message.routingKeys).toEqual(['k', 'other']);
    const deaths = [
      { ...at, queue: 'r', exchange: 'dlx', reason: 'rejected', count: 1, expiration: undefined, timeMs: 6000 },
      { ...once, timeMs: 5000 },
    ] as const;
    const letter = message
      .afterDeath({ exchange: 'dlx', routingKey: undefined, deaths: [once], tellsLast: true })
      .afterDeath({ exchange: 'x', routingKey: 'new', deaths, tellsLast: true });
    expect(letter.routingKeys).toEqual(['new']);
    expect(plain(letter.properties.headers ?? [])).toMatchObject({ 'x-first-death-queue': 'q', 'x-last-death-queue': 'r', 'x-last-death-exchange': 'dlx' });
    expect(reviveMessage(letter).deaths).toEqual(deaths);
  });

  test('takes no word of what its sender says it died of', () => {
    const headers = fieldTable({ 'x-death': [{ queue: 'q', reason: 'expired', count: 5 }] });
    expect(composeMessage('e', 'k', Buffer.from(''), { headers }).deaths).toEqual([]);
    expect(reviveMessage(composeMessage('e', 'k', Buffer.from(''), { headers })).deaths).toEqual([]);
  });

  test.each([
    ['1000', 1000],
    ['0', 0],
    ['-1', Number.NaN],
    ['1.5', Number.NaN],
    ['', Number.NaN],
    ['soon', Number.NaN],
    ['9'.repeat(40), Number.NaN],
  ])('reads the expiration %j as %d', (expiration, ms) => {
    expect(composeMessage('e', 'k', Buffer.from(''), { expiration }).ttlMs).toBe(ms);
  });
});
