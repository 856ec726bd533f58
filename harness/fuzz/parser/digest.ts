/** One text for equal values: octets, bigints, maps and sets by what they hold, objects by their own enumerable properties. Total on any value. */
export function digest(value: unknown): string {
  return text(value, []);
}

const deepest = 64;

function text(value: unknown, outer: readonly object[]): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (outer.length > deepest || outer.includes(value)) return '…';
  if (value instanceof ArrayBuffer) return hex(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  const within = [...outer, value];
  const all = (values: Iterable<unknown>): string => Array.from(values, each => text(each, within)).join(',');
  if (Array.isArray(value) || value instanceof Set) return `[${all(value)}]`;
  if (value instanceof Map) return `{${all([...value].flat())}}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return String(value.getTime());
  const entries = Object.keys(value)
    .sort()
    .map(key => `${key}:${text((value as Readonly<Record<string, unknown>>)[key], within)}`);
  return `{${entries.join(',')}}`;
}

/** A number of 32 bits that is the same for equal values and hardly ever for others; much faster than `digest`. */
export function fingerprint(value: unknown): number {
  return number(value, []);
}

const mixed = (hash: number, next: number): number => Math.imul(hash ^ next, 0x9e3779b1) ^ (hash >>> 15);

function number(value: unknown, outer: object[]): number {
  if (typeof value === 'string') return ofText(value);
  if (typeof value === 'number' && (value | 0) === value && !Object.is(value, -0)) return mixed(1, value);
  if (typeof value === 'bigint') return mixed(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  if (typeof value !== 'object' || value === null) return ofText(text(value, []));
  if (outer.length > deepest || outer.includes(value)) return 2;
  if (ArrayBuffer.isView(value)) return ofOctets(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof Map || value instanceof Set || value instanceof ArrayBuffer || value instanceof Error || value instanceof Date)
    return ofText(text(value, outer));
  outer.push(value);
  let hash = 3;
  if (Array.isArray(value)) for (const each of value) hash = mixed(hash, number(each, outer));
  else for (const key of Object.keys(value)) hash += mixed(ofText(key), number((value as Readonly<Record<string, unknown>>)[key], outer));
  outer.pop();
  return hash | 0;
}

function ofText(value: string): number {
  let hash = 5;
  for (let at = 0; at < value.length; at += 1) hash = mixed(hash, value.charCodeAt(at));
  return hash;
}

function ofOctets(octets: Uint8Array): number {
  let hash = 7;
  for (let at = 0; at < octets.length; at += 1) hash = mixed(hash, octets[at] as number);
  return hash;
}

const hex = (octets: Uint8Array): string => `0x${Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex')}`;
