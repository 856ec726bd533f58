import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { parseProtocolHeader, protocolHeader091 } from './protocol-header.ts';

/** rhea speaks AMQP 1.0 only: what both protocols share on the wire is the protocol header. */
const rhea: { read_header(buffer: Buffer): unknown; write_header(buffer: Buffer, header: object): number } = createRequire(import.meta.url)(
  'rhea/lib/frames.js',
);

describe('the protocol header', () => {
  test.each([
    ['1.0', { protocol_id: 0, major: 1, minor: 0, revision: 0 }],
    ['1.0 with SASL', { protocol_id: 3, major: 1, minor: 0, revision: 0 }],
  ] as const)('of %s as rhea writes it', (_, header) => {
    const bytes = Buffer.alloc(8);
    rhea.write_header(bytes, header);
    const { protocol_id: id, ...version } = header;
    expect(parseProtocolHeader(bytes)).toMatchObject({ kind: 'value', value: { id, ...version }, end: 8 });
    expect(rhea.read_header(bytes)).toEqual(header);
  });

  test('of 0-9-1 is known to rhea as such', () => {
    expect(() => rhea.read_header(Buffer.from(protocolHeader091))).toThrow('Unsupported AMQP version: 0-9-1');
  });

  test('is needed whole, and wrong from the first wrong octet', () => {
    expect(parseProtocolHeader(Buffer.from('AMQP'))).toEqual({ kind: 'need-more', atLeast: 4 });
    expect(parseProtocolHeader(new Uint8Array(0))).toEqual({ kind: 'need-more', atLeast: 8 });
    expect(parseProtocolHeader(Buffer.from('AMx'))).toMatchObject({ kind: 'violation', offset: 2 });
  });

  test('is followed by frames', () => {
    expect(parseProtocolHeader(Buffer.concat([protocolHeader091, Buffer.from([1])]))).toMatchObject({
      value: { bytes: Buffer.from(protocolHeader091) },
      end: 8,
    });
  });
});
