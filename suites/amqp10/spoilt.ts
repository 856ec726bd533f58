import { arrayOf, codeOf, describedAs, joined, listOf, mapOf, truncated, valueAs, variableOf } from '../../harness/wire/amqp10/craft.ts';

/** Values and composites that are wrong, by the rule that they break. */

/** A field of a begin, of an attach, or of a flow on a session, in these octets; or a whole list behind the descriptor of a begin. */
export type Spoilt =
  | { readonly in: 'begin' | 'attach' | 'flow'; readonly fields: Readonly<Record<string, Uint8Array>> }
  | { readonly in: 'body'; readonly octets: Uint8Array };

export interface Case {
  readonly slug: string;
  /** As the subject of a sentence. */
  readonly what: string;
  readonly rule: string;
  readonly spoilt: Spoilt;
}

const octets = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const descriptor = octets(0x53, 0x11);
const zero = octets(0x43);
const null_ = octets(0x40);
const uint = (value: number): Uint8Array => valueAs({ type: 'uint', value }, 'uint');
const symbol = (value: string): Uint8Array => valueAs({ type: 'symbol', value }, 'sym8');
const string = (value: string): Uint8Array => valueAs({ type: 'string', value }, 'str8-utf8');
const begin = (fields: Readonly<Record<string, Uint8Array>>): Spoilt => ({ in: 'begin', fields });
const attach = (fields: Readonly<Record<string, Uint8Array>>): Spoilt => ({ in: 'attach', fields });
const flow = (fields: Readonly<Record<string, Uint8Array>>): Spoilt => ({ in: 'flow', fields });
const body = (value: Uint8Array): Spoilt => ({ in: 'body', octets: describedAs(descriptor, value) });
/** The fields of a begin: no remote channel, the first id, both windows. */
const fields = [null_, zero, uint(2048), uint(2048)];
const symbols = [joined(octets(1), octets(0x61)), joined(octets(1), octets(0x62))];
const sym8 = codeOf('symbol', 'sym8');
const one = octets(0x50, 1);

/** Octets that are no values. */
export const undecodable: readonly Case[] = [
  { slug: 'constructor/nothing-described', what: 'A descriptor with nothing behind it', rule: '1.2.constructor', spoilt: body(octets()) },
  {
    slug: 'constructor/nothing-described-in-field',
    what: 'A descriptor with nothing behind it at the end of a list',
    rule: '1.2.constructor',
    spoilt: begin({ properties: octets(0, 0x53, 1) }),
  },
  ...[0x1f, 0x3f, 0x57, 0x99, 0xe1, 0xff].map(code => ({
    slug: `format-code/${code.toString(16)}`,
    what: `The format code ${code.toString(16)}, which no type has,`,
    rule: '1.2.format-code',
    spoilt: begin({ handleMax: octets(code, 1) }),
  })),
  { slug: 'format-code/body', what: 'A frame whose body begins with ff', rule: '1.2.format-code', spoilt: { in: 'body', octets: octets(0xff) } },
  {
    slug: 'truncated/uint',
    what: 'A uint of two octets at the end of a list',
    rule: '1.2.truncated',
    spoilt: body(listOf([null_, zero, uint(2048), truncated(uint(2048), 3)])),
  },
  { slug: 'truncated/frame', what: 'A frame that ends in the midst of a field', rule: '1.2.truncated', spoilt: body(truncated(listOf(fields), -3)) },
  { slug: 'truncated/descriptor', what: 'A frame that ends in its descriptor', rule: '1.2.truncated', spoilt: { in: 'body', octets: octets(0, 0x80, 0, 0) } },
  {
    slug: 'variable-size/string',
    what: 'A string that is shorter than its size',
    rule: '1.2.2.variable-size',
    spoilt: attach({ name: variableOf('string', octets(0x61), { size: 200 }) }),
  },
  {
    slug: 'variable-size/string-of-2-31',
    what: 'A string that announces two gigabytes',
    rule: '1.2.2.variable-size',
    spoilt: attach({ name: variableOf('string', octets(0x61), { size: 0x7fff_ffff, wide: true }) }),
  },
  {
    slug: 'variable-size/symbol',
    what: 'A symbol that is shorter than its size',
    rule: '1.2.2.variable-size',
    spoilt: begin({ desiredCapabilities: variableOf('symbol', octets(0x61), { size: 0xffff_ffff, wide: true }) }),
  },
  { slug: 'compound-size/beyond', what: 'A list that is smaller than its size', rule: '1.2.3.compound-size', spoilt: body(listOf(fields, { size: 200 })) },
  {
    slug: 'compound-size/beyond-2-31',
    what: 'A list that announces two gigabytes',
    rule: '1.2.3.compound-size',
    spoilt: body(listOf(fields, { size: 0x7fff_ffff, wide: true })),
  },
  { slug: 'compound-size/below', what: 'A list that is larger than its size', rule: '1.2.3.compound-size', spoilt: body(listOf(fields, { size: 4 })) },
  {
    slug: 'compound-size/map',
    what: 'A map that is smaller than its size',
    rule: '1.2.3.compound-size',
    spoilt: begin({ properties: mapOf([symbol('a'), one], { size: 100 }) }),
  },
  {
    slug: 'compound-count/more',
    what: 'A list that counts more items than it has',
    rule: '1.2.3.compound-count',
    spoilt: body(listOf(fields, { count: 8 })),
  },
  {
    slug: 'compound-count/map',
    what: 'A map that counts more items than it has',
    rule: '1.2.3.compound-count',
    spoilt: begin({ properties: mapOf([symbol('a'), one], { count: 4 }) }),
  },
  {
    slug: 'compound-count/2-32',
    what: 'A list that counts 4294967295 items',
    rule: '1.2.3.compound-count',
    spoilt: body(listOf(fields, { count: 0xffff_ffff, wide: true })),
  },
  {
    slug: 'array-size/beyond',
    what: 'An array that is smaller than its size',
    rule: '1.2.4.array-size',
    spoilt: begin({ desiredCapabilities: arrayOf(sym8, symbols, { size: 100 }) }),
  },
  {
    slug: 'array-size/count',
    what: 'An array that counts more elements than it has',
    rule: '1.2.4.array-size',
    spoilt: begin({ desiredCapabilities: arrayOf(sym8, symbols, { count: 9 }) }),
  },
  {
    slug: 'array-constructor/missing',
    what: 'An array without a constructor',
    rule: '1.2.4.array-constructor',
    spoilt: begin({ desiredCapabilities: octets(0xe0, 1, 0) }),
  },
  {
    slug: 'array-constructor/unknown',
    what: 'An array of a format code that no type has',
    rule: '1.2.4.array-constructor',
    spoilt: begin({ desiredCapabilities: arrayOf(0x1f, [octets(1)]) }),
  },
  { slug: 'boolean-octet/role', what: 'A boolean of the octet 2 for a role', rule: '1.6.2.boolean-octet', spoilt: attach({ role: octets(0x56, 2) }) },
  { slug: 'boolean-octet/drain', what: 'A boolean of the octet ff for drain', rule: '1.6.2.boolean-octet', spoilt: flow({ drain: octets(0x56, 0xff) }) },
  {
    slug: 'string-utf8/name',
    what: 'A name that is no UTF-8',
    rule: '1.6.20.string-utf8',
    spoilt: attach({ name: variableOf('string', octets(0x61, 0xff, 0xfe)) }),
  },
  {
    slug: 'string-utf8/surrogate',
    what: 'A name with half a surrogate pair',
    rule: '1.6.20.string-utf8',
    spoilt: attach({ name: variableOf('string', octets(0x61, 0xed, 0xa0, 0x80)) }),
  },
  {
    slug: 'symbol-ascii/capability',
    what: 'A symbol with a character that is not ASCII',
    rule: '1.6.21.symbol-ascii',
    spoilt: begin({ desiredCapabilities: variableOf('symbol', octets(0x61, 0xc3, 0xa9)) }),
  },
  {
    slug: 'map-even/properties',
    what: 'A map of three items',
    rule: '1.6.23.map-even',
    spoilt: begin({ properties: mapOf([symbol('a'), one, symbol('b')]) }),
  },
];

/** Composites that are decoded, and are not what their type wants. */
export const unfitting: readonly Case[] = [
  { slug: 'mandatory/begin-next-outgoing-id', what: 'A begin without its next id', rule: '1.3.4.mandatory', spoilt: begin({ nextOutgoingId: null_ }) },
  { slug: 'mandatory/begin-incoming-window', what: 'A begin without its incoming window', rule: '1.3.4.mandatory', spoilt: begin({ incomingWindow: null_ }) },
  { slug: 'mandatory/begin-left-out', what: 'A begin that ends before its last window', rule: '1.3.4.mandatory', spoilt: body(listOf(fields.slice(0, 3))) },
  { slug: 'mandatory/begin-empty', what: 'A begin without any field', rule: '1.3.4.mandatory', spoilt: body(octets(0x45)) },
  { slug: 'mandatory/attach-name', what: 'An attach without a name', rule: '1.3.4.mandatory', spoilt: attach({ name: null_ }) },
  { slug: 'mandatory/attach-handle', what: 'An attach without a handle', rule: '1.3.4.mandatory', spoilt: attach({ handle: null_ }) },
  { slug: 'mandatory/attach-role', what: 'An attach without a role', rule: '1.3.4.mandatory', spoilt: attach({ role: null_ }) },
  { slug: 'mandatory/flow-incoming-window', what: 'A flow without an incoming window', rule: '1.3.4.mandatory', spoilt: flow({ incomingWindow: null_ }) },
  { slug: 'mandatory/flow-next-outgoing-id', what: 'A flow without the next id', rule: '1.3.4.mandatory', spoilt: flow({ nextOutgoingId: null_ }) },
  {
    slug: 'multiple/name',
    what: 'An array of strings for a name',
    rule: '1.3.4.multiple',
    spoilt: attach({ name: arrayOf(codeOf('string', 'str8-utf8'), symbols) }),
  },
  {
    slug: 'multiple/window',
    what: 'An array of uints for a window',
    rule: '1.3.4.multiple',
    spoilt: begin({ incomingWindow: arrayOf(codeOf('uint', 'uint'), [octets(0, 0, 0, 9)]) }),
  },
  { slug: 'choice/snd-settle-mode', what: 'A snd-settle-mode of 3', rule: '1.3.5.choice', spoilt: attach({ sndSettleMode: octets(0x50, 3) }) },
  { slug: 'choice/rcv-settle-mode', what: 'A rcv-settle-mode of 2', rule: '1.3.5.choice', spoilt: attach({ rcvSettleMode: octets(0x50, 2) }) },
  { slug: 'list/map', what: 'A map that is described as a begin', rule: '1.4.list', spoilt: body(mapOf([symbol('a'), one])) },
  { slug: 'list/string', what: 'A string that is described as a begin', rule: '1.4.list', spoilt: body(string('begin')) },
  { slug: 'list/null', what: 'A null that is described as a begin', rule: '1.4.list', spoilt: body(null_) },
  {
    slug: 'field-type/window-ulong',
    what: 'A ulong for a window',
    rule: '1.4.field-type',
    spoilt: begin({ incomingWindow: valueAs({ type: 'ulong', value: 2048n }, 'ulong') }),
  },
  { slug: 'field-type/window-string', what: 'A string for a window', rule: '1.4.field-type', spoilt: begin({ outgoingWindow: string('2048') }) },
  { slug: 'field-type/name-symbol', what: 'A symbol for a name', rule: '1.4.field-type', spoilt: attach({ name: symbol('link') }) },
  { slug: 'field-type/name-binary', what: 'A binary for a name', rule: '1.4.field-type', spoilt: attach({ name: variableOf('binary', octets(0x61)) }) },
  { slug: 'field-type/handle-string', what: 'A string for a handle', rule: '1.4.field-type', spoilt: attach({ handle: string('0') }) },
  { slug: 'field-type/role-uint', what: 'A uint for a role', rule: '1.4.field-type', spoilt: attach({ role: zero }) },
  { slug: 'field-type/source-string', what: 'A string for a source', rule: '1.4.field-type', spoilt: attach({ source: string('queue') }) },
  { slug: 'field-type/properties-list', what: 'A list for properties', rule: '1.4.field-type', spoilt: begin({ properties: listOf([one]) }) },
];

/** What the standard calls wrong, and names no answer for. */
export const frownedUpon: readonly Case[] = [
  {
    slug: 'too-many-fields/begin',
    what: 'A begin with a field more than it has',
    rule: '1.4.too-many-fields',
    spoilt: body(listOf([...fields, null_, null_, null_, null_, uint(1)])),
  },
  {
    slug: 'map-distinct-keys/properties',
    what: 'A map that has a key twice',
    rule: '1.6.23.map-distinct-keys',
    spoilt: begin({ properties: mapOf([symbol('a'), one, symbol('a'), octets(0x50, 2)]) }),
  },
];
