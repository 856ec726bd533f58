import { expect, test } from 'vitest';
import type { Message, Value } from './protocol.ts';
import { bodyUnlike, messageUnlike, same, valuesUnlike } from './values.ts';

test.each<[Value, Value]>([
  [
    ['int', '-5'],
    ['int', '-5'],
  ],
  [
    ['ulong', '18446744073709551615'],
    ['octets', 'ffffffffffffffff'],
  ],
  [
    ['long', '-1'],
    ['octets', 'ffffffffffffffff'],
  ],
  [
    ['ubyte', '255'],
    ['integer', '255'],
  ],
  [
    ['float', 1.5],
    ['number', '1.5'],
  ],
  [
    ['char', 955],
    ['number', '955'],
  ],
  [
    ['char', 955],
    ['text', 'λ'],
  ],
  [
    ['symbol', 'a'],
    ['text', 'a'],
  ],
  [
    ['uuid', '123e4567-e89b-12d3-a456-426614174000'],
    ['octets', '123e4567e89b12d3a456426614174000'],
  ],
  [
    ['string', 'λ'],
    ['octets', 'cebb'],
  ],
  [
    ['decimal', 2, '12345'],
    ['decimal', 2, '12345'],
  ],
  [
    ['list', [['int', '1'], ['null']]],
    ['list', [['number', '1'], ['null']]],
  ],
  [
    ['array', 'int', [['int', '1']]],
    ['list', [['number', '1']]],
  ],
  [
    [
      'map',
      [
        [
          ['string', 'a'],
          ['int', '1'],
        ],
      ],
    ],
    [
      'map',
      [
        [
          ['text', 'a'],
          ['integer', '1'],
        ],
      ],
    ],
  ],
])('%j is the same as %j', (sent, got) => {
  expect(same(sent, got)).toBe(true);
});

test.each<[Value, Value | undefined]>([
  [['int', '-5'], undefined],
  [
    ['int', '-5'],
    ['long', '-5'],
  ],
  [
    ['int', '-5'],
    ['int', '5'],
  ],
  [
    ['float', 1.5],
    ['integer', '1'],
  ],
  [
    ['float', 1.5],
    ['number', '1'],
  ],
  [
    ['symbol', 'a'],
    ['string', 'a'],
  ],
  [
    ['timestamp', '5'],
    ['number', '5'],
  ],
  [
    ['uuid', '123e4567-e89b-12d3-a456-426614174000'],
    ['octets', '00'],
  ],
  [
    ['decimal', 2, '12345'],
    ['decimal', 3, '12345'],
  ],
  [
    ['list', [['int', '1'], ['null']]],
    ['list', [['int', '1']]],
  ],
  [
    ['list', [['int', '1']]],
    ['array', '', [['int', '1']]],
  ],
  [
    [
      'map',
      [
        [
          ['string', 'a'],
          ['int', '1'],
        ],
      ],
    ],
    [
      'map',
      [
        [
          ['string', 'b'],
          ['int', '1'],
        ],
      ],
    ],
  ],
  [
    ['map', []],
    [
      'map',
      [
        [
          ['string', 'b'],
          ['int', '1'],
        ],
      ],
    ],
  ],
  [
    ['boolean', true],
    ['boolean', false],
  ],
])('%j is not the same as %j', (sent, got) => {
  expect(same(sent, got)).toBe(false);
});

const sent: Message = {
  header: { durable: true, priority: 7 },
  properties: { messageId: ['string', 'm'] },
  application: { a: ['int', '1'] },
  annotations: { 'x-opt-a': ['string', 'b'] },
  body: { data: ['01', '02'] },
};

test('a message is held against what was sent, part by part; what came besides is no matter', () => {
  expect(messageUnlike(sent, { ...sent, body: { data: ['0102'] }, properties: { ...sent.properties, to: ['string', 't'] } })).toBeUndefined();
  expect(messageUnlike(sent, { ...sent, header: { durable: false, priority: 7 } })).toBe('durable was sent as true and came as false');
  expect(messageUnlike(sent, { ...sent, header: {} })).toBe('durable was sent as true and came as nothing');
  expect(messageUnlike(sent, { ...sent, properties: {} })).toBe('messageId was sent as ["string","m"] and came as nothing');
  expect(messageUnlike(sent, { ...sent, application: {} })).toContain('a was sent as');
  expect(messageUnlike(sent, { ...sent, annotations: {} })).toContain('x-opt-a was sent as');
  expect(messageUnlike(sent, { ...sent, body: { data: ['03'] } })).toContain('the body was sent as');
});

test('bodies are of the same kind, and sequences of the same elements', () => {
  expect(bodyUnlike({ value: ['null'] }, { data: [] })).toBeDefined();
  expect(bodyUnlike({ data: [''] }, { data: [] })).toBeUndefined();
  expect(
    bodyUnlike(
      { sequence: [[['int', '1']], [['int', '2']]] },
      {
        sequence: [
          [
            ['int', '1'],
            ['int', '2'],
          ],
        ],
      },
    ),
  ).toBeUndefined();
  expect(bodyUnlike({ sequence: [[['int', '1']]] }, { sequence: [] })).toBeDefined();
  expect(valuesUnlike({})).toBeUndefined();
});
