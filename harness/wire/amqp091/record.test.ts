import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { properties } from '../../fuzz/arbitraries.ts';
import { isViolation } from '../decoded.ts';
import { contentHeader, decodeContentHeader, plainProperties } from './content.ts';
import { cursorOver } from './cursor.ts';
import { plain } from './plain.ts';
import { recordReader, slowRecordReader } from './record.ts';

describe('records', () => {
  test('are read alike with and without generated source', () => {
    const keys = ['a', 'with-dash', '__proto', 'quote"', 'constructor'];
    const read = [recordReader, slowRecordReader].map(make => {
      const reader = make(
        keys,
        keys.map(() => cursor => cursor.octet()),
      );
      return reader(cursorOver(Uint8Array.of(1, 2, 3, 4, 5), 0, 5, 'valueTruncated', 'a test'), 'errata');
    });
    expect(read[0]).toEqual({ a: 1, 'with-dash': 2, __proto: 3, 'quote"': 4, constructor: 5 });
    expect(read[1]).toEqual(read[0]);
    expect(Object.keys(read[0] ?? {})).toEqual(keys);
  });

  test('with any flags that a peer may choose, also more sets of them than are compiled', () => {
    const sets = Array.from({ length: 0x4000 }, (_, index) => index << 2);
    const wrong = sets.filter(flags => {
      const values = Object.fromEntries(names.filter((_, index) => flags & (0x8000 >> index)).map(name => [name, zeros[name]]));
      const decoded = decodeContentHeader(contentHeader({ properties: values, bodySize: 0 }).raw);
      return isViolation(decoded) || decoded.propertyFlags !== flags || !isDeepStrictEqual({ ...decoded.properties }, values);
    });
    expect(wrong).toEqual([]);
  });

  test('as plain values are what typed values become', () => {
    fc.assert(
      fc.property(properties(), values => {
        const header = contentHeader({ properties: values, bodySize: 0 });
        const decoded = decodeContentHeader(header.raw);
        const read = isViolation(decoded) ? decoded : plainProperties(decoded);
        expect(read).toEqual(plainProperties(header));
        expect(read).toEqual({
          ...values,
          ...(values.headers && { headers: plain(values.headers) }),
          ...(values.timestamp !== undefined && { timestamp: exact(values.timestamp) }),
        });
      }),
      { numRuns: 300 },
    );
  });
});

const exact = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

const zeros: Readonly<Record<string, unknown>> = {
  contentType: 't',
  contentEncoding: 'e',
  headers: [],
  deliveryMode: 1,
  priority: 2,
  correlationId: 'c',
  replyTo: 'r',
  expiration: 'x',
  messageId: 'm',
  timestamp: 3n,
  type: 'y',
  userId: 'u',
  appId: 'a',
  reserved: 'z',
};
const names = Object.keys(zeros);
