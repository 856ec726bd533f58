import { describe, expect, test } from 'vitest';
import { contentHeader } from './content.ts';
import {
  contentHeaderOf,
  declaredSize,
  frameOfType,
  grammarHeartbeat,
  nestedTables,
  onChannel,
  pair,
  shortString,
  tableOf,
  trailing,
  truncated,
  truncatedPayload,
  unknownMethod,
  withArgument,
  wrongFrameEnd,
} from './craft.ts';
import { decodeFrame } from './frame.ts';
import { encodeMethodFrame, method } from './method.ts';
import { encodeRawFrame } from './raw-frame.ts';

const qos = encodeMethodFrame(1, method('basic.qos', { prefetchCount: 1 }));
const declare = (args: Uint8Array) => withArgument(1, method('queue.declare', { queue: 'q' }), 'arguments', args);

/** What a decoder says of the octets. */
const verdict = (bytes: Uint8Array): unknown => {
  const decoded = decodeFrame(bytes, { frameMax: 4096 });
  return decoded.kind === 'violation' ? decoded.rule.slice('amqp091/'.length) : decoded.kind;
};

describe('each way to be wrong is wrong in that way only', () => {
  test.each([
    ['wrongFrameEnd', wrongFrameEnd(qos), '4.2.3.frame-end'],
    ['frameOfType', frameOfType(4, 0), '4.2.3.frame-type'],
    ['declaredSize too large', declaredSize(qos, 5000), '4.2.3.frame-max'],
    ['declaredSize too small', declaredSize(qos, 5), '4.2.3.frame-end'],
    ['truncated', truncated(qos, -1), 'need-more'],
    ['truncatedPayload', truncatedPayload(qos, -1), '4.2.4.arguments-truncated'],
    ['truncatedPayload within the ids', truncatedPayload(qos, 3), '4.2.4.method-identifiers'],
    ['trailing', trailing(qos), '4.2.4.arguments-trailing'],
    ['unknownMethod', unknownMethod(1, 60, 99), '4.2.4.method-unknown'],
    ['unknownMethod of an unknown class', unknownMethod(1, 61_440, 10), '4.2.4.class-unknown'],
    ['withArgument', withArgument(1, method('basic.cancel'), 'consumerTag', shortString(Uint8Array.of(0x61, 0))), '4.2.5.3.short-string-zero'],
    ['shortString', withArgument(1, method('basic.cancel'), 'consumerTag', shortString(Uint8Array.of(0x61), 9)), '4.2.4.arguments-truncated'],
    ['tableOf', declare(tableOf(pair('n', 'V'), 99)), '4.2.5.5.table-truncated'],
    ['pair', declare(tableOf(pair('n', 'z'))), '4.2.5.5.field-type-unknown'],
    ['pair cut short', declare(tableOf(pair('n', 'I', Uint8Array.of(1)))), '4.2.5.5.value-truncated'],
    ['nestedTables', declare(nestedTables(65)), '4.2.5.5.nesting-limit'],
    ['contentHeaderOf, weight', contentHeaderOf(1, { weight: 1 }), '4.2.6.1.weight'],
    ['contentHeaderOf, class', contentHeaderOf(1, { classId: 50 }), '4.2.6.1.class-id'],
    ['contentHeaderOf, flags', contentHeaderOf(1, { flags: [2] }), '4.2.6.1.property-flags'],
    ['contentHeaderOf, list', contentHeaderOf(1, { flags: [0x8000] }), '4.2.6.1.property-list'],
    ['grammarHeartbeat', grammarHeartbeat, 'need-more'],
  ] as const)('%s', (_, bytes, expected) => {
    expect(verdict(bytes)).toBe(expected);
  });

  test('what is not made wrong stays right', () => {
    expect(decodeFrame(onChannel(qos, 700))).toMatchObject({ value: { channel: 700, method: { name: 'basic.qos' } } });
    expect(verdict(declare(nestedTables(64)))).toBe('value');
    expect(contentHeaderOf(3, { bodySize: 7n })).toEqual(encodeRawFrame(2, 3, contentHeader({ bodySize: 7 }).raw));
    expect(pair('n', 'V')).toEqual(Uint8Array.of(1, 0x6e, 0x56));
    expect(tableOf(pair('n', 't', Uint8Array.of(1)))).toEqual(Uint8Array.of(0, 0, 0, 4, 1, 0x6e, 0x74, 1));
  });

  test('frames given are not changed', () => {
    const before = Uint8Array.from(qos);
    wrongFrameEnd(qos);
    declaredSize(qos, 1);
    onChannel(qos, 9);
    expect(qos).toEqual(before);
  });

  test('an argument that is not there, or is a bit, cannot be replaced', () => {
    expect(() => withArgument(1, method('basic.qos'), 'global', Uint8Array.of(1))).toThrow('no octets of its own for global');
  });
});
