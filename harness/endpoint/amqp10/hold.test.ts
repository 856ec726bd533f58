import { describe, expect, test } from 'vitest';
import { protocolHeaders } from '../../wire/amqp10/codec.ts';
import { type Driven, drive } from '../drive.ts';
import type { StreamListener } from '../transport.ts';
import { ConnectionMachine } from './connection.ts';
import { acceptAll, attached, beginOf, flowOf, frame, joined, openOctets, recorded, transferOf } from './recorded.test-kit.ts';
import type { ConnectionEvent } from './vocabulary.ts';

const delivery = (id: number): Uint8Array => frame(transferOf({ deliveryId: id, deliveryTag: Uint8Array.of(id) }), 1, Uint8Array.of(id));

describe('frames that are held', () => {
  const ids = (it: { readonly events: readonly ConnectionEvent[] }) =>
    it.events.flatMap(event => (event.kind === 'delivery' ? [event.delivery.deliveryId] : []));

  test('wait behind the one at hand, and are taken in order afterwards', () => {
    const it = attached({ role: 'server' });
    it.machine.receive(delivery(0), 0);
    it.machine.holdFrames(true, 0);
    const octets = joined(delivery(1), delivery(2), delivery(3));
    for (const octet of octets) it.machine.receive(Uint8Array.of(octet), 0);
    expect(ids(it)).toEqual([0]);
    it.machine.holdFrames(false, 0);
    expect(ids(it)).toEqual([0, 1, 2, 3]);
  });

  test('wait also where the hold begins with one of them, and once for each hold', () => {
    const held: number[] = [];
    const holding = recorded({ role: 'server' }, (event, { machine: own }) => {
      acceptAll(own, event, 9);
      if (event.kind !== 'delivery') return;
      held.push(event.delivery.deliveryId);
      own.holdFrames(true, 0);
    });
    const attach = frame({ type: 'attach', name: 's', handle: 0, role: 'sender', initialDeliveryCount: 0, target: { type: 'target' } }, 1);
    holding.machine.receive(joined(protocolHeaders.amqp, openOctets, frame(beginOf(), 1), attach, delivery(0), delivery(1), delivery(2)), 0);
    expect(held).toEqual([0]);
    holding.machine.holdFrames(false, 0);
    expect(held).toEqual([0, 1]);
    holding.machine.holdFrames(false, 0);
    expect(held).toEqual([0, 1, 2]);
  });

  test('do not nest where a hold ends within an event', () => {
    let depth = 0;
    const depths: number[] = [];
    const it = recorded({ role: 'server' }, (event, { machine }) => {
      depth += 1;
      acceptAll(machine, event, 9);
      if (event.kind === 'flow') {
        depths.push(depth);
        machine.holdFrames(true, 0);
        machine.holdFrames(false, 0);
      }
      depth -= 1;
    });
    const flows = [1, 2, 3].map(() => frame(flowOf(), 1));
    it.machine.receive(joined(protocolHeaders.amqp, openOctets, frame(beginOf(), 1), ...flows), 0);
    expect(depths).toEqual([1, 1, 1]);
  });

  test('are forgotten with the stream', () => {
    const it = attached({ role: 'server' });
    it.machine.holdFrames(true, 0);
    it.machine.receive(delivery(0), 0);
    it.machine.endOfInput('eof', 0);
    it.machine.holdFrames(false, 0);
    expect(it.heard().at(-1)).toBe('ended eof');
    expect(ids(it)).toEqual([]);
  });
});

/** A stream whose peer writes chunk after chunk, as long as it is read, and reads nothing until it is told to. */
class Flood {
  listener: StreamListener | undefined;
  readonly chunks: Uint8Array[] = [];
  paused = false;
  congested = false;
  written = 0;
  #ready: (() => void)[] = [];

  listen(listener: StreamListener): void {
    this.listener = listener;
  }

  write(): boolean {
    this.written += 1;
    return !this.congested;
  }

  onDrain(ready: () => void): void {
    this.#ready.push(ready);
  }

  drain(): void {
    this.congested = false;
    for (const ready of this.#ready.splice(0)) ready();
  }

  end(): void {}
  destroy(): void {}

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** Lets all come that is read. */
  run(): void {
    while (!this.paused && this.chunks.length > 0) this.listener?.data(this.chunks.shift() as Uint8Array);
  }
}

test('a peer that asks without end and reads nothing is held, with one chunk and one answer', () => {
  const stream = new Flood();
  let flows = 0;
  const driven: Driven<ConnectionMachine> = drive(
    stream,
    { now: () => 0, at: () => () => {} },
    wire => {
      const event = (what: ConnectionEvent): void => {
        acceptAll(driven.machine, what, 0);
        if (what.kind === 'flow') flows += 1;
        if (what.kind !== 'flow' || !stream.congested) return;
        driven.machine.holdFrames(true, 0);
        driven.onDrain(() => driven.machine.holdFrames(false, 0));
      };
      return new ConnectionMachine({ role: 'server', open: { containerId: 'us' } }, { ...wire, event });
    },
    { holdPeer: true },
  );
  const chunk = joined(...Array.from({ length: 50 }, () => frame(flowOf({ echo: true }), 1)));
  stream.chunks.push(joined(protocolHeaders.amqp, openOctets, frame(beginOf(), 1)));
  stream.run();
  stream.chunks.push(...Array.from({ length: 20 }, () => chunk));
  stream.congested = true;
  const before = stream.written;
  stream.run();
  expect([flows, stream.written - before, stream.chunks.length]).toEqual([1, 1, 19]);
  stream.drain();
  stream.run();
  expect([flows, stream.written - before, stream.chunks.length]).toEqual([1000, 1000, 0]);
});
