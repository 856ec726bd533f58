import type { TagDialect } from '../../spec/amqp091/domains.ts';
import type { Cursor } from './cursor.ts';

/** Reads one field at the cursor. */
export type FieldReader = (cursor: Cursor, tags: TagDialect) => unknown;

/** Reads the fields of a record one behind the other and answers an object with their values. */
export type RecordReader = (cursor: Cursor, tags: TagDialect) => Readonly<Record<string, unknown>>;

/**
 * Makes the reader of a record with these keys. The object literal is generated as source, once, so that the object has a fixed shape. Storing under keys
 * that only run time knows is slower by a factor of ten, and measured on a stream of deliveries (`npm run bench`) it makes reading everything a quarter slower.
 * Keys come from our tables, never from a peer; where code may not be generated from strings, the slow way is taken.
 */
export function recordReader(keys: readonly string[], readers: readonly FieldReader[]): RecordReader {
  const source = keys.map((key, index) => `${JSON.stringify(key)}: r${index}(cursor, tags)`).join(', ');
  try {
    const make = new Function(...keys.map((_, index) => `r${index}`), `return (cursor, tags) => ({ ${source} })`);
    return make(...readers) as RecordReader;
  } catch (error) {
    if (error instanceof EvalError) return slowRecordReader(keys, readers);
    throw error;
  }
}

/** The same without generated source. */
export function slowRecordReader(keys: readonly string[], readers: readonly FieldReader[]): RecordReader {
  return (cursor, tags) => {
    const values: Record<string, unknown> = {};
    for (const [index, key] of keys.entries()) values[key] = readers[index]?.(cursor, tags);
    return values;
  };
}
