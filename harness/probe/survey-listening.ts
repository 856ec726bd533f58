import { type Clock, DialError, type Stream, type StreamEnd, type Transport } from '../endpoint/transport.ts';
import type { Method } from '../spec/amqp091/classes.ts';
import { decodeFrame } from '../wire/amqp091/frame.ts';

/** The port cannot be judged; the message is one sentence: what happened, where, what to do. */
export class SurveyError extends Error {
  override readonly name = 'SurveyError';
}

/** What was heard of a port. */
export interface Heard {
  readonly bytes: Uint8Array;
  /** Undefined: silence until the time was up. */
  readonly end: StreamEnd | undefined;
}

/** One stream read step by step: octets pile up until a step finds what it waits for. */
export class Listening {
  readonly stream: Stream;
  readonly clock: Clock;
  bytes: Uint8Array = new Uint8Array(0);
  end: StreamEnd | undefined;
  wake: () => void = () => {};

  constructor(stream: Stream, clock: Clock) {
    this.stream = stream;
    this.clock = clock;
    stream.listen({
      data: bytes => {
        if (this.bytes.length < 1 << 20) this.bytes = Buffer.concat([this.bytes, bytes]);
        this.wake();
      },
      end: how => {
        this.end = how;
        this.wake();
      },
    });
  }

  /** Resolves when `enough` holds, the stream ended, or the time is up. */
  until(enough: (bytes: Uint8Array) => boolean, withinMs: number): Promise<Heard> {
    return new Promise(resolve => {
      const cancel = this.clock.at(this.clock.now() + withinMs, () => finish());
      const finish = (): void => {
        cancel();
        this.wake = () => {};
        resolve({ bytes: this.bytes, end: this.end });
      };
      this.wake = () => {
        if (enough(this.bytes) || this.end !== undefined) finish();
      };
      this.wake();
    });
  }

  /** Takes the next method, or says why none came. */
  async method(withinMs: number): Promise<Method | Heard> {
    const heard = await this.until(bytes => decodeFrame(bytes).kind !== 'need-more', withinMs);
    const decoded = decodeFrame(heard.bytes);
    if (decoded.kind !== 'value' || decoded.value.type !== 'method') return heard;
    this.bytes = heard.bytes.subarray(decoded.end);
    return decoded.value.method;
  }
}

/** Throws a SurveyError where no stream is to be had. */
export async function dial(transport: Transport): Promise<Stream> {
  try {
    return await transport.dial();
  } catch (error) {
    if (error instanceof DialError) throw new SurveyError(`${error.message}. Check host and port, and that the broker runs.`);
    throw error;
  }
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 200)).toString('latin1');
}
