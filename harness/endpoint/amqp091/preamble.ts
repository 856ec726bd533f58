import { protocolHeader } from '../../spec/amqp091/constants.ts';
import type { Violation } from '../../wire/decoded.ts';
import { parseProtocolHeader } from '../../wire/protocol-header.ts';
import type { Role } from './vocabulary.ts';

/** What stands before the first frame: the client's protocol header, or the one with which a server refuses it, and the octets behind it. */
export interface Opening {
  readonly header: Uint8Array | undefined;
  readonly rest: Uint8Array;
}

const capitalA = 0x41;

/** Reads the octets before the first frame of a connection's input. */
export class Preamble {
  readonly #role: Role;
  #octets = new Uint8Array(0);
  #done = false;
  #size = 0;

  constructor(role: Role) {
    this.#role = role;
  }

  get done(): boolean {
    return this.#done;
  }

  /** Octets before the first frame. */
  get size(): number {
    return this.#size;
  }

  /** Takes octets; answers what stands there once it is known. */
  take(bytes: Uint8Array): Opening | Violation | undefined {
    const begun = this.#octets.length > 0;
    if (this.#role === 'client' && !begun && bytes.length > 0 && bytes[0] !== capitalA) return this.#finish(undefined, bytes);
    const head = new Uint8Array(Math.min(protocolHeader.length, this.#octets.length + bytes.length));
    head.set(this.#octets);
    const taken = head.length - this.#octets.length;
    head.set(bytes.subarray(0, taken), this.#octets.length);
    this.#octets = head;
    const parsed = parseProtocolHeader(head);
    if (parsed.kind === 'need-more') return undefined;
    this.#done = true;
    if (parsed.kind === 'violation') return parsed;
    const { id, major, minor, revision } = parsed.value;
    if (this.#role === 'server' && id !== 0) {
      return { kind: 'violation', rule: 'amqp091/4.2.2.unknown-protocol', offset: 4, detail: `protocol id ${id} is not 0` };
    }
    if (this.#role === 'server' && `${major}.${minor}.${revision}` !== '0.9.1') {
      return { kind: 'violation', rule: 'amqp091/4.2.2.unsupported-version', offset: 5, detail: `version ${major}-${minor}-${revision} is not 0-9-1` };
    }
    return this.#finish(head, bytes.subarray(taken));
  }

  #finish(header: Uint8Array | undefined, rest: Uint8Array): Opening {
    this.#done = true;
    this.#size = header?.length ?? 0;
    return { header, rest };
  }
}
