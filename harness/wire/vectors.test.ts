import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { FieldTable, FieldValue, TagDialect } from '../spec/amqp091/domains.ts';
import { decodeFrame, encodeFrame, type Frame } from './amqp091/codec.ts';
import type { Decoded } from './decoded.ts';
import { type ProtocolHeader, parseProtocolHeader } from './protocol-header.ts';

interface Vector {
  readonly title: string;
  readonly tags: TagDialect;
  readonly frameMax: number;
  readonly protocolHeader: boolean;
  readonly oneWay: boolean;
  readonly bytes: Uint8Array;
  readonly expected: Readonly<Record<string, unknown>>;
}

const folder = fileURLToPath(new URL('../../fixtures/vectors/', import.meta.url));

function vectorsOf(file: string): Vector[] {
  const sections = readFileSync(folder + file, 'utf8')
    .split(/^## /m)
    .slice(1);
  return sections.map(section => {
    const title = section.slice(0, section.indexOf('\n'));
    const [, flags = '', hex = ''] = /```hex(.*)\n([^`]*)```/.exec(section) ?? [];
    const [, json = ''] = /```json\n([^`]*)```/.exec(section) ?? [];
    const digits = hex.replace(/;.*$/gm, '').replace(/\s/g, '');
    expect(digits, title).toMatch(/^([0-9a-f]{2})+$/);
    return {
      title,
      tags: flags.includes('tags=text') ? 'text' : 'errata',
      frameMax: Number(/frame-max=(\d+)/.exec(flags)?.[1] ?? 0),
      protocolHeader: flags.includes('protocol-header'),
      oneWay: flags.includes('one-way'),
      bytes: Uint8Array.from(Buffer.from(digits, 'hex')),
      expected: JSON.parse(json) as Vector['expected'],
    };
  });
}

const octets = (bytes: Uint8Array): string => `hex:${Buffer.from(bytes).toString('hex')}`;
const table = (pairs: FieldTable): unknown => pairs.map(([name, field]) => [name, ...typed(field)]);

function typed({ type, value }: FieldValue): readonly [string, unknown] {
  if (type === 'table') return [type, table(value)];
  return [type, type === 'array' ? value.map(typed) : plain(value)];
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return octets(value);
  return value;
}

const values = (object: object): unknown =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, Array.isArray(value) ? table(value as FieldTable) : plain(value)]));

function frameAsJson(frame: Frame): unknown {
  switch (frame.type) {
    case 'method':
      return { type: frame.type, channel: frame.channel, method: frame.method.name, args: values(frame.method.args) };
    case 'header': {
      const { classId, weight, bodySize, properties } = frame.header;
      return { type: frame.type, channel: frame.channel, classId, weight, bodySize: String(bodySize), properties: values(properties) };
    }
    case 'body':
      return { ...frame, payload: octets(frame.payload) };
    case 'heartbeat':
      return frame;
  }
}

function asJson(decoded: Decoded<Frame> | Decoded<ProtocolHeader>): unknown {
  if (decoded.kind === 'need-more') return { 'need-more': decoded.atLeast };
  if (decoded.kind === 'violation') return { violation: decoded.rule, offset: decoded.offset };
  if ('type' in decoded.value) return frameAsJson(decoded.value);
  const { id, major, minor, revision } = decoded.value;
  return { protocol: [id, major, minor, revision] };
}

const files = readdirSync(folder).filter(file => file.endsWith('.md') && file !== 'README.md' && !file.startsWith('amqp10-'));
const all = files.flatMap(vectorsOf);

test('there are vectors of every kind', () => {
  expect(files).toEqual(['content.md', 'fields.md', 'frames.md', 'malformed.md']);
  expect(all.length).toBeGreaterThanOrEqual(80);
  expect(new Set(all.map(vector => vector.title)).size).toBe(all.length);
});

describe.each(files)('%s', file => {
  const vectors = vectorsOf(file);

  test.each(vectors.map(vector => [vector.title, vector] as const))('%s', (_, vector) => {
    const { bytes, tags, frameMax, protocolHeader, expected } = vector;
    const decoded = protocolHeader ? parseProtocolHeader(bytes) : decodeFrame(bytes, { tags, frameMax });
    expect(asJson(decoded)).toEqual(expected);
  });

  test('what an encoder would write is written', () => {
    const legal = vectors.filter(vector => 'type' in vector.expected && !vector.oneWay);
    const written = legal.map(({ title, bytes, tags }) => {
      const decoded = decodeFrame(bytes, { tags });
      return [title, decoded.kind === 'value' ? octets(encodeFrame(decoded.value, { tags })) : decoded];
    });
    expect(written).toEqual(legal.map(({ title, bytes }) => [title, octets(bytes)]));
  });
});
