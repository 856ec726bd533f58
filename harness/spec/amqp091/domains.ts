/** The elementary wire types of AMQP 0-9-1 (section 4.2.5) and the values that stand for them. */
export interface WireValues {
  bit: boolean;
  octet: number;
  short: number;
  long: number;
  longlong: bigint;
  /** Octets that are no valid UTF-8 are kept as the lone surrogates U+DC80 to U+DCFF, so that nothing is lost. */
  shortstr: string;
  longstr: Uint8Array;
  /** Seconds since 1970. */
  timestamp: bigint;
  table: FieldTable;
}

export type WireType = keyof WireValues;

/** What a field of a method may be declared as: the domains of the XML, each with its wire type and its assertions. */
export interface DomainRow {
  readonly type: WireType;
  readonly notNull?: true;
  /** Longest value in octets where the XML asserts one below the type's own limit. */
  readonly length?: number;
  readonly pattern?: string;
}

export const domains = {
  'class-id': { type: 'short' },
  'consumer-tag': { type: 'shortstr' },
  'delivery-tag': { type: 'longlong' },
  'exchange-name': { type: 'shortstr', length: 127, pattern: '^[a-zA-Z0-9-_.:]*$' },
  'method-id': { type: 'short' },
  'no-ack': { type: 'bit' },
  'no-local': { type: 'bit' },
  'no-wait': { type: 'bit' },
  path: { type: 'shortstr', notNull: true, length: 127 },
  'peer-properties': { type: 'table' },
  'queue-name': { type: 'shortstr', length: 127, pattern: '^[a-zA-Z0-9-_.:]*$' },
  redelivered: { type: 'bit' },
  'message-count': { type: 'long' },
  'reply-code': { type: 'short', notNull: true },
  'reply-text': { type: 'shortstr', notNull: true },
  bit: { type: 'bit' },
  octet: { type: 'octet' },
  short: { type: 'short' },
  long: { type: 'long' },
  longlong: { type: 'longlong' },
  shortstr: { type: 'shortstr' },
  longstr: { type: 'longstr' },
  timestamp: { type: 'timestamp' },
  table: { type: 'table' },
} as const satisfies Readonly<Record<string, DomainRow>>;

export type DomainName = keyof typeof domains;

export type DomainValues = { readonly [D in DomainName]: WireValues[(typeof domains)[D]['type']] };

/** The values a field table may hold, by what they are; the octet that stands for each depends on the tag dialect. */
export interface FieldValues {
  boolean: boolean;
  'short-short-int': number;
  'short-short-uint': number;
  'short-int': number;
  'short-uint': number;
  'long-int': number;
  'long-uint': number;
  'long-long-int': bigint;
  'long-long-uint': bigint;
  float: number;
  double: number;
  /** `value` is read signed (prose and errata), although the grammar says unsigned. */
  decimal: { readonly scale: number; readonly value: number };
  'short-string': string;
  'long-string': Uint8Array;
  array: readonly FieldValue[];
  timestamp: bigint;
  table: FieldTable;
  void: null;
  'byte-array': Uint8Array;
}

export type FieldType = keyof FieldValues;

/** One value of a field table with its type: numbers alone would not say which octets they came from. */
export type FieldValue = { [T in FieldType]: { readonly type: T; readonly value: FieldValues[T] } }[FieldType];

/** Name-value pairs in wire order; duplicates, though illegal, are kept. */
export type FieldTable = readonly (readonly [name: string, value: FieldValue])[];

/**
 * Which octet stands for which type. `text` is the grammar of section 4.2.1, `errata` what implementations agree on
 * (errata item 3): `s` and `l` change their meaning, `U` and `L` keep theirs, `x` is added.
 */
export const tagDialects = {
  text: {
    boolean: 't',
    'short-short-int': 'b',
    'short-short-uint': 'B',
    'short-int': 'U',
    'short-uint': 'u',
    'long-int': 'I',
    'long-uint': 'i',
    'long-long-int': 'L',
    'long-long-uint': 'l',
    float: 'f',
    double: 'd',
    decimal: 'D',
    'short-string': 's',
    'long-string': 'S',
    array: 'A',
    timestamp: 'T',
    table: 'F',
    void: 'V',
  },
  errata: {
    boolean: 't',
    'short-short-int': 'b',
    'short-short-uint': 'B',
    'short-int': 's',
    'short-uint': 'u',
    'long-int': 'I',
    'long-uint': 'i',
    'long-long-int': 'l',
    float: 'f',
    double: 'd',
    decimal: 'D',
    'long-string': 'S',
    array: 'A',
    timestamp: 'T',
    table: 'F',
    void: 'V',
    'byte-array': 'x',
  },
} as const satisfies Readonly<Record<string, Partial<Record<FieldType, string>>>>;

export type TagDialect = keyof typeof tagDialects;
