import { type AmqpError, type CompositeFields, type DeliveryState, decodeMessage, isViolation, type Message } from '../wire/amqp10/codec.ts';
import { Amqp10Link } from './amqp10-link.ts';
import type { Delivery10, Receiver10 } from './amqp10-links.ts';
import type { Frame10 } from './amqp10-peer.ts';
import { breachFinding } from './findings.ts';
import type { WaitKind } from './peer.ts';
import { Stop } from './stop.ts';

/** A link on which the probe receives. */
export class Amqp10Receiver extends Amqp10Link implements Receiver10 {
  credit(count: number, { drain = false, echo = false }: { readonly drain?: boolean; readonly echo?: boolean } = {}): void {
    this.flow({ linkCredit: count, drain: drain || undefined, echo: echo || undefined });
  }

  async receive(wait: WaitKind = 'reply'): Promise<Delivery10> {
    for (;;) {
      const delivery = await this.#gather([await this.expect('transfer', wait)]);
      if (delivery !== undefined) return delivery;
    }
  }

  async drain(): Promise<readonly Delivery10[]> {
    const { inbox } = this.session.connection.wire;
    const stale = new Set(inbox.items.map(({ seen }) => seen));
    this.credit(this.endpoint?.credit ?? 0, { drain: true });
    const deliveries: Delivery10[] = [];
    for (;;) {
      const seen = await this.session.connection.find(['transfer', 'flow'], { channel: this.session.channel, handle: this.handle });
      const { performative } = seen;
      if (performative.type === 'transfer') {
        const delivery = await this.#gather([seen as Frame10<'transfer'>]);
        if (delivery !== undefined) deliveries.push(delivery);
      } else if (!stale.has(seen) && performative.type === 'flow' && (performative.linkCredit ?? 0) === 0) return deliveries;
    }
  }

  /** All transfers of a delivery; undefined where it was aborted. */
  async #gather(transfers: readonly Frame10<'transfer'>[]): Promise<Delivery10 | undefined> {
    const all = [...transfers];
    for (let last = all.at(-1); last !== undefined; last = all.at(-1)) {
      const { more, aborted } = last.performative;
      if (aborted === true) return undefined;
      if (more !== true) break;
      all.push(await this.expect('transfer'));
    }
    return new Delivery(this, all);
  }
}

class Delivery implements Delivery10 {
  readonly transfers: readonly Frame10<'transfer'>[];
  readonly payload: Uint8Array;
  readonly #link: Amqp10Receiver;

  constructor(link: Amqp10Receiver, transfers: readonly Frame10<'transfer'>[]) {
    this.#link = link;
    this.transfers = transfers;
    const [only, second] = transfers;
    this.payload = only !== undefined && second === undefined ? only.payload : Buffer.concat(transfers.map(({ payload }) => payload));
  }

  get #first(): Frame10<'transfer'>['performative'] | undefined {
    return this.transfers[0]?.performative;
  }

  get deliveryId(): number {
    return this.#first?.deliveryId ?? 0;
  }

  get tag(): Uint8Array {
    return this.#first?.deliveryTag ?? new Uint8Array(0);
  }

  get format(): number | undefined {
    return this.#first?.messageFormat;
  }

  get settled(): boolean {
    return this.transfers.some(({ performative }) => performative.settled === true);
  }

  get state(): DeliveryState | undefined {
    return this.transfers.findLast(({ performative }) => performative.state !== undefined)?.performative.state;
  }

  get message(): Message {
    const message = decodeMessage(this.payload);
    if (isViolation(message)) throw new Stop({ kind: 'failed', ...breachFinding(message) });
    return message;
  }

  get text(): string | undefined {
    const { body } = this.message;
    if (body?.type === 'amqp-value') return body.value.type === 'string' ? body.value.value : undefined;
    const [only, second] = body?.type === 'data' ? body.value : [];
    return only === undefined || second !== undefined ? undefined : new TextDecoder().decode(only);
  }

  settle(state: DeliveryState | undefined, settled = true): void {
    this.#link.session.send('disposition', { role: 'receiver', first: this.deliveryId, settled, state });
  }

  accept(): void {
    this.settle({ type: 'accepted' });
  }

  reject(error?: AmqpError): void {
    this.settle({ type: 'rejected', error });
  }

  release(): void {
    this.settle({ type: 'released' });
  }

  modify(fields: CompositeFields<'modified'> = {}): void {
    this.settle({ type: 'modified', ...fields });
  }
}
