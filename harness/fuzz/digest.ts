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

const hex = (octets: Uint8Array): string => `0x${Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex')}`;
