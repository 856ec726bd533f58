import { describe, expect, test } from 'vitest';
import { close, frame, method } from '../fixtures/run-records/wire-log.ts';
import type { TranscriptEntry } from '../harness/check/verdict.ts';
import { decodedLines, framesOf, hexRows, piecesOf, wireLogText } from './wire-log.ts';

const entry = (hex: string, decoded: readonly string[], more: Partial<TranscriptEntry> = {}): TranscriptEntry => ({
  connection: 1,
  direction: 'sent',
  atMs: 1,
  hex,
  decoded,
  ...more,
});

describe('framesOf', () => {
  const header = '414d515000000901';
  const openOk = method(0, 10, 41, '00');

  test.each([
    ['nothing', '', 'amqp091', []],
    ['header and frames', header + openOk + frame(8, 0, ''), 'amqp091', [header, openOk, frame(8, 0, '')]],
    ['a frame cut short', openOk + openOk.slice(0, 20), 'amqp091', [openOk, openOk.slice(0, 20)]],
    ['fewer octets than a frame header', '0100', 'amqp091', ['0100']],
    ['the largest size there is', '010000ffffffff00', 'amqp091', ['010000ffffffff00']],
    ['frames of 1.0', '0000000802000000' + '000000090200000053', 'amqp10', ['0000000802000000', '000000090200000053']],
    ['a size of 1.0 below its header', '0000000102000000', 'amqp10', ['0000000102000000']],
  ])('%s', (_, hex, protocol, parts) => {
    expect(framesOf(hex, protocol)).toEqual(parts);
  });
});

describe('piecesOf', () => {
  const first = method(0, 10, 41, '00');
  const second = close(0, 501, 'FRAME_ERROR');

  test('pairs frames with their lines, and counts offsets per connection and direction', () => {
    const pieces = piecesOf([entry(first + second, ['one', 'two']), entry(first, ['back'], { direction: 'received' }), entry(first, ['three'])], 'amqp091');
    expect(pieces.map(({ offset, octets, decoded, whole }) => ({ offset, octets, decoded, whole }))).toEqual([
      { offset: 0, octets: 13, decoded: ['one'], whole: true },
      { offset: 13, octets: second.length / 2, decoded: ['two'], whole: true },
      { offset: 0, octets: 13, decoded: ['back'], whole: true },
      { offset: 13 + second.length / 2, octets: 13, decoded: ['three'], whole: true },
    ]);
  });

  test('keeps octets together where the lines do not match the frames', () => {
    const [piece, ...rest] = piecesOf([entry(first + second, ['only one'])], 'amqp091');
    expect(rest).toEqual([]);
    expect(piece).toMatchObject({ hex: first + second, decoded: ['only one'], whole: false });
  });

  test('believes the offset that a line tells, which counts what a long log left out', () => {
    const [piece] = piecesOf([entry(first, ['4096: channel 0 connection.open-ok'])], 'amqp091');
    expect(piece).toMatchObject({ offset: 4096, decoded: ['channel 0 connection.open-ok'] });
  });

  test('shows the head of a long piece and says how much there was', () => {
    const [piece] = piecesOf([entry('00'.repeat(5000), ['body'])], 'amqp091');
    expect(piece).toMatchObject({ octets: 5000, hex: '00'.repeat(1024) });
    expect(wireLogText([entry('00'.repeat(5000), ['body'])], 'amqp091')).toContain('3976 more octets are in run.json');
  });
});

test('hexRows: 16 octets a row, printable characters beside them', () => {
  expect(hexRows('414d515000000901ff7e7f2068656c6c6f20', 0x20)).toEqual([
    { offset: '000020', hex: '41 4d 51 50 00 00 09 01  ff 7e 7f 20 68 65 6c 6c', ascii: 'AMQP.....~. hell' },
    { offset: '000030', hex: '6f 20', ascii: 'o ' },
  ]);
});

test('decodedLines: keeps the end of a long log, where the verdict fell', () => {
  const log = Array.from({ length: 5 }, (_, index) => entry('', [`line ${index}`], { direction: 'note' }));
  expect(decodedLines(log, 2)).toEqual(['(3 earlier lines are in run.json)', '     1.0 ms #1 -- line 3', '     1.0 ms #1 -- line 4']);
  expect(decodedLines(log, 5)).toHaveLength(5);
});
