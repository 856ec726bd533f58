import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { composites } from '../../spec/amqp10/composites.ts';
import { primitives } from '../../spec/amqp10/primitives.ts';
import {
  type AmqpValue,
  decodeFrame,
  decodeMessage,
  decodeValue,
  encodeFrame,
  encodeMessage,
  encodeValue,
  type Frame,
  isViolation,
  Message,
  parseProtocolHeader,
} from './codec.ts';
import { wireRules } from './wire-rules.ts';

interface Vector {
  readonly title: string;
  readonly flags: string;
  readonly bytes: Uint8Array;
  readonly expected: Readonly<Record<string, unknown>>;
}

const folder = fileURLToPath(new URL('../../../fixtures/vectors/', import.meta.url));
const files = readdirSync(folder).filter(file => file.startsWith('amqp10-'));

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
    return { title, flags, bytes: Uint8Array.from(Buffer.from(digits, 'hex')), expected: JSON.parse(json) as Vector['expected'] };
  });
}

const octets = (bytes: Uint8Array): string => `hex:${Buffer.from(bytes).toString('hex')}`;
const primitiveNames: ReadonlySet<string> = new Set(Object.keys(primitives));
const compositeNames: ReadonlySet<string> = new Set(Object.keys(composites));

function valueAsJson(value: AmqpValue): unknown {
  if (value.type === 'described') return { descriptor: valueAsJson(value.descriptor), value: valueAsJson(value.value) };
  switch (value.type) {
    case 'list':
      return [value.type, value.value.map(valueAsJson)];
    case 'map':
      return [value.type, value.value.map(pair => pair.map(valueAsJson))];
    case 'array':
      return [value.type, { ...value.value, descriptors: value.value.descriptors.map(valueAsJson), items: value.value.items.map(valueAsJson) }];
    case 'float':
    case 'double':
      return [value.type, value.bits ? `NaN ${octets(value.bits)}` : floatAsJson(value.value)];
    default:
      return [value.type, plain(value.value)];
  }
}

const floatAsJson = (value: number): unknown => (Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value));

/** What a field holds: a composite, a typed value, several, or something plain. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return octets(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const { type } = value as { readonly type?: string };
  if (type === 'described' || (type !== undefined && primitiveNames.has(type) && !compositeNames.has(type))) return valueAsJson(value as AmqpValue);
  return fields(value);
}

const fields = (value: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, plain(each)]),
  );

function withoutType(value: object): unknown {
  const { type: _, ...others } = fields(value);
  return others;
}

function frameAsJson(frame: Frame): unknown {
  if (frame.type === 'sasl') return { sasl: frame.body.type, fields: withoutType(frame.body) };
  const { channel, performative, payload } = frame;
  if (!performative) return { channel };
  return { channel, performative: performative.type, fields: withoutType(performative), ...(payload.length > 0 && { payload: octets(payload) }) };
}

function messageAsJson({ header, deliveryAnnotations, messageAnnotations, properties, applicationProperties, body, footer }: Message): unknown {
  const parts = { deliveryAnnotations, messageAnnotations, applicationProperties, footer };
  return {
    ...fields(parts),
    ...(header && { header: withoutType(header) }),
    ...(properties && { properties: withoutType(properties) }),
    ...(body && { body: { type: body.type, value: body.type === 'amqp-value' ? valueAsJson(body.value) : plain(body.value) } }),
  };
}

function answerTo({ bytes, flags }: Vector): unknown {
  if (flags.includes('message')) {
    const message = decodeMessage(bytes);
    return isViolation(message) ? { violation: message.rule, offset: message.offset } : messageAsJson(message);
  }
  const decoded = flags.includes('value')
    ? decodeValue(bytes)
    : flags.includes('protocol-header')
      ? parseProtocolHeader(bytes, wireRules.protocolHeader)
      : decodeFrame(bytes, { maxFrameSize: Number(/max-frame-size=(\d+)/.exec(flags)?.[1] ?? 0) });
  if (decoded.kind === 'need-more') return { 'need-more': decoded.atLeast };
  if (decoded.kind === 'violation') return { violation: decoded.rule, offset: decoded.offset };
  expect(decoded.end).toBe(bytes.length);
  if ('major' in decoded.value) return { protocol: [decoded.value.id, decoded.value.major, decoded.value.minor, decoded.value.revision] };
  return flags.includes('value') ? valueAsJson(decoded.value as AmqpValue) : frameAsJson(decoded.value as Frame);
}

/** The octets again from what was decoded, as an encoder writes them. */
function written({ bytes, flags }: Vector): string {
  if (flags.includes('message')) {
    const message = decodeMessage(bytes);
    return message instanceof Message ? octets(encodeMessage(message)) : 'no message';
  }
  const value = flags.includes('value') ? decodeValue(bytes) : undefined;
  if (value?.kind === 'value') return octets(encodeValue(value.value));
  const frame = decodeFrame(bytes);
  return frame.kind === 'value' ? octets(encodeFrame(frame.value)) : 'no frame';
}

const all = files.flatMap(vectorsOf);

test('there is a vector of every encoding, performative and SASL body', () => {
  expect(files).toEqual(['amqp10-frames.md', 'amqp10-malformed.md', 'amqp10-messages.md', 'amqp10-values.md']);
  expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  const firsts = new Set(all.filter(({ flags }) => flags.includes('value')).map(({ bytes }) => bytes[0]));
  const codes = Object.values(primitives).flatMap(rows => Object.values(rows).map(({ code }) => code as number));
  expect(codes.filter(code => !firsts.has(code))).toEqual([]);
  const bodies = new Set(all.map(({ expected }) => expected.performative ?? expected.sasl));
  const names = Object.entries(composites).flatMap(([name, row]) => ('provides' in row && /frame/.test(String(row.provides)) ? [name] : []));
  expect(names.filter(name => !bodies.has(name))).toEqual([]);
});

describe.each(files)('%s', file => {
  const vectors = vectorsOf(file);

  test.each(vectors.map(vector => [vector.title, vector] as const))('%s', (_, vector) => {
    expect(answerTo(vector)).toEqual(vector.expected);
  });

  test('what an encoder would write is written', () => {
    const legal = vectors.filter(({ expected, flags }) => !('violation' in expected || 'need-more' in expected || /one-way|protocol-header/.test(flags)));
    expect(legal.map(vector => [vector.title, written(vector)])).toEqual(legal.map(({ title, bytes }) => [title, octets(bytes)]));
  });
});
