import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Performative, protocolHeaders, saslBodyFrame } from '../../wire/amqp10/codec.ts';
import { anonymous, attached, attachOf, beginOf, frame, joined, openOctets, type Recorded, recorded } from './recorded.test-kit.ts';
import type { Role } from './vocabulary.ts';

const roles = fc.constantFrom<Role>('client', 'server');
const cutSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });
const id = fc.constantFrom(0, 1, 2, 3, 0xffffffff);
const window = fc.constantFrom(0, 1, 7, 0xffffffff);
const handle = fc.constantFrom(0, 1, 2, 5000);
const error = fc.constantFrom(undefined, { type: 'error', condition: 'amqp:internal-error' } as const);
const flag = fc.boolean();

const performatives: fc.Arbitrary<Performative> = fc.oneof(
  fc.constant<Performative>({ type: 'open', containerId: 'again' }),
  fc.record({ nextOutgoingId: id, incomingWindow: window, outgoingWindow: window, remoteChannel: fc.constantFrom(undefined, 0, 1, 9) }).map(beginOf),
  fc
    .tuple(fc.constantFrom('sender', 'receiver'), handle, fc.constantFrom('a sender', 'other'))
    .map(([role, at, name]) => attachOf(role as 'sender', { handle: at, name })),
  fc
    .record({
      nextIncomingId: id,
      incomingWindow: window,
      nextOutgoingId: id,
      outgoingWindow: window,
      handle: fc.option(handle, { nil: undefined }),
      deliveryCount: id,
      linkCredit: window,
      drain: flag,
      echo: flag,
    })
    .map(fields => ({ type: 'flow', ...fields }) as const),
  fc
    .record({
      handle,
      deliveryId: fc.option(id, { nil: undefined }),
      deliveryTag: fc.option(fc.uint8Array({ maxLength: 2 }), { nil: undefined }),
      messageFormat: fc.constantFrom(undefined, 0, 1),
      more: flag,
      settled: flag,
      aborted: flag,
    })
    .map(fields => ({ type: 'transfer', ...fields }) as const),
  fc
    .record({ role: fc.constantFrom('sender', 'receiver'), first: id, last: fc.option(id, { nil: undefined }), settled: flag })
    .map(fields => ({ type: 'disposition', ...fields }) as Performative),
  fc.record({ handle, closed: flag, error }).map(fields => ({ type: 'detach', ...fields }) as const),
  fc.record({ error }).map(fields => ({ type: 'end', ...fields }) as const),
);

const anyFrame = fc
  .tuple(performatives, fc.constantFrom(0, 1, 1, 1, 2), fc.uint8Array({ maxLength: 9 }))
  .map(([what, channel, payload]) => frame(what, channel, what.type === 'transfer' ? payload : undefined));

/** Frames of every kind, mostly well-formed, in any order. */
const frames = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: anyFrame },
    { weight: 1, arbitrary: fc.constantFrom(frame({ type: 'close' }), saslBodyFrame({ type: 'sasl-outcome', code: 'ok' }).slice(), protocolHeaders.sasl) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 30 }) },
    { weight: 1, arbitrary: fc.tuple(anyFrame, fc.nat(), fc.nat(255)).map(([octets, at, octet]) => octets.with(at % octets.length, octet)) },
  ),
  { maxLength: 25 },
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
        const stream = joined(...pieces);
        const whole = attached({ role, automatic: { raise } });
        whole.machine.receive(stream, 1);
        const cut = attached({ role, automatic: { raise } });
        feed(cut, stream, sizes);
        expect(done(cut)).toEqual(done(whole));
      }),
      { numRuns: 400 },
    );
  });

  test('from the first octet on, it never throws', () => {
    const starts = fc.constantFrom(new Uint8Array(0), protocolHeaders.amqp, protocolHeaders.sasl, joined(protocolHeaders.amqp, openOctets));
    fc.assert(
      fc.property(roles, starts, frames, cutSizes, flag, (role, start, piecesOf, sizes, raise) => {
        const it = recorded({ role, sasl: role === 'server' ? anonymous.server : anonymous.client, automatic: { raise } });
        if (role === 'client') it.machine.start(0);
        feed(it, joined(start, ...piecesOf), sizes);
        it.machine.tick(5);
        it.machine.endOfInput('eof', 6);
        expect([it.machine.state, it.heard().at(-1)?.slice(0, 9)]).toEqual(['END', 'ended eof']);
      }),
      { numRuns: 400 },
    );
  });

  test('what it keeps and says is bounded by what came', () => {
    fc.assert(
      fc.property(roles, flag, frames, (role, raise, piecesOf) => {
        const it = attached({ role, automatic: { raise } });
        for (const piece of piecesOf) it.machine.receive(piece, 1);
        expect(it.octets().length).toBeLessThan(2000 * (piecesOf.length + 1));
        it.machine.endOfInput('reset', 2);
        const over = it.events.flatMap(event => (event.kind === 'link-over' ? [event.link] : []));
        const told = it.events.flatMap(event => (event.kind === 'link-attached' ? [event.link] : []));
        expect(new Set(over).size).toBe(over.length);
        expect(told.filter(link => !over.includes(link))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('once we closed the connection, nothing is told but its close and the frames', () => {
    fc.assert(
      fc.property(roles, frames, (role, piecesOf) => {
        const it = attached({ role });
        it.machine.close(0, { type: 'error', condition: 'amqp:internal-error' });
        it.octets();
        it.heard();
        for (const piece of piecesOf) it.machine.receive(piece, 1);
        expect([...new Set(it.heard())].filter(kind => kind !== 'closed')).toEqual([]);
        expect(it.octets().length).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
