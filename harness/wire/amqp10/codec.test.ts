import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amqpFrames, amqpValue, composite, messageDraft } from '../../fuzz/arbitraries-amqp10.ts';
import {
  type AmqpValue,
  decodeComposite,
  decodeFrame,
  decodeMessage,
  decodeValue,
  encodeComposite,
  encodeFrame,
  encodeMessage,
  encodeValue,
  isViolation,
  type Message,
  withEnvelope,
} from './codec.ts';

const whole = (bytes: Uint8Array): AmqpValue => {
  const decoded = decodeValue(bytes);
  if (decoded.kind !== 'value' || decoded.end !== bytes.length) throw new Error(JSON.stringify(decoded));
  return decoded.value;
};

function read(bytes: Uint8Array): Message {
  const message = decodeMessage(bytes);
  if (isViolation(message)) throw new Error(`${message.rule}: ${message.detail}`);
  return message;
}

const everything = ({ header, deliveryAnnotations, messageAnnotations, properties, applicationProperties, body, footer }: Message) => ({
  header,
  deliveryAnnotations,
  messageAnnotations,
  properties,
  applicationProperties,
  body,
  footer,
});

describe('what is encoded is decoded again', () => {
  test('of values', () => {
    fc.assert(
      fc.property(amqpValue(4), value => {
        expect(whole(encodeValue(value))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  test('of composites', () => {
    fc.assert(
      fc.property(composite(), value => {
        const bytes = encodeComposite(value);
        expect(decodeComposite(bytes)).toEqual({ kind: 'value', value, end: bytes.length });
      }),
      { numRuns: 1000 },
    );
  });

  test('of frames', () => {
    fc.assert(
      fc.property(amqpFrames(), frame => {
        const bytes = encodeFrame(frame);
        expect(decodeFrame(bytes)).toEqual({ kind: 'value', value: frame, end: bytes.length });
      }),
      { numRuns: 500 },
    );
  });

  test('of messages, and the bare message goes through octet by octet', () => {
    fc.assert(
      fc.property(messageDraft(), messageDraft(), (draft, { header, messageAnnotations }) => {
        const message = read(encodeMessage(draft));
        const { header: given, properties, ...others } = draft;
        expect(everything(message)).toEqual({
          ...others,
          header: given && { type: 'header', ...given },
          properties: properties && { type: 'properties', ...properties },
        });
        const passed = read(Buffer.concat(withEnvelope(message, { header, messageAnnotations })));
        expect(Buffer.from(passed.bare)).toEqual(Buffer.from(message.bare));
        expect(passed.footer).toEqual(draft.footer);
        expect([passed.header, passed.deliveryAnnotations, passed.messageAnnotations]).toEqual([
          header && { type: 'header', ...header },
          undefined,
          messageAnnotations,
        ]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('any octets', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .tuple(amqpValue(3).map(encodeValue), fc.nat(), fc.nat(255))
      .map(([bytes, at, octet]) => bytes.map((each, index) => (index === at % bytes.length ? octet : each))),
    fc
      .tuple(composite().map(encodeComposite), fc.nat(), fc.nat(255))
      .map(([bytes, at, octet]) => bytes.map((each, index) => (index === at % bytes.length ? octet : each))),
    fc
      .tuple(messageDraft().map(encodeMessage), fc.nat(), fc.nat(255))
      .map(([bytes, at, octet]) => bytes.map((each, index) => (index === at % bytes.length ? octet : each))),
  );

  test('decode to a value whose canonical form decodes alike, or say what is wrong within them', () => {
    const kinds = { value: 0, 'need-more': 0, violation: 0 };
    fc.assert(
      fc.property(anything, bytes => {
        const decoded = decodeValue(bytes);
        kinds[decoded.kind] += 1;
        if (decoded.kind === 'value') expect(whole(encodeValue(decoded.value))).toEqual(decoded.value);
        if (decoded.kind === 'violation') expect(decoded.offset).toBeLessThanOrEqual(bytes.length);
        if (decoded.kind === 'need-more') expect(decoded.atLeast).toBeGreaterThan(0);
        return ['value', 'need-more', 'violation'].includes(decoded.kind);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(...Object.values(kinds))).toBeGreaterThan(50);
  });

  test('as a message are wrong at once, or read to the end', () => {
    let good = 0;
    fc.assert(
      fc.property(anything, bytes => {
        const message = decodeMessage(bytes);
        if (isViolation(message)) return message.offset <= bytes.length;
        good += 1;
        const read = everything(message);
        return Object.keys(read).length === 7;
      }),
      { numRuns: 3000 },
    );
    expect(good).toBeGreaterThan(100);
  });

  test('as a frame break a rule, lack octets, or come back in their canonical form', () => {
    fc.assert(
      fc.property(anything, bytes => {
        const head = Uint8Array.of(0, 0, 0, 8 + bytes.length, 2, 0, 0, 1);
        const decoded = decodeFrame(Buffer.concat([head, bytes]));
        if (bytes.length > 200 || decoded.kind !== 'value') return decoded.kind !== 'need-more' || bytes.length > 200;
        expect(decodeFrame(encodeFrame(decoded.value))).toMatchObject({ kind: 'value', value: decoded.value });
        return true;
      }),
      { numRuns: 2000 },
    );
  });

  test('cut short need more, or are wrong already', () => {
    fc.assert(
      fc.property(amqpValue(3), fc.nat(), (value, at) => {
        const bytes = encodeValue(value);
        const part = decodeValue(bytes.subarray(0, at % bytes.length));
        expect(part.kind).toBe('need-more');
        return part.kind === 'need-more' && part.atLeast <= bytes.length - (at % bytes.length);
      }),
      { numRuns: 1000 },
    );
  });
});

test('what is read lazily finds nothing that was not found at once', () => {
  fc.assert(
    fc.property(messageDraft(), fc.nat(), fc.nat(255), (draft, at, octet) => {
      const bytes = encodeMessage(draft);
      bytes[at % bytes.length] = octet;
      const message = decodeMessage(bytes);
      if (isViolation(message)) return true;
      const again = encodeMessage(everything(message) as never);
      expect(everything(read(again))).toEqual(everything(message));
      return again.length <= bytes.length;
    }),
    { numRuns: 2000 },
  );
});
