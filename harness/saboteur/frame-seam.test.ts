import { describe, expect, it } from 'vitest';
import type { Clock, Stream, StreamEnd, StreamListener } from '../endpoint/transport.ts';
import { contentHeader, decodeFrame, encodeFrame, encodeRawFrame, type Frame, method, protocolHeader091 } from '../wire/amqp091/codec.ts';
import { joined } from '../wire/amqp091/craft.ts';
import type { FrameSeam } from './fault.ts';
import { sabotageStream, sabotageTransport } from './frame-seam.ts';
import { delivered, published } from './messages.ts';
import { answer, frames, request } from './rewrites.ts';

/** A stream whose peer is the test: what is written is kept, what the peer does is called. */
class MemoryStream implements Stream {
  listener: StreamListener | undefined;
  readonly written: Uint8Array[] = [];
  ended: 'no' | 'end' | 'destroy' = 'no';

  listen(listener: StreamListener): void {
    this.listener = listener;
  }
  write(bytes: Uint8Array): boolean {
    this.written.push(bytes);
    return true;
  }
  onDrain(ready: () => void): void {
    ready();
  }
  end(): void {
    this.ended = 'end';
  }
  destroy(): void {
    this.ended = 'destroy';
  }
  pause(): void {}
  resume(): void {}
}

class Listener implements StreamListener {
  readonly received: Uint8Array[] = [];
  readonly ends: StreamEnd[] = [];
  data(bytes: Uint8Array): void {
    this.received.push(bytes);
  }
  end(how: StreamEnd): void {
    this.ends.push(how);
  }
}

class ManualClock implements Clock {
  #now = 0;
  #tasks: { ms: number; task: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  at(ms: number, task: () => void): () => void {
    const entry = { ms, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter(each => each !== entry);
    };
  }
  advance(ms: number): void {
    this.#now = ms;
    const due = this.#tasks.filter(each => each.ms <= ms);
    this.#tasks = this.#tasks.filter(each => each.ms > ms);
    for (const { task } of due) task();
  }
}

/** Client and server on the two sides of a sabotaged stream, seen from the server. */
function serverSide(seam: FrameSeam, clock?: Clock) {
  const wire = new MemoryStream();
  const server = new Listener();
  const stream = sabotageStream(wire, seam, clock === undefined ? {} : { clock });
  stream.listen(server);
  const client = { send: (...bytes: Uint8Array[]) => wire.listener?.data(joined(...bytes)), end: (how: StreamEnd) => wire.listener?.end(how) };
  return { wire, server, stream, client };
}

function methodFrame(channel: number, made: ReturnType<typeof method>): Uint8Array {
  return encodeFrame({ type: 'method', channel, method: made });
}

function decoded(chunks: readonly Uint8Array[]): Frame[] {
  const all = joined(...chunks);
  const found: Frame[] = [];
  for (let offset = 0; offset < all.length; ) {
    const frame = decodeFrame(all, { offset });
    if (frame.kind !== 'value') throw new Error(`not a frame at ${offset}`);
    found.push(frame.value);
    offset = frame.end;
  }
  return found;
}

function names(chunks: readonly Uint8Array[]): string[] {
  return decoded(chunks).map(frame => (frame.type === 'method' ? frame.method.name : frame.type));
}

const nothing = frames(() => 'pass');
const openOk = methodFrame(1, method('channel.open-ok'));
const declare = methodFrame(1, method('queue.declare', { queue: 'q', passive: true, exclusive: true }));
const body = new TextEncoder().encode('a body that is longer than nothing');
const publish = [
  methodFrame(1, method('basic.publish', { routingKey: 'q' })),
  encodeFrame({ type: 'header', channel: 1, header: contentHeader({ bodySize: BigInt(body.length), properties: { appId: 'us' } }) }),
  encodeFrame({ type: 'body', channel: 1, payload: body.subarray(0, 10) }),
  encodeFrame({ type: 'body', channel: 1, payload: body.subarray(10) }),
];

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

describe('a faulted request', () => {
  const seam = request('queue.declare', draft => draft.args.passive && draft.with({ passive: false }));

  it('reaches the server with other arguments, and the rest as it was', () => {
    const { server, client } = serverSide(seam);
    client.send(protocolHeader091, declare, ...publish);
    expect(names(server.received.slice(1))).toEqual(['queue.declare', 'basic.publish', 'header', 'body', 'body']);
    const [first] = decoded(server.received.slice(1));
    expect(first).toMatchObject({ type: 'method', channel: 1, method: { args: { queue: 'q', passive: false, exclusive: true } } });
    expect(server.received.slice(2)).toEqual(publish);
  });

  it('is answered by the seam and never arrives', () => {
    const { server, client, wire } = serverSide(request('queue.declare', draft => draft.accepted({ queue: draft.args.queue })));
    client.send(protocolHeader091, declare);
    expect(server.received).toEqual([protocolHeader091]);
    expect(decoded(wire.written)).toMatchObject([{ channel: 1, method: { name: 'queue.declare-ok', args: { queue: 'q', messageCount: 0 } } }]);
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

describe('a faulted message', () => {
  it('is held until it is whole, then changed as one', () => {
    const seam = published(message => message.with({ body: Uint8Array.of(...message.body, 0) }));
    const { server, client } = serverSide(seam);
    client.send(protocolHeader091, ...publish.slice(0, 3));
    expect(server.received).toEqual([protocolHeader091]);
    client.send(...publish.slice(3));
    const sent = decoded(server.received.slice(1));
    expect(sent.map(frame => frame.type)).toEqual(['method', 'header', 'body']);
    expect(sent[1]).toMatchObject({ header: { bodySize: BigInt(body.length + 1), properties: { appId: 'us' } } });
  });

  it('goes on octet by octet where the fault leaves it alone or it breaks off', () => {
    const seam = published(message => message.args.exchange === 'other' && []);
    const { server, client } = serverSide(seam);
    client.send(protocolHeader091, ...publish, ...publish.slice(0, 2), declare, ...publish.slice(0, 1));
    client.end('eof');
    expect(joined(...server.received)).toEqual(joined(protocolHeader091, ...publish, ...publish.slice(0, 2), declare, ...publish.slice(0, 1)));
  });

  it('is dropped or doubled', () => {
    const deliver = (queue: string) => [methodFrame(1, method('basic.deliver', { consumerTag: 'c', routingKey: queue })), ...publish.slice(1)];
    const seam = delivered('basic.deliver', message => (message.args.routingKey === 'a' ? [message, message] : []));
    const { wire, stream } = serverSide(seam);
    stream.write(joined(...deliver('a'), ...deliver('b')));
    expect(names(wire.written)).toEqual(['basic.deliver', 'header', 'body', 'basic.deliver', 'header', 'body']);
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
      stream.write(joined(protocolHeader091, declare));
      expect(listener.received).toEqual([]);
    }
    await Promise.resolve();
    expect(wires.map(wire => joined(...wire.written).length)).toEqual([protocolHeader091.length + declare.length, protocolHeader091.length]);
    expect(listeners.map(listener => names(listener.received))).toEqual([[], ['queue.declare-ok']]);
  });
});
