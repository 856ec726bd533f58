import { describe, expect, test } from 'vitest';
import { encodeFrame, method, protocolHeader091 } from '../wire/amqp091/codec.ts';
import { annotate } from '../wire/amqp091/describe.ts';
import { Transcript, transcriptLimits } from './transcript.ts';

const open = encodeFrame({ type: 'method', channel: 1, method: method('channel.open') });
const transcriptOf = (limits = {}) => new Transcript((bytes, offset) => annotate(bytes, { offset }), { ...transcriptLimits, ...limits });

describe('a transcript', () => {
  test('shows a frame where its last octet went, numbered in its stream', () => {
    const transcript = transcriptOf();
    transcript.octets(1, 'sent', protocolHeader091, 0);
    transcript.octets(1, 'sent', open.subarray(0, 5), 1.5);
    transcript.octets(1, 'received', open, 2);
    transcript.octets(1, 'sent', open.subarray(5), 3);
    expect(transcript.entries()).toEqual([
      { connection: 1, direction: 'sent', atMs: 0, hex: '414d515000000901', decoded: ['0: protocol header AMQP 0 0 9 1'] },
      { connection: 1, direction: 'sent', atMs: 1.5, hex: '0100010000', decoded: [] },
      { connection: 1, direction: 'received', atMs: 2, hex: Buffer.from(open).toString('hex'), decoded: ['0: channel 1 channel.open'] },
      { connection: 1, direction: 'sent', atMs: 3, hex: Buffer.from(open.subarray(5)).toString('hex'), decoded: ['8: channel 1 channel.open'] },
    ]);
  });

  test('says what never became a frame', () => {
    const transcript = transcriptOf();
    transcript.octets(2, 'received', open.subarray(0, 9), 4);
    expect(transcript.entries().at(-1)).toMatchObject({
      connection: 2,
      direction: 'note',
      decoded: [expect.stringMatching(/^received last, 0: beginning of a frame: 9 octets/)],
    });
  });

  test('leaves out the middle of what is long, and decodes it whole', () => {
    const transcript = transcriptOf();
    const body = encodeFrame({ type: 'body', channel: 1, payload: new Uint8Array(5000).fill(0x61) });
    transcript.octets(1, 'received', body, 0);
    const [head, note, tail] = transcript.entries();
    expect(head).toMatchObject({ hex: expect.stringMatching(/^030001000013886161/), decoded: [expect.stringContaining('channel 1 body of 5000 octets')] });
    expect(note).toMatchObject({ direction: 'note', decoded: ['3984 octets of this piece are left out here'] });
    expect(tail).toMatchObject({ hex: expect.stringMatching(/61ce$/), decoded: [] });
    expect((head?.hex.length ?? 0) + (tail?.hex.length ?? 0)).toBe(2 * transcriptLimits.shownMax);
  });

  test('keeps no more octets and pieces than it may, and says so', () => {
    const transcript = transcriptOf({ octetsMax: 200, piecesMax: 3 });
    for (let count = 0; count < 5; count += 1) transcript.octets(1, 'sent', new Uint8Array(150), count);
    const lines = transcript.entries().flatMap(entry => entry.decoded);
    expect(lines).toContain('not decoded: this conversation is longer than what is kept');
    expect(lines.at(-1)).toBe('2 more pieces were not kept');
  });

  test('is told piece by piece to whoever listens, decoded only when asked', () => {
    const transcript = transcriptOf();
    const heard: string[] = [];
    transcript.onPiece = entries => heard.push(...entries().flatMap(entry => entry.decoded));
    transcript.note(0, 'begins', 0);
    transcript.octets(1, 'sent', open, 1);
    expect(heard).toEqual(['begins', '0: channel 1 channel.open']);
  });

  test.each([Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), Uint8Array.of(0x41), new Uint8Array(0)])('takes any octets', bytes => {
    const transcript = transcriptOf();
    transcript.octets(1, 'received', bytes, 0);
    expect(transcript.entries()[0]?.hex).toBe(Buffer.from(bytes).toString('hex'));
  });
});
