import type { Driven } from '../endpoint/drive.ts';
import type { Machine } from '../endpoint/machine.ts';
import type { Stream } from '../endpoint/transport.ts';
import type { Exit, RunningClient } from './subject.ts';

/** What our own machines have alike as clients, whatever they speak: they work until they are told to end, or their connection is over. */
export abstract class MachineSubject<M extends Machine> implements RunningClient {
  readonly exited: Promise<Exit>;
  protected driven: Driven<M> | undefined;
  protected publishing: NodeJS.Timeout | undefined;
  #ending = false;
  readonly #lingers: boolean;
  #exit: (exit: Exit) => void = () => {};

  /** `lingers`: its process stays when its connection is over. */
  constructor({ lingers = false }: { readonly lingers?: boolean }) {
    this.#lingers = lingers;
    this.exited = new Promise(resolve => {
      this.#exit = exit => {
        clearInterval(this.publishing);
        resolve(exit);
      };
    });
  }

  /** Says good-bye in order. */
  protected abstract leave(): void;
  /** Drops the stream. */
  protected abstract drop(): void;

  terminate(): void {
    if (this.#ending) return;
    this.#ending = true;
    clearInterval(this.publishing);
    this.leave();
  }

  kill(): void {
    this.drop();
    this.#exit({ status: undefined, signal: 'SIGKILL' });
  }

  memory(): undefined {
    return undefined;
  }

  words(): readonly string[] {
    return [];
  }

  /** Its process dies of a signal. */
  protected die(): 'hold' {
    this.#exit({ status: undefined, signal: 'SIGSEGV' });
    setImmediate(() => this.driven?.drop());
    return 'hold';
  }

  /** Its connection is over. */
  protected over(): void {
    clearInterval(this.publishing);
    if (!this.#lingers || this.#ending) this.#exit({ status: this.#ending ? 0 : 1, signal: undefined });
  }
}

/** A stream that does some things otherwise. */
export function altered(stream: Stream, other: Partial<Stream>): Stream {
  return {
    listen: listener => stream.listen(listener),
    write: bytes => stream.write(bytes),
    onDrain: ready => stream.onDrain(ready),
    end: () => stream.end(),
    destroy: () => stream.destroy(),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    ...other,
  };
}
