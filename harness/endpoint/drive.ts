import type { Machine, MachineOutput } from './machine.ts';
import type { Clock, Stream, StreamEnd } from './transport.ts';

/** What a driver takes from a machine; where its events go is the maker's own choice. */
export type WireOutput = Omit<MachineOutput<never>, 'event'>;

/** A machine bound to a stream and a clock. */
export interface Driven<M extends Machine> {
  readonly machine: M;
  readonly clock: Clock;
  /** False while the peer takes our octets slower than we write them. */
  readonly writable: boolean;
  /** Runs `ready` once, when what was written has drained. */
  onDrain(ready: () => void): void;
  /** Stops and resumes reading, to hold the peer back. */
  pause(): void;
  resume(): void;
  /** Drops both directions at once: the machine is told of the end, and no timer is left behind. */
  drop(): void;
  /** Falls silent for good: nothing goes out and nothing that comes in is looked at, until the peer ends the stream. */
  stall(): void;
}

export interface DriveOptions {
  /** How long the peer gets to end its side after our orderly end, in milliseconds. Defaults to 2000. */
  readonly lingerMs?: number;
  /** Stops reading while the peer does not take our answers, so that a flood of requests cannot pile them up. For one side of a connection only. */
  readonly holdPeer?: boolean;
}

/**
 * Binds a machine to an established stream: octets, ends and time go in; transmissions, wake-ups and the close come out.
 * `make` builds the machine around the output it is given: `drive(stream, clock, wire => new ConnectionMachine(settings, { ...wire, event }))`.
 * The machine's `endOfInput` is called exactly once, whoever ended the stream.
 */
export function drive<M extends Machine>(stream: Stream, clock: Clock, make: (wire: WireOutput) => M, options: DriveOptions = {}): Driven<M> {
  return new Driver(stream, clock, make, options);
}

type Hold = 'user' | 'congestion';

class Driver<M extends Machine> implements Driven<M> {
  readonly machine: M;
  readonly clock: Clock;
  writable = true;
  readonly #stream: Stream;
  readonly #options: DriveOptions;
  readonly #holds = new Set<Hold>();
  #cancelWake: (() => void) | undefined;
  #cancelLinger: (() => void) | undefined;
  #closed = false;
  #ended = false;
  #stalled = false;

  constructor(stream: Stream, clock: Clock, make: (wire: WireOutput) => M, options: DriveOptions) {
    this.#stream = stream;
    this.#options = options;
    this.clock = clock;
    this.machine = make({
      transmit: bytes => this.#transmit(bytes),
      wakeAt: ms => this.#wakeAt(ms),
      close: how => this.#close(how),
    });
    stream.listen({ data: bytes => this.#data(bytes), end: how => this.#end(how) });
  }

  onDrain(ready: () => void): void {
    this.#stream.onDrain(ready);
  }

  pause(): void {
    this.#hold('user');
  }

  resume(): void {
    this.#release('user');
  }

  drop(): void {
    this.#stream.destroy();
    if (this.#ended) return;
    this.#ended = true;
    this.#wakeAt(undefined);
    this.#cancelLinger?.();
    this.machine.endOfInput('eof', this.clock.now());
  }

  stall(): void {
    this.#stalled = true;
    this.machine.holdInput?.(true, this.clock.now());
    this.#stream.resume();
  }

  #data(bytes: Uint8Array): void {
    if (!this.#closed && !this.#stalled) this.machine.receive(bytes, this.clock.now());
  }

  #transmit(bytes: Uint8Array): void {
    if (this.#closed || this.#ended || this.#stalled) return;
    const flowing = this.#stream.write(bytes);
    if (flowing || !this.writable) return;
    this.writable = false;
    if (this.#options.holdPeer === true) this.#hold('congestion');
    this.#stream.onDrain(() => {
      this.writable = true;
      this.#release('congestion');
    });
  }

  #hold(why: Hold): void {
    const first = this.#holds.size === 0;
    this.#holds.add(why);
    if (!first) return;
    this.#stream.pause();
    this.machine.holdInput?.(true, this.clock.now());
  }

  #release(why: Hold): void {
    if (!this.#holds.delete(why) || this.#holds.size > 0) return;
    this.machine.holdInput?.(false, this.clock.now());
    this.#stream.resume();
  }

  #wakeAt(ms: number | undefined): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (ms === undefined || this.#ended) return;
    this.#cancelWake = this.clock.at(ms, () => {
      this.#cancelWake = undefined;
      this.machine.tick(this.clock.now());
    });
  }

  #close(how: 'flush' | 'abort'): void {
    if (this.#ended || this.#stalled || (this.#closed && how === 'flush')) return;
    this.#closed = true;
    this.#wakeAt(undefined);
    if (how === 'flush') {
      this.#stream.end();
      this.#stream.resume();
    }
    this.#abandon(how === 'abort' ? 0 : (this.#options.lingerMs ?? 2000));
  }

  /** Ends the machine's input by ourselves, unless the peer's end comes first. Never from within the machine's own call. */
  #abandon(afterMs: number): void {
    this.#cancelLinger?.();
    if (afterMs === 0) this.#stream.destroy();
    this.#cancelLinger = this.clock.at(this.clock.now() + afterMs, () => {
      this.#cancelLinger = undefined;
      this.#stream.destroy();
      this.#end('eof');
    });
  }

  #end(how: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#wakeAt(undefined);
    this.#cancelLinger?.();
    this.machine.endOfInput(how, this.clock.now());
    if (how === 'eof') this.#stream.end();
  }
}
