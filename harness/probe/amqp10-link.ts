import type { LinkEndpoint } from '../endpoint/amqp10/vocabulary.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { AmqpAttach, AmqpError, PerformativeName } from '../wire/amqp10/codec.ts';
import { barrier10 } from './amqp10-barrier.ts';
import type { Link10 } from './amqp10-links.ts';
import type { Answering10, Draft10, Frame10 } from './amqp10-peer.ts';
import type { Amqp10Session } from './amqp10-session.ts';
import type { WaitKind } from './peer.ts';

/** What our attach said. */
export interface Attaching {
  readonly role: 'sender' | 'receiver';
  readonly name: string;
  readonly handle: number;
}

/** One link as checks use it. */
export class Amqp10Link implements Link10 {
  readonly session: Amqp10Session;
  readonly name: string;
  readonly handle: number;
  readonly role: 'sender' | 'receiver';
  #attach: AmqpAttach | undefined;

  constructor(session: Amqp10Session, { role, name, handle }: Attaching) {
    this.session = session;
    this.role = role;
    this.name = name;
    this.handle = handle;
  }

  get attach(): AmqpAttach {
    if (this.#attach === undefined) throw new Error('attach was not received yet: this link did not go that far');
    return this.#attach;
  }

  /** The machine's view of it. */
  get endpoint(): LinkEndpoint | undefined {
    return this.session.connection.wire.link(this.session.channel, this.handle);
  }

  /** Waits for the peer's attach. One without the peer's own terminus refuses the link: then what comes behind it says why. */
  async attached(): Promise<void> {
    const { performative } = await this.expect('attach');
    this.#attach = performative;
    if ((this.role === 'sender' ? performative.target : performative.source) !== undefined) return;
    throw this.session.connection.otherThan('attach', (await this.expect('detach')).performative);
  }

  flow(fields: Draft10<'flow'> = {}): void {
    const { deliveryCount, credit, drain } = this.endpoint ?? {};
    this.session.flow({ handle: this.handle, deliveryCount, linkCredit: credit, ...(drain === true && { drain }), ...fields });
  }

  expect<N extends PerformativeName>(name: N, wait?: WaitKind): Promise<Frame10<N>> {
    return this.session.expect(name, { handle: this.handle, ...(wait !== undefined && { wait }) });
  }

  barrier(absent: readonly PerformativeName[] = []): Promise<void> {
    return barrier10(this.session, this, absent);
  }

  answersTo(duty: DutyId, options: Answering10 = {}): Promise<Answer> {
    return this.session.answersTo(duty, { handle: this.handle, ...options });
  }

  async detach({ closed = true, error }: { readonly closed?: boolean; readonly error?: AmqpError } = {}): Promise<Frame10<'detach'>> {
    this.session.send('detach', { handle: this.handle, ...(closed && { closed }), ...(error !== undefined && { error }) });
    const detach = await this.expect('detach', 'close');
    if (detach.performative.error !== undefined) throw this.session.connection.otherThan('detach', detach.performative);
    return detach;
  }
}
