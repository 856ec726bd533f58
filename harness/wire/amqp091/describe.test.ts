import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conversation, frames } from '../../fuzz/arbitraries.ts';
import { protocolHeader091 } from '../protocol-header.ts';
import { contentHeader } from './content.ts';
import { unknownMethod } from './craft.ts';
import { annotate, describeFrame } from './describe.ts';
import { fieldTable } from './field-table.ts';
import { encodeFrame } from './frame.ts';
import { encodeMethodFrame, method } from './method.ts';

describe('a frame in a line', () => {
  test('methods show what is not zero, empty or false', () => {
    const args = { queue: 'q', durable: true, arguments: fieldTable({ 'x-max-length': 5, t: { a: ['b', null] } }) };
    expect(describeFrame({ type: 'method', channel: 1, method: method('queue.declare', args) })).toBe(
      'channel 1 queue.declare (queue "q", durable true, arguments {"x-max-length": long-int 5, "t": {"a": ["b", void]}})',
    );
    expect(describeFrame({ type: 'method', channel: 0, method: method('connection.close-ok') })).toBe('channel 0 connection.close-ok');
  });

  test('headers show their properties', () => {
    const header = contentHeader({ bodySize: 5, weight: 1, properties: { contentType: 'text/plain', deliveryMode: 2 } });
    expect(describeFrame({ type: 'header', channel: 2, header })).toBe(
      'channel 2 header body of 5 octets, weight 1, content-type "text/plain", delivery-mode 2',
    );
  });

  test('bodies are elided, and shown as text only where they are', () => {
    expect(describeFrame({ type: 'body', channel: 1, payload: Buffer.from('hello') })).toBe('channel 1 body of 5 octets "hello"');
    expect(describeFrame({ type: 'body', channel: 1, payload: Uint8Array.of(0, 255) })).toBe('channel 1 body of 2 octets 0x00ff');
    expect(describeFrame({ type: 'body', channel: 1, payload: Buffer.alloc(100, 'x') })).toBe(`channel 1 body of 100 octets "${'x'.repeat(32)}"… (100 octets)`);
  });

  test('is one line without control characters, whatever the frame holds', () => {
    fc.assert(
      fc.property(frames({ anyNames: true }), frame => {
        expect(describeFrame(frame)).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a stream in lines', () => {
  test('one for each header, frame and leftover, numbered by its first octet', () => {
    const bytes = Buffer.concat([
      protocolHeader091,
      encodeMethodFrame(1, method('channel.open')),
      encodeFrame({ type: 'heartbeat', channel: 0 }).subarray(0, 5),
    ]);
    expect(annotate(bytes, { offset: 100 })).toEqual([
      '100: protocol header AMQP 0 0 9 1',
      '108: channel 1 channel.open',
      '121: beginning of a frame: 5 octets 0x0800000000',
    ]);
  });

  test('a malformed payload is one line, and the next frame another', () => {
    const bytes = Buffer.concat([unknownMethod(1, 60, 999), encodeFrame({ type: 'heartbeat', channel: 0 })]);
    const [first, second] = annotate(bytes);
    expect(first).toMatch(/^0: breaks amqp091\/4\.2\.4\.method-unknown at octet 9: class 60 has no method 999/);
    expect(second).toBe('12: channel 0 heartbeat');
  });

  test('what cannot be cut into frames is one line to the end', () => {
    const lines = annotate(Buffer.concat([encodeFrame({ type: 'heartbeat', channel: 0 }), Buffer.from('HTTP/1.1 400 Bad Request\r\n')]));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^8: breaks amqp091\/4\.2\.3\.frame-type at octet 8/);
  });

  test('half a protocol header is told from half a frame', () => {
    expect(annotate(Buffer.from('AMQ'))).toEqual(['0: beginning of a protocol header: 3 octets "AMQ"']);
  });

  test('a conversation has a line for each frame', () => {
    fc.assert(
      fc.property(conversation(), list => {
        expect(annotate(Buffer.concat(list.map(frame => encodeFrame(frame))))).toHaveLength(list.length);
      }),
      { numRuns: 50 },
    );
  });

  test('any octets have lines', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        expect(annotate(bytes).length).toBeGreaterThanOrEqual(Math.min(1, bytes.length));
      }),
      { numRuns: 300 },
    );
  });
});
