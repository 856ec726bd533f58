import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import { isViolation } from '../decoded.ts';
import { protocolHeader091 } from '../protocol-header.ts';
import { contentHeader, decodeContentHeader } from './content.ts';
import { plain } from './field-table.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { methodIds, methodName, methodNames } from './method.ts';
import { decodeRawFrame, encodeRawFrame } from './raw-frame.ts';

const require = createRequire(import.meta.url);
/** Where amqplib keeps its codec, which its package does not export. */
const amqplib = join(dirname(require.resolve('amqplib')), 'lib');
const defs: { encodeProperties(id: number, channel: number, size: number, fields: object): Buffer } = require(join(amqplib, 'defs.js'));
const frames: {
  parseFrame(bytes: Buffer, max: number): unknown;
  decodeFrame(frame: unknown): unknown;
  PROTOCOL_HEADER: string;
  HEARTBEAT_BUF: Buffer;
} = require(join(amqplib, 'frame.js'));

const properties: BasicProperties = {
  contentType: 'text/plain',
  contentEncoding: 'gzip',
  headers: [
    ['n', { type: 'long-int', value: -7 }],
    ['s', { type: 'long-string', value: Uint8Array.from(Buffer.from('grüße')) }],
  ],
  deliveryMode: 2,
  priority: 9,
  correlationId: 'correlation',
  replyTo: 'reply',
  expiration: '60000',
  messageId: 'm-1',
  timestamp: 1_700_000_000n,
  type: 'kind',
  userId: 'guest',
  appId: 'app',
  reserved: 'cluster',
};

/** Every subset that leaves one property out, keeps one only, or takes all or none. */
const subsets: readonly BasicProperties[] = [
  {},
  properties,
  ...Object.entries(properties).map(([key, value]) => ({ [key]: value }) as BasicProperties),
  ...Object.keys(properties).map(left => Object.fromEntries(Object.entries(properties).filter(([key]) => key !== left)) as BasicProperties),
];

function theirProperty(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return Array.isArray(value) ? { n: { '!': 'int32', value: -7 }, s: 'grüße' } : value;
}

/** Their name for our last property is `clusterId`. */
const theirProperties = (values: BasicProperties): object =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key === 'reserved' ? 'clusterId' : key, theirProperty(value)]));

describe('amqplib and content headers', () => {
  test.each(subsets.map(values => [Object.keys(values).join(' ') || 'none', values] as const))('writes the same octets and reads ours: %s', (_, values) => {
    const header = contentHeader({ properties: values, bodySize: 5 });
    const ours = encodeRawFrame(2, 7, header.raw);
    const written = defs.encodeProperties(60, 7, 5, theirProperties(values));
    expect(Buffer.from(ours).toString('hex')).toBe(written.toString('hex'));
    const read = frames.decodeFrame(frames.parseFrame(Buffer.from(ours), 0)) as { readonly size: number; readonly fields: Record<string, unknown> };
    const back = decodeContentHeader(written.subarray(7, -1));
    expect(read.size).toBe(5);
    expect(isViolation(back) ? back : back.properties).toEqual(values);
    const timestamp = values.timestamp === undefined ? {} : { timestamp: Number(values.timestamp) };
    const headers = values.headers === undefined ? {} : { headers: plain(values.headers) };
    const present = Object.fromEntries(Object.entries(read.fields).filter(([, value]) => value !== undefined));
    expect(present).toEqual({ ...theirProperties(values), ...timestamp, ...headers });
  });
});

describe('amqplib and framing', () => {
  test('starts with the same protocol header', () => {
    expect(Buffer.from(protocolHeader091).toString('latin1')).toBe(frames.PROTOCOL_HEADER);
  });

  test('sends the same heartbeat', () => {
    expect(Buffer.from(encodeFrame({ type: 'heartbeat', channel: 0 }))).toEqual(frames.HEARTBEAT_BUF);
    expect(decodeFrame(frames.HEARTBEAT_BUF)).toMatchObject({ kind: 'value', value: { type: 'heartbeat', channel: 0 }, end: 8 });
  });

  test('cuts our frames where we cut them', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 8), fc.nat(0xffff), fc.uint8Array({ maxLength: 100 }), (type, channel, payload) => {
        const bytes = Buffer.from(encodeRawFrame(type, channel, payload));
        const ours = decodeRawFrame(bytes);
        expect(frames.parseFrame(bytes, 0)).toMatchObject({ type, channel, size: payload.length });
        expect(ours).toMatchObject({ kind: 'value', value: { type, channel, payload }, end: bytes.length });
      }),
      { numRuns: 200 },
    );
  });

  test('knows a name for every method of ours', () => {
    expect(methodNames.map(name => methodName(methodIds(name).classId, methodIds(name).methodId))).toEqual(methodNames);
  });
});
