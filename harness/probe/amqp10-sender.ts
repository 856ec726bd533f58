import type { AmqpDisposition, DeliveryState } from '../wire/amqp10/codec.ts';
import { octetsOf } from './amqp10-drafts.ts';
import { isUnasked10 } from './amqp10-expectation.ts';
import { Amqp10Link } from './amqp10-link.ts';
import type { Sendable, Sender10, SendOptions } from './amqp10-links.ts';
import type { Draft10, Frame10 } from './amqp10-peer.ts';
import type { WaitKind } from './peer.ts';

interface Outcome {
  readonly state: DeliveryState | undefined;
  readonly settled: boolean;
}

/** A link on which the probe sends. */
export class Amqp10Sender extends Amqp10Link implements Sender10 {
  #tags = 0;
  /** What was told already, of those dispositions that are about several deliveries. */
  readonly #told = new WeakMap<Frame10, Set<number>>();

  get credit(): number {
    return this.endpoint?.credit ?? 0;
  }

  async credited(): Promise<number> {
    while (this.credit <= 0) await this.expect('flow');
    return this.credit;
  }

  async send(message: Sendable, options: SendOptions = {}): Promise<DeliveryState | undefined> {
    const deliveryId = await this.deliver(message, options);
    const settled = options.settled ?? this.endpoint?.attach?.sndSettleMode === 'settled';
    return settled ? undefined : (await this.outcome(deliveryId)).state;
  }

  async deliver(message: Sendable, { tag = this.tag(), ...options }: SendOptions = {}): Promise<number> {
    await this.credited();
    const { endpoint } = this;
    if (endpoint === undefined) throw new Error('the link is attached by hand: send its transfers by hand too');
    const deliveryId = this.session.connection.wire.deliver(endpoint, { tag, payload: octetsOf(message), ...options });
    return deliveryId ?? this.#ended();
  }

  transfer(fields: Draft10<'transfer'>, payload: Sendable = new Uint8Array(0)): void {
    this.session.send('transfer', { handle: this.handle, ...fields }, octetsOf(payload));
  }

  outcome(deliveryId: number, wait: WaitKind = 'reply'): Promise<Outcome> {
    const { connection, channel } = this.session;
    const expected = 'disposition';
    return connection.look<Outcome>(expected, wait, ({ seen }) => {
      if (seen === undefined || seen.kind === 'empty') return undefined;
      if (seen.kind !== 'frame') return { value: connection.other(expected, seen), keep: true };
      const { performative: what } = seen;
      if (what.type === 'disposition') return seen.local === channel ? this.#outcomeIn(seen, what, deliveryId) : undefined;
      const ends = what.type === 'close' || (seen.local === channel && (what.type === 'end' || seen.handle === this.handle));
      return ends && !isUnasked10(what.type) ? { value: connection.other(expected, seen), keep: true } : undefined;
    });
  }

  /** What keeps a link with credit from taking a delivery is an end of it that came meanwhile, and lies in the inbox still. */
  async #ended(): Promise<never> {
    for (;;) await this.expect('flow');
  }

  /** A delivery-tag that was not used before on this link. */
  tag(): Uint8Array {
    this.#tags += 1;
    return Buffer.from(`t${this.#tags}`);
  }

  #outcomeIn(frame: Frame10, { role, first, last = first, settled = false, state }: AmqpDisposition, deliveryId: number) {
    const within = (deliveryId - first) >>> 0 <= (last - first) >>> 0;
    const told = this.#told.get(frame);
    if (role !== 'receiver' || !within || told?.has(deliveryId) === true) return undefined;
    this.#told.set(frame, (told ?? new Set()).add(deliveryId));
    return first === last ? { value: { state, settled } } : { value: { state, settled }, keep: true as const };
  }
}
