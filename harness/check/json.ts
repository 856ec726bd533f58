export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Any value as plain JSON: big integers that a number cannot hold as digits, octets as hexadecimal, what JSON cannot say as text. */
export function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (Array.isArray(value)) return value.map(toJson);
  return typeof value === 'object' ? jsonObject(value) : String(value);
}

/** An object's own members as plain JSON. */
export function jsonObject(value: object): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}
