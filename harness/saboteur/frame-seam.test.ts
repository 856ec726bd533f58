import { describe, expect, it } from 'vitest';
import { encodeRawFrame, method, protocolHeader091 } from '../wire/amqp091/codec.ts';
import { joined } from '../wire/amqp091/craft.ts';
import type { FrameSeam } from './fault.ts';
import { sabotageTransport } from './frame-seam.ts';
import { answer, frames, request } from './rewrites.ts';
import { declare, decoded, Listener, ManualClock, MemoryStream, methodFrame, names, opening, openOk, publish, serverSide } from './seam.test-kit.ts';

const nothing = frames(() => 'pass');

describe('what no fault touches', () => {
  it('passes headers, frames, broken frames and stray octets on as they came, however they are cut', () => {
    const stray = Uint8Array.of(0x63, 1, 2, 3);
    const unknown = encodeRawFrame(1, 1, Uint8Array.of(0, 99, 0, 99));
    const all = joined(protocolHeader091, declare, ...publish, unknown, encodeRawFrame(1, 1, Uint8Array.of(0, 10, 0, 10), 0xcd), declare, stray, declare);
    for (const size of [1, 3, 8, 100, all.length]) {
      const { server, client } = serverSide(nothing);
      for (let at = 0; at < all.length; at += size) client.send(all.subarray(at, at + size));
      client.end('eof');
      expect(joined(...server.received)).toEqual(all);
      expect(server.ends).toEqual(['eof']);
    }
  });

  it('lets a frame above frame-max through before it is whole', () => {
    const { server, client } = serverSide(nothing);
    const head = encodeRawFrame(3, 1, new Uint8Array(5000)).subarray(0, 7);
    client.send(protocolHeader091, head);
    expect(joined(...server.received)).toEqual(joined(protocolHeader091, head));
  });

  it('passes on octets that no protocol begins with at once', () => {
    const { server, client } = serverSide(nothing);
    const http = new TextEncoder().encode('GET / HTTP/1.1\r\n');
    client.send(http);
    expect(joined(...server.received)).toEqual(http);
  });

  it('passes on what the server writes, its end and its reset', () => {
    const { wire, stream } = serverSide(nothing);
    stream.write(openOk);
    stream.end();
    expect(wire.written).toEqual([openOk]);
    expect(wire.ended).toBe('end');
    stream.destroy();
    expect(wire.ended).toBe('destroy');
  });
});

describe('a frame that takes its time', () => {
  const half = declare.subarray(0, 9);

  it('goes on in pieces, out of reach of the fault, when its rest is late', () => {
    const clock = new ManualClock();
    const { server, client } = serverSide(
      request('queue.declare', draft => draft.swallowed()),
      clock,
    );
    client.send(opening, half);
    expect(server.received).toHaveLength(2);
    clock.advance(100);
    expect(joined(...server.received)).toEqual(joined(opening, half));
    client.send(declare.subarray(9), declare);
    expect(joined(...server.received)).toEqual(joined(opening, declare));
  });

  it('stays back for a fault that wants whole frames', () => {
    const clock = new ManualClock();
    const { server, client } = serverSide({ ...nothing, wholeFrames: true }, clock);
    client.send(opening, half);
    clock.advance(100);
    expect(joined(...server.received)).toEqual(opening);
    client.send(declare.subarray(9));
    expect(joined(...server.received)).toEqual(joined(opening, declare));
  });

  it('is passed on as far as it came when its sender leaves', () => {
    const { server, client } = serverSide(nothing);
    client.send(opening, half);
    client.end('eof');
    expect(joined(...server.received)).toEqual(joined(opening, half));
    expect(server.ends).toEqual(['eof']);
  });
});

describe('a faulted request', () => {
  const seam = request('queue.declare', draft => draft.args.passive && draft.with({ passive: false }));

  it('reaches the server with other arguments, and the rest as it was', () => {
    const { server, client } = serverSide(seam);
    client.send(opening, declare, ...publish);
    expect(names(server.received.slice(1))).toEqual(['channel.open', 'queue.declare', 'basic.publish', 'header', 'body', 'body']);
    expect(decoded(server.received.slice(2))[0]).toMatchObject({ channel: 1, method: { args: { queue: 'q', passive: false, exclusive: true } } });
    expect(server.received.slice(3)).toEqual(publish);
  });

  it('is answered by the seam and never arrives', () => {
    const { server, client, wire } = serverSide(request('queue.declare', draft => draft.accepted({ queue: draft.args.queue })));
    client.send(opening, declare);
    expect(joined(...server.received)).toEqual(opening);
    expect(decoded(wire.written)).toMatchObject([{ channel: 1, method: { name: 'queue.declare-ok', args: { queue: 'q', messageCount: 0 } } }]);
  });

  it('is left alone on a channel that is not open, or that the server is closing', () => {
    const { server, client, stream } = serverSide(request('queue.declare', draft => draft.swallowed()));
    client.send(protocolHeader091, declare);
    client.send(methodFrame(1, method('channel.open')));
    stream.write(methodFrame(1, method('channel.close', { replyCode: 404 })));
    client.send(declare);
    expect(names(server.received.slice(1))).toEqual(['queue.declare', 'channel.open', 'queue.declare']);
  });

  it('stays alone on its own connection: what a filter remembers begins anew', () => {
    const counting: FrameSeam = {
      kind: 'frames',
      start: () => {
        let seen = 0;
        return passing => {
          seen += passing.what === 'frame' ? 1 : 0;
          return seen > 1 ? {} : 'pass';
        };
      },
    };
    for (let turn = 0; turn < 2; turn += 1) {
      const { server, client } = serverSide(counting);
      client.send(protocolHeader091, declare, declare);
      expect(server.received).toEqual([protocolHeader091, declare]);
    }
  });
});

describe('a faulted answer', () => {
  it('knows the request that came before', () => {
    const seam = answer('channel.open-ok', (_draft, at) => at.method('to-server', 1)?.name === 'channel.open' && { finish: 'reset' });
    const { wire, stream, server, client } = serverSide(seam);
    stream.write(openOk);
    expect(wire.ended).toBe('no');
    client.send(protocolHeader091, methodFrame(1, method('channel.open')));
    stream.write(openOk);
    expect(wire.written).toEqual([openOk]);
    expect(wire.ended).toBe('destroy');
    return Promise.resolve().then(() => expect(server.ends).toEqual(['reset']));
  });

  it('is withheld with everything behind it once the stream stalls, until the client leaves', () => {
    const { wire, stream, server, client } = serverSide(answer('channel.open-ok', () => ({ finish: 'stall' })));
    stream.write(openOk);
    stream.write(declare);
    stream.destroy();
    expect(wire.written).toEqual([]);
    expect(wire.ended).toBe('no');
    client.send(protocolHeader091);
    expect(server.received).toEqual([]);
    client.end('eof');
    expect(wire.ended).toBe('destroy');
  });

  it('comes late, and nothing overtakes it', () => {
    const clock = new ManualClock();
    const { wire, stream } = serverSide(
      answer('channel.open-ok', draft => draft.late(50)),
      clock,
    );
    stream.write(joined(openOk, declare));
    expect(wire.written).toEqual([]);
    clock.advance(50);
    expect(names(wire.written)).toEqual(['channel.open-ok', 'queue.declare']);
  });
});

describe('an end that is not passed on', () => {
  const holding = frames(passing => (passing.what === 'end' ? {} : 'pass'));

  it('leaves the stream open for the other side, and lets go of it when that one leaves', () => {
    const { wire, stream, server, client } = serverSide(holding);
    stream.end();
    stream.destroy();
    expect(wire.ended).toBe('no');
    client.end('reset');
    expect(wire.ended).toBe('destroy');
    expect(server.ends).toEqual([]);
  });
});

describe('the client side', () => {
  it('faults the same directions, and numbers connections', async () => {
    const wires: MemoryStream[] = [];
    const transport = {
      dial: () => {
        const wire = new MemoryStream();
        wires.push(wire);
        return Promise.resolve(wire);
      },
    };
    const seam = request('queue.declare', (draft, at) => at.connection === 2 && draft.accepted());
    const dialled = sabotageTransport(transport, seam);
    const listeners = [new Listener(), new Listener()];
    for (const listener of listeners) {
      const stream = await dialled.dial();
      stream.listen(listener);
      stream.write(joined(opening, declare));
      expect(listener.received).toEqual([]);
    }
    await Promise.resolve();
    expect(wires.map(wire => joined(...wire.written).length)).toEqual([opening.length + declare.length, opening.length]);
    expect(listeners.map(listener => names(listener.received))).toEqual([[], ['queue.declare-ok']]);
  });
});
