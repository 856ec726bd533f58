import type { AmqpMap, AmqpValue, ApplicationProperties } from '../../wire/amqp10/codec.ts';

/** What a node of the broker's own answers. */
export interface Reply {
  readonly status: number;
  readonly body?: AmqpValue;
  /** What the status means here. */
  readonly text?: string;
  /** Application properties besides. */
  readonly more?: ApplicationProperties;
}

export const string = (value: string): AmqpValue => ({ type: 'string', value });
export const boolean = (value: boolean): AmqpValue => ({ type: 'boolean', value });
export const ulong = (value: number): AmqpValue => ({ type: 'ulong', value: BigInt(value) });
export const int = (value: number): AmqpValue => ({ type: 'int', value });
export const list = (value: readonly AmqpValue[]): AmqpValue => ({ type: 'list', value });
export const nothing: AmqpValue = { type: 'null', value: null };

/** A map with strings as its keys. */
export function map(fields: Readonly<Record<string, AmqpValue>>): AmqpValue {
  return { type: 'map', value: Object.entries(fields).map(([key, value]) => [string(key), value] as const) };
}

/** The values of a map by their names; undefined where a key is no text. */
export function fieldsOf(value: AmqpValue | undefined): ReadonlyMap<string, AmqpValue> | undefined {
  if (value === undefined || value.type === 'null') return new Map();
  if (value.type !== 'map') return undefined;
  const named = value.value.flatMap(([key, each]: AmqpMap[number]) => (key.type === 'string' || key.type === 'symbol' ? [[key.value, each] as const] : []));
  return named.length === value.value.length ? new Map(named) : undefined;
}

export function textIn(value: AmqpValue | undefined): string | undefined {
  return value?.type === 'string' || value?.type === 'symbol' ? value.value : undefined;
}
