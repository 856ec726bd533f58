/** How the octets of an encoding are laid out: `width` is that of the value, or of the size (and the count) in front of it. */
export type EncodingCategory = 'fixed' | 'variable' | 'compound' | 'array';

/** One way to write a primitive type: the constructor octet, what follows it, and how many octets that or its size takes. */
export interface EncodingRow {
  readonly code: number;
  readonly category: EncodingCategory;
  readonly width: 0 | 1 | 2 | 4 | 8 | 16;
}

/** The primitive types of part 1 with every encoding, the shortest first. Names are those of the XML; an encoding without one bears its type's. */
export const primitives = {
  null: { null: { code: 0x40, category: 'fixed', width: 0 } },
  boolean: {
    true: { code: 0x41, category: 'fixed', width: 0 },
    false: { code: 0x42, category: 'fixed', width: 0 },
    boolean: { code: 0x56, category: 'fixed', width: 1 },
  },
  ubyte: { ubyte: { code: 0x50, category: 'fixed', width: 1 } },
  ushort: { ushort: { code: 0x60, category: 'fixed', width: 2 } },
  uint: {
    uint0: { code: 0x43, category: 'fixed', width: 0 },
    smalluint: { code: 0x52, category: 'fixed', width: 1 },
    uint: { code: 0x70, category: 'fixed', width: 4 },
  },
  ulong: {
    ulong0: { code: 0x44, category: 'fixed', width: 0 },
    smallulong: { code: 0x53, category: 'fixed', width: 1 },
    ulong: { code: 0x80, category: 'fixed', width: 8 },
  },
  byte: { byte: { code: 0x51, category: 'fixed', width: 1 } },
  short: { short: { code: 0x61, category: 'fixed', width: 2 } },
  int: {
    smallint: { code: 0x54, category: 'fixed', width: 1 },
    int: { code: 0x71, category: 'fixed', width: 4 },
  },
  long: {
    smalllong: { code: 0x55, category: 'fixed', width: 1 },
    long: { code: 0x81, category: 'fixed', width: 8 },
  },
  float: { float: { code: 0x72, category: 'fixed', width: 4 } },
  double: { double: { code: 0x82, category: 'fixed', width: 8 } },
  decimal32: { decimal32: { code: 0x74, category: 'fixed', width: 4 } },
  decimal64: { decimal64: { code: 0x84, category: 'fixed', width: 8 } },
  decimal128: { decimal128: { code: 0x94, category: 'fixed', width: 16 } },
  char: { char: { code: 0x73, category: 'fixed', width: 4 } },
  timestamp: { timestamp: { code: 0x83, category: 'fixed', width: 8 } },
  uuid: { uuid: { code: 0x98, category: 'fixed', width: 16 } },
  binary: {
    vbin8: { code: 0xa0, category: 'variable', width: 1 },
    vbin32: { code: 0xb0, category: 'variable', width: 4 },
  },
  string: {
    'str8-utf8': { code: 0xa1, category: 'variable', width: 1 },
    'str32-utf8': { code: 0xb1, category: 'variable', width: 4 },
  },
  symbol: {
    sym8: { code: 0xa3, category: 'variable', width: 1 },
    sym32: { code: 0xb3, category: 'variable', width: 4 },
  },
  list: {
    list0: { code: 0x45, category: 'fixed', width: 0 },
    list8: { code: 0xc0, category: 'compound', width: 1 },
    list32: { code: 0xd0, category: 'compound', width: 4 },
  },
  map: {
    map8: { code: 0xc1, category: 'compound', width: 1 },
    map32: { code: 0xd1, category: 'compound', width: 4 },
  },
  array: {
    array8: { code: 0xe0, category: 'array', width: 1 },
    array32: { code: 0xf0, category: 'array', width: 4 },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, EncodingRow>>>>;

/** The constructor octet that a descriptor and another constructor follow. */
export const describedCode = 0x00;

export type PrimitiveType = keyof typeof primitives;

/** The encodings of one type, by name. */
export type EncodingName<T extends PrimitiveType = PrimitiveType> = { [P in T]: keyof (typeof primitives)[P] & string }[T];

/** What stands for the values of each primitive type. */
export interface PrimitiveValues {
  null: null;
  boolean: boolean;
  ubyte: number;
  ushort: number;
  uint: number;
  ulong: bigint;
  byte: number;
  short: number;
  int: number;
  long: bigint;
  float: number;
  double: number;
  /** Four octets in binary integer decimal encoding, as on the wire. */
  decimal32: Uint8Array;
  /** Eight octets. */
  decimal64: Uint8Array;
  /** Sixteen octets. */
  decimal128: Uint8Array;
  /** A Unicode code point. */
  char: number;
  /** Milliseconds since 1970, signed. */
  timestamp: bigint;
  /** Sixteen octets. */
  uuid: Uint8Array;
  binary: Uint8Array;
  string: string;
  /** ASCII only. */
  symbol: string;
  list: readonly AmqpValue[];
  map: AmqpMap;
  array: AmqpArray;
}

/** Keys and values in wire order; a key that is there twice is a violation when it is read. */
export type AmqpMap = readonly (readonly [key: AmqpValue, value: AmqpValue])[];

/** Values of one type behind a single constructor. */
export interface AmqpArray {
  readonly of: PrimitiveType;
  /** What describes each element, the outermost descriptor first; empty where elements are not described. */
  readonly descriptors: readonly AmqpValue[];
  /** All of type `of`, without their descriptors. */
  readonly items: readonly AmqpValue[];
}

interface Bits {
  /** The octets of a NaN that is not the usual one, so that nothing of it is lost; `value` is NaN then. */
  readonly bits?: Uint8Array;
}

/** A value with its primitive type: numbers alone would not say which one they are of. */
export type Typed<T extends PrimitiveType = PrimitiveType> = {
  [P in T]: { readonly type: P; readonly value: PrimitiveValues[P] } & (P extends 'float' | 'double' ? Bits : unknown);
}[T];

/** A value with a descriptor, by rights a symbol or a ulong. */
export interface Described {
  readonly type: 'described';
  readonly descriptor: AmqpValue;
  readonly value: AmqpValue;
}

/** Any value of AMQP 1.0. */
export type AmqpValue = Typed | Described;
