import type { DefinitionKey, Plain } from './store.ts';

/** A text that is the same for equal keys only. */
export function keyOf(key: DefinitionKey): string {
  switch (key.kind) {
    case 'binding':
      return JSON.stringify([key.kind, key.virtualHost, key.exchange, key.queue, key.routingKey, canonical(key.arguments)]);
    case 'exchange-binding':
      return JSON.stringify([key.kind, key.virtualHost, key.source, key.destination, key.routingKey, canonical(key.arguments)]);
    default:
      return JSON.stringify([key.kind, key.virtualHost, key.name]);
  }
}

/** A text that is the same for equal values only. */
function canonical(value: Plain): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `<${value.join()}>`;
  if (isList(value)) return `[${value.map(canonical).join()}]`;
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join()}}`;
}

function isList(value: readonly Plain[] | { readonly [name: string]: Plain }): value is readonly Plain[] {
  return Array.isArray(value);
}
