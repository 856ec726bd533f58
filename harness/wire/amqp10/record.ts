import type { Cursor } from './cursor.ts';
import type { FieldCodec } from './fields.ts';
import type { Writer } from './writer.ts';

/** One field of a record as it is compiled. */
export interface RecordField extends FieldCodec {
  readonly key: string;
  /** Answers undefined where the list ends before the field: with a fault where it must not. */
  readonly absent: (cursor: Cursor) => undefined;
  /** Writes null, or throws where the field must have a value. */
  readonly writeNull: (writer: Writer) => void;
  readonly multiple: boolean;
  readonly mandatory: boolean;
}

/** Reads and writes the elements of one composite's list. */
export interface RecordCodec {
  /** Reads so many fields, the others being absent. */
  readonly read: (cursor: Cursor, count: number) => Readonly<Record<string, unknown>>;
  /** How many fields there are to write: those behind the last that has a value are left out. */
  readonly count: (value: object) => number;
  /** Writes the first so many fields, null where one has no value. */
  readonly write: (writer: Writer, value: object, count: number) => void;
}

type Values = Readonly<Record<string, unknown>>;

/** Fields that are always written: up to the last that must have a value. */
const leastOf = (fields: readonly RecordField[]): number => fields.reduce((least, { mandatory }, index) => (mandatory ? index + 1 : least), 0);

/**
 * Compiles a record. Its source is generated, once, so that the object has a fixed shape; storing under keys that only run time knows is slower by far.
 * Keys come from our tables, never from a peer; where code may not be generated from strings, the slow way is taken.
 */
export function recordCodec(type: string, fields: readonly RecordField[]): RecordCodec {
  const names = fields.map((_, index) => `f${index}`);
  const ended = ({ mandatory }: RecordField, index: number) => (mandatory ? `f${index}.absent(cursor)` : 'undefined');
  const reads = fields.map((field, index) => `${JSON.stringify(field.key)}: count > ${index} ? r${index}(cursor) : ${ended(field, index)}`);
  const there = ({ key, multiple }: RecordField) => `v[${JSON.stringify(key)}] !== undefined${multiple ? ` && v[${JSON.stringify(key)}].length > 0` : ''}`;
  const least = leastOf(fields);
  const counts = [...fields.entries()]
    .slice(least)
    .reverse()
    .map(([index, field]) => `if (${there(field)}) return ${index + 1};`);
  const writes = fields.map(
    ({ key }, index) =>
      `if (count > ${index}) { const x = v[${JSON.stringify(key)}]; if (x === undefined) f${index}.writeNull(w); else f${index}.write(w, x); }`,
  );
  try {
    const make = new Function(
      ...names,
      ...fields.map((_, index) => `r${index}`),
      `return {
        read: (cursor, count) => ({ type: ${JSON.stringify(type)}, ${reads.join(', ')} }),
        count: v => { ${counts.join(' ')} return ${least}; },
        write: (w, v, count) => { ${writes.join(' ')} },
      }`,
    );
    return make(...fields, ...fields.map(({ read }) => read)) as RecordCodec;
  } catch (error) {
    if (error instanceof EvalError) return slowRecordCodec(type, fields);
    throw error;
  }
}

/** The same without generated source. */
export function slowRecordCodec(type: string, fields: readonly RecordField[]): RecordCodec {
  return {
    read(cursor, count) {
      const values: Record<string, unknown> = { type };
      for (const [index, field] of fields.entries()) values[field.key] = index < count ? field.read(cursor) : field.absent(cursor);
      return values;
    },
    count(value) {
      const given = value as Values;
      return fields.reduce((count, { key, multiple }, index) => {
        const there = given[key] !== undefined && !(multiple && (given[key] as readonly unknown[]).length === 0);
        return there ? index + 1 : count;
      }, leastOf(fields));
    },
    write(writer, value, count) {
      for (const { key, write, writeNull } of fields.slice(0, count)) {
        const each = (value as Values)[key];
        if (each === undefined) writeNull(writer);
        else write(writer, each);
      }
    },
  };
}
