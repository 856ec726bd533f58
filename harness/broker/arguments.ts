import type { FieldTable, FieldType, FieldValue } from '../spec/amqp091/domains.ts';

/** Types whose values are compared by value, whatever their width on the wire. */
const families: Readonly<Partial<Record<FieldType, 'integer' | 'real' | 'text'>>> = {
  'short-short-int': 'integer',
  'short-short-uint': 'integer',
  'short-int': 'integer',
  'short-uint': 'integer',
  'long-int': 'integer',
  'long-uint': 'integer',
  'long-long-int': 'integer',
  'long-long-uint': 'integer',
  float: 'real',
  double: 'real',
  'short-string': 'text',
  'long-string': 'text',
};

/** Whether two argument tables mean the same: the same names with equal values, in any order. */
export function sameArguments(a: FieldTable, b: FieldTable): boolean {
  if (a.length === 0 && b.length === 0) return true;
  const left = new Map(a);
  const right = new Map(b);
  if (left.size !== right.size) return false;
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}

/** A text that is the same for all tables that mean the same; others have mostly another. */
export function gist(table: FieldTable): string {
  const fields = [...new Map(table)].map(([name, value]) => `${name}\0${gistOf(value)}`);
  return fields.sort().join('\0');
}

function gistOf(value: FieldValue): string {
  const family = families[value.type] ?? value.type;
  if (family === 'integer') return `${family}${value.value}`;
  return family === 'text' ? Buffer.from(octetsOf(value)).toString('latin1') : family;
}

/** Whether two field values mean the same: widths of integers and of strings do not matter, kinds do. */
export function sameValue(a: FieldValue, b: FieldValue): boolean {
  if ((families[a.type] ?? a.type) !== (families[b.type] ?? b.type)) return false;
  switch (a.type) {
    case 'array':
      return b.type === 'array' && a.value.length === b.value.length && a.value.every((each, index) => sameElement(each, b.value[index]));
    case 'table':
      return b.type === 'table' && sameArguments(a.value, b.value);
    case 'decimal':
      return b.type === 'decimal' && a.value.scale === b.value.scale && a.value.value === b.value.value;
    case 'byte-array':
      return b.type === 'byte-array' && sameOctets(a.value, b.value);
    case 'short-string':
    case 'long-string':
      return sameOctets(octetsOf(a), octetsOf(b));
    case 'float':
    case 'double':
      return Object.is(a.value, b.value);
    default:
      return looselyEqual(a.value, b.value);
  }
}

function sameElement(a: FieldValue, b: FieldValue | undefined): boolean {
  return b !== undefined && sameValue(a, b);
}

/** Integers come as numbers and as bigints. */
function looselyEqual(a: unknown, b: unknown): boolean {
  return typeof a === typeof b ? a === b : (typeof a === 'bigint' || typeof b === 'bigint') && String(a) === String(b);
}

/** The text of a string of either kind; undefined for a value that is none. */
export function textOf(value: FieldValue): string | undefined {
  if (value.type === 'short-string') return value.value;
  return value.type === 'long-string' ? new TextDecoder().decode(value.value) : undefined;
}

function octetsOf(value: FieldValue): Uint8Array {
  if (value.type === 'long-string') return value.value;
  return new TextEncoder().encode(value.type === 'short-string' ? value.value : '');
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}

const fieldName = /^[A-Za-z$#].{0,127}$/su;

/** A field name that section 4.2.5.5 does not allow, at any depth: one that begins otherwise, or is longer than 128 characters. */
export function wrongFieldName(table: FieldTable): string | undefined {
  for (const [name, field] of table) {
    const wrong = fieldName.test(name) ? wrongInside(field) : name;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongInside(field: FieldValue): string | undefined {
  if (field.type === 'table') return wrongFieldName(field.value);
  if (field.type !== 'array') return undefined;
  for (const each of field.value) {
    const wrong = wrongInside(each);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
