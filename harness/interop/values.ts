import type { Body, Message, Value, Values } from './protocol.ts';

/** What a receiver's less precise name for a type may stand for. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  integer: ['byte', 'ubyte', 'short', 'ushort', 'int', 'uint', 'long', 'ulong'],
  number: ['byte', 'ubyte', 'short', 'ushort', 'int', 'uint', 'long', 'ulong', 'float', 'double', 'char'],
  text: ['string', 'symbol', 'char'],
  octets: ['binary', 'uuid', 'decimal32', 'decimal64', 'decimal128', 'long', 'ulong', 'string'],
};

/** One spelling for each value. */
function spelling([type, content, more]: Value, as: string): string {
  if (type === as && as !== 'list' && as !== 'map' && as !== 'array') return JSON.stringify([canonical(type, content), more ?? null]);
  if (as === 'octets') return JSON.stringify([octetsOf(type, content), null]);
  if (as === 'text' && type === 'char') return JSON.stringify([String.fromCodePoint(Number(content)), null]);
  return JSON.stringify([canonical(type, content), more ?? null]);
}

function canonical(type: string, content: unknown): unknown {
  if (type === 'float' || type === 'double' || type === 'number') return Number(content);
  if (kinds.integer?.includes(type) === true || type === 'integer' || type === 'timestamp') return String(content);
  return type === 'char' ? Number(content) : content;
}

function octetsOf(type: string, content: unknown): string {
  const text = String(content);
  if (type === 'string') return Buffer.from(text).toString('hex');
  if (type === 'uuid') return text.replaceAll('-', '');
  if (type !== 'long' && type !== 'ulong') return text;
  return BigInt.asUintN(64, BigInt(text)).toString(16).padStart(16, '0');
}

const shown = (value: Value | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 120));

/** Whether it came as it was sent, as far as the receiver can tell. */
export function same(sent: Value, got: Value | undefined): boolean {
  if (got === undefined) return false;
  const [type, content] = sent;
  const [as, found] = got;
  if (type === 'list' || type === 'array') {
    const inner = (type === 'array' ? sent[2] : content) as readonly Value[];
    const there = (as === 'array' ? got[2] : found) as readonly Value[];
    if (as !== type && !(type === 'array' && as === 'list')) return false;
    return Array.isArray(there) && inner.length === there.length && inner.every((each, at) => same(each, there[at]));
  }
  if (type === 'map') {
    const inner = content as readonly (readonly [Value, Value])[];
    const there = found as readonly (readonly [Value, Value])[];
    if (as !== 'map' || inner.length !== there.length) return false;
    return inner.every(([key, value]) => there.some(([name, each]) => same(key, name) && same(value, each)));
  }
  if (as !== type && kinds[as]?.includes(type) !== true) return false;
  if (as === 'number') return Number(content) === Number(found);
  return spelling(sent, as) === spelling(got, as);
}

/** What of these values came otherwise; what came besides is no matter. */
export function valuesUnlike(sent: Values, got: Values = {}): string | undefined {
  const found = Object.entries(sent).find(([name, value]) => !same(value, got[name]));
  if (found === undefined) return undefined;
  const [name, value] = found;
  return `${name} was sent as ${shown(value)} and came as ${shown(got[name])}`;
}

const bodyShown = (body: Body): string => JSON.stringify(body).slice(0, 160);

/** What came otherwise in a body. */
export function bodyUnlike(sent: Body, got: Body): string | undefined {
  const unlike = `the body was sent as ${bodyShown(sent)} and came as ${bodyShown(got)}`;
  if ('value' in sent) return 'value' in got && same(sent.value, got.value) ? undefined : unlike;
  if ('data' in sent) return 'data' in got && sent.data.join('') === got.data.join('') ? undefined : unlike;
  if (!('sequence' in got)) return unlike;
  const [one, other] = [sent.sequence.flat(), got.sequence.flat()];
  return one.length === other.length && one.every((each, at) => same(each, other[at])) ? undefined : unlike;
}

/** What came otherwise in a message: header, annotations, properties, headers or application properties, body. */
export function messageUnlike(sent: Message, got: Message): string | undefined {
  const { header = {} } = sent;
  const flags = (['durable', 'priority'] as const).find(name => header[name] !== undefined && header[name] !== got.header?.[name]);
  if (flags !== undefined) return `${flags} was sent as ${header[flags]} and came as ${got.header?.[flags] ?? 'nothing'}`;
  return (
    valuesUnlike(sent.properties ?? {}, got.properties) ??
    valuesUnlike(sent.application ?? {}, got.application) ??
    valuesUnlike(sent.annotations ?? {}, got.annotations) ??
    bodyUnlike(sent.body, got.body)
  );
}
