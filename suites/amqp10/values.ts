import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { PrimitiveType, Typed } from '../../harness/spec/amqp10/primitives.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodingsOf } from '../../harness/wire/amqp10/craft.ts';
import type { ScalarType } from '../../harness/wire/amqp10/scalars.ts';
import { comesBack, places } from './echo.ts';

const octets = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const all = <T extends ScalarType>(type: T, ...values: readonly Typed<T>['value'][]): readonly Uint8Array[] =>
  values.flatMap(value => encodingsOf({ type, value } as Typed<T>).map(each => each.octets));
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at * 7);

/** Values of each type without elements, at its limits, in each encoding that can hold them. */
const scalars = {
  null: { section: '1.6.1', values: all('null', null) },
  boolean: { section: '1.6.2', values: all('boolean', true, false) },
  ubyte: { section: '1.6.3', values: all('ubyte', 0, 1, 127, 128, 255) },
  ushort: { section: '1.6.4', values: all('ushort', 0, 255, 256, 32_768, 65_535) },
  uint: { section: '1.6.5', values: all('uint', 0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1) },
  ulong: { section: '1.6.6', values: all('ulong', 0n, 1n, 255n, 256n, 2n ** 63n, 2n ** 64n - 1n) },
  byte: { section: '1.6.7', values: all('byte', -128, -1, 0, 127) },
  short: { section: '1.6.8', values: all('short', -32_768, -1, 0, 32_767) },
  int: { section: '1.6.9', values: all('int', -(2 ** 31), -129, -128, -1, 0, 127, 128, 2 ** 31 - 1) },
  long: { section: '1.6.10', values: all('long', -(2n ** 63n), -129n, -128n, -1n, 0n, 127n, 128n, 2n ** 63n - 1n) },
  float: { section: '1.6.11', values: all('float', 0, -0, 1.5, -2.25, 2 ** -149, Math.fround(3.4028234e38)) },
  double: { section: '1.6.12', values: all('double', 0, -0, 0.1, -1e-300, Number.MIN_VALUE, Number.MAX_VALUE) },
  decimal32: { section: '1.6.13', values: all('decimal32', counting(4), new Uint8Array(4), octets(0x32, 0x80, 0, 1)) },
  decimal64: { section: '1.6.13', values: all('decimal64', counting(8), new Uint8Array(8)) },
  decimal128: { section: '1.6.13', values: all('decimal128', counting(16), new Uint8Array(16)) },
  char: { section: '1.6.16', values: all('char', 0x41, 0xe9, 0x20ac, 0xd7ff, 0xe000, 0x1f600, 0x10ffff) },
  timestamp: { section: '1.6.17', values: all('timestamp', 0n, 1_311_704_463_521n, -1n, -62_135_596_800_000n, 253_402_300_799_999n) },
  uuid: { section: '1.6.18', values: all('uuid', counting(16), new Uint8Array(16), new Uint8Array(16).fill(255)) },
  binary: { section: '1.6.19', values: all('binary', octets(), octets(0), counting(255), counting(256)) },
  string: { section: '1.6.20', values: all('string', '', 'plain', 'Grüße', '日本', '😀', 'x'.repeat(255), 'é'.repeat(128)) },
  symbol: { section: '1.6.21', values: all('symbol', '', 'x-opt-plain', 'two words', 's'.repeat(255), 's'.repeat(256)) },
} as const satisfies { readonly [T in ScalarType]: { readonly section: string; readonly values: readonly Uint8Array[] } };

const group: Readonly<Partial<Record<PrimitiveType, string>>> = { decimal32: 'decimal', decimal64: 'decimal', decimal128: 'decimal' };

/** Values that are written in their only or shortest form, and those that could be shorter. */
const scalarChecks: readonly Check[] = (Object.keys(scalars) as ScalarType[]).flatMap(type =>
  (['body', 'property'] as const).map(place =>
    check(`amqp10/types/${type}/${place}`, {
      title: `Values of type ${type}, in each of its encodings, come back as they were sent, in ${places[place].name}`,
      duties: [`amqp10/${scalars[type].section}.${group[type] ?? type}:emit` as DutyId, 'amqp10/1.2.any-encoding:emit'],
      run: (peer: Peer) => comesBack(peer, places[place], scalars[type].values),
    }),
  ),
);

const specials: readonly (readonly ['float' | 'double', DutyId, readonly Uint8Array[]])[] = [
  ['float', 'amqp10/1.6.11.float:emit', [octets(0x72, 0x7f, 0x80, 0, 0), octets(0x72, 0xff, 0x80, 0, 0), octets(0x72, 0x7f, 0xc0, 0, 0)]],
  [
    'double',
    'amqp10/1.6.12.double:emit',
    [octets(0x82, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0), octets(0x82, 0xff, 0xf0, 0, 0, 0, 0, 0, 0), octets(0x82, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0)],
  ],
];

/** Types without elements: section 1.6.1 to 1.6.21. */
export const value10Checks: readonly Check[] = [
  ...scalarChecks,
  ...specials.flatMap(([type, duty, values]) =>
    (['body', 'property'] as const).map(place =>
      check(`amqp10/types/${type}-not-finite/${place}`, {
        title: `Infinities and what is no number come back as values of type ${type}, in ${places[place].name}`,
        duties: [duty],
        run: (peer: Peer) => comesBack(peer, places[place], values),
      }),
    ),
  ),
];
