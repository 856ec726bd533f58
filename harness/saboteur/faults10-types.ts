import type { RuleId } from '../spec/catalogue.ts';
import { encodeFrame, type Frame } from '../wire/amqp10/codec.ts';
import { arrayOf, describedAs, frameOf, joined, mapOf, valueAs, variableOf } from '../wire/amqp10/craft.ts';
import { broke10, misconditioned } from './departures10.ts';
import type { Conversation10, FrameSeam10, Passing10 } from './fault10.ts';
import { delivered10 } from './messages10.ts';
import { pardoned } from './pardons10.ts';
import { refusedLink } from './refusals10.ts';
import { revalue, revalued, undescribed } from './revalues10.ts';
import { answer10, later10, passing10, piece10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

/** Wherever a message is read for the values in it. */
const valued = 'amqp10/{types,message,outcome,http-management,management,claims,filter,conversion}/**';
const typing = faultsIn(valued);
/** Whatever is written in another form than that of our own encoder. */
const formed = [valued, 'amqp10/{open,close,framing}/**'];
const everywhere = ['amqp10/**'];

/** The open of the server has these octets for properties, or for another field. */
const opensWith = (fields: Readonly<Record<string, Uint8Array>>): FrameSeam10 => answer10('open', draft => draft.as({ fields }));
const propertied = (properties: Uint8Array): FrameSeam10 => opensWith({ properties });

const symbol = (text: string): Uint8Array => valueAs({ type: 'symbol', value: text }, 'sym8');
const tiny = (value: number): Uint8Array => valueAs({ type: 'ubyte', value }, 'ubyte');
const xored = (octets: Uint8Array): Uint8Array => octets.map(octet => octet ^ 0x5a);

/** What the client sends breaks this rule, and hears nothing of it; or hears a condition that says something else. */
function enforced(what: string, ...rules: readonly RuleId[]) {
  return [
    typing(`takes no offence at ${what}`, pardoned(broke10(...rules)), everywhere),
    typing(`tells resource-locked of ${what}`, misconditioned('amqp:resource-locked', { when: broke10(...rules) }), everywhere),
  ] as const;
}

/** A link that a check needs before it can begin is on a connection with one session. */
const severalSessions = (at: Conversation10): boolean => [...at.sessions].length > 1;

/** Frames of the client that are not in the form which our own encoder makes are refused. */
function refusing(is: (seen: Extract<Passing10, { what: 'frame' }>) => boolean): FrameSeam10 {
  return passing10('to-server', 'frame', seen => {
    const close = piece10({ type: 'close', error: { type: 'error', condition: 'amqp:decode-error' } }, 0);
    return is(seen) && { back: [close], finish: 'end' };
  });
}

/** An array of no symbols. */
const emptySymbols = Buffer.from(arrayOf(0xa3, []));
const shortest = (frame: Frame): Uint8Array => encodeFrame(frame);

/** The type system: each value in each of its encodings. */
export const typesFaults10 = {
  'amqp10/1.1.2.described:emit': [typing('passes described values on without what describes them', undescribed)],
  'amqp10/1.2.constructor:emit': [typing('opens with a field that has no constructor', propertied(Uint8Array.of(0x1f)), everywhere)],
  'amqp10/1.2.constructor:enforce': enforced('values without a constructor', 'amqp10/1.2.format-code', 'amqp10/1.2.truncated'),
  'amqp10/1.2.format-code:enforce': enforced('format codes that no type has', 'amqp10/1.2.format-code'),
  'amqp10/1.2.truncated:emit': [typing('opens with a field that is cut off', propertied(Uint8Array.of(0x70, 0, 0)), everywhere)],
  'amqp10/1.2.truncated:enforce': enforced('values that are cut off', 'amqp10/1.2.truncated', 'amqp10/1.2.3.compound-size', 'amqp10/1.2.2.variable-size'),
  'amqp10/1.2.network-order:emit': [
    typing(
      'writes the channel that its begin answers with the low octet first',
      answer10('begin', draft => draft.as({ fields: { remoteChannel: swappedShort(draft.fields.remoteChannel ?? 0) } })),
      everywhere,
    ),
  ],
  'amqp10/1.2.any-encoding:emit': [
    typing(
      'refuses values that are not in their shortest encoding',
      refusing(({ frame, bytes }) => bytes[4] === 2 && shortest(frame).length < bytes.length),
      formed,
    ),
  ],
  'amqp10/1.2.2.variable-size:emit': [
    typing('opens with a string that is shorter than its size', opensWith({ hostname: variableOf('string', new Uint8Array(2), { size: 200 }) }), everywhere),
  ],
  'amqp10/1.2.2.variable-size:enforce': enforced('sizes beyond what there is', 'amqp10/1.2.2.variable-size'),
  'amqp10/1.2.3.compound-size:emit': [typing('opens with a map that is smaller than its size', propertied(mapOf([], { size: 9 })), everywhere)],
  'amqp10/1.2.3.compound-size:enforce': enforced('lists and maps that do not fill their size', 'amqp10/1.2.3.compound-size'),
  'amqp10/1.2.3.compound-count:emit': [
    typing('opens with a map that has fewer items than its count', propertied(mapOf([symbol('a'), tiny(1)], { count: 4 })), everywhere),
  ],
  'amqp10/1.2.3.compound-count:enforce': enforced('lists and maps with another count of items', 'amqp10/1.2.3.compound-count'),
  'amqp10/1.2.4.array-size:emit': [
    typing(
      'opens with an array that is smaller than its size',
      opensWith({ offeredCapabilities: arrayOf(0xa3, [Uint8Array.of(1, 0x61)], { size: 40 }) }),
      everywhere,
    ),
  ],
  'amqp10/1.2.4.array-size:enforce': enforced('arrays that do not fill their size', 'amqp10/1.2.4.array-size'),
  'amqp10/1.2.4.array-constructor:emit': [
    typing('opens with an array without a constructor', opensWith({ offeredCapabilities: Uint8Array.of(0xe0, 1, 0) }), everywhere),
  ],
  'amqp10/1.2.4.array-constructor:enforce': enforced(
    'arrays without a constructor',
    'amqp10/1.2.4.array-size',
    'amqp10/1.2.format-code',
    'amqp10/1.2.truncated',
  ),
  'amqp10/1.3.2.composite-descriptor:emit': [
    typing(
      'refuses composites that are described by their symbol',
      refusing(({ bytes }) => [0xa3, 0xb3].includes(bytes[4 * (bytes[4] ?? 2) + 1] ?? 0)),
      formed,
    ),
  ],
  'amqp10/1.3.4.mandatory:emit': [
    typing(
      'answers a begin without its own window',
      answer10('begin', draft => draft.lacking('incomingWindow')),
      everywhere,
    ),
  ],
  'amqp10/1.3.4.mandatory:enforce': enforced('mandatory fields that are null', 'amqp10/1.3.4.mandatory'),
  'amqp10/1.3.4.single-value:emit': [
    also(
      typing(
        'refuses a single value where several may be',
        refusing(({ frame, bytes }) => holdsSingle(frame, bytes)),
        formed,
      ),
      'amqp10/sole-connection/**',
    ),
  ],
  'amqp10/1.3.4.multiple:emit': [typing('opens with several host names', opensWith({ hostname: arrayOf(0xa1, [Uint8Array.of(1, 0x61)]) }), everywhere)],
  'amqp10/1.3.4.multiple:enforce': enforced('arrays where one value belongs', 'amqp10/1.3.4.multiple', 'amqp10/1.4.field-type'),
  'amqp10/1.3.4.empty-array:emit': [
    typing(
      'refuses an empty array where several values may be',
      refusing(({ bytes }) => Buffer.from(bytes).includes(emptySymbols)),
      formed,
    ),
  ],
  'amqp10/1.3.4.multiple-mandatory:emit': [
    typing(
      'announces no mechanism at all',
      answer10('sasl-mechanisms', draft => draft.as({ fields: { saslServerMechanisms: arrayOf(0xa3, []) } })),
      everywhere,
    ),
  ],
  'amqp10/1.3.4.default:emit': [
    typing(
      'takes a source that does not say dynamic for a dynamic one',
      later10(
        request10('attach', draft => {
          const { source } = draft.fields;
          return source?.type === 'source' && source.dynamic === undefined && draft.with({ source: { ...source, dynamic: true, address: undefined } });
        }),
      ),
      everywhere,
    ),
    typing(
      'refuses a source that says that it is not dynamic',
      refusedLink('amqp:not-implemented', ({ source }) => source?.type === 'source' && source.dynamic === false),
      everywhere,
    ),
  ],
  'amqp10/1.3.5.choice:emit': [
    typing(
      'attaches with a settle mode that does not exist, where there are several sessions',
      answer10('attach', (draft, at) => severalSessions(at) && draft.as({ fields: { rcvSettleMode: tiny(7) } })),
      everywhere,
    ),
  ],
  'amqp10/1.3.5.choice:enforce': enforced('values that are none of the choices', 'amqp10/1.3.5.choice'),
  'amqp10/1.4.list:emit': [
    typing(
      'opens with a map for its fields',
      answer10('open', draft =>
        frameOf(describedAs(valueAs({ type: 'ulong', value: 0x10n }, 'smallulong'), mapOf([symbol('a'), tiny(1)])), { channel: draft.channel }),
      ),
      everywhere,
    ),
  ],
  'amqp10/1.4.list:enforce': enforced('composites that are no lists', 'amqp10/1.4.list'),
  'amqp10/1.4.field-type:emit': [
    typing('opens with a ulong for its max-frame-size', opensWith({ maxFrameSize: valueAs({ type: 'ulong', value: 70000n }, 'ulong') }), everywhere),
  ],
  'amqp10/1.4.field-type:enforce': enforced('fields of another type', 'amqp10/1.4.field-type'),
  'amqp10/1.4.too-many-fields:emit': [
    typing(
      'opens with one field too many',
      answer10('open', draft => draft.as({ trailing: 11 })),
      everywhere,
    ),
  ],
  'amqp10/1.4.too-many-fields:enforce': [
    typing('takes no offence at fields that a type does not have', pardoned(broke10('amqp10/1.4.too-many-fields')), everywhere),
  ],
  'amqp10/1.4.trailing-null:emit': [
    typing(
      'refuses nulls at the end of a composite',
      refusing(({ bytes, frame }) => endsWithNull(bytes, frame)),
      formed,
    ),
  ],
  'amqp10/1.5.reserved-descriptor:emit': [
    typing(
      'passes values with a reserved descriptor on without it',
      delivered10(message =>
        revalue(message, value => (value.type === 'described' && !['symbol', 'ulong'].includes(value.descriptor.type) ? value.value : undefined)),
      ),
    ),
  ],
  'amqp10/1.6.1.null:emit': [
    typing(
      'passes null on as false',
      revalued('null', () => ({ type: 'boolean', value: false })),
    ),
  ],
  'amqp10/1.6.2.boolean:emit': [
    typing(
      'passes booleans on as their opposites',
      revalued('boolean', ({ value }) => ({ type: 'boolean', value: !value })),
    ),
  ],
  'amqp10/1.6.2.boolean-octet:emit': [
    typing(
      'writes a boolean with the octet 2, where there are several sessions',
      answer10('attach', (draft, at) => severalSessions(at) && draft.as({ fields: { incompleteUnsettled: Uint8Array.of(0x56, 2) } })),
      everywhere,
    ),
  ],
  'amqp10/1.6.2.boolean-octet:enforce': enforced('booleans of other octets than 0 and 1', 'amqp10/1.6.2.boolean-octet'),
  'amqp10/1.6.3.ubyte:emit': [
    typing(
      'passes a ubyte on as the next one',
      revalued('ubyte', ({ value }) => ({ type: 'ubyte', value: (value + 1) & 0xff })),
    ),
  ],
  'amqp10/1.6.4.ushort:emit': [
    typing(
      'passes a ushort on as the next one',
      revalued('ushort', ({ value }) => ({ type: 'ushort', value: (value + 1) & 0xffff })),
    ),
  ],
  'amqp10/1.6.5.uint:emit': [
    typing(
      'passes a uint on as the next one',
      revalued('uint', ({ value }) => ({ type: 'uint', value: (value + 1) >>> 0 })),
    ),
  ],
  'amqp10/1.6.6.ulong:emit': [
    typing(
      'passes a ulong on as the next one',
      revalued('ulong', ({ value }) => ({ type: 'ulong', value: BigInt.asUintN(64, value + 1n) })),
    ),
  ],
  'amqp10/1.6.7.byte:emit': [
    typing(
      'passes a byte on without its sign',
      revalued('byte', ({ value }) => ({ type: 'ubyte', value: value & 0xff })),
    ),
  ],
  'amqp10/1.6.8.short:emit': [
    typing(
      'passes a short on without its sign',
      revalued('short', ({ value }) => ({ type: 'ushort', value: value & 0xffff })),
    ),
  ],
  'amqp10/1.6.9.int:emit': [
    typing(
      'passes an int on without its sign',
      revalued('int', ({ value }) => ({ type: 'uint', value: value >>> 0 })),
    ),
  ],
  'amqp10/1.6.10.long:emit': [
    typing(
      'passes a long on without its sign',
      revalued('long', ({ value }) => ({ type: 'ulong', value: BigInt.asUintN(64, value) })),
    ),
  ],
  'amqp10/1.6.11.float:emit': [
    typing(
      'passes a float on as a double',
      revalued('float', ({ value }) => ({ type: 'double', value })),
    ),
  ],
  'amqp10/1.6.12.double:emit': [
    typing(
      'passes a double on as a float',
      revalued('double', ({ value }) => ({ type: 'float', value: Math.fround(value) })),
    ),
  ],
  'amqp10/1.6.13.decimal:emit': [
    typing(
      'passes a decimal of four octets on with others',
      revalued('decimal32', ({ value }) => ({ type: 'decimal32', value: xored(value) })),
    ),
    typing(
      'passes a decimal of eight octets on with others',
      revalued('decimal64', ({ value }) => ({ type: 'decimal64', value: xored(value) })),
    ),
    typing(
      'passes a decimal of sixteen octets on with others',
      revalued('decimal128', ({ value }) => ({ type: 'decimal128', value: xored(value) })),
    ),
  ],
  'amqp10/1.6.16.char:emit': [
    typing(
      'passes a char on as the letter A',
      revalued('char', () => ({ type: 'char', value: 0x41 })),
    ),
  ],
  'amqp10/1.6.17.timestamp:emit': [
    typing(
      'passes a timestamp on in whole seconds',
      revalued('timestamp', ({ value }) => ({ type: 'timestamp', value: (value / 1000n) * 1000n })),
    ),
  ],
  'amqp10/1.6.18.uuid:emit': [
    typing(
      'passes a uuid on with other octets',
      revalued('uuid', ({ value }) => ({ type: 'uuid', value: xored(value) })),
    ),
  ],
  'amqp10/1.6.19.binary:emit': [
    typing(
      'passes a binary on with other octets',
      revalued('binary', ({ value }) => ({ type: 'binary', value: value.length === 0 ? Uint8Array.of(0) : xored(value) })),
    ),
  ],
  'amqp10/1.6.20.string:emit': [
    typing(
      'passes a string on with a space behind it',
      revalued('string', ({ value }) => ({ type: 'string', value: `${value} ` })),
    ),
  ],
  'amqp10/1.6.20.string-utf8:emit': [
    typing('opens with a string that is no UTF-8', opensWith({ hostname: variableOf('string', Uint8Array.of(0xff, 0xfe)) }), everywhere),
  ],
  'amqp10/1.6.20.string-utf8:enforce': enforced('strings that are no UTF-8', 'amqp10/1.6.20.string-utf8'),
  'amqp10/1.6.21.symbol:emit': [
    typing(
      'passes a symbol on as a string',
      revalued('symbol', ({ value }) => ({ type: 'string', value })),
    ),
  ],
  'amqp10/1.6.21.symbol-ascii:emit': [
    typing('opens with a symbol that is not ASCII', opensWith({ offeredCapabilities: variableOf('symbol', Uint8Array.of(0xc3, 0xa9)) }), everywhere),
  ],
  'amqp10/1.6.21.symbol-ascii:enforce': enforced('symbols that are not ASCII', 'amqp10/1.6.21.symbol-ascii'),
  'amqp10/1.6.22.list:emit': [
    typing(
      'passes a list on with one item more',
      revalued('list', ({ value }) => ({ type: 'list', value: [...value, { type: 'null', value: null }] })),
    ),
  ],
  'amqp10/1.6.23.map:emit': [
    typing(
      'passes a map on without its last pair',
      delivered10(message =>
        revalue(message, value => (value.type === 'map' && value.value.length > 0 ? { type: 'map', value: value.value.slice(0, -1) } : undefined)),
      ),
    ),
  ],
  'amqp10/1.6.23.map-even:emit': [typing('opens with a map of three items', propertied(mapOf([symbol('a'), tiny(1), symbol('b')])), everywhere)],
  'amqp10/1.6.23.map-even:enforce': enforced('maps with an odd number of items', 'amqp10/1.6.23.map-even'),
  'amqp10/1.6.23.map-distinct-keys:emit': [
    typing('opens with a map that has a key twice', propertied(mapOf([symbol('a'), tiny(1), symbol('a'), tiny(2)])), everywhere),
  ],
  'amqp10/1.6.23.map-distinct-keys:enforce': [
    typing('takes no offence at maps that have a key twice', pardoned(broke10('amqp10/1.6.23.map-distinct-keys')), everywhere),
  ],
  'amqp10/1.6.23.map-order:emit': [
    typing(
      'passes a map on the other way round',
      delivered10(message =>
        revalue(message, value => (value.type === 'map' && value.value.length > 1 ? { type: 'map', value: value.value.toReversed() } : undefined)),
      ),
    ),
  ],
  'amqp10/1.6.24.array:emit': [
    typing(
      'passes an array on as a list',
      revalued('array', ({ value }) => ({ type: 'list', value: value.items })),
    ),
  ],
} as const satisfies FaultTable;

function swappedShort(value: number): Uint8Array {
  return Uint8Array.of(0x60, value & 0xff, (value >>> 8) & 0xff);
}

/** Whether an open or begin has one symbol where several may be, without an array around it: an array takes some octets more. */
function holdsSingle(frame: Frame, bytes: Uint8Array): boolean {
  if (frame.type !== 'amqp' || frame.performative === undefined) return false;
  const { performative } = frame;
  const several = 'desiredCapabilities' in performative ? performative.desiredCapabilities : undefined;
  if (several?.length !== 1) return false;
  const name = joined(Uint8Array.of((several[0] ?? '').length), new TextEncoder().encode(several[0]));
  const alone = joined(Uint8Array.of(0xa3), name);
  return (
    Buffer.from(bytes).includes(Buffer.from(alone)) && !Buffer.from(bytes).includes(Buffer.from(joined(Uint8Array.of(0xe0, name.length + 2, 1, 0xa3), name)))
  );
}

/** Whether the list of the performative ends with a null that it could have left out. */
function endsWithNull(bytes: Uint8Array, frame: Frame): boolean {
  if (frame.type !== 'amqp' || frame.performative === undefined || frame.payload.length > 0) return false;
  return bytes.at(-1) === 0x40 && shortest(frame).at(-1) !== 0x40;
}
