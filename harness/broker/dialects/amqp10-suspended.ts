import type { LinkEndpoint, SessionEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpSource } from '../../wire/amqp10/codec.ts';
import type { Broker } from '../broker.ts';
import type { AnyLink, Port, ServedLink } from './amqp10-port.ts';

/** What has come to an end, from the least to the most: the timer of a terminus starts with what its expiry-policy names (3.5.6). */
const ends = ['link-detach', 'session-end', 'connection-close', 'never'] as const;

export type Ending = Exclude<(typeof ends)[number], 'never'>;

/** What a source or a target says of how long it stays. */
export type Expiring = Pick<AmqpSource, 'expiryPolicy' | 'timeout'>;

/** What of that an answer repeats. */
export const expiryFields = ({ expiryPolicy, timeout }: Expiring): Expiring => ({
  ...(expiryPolicy !== undefined && { expiryPolicy }),
  ...(timeout !== undefined && { timeout }),
});

const hasBegun = ({ expiryPolicy = 'session-end' }: Expiring, ending: Ending): boolean => {
  const policy = ends.indexOf(expiryPolicy);
  return policy >= 0 ? ends.indexOf(ending) >= policy : true;
};

interface Suspension {
  readonly link: AnyLink;
  ending: Ending;
  /** Undefined until the timer runs. */
  callOff: (() => void) | undefined;
  /** Another link has taken over what it left: that says when it is over. */
  retained: boolean;
}

/** Suspended links that a broker keeps at most; beyond that they expire at once. */
const suspendedMax = 10_000;
const counts = new WeakMap<Broker, number>();

/** The links of a connection that are attached no more and whose terminus has not expired: their deliveries stay acquired, and so do the nodes that they made. */
export class Suspended {
  readonly #port: Port;
  readonly #kept = new Map<LinkEndpoint, Suspension>();
  readonly #expired: (link: AnyLink) => void;

  constructor(port: Port, expired: (link: AnyLink) => void) {
    this.#port = port;
    this.#expired = expired;
  }

  get size(): number {
    return this.#kept.size;
  }

  has({ link }: AnyLink): boolean {
    return this.#kept.has(link);
  }

  /** Keeps a link whose end this is, unless its terminus expires with that or nothing of it has to stay. True where it is kept. */
  keep(link: AnyLink, ending: Ending): boolean {
    const { broker } = this.#port;
    const count = counts.get(broker) ?? 0;
    const { timeout = 0 } = link.terminus;
    if (link.link.gone || !link.lasting || (hasBegun(link.terminus, ending) && timeout === 0) || count >= suspendedMax) return false;
    counts.set(broker, count + 1);
    const suspension: Suspension = { link, ending, callOff: undefined, retained: false };
    this.#kept.set(link.link, suspension);
    this.#startTimer(suspension);
    link.suspend();
    return true;
  }

  /** More has come to an end, of a session or of the whole connection. */
  end(ending: Ending, session?: SessionEndpoint): void {
    for (const suspension of [...this.#kept.values()]) {
      if (session !== undefined && suspension.link.link.session !== session) continue;
      suspension.ending = ending;
      this.#startTimer(suspension);
    }
  }

  /** It is kept no longer, as the link comes back or the reason for it is gone. */
  drop(link: AnyLink): void {
    const suspension = this.#kept.get(link.link);
    if (suspension === undefined) return;
    suspension.callOff?.();
    this.#kept.delete(link.link);
    const { broker } = this.#port;
    counts.set(broker, (counts.get(broker) ?? 1) - 1);
  }

  retain({ link }: ServedLink): void {
    const suspension = this.#kept.get(link);
    if (suspension === undefined) return;
    suspension.callOff?.();
    suspension.retained = true;
  }

  all(): readonly AnyLink[] {
    return Array.from(this.#kept.values(), ({ link }) => link);
  }

  #startTimer(suspension: Suspension): void {
    const { link, ending, callOff } = suspension;
    if (suspension.retained || callOff !== undefined || !hasBegun(link.terminus, ending)) return;
    const { timeout = 0 } = link.terminus;
    if (timeout === 0) this.#expired(link);
    else suspension.callOff = this.#port.later(timeout * 1000, () => this.#expired(link));
  }
}
