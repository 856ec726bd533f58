import { Splitter } from '../endpoint/splitter.ts';
import type { Method } from '../spec/amqp091/classes.ts';
import { protocolHeader } from '../spec/amqp091/constants.ts';
import { decodePayload } from '../wire/amqp091/codec.ts';
import { isViolation } from '../wire/decoded.ts';

/** A method that was found in octets of our own. */
export interface SentMethod {
  readonly channel: number;
  readonly method: Method;
}

/** Reads octets that a check sent by hand as the peer will read them, so that our machine can follow what they ask for. */
export class OwnFrames {
  readonly #splitter = new Splitter({ frameMax: 0 });
  #headerLeft: number | undefined;
  #lost = false;

  /** False once the octets cannot be read as frames: what the peer makes of them is not for us to know. */
  get legible(): boolean {
    return !this.#lost;
  }

  /** A frame is under way: what is sent now becomes a part of it. */
  get unfinished(): boolean {
    return this.#splitter.buffered > 0 || (this.#headerLeft ?? 0) > 0;
  }

  /** Octets that were sent past this reader. Harmless between two frames. */
  passedBy(): void {
    this.#headerLeft ??= 0;
    if (this.unfinished) this.#lost = true;
  }

  /** The methods whose frames these octets complete. */
  methods(bytes: Uint8Array): readonly SentMethod[] {
    this.#headerLeft ??= bytes[0] === protocolHeader[0] ? protocolHeader.length : 0;
    const skipped = Math.min(this.#headerLeft, bytes.length);
    this.#headerLeft -= skipped;
    if (this.#lost) return [];
    this.#splitter.push(bytes.subarray(skipped));
    const found: SentMethod[] = [];
    for (let raw = this.#splitter.next(); raw !== undefined; raw = this.#splitter.next()) {
      if (isViolation(raw)) {
        this.#lost = true;
        break;
      }
      const frame = decodePayload(raw);
      if (!isViolation(frame) && frame.type === 'method') found.push({ channel: frame.channel, method: frame.method });
    }
    return found;
  }
}
