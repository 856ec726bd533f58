import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentHeader } from '../../wire/amqp091/content.ts';
import { encodeRawFrame } from '../../wire/amqp091/raw-frame.ts';
import { octetsOf, type Recorded, reached, recorded } from './recorded.test-kit.ts';
import type { Role } from './vocabulary.ts';

const roles = fc.constantFrom<Role>('client', 'server');
const cutSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });

/** Frames of every kind, mostly well-formed, in any order. */
const frames = fc.array(
  fc.oneof(
    fc.constantFrom(
      octetsOf(1, 'basic.publish'),
      octetsOf(1, 'basic.deliver'),
      encodeRawFrame(2, 1, contentHeader({ bodySize: 3 }).raw),
      encodeRawFrame(3, 1, Uint8Array.of(1, 2, 3)),
      encodeRawFrame(3, 1, Uint8Array.of(1)),
      octetsOf(1, 'channel.flow'),
      octetsOf(1, 'channel.close'),
      octetsOf(1, 'channel.close-ok'),
      octetsOf(2, 'channel.open'),
      octetsOf(2, 'basic.ack'),
      octetsOf(0, 'connection.close'),
      octetsOf(0, 'connection.close-ok'),
      octetsOf(0, 'connection.open'),
      encodeRawFrame(8, 0, new Uint8Array(0)),
    ),
    fc
      .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 30 }))
      .map(([type, channel, payload]) => encodeRawFrame(type, channel, payload)),
    fc.uint8Array({ minLength: 1, maxLength: 30 }),
  ),
  { maxLength: 12 },
);

function feed(it: Recorded, stream: Uint8Array, sizes: readonly number[]): void {
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    it.machine.receive(stream.subarray(at, at + size), 1);
    at += size;
  }
}

/** All that a machine did. */
function done(it: Recorded): object {
  const violations = it.events.flatMap(event => (event.kind === 'violation' ? [{ offset: event.violation.offset, detail: event.violation.detail }] : []));
  return { heard: it.heard(), violations, octets: Buffer.from(it.octets()).toString('hex'), closed: it.closed, state: it.machine.state };
}

describe('whatever a peer sends', () => {
  test.each([true, false])('a machine does the same for every way to cut it (raising: %s)', raise => {
    fc.assert(
      fc.property(roles, frames, cutSizes, (role, pieces, sizes) => {
        const stream = new Uint8Array(Buffer.concat(pieces));
        const settings = { role, automatic: { raise } };
        const whole = reached(settings, 'open-ok', 'open');
        whole.machine.receive(stream, 1);
        const cut = reached(settings, 'open-ok', 'open');
        feed(cut, stream, sizes);
        expect(done(cut)).toEqual(done(whole));
      }),
      { numRuns: 400 },
    );
  });

  test('from the first octet on, it never throws, and says nothing after a bare close', () => {
    fc.assert(
      fc.property(roles, fc.boolean(), frames, cutSizes, (role, header, pieces, sizes) => {
        const it = recorded({ role });
        const begin = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);
        feed(it, new Uint8Array(Buffer.concat(header ? [begin, ...pieces] : pieces)), sizes);
        it.machine.endOfInput('eof', 2);
        expect(it.machine.state).toBe('closed');
        expect(['', Buffer.from(begin).toString('hex')]).toContain(Buffer.from(it.octets()).toString('hex'));
      }),
      { numRuns: 400 },
    );
  });

  test('once we closed the connection only close and close-ok are told', () => {
    fc.assert(
      fc.property(roles, frames, (role, pieces) => {
        const it = reached({ role }, 'open-ok', 'open');
        const late: string[] = [];
        for (const piece of pieces) {
          const closed = it.machine.state === `${role}-close`;
          it.machine.receive(piece, 1);
          const heard = it.heard();
          if (closed) late.push(...heard);
        }
        expect(late.filter(what => !/^(0 connection\.close(-ok)?|violation amqp091\/4\.2\.3\.frame-(end|type|max))$/.test(what))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
