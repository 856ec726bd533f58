import type { RuleId } from '../../spec/catalogue.ts';

/** A value that we read, in a form that is the same for both protocols. `type` is the standard's name, `rule` what says how it is written. */
export type Node = { readonly type: string; readonly rule: RuleId } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'real'; readonly value: number; readonly single: boolean }
  | { readonly kind: 'text' | 'symbol'; readonly value: string }
  /** `text`: often read as text. */
  | { readonly kind: 'octets'; readonly value: Uint8Array; readonly text?: boolean }
  | { readonly kind: 'decimal'; readonly scale: number; readonly value: number }
  | { readonly kind: 'items'; readonly items: readonly Node[] }
  | { readonly kind: 'map'; readonly pairs: readonly (readonly [Node, Node])[]; readonly ordered: boolean }
  | { readonly kind: 'described'; readonly descriptor: Node; readonly value: Node }
);

/** Where a value that a parser gave is another than ours. */
export interface Difference {
  readonly rule: RuleId;
  /** The standard's name of what is different. */
  readonly type: string;
  /** Where it is, ours and theirs, in a few words. */
  readonly detail: string;
}

/** In texts that we read, octets that are no UTF-8 are lone surrogates. */
const notUtf8 = /\p{Surrogate}/u;

/** Names of the canonical form that say no type of the standard. */
const loose = new Set(['null', 'boolean', 'integer', 'real', 'text', 'octets', 'items', 'entries']);

const reals: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '-infinity': -Infinity,
};

/** What a subject said, with the name it gave it: bare JSON is a text, an integer or a real, `{ name: value }` says which. */
function said(theirs: unknown): readonly [name: string, value: unknown] | undefined {
  if (theirs === null) return ['null', null];
  if (typeof theirs === 'boolean') return ['boolean', theirs];
  if (typeof theirs === 'string') return ['text', theirs];
  if (typeof theirs === 'number' || typeof theirs === 'bigint') return ['number', theirs];
  if (Array.isArray(theirs)) return ['items', theirs];
  const entries = Object.entries(theirs as object);
  return entries.length === 1 ? entries[0] : undefined;
}

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** A value in a few words. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'octets':
      return `${node.type} 0x${cut(hex(node.value))}`;
    case 'decimal':
      return `decimal ${node.value} / 10^${node.scale}`;
    case 'items':
      return `${node.type} of ${node.items.length}`;
    case 'map':
      return `${node.type} of ${node.pairs.length}`;
    case 'described':
      return `described ${nodeText(node.value)}`;
    default:
      return `${node.type} ${cut(typeof node.value === 'string' ? JSON.stringify(node.value) : String(node.value))}`;
  }
}

/**
 * The first place where what a subject gave is another value than ours; undefined where there is none. What it leaves out (`undefined`) is not compared, nor is
 * what no JSON stands for: text that is no UTF-8, and maps with such a key or one that is there twice.
 */
export function differing(ours: Node, theirs: unknown, path: string): Difference | undefined {
  if (theirs === undefined) return undefined;
  const other = (): Difference => ({
    rule: ours.rule,
    type: ours.type,
    detail: `${path} is ${nodeText(ours)}, they read ${cut(JSON.stringify(theirs, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? '')}`,
  });
  const given = said(theirs);
  if (given === undefined) return other();
  const [name, value] = given;
  if (name === 'any') return undefined;
  const untyped = loose.has(name) || name === 'number' || name === ours.kind;
  if (!untyped && name !== ours.type) return other();
  if (ours.kind === 'items') return sameItems(ours, value, path, other);
  if (ours.kind === 'map') return sameMap(ours, name, value, path, other);
  if (ours.kind === 'described') return sameDescribed(ours, value, path, other);
  return sameScalar(ours, name, value) ? undefined : other();
}

type Other = () => Difference;

function sameItems(ours: Extract<Node, { kind: 'items' }>, value: unknown, path: string, other: Other): Difference | undefined {
  if (!Array.isArray(value) || value.length !== ours.items.length) return other();
  for (const [index, item] of ours.items.entries()) {
    const found = differing(item, value[index], `${path}[${index}]`);
    if (found) return found;
  }
  return undefined;
}

function sameDescribed(ours: Extract<Node, { kind: 'described' }>, value: unknown, path: string, other: Other): Difference | undefined {
  if (!Array.isArray(value) || value.length !== 2) return other();
  return differing(ours.descriptor, value[0], `descriptor of ${path}`) ?? differing(ours.value, value[1], path);
}

const keyOf = (node: Node): string => ('value' in node ? `${node.type} ${String(node.value)}` : nodeText(node));

function sameMap(ours: Extract<Node, { kind: 'map' }>, name: string, value: unknown, path: string, other: Other): Difference | undefined {
  const keys = ours.pairs.map(([key]) => keyOf(key));
  if (new Set(keys).size < keys.length || keys.some(key => notUtf8.test(key))) return undefined;
  if (!Array.isArray(value) || value.length !== ours.pairs.length || !value.every(each => Array.isArray(each) && each.length === 2)) return other();
  const theirs = value as readonly (readonly [unknown, unknown])[];
  const inOrder = ours.ordered && name !== 'entries';
  const left = new Set(theirs);
  for (const [index, [key, each]] of ours.pairs.entries()) {
    const pair =
      inOrder || theirs[index] === undefined || !differing(key, theirs[index][0], '')
        ? theirs[index]
        : [...left].find(([theirKey]) => !differing(key, theirKey, ''));
    if (pair === undefined) return other();
    const found = differing(key, pair[0], `key of ${path}`) ?? differing(each, pair[1], `${path}.${'value' in key ? String(key.value) : index}`);
    if (found) return found;
    left.delete(pair);
  }
  return undefined;
}

const bigOf = (value: unknown): bigint | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  try {
    return BigInt(value);
  } catch {
    return undefined;
  }
};

function realOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  return reals[value.toLowerCase()] ?? Number(value);
}

function sameText(ours: string, value: unknown): boolean {
  return ours === value || notUtf8.test(ours);
}

function sameOctets(ours: Uint8Array, name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (name !== 'text') return value.toLowerCase() === hex(ours);
  const text = Buffer.from(ours).toString('utf8');
  return text === value || text.includes('\ufffd');
}

function sameScalar(ours: Exclude<Node, { kind: 'items' | 'map' | 'described' }>, name: string, value: unknown): boolean {
  switch (ours.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return value === ours.value;
    case 'integer':
      if (ours.type === 'char' && name === 'text') return (value as string).codePointAt(0) === ours.value;
      return name !== 'text' && name !== 'octets' && name !== 'real' && bigOf(value) === BigInt(ours.value);
    case 'real': {
      const real = name === 'text' || name === 'octets' || name === 'integer' ? undefined : realOf(value);
      if (real === undefined) return false;
      return ours.single ? Object.is(Math.fround(real), Math.fround(ours.value)) : Object.is(real, ours.value);
    }
    case 'text':
      return name === 'octets' ? value === hex(Buffer.from(ours.value)) || notUtf8.test(ours.value) : name !== 'number' && sameText(ours.value, value);
    case 'symbol':
      return name === 'symbol' && sameText(ours.value, value);
    case 'octets':
      return (name !== 'text' || ours.text === true) && name !== 'number' && sameOctets(ours.value, name, value);
    case 'decimal':
      // Whether it has a sign, the standard says in two ways.
      return (
        Array.isArray(value) && value.length === 2 && bigOf(value[0]) === BigInt(ours.scale) && BigInt.asIntN(32, bigOf(value[1]) ?? 0n) === BigInt(ours.value)
      );
  }
}
