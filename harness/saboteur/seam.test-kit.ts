import type { Clock, Stream, StreamEnd, StreamListener } from '../endpoint/transport.ts';
import { contentHeader, decodeFrame, encodeFrame, type Frame, method, protocolHeader091 } from '../wire/amqp091/codec.ts';
import { joined } from '../wire/amqp091/craft.ts';
import type { FrameSeam } from './fault.ts';
import type { FrameSeam10 } from './fault10.ts';
import { sabotageStream } from './frame-seam.ts';

/** A stream whose peer is the test: what is written is kept, what the peer does is called. */
export class MemoryStream implements Stream {
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

export class Listener implements StreamListener {
  readonly received: Uint8Array[] = [];
  readonly ends: StreamEnd[] = [];
  data(bytes: Uint8Array): void {
    this.received.push(bytes);
  }
  end(how: StreamEnd): void {
    this.ends.push(how);
  }
}

export class ManualClock implements Clock {
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
export function serverSide(seam: FrameSeam | FrameSeam10, clock?: Clock) {
  const wire = new MemoryStream();
  const server = new Listener();
  const stream = sabotageStream(wire, seam, clock === undefined ? {} : { clock });
  stream.listen(server);
  const client = { send: (...bytes: Uint8Array[]) => wire.listener?.data(joined(...bytes)), end: (how: StreamEnd) => wire.listener?.end(how) };
  return { wire, server, stream, client };
}

export function methodFrame(channel: number, made: ReturnType<typeof method>): Uint8Array {
  return encodeFrame({ type: 'method', channel, method: made });
}

export function decoded(chunks: readonly Uint8Array[]): Frame[] {
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

export function names(chunks: readonly Uint8Array[]): string[] {
  return decoded(chunks).map(frame => (frame.type === 'method' ? frame.method.name : frame.type));
}

/** What a client says before it uses channel 1. */
export const opening = joined(protocolHeader091, methodFrame(1, method('channel.open')));
export const openOk = methodFrame(1, method('channel.open-ok'));
export const declare = methodFrame(1, method('queue.declare', { queue: 'q', passive: true, exclusive: true }));
export const body = new TextEncoder().encode('a body that is longer than nothing');
export const publish = [
  methodFrame(1, method('basic.publish', { routingKey: 'q' })),
  encodeFrame({ type: 'header', channel: 1, header: contentHeader({ bodySize: BigInt(body.length), properties: { appId: 'us' } }) }),
  encodeFrame({ type: 'body', channel: 1, payload: body.subarray(0, 10) }),
  encodeFrame({ type: 'body', channel: 1, payload: body.subarray(10) }),
];
