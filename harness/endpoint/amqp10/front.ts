import { decodeBody, decodeRawFrame, type ProtocolHeader, parseProtocolHeader, type SaslFrame, type Violation } from '../../wire/amqp10/codec.ts';
import { isViolation, shifted } from '../../wire/decoded.ts';

/** What is read next: a protocol header, frames of SASL, or frames of AMQP; `closed` where nothing is. */
export type Layer = 'header' | 'sasl' | 'amqp' | 'closed';

/** Whom the front tells what stands before the AMQP layer. Each may change the layer. */
export interface FrontUser {
  header(header: ProtocolHeader): void;
  saslFrame(frame: SaslFrame, offset: number): void;
  /** Octets that are no header, or no SASL frame. */
  unreadable(violation: Violation | undefined, layer: Layer, offset: number): void;
}

const saslFrameMax = 512;
const nothing = new Uint8Array(0);

/** Reads protocol headers and the SASL layer of a connection's input: never ahead of one frame, since what follows it may be of another layer. */
export class Front {
  layer: Layer = 'header';
  /** Octets read so far. */
  offset = 0;
  readonly #user: FrontUser;
  #octets: Uint8Array = nothing;

  constructor(user: FrontUser) {
    this.#user = user;
  }

  /** Takes octets; answers those that are of the AMQP layer. */
  receive(bytes: Uint8Array): Uint8Array {
    this.#octets = this.#octets.length === 0 ? bytes : Buffer.concat([this.#octets, bytes]);
    let going = true;
    while (going) going = this.#octets.length > 0 && this.#next(this.layer);
    if (this.layer === 'header' || this.layer === 'sasl') return nothing;
    const rest = this.layer === 'amqp' ? this.#octets : nothing;
    this.#octets = nothing;
    return rest;
  }

  /** Reads one thing; false where more octets are needed, or none are read. */
  #next(layer: Layer): boolean {
    if (layer === 'header') return this.#header();
    return layer === 'sasl' && this.#saslFrame();
  }

  #header(): boolean {
    const parsed = parseProtocolHeader(this.#octets);
    if (parsed.kind === 'need-more') return false;
    if (parsed.kind === 'violation') return this.#stop(parsed, 'header');
    this.#consume(parsed.end);
    this.#user.header(parsed.value);
    return true;
  }

  #saslFrame(): boolean {
    const raw = decodeRawFrame(this.#octets, { maxFrameSize: saslFrameMax });
    if (raw.kind === 'need-more') return false;
    if (raw.kind === 'violation') return this.#stop(raw, 'sasl');
    const frame = decodeBody(raw.value);
    if (isViolation(frame)) return this.#stop(frame, 'sasl');
    if (frame.type === 'amqp') return this.#stop(undefined, 'sasl');
    const { offset } = this;
    this.#consume(raw.end);
    this.#user.saslFrame(frame, offset);
    return true;
  }

  #consume(octets: number): void {
    this.offset += octets;
    this.#octets = this.#octets.subarray(octets);
  }

  /** Nothing after it can be read. */
  #stop(violation: Violation | undefined, layer: Layer): boolean {
    this.layer = 'closed';
    this.#user.unreadable(violation && shifted(violation, this.offset), layer, this.offset);
    return false;
  }
}
