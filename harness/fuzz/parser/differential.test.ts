import { describe, expect, test } from 'vitest';
import { composite } from '../../wire/amqp10/composite.ts';
import { encodeFrame as encodeFrame10 } from '../../wire/amqp10/frame.ts';
import { fieldTable } from '../../wire/amqp091/field-table.ts';
import { encodeFrame } from '../../wire/amqp091/frame.ts';
import { method } from '../../wire/amqp091/method.ts';
import { emitInput } from '../emit/emitter.ts';
import { compare } from './differential.ts';
import { readAmqp10 } from './reading-amqp10.ts';
import { readAmqp091 } from './reading-amqp091.ts';

const declare = encodeFrame({ type: 'method', channel: 1, method: method('queue.declare', { queue: 'q', durable: true, arguments: fieldTable({ x: 5 }) }) });
const body = encodeFrame({ type: 'body', channel: 1, payload: Uint8Array.of(1, 2) });
const stream = Buffer.concat([declare, body]);
const wrongEnd = Buffer.concat([declare, body.subarray(0, -1), Uint8Array.of(0)]);
const zero = encodeFrame({ type: 'method', channel: 1, method: method('queue.declare', { queue: 'q' }) }).map(octet => (octet === 0x71 ? 0 : octet));
const end = declare.length;
const open = encodeFrame10({ type: 'amqp', channel: 0, performative: composite('open', { containerId: 'me' }), payload: new Uint8Array(0) });

const frames = [
  { type: 'method', channel: 1, method: 'queue.declare', arguments: { queue: 'q', Durable: true, no_wait: false, arguments: { entries: [['x', 5]] } } },
  { type: 'body', payload: '0102' },
];

describe('of 0-9-1', () => {
  test.each([
    ['both take all', stream, { accept: true, value: frames }],
    ['both stop at the same frame', wrongEnd, { accept: false, consumed: end }],
    ['the rest is not there yet', stream.subarray(0, -1), { accept: true, consumed: end }],
    ['what is not there yet is refused', stream.subarray(0, -1), { accept: false, consumed: end }],
    ['a frame that is not all there is wrong', Buffer.concat([declare, Uint8Array.of(9, 0)]), { accept: true, consumed: end }],
    ['a protocol header is taken', Buffer.from('AMQP\0\0\x09\x01'), { accept: true, consumed: 8 }],
    ['only frames are read', declare.map((octet, at) => (at === 8 ? 99 : octet)), { accept: true, reads: 'frames' as const }],
  ])('nothing is wrong where %s', (_, bytes, verdict) => {
    expect(compare(bytes, verdict, 'amqp091')).toBe(undefined);
  });

  test.each([
    ['a wrong frame end', wrongEnd, { accept: true }, 'accepted illegal', 'amqp091/4.2.3.frame-end'],
    [
      'a wrong frame end, and the next frame refused',
      Buffer.concat([wrongEnd, wrongEnd]),
      { accept: false, consumed: wrongEnd.length },
      'accepted illegal',
      'amqp091/4.2.3.frame-end',
    ],
    ['what is legal', stream, { accept: false, consumed: end, error: 'no' }, 'rejected legal', undefined],
    ['what is legal, somewhere', stream, { accept: false, error: 'no' }, 'rejected legal', undefined],
    ['a frame too few', stream, { accept: true, consumed: end }, 'wrong value', undefined],
    [
      'another name',
      stream,
      { accept: true, value: [{ arguments: { queue: 'p' } }].concat(frames.slice(1) as never[]) },
      'wrong value',
      'amqp091/4.2.5.3.short-string-length',
    ],
    ['another table', declare, { accept: true, value: [{ arguments: { arguments: { map: [['x', 6]] } } }] }, 'wrong value', 'amqp091/4.2.5.5.field-types'],
    ['another body', body, { accept: true, value: [{ payload: '0103' }] }, 'wrong value', 'amqp091/4.2.6.2.opaque'],
  ])('is wrong: %s', (_, bytes, verdict, kind, rule) => {
    expect(compare(bytes, verdict, 'amqp091')).toMatchObject({ kind, ...(rule !== undefined && { rule }) });
  });

  test('what nobody has to refuse is a note', () => {
    expect(compare(zero, { accept: true }, 'amqp091')).toEqual({ note: 'accepted illegal', about: 'amqp091/4.2.5.3.short-string-zero' });
    const text = Buffer.from(encodeFrame({ type: 'method', channel: 0, method: method('queue.declare', { queue: 'q' }) }));
    expect(compare(text, { accept: false, error: 'queue 5 on channel 0' }, 'amqp091')).toEqual({ note: 'rejected legal', about: 'queue # on channel #' });
  });
});

describe('of 1.0', () => {
  test('values are compared with their types', () => {
    const said = (container: unknown) => ({ accept: true, value: [{ type: 'amqp', channel: 0, performative: { described: [{ ulong: '16' }, [container]] } }] });
    expect(compare(open, said('me'), 'amqp10')).toBe(undefined);
    expect(compare(open, said({ symbol: 'me' }), 'amqp10')).toMatchObject({ kind: 'wrong value', rule: 'amqp10/1.6.20.string' });
  });

  test('what every receiver has to refuse is found', () => {
    const doff = open.map((octet, at) => (at === 4 ? 1 : octet));
    expect(compare(doff, { accept: true }, 'amqp10')).toMatchObject({ kind: 'accepted illegal', rule: 'amqp10/2.3.1.doff' });
    expect(compare(open, { accept: false }, 'amqp10')).toMatchObject({ kind: 'rejected legal' });
    const noName = Uint8Array.of(0, 0, 0, 12, 2, 0, 0, 0, 0, 0x53, 0x10, 0x45);
    expect(compare(noName, { accept: true }, 'amqp10')).toMatchObject({ kind: 'accepted illegal', rule: 'amqp10/1.3.4.mandatory' });
    expect(compare(noName, { accept: true, reads: 'values' }, 'amqp10')).toBe(undefined);
  });
});

describe('what is emitted without a departure', () => {
  test.each([
    ['amqp091', readAmqp091],
    ['amqp10', readAmqp10],
  ] as const)('is, most of the time, what every receiver has to take: %s', (protocol, read) => {
    const legal = Array.from({ length: 2_000 }, (_, index) => emitInput(7, index, protocol)).filter(({ departures }) => departures.length === 0);
    const plain = legal.filter(({ bytes }) => {
      const reading = read(bytes);
      return reading.end === bytes.length && reading.plain();
    });
    expect(plain.length).toBeGreaterThan(legal.length / 10);
  });
});
