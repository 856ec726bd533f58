import { describe, expect, test } from 'vitest';
import { composite, decodeFrame, emptyFrame, encodeFrame, type Frame, performativeFrame, protocolHeaders, transferFrames } from './codec.ts';
import { wireRules } from './wire-rules.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const nothing = new Uint8Array(0);

describe('a frame', () => {
  test('of open is written in its shortest form', () => {
    expect(hex(performativeFrame(0, composite('open', { containerId: 'me' })))).toBe(hex(octets('00000012 02 00 0000 005310 c0 05 01 a1 02 6d65')));
  });

  test('without a body is read as one', () => {
    expect(decodeFrame(emptyFrame)).toEqual({ kind: 'value', value: { type: 'amqp', channel: 0, performative: undefined, payload: nothing }, end: 8 });
  });

  test('may have an extended header, which is passed over', () => {
    const decoded = decodeFrame(octets('00000010 03 00 0007 cafebabe 00531845'));
    expect(decoded).toMatchObject({ kind: 'value', value: { channel: 7, performative: { type: 'close' } }, end: 16 });
  });

  test('of a transfer keeps what is behind it', () => {
    const frame: Frame = { type: 'amqp', channel: 3, performative: composite('transfer', { handle: 1, settled: true }), payload: Uint8Array.of(1, 2, 3) };
    expect(decodeFrame(encodeFrame(frame))).toMatchObject({ kind: 'value', value: { performative: { handle: 1, settled: true }, payload: frame.payload } });
  });

  test.each([
    ['of less than its head', '00000007 02000000', 'frameSize', 0],
    ['above max-frame-size', '00000201 02000000', 'frameMax', 0],
    ['with a data offset within its head', '00000008 01000000', 'dataOffset', 4],
    ['with a data offset behind its end', '00000008 03000000', 'dataOffsetBeyond', 4],
    ['of an unknown type', '00000008 02020000', 'frameType', 5],
    ['of SASL without a body', '00000008 02010000', 'saslEmpty', 8],
    ['of SASL with an open', '0000000c 02010000 00531045', 'saslBody', 8],
    ['of SASL with something behind its body', '00000011 02010000 005344c0 03 01 5000 40', 'saslBody', 16],
    ['with a body that is no performative', '0000000c 02000000 00532445', 'frameBody', 8],
    ['with a body that nothing describes', '00000009 02000000 45', 'frameBody', 8],
  ] as const)('%s is a violation', (_, text, rule, offset) => {
    expect(decodeFrame(octets(text), { maxFrameSize: 512 })).toMatchObject({ kind: 'violation', rule: wireRules[rule], offset });
  });

  test('is asked for by as many octets as it lacks', () => {
    expect(decodeFrame(octets('000000'))).toEqual({ kind: 'need-more', atLeast: 5 });
    expect(decodeFrame(octets('0000001002000000'))).toEqual({ kind: 'need-more', atLeast: 8 });
  });
});

describe('a delivery', () => {
  const transfer = composite('transfer', { handle: 2, deliveryId: 1, deliveryTag: Uint8Array.of(9), settled: false });

  test.each([0, 1, 400, 4096, 4097, 20_000])('of %i octets is cut to frames that hold it in order', size => {
    const payload = Uint8Array.from({ length: size }, (_, index) => index);
    const sent = Buffer.concat(transferFrames(1, transfer, payload, 512));
    const parts: Frame[] = [];
    for (let at = 0; at < sent.length; ) {
      const decoded = decodeFrame(sent.subarray(at), { maxFrameSize: 512 });
      if (decoded.kind !== 'value') throw new Error(decoded.kind);
      parts.push(decoded.value);
      at += decoded.end;
    }
    const transfers = parts.flatMap(part => (part.type === 'amqp' && part.performative?.type === 'transfer' ? [{ ...part, transfer: part.performative }] : []));
    expect(Buffer.concat(transfers.map(({ payload: part }) => part))).toEqual(Buffer.from(payload));
    expect(transfers.map(({ transfer: { more } }) => more === true)).toEqual(transfers.map((_, index) => index < transfers.length - 1));
    expect(transfers[0]?.transfer).toMatchObject({ deliveryId: 1, deliveryTag: Uint8Array.of(9), settled: false });
    expect(transfers.slice(1).every(({ transfer: { handle, deliveryId } }) => handle === 2 && deliveryId === undefined)).toBe(true);
  });

  test('that no frame has room for is our own mistake', () => {
    expect(() => transferFrames(1, transfer, new Uint8Array(100), 20)).toThrow(RangeError);
  });
});

test('the protocol headers differ in their fifth octet', () => {
  expect(Object.values(protocolHeaders).map(hex)).toEqual(['414d515000010000', '414d515003010000', '414d515002010000']);
});
