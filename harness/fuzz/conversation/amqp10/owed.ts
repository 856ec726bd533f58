import type { Session } from '../../../endpoint/amqp10/session.ts';
import type { AmqpFlow, SaslBody } from '../../../wire/amqp10/codec.ts';

/** How far the exchange has come, as it was asked for: who is to speak next. */
type SaslTurn = 'none' | 'header' | 'mechanisms' | 'client' | 'outcome' | 'done';

/** What of the opening and of echoes is due and no machine's state tells. */
export class Owed {
  #sasl: SaslTurn = 'none';
  #initSent = false;
  /** Channels of ours on which a flow asked for an echo. */
  readonly #echoes = new Set<number>();

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

  flowSent(channel: number, { echo }: AmqpFlow): void {
    if (echo === true) this.#echoes.add(channel);
  }

  flowCame(channel: number): void {
    this.#echoes.delete(channel);
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
    return this.#ofLinks(session) ?? (this.#echoes.has(channel) ? `flow on channel ${channel}` : undefined);
  }

  #ofLinks(session: Session): string | undefined {
    for (const { state, name } of session.links) {
      if (state === 'ATTACH_SENT') return `attach of ${name} on channel ${session.channel}`;
      if (state === 'DETACH_SENT' || state === 'DISCARDING') return `detach of ${name} on channel ${session.channel}`;
    }
    for (const { link, remoteState, deliveryId } of session.outgoing.values()) {
      const whole = link.going?.deliveryId !== deliveryId;
      if (whole && link.state === 'ATTACHED' && remoteState === undefined) return `disposition of ${deliveryId} on channel ${session.channel}`;
    }
    return undefined;
  }
}
