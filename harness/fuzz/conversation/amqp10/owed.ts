import type { Session } from '../../../endpoint/amqp10/session.ts';
import type { AmqpTransfer, SaslBody } from '../../../wire/amqp10/codec.ts';

/** How far the exchange has come, as it was asked for: who is to speak next. */
type SaslTurn = 'none' | 'header' | 'mechanisms' | 'client' | 'outcome' | 'done';

/** What is due to us: what of the opening no machine's state tells, and what the states of sessions and links tell. An echo is only a SHOULD (2.7.4). */
export class Owed {
  #sasl: SaslTurn = 'none';
  #initSent = false;
  /** Deliveries that nobody has to tell the state of, by channel and id; a channel alone stands for all of its own. */
  readonly #unanswered = new Set<string | number>();

  saslHeader(): void {
    this.#sasl = 'header';
  }

  saslSent({ type }: SaslBody): void {
    if (type === 'sasl-init') this.#initSent = true;
    if (this.#sasl === 'client') this.#sasl = 'outcome';
  }

  header(): void {
    if (this.#sasl === 'header') this.#sasl = 'mechanisms';
  }

  saslCame({ type }: SaslBody): void {
    if (type === 'sasl-mechanisms') this.#sasl = this.#initSent ? 'outcome' : 'client';
    else this.#sasl = type === 'sasl-outcome' ? 'done' : 'client';
  }

  /** What is resumed and not known, aborted, or said to be settled in any of its frames, is answered by nothing. */
  transferSent(channel: number, { deliveryId, resume, aborted, settled }: AmqpTransfer): void {
    if (resume !== true && aborted !== true && settled !== true) return;
    if (deliveryId === undefined) this.#unanswered.add(channel);
    else this.#unanswered.add(`${channel} ${deliveryId}`);
  }

  /** Of the SASL layer, for people; `waits`: the client is to speak, and nothing behind it is due. */
  get sasl(): string | undefined | 'waits' {
    if (this.#sasl === 'none' || this.#sasl === 'done') return undefined;
    if (this.#sasl === 'client') return 'waits';
    return this.#sasl === 'header' ? 'the header of SASL' : `sasl-${this.#sasl}`;
  }

  /** Of one session whose begin has gone. */
  ofSession(session: Session): string | undefined {
    const { channel, state } = session;
    if (state === 'BEGIN_SENT') return `begin on channel ${channel}`;
    if (state === 'END_SENT' || state === 'DISCARDING') return `end on channel ${channel}`;
    if (state !== 'MAPPED' || channel === undefined) return undefined;
    return this.#ofLinks(session);
  }

  #ofLinks(session: Session): string | undefined {
    const { channel } = session;
    for (const { state, name } of session.links) {
      if (state === 'ATTACH_SENT') return `attach of ${name} on channel ${channel}`;
      if (state === 'DETACH_SENT' || state === 'DISCARDING') return `detach of ${name} on channel ${channel}`;
    }
    for (const { link, remoteState, deliveryId } of session.outgoing.values()) {
      const whole = link.going?.deliveryId !== deliveryId;
      const silent = this.#unanswered.has(channel ?? -1) || this.#unanswered.has(`${channel} ${deliveryId}`);
      if (whole && !silent && link.state === 'ATTACHED' && remoteState === undefined) return `disposition of ${deliveryId} on channel ${channel}`;
    }
    return undefined;
  }
}
