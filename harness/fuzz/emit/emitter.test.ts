import { describe, expect, test } from 'vitest';
import { type CompositeRow, composites } from '../../spec/amqp10/composites.ts';
import { compositeNames, decodeFrame as decodeFrame10, decodeMessage } from '../../wire/amqp10/codec.ts';
import { decodeFrame, type Frame } from '../../wire/amqp091/frame.ts';
import { methodNames } from '../../wire/amqp091/method.ts';
import { isViolation } from '../../wire/decoded.ts';
import type { FuzzProtocol } from '../finding.ts';
import { families } from './departure.ts';
import { departures, familyOf } from './departures.ts';
import { emitInput, everyOctet, type FuzzInput } from './emitter.ts';

const protocols: readonly FuzzProtocol[] = ['amqp091', 'amqp10'];
const inputsOf = (protocol: FuzzProtocol) => Array.from({ length: 12_000 }, (_, index) => emitInput(7, index, protocol));
const inputs: { readonly [P in FuzzProtocol]: readonly FuzzInput[] } = { amqp091: inputsOf('amqp091'), amqp10: inputsOf('amqp10') };
const texts = (all: readonly FuzzInput[]): readonly string[] => all.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));

/** Names of the frames of a stream, or undefined where any of it is illegal. */
function frames(bytes: Uint8Array, protocol: FuzzProtocol): readonly string[] | undefined {
  return protocol === 'amqp10' ? frames10(bytes) : (frames091(bytes, 'errata') ?? frames091(bytes, 'text'));
}

const nameOf = (frame: Frame): string => (frame.type === 'method' ? frame.method.name : frame.type);

function frames091(bytes: Uint8Array, tags: 'errata' | 'text'): readonly string[] | undefined {
  const all: string[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const frame = decodeFrame(bytes, { offset, tags });
    if (frame.kind !== 'value') return undefined;
    all.push(nameOf(frame.value));
    offset = frame.end;
  }
  return all;
}

function frames10(bytes: Uint8Array): readonly string[] | undefined {
  const all: string[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const frame = decodeFrame10(bytes, { offset });
    if (frame.kind !== 'value') return undefined;
    const { value } = frame;
    if (value.type === 'amqp' && value.payload.length > 0 && (value.performative?.type !== 'transfer' || isViolation(decodeMessage(value.payload))))
      return undefined;
    all.push(value.type === 'sasl' ? value.body.type : (value.performative?.type ?? 'empty'));
    offset = frame.end;
  }
  return all;
}

const legalOf = (protocol: FuzzProtocol) => inputs[protocol].filter(input => input.departures.length === 0);
const carried = compositeNames.filter(name => {
  const { provides }: CompositeRow = composites[name];
  return provides?.includes('frame') || provides?.includes('sasl-frame');
});
const everything: { readonly [P in FuzzProtocol]: readonly string[] } = {
  amqp091: [...methodNames, 'header', 'body', 'heartbeat'],
  amqp10: [...carried, 'empty'],
};

/** Departures of places that only the other protocol has, or that hardly ever stand in one frame. */
const foreign: { readonly [P in FuzzProtocol]: readonly string[] } = {
  amqp091: ['wrong-count', 'data-offset', 'serials-reversed'],
  amqp10: ['body-size', 'frame-end', 'property-flags'],
};

describe.each(protocols)('the emitter of %s', protocol => {
  test('gives the same octets for the same seed and index, whatever came before', () => {
    const again = [...inputs[protocol].keys()].reverse().map(index => emitInput(7, index, protocol));
    expect(texts(again.reverse())).toEqual(texts(inputs[protocol]));
    expect(again.map(input => [input.cuts, input.departures])).toEqual(inputs[protocol].map(input => [input.cuts, input.departures]));
  });

  test('gives other octets for another seed or index', () => {
    expect(new Set(texts(inputs[protocol])).size).toBeGreaterThan(inputs[protocol].length * 0.8);
    const [one, other, third] = [7, 8, 7 + 2 ** 32].map(seed => Array.from({ length: 9 }, (_, index) => emitInput(seed, index, protocol).bytes));
    expect(other).not.toEqual(one);
    expect(third).not.toEqual(one);
  });

  test('without a departure is legal on the wire', () => {
    const legal = legalOf(protocol);
    expect(legal.length).toBeGreaterThan(1_000);
    expect(legal.filter(({ bytes }) => frames(bytes, protocol) === undefined)).toEqual([]);
  });

  test('emits every frame that there is', () => {
    const names = new Set(legalOf(protocol).flatMap(({ bytes }) => frames(bytes, protocol) ?? []));
    expect(everything[protocol].filter(name => !names.has(name))).toEqual([]);
  });

  test('takes every departure, and thereby every family', () => {
    const taken = new Set(inputs[protocol].flatMap(input => input.departures));
    expect(Object.keys(departures).filter(name => !taken.has(name as keyof typeof departures) && !foreign[protocol].includes(name))).toEqual([]);
    expect(families.filter(family => ![...taken].some(name => familyOf(name) === family))).toEqual([]);
  });

  test('departs to inputs that are illegal, most of the time', () => {
    const departed = inputs[protocol].filter(input => input.departures.length > 0);
    const broken = departed.filter(({ bytes }) => frames(bytes, protocol) === undefined);
    expect(broken.length).toBeGreaterThan(departed.length / 2);
  });

  test('cuts within the octets, in order', () => {
    const wrong = inputs[protocol].filter(({ bytes, cuts }) => cuts.some((cut, index) => cut <= (cuts[index - 1] ?? 0) || cut >= bytes.length));
    expect(wrong).toEqual([]);
  });
});

test('a cut behind every octet', () => {
  expect(everyOctet(4)).toEqual([1, 2, 3]);
  expect(everyOctet(0)).toEqual([]);
});
