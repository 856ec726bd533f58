import { describe, expect, test } from 'vitest';
import type { TagDialect } from '../../spec/amqp091/domains.ts';
import { decodePayload, type Frame } from '../../wire/amqp091/frame.ts';
import { methodNames } from '../../wire/amqp091/method.ts';
import { decodeRawFrame } from '../../wire/amqp091/raw-frame.ts';
import { isViolation } from '../../wire/decoded.ts';
import { departures } from './departures.ts';
import { emitInput, everyOctet, type FuzzInput } from './emitter.ts';

const inputs = Array.from({ length: 4_000 }, (_, index) => emitInput(7, index));
const texts = (all: readonly FuzzInput[]): readonly string[] => all.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
const legal = inputs.filter(input => input.departures.length === 0);

/** Every frame of a stream, or undefined where any of it is illegal. */
function frames(bytes: Uint8Array, tags: TagDialect): readonly Frame[] | undefined {
  const all: Frame[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const raw = decodeRawFrame(bytes, { offset });
    const frame = raw.kind === 'value' ? decodePayload(raw.value, { tags }) : undefined;
    if (raw.kind !== 'value' || frame === undefined || isViolation(frame)) return undefined;
    all.push(frame);
    offset = raw.end;
  }
  return all;
}

const decoded = legal.map(({ bytes }) => frames(bytes, 'errata') ?? frames(bytes, 'text'));

describe('the emitter', () => {
  test('gives the same octets for the same seed and index, whatever came before', () => {
    const again = [...inputs.keys()].reverse().map(index => emitInput(7, index));
    expect(texts(again.reverse())).toEqual(texts(inputs));
    expect(again.map(input => [input.cuts, input.departures])).toEqual(inputs.map(input => [input.cuts, input.departures]));
  });

  test('gives other octets for another seed or index', () => {
    expect(new Set(texts(inputs)).size).toBeGreaterThan(inputs.length * 0.8);
    expect(emitInput(8, 3).bytes).not.toEqual(emitInput(7, 3).bytes);
    expect(emitInput(7 + 2 ** 32, 3).bytes).not.toEqual(emitInput(7, 3).bytes);
  });

  test('without a departure is legal on the wire', () => {
    expect(legal.length).toBeGreaterThan(1_000);
    expect(decoded.filter(each => each === undefined)).toEqual([]);
  });

  test('emits every method and every type of frame', () => {
    const all = decoded.flatMap(each => each ?? []);
    const names = new Set(all.map(frame => (frame.type === 'method' ? frame.method.name : '')));
    expect(methodNames.filter(name => !names.has(name))).toEqual([]);
    expect(new Set(all.map(frame => frame.type))).toEqual(new Set(['method', 'header', 'body', 'heartbeat']));
  });

  test('takes every departure', () => {
    const taken = new Set(inputs.flatMap(input => input.departures));
    expect(Object.keys(departures).filter(name => !taken.has(name as keyof typeof departures))).toEqual([]);
  });

  test('departs to inputs that are illegal, most of the time', () => {
    const departed = inputs.filter(input => input.departures.length > 0);
    const broken = departed.filter(({ bytes }) => frames(bytes, 'errata') === undefined);
    expect(broken.length).toBeGreaterThan(departed.length / 2);
  });

  test('cuts within the octets, in order', () => {
    const wrong = inputs.filter(({ bytes, cuts }) => cuts.some((cut, index) => cut <= (cuts[index - 1] ?? 0) || cut >= bytes.length));
    expect(wrong).toEqual([]);
    expect(everyOctet(4)).toEqual([1, 2, 3]);
    expect(everyOctet(0)).toEqual([]);
  });
});
