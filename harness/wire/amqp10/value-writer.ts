import { type AmqpArray, type AmqpMap, type AmqpValue, describedCode, type EncodingRow, type PrimitiveType, primitives } from '../../spec/amqp10/primitives.ts';
import { type ScalarEncoding, type ScalarType, scalarEncodings } from './scalars.ts';
import { octetsOf, type Writer } from './writer.ts';

interface Encoding {
  readonly row: EncodingRow;
  readonly fits: (value: unknown) => boolean;
  readonly write: (writer: Writer, value: unknown) => void;
}

function encodingsOf<T extends ScalarType>(type: T): readonly Encoding[] {
  const codecs = scalarEncodings[type] as Readonly<Record<string, ScalarEncoding<T>>>;
  return Object.entries(primitives[type] as Readonly<Record<string, EncodingRow>>).map(([name, row]) => ({
    row,
    ...(codecs[name] as unknown as Omit<Encoding, 'row'>),
  }));
}

/** The encodings of each type without elements, shortest first. */
const scalars = Object.fromEntries((Object.keys(scalarEncodings) as ScalarType[]).map(type => [type, encodingsOf(type)])) as Readonly<
  Record<ScalarType, readonly Encoding[]>
>;

const isScalar = (type: PrimitiveType): type is ScalarType => type in scalarEncodings;

/** Writes a value of a type without elements in its shortest encoding. */
export function writeScalar(writer: Writer, type: ScalarType, value: unknown): void {
  for (const encoding of scalars[type]) {
    if (!encoding.fits(value)) continue;
    writer.octet(encoding.row.code);
    encoding.write(writer, value);
    return;
  }
}

function writePairs(writer: Writer, pairs: AmqpMap): void {
  for (const [key, value] of pairs) {
    writeValue(writer, key);
    writeValue(writer, value);
  }
}

/** Writes any value in its shortest encodings. */
export function writeValue(writer: Writer, value: AmqpValue): void {
  switch (value.type) {
    case 'described':
      writer.octet(describedCode);
      writeValue(writer, value.descriptor);
      writeValue(writer, value.value);
      return;
    case 'list':
      writeCompound(writer, 'list', value.value.length, () => value.value.forEach(each => void writeValue(writer, each)));
      return;
    case 'map':
      writeCompound(writer, 'map', value.value.length * 2, () => writePairs(writer, value.value));
      return;
    case 'array':
      writeArray(writer, value.value);
      return;
    case 'float':
    case 'double':
      if (value.bits) writeBits(writer, value.type, value.bits);
      else writeScalar(writer, value.type, value.value);
      return;
    default:
      writeScalar(writer, value.type, value.value);
  }
}

const widths = { float: 4, double: 8 } as const;

function writeBits(writer: Writer, type: 'float' | 'double', bits: Uint8Array): void {
  writer.octet(type === 'float' ? primitives.float.float.code : primitives.double.double.code);
  writer.exactly(bits, widths[type]);
}

const { list0, list8, list32 } = primitives.list;
const { map8, map32 } = primitives.map;
const { array8, array32 } = primitives.array;
const codes = { list: [list8.code, list32.code], map: [map8.code, map32.code] } as const;

/** Writes a list or map of `count` elements that `write` writes: one octet of size where that is enough, else four. */
export function writeCompound(writer: Writer, type: 'list' | 'map', count: number, write: () => void): void {
  if (count === 0 && type === 'list') {
    writer.octet(list0.code);
    return;
  }
  const start = beginSized(writer);
  write();
  endSized(writer, start, count, codes[type]);
}

/** Leaves room for constructor, size and count of one octet each, and answers where the elements start, relative to what is written. */
export function beginSized(writer: Writer): number {
  writer.room(3);
  return writer.length;
}

/** Writes what room was left for; where it does not fit one octet each, the elements are moved on. */
export function endSized(writer: Writer, start: number, count: number, [short, long]: readonly [number, number]): void {
  const size = writer.length - start;
  if (size < 0xff && count <= 0xff) {
    writer.setOctet(start - 3, short);
    writer.setOctet(start - 2, size + 1);
    writer.setOctet(start - 1, count);
    return;
  }
  writer.shift(start, 6);
  writer.setOctet(start - 3, long);
  writer.setLong(start - 2, size + 4);
  writer.setLong(start + 2, count);
}

/** An encoding for all items of an array: the shortest that fits all and has octets of its own, so that counts stay bounded by sizes. */
function elementEncoding(type: ScalarType, items: readonly AmqpValue[]): Encoding {
  const candidates = scalars[type].filter(({ row }) => row.width > 0 || type === 'null');
  const fitting = candidates.find(({ fits }) => items.every(item => fits((item as { readonly value: unknown }).value)));
  return fitting ?? (candidates[candidates.length - 1] as Encoding);
}

function writeArray(writer: Writer, array: AmqpArray): void {
  const start = beginSized(writer);
  writeArrayBody(writer, array);
  endSized(writer, start, array.items.length, [array8.code, array32.code]);
}

/** The element constructor and the elements. */
function writeArrayBody(writer: Writer, { of, descriptors, items }: AmqpArray): void {
  const odd = items.find(item => item.type !== of);
  if (odd) throw new RangeError(`a value of type ${odd.type} in an array of ${of}`);
  for (const descriptor of descriptors) {
    writer.octet(describedCode);
    writeValue(writer, descriptor);
  }
  if (isScalar(of)) writeScalarItems(writer, of, items);
  else writeCompoundItems(writer, of, items);
}

function writeScalarItems(writer: Writer, of: ScalarType, items: readonly AmqpValue[]): void {
  const { row, write } = elementEncoding(of, items);
  writer.octet(row.code);
  for (const item of items) {
    const bits = 'bits' in item ? item.bits : undefined;
    if (bits) writer.exactly(bits, row.width);
    else write(writer, (item as { readonly value: unknown }).value);
  }
}

const elementsOf = (item: AmqpValue): readonly AmqpValue[] => {
  if (item.type === 'list') return item.value;
  return item.type === 'map' ? item.value.flat() : [];
};

/** Elements that hold others, first with sizes and counts of four octets, which are made one octet each where that is enough for all. */
function writeCompoundItems(writer: Writer, of: 'list' | 'map' | 'array', items: readonly AmqpValue[]): void {
  const [short, long] = of === 'array' ? [array8.code, array32.code] : codes[of];
  const head = writer.length;
  writer.octet(long);
  const counts = items.map(item => (item.type === 'array' ? item.value.items.length : elementsOf(item).length));
  const starts = items.map((item, index) => {
    const start = writer.length;
    writer.long(0);
    writer.long(counts[index] as number);
    if (item.type === 'array') writeArrayBody(writer, item.value);
    else for (const each of elementsOf(item)) writeValue(writer, each);
    writer.setLong(start, writer.length - start - 4);
    return start;
  });
  const ends = [...starts.slice(1), writer.length];
  if (starts.some((start, index) => (ends[index] as number) - start - 8 >= 0xff || (counts[index] as number) > 0xff)) return;
  writer.setOctet(head, short);
  let at = head + 1;
  for (const [index, start] of starts.entries()) {
    const end = ends[index] as number;
    writer.setOctet(at, end - start - 7);
    writer.setOctet(at + 1, counts[index] as number);
    writer.moveBack(at + 2, start + 8, end);
    at += end - start - 6;
  }
  writer.cutTo(at);
}

/** The octets of a value in its shortest encodings, as an array of their own. Throws a `RangeError` where a value does not fit its type. */
export function encodeValue(value: AmqpValue): Uint8Array {
  return octetsOf(writer => writeValue(writer, value));
}
