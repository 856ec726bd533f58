import type { Method } from '../../spec/amqp091/classes.ts';
import type { ConnectionMachine } from './connection.ts';
import type { HandshakeResult } from './negotiation.ts';
import type { ConnectionState } from './transitions.ts';
import type { ConnectionEvent } from './vocabulary.ts';

export const pending = { kind: 'pending' } as const;

/** What both roles' handshakes have in common: they take the machine's events until they are done or have failed, and tell that once. */
export abstract class Dialogue<Session> {
  protected readonly machine: ConnectionMachine;
  #over = false;
  #reached: ConnectionState = 'initial';

  constructor(machine: ConnectionMachine) {
    this.machine = machine;
  }

  /** Takes the machine's next event. */
  handle(event: ConnectionEvent, now: number): HandshakeResult<Session> {
    if (this.#over) return pending;
    const result = this.#take(event, now);
    this.#reached = this.machine.state;
    this.#over ||= result.kind !== 'pending';
    return result;
  }

  protected abstract headerCame(bytes: Uint8Array, now: number): HandshakeResult<Session>;

  protected abstract methodCame(method: Method, now: number): HandshakeResult<Session>;

  /** The handshake failed; `closing` then ends the conversation, and what it makes the machine tell is not ours any more. */
  protected fail(reason: string, closing: () => void): HandshakeResult<Session> {
    this.#over = true;
    closing();
    return { kind: 'failed', reason };
  }

  #take(event: ConnectionEvent, now: number): HandshakeResult<Session> {
    switch (event.kind) {
      case 'protocol-header':
        return this.headerCame(event.bytes, now);
      case 'method':
        return this.methodCame(event.method, now);
      case 'violation':
        // One that the machine only reports is its user's to judge.
        return this.machine.settings.automatic?.raise === false ? pending : { kind: 'failed', reason: event.violation.detail };
      case 'ended':
        return { kind: 'failed', reason: `the peer left (${event.how}) after ${this.#reached}` };
      default:
        return pending;
    }
  }
}
