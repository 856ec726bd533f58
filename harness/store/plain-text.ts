import type { Plain } from './store.ts';

/**
 * Plain data as JSON text. What JSON lacks stands in an object whose only field has an empty name, as `{"":["bigint","7"]}`; an object that has such a field
 * itself is written so too.
 */
export function toText(value: Plain): string {
  return JSON.stringify(toJson(value));
}

/**
 * Reads what `toText` wrote.
 * @throws {SyntaxError} for any other text.
 */
export function fromText(text: string): Plain {
  return fromJson(JSON.parse(text) as Json);
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

function toJson(value: Plain): Json {
  if (typeof value === 'bigint') return { '': ['bigint', `${value}`] };
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : { '': ['number', Object.is(value, -0) ? '-0' : `${value}`] };
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { '': ['octets', Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')] };
  if (Array.isArray(value)) return value.map(toJson);
  const fields = Object.entries(value).map(([name, each]) => [name, toJson(each)] as const);
  return fields.some(([name]) => name === '' || name === '__proto__') ? { '': ['object', fields] } : Object.fromEntries(fields);
}

function fromJson(json: Json): Plain {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const special = (json as { readonly [name: string]: Json })[''];
  if (special !== undefined) return fromSpecial(special as readonly [string, Json]);
  return Object.fromEntries(Object.entries(json).map(([name, each]) => [name, fromJson(each)]));
}

function fromSpecial([type, value]: readonly [string, Json]): Plain {
  switch (type) {
    case 'bigint':
      return BigInt(value as string);
    case 'number':
      return Number(value);
    case 'octets':
      return new Uint8Array(Buffer.from(value as string, 'base64'));
    case 'object':
      return Object.fromEntries((value as readonly (readonly [string, Json])[]).map(([name, each]) => [name, fromJson(each)]));
    default:
      throw new SyntaxError(`there is no plain data of type ${type}`);
  }
}
