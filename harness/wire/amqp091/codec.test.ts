import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frames, method as methods } from '../../fuzz/arbitraries.ts';
import type { TagDialect } from '../../spec/amqp091/domains.ts';
import {
  contentHeader,
  type Decoded,
  decodeContentHeader,
  decodeFrame,
  decodeMethod,
  decodeTable,
  encodeContent,
  encodeFrame,
  encodeMethodFrame,
  encodeRawFrame,
  type Frame,
  isViolation,
  method,
  methodIds,
  methodName,
  methodNames,
  parseProtocolHeader,
  protocolHeader091,
} from './codec.ts';

/** A frame as plain data: the lazily read parts of a header are read. */
function read(frame: Frame): unknown {
  if (frame.type !== 'header') return frame;
  const { classId, weight, bodySize, propertyFlags, properties, raw } = frame.header;
  return { ...frame, header: { classId, weight, bodySize, propertyFlags, properties, raw: Buffer.from(raw).toString('hex') } };
}

const outcome = (decoded: Decoded<Frame>): unknown => (decoded.kind === 'value' ? { ...decoded, value: read(decoded.value) } : decoded);

describe.each<TagDialect>(['errata', 'text'])('in dialect %s', tags => {
  test('encoder and decoder are inverse', () => {
    fc.assert(
      fc.property(frames({ tags, anyNames: true }), frame => {
        const bytes = encodeFrame(frame, { tags });
        expect(outcome(decodeFrame(bytes, { tags }))).toEqual({ kind: 'value', value: read(frame), end: bytes.length });
      }),
      { numRuns: 500 },
    );
  });

  test('octets that decode encode to themselves', () => {
    fc.assert(
      fc.property(frames({ tags, anyNames: true }), frame => {
        const bytes = encodeFrame(frame, { tags });
        const decoded = decodeFrame(bytes, { tags });
        expect(decoded.kind === 'value' && Buffer.from(encodeFrame(decoded.value, { tags })).equals(bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('decoders are total', () => {
  /** Reads all that is lazy, so that nothing fails late. */
  function exhaust(bytes: Uint8Array): string {
    const decoded = decodeFrame(bytes);
    if (decoded.kind === 'value' && decoded.value.type === 'header') Object.values(decoded.value.header.properties);
    return decoded.kind;
  }

  test('on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        expect(['value', 'need-more', 'violation']).toContain(exhaust(bytes));
        expect(['value', 'need-more', 'violation']).toContain(parseProtocolHeader(bytes).kind);
        expect(['value', 'need-more', 'violation']).toContain(decodeTable(bytes).kind);
        expect(typeof decodeMethod(bytes)).toBe('object');
        expect(typeof decodeContentHeader(bytes)).toBe('object');
      }),
      { numRuns: 500 },
    );
  });

  test('on frames with octets changed, and a violation points into them', () => {
    const change = fc.record({ at: fc.nat(), octet: fc.nat(255) });
    fc.assert(
      fc.property(frames(), fc.array(change, { minLength: 1, maxLength: 3 }), (frame, changes) => {
        const bytes = encodeFrame(frame);
        for (const { at, octet } of changes) bytes[at % bytes.length] = octet;
        const decoded = decodeFrame(bytes, { frameMax: 4096 });
        const offset = decoded.kind === 'violation' ? decoded.offset : 0;
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(bytes.length);
        expect(['value', 'need-more', 'violation']).toContain(exhaust(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  test('on the beginnings of frames, which need more and say how much at least', () => {
    fc.assert(
      fc.property(frames(), frame => {
        const bytes = encodeFrame(frame);
        for (let size = 0; size < bytes.length; size += 1) {
          const decoded = decodeFrame(bytes.subarray(0, size));
          const atLeast = decoded.kind === 'need-more' ? decoded.atLeast : 0;
          expect(atLeast).toBeGreaterThan(0);
          expect(size + atLeast).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('frames', () => {
  test('start anywhere in the octets', () => {
    const bytes = Buffer.concat([protocolHeader091, encodeMethodFrame(1, method('channel.open'))]);
    expect(decodeFrame(bytes, { offset: 8 })).toMatchObject({ kind: 'value', end: bytes.length });
    expect(decodeFrame(Buffer.concat([protocolHeader091, encodeRawFrame(3, 1, Buffer.from('x'), 0)]), { offset: 8 })).toMatchObject({
      rule: 'amqp091/4.2.3.frame-end',
      offset: 16,
    });
  });

  test('above frame-max are refused before their octets are there', () => {
    const head = encodeRawFrame(3, 1, new Uint8Array(4089)).subarray(0, 7);
    expect(decodeFrame(head, { frameMax: 4096 })).toMatchObject({ kind: 'violation', rule: 'amqp091/4.2.3.frame-max', offset: 3 });
    expect(decodeFrame(head, { frameMax: 4097 })).toMatchObject({ kind: 'need-more', atLeast: 4090 });
  });

  test('without a frame-max are still bounded by what one buffer holds', () => {
    expect(decodeFrame(Uint8Array.of(3, 0, 1, 0xff, 0xff, 0xff, 0xff))).toMatchObject({ kind: 'violation', rule: 'amqp091/4.2.3.frame-max' });
  });

  test('bodies are views on the octets they came in', () => {
    const bytes = encodeRawFrame(3, 1, Buffer.from('body'));
    const decoded = decodeFrame(bytes);
    expect(decoded.kind === 'value' && decoded.value.type === 'body' && decoded.value.payload.buffer === bytes.buffer).toBe(true);
  });
});

describe('methods', () => {
  test('names and numbers belong together', () => {
    expect(methodNames.map(name => methodName(methodIds(name).classId, methodIds(name).methodId))).toEqual(methodNames);
    expect(methodName(60, 61)).toBeUndefined();
    expect(methodName(10, 0x10000 + 10)).toBeUndefined();
  });

  test('arguments left out are zero, empty or false', () => {
    expect(method('queue.declare', { queue: 'q' }).args).toEqual({
      reserved1: 0,
      queue: 'q',
      passive: false,
      durable: false,
      exclusive: false,
      autoDelete: false,
      noWait: false,
      arguments: [],
    });
  });

  test('arguments out of their range are our own mistake', () => {
    expect(() => encodeMethodFrame(1, method('basic.qos', { prefetchCount: 65_536 }))).toThrow(RangeError);
    expect(() => encodeMethodFrame(1, method('basic.ack', { deliveryTag: -1n }))).toThrow(RangeError);
    expect(() => encodeMethodFrame(1, method('basic.cancel', { consumerTag: 'x'.repeat(256) }))).toThrow('255 is the most');
    expect(() => encodeMethodFrame(65_536, method('channel.open'))).toThrow(RangeError);
  });

  test('decoding one does not touch the next: arguments are objects of their own', () => {
    fc.assert(
      fc.property(methods(['basic.qos']), methods(['basic.qos']), (first, second) => {
        const payloads = [first, second].map(each => encodeMethodFrame(1, each).subarray(7, -1));
        const decoded = payloads.map(payload => decodeMethod(payload));
        expect(decoded).toEqual([first, second]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('content', () => {
  const header = contentHeader({ bodySize: 10 });
  const sizes = (frameMax: number, ...parts: readonly number[]) =>
    encodeContent(
      1,
      method('basic.publish'),
      header,
      parts.map(size => new Uint8Array(size)),
      frameMax,
    )
      .slice(2)
      .map(frame => frame.length);

  test('bodies are cut to the frame size and empty parts make no frame', () => {
    expect(sizes(12, 10)).toEqual([12, 12, 10]);
    expect(sizes(18, 10)).toEqual([18]);
    expect(sizes(0, 100_000, 0, 1)).toEqual([100_008, 9]);
    expect(sizes(4096)).toEqual([]);
  });

  test('a frame-max without room is our own mistake', () => {
    expect(() => sizes(8, 1)).toThrow(RangeError);
  });

  test('properties are read once, when asked for', () => {
    const decoded = decodeContentHeader(contentHeader({ bodySize: 0, properties: { headers: [['n', { type: 'void', value: null }]], priority: 3 } }).raw);
    const [first, second] = [1, 2].map(() => (isViolation(decoded) ? undefined : decoded.properties));
    expect(first).toEqual({ headers: [['n', { type: 'void', value: null }]], priority: 3 });
    expect(second).toBe(first);
  });
});
