import type { FieldType, FieldValue } from '../../harness/spec/amqp091/domains.ts';
import type { AmqpValue, PrimitiveType } from '../../harness/wire/amqp10/codec.ts';
import { text } from './passage.ts';

/** Values of field tables, each with what stands for it in 1.0, as documented. */
export const toTen: { readonly [T in FieldType]?: readonly (readonly [sent: FieldValue, wanted: AmqpValue])[] } = {
  boolean: [true, false].map(value => [
    { type: 'boolean', value },
    { type: 'boolean', value },
  ]),
  'short-short-int': [-128, 127].map(value => [
    { type: 'short-short-int', value },
    { type: 'byte', value },
  ]),
  'short-short-uint': [0, 255].map(value => [
    { type: 'short-short-uint', value },
    { type: 'ubyte', value },
  ]),
  'short-int': [-32_768, 32_767].map(value => [
    { type: 'short-int', value },
    { type: 'short', value },
  ]),
  'short-uint': [0, 65_535].map(value => [
    { type: 'short-uint', value },
    { type: 'ushort', value },
  ]),
  'long-int': [-2_147_483_648, 2_147_483_647].map(value => [
    { type: 'long-int', value },
    { type: 'int', value },
  ]),
  'long-uint': [0, 4_294_967_295].map(value => [
    { type: 'long-uint', value },
    { type: 'uint', value },
  ]),
  'long-long-int': [-(2n ** 63n), 2n ** 63n - 1n].map(value => [
    { type: 'long-long-int', value },
    { type: 'long', value },
  ]),
  float: [
    [
      { type: 'float', value: 0.5 },
      { type: 'float', value: 0.5 },
    ],
  ],
  double: [
    [
      { type: 'double', value: 0.1 },
      { type: 'double', value: 0.1 },
    ],
  ],
  'long-string': ['', 'text', 'ä€'].map(value => [{ type: 'long-string', value: Buffer.from(value) }, text(value)]),
  'byte-array': [
    [
      { type: 'byte-array', value: Uint8Array.of(0, 255) },
      { type: 'binary', value: Uint8Array.of(0, 255) },
    ],
  ],
  timestamp: [
    [
      { type: 'timestamp', value: 1_700_000_000n },
      { type: 'timestamp', value: 1_700_000_000_000n },
    ],
  ],
  void: [
    [
      { type: 'void', value: null },
      { type: 'null', value: null },
    ],
  ],
};

/** Application properties, each with what stands for it in a field table, as documented. */
export const to091Values: { readonly [T in PrimitiveType]?: readonly (readonly [sent: AmqpValue, wanted: FieldValue])[] } = {
  null: [
    [
      { type: 'null', value: null },
      { type: 'void', value: null },
    ],
  ],
  boolean: [true, false].map(value => [
    { type: 'boolean', value },
    { type: 'boolean', value },
  ]),
  ubyte: [0, 255].map(value => [
    { type: 'ubyte', value },
    { type: 'short-short-uint', value },
  ]),
  ushort: [0, 65_535].map(value => [
    { type: 'ushort', value },
    { type: 'short-uint', value },
  ]),
  uint: [0, 255, 4_294_967_295].map(value => [
    { type: 'uint', value },
    { type: 'long-uint', value },
  ]),
  ulong: [0n, 2n ** 63n - 1n].map(value => [
    { type: 'ulong', value },
    { type: 'long-long-int', value },
  ]),
  byte: [-128, 127].map(value => [
    { type: 'byte', value },
    { type: 'short-short-int', value },
  ]),
  short: [-32_768, 32_767].map(value => [
    { type: 'short', value },
    { type: 'short-int', value },
  ]),
  int: [-2_147_483_648, 2_147_483_647].map(value => [
    { type: 'int', value },
    { type: 'long-int', value },
  ]),
  long: [-(2n ** 63n), 2n ** 63n - 1n].map(value => [
    { type: 'long', value },
    { type: 'long-long-int', value },
  ]),
  float: [
    [
      { type: 'float', value: -0.5 },
      { type: 'float', value: -0.5 },
    ],
  ],
  double: [
    [
      { type: 'double', value: 0.1 },
      { type: 'double', value: 0.1 },
    ],
  ],
  timestamp: [
    [
      { type: 'timestamp', value: 1_700_000_000_999n },
      { type: 'timestamp', value: 1_700_000_000n },
    ],
  ],
  binary: [
    [
      { type: 'binary', value: Uint8Array.of(0, 255) },
      { type: 'byte-array', value: Uint8Array.of(0, 255) },
    ],
  ],
  string: ['', 'text', 'ä€'].map(value => [text(value), { type: 'long-string', value: Buffer.from(value) }]),
  symbol: [
    [
      { type: 'symbol', value: 'word' },
      { type: 'long-string', value: Buffer.from('word') },
    ],
  ],
};

/** Types of which nothing is documented, so that it is told what becomes of them. */
export const undocumented: readonly (readonly [type: string, value: AmqpValue])[] = [
  ['char', { type: 'char', value: 0x41 }],
  ['uuid', { type: 'uuid', value: new Uint8Array(16).fill(7) }],
  ['decimal32', { type: 'decimal32', value: Buffer.from('22500001', 'hex') }],
  ['decimal64', { type: 'decimal64', value: Buffer.from('2238000000000001', 'hex') }],
  ['decimal128', { type: 'decimal128', value: Buffer.from('22080000000000000000000000000001', 'hex') }],
];
