import type { Stream, StreamEnd } from '../endpoint/transport.ts';
import { elapsed, type ProbeContext } from './context.ts';
import type { RawStream, WaitKind } from './peer.ts';
import { atRest } from './rest.ts';
import { Stop } from './stop.ts';

/** Octets kept of what a peer says; the rest is let go of. */
const keptMax = 1 << 16;

/** A stream as it is, with its octets in the wire log. */
export class RawTalk implements RawStream {
  readonly #context: ProbeContext;
  readonly #number: number;
  readonly #stream: Stream;
  #received: Uint8Array[] = [];
  #kept = 0;
  #ended: StreamEnd | undefined;
  #wake = () => {};

  constructor(context: ProbeContext, number: number, stream: Stream) {
    this.#context = context;
    this.#number = number;
    this.#stream = stream;
    stream.listen({ data: bytes => this.#data(bytes), end: how => this.#end(how) });
  }

  send(bytes: Uint8Array): void {
    this.#context.transcript.octets(this.#number, 'sent', bytes, elapsed(this.#context));
    this.#stream.write(bytes);
  }

  async gather(wait: WaitKind = 'close'): Promise<{ readonly bytes: Uint8Array; readonly ended: StreamEnd | undefined }> {
    const { clock, budgets } = this.#context;
    if (this.#ended === undefined) {
      const waited = new Promise<void>(resolve => {
        const cancel = clock.at(clock.now() + budgets[wait], resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
      await atRest(this.#context, wait, waited);
    }
    if (this.#context.stopped instanceof Stop) throw this.#context.stopped;
    return { bytes: Buffer.concat(this.#received), ended: this.#ended };
  }

  destroy(): void {
    this.#stream.destroy();
    this.#wake();
  }

  #data(bytes: Uint8Array): void {
    if (this.#kept >= keptMax) return;
    this.#context.transcript.octets(this.#number, 'received', bytes, elapsed(this.#context));
    this.#received.push(bytes.slice());
    this.#kept += bytes.length;
  }

  #end(how: StreamEnd): void {
    this.#ended = how;
    this.#context.transcript.note(this.#number, how === 'eof' ? 'the stream ended' : 'the stream was reset', elapsed(this.#context));
    this.#wake();
  }
}
