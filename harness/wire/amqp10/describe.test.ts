import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amqpFrames } from '../../fuzz/arbitraries-amqp10.ts';
import { composite, emptyFrame, encodeFrame, encodeMessage, performativeFrame, protocolHeaders, saslBodyFrame } from './codec.ts';
import { compositeAs, frameOf, joined, truncated } from './craft.ts';
import { annotate, describeFrame, describeValue } from './describe.ts';

const bytes = Uint8Array.of(0, 255);

test('a stream is told frame by frame', () => {
  const payload = encodeMessage({
    header: { durable: true },
    properties: { to: 'q', messageId: { type: 'ulong', value: 7n } },
    applicationProperties: [['n', { type: 'uint', value: 3 }]],
    body: { type: 'data', value: [Buffer.from('hello')] },
  });
  const attach = composite('attach', {
    name: 'l',
    handle: 0,
    role: 'sender',
    source: composite('source', {
      address: 'q',
      outcomes: ['amqp:accepted:list'],
      filter: [['f', { type: 'described', descriptor: { type: 'symbol', value: 'x:y' }, value: { type: 'string', value: 'z' } }]],
    }),
    target: composite('target', { durable: 'none' }),
  });
  const stream = joined(
    protocolHeaders.sasl,
    saslBodyFrame(composite('sasl-init', { mechanism: 'PLAIN', initialResponse: bytes })),
    protocolHeaders.amqp,
    emptyFrame,
    performativeFrame(1, attach),
    encodeFrame({ type: 'amqp', channel: 1, performative: composite('transfer', { handle: 0, deliveryTag: bytes }), payload }),
    performativeFrame(1, composite('detach', { handle: 0, closed: true, error: { type: 'error', condition: 'amqp:not-found' } })),
    frameOf(compositeAs('open', {})),
    truncated(emptyFrame, 5),
  );
  expect(annotate(stream, { offset: 100 })).toEqual([
    '100: protocol header AMQP 3 1 0 0 (SASL)',
    '108: SASL sasl-init (mechanism "PLAIN", initial-response 0x00ff)',
    '133: protocol header AMQP 0 1 0 0',
    '141: channel 0 empty frame',
    '149: channel 1 attach (name "l", handle 0, role "sender", source source (address "q", filter {"f": (x:y) "z"}, outcomes ["amqp:accepted:list"]), target target (durable "none"))',
    '229: channel 1 transfer (handle 0, delivery-tag 0x00ff) and 40 octets: header (durable true), properties (message-id ulong 7, to "q"), application-properties {"n": 3}, data "hello"',
    '289: channel 1 detach (handle 0, closed true, error error (condition "amqp:not-found"))',
    '327: breaks amqp10/1.3.4.mandatory at octet 341: open without container-id: 14 octets 0x0000000e02000000005310c00100',
    '341: beginning of a frame: 5 octets 0x0000000802',
  ]);
});

test('values of every type can be told apart', () => {
  const told = [
    describeValue({ type: 'symbol', value: 'a b' }),
    describeValue({ type: 'string', value: 'a\u001b' }),
    describeValue({ type: 'char', value: 0x41 }),
    describeValue({ type: 'uuid', value: Uint8Array.from({ length: 16 }, (_, index) => index) }),
    describeValue({ type: 'array', value: { of: 'ushort', descriptors: [{ type: 'symbol', value: 'd' }], items: [{ type: 'ushort', value: 1 }] } }),
    describeValue({
      type: 'map',
      value: [
        [
          { type: 'null', value: null },
          { type: 'boolean', value: true },
        ],
      ],
    }),
  ];
  expect(told).toEqual(['symbol "a b"', '"a\\u001b"', 'char U+0041', '00010203-0405-0607-0809-0a0b0c0d0e0f', 'array of (d) ushort [ushort 1]', '{null: true}']);
});

test('any octets and any frames are told in lines that disturb nothing', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), octets => annotate(octets).every(line => /^\P{Control}+$/u.test(line))));
  fc.assert(
    fc.property(amqpFrames(), frame => /^\P{Control}+$/u.test(describeFrame(frame))),
    { numRuns: 300 },
  );
});
