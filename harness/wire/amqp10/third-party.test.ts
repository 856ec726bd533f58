import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amqpValue } from '../../fuzz/arbitraries-amqp10.ts';
import { primitives } from '../../spec/amqp10/primitives.ts';
import { type AmqpValue, decodeValue, encodeValue } from './codec.ts';

/** rhea's own codec, which its package does not export. */
interface Typed {
  readonly type: { readonly typecode: number; readonly name: string };
  readonly value: unknown;
  readonly descriptor?: Typed;
  readonly array_constructor?: { readonly typecode: number; readonly descriptor?: Typed };
}
const require = createRequire(import.meta.url);
const types: {
  readonly Reader: new (bytes: Buffer) => { read(): Typed; readonly position: number };
  readonly Writer: new () => { write(value: unknown): void; toBuffer(): Buffer };
} = require('rhea/lib/types.js');
const typeOfCode = new Map(Object.entries(primitives).flatMap(([type, rows]) => Object.values(rows).map(({ code }) => [code as number, type] as const)));

/** What both hold without loss: rhea knows one descriptor for a value and none for array elements, and dates only within the range of a Date. */
function isCommon(value: AmqpValue): boolean {
  switch (value.type) {
    case 'described':
      return value.value.type !== 'described' && value.descriptor.type !== 'described' && isCommon(value.descriptor) && isCommon(value.value);
    case 'list':
      return value.value.every(isCommon);
    case 'map':
      return value.value.every(pair => pair.every(isCommon));
    case 'array':
      return value.value.descriptors.length === 0 && value.value.items.every(isCommon);
    case 'float':
    case 'double':
      return value.bits === undefined;
    case 'timestamp':
      return value.value > -8_640_000_000_000_000n && value.value < 8_640_000_000_000_000n;
    default:
      return true;
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A 64-bit integer as rhea has it: a number, or octets where that is not exact. */
function long(value: unknown, signed: boolean): bigint {
  if (Buffer.isBuffer(value)) return signed ? value.readBigInt64BE() : value.readBigUInt64BE();
  return BigInt(value as number);
}

/** What rhea read, in a form to compare. */
function fromRhea(typed: Typed): unknown {
  if (typed.descriptor)
    return {
      described: fromRhea({ ...typed.descriptor }),
      as: fromRhea({ type: typed.type, value: typed.value, ...(typed.array_constructor && { array_constructor: typed.array_constructor }) }),
    };
  const type = typeOfCode.get(typed.type.typecode) ?? '';
  const { value } = typed;
  switch (type) {
    case 'ulong':
      return [type, long(value, false)];
    case 'long':
      return [type, long(value, true)];
    case 'timestamp':
      return [type, BigInt((value as Date).getTime())];
    case 'boolean':
      return [type, Boolean(value)];
    case 'list':
    case 'map':
      return [type, (value as Typed[]).map(fromRhea)];
    case 'array':
      return [type, (value as Typed[]).map(fromRhea)];
    default:
      return [type, Buffer.isBuffer(value) ? hex(value) : value];
  }
}

function fromOurs(value: AmqpValue): unknown {
  switch (value.type) {
    case 'described':
      return { described: fromOurs(value.descriptor), as: fromOurs(value.value) };
    case 'list':
      return ['list', value.value.map(fromOurs)];
    case 'map':
      return ['map', value.value.flat().map(fromOurs)];
    case 'array':
      return ['array', value.value.items.map(fromOurs)];
    default:
      return [value.type, value.value instanceof Uint8Array ? hex(value.value) : value.value];
  }
}

describe('values', () => {
  test('that we write are read alike by rhea', () => {
    fc.assert(
      fc.property(amqpValue(3).filter(isCommon), value => {
        const reader = new types.Reader(Buffer.from(encodeValue(value)));
        expect(fromRhea(reader.read())).toEqual(fromOurs(value));
        return reader.position === encodeValue(value).length;
      }),
      { numRuns: 1000 },
    );
  });

  test('that rhea writes are read alike by us', () => {
    fc.assert(
      fc.property(
        amqpValue(3).filter(value => isCommon(value) && isWritten(value)),
        value => {
          const writer = new types.Writer();
          writer.write(forWriting(new types.Reader(Buffer.from(encodeValue(value))).read()));
          const decoded = decodeValue(new Uint8Array(writer.toBuffer()));
          expect(decoded).toMatchObject({ kind: 'value' });
          expect(decoded.kind === 'value' && fromOurs(decoded.value)).toEqual(fromOurs(value));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** rhea reads the elements of arrays with their types, and writes them without. */
function forWriting(typed: Typed): Typed {
  const type = typeOfCode.get(typed.type.typecode);
  if (type !== 'list' && type !== 'map' && type !== 'array') return typed;
  const inner = (typed.value as Typed[]).map(forWriting);
  return { ...typed, value: type === 'array' ? inner.map(each => each.value) : inner } as Typed;
}

/** Arrays of arrays rhea reads, but does not write. */
function isWritten(value: AmqpValue): boolean {
  switch (value.type) {
    case 'described':
      return isWritten(value.descriptor) && isWritten(value.value);
    case 'list':
      return value.value.every(isWritten);
    case 'map':
      return value.value.every(pair => pair.every(isWritten));
    case 'array':
      return value.value.of !== 'array' && value.value.items.every(isWritten);
    default:
      return true;
  }
}
