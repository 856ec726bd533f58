import { type CompositeName, type CompositeRow, composites, type FieldRow } from '../../spec/amqp10/composites.ts';
import { describedCode, type PrimitiveType, primitives } from '../../spec/amqp10/primitives.ts';
import { type Archetype, type RestrictedRow, type RestrictedType, restricted } from '../../spec/amqp10/restricted.ts';
import type { Random } from '../random.ts';
import { anyValue, arrayOf, compound, described, type Emit, encodingsOf, keyOf, valueIn } from './amqp10-values.ts';
import type { Draft } from './draft.ts';

const encoder = new TextEncoder();
const { null: nullRow } = primitives.null;
const lists = encodingsOf('list').filter(({ width }) => width > 0);
const { list0 } = primitives.list;
const maps = encodingsOf('map');
const arrays = encodingsOf('array');

/** The primitive type at the root of a type. */
function rootOf(type: PrimitiveType | RestrictedType): PrimitiveType {
  return type in primitives ? (type as PrimitiveType) : rootOf(restricted[type as RestrictedType].source);
}

/** Encodings that hold a whole number without sign, by what fits them. */
function numberEmit(type: 'ubyte' | 'uint', values: readonly number[]): Emit {
  const rows = encodingsOf(type);
  return (draft, random) => {
    const value = random.pick(values);
    const fitting = rows.filter(({ width }) => value < 256 ** width);
    const row = random.pick(fitting);
    draft.octet(row.code);
    draft.setNumber(draft.grow(row.width), row.width, value);
  };
}

const booleanEmit =
  (values: readonly boolean[]): Emit =>
  (draft, random) => {
    const value = random.pick(values);
    const { true: yes, false: no, boolean } = primitives.boolean;
    if (random.oneIn(2)) {
      draft.octet(boolean.code);
      draft.octet(Number(value));
    } else draft.octet((value ? yes : no).code);
  };

function symbolEmit(values: readonly string[]): Emit {
  const texts = values.map(value => encoder.encode(value));
  const rows = encodingsOf('symbol');
  return (draft, random) => {
    const row = random.pick(rows);
    const text = random.pick(texts);
    draft.octet(row.code);
    draft.setNumber(draft.grow(row.width), row.width, text.length);
    draft.raw(text);
  };
}

export const keyed =
  (keys: readonly PrimitiveType[], value: (draft: Draft, random: Random, depth: number) => void): Emit =>
  (draft, random) => {
    const row = random.pick(maps);
    draft.octet(row.code);
    const element = (to: Draft, by: Random, depth: number, index: number): void => {
      keyOf(to, by, by.pick(keys) as 'symbol' | 'ulong', index);
      value(to, by, depth);
    };
    compound(draft, random, row, random.oneIn(5) ? 0 : 1 + random.small(3), element, 1);
  };

function restrictedEmit(type: RestrictedType): Emit {
  const { choices, open, keys }: RestrictedRow = restricted[type];
  const root = rootOf(type);
  const values = Object.values(choices ?? {});
  if (keys) return keyed(keys, type === 'filter-set' ? described : anyValue);
  if (values.length === 0) return plain(root);
  if (root === 'boolean') return booleanEmit(values as boolean[]);
  if (root === 'symbol') return either(symbolEmit(values as string[]), open ? plain('symbol') : undefined);
  return numberEmit(root as 'ubyte' | 'uint', values as number[]);
}

const plain =
  (type: PrimitiveType): Emit =>
  (draft, random) =>
    valueIn(draft, random, type);

const either = (most: Emit, some: Emit | undefined): Emit => (some ? (draft, random) => (random.oneIn(5) ? some : most)(draft, random) : most);

const providers = (archetype: Archetype): readonly CompositeName[] =>
  Object.entries(composites).flatMap(([name, row]) => ((row as CompositeRow).provides?.includes(archetype) ? [name as CompositeName] : []));

/** A composite that provides the archetype, or a stranger that says it does. */
function nested(archetype: Archetype): Emit {
  const names = providers(archetype);
  return (draft, random) => (random.oneIn(8) ? described(draft, random, 1) : compositeOf(random.pick(names), draft, random));
}

const notNull: Emit = (draft, random) => valueIn(draft, random, random.pick(['binary', 'string', 'ulong', 'list']));
const messageIds = ['ulong', 'uuid', 'binary', 'string'] as const;

const archetypes: Partial<Record<Archetype, () => Emit>> = {
  'error-condition': () => either(restrictedEmit('amqp-error'), plain('symbol')),
  'delivery-state': () => nested('delivery-state'),
  outcome: () => nested('outcome'),
  source: () => nested('source'),
  target: () => nested('target'),
  'message-id': () => (draft, random) => valueIn(draft, random, random.pick(messageIds)),
  address: () => plain('string'),
  'txn-id': () => plain('binary'),
  'global-tx-id': () => notNull,
};

function single({ type, requires }: FieldRow): Emit {
  const archetype = requires === undefined ? undefined : archetypes[requires];
  if (archetype) return archetype();
  if (type === 'error') return (draft, random) => compositeOf('error', draft, random);
  if (type === '*') return (draft, random) => anyValue(draft, random, 1);
  return type in primitives ? plain(type as PrimitiveType) : restrictedEmit(type as RestrictedType);
}

/** One value, or an array of them. */
function fieldEmit(row: FieldRow): Emit {
  const one = single(row);
  const root = row.multiple && row.type !== 'error' && row.type !== '*' ? rootOf(row.type) : undefined;
  if (root === undefined) return one;
  const least = row.mandatory ? 1 : 0;
  return (draft, random) => {
    if (random.oneIn(2)) return one(draft, random);
    // Of one octet of size an array may not have room for the one element that has to be there.
    const { code, width } = least > 0 ? primitives.array.array32 : random.pick(arrays);
    draft.octet(code);
    arrayOf(draft, random, width, root, least + random.small(4), 0);
  };
}

interface Shape {
  readonly code: number;
  readonly symbol: Uint8Array;
  readonly fields: readonly { readonly mandatory: boolean; readonly emit: Emit }[];
  /** Fields up to the last that has to be there. */
  readonly least: number;
}

const shapes: ReadonlyMap<CompositeName, Shape> = new Map(
  (Object.entries(composites) as [CompositeName, CompositeRow][]).map(([name, { code, symbol, fields }]) => {
    const rows = Object.values(fields);
    const each = rows.map(row => ({ mandatory: row.mandatory === true, emit: fieldEmit(row) }));
    return [name, { code, symbol: encoder.encode(symbol), fields: each, least: each.findLastIndex(({ mandatory }) => mandatory) + 1 }];
  }),
);

const { smallulong, ulong } = primitives.ulong;
const { sym8, sym32 } = primitives.symbol;

/** A descriptor of the standard's in any of its forms, numeric much more often than symbolic. */
export function descriptor(draft: Draft, random: Random, code: number, symbol: Uint8Array): void {
  draft.octet(describedCode);
  const form = random.below(12);
  if (form > 2) {
    draft.octet(smallulong.code);
    draft.octet(code);
  } else if (form === 2) {
    draft.octet(ulong.code);
    draft.long(0);
    draft.long(code);
  } else {
    const row = form === 0 ? sym8 : sym32;
    draft.octet(row.code);
    draft.setNumber(draft.grow(row.width), row.width, symbol.length);
    draft.raw(symbol);
  }
}

/** Appends a composite: fields of their types in any encoding, optional ones there, null or left out at the end. */
export function compositeOf(name: CompositeName, draft: Draft, random: Random): void {
  const { code, symbol, fields, least } = shapes.get(name) as Shape;
  descriptor(draft, random, code, symbol);
  const count = random.oneIn(4) ? fields.length : least + random.below(fields.length - least + 1);
  if (count === 0 && random.oneIn(2)) {
    draft.octet(list0.code);
    return;
  }
  const row = random.pick(lists);
  // How many of the optional fields have a value is drawn once, so that sparse and full ones both come.
  const sparse = 1 + random.below(4);
  const start = draft.length;
  draft.octet(row.code);
  const field = (to: Draft, by: Random, _: number, index: number): void => {
    const { mandatory, emit } = fields[index] as Shape['fields'][number];
    if (mandatory || by.oneIn(sparse)) emit(to, by);
    else to.octet(nullRow.code);
  };
  compound(draft, random, row, count, field, 0);
  if (row.width > 1 || draft.numberAt(start + 2, 1) >= least) return;
  // Too long for one octet of size: what has to be there would not be.
  draft.truncate(start);
  const wide = lists.find(({ width }) => width > 1) ?? row;
  draft.octet(wide.code);
  compound(draft, random, wide, count, field, 0);
}
