import { describe, expect, test } from 'vitest';
import { type Driven, type DriveOptions, drive, type WireOutput } from './drive.ts';
import type { Machine } from './machine.ts';
import type { Clock, Stream, StreamEnd, StreamListener } from './transport.ts';

const octets = (...values: number[]) => Uint8Array.from(values);

/** A stream and a clock that do what the test says, and keep what was done to them. */
class Bench implements Stream, Clock {
  readonly done: string[] = [];
  listener: StreamListener | undefined;
  congested = false;
  ms = 0;
  #ready: (() => void)[] = [];
  #tasks: { readonly ms: number; task: (() => void) | undefined }[] = [];

  now(): number {
    return this.ms;
  }

  at(ms: number, task: () => void): () => void {
    const timer = { ms, task: task as (() => void) | undefined };
    this.#tasks.push(timer);
    return () => {
      timer.task = undefined;
    };
  }

  pass(ms: number): void {
    this.ms = ms;
    const due = this.#tasks.filter(timer => timer.ms <= ms);
    this.#tasks = this.#tasks.filter(timer => timer.ms > ms);
    for (const { task } of due) task?.();
  }

  listen(listener: StreamListener): void {
    this.listener = listener;
  }

  write(bytes: Uint8Array): boolean {
    this.done.push(`write ${bytes.join(' ')}`);
    return !this.congested;
  }

  onDrain(ready: () => void): void {
    this.#ready.push(ready);
  }

  drain(): void {
    this.congested = false;
    for (const ready of this.#ready.splice(0)) ready();
  }

  end(): void {
    this.done.push('end');
  }

  destroy(): void {
    this.done.push('destroy');
  }

  pause(): void {
    this.done.push('pause');
  }

  resume(): void {
    this.done.push('resume');
  }
}

/** A machine that only notes what it is told. */
class Noting implements Machine {
  readonly heard: string[] = [];
  readonly wire: WireOutput;

  constructor(wire: WireOutput) {
    this.wire = wire;
  }

  receive(bytes: Uint8Array, now: number): void {
    this.heard.push(`${now} octets ${bytes.join(' ')}`);
  }

  tick(now: number): void {
    this.heard.push(`${now} tick`);
  }

  endOfInput(how: StreamEnd, now: number): void {
    this.heard.push(`${now} ${how}`);
  }

  holdInput(held: boolean, now: number): void {
    this.heard.push(`${now} ${held ? 'held' : 'released'}`);
  }
}

function driven(options: DriveOptions = {}): { readonly bench: Bench; readonly machine: Noting; readonly it: Driven<Noting> } {
  const bench = new Bench();
  const it = drive(bench, bench, wire => new Noting(wire), options);
  return { bench, machine: it.machine, it };
}

describe('a driver', () => {
  test('carries octets both ways, with the time', () => {
    const { bench, machine } = driven();
    bench.ms = 5;
    bench.listener?.data(octets(1, 2));
    machine.wire.transmit(octets(3));
    expect({ heard: machine.heard, done: bench.done }).toEqual({ heard: ['5 octets 1 2'], done: ['write 3'] });
  });

  test('wakes the machine at the moment it asked for last, once', () => {
    const { bench, machine } = driven();
    machine.wire.wakeAt(10);
    machine.wire.wakeAt(20);
    bench.pass(10);
    bench.pass(20);
    bench.pass(30);
    machine.wire.wakeAt(40);
    machine.wire.wakeAt(undefined);
    bench.pass(50);
    expect(machine.heard).toEqual(['20 tick']);
  });

  test('ends the stream after what was written, hears nothing more, and tells the end once', () => {
    const { bench, machine } = driven();
    machine.wire.transmit(octets(1));
    machine.wire.close('flush');
    machine.wire.transmit(octets(2));
    bench.listener?.data(octets(9));
    bench.listener?.end('eof');
    bench.pass(60_000);
    expect({ heard: machine.heard, done: bench.done }).toEqual({ heard: ['0 eof'], done: ['write 1', 'end', 'resume', 'end'] });
  });

  test('gives up on a peer that does not end its side', () => {
    const { bench, machine } = driven({ lingerMs: 300 });
    machine.wire.close('flush');
    bench.pass(299);
    expect(machine.heard).toEqual([]);
    bench.pass(300);
    expect({ heard: machine.heard, destroyed: bench.done.includes('destroy') }).toEqual({ heard: ['300 eof'], destroyed: true });
  });

  test('drops the stream on abort and tells the end, though not from within', () => {
    const { bench, machine } = driven();
    machine.wire.close('abort');
    expect({ heard: machine.heard, done: bench.done }).toEqual({ heard: [], done: ['destroy'] });
    bench.pass(0);
    bench.pass(60_000);
    expect(machine.heard).toEqual(['0 eof']);
  });

  test('may be aborted while it lingers', () => {
    const { bench, machine } = driven();
    machine.wire.close('flush');
    machine.wire.close('abort');
    bench.pass(0);
    expect(machine.heard).toEqual(['0 eof']);
  });

  test('leaves no timer behind when its user drops the stream', () => {
    const { bench, machine, it } = driven();
    machine.wire.wakeAt(1000);
    it.drop();
    it.drop();
    machine.wire.wakeAt(2000);
    bench.pass(60_000);
    expect([bench.done, machine.heard]).toEqual([['destroy', 'destroy'], ['0 eof']]);
  });

  test('ends its own side when the peer ended, not after a reset', () => {
    const eof = driven();
    eof.bench.listener?.end('eof');
    const reset = driven();
    reset.bench.listener?.end('reset');
    expect([eof.bench.done, reset.bench.done]).toEqual([['end'], []]);
    expect([eof.machine.heard, reset.machine.heard]).toEqual([['0 eof'], ['0 reset']]);
  });

  test('says when the peer is slow', () => {
    const { bench, machine, it } = driven();
    bench.congested = true;
    machine.wire.transmit(octets(1));
    machine.wire.transmit(octets(2));
    expect(it.writable).toBe(false);
    let ready = 0;
    it.onDrain(() => ready++);
    bench.drain();
    expect({ writable: it.writable, ready, done: bench.done }).toEqual({ writable: true, ready: 1, done: ['write 1', 'write 2'] });
  });

  test('holds a peer that does not take its answers, where told to', () => {
    const { bench, machine, it } = driven({ holdPeer: true });
    bench.congested = true;
    machine.wire.transmit(octets(1));
    it.pause();
    bench.drain();
    expect(bench.done).toEqual(['write 1', 'pause']);
    it.resume();
    expect({ done: bench.done, heard: machine.heard }).toEqual({ done: ['write 1', 'pause', 'resume'], heard: ['0 held', '0 released'] });
  });
});
