import { describedCode, primitives } from '../../spec/amqp10/primitives.ts';
import { longTexts, oddTexts, rareNumbers } from './rare.ts';

const behind = (code: number, each: readonly Uint8Array[]): readonly Uint8Array[] => each.map(bits => Uint8Array.of(code, ...bits));

function sized(type: 'string' | 'symbol' | 'binary', octets: Uint8Array): Uint8Array {
  const [short = 0, long = 0] = Object.values(primitives[type]).map(({ code }: { readonly code: number }) => code);
  const { length } = octets;
  return length < 256 ? Uint8Array.of(short, length, ...octets) : Uint8Array.of(long, 0, 0, length >>> 8, length, ...octets);
}

const double = (octets: Uint8Array): Uint8Array => Uint8Array.of(...octets, ...octets);
const { list, map, array, char, boolean, uint, ulong, symbol } = primitives;
const nothing = primitives.null.null.code;

/** Values that are rare or no values at all, their constructors first: numbers at their ends and none, decimals, characters, containers, texts. */
export const rareValues: readonly Uint8Array[] = [
  ...behind(primitives.float.float.code, rareNumbers.float),
  ...behind(primitives.double.double.code, rareNumbers.double),
  ...behind(primitives.timestamp.timestamp.code, rareNumbers.long),
  ...behind(primitives.long.long.code, rareNumbers.long),
  ...behind(ulong.ulong.code, rareNumbers.long),
  ...behind(primitives.decimal32.decimal32.code, rareNumbers.float),
  ...behind(primitives.decimal64.decimal64.code, rareNumbers.double),
  ...behind(primitives.decimal128.decimal128.code, rareNumbers.double.map(double)),
  ...[0, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0xfffe, 0x10ffff, 0x110000, 0xffffffff].map(code =>
    Uint8Array.of(char.char.code, code >>> 24, code >>> 16, code >>> 8, code),
  ),
  Uint8Array.of(boolean.boolean.code, 2),
  Uint8Array.of(boolean.boolean.code, 0xff),
  Uint8Array.of(nothing),
  Uint8Array.of(uint.uint0.code),
  Uint8Array.of(ulong.ulong0.code),
  Uint8Array.of(list.list0.code),
  Uint8Array.of(list.list8.code, 1, 0),
  Uint8Array.of(list.list32.code, 0, 0, 0, 4, 0, 0, 0, 0),
  Uint8Array.of(list.list8.code, 0),
  Uint8Array.of(map.map8.code, 1, 0),
  Uint8Array.of(map.map8.code, 2, 1, nothing),
  Uint8Array.of(map.map8.code, 5, 4, uint.uint0.code, nothing, uint.uint0.code, nothing),
  Uint8Array.of(map.map8.code, 6, 4, uint.uint0.code, nothing, uint.smalluint.code, 0, nothing),
  Uint8Array.of(map.map8.code, 3, 2, nothing, nothing),
  Uint8Array.of(array.array8.code, 2, 0, nothing),
  Uint8Array.of(array.array8.code, 1, 0),
  Uint8Array.of(array.array8.code, 2, 3, nothing),
  Uint8Array.of(array.array8.code, 5, 2, boolean.boolean.code, 0, 1, 1),
  Uint8Array.of(array.array8.code, 4, 0, describedCode, uint.uint0.code, nothing),
  Uint8Array.of(array.array8.code, 5, 1, symbol.sym8.code, 2, 0x61, 0x62),
  Uint8Array.of(describedCode, uint.uint0.code, nothing),
  Uint8Array.of(describedCode, describedCode, nothing, nothing, nothing),
  Uint8Array.of(describedCode, nothing, describedCode, nothing, nothing),
  ...[...longTexts, ...oddTexts].flatMap(octets => [sized('string', octets), sized('symbol', octets), sized('binary', octets)]),
];
