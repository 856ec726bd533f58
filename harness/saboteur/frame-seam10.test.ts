import { describe, expect, it } from 'vitest';
import { attachOf, beginOf, frame, joined, openOctets } from '../endpoint/amqp10/recorded.test-kit.ts';
import { protocolHeaders } from '../wire/amqp10/codec.ts';
import { frameOf } from '../wire/amqp10/craft.ts';
import { overlooked10 } from './departures10.ts';
import type { Conversation10, Passing10 } from './fault10.ts';
import { frames } from './rewrites.ts';
import { frames10, request10 } from './rewrites10.ts';
import { declare, ManualClock, opening, publish, serverSide } from './seam.test-kit.ts';
import { performatives, story } from './seam10.test-kit.ts';

const nothing = frames10(() => 'pass');
const all10 = frames10(() => ({}));
const begin = frame(beginOf(), 3);
const before = joined(protocolHeaders.amqp, openOctets);

describe('what the fault does not touch', () => {
  it.each([1, 3, 8, 100, 1e6])('passes octet by octet, in pieces of %i', size => {
    const whole = story(nothing, {}, size);
    expect(whole.heard('server')).toEqual(whole.sent.client);
    expect(whole.heard('client')).toEqual(whole.sent.server);
    expect(performatives(whole.heard('client')).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['open', 'attach', 'transfer', 'disposition', 'flow', 'close']),
    );
    expect([whole.client.machine.state, whole.server.machine.state]).toEqual(['END', 'END']);
  });

  it.each([1, 5, 1e6])('passes malformed frames, leftovers and the end too, in pieces of %i', size => {
    const broken = frameOf(Uint8Array.of(0, 0x53, 0x99, 0x45), { channel: 3 });
    const all = joined(
      before,
      begin,
      broken,
      begin,
      frameOf(begin, { type: 9 }),
      frameOf(begin, { dataOffset: 1 }),
      Uint8Array.of(0, 0, 0, 4, 1, 2, 3, 4),
      begin,
    );
    const { server, client } = serverSide(nothing);
    for (let at = 0; at < all.length; at += size) client.send(all.subarray(at, at + size));
    client.end('eof');
    expect(joined(...server.received)).toEqual(all);
    expect(server.ends).toEqual(['eof']);
  });

  it('is all of a stream of the other protocol', () => {
    const there = joined(opening, declare, ...publish);
    const one = serverSide(all10);
    one.client.send(there);
    one.stream.write(declare);
    one.client.end('eof');
    expect([joined(...one.server.received), joined(...one.wire.written), one.server.ends]).toEqual([there, declare, ['eof']]);
    const other = serverSide(frames(() => ({})));
    other.client.send(protocolHeaders.sasl, begin.subarray(0, 5));
    other.client.send(begin.subarray(5));
    other.stream.write(openOctets);
    expect([joined(...other.server.received), joined(...other.wire.written)]).toEqual([joined(protocolHeaders.sasl, begin), openOctets]);
  });

  it('is what is in no frame: a TLS layer, a stranger, a frame too large to wait for', () => {
    const hello = Uint8Array.of(0x16, 3, 1, 0, 200, 1, 2, 3, 4);
    const head = frameOf(new Uint8Array(0), { size: 0x1000000 });
    for (const octets of [joined(protocolHeaders.tls, hello), new TextEncoder().encode('GET / HTTP/1.1'), joined(before, head)]) {
      const { server, client } = serverSide(nothing);
      client.send(octets);
      expect(joined(...server.received)).toEqual(octets);
    }
  });
});

describe('a frame that takes its time', () => {
  it('goes on in pieces, out of reach of the fault, when its rest is late', () => {
    const clock = new ManualClock();
    const { server, client } = serverSide(
      request10('begin', draft => draft.swallowed()),
      clock,
    );
    client.send(before, begin.subarray(0, 9));
    expect(joined(...server.received)).toEqual(before);
    clock.advance(100);
    client.send(begin.subarray(9), begin);
    expect(joined(...server.received)).toEqual(joined(before, begin));
  });
});

describe('what passes', () => {
  const seen: Passing10[] = [];
  const watch = frames10(passing => {
    seen.push(passing);
    return 'pass';
  });

  it('is told as header, frame, broken frame, octets and end', () => {
    const { client } = serverSide(watch);
    client.send(
      protocolHeaders.sasl,
      protocolHeaders.amqp,
      openOctets,
      frame(beginOf(), 7),
      frameOf(Uint8Array.of(0x40), { channel: 2 }),
      frameOf(begin, { type: 4, size: 500 }),
    );
    client.send(begin);
    client.end('reset');
    expect(seen.map(({ what, channel }) => `${what} ${channel}`)).toEqual([
      'header 0',
      'header 0',
      'frame 0',
      'frame 7',
      'broken 2',
      'broken 0',
      'octets 0',
      'end 0',
    ]);
    expect(seen.flatMap(each => (each.what === 'broken' ? [each.violation.rule] : []))).toEqual(['amqp10/2.3.2.performative', 'amqp10/2.3.1.type']);
  });

  it('is told whole where it is larger than its receiver takes, so that the fault can overlook it', () => {
    const tooLarge = overlooked10((passing, at) => passing.what === 'frame' && passing.bytes.length > at.frameMax['to-server']);
    const { client, server, stream } = serverSide(tooLarge);
    stream.write(joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 's', maxFrameSize: 512 })));
    const huge = frame({ type: 'transfer', handle: 0 }, 3, new Uint8Array(600));
    client.send(before, begin, huge, begin);
    expect(joined(...server.received)).toEqual(joined(before, begin, begin));
  });
});

describe('the conversation', () => {
  it('knows sessions and links by the numbers of both sides, windows, credit, and what is unsettled', () => {
    const told: string[] = [];
    const ask = (at: Conversation10) => {
      const [session] = [...at.sessions];
      const [sender] = [...(session?.links ?? [])].filter(each => each.transfersGo === 'to-server');
      return [
        session?.transfers['to-server'],
        session?.room['to-server'],
        sender?.credit,
        sender?.deliveryCount,
        sender?.unsettled.size,
        sender?.underWay?.transfers,
      ];
    };
    const watch = frames10((passing, at) => {
      if (passing.what === 'frame' && passing.frame.type === 'amqp' && passing.direction === 'to-server' && passing.frame.performative?.type === 'transfer')
        told.push(ask(at).join());
      return 'pass';
    });
    story(watch, { automatic: { window: false } });
    expect(told[0]).toMatch(/^0,2048,10,0,0,$/);
    expect(told[1]).toMatch(/^1,2047,9,1,1,$/);
    expect(told[2]).toMatch(/^2,2046,8,2,2,1$/);
    expect(told.length).toBeGreaterThan(4);
  });

  it('tells channels, handles, limits and the last word of each side', () => {
    let kept: Conversation10 | undefined;
    const watch = frames10((_passing, at) => {
      kept = at;
      return 'pass';
    });
    const { client, stream } = serverSide(watch);
    client.send(before, begin, frame(attachOf('sender', { handle: 9 }), 3));
    stream.write(joined(frame({ type: 'open', containerId: 's', channelMax: 7, maxFrameSize: 1024 }), frame(beginOf({ remoteChannel: 3 }), 5)));
    stream.write(frame({ ...(attachOf('receiver', { name: 'a sender', handle: 1 }) as object) } as never, 5));
    const session = kept?.session('to-server', 3);
    expect(kept?.session('to-client', 5)).toBe(session);
    expect(session?.channels).toEqual({ 'to-server': 3, 'to-client': 5 });
    expect(kept?.link('to-client', 5, 1)).toBe(kept?.link('to-server', 3, 9));
    expect(kept?.link('to-client', 5, 1)).toMatchObject({ name: 'a sender', transfersGo: 'to-server', handles: { 'to-server': 9, 'to-client': 1 } });
    expect([kept?.channelMax['to-server'], kept?.frameMax['to-server'], kept?.channelMax['to-client']]).toEqual([7, 1024, 65535]);
    expect([kept?.performative('to-server')?.type, kept?.performative('to-server', 0)?.type]).toEqual(['attach', 'open']);
    client.send(frame({ type: 'detach', handle: 9 }, 3), frame({ type: 'end' }, 3));
    stream.write(joined(frame({ type: 'detach', handle: 1 }, 5), frame({ type: 'end' }, 5)));
    expect([...(kept?.sessions ?? [])]).toEqual([]);
    expect(kept?.session('to-server', 3)).toBeUndefined();
  });
});
