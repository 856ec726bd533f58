import { composites, sections } from '../../spec/amqp10/composites.ts';
import { frameTypes as frameTypes10 } from '../../spec/amqp10/constants.ts';
import { describedCode, type EncodingRow, primitives } from '../../spec/amqp10/primitives.ts';
import { classes, type MethodRow } from '../../spec/amqp091/classes.ts';
import { frameEnd, frameTypes, protocolHeader } from '../../spec/amqp091/constants.ts';
import { tagDialects } from '../../spec/amqp091/domains.ts';
import { protocolHeaders } from '../../wire/amqp10/raw-frame.ts';
import type { FuzzProtocol } from '../finding.ts';

/** A word of a dictionary: octets that mean something, and what they are called. */
export interface Word {
  readonly name: string;
  readonly octets: Uint8Array;
}

const word = (name: string, ...octets: readonly number[]): Word => ({ name, octets: Uint8Array.from(octets) });
const short = (value: number): readonly [number, number] => [value >>> 8, value & 0xff];
const ascii = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];

/** Sizes and counts at which parsers err. */
const numbers: readonly Word[] = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff].map(value =>
  word(`long_${value.toString(16)}`, value >>> 24, (value >>> 16) & 0xff, ...short(value & 0xffff)),
);

function words091(): readonly Word[] {
  const methods = Object.entries(classes).flatMap(([className, { id, methods: rows }]) =>
    Object.entries(rows as Readonly<Record<string, MethodRow>>).map(([name, row]) => word(`${className}.${name}`, ...short(id), ...short(row.id))),
  );
  const tags = [...new Set([...Object.values(tagDialects.errata), ...Object.values(tagDialects.text)])];
  const properties = Object.keys(classes.basic.properties).map((name, index) => word(`property_${name}`, ...short(0x8000 >>> index)));
  return [
    word('protocol-header', ...protocolHeader),
    ...Object.entries(frameTypes).map(([name, type]) => word(`frame_${name}`, type, 0)),
    word('frame-end', frameEnd),
    word('content-header', ...short(classes.basic.id), 0, 0),
    ...methods,
    ...properties,
    ...tags.map(tag => word(`field_${tag}`, 1, 0x61, ...ascii(tag))),
    ...numbers,
  ];
}

function words10(): readonly Word[] {
  const described = [...Object.entries(composites), ...Object.entries(sections)];
  const { smallulong } = primitives.ulong;
  const { sym8 } = primitives.symbol;
  const { list0 } = primitives.list;
  const constructors = Object.values(primitives).flatMap(rows => Object.entries(rows as Readonly<Record<string, EncodingRow>>));
  return [
    ...Object.entries(protocolHeaders).map(([name, octets]) => ({ name: `protocol-header_${name}`, octets })),
    ...Object.entries(frameTypes10).map(([name, type]) => word(`frame_${name}`, 2, type, 0, 0)),
    ...described.map(([name, { code }]) => word(name, describedCode, smallulong.code, code)),
    ...described.map(([name, { symbol }]) => word(`${name}_symbol`, describedCode, sym8.code, symbol.length, ...ascii(symbol))),
    ...described.map(([name, { code }]) => word(`${name}_empty`, describedCode, smallulong.code, code, list0.code)),
    ...constructors.map(([name, { code, width, category }]) =>
      word(`constructor_${name}`, code, ...new Array<number>(category === 'fixed' ? width : 0).fill(0)),
    ),
    ...numbers,
  ];
}

/** The words of a protocol, from its tables: identifiers, descriptors, constructors, headers, and numbers at which parsers err. */
export function wordsOf(protocol: FuzzProtocol): readonly Word[] {
  const words = protocol === 'amqp091' ? words091() : words10();
  // What stands in two tables, or for two things, is there once.
  return words.filter((each, index) => words.findIndex(other => Buffer.compare(other.octets, each.octets) === 0) === index);
}
