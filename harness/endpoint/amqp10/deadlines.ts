import type { AmqpOpen } from '../../wire/amqp10/codec.ts';
import { Idle } from '../idle.ts';
import type { ConnectionSettings } from './vocabulary.ts';

/** What is done when something is due. */
export interface DeadlinesUser {
  wakeAt(ms: number | undefined): void;
  /** Says that we live. */
  send(): void;
  /** The peer has said nothing for `ms`. */
  silent(ms: number): void;
  /** The peer's close has not come in time. */
  abandon(): void;
}

/** All that waits for time: idle time-outs of both sides, and how long a close waits for the peer's. */
export class Deadlines {
  readonly #settings: ConnectionSettings;
  readonly #user: DeadlinesUser;
  readonly #idle = new Idle();
  readonly #watches: boolean;
  #closeBy = Number.POSITIVE_INFINITY;

  constructor(settings: ConnectionSettings, user: DeadlinesUser) {
    this.#settings = settings;
    this.#user = user;
    this.#watches = settings.automatic?.idle !== false;
  }

  get #silenceMs(): number {
    return this.#settings.silenceMs ?? 2 * (this.#settings.open.idleTimeOut ?? 0);
  }

  /** The peer has told its idle-time-out, and both are watched from now on. */
  opened({ idleTimeOut = 0 }: AmqpOpen, now: number): void {
    const half = Math.max(1, Math.floor(idleTimeOut / 2));
    this.#idle.watch(idleTimeOut === 0 ? 0 : half, this.#silenceMs, now);
    this.#plan();
  }

  /** Our close has gone. */
  closing(now: number): void {
    this.#idle.stop();
    this.#limit(now + (this.#settings.closeWithinMs ?? Number.POSITIVE_INFINITY));
    this.#plan();
  }

  sent(now: number): void {
    this.#idle.sent(now);
  }

  received(now: number): void {
    this.#idle.received(now);
  }

  hold(held: boolean, now: number): void {
    this.#idle.hold(held, now);
    this.#plan();
  }

  tick(now: number): void {
    const due = this.#watches ? this.#idle.due(now) : undefined;
    if (now >= this.#closeBy) this.#user.abandon();
    else if (due === 'send') {
      this.#idle.sent(now);
      this.#user.send();
    } else if (due === 'peer-silent') {
      this.#idle.stop();
      this.#limit(now + this.#silenceMs);
      this.#user.silent(this.#silenceMs);
    }
    this.#plan();
  }

  #limit(ms: number): void {
    this.#closeBy = Math.min(this.#closeBy, ms);
  }

  #plan(): void {
    const next = Math.min(this.#closeBy, this.#watches ? this.#idle.deadline : Number.POSITIVE_INFINITY);
    this.#user.wakeAt(next === Number.POSITIVE_INFINITY ? undefined : next);
  }
}
