import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composite as anyComposite, performative, scalarValue } from '../../fuzz/arbitraries-amqp10.ts';
import type { Typed } from '../../spec/amqp10/primitives.ts';
import {
  type CompositeName,
  composite,
  decodeComposite,
  decodeFrame,
  decodeMessage,
  decodeValue,
  encodeComposite,
  encodeValue,
  isViolation,
  nestingMax,
  zeroWidthMax,
} from './codec.ts';
import {
  arrayOf,
  type CompositeOctets,
  codeOf,
  compositeAs,
  describedAs,
  encodingsOf,
  frameOf,
  joined,
  listOf,
  mapOf,
  nestedLists,
  replaced,
  sectionOf,
  truncated,
  valueAs,
  variableOf,
} from './craft.ts';
import { wireRules } from './wire-rules.ts';

const uint = (value: number): Uint8Array => encodeValue({ type: 'uint', value });
const text = (value: string): Uint8Array => encodeValue({ type: 'string', value });
const open = encodeComposite(composite('open', { containerId: 'me' }));

describe('each encoding of a value', () => {
  test('decodes to the same value', () => {
    let several = 0;
    fc.assert(
      fc.property(scalarValue, value => {
        const encodings = encodingsOf(value as Typed<'uint'>);
        several += encodings.length > 1 ? 1 : 0;
        for (const { octets } of 'bits' in value ? [] : encodings) expect(decodeValue(octets)).toEqual({ kind: 'value', value, end: octets.length });
        return encodings.length > 0;
      }),
    );
    expect(several).toBeGreaterThan(10);
  });

  test('is refused where the value does not fit', () => {
    expect(() => valueAs({ type: 'uint', value: 256 }, 'smalluint')).toThrow(RangeError);
    expect(valueAs({ type: 'uint', value: 1 }, 'uint')).toEqual(Uint8Array.of(0x70, 0, 0, 0, 1));
  });
});

test('composites in any legal form decode to the same value', () => {
  const forms = fc.record<CompositeOctets>(
    {
      descriptor: fc.constantFrom('smallulong', 'ulong', 'sym8', 'sym32'),
      wide: fc.constant(true),
      trailing: fc.constantFrom('nulls'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(anyComposite(), forms, (value, how) => {
      const { type, ...fields } = value;
      const octets = compositeAs(type as CompositeName, fields, how);
      expect(decodeComposite(octets)).toEqual({ kind: 'value', value, end: octets.length });
    }),
    { numRuns: 500 },
  );
});

describe('what is wrong is found where it stands', () => {
  const frame = (body: Uint8Array) => decodeFrame(frameOf(body));
  const name = variableOf('string', Uint8Array.of(0x61));

  test.each([
    ['a field of another type', compositeAs('open', {}, { fields: { containerId: uint(1) } }), 'fieldType', 14],
    ['an array where one value is due', compositeAs('open', {}, { fields: { containerId: arrayOf(0xa1, [Uint8Array.of(0)]) } }), 'multiple', 14],
    ['a mandatory field left out', compositeAs('open', {}), 'mandatoryField', 14],
    ['a mandatory field of null', compositeAs('open', {}, { trailing: 'nulls' }), 'mandatoryField', 14],
    ['too many fields', compositeAs('open', { containerId: 'me' }, { trailing: 11 }), 'fieldsTooMany', 11],
    ['a composite that is a map', describedAs(Uint8Array.of(0x53, 0x10), mapOf([])), 'compositeList', 11],
    [
      'an unknown role',
      compositeAs('attach', { name: 'l', handle: 0 }, { fields: { sndSettleMode: Uint8Array.of(0x50, 3), role: Uint8Array.of(0x41) } }),
      'choice',
      19,
    ],
    ['an empty array of mechanisms', compositeAs('sasl-mechanisms', {}, { fields: { saslServerMechanisms: arrayOf(0xa3, []) } }), 'frameBody', 8],
    ['a string that is no UTF-8', compositeAs('open', {}, { fields: { containerId: variableOf('string', Uint8Array.of(0xc3, 0x28)) } }), 'utf8', 16],
    [
      'a symbol that is no ASCII',
      compositeAs('open', { containerId: 'm' }, { fields: { offeredCapabilities: variableOf('symbol', Uint8Array.of(0x61, 0xe9)) } }),
      'symbolAscii',
      26,
    ],
    ['a key of properties that is a string', compositeAs('open', { containerId: 'm' }, { fields: { properties: mapOf([name, uint(1)]) } }), 'fieldKeys', 28],
    ['a descriptor that nobody knows', describedAs(Uint8Array.of(0x53, 0xff), Uint8Array.of(0x45)), 'frameBody', 8],
    [
      'a source where a target is due',
      compositeAs('attach', { name: 'l', handle: 0, role: 'sender' }, { fields: { target: compositeAs('source', {}) } }),
      'fieldType',
      22,
    ],
    ['a frame whose list is cut short', truncated(open, -1), 'compoundSize', 13],
  ] as const)('%s', (_, body, rule, offset) => {
    expect(frame(body)).toMatchObject({ kind: 'violation', rule: wireRules[rule], offset });
  });

  test.each([
    ['an unknown constructor', Uint8Array.of(0x46), 'constructor', 0],
    ['a list that declares more than it has', listOf([listOf([uint(1)], { size: 9 })]), 'compoundSize', 5],
    ['a list that counts more than it has room for', listOf([uint(1)], { count: 9 }), 'compoundCount', 2],
    ['a list that counts less than it has', listOf([uint(1), uint(2)], { count: 1 }), 'compoundSize', 5],
    ['a map of an odd number', mapOf([uint(1)]), 'mapOdd', 1],
    ['a map with a key twice, in different encodings', mapOf([uint(1), uint(2), valueAs({ type: 'uint', value: 1 }, 'uint'), uint(3)]), 'mapDuplicate', 7],
    ['an array of too few octets', arrayOf(0x70, [], { count: 1 }), 'arraySize', 4],
    ['an array with octets to spare', arrayOf(0x50, [Uint8Array.of(1), Uint8Array.of(2)], { count: 1 }), 'arraySize', 5],
    ['a boolean of another octet', Uint8Array.of(0x56, 2), 'boolean', 1],
    ['a surrogate as a char', Uint8Array.of(0x73, 0, 0, 0xd8, 0), 'char', 1],
    ['a string beyond its list', listOf([variableOf('string', Uint8Array.of(0x61), { size: 7 })]), 'variableSize', 5],
  ] as const)('%s', (_, octets, rule, offset) => {
    expect(decodeValue(octets)).toMatchObject({ kind: 'violation', rule: wireRules[rule], offset });
    const message = decodeMessage(sectionOf(0x77, octets));
    expect(isViolation(message) && [message.rule, message.offset]).toEqual([wireRules[rule], offset + 3]);
  });

  const data = sectionOf(0x75, { type: 'binary', value: Uint8Array.of(1) });
  const value = sectionOf(0x77, { type: 'null', value: null });
  const header = compositeAs('header', {});
  test.each([
    ['a header behind the body', joined(data, header), 'sectionOrder', 6],
    ['two headers', joined(header, header), 'sectionTwice', 6],
    ['two values', joined(value, value), 'sectionTwice', 4],
    ['data and a value', joined(data, value), 'bodyMixed', 6],
    ['data that is a string', sectionOf(0x75, { type: 'string', value: 'x' }), 'sectionType', 3],
    ['a section that nobody knows', sectionOf(0x79, { type: 'null', value: null }), 'sectionType', 0],
    ['a value without a section', uint(1), 'sectionType', 0],
    ['an annotation under a string', sectionOf(0x72, mapOf([name, uint(1)])), 'annotationKeys', 6],
    ['an application property under a symbol', sectionOf(0x74, mapOf([variableOf('symbol', Uint8Array.of(0x61)), uint(1)])), 'propertyNames', 6],
    ['a priority of four octets', compositeAs('header', {}, { fields: { priority: uint(300) } }), 'fieldType', 7],
  ] as const)('%s in a message', (_, octets, rule, offset) => {
    const message = decodeMessage(octets);
    expect(isViolation(message) && [message.rule, message.offset]).toEqual([wireRules[rule], offset]);
  });
});

describe('what asks for more than its octets is bounded', () => {
  test('in depth', () => {
    expect(decodeValue(nestedLists(nestingMax - 1))).toMatchObject({ kind: 'value' });
    expect(decodeValue(nestedLists(nestingMax + 1))).toMatchObject({ kind: 'violation', rule: wireRules.bounds });
    const descriptors = new Uint8Array(100_000);
    expect(decodeValue(descriptors)).toMatchObject({ kind: 'violation', rule: wireRules.bounds });
  });

  test('in elements without octets, of one array and of many', () => {
    const nulls = (count: number) => arrayOf(0x40, [], { wide: true, count });
    expect(decodeValue(nulls(zeroWidthMax))).toMatchObject({ kind: 'value' });
    expect(decodeValue(nulls(0xffffffff))).toMatchObject({ kind: 'violation', rule: wireRules.bounds });
    expect(decodeValue(listOf([nulls(zeroWidthMax), nulls(1)], { wide: true }))).toMatchObject({ kind: 'violation', rule: wireRules.bounds });
    expect(decodeMessage(sectionOf(0x77, nulls(0xffffffff)))).toMatchObject({ kind: 'violation', rule: wireRules.bounds });
  });

  test('in counts', () => {
    expect(decodeValue(listOf([], { wide: true, count: 0xffffffff }))).toMatchObject({ kind: 'violation', rule: wireRules.compoundCount });
    expect(decodeValue(arrayOf(0x80, [], { wide: true, count: 0xffffffff }))).toMatchObject({ kind: 'violation', rule: wireRules.arraySize });
  });

  test('in the keys of a map, which are compared in linear time', () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => [uint(index), Uint8Array.of(0x40)]).flat();
    expect(decodeValue(mapOf(keys))).toMatchObject({ kind: 'value' });
  });
});

test('arrays may hold elements without octets, described ones and none', () => {
  const described = joined(Uint8Array.of(0), text('d'), Uint8Array.of(codeOf('ubyte', 'ubyte')));
  const items = (octets: Uint8Array) => {
    const decoded = decodeValue(octets);
    return decoded.kind === 'value' && decoded.value.type === 'array' ? decoded.value.value : decoded;
  };
  expect(items(arrayOf(0x41, [new Uint8Array(0), new Uint8Array(0)]))).toEqual({
    of: 'boolean',
    descriptors: [],
    items: [
      { type: 'boolean', value: true },
      { type: 'boolean', value: true },
    ],
  });
  expect(items(arrayOf(described, [Uint8Array.of(7)]))).toEqual({
    of: 'ubyte',
    descriptors: [{ type: 'string', value: 'd' }],
    items: [{ type: 'ubyte', value: 7 }],
  });
  expect(items(arrayOf(0x45, [], { count: 3 }))).toMatchObject({ of: 'list', items: [{ value: [] }, { value: [] }, { value: [] }] });
  expect(items(arrayOf(0xa1, []))).toEqual({ of: 'string', descriptors: [], items: [] });
});

test('frames may declare what they are not', () => {
  expect(decodeFrame(frameOf(open, { size: 7 }))).toMatchObject({ rule: wireRules.frameSize });
  expect(decodeFrame(frameOf(open, { dataOffset: 200 }))).toMatchObject({ rule: wireRules.dataOffsetBeyond });
  expect(decodeFrame(frameOf(open, { type: 9 }))).toMatchObject({ rule: wireRules.frameType });
  expect(decodeFrame(frameOf(open, { extendedHeader: Uint8Array.of(1, 2, 3, 4) }))).toMatchObject({ value: { performative: { containerId: 'me' } } });
  expect(replaced(open, 2, 0xee)[2]).toBe(0xee);
  fc.assert(
    fc.property(performative(), value => decodeFrame(frameOf(encodeComposite(value))).kind === 'value'),
    { numRuns: 50 },
  );
});
