import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AmqpAttach, decodeFrame, type Performative, performativeFrame, protocolHeaders } from '../../wire/amqp10/codec.ts';
import { fitting } from './fitting.ts';
import { attached, attachOf, beginOf, frame, joined, pieces, type Recorded, recorded } from './recorded.test-kit.ts';
import { unsettledEntries, unsettledMap } from './unsettled.ts';

const long = (length: number): string => 'x'.repeat(length);
const properties = [['p', { type: 'string', value: long(600) }]] as const;
const entries = (count: number) => Array.from({ length: count }, (_, at) => ({ tag: Buffer.from(String(at)), state: undefined }));

/** A server whose peer takes the smallest frames; what it says is judged by its size. */
function small(): Recorded {
  const it = recorded({ role: 'server' }, ({ kind }, { machine }) => kind === 'opened' && machine.open(0));
  it.machine.receive(joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'peer', maxFrameSize: 512 }), frame(beginOf(), 1)), 0);
  it.octets();
  return it;
}

const sizes = (octets: Uint8Array): readonly number[] => {
  const found: number[] = [];
  for (let at = 0; at < octets.length; at += found.at(-1) ?? 0) found.push(Buffer.from(octets).readUInt32BE(at));
  return found;
};

describe('a performative', () => {
  test('that fits goes as it is', () => {
    const what = attachOf('sender');
    expect(fitting(1, what, 512)?.what).toBe(what);
  });

  test.each<readonly [Performative, object]>([
    [
      { type: 'open', containerId: 'us', channelMax: 7, properties },
      { containerId: 'us', channelMax: 7, properties: undefined },
    ],
    [beginOf({ properties, handleMax: 7 }) as Performative, { handleMax: 7, properties: undefined }],
    [attachOf('sender', { properties }), { name: 'a sender', properties: undefined, source: { address: 'here' } }],
    [
      { type: 'flow', incomingWindow: 1, nextOutgoingId: 2, outgoingWindow: 3, properties },
      { incomingWindow: 1, properties: undefined },
    ],
    [
      { type: 'close', error: { type: 'error', condition: 'amqp:not-found', description: long(600) } },
      { error: { condition: 'amqp:not-found', description: long(60) } },
    ],
    [
      {
        type: 'disposition',
        role: 'receiver',
        first: 0,
        state: { type: 'rejected', error: { type: 'error', condition: 'amqp:not-found', description: long(600) } },
      },
      { state: { error: { condition: 'amqp:not-found', description: long(60) } } },
    ],
  ])('that is too large goes without what nobody counts on: %#', (what, left) => {
    expect(performativeFrame(0, what).length).toBeGreaterThan(512);
    const said = fitting(0, what, 512);
    expect(said?.frame.length).toBeLessThanOrEqual(512);
    const read = decodeFrame(said?.frame ?? new Uint8Array(0));
    expect(read).toMatchObject({ kind: 'value', value: { performative: left } });
  });

  test('tells as much of an unsettled map as there is room for, and that there is more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 512, max: 6000 }), (count, limit) => {
        const said = fitting(1, attachOf('sender', { unsettled: unsettledMap(entries(count)) }), limit);
        const attach = said?.what as AmqpAttach;
        const told = unsettledEntries(attach.unsettled) ?? [];
        expect(said?.frame.length).toBeLessThanOrEqual(limit);
        expect(told).toEqual(entries(count).slice(0, told.length));
        expect(attach.incompleteUnsettled ?? false).toBe(told.length < count);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a peer that takes frames of 512 octets', () => {
  test('is told of a link without its properties', () => {
    const it = small();
    const session = it.events.flatMap(event => (event.kind === 'session-begun' ? [event.session] : []))[0];
    if (session === undefined) throw new Error('no session');
    it.machine.attach(session, { name: 'n', role: 'sender', properties, unsettled: unsettledMap(entries(900)) }, 0);
    const octets = it.octets();
    expect(Math.max(...sizes(octets))).toBeLessThanOrEqual(512);
    const [, attach] = pieces(octets);
    expect(attach).toMatchObject({ performative: { type: 'attach', name: 'n', properties: undefined, incompleteUnsettled: true } });
  });

  test('is told of no link whose terminus is too large: its session ends', () => {
    const it = small();
    const session = it.events.flatMap(event => (event.kind === 'session-begun' ? [event.session] : []))[0];
    if (session === undefined) throw new Error('no session');
    const link = it.machine.attach(session, { name: 'n', role: 'receiver', source: { type: 'source', address: long(600) } }, 0);
    expect(it.said()).toEqual(['0 begin', '0 end amqp:frame-size-too-small']);
    expect(it.heard().slice(-2)).toEqual(['link-over', 'session-over']);
    expect(link.name).toBe('n');
  });

  test('gets no answer to an attach that its own frame had room for and ours has not', () => {
    const it = small();
    const source = { type: 'source', address: long(150), defaultOutcome: { type: 'rejected' } } as const;
    it.machine.receive(frame(attachOf('receiver', { source, target: undefined }), 1), 0);
    const [link] = it.events.flatMap(event => (event.kind === 'link-attached' ? [event.link] : []));
    if (link === undefined) throw new Error('no link');
    it.machine.acceptLink(link, 0, { source: { ...source, address: long(490) } });
    expect(it.said()).toEqual(['0 begin', '0 end amqp:frame-size-too-small']);
  });

  test('is refused with a short description', () => {
    const it = attached({ role: 'server' });
    const tight = small();
    tight.machine.receive(frame(attachOf('sender', { source: undefined, target: undefined }), 1), 0);
    const [link] = tight.events.flatMap(event => (event.kind === 'link-attached' ? [event.link] : []));
    if (link === undefined) throw new Error('no link');
    const error = { type: 'error', condition: 'amqp:not-found', description: long(700) } as const;
    tight.machine.refuseLink(link, error, 0);
    it.machine.detach(it.receiver, 0, { error });
    expect(it.performatives()).toMatchObject([{ type: 'detach', error: { description: error.description } }]);
    expect(tight.performatives().at(-1)).toMatchObject({ type: 'detach', error: { condition: 'amqp:not-found', description: long(60) } });
  });

  test('is told of a session without its properties', () => {
    const it = small();
    it.machine.begin(0, { offeredCapabilities: ['c'], properties, nextOutgoingId: 5 });
    expect(it.performatives()).toMatchObject([{ type: 'begin', nextOutgoingId: 5, offeredCapabilities: ['c'] }]);
  });
});

describe('an open', () => {
  test('has 512 octets at most, whatever the peer takes', () => {
    const it = recorded({ role: 'client', open: { containerId: 'us', channelMax: 3, properties } });
    it.machine.start(0);
    it.machine.open(0);
    expect(it.performatives()).toMatchObject([{ type: 'open', containerId: 'us', channelMax: 3, properties: undefined }]);
  });

  test('that cannot be so small ends the stream', () => {
    const it = recorded({ role: 'client', open: { containerId: long(600) } });
    it.machine.start(0);
    it.machine.open(0);
    expect([it.said(), it.closed]).toEqual([['header 0'], 'flush']);
  });
});
