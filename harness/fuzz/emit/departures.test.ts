import { describe, expect, test } from 'vitest';
import { composite, decodeFrame as decodeFrame10, performativeFrame } from '../../wire/amqp10/codec.ts';
import { decodeFrame, encodeMethodFrame, fieldTable, method } from '../../wire/amqp091/codec.ts';
import type { FuzzProtocol } from '../finding.ts';
import { Random } from '../random.ts';
import { depart, departBy } from './departures.ts';
import { emitters, markedDraft } from './emitter.ts';

const declare = encodeMethodFrame(1, method('queue.declare', { queue: 'orders', arguments: fieldTable({ 'x-max-length': 10 }) }));
const tune = encodeMethodFrame(0, method('connection.tune', { channelMax: 9, frameMax: 4096, heartbeat: 1 }));
const open = performativeFrame(0, composite('open', { containerId: 'me', maxFrameSize: 512, channelMax: 9 }));
const disposition = performativeFrame(0, composite('disposition', { role: 'receiver', first: 3, last: 5 }));

const single: { readonly [P in FuzzProtocol]: Uint8Array } = { amqp091: declare, amqp10: open };
const decoders: { readonly [P in FuzzProtocol]: (bytes: Uint8Array) => { readonly kind: string } } = { amqp091: decodeFrame, amqp10: decodeFrame10 };

/** What a departure makes of a frame, tried with many seeds. */
const made = (octets: Uint8Array, protocol: FuzzProtocol, name: Parameters<typeof departBy>[0]) =>
  Array.from({ length: 60 }, (_, index) => {
    const draft = markedDraft(octets, protocol);
    departBy(name, draft, new Random(3, index), emitters[protocol]);
    return draft.octets.slice();
  });

describe('what is found in a frame', () => {
  test('of 0-9-1: frame, identifiers, sizes of name and table and frame, the type of a field', () => {
    const draft = markedDraft(declare, 'amqp091');
    expect(draft.all('frame')).toMatchObject([{ at: 0, end: declare.length }]);
    expect(draft.all('identifiers')).toMatchObject([{ at: 7, width: 4 }]);
    expect(draft.all('size').map(({ at, width, end }) => [at, width, end])).toEqual([
      [3, 4, declare.length - 1],
      [13, 1, 20],
      [21, 4, declare.length - 1],
      [25, 1, 38],
    ]);
    expect(draft.all('type')).toMatchObject([{ at: 38, end: 43 }]);
    expect(
      markedDraft(tune, 'amqp091')
        .all('limit')
        .map(({ width }) => width),
    ).toEqual([2, 4, 2]);
  });

  test('of 1.0: descriptor, counts, limits, serial numbers', () => {
    const draft = markedDraft(open, 'amqp10');
    expect(draft.all('descriptor')).toMatchObject([{ at: 9, end: 11 }]);
    expect(draft.all('count').map(({ at }) => draft.numberAt(at, 1))).toEqual([4]);
    expect(draft.all('limit').map(({ at }) => draft.bytes[at])).toEqual([0x70, 0x60]);
    expect(markedDraft(disposition, 'amqp10').all('serial')).toHaveLength(2);
  });
});

describe.each(['amqp091', 'amqp10'] as const)('departures of one frame of %s', protocol => {
  test.each(['long-text', 'other-identifier', 'trailing-octets', 'shortened-value'] as const)('%s keeps the size of the frame right', name => {
    const all = made(single[protocol], protocol, name);
    const sized = all.filter(octets => {
      const kind = decoders[protocol](octets);
      return kind.kind !== 'need-more' && (protocol === 'amqp10' ? new DataView(octets.buffer).getUint32(0) === octets.length : octets.at(-1) === 0xce);
    });
    expect(sized.length).toBe(all.length);
    expect(new Set(all.map(octets => Buffer.from(octets).toString('hex'))).size).toBeGreaterThan(3);
  });

  test('only those of a family are drawn where one is asked for', () => {
    const names = Array.from({ length: 60 }, (_, index) => {
      const draft = markedDraft(single[protocol], protocol);
      return depart(draft, new Random(4, index), emitters[protocol], ['limits', 'serials']);
    });
    expect(new Set(names)).toEqual(protocol === 'amqp10' ? new Set(['odd-limit']) : new Set([undefined]));
  });
});

test('a limit of tune and of open becomes another number of the same type', () => {
  const tunes = made(tune, 'amqp091', 'odd-limit').map(octets => decodeFrame(octets));
  expect(tunes.filter(each => each.kind !== 'value')).toEqual([]);
  const opens = made(open, 'amqp10', 'odd-limit').map(octets => decodeFrame10(octets));
  expect(opens.filter(each => each.kind !== 'value')).toEqual([]);
  expect(new Set(opens.map(each => JSON.stringify(each))).size).toBeGreaterThan(10);
});

test('serial numbers change places', () => {
  const [octets = open] = made(disposition, 'amqp10', 'serials-reversed');
  expect(decodeFrame10(octets)).toMatchObject({ value: { performative: { first: 5, last: 3 } } });
});
