import type { StreamEnd } from './transport.ts';

/** What a sans-IO machine tells the outside; called synchronously from its input methods, in order. */
export interface MachineOutput<Event> {
  transmit(bytes: Uint8Array): void;
  event(event: Event): void;
  /** The machine wants `tick` at `ms`, or no longer (`undefined`). Replaces the earlier wish. */
  wakeAt(ms: number | undefined): void;
  /** The machine is done with the stream: `flush` sends what was transmitted and ends, `abort` drops it. */
  close(how: 'flush' | 'abort'): void;
}

/** What comes into a sans-IO machine besides its own commands. All times are milliseconds of the driver's clock. */
export interface Machine {
  receive(bytes: Uint8Array, now: number): void;
  tick(now: number): void;
  /** Told exactly once by a driver, also after the machine closed the stream by itself. */
  endOfInput(how: StreamEnd, now: number): void;
  /** The driver stopped (`held`) or resumed reading: the peer's silence proves nothing meanwhile. */
  holdInput?(held: boolean, now: number): void;
}
