import { frameHead } from '../../spec/amqp10/constants.ts';
import type { AmqpValue, PrimitiveType } from '../../spec/amqp10/primitives.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import { decodeFrame, type Frame } from '../../wire/amqp10/frame.ts';
import { type CutFrame, decodeRawFrame } from '../../wire/amqp10/raw-frame.ts';
import { decodeValue } from '../../wire/amqp10/value.ts';
import { byName, plainDepth, type Reading } from './reading.ts';
import { type Difference, differing, type Node } from './same-value.ts';

/** Largest frame that every receiver has to take before open. */
const plainFrameMax = 512;

/** What says how each type is written. */
const rules: { readonly [T in PrimitiveType | 'described']: RuleId } = {
  null: 'amqp10/1.6.1.null',
  boolean: 'amqp10/1.6.2.boolean',
  ubyte: 'amqp10/1.6.3.ubyte',
  ushort: 'amqp10/1.6.4.ushort',
  uint: 'amqp10/1.6.5.uint',
  ulong: 'amqp10/1.6.6.ulong',
  byte: 'amqp10/1.6.7.byte',
  short: 'amqp10/1.6.8.short',
  int: 'amqp10/1.6.9.int',
  long: 'amqp10/1.6.10.long',
  float: 'amqp10/1.6.11.float',
  double: 'amqp10/1.6.12.double',
  decimal32: 'amqp10/1.6.13.decimal',
  decimal64: 'amqp10/1.6.13.decimal',
  decimal128: 'amqp10/1.6.13.decimal',
  char: 'amqp10/1.6.16.char',
  timestamp: 'amqp10/1.6.17.timestamp',
  uuid: 'amqp10/1.6.18.uuid',
  binary: 'amqp10/1.6.19.binary',
  string: 'amqp10/1.6.20.string',
  symbol: 'amqp10/1.6.21.symbol',
  list: 'amqp10/1.6.22.list',
  map: 'amqp10/1.6.23.map',
  array: 'amqp10/1.6.24.array',
  described: 'amqp10/1.1.2.described',
};

function nodeOf(given: AmqpValue): Node {
  const rule = rules[given.type];
  switch (given.type) {
    case 'described':
      return { kind: 'described', type: 'described', rule, descriptor: nodeOf(given.descriptor), value: nodeOf(given.value) };
    case 'null':
      return { kind: 'null', type: 'null', rule };
    case 'boolean':
      return { kind: 'boolean', type: 'boolean', rule, value: given.value };
    case 'float':
    case 'double':
      return { kind: 'real', type: given.type, rule, value: given.value, single: given.type === 'float' };
    case 'string':
      return { kind: 'text', type: 'string', rule, value: given.value };
    case 'symbol':
      return { kind: 'symbol', type: 'symbol', rule, value: given.value };
    case 'binary':
    case 'uuid':
    case 'decimal32':
    case 'decimal64':
    case 'decimal128':
      return { kind: 'octets', type: given.type, rule, value: given.value };
    case 'list':
      return { kind: 'items', type: 'list', rule, items: given.value.map(nodeOf) };
    case 'map':
      return { kind: 'map', type: 'map', rule, ordered: true, pairs: given.value.map(([key, value]) => [nodeOf(key), nodeOf(value)] as const) };
    case 'array': {
      const { descriptors, items } = given.value;
      const each = (item: AmqpValue): Node =>
        descriptors.reduceRight<Node>(
          (value, descriptor) => ({ kind: 'described', type: 'described', rule, descriptor: nodeOf(descriptor), value }),
          nodeOf(item),
        );
      return { kind: 'items', type: 'array', rule, items: items.map(each) };
    }
    default:
      return { kind: 'integer', type: given.type, rule, value: given.value };
  }
}

const literal = (type: string, rule: RuleId, ours: string | number, theirs: unknown): Difference | undefined =>
  theirs === undefined || theirs === ours ? undefined : { rule, type, detail: `the ${type} is ${ours}, they read ${JSON.stringify(theirs)}` };

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

interface Read {
  readonly raw: CutFrame;
  readonly frame: Frame;
}

/** The performative or SASL body as the described value that it is on the wire. */
function bodyOf({ raw }: Read): AmqpValue | undefined {
  const decoded = raw.bodyStart === raw.end ? undefined : decodeValue(raw.bytes.subarray(raw.bodyStart, raw.end));
  return decoded?.kind === 'value' ? decoded.value : undefined;
}

function inFrame(read: Read, theirs: unknown): Difference | undefined {
  const given = byName(theirs);
  if (given === undefined) return undefined;
  const { frame } = read;
  const head =
    literal('frame type', 'amqp10/2.3.1.type', frame.type, given.get('type')) ??
    (frame.type === 'sasl' ? undefined : literal('channel', 'amqp10/2.3.2.channel', frame.channel, given.get('channel'))) ??
    (frame.type === 'sasl' ? undefined : literal('payload', 'amqp10/2.3.2.payload', hex(frame.payload), given.get('payload')));
  if (head) return head;
  const performative = given.get('performative');
  const body = bodyOf(read);
  if (body !== undefined) return differing(nodeOf(body), performative, 'performative' in frame ? (frame.performative?.type ?? '') : frame.body.type);
  return performative === undefined || performative === null ? undefined : literal('performative', 'amqp10/2.3.2.empty-frame', 'none', performative);
}

function shallow(value: AmqpValue, depth: number): boolean {
  if (depth > plainDepth) return false;
  switch (value.type) {
    case 'described':
      return value.value.type !== 'described' && ['symbol', 'ulong'].includes(value.descriptor.type) && shallow(value.value, depth + 1);
    case 'list':
      return value.value.every(each => shallow(each, depth + 1));
    case 'map':
      return value.value.every(([key, each]) => shallow(key, plainDepth) && shallow(each, depth + 1));
    case 'array':
      return value.value.items.length < 256 && value.value.items.every(each => shallow(each, depth + 1));
    default:
      return true;
  }
}

/** Only a transfer has a payload; an extended header may be refused by nobody, but is not known to any. */
function plainFrame(read: Read): boolean {
  const { raw, frame } = read;
  if (raw.end - raw.start > plainFrameMax || raw.bodyStart > raw.start + frameHead) return false;
  if (frame.type === 'amqp' && frame.payload.length > 0 && frame.performative?.type !== 'transfer') return false;
  const body = bodyOf(read);
  return body === undefined || shallow(body, 0);
}

/** What we read of a stream of 1.0. */
export function readAmqp10(bytes: Uint8Array): Reading {
  const all: Read[] = [];
  let end = 0;
  let failed: Pick<Reading, 'violation' | 'whole'> = { whole: false };
  for (;;) {
    const raw = decodeRawFrame(bytes, { offset: end });
    const decoded = raw.kind === 'value' ? decodeFrame(bytes, { offset: end }) : raw;
    if (decoded.kind === 'violation') failed = { violation: decoded, whole: raw.kind === 'value' || sizeAt(bytes, end) <= bytes.length };
    if (decoded.kind !== 'value' || raw.kind !== 'value') break;
    all.push({ raw: raw.value, frame: decoded.value as Frame });
    end = decoded.end;
  }
  return {
    end,
    ...failed,
    count: all.length,
    plain: () => all.every(plainFrame),
    compare(values) {
      for (const [index, each] of all.slice(0, values.length).entries()) {
        const found = inFrame(each, values[index]);
        if (found) return found;
      }
      return undefined;
    },
  };
}

/** Where the frame at `at` ends by its own size; one below the least is as long as its head. */
function sizeAt(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < frameHead) return Infinity;
  return at + Math.max(frameHead, new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0));
}
