import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { AmqpBegin, AmqpError, PerformativeName } from '../wire/amqp10/codec.ts';
import type { Amqp10Connection } from './amqp10.ts';
import { barrier10 } from './amqp10-barrier.ts';
import { sourceOf, targetOf } from './amqp10-drafts.ts';
import { Amqp10Link, type Attaching } from './amqp10-link.ts';
import type { LinkDraft, Session10, SourceDraft, TargetDraft } from './amqp10-links.ts';
import type { Answering10, Draft10, Frame10 } from './amqp10-peer.ts';
import { Amqp10Receiver } from './amqp10-receiver.ts';
import { Amqp10Sender } from './amqp10-sender.ts';
import type { WaitKind } from './peer.ts';

/** One session as checks use it. */
export class Amqp10Session implements Session10 {
  readonly connection: Amqp10Connection;
  readonly channel: number;
  #begin: AmqpBegin | undefined;

  constructor(connection: Amqp10Connection, channel: number) {
    this.connection = connection;
    this.channel = channel;
  }

  get begin(): AmqpBegin {
    if (this.#begin === undefined) throw new Error('begin was not received yet: this session did not go that far');
    return this.#begin;
  }

  get room(): number {
    return this.connection.wire.sessions.get(this.channel)?.remoteIncomingWindow ?? 0;
  }

  set begin(begin: AmqpBegin) {
    this.#begin = begin;
  }

  send<N extends PerformativeName>(name: N, fields: Draft10<N> = {}, payload?: Uint8Array): void {
    this.connection.send(this.channel, name, fields, payload);
  }

  expect<N extends PerformativeName>(name: N, of: { readonly handle?: number; readonly wait?: WaitKind } = {}): Promise<Frame10<N>> {
    return this.connection.expect(name, { channel: this.channel, ...of });
  }

  async sender(target: string | null | TargetDraft, attach: LinkDraft = {}): Promise<Amqp10Sender> {
    const link = new Amqp10Sender(this, this.#attach({ ...attach, role: 'sender', target: targetOf(target) }));
    await link.attached();
    return link;
  }

  async receiver(source: string | SourceDraft, attach: LinkDraft = {}): Promise<Amqp10Receiver> {
    const link = new Amqp10Receiver(this, this.#attach({ ...attach, role: 'receiver', source: sourceOf(source) }));
    await link.attached();
    return link;
  }

  bareLink(handle: number, role: 'sender' | 'receiver'): Amqp10Link {
    return new Amqp10Link(this, { handle, role, name: '' });
  }

  flow(fields: Draft10<'flow'> = {}): void {
    this.send('flow', fields);
  }

  barrier(absent: readonly PerformativeName[] = []): Promise<void> {
    return barrier10(this, undefined, absent);
  }

  answersTo(duty: DutyId, options: Answering10 & { readonly handle?: number } = {}): Promise<Answer> {
    return this.connection.answersTo(duty, { channel: this.channel, ...options });
  }

  async end(error?: AmqpError): Promise<void> {
    this.send('end', error === undefined ? {} : { error });
    const { performative } = await this.expect('end', { wait: 'close' });
    if (performative.error !== undefined) throw this.connection.otherThan('end', performative);
  }

  /** Sends an attach; what is left out of it is of our own choice, and a handle that is named is taken as it is. */
  #attach(fields: LinkDraft & { readonly role: 'sender' | 'receiver' }): Attaching {
    const { wire } = this.connection;
    const { role, name = wire.context.names.issue('link') } = fields;
    const ours = role === 'sender' ? { source: { type: 'source' as const }, initialDeliveryCount: 0 } : { target: { type: 'target' as const } };
    const taken = new Set([...(wire.sessions.get(this.channel)?.links ?? [])].map(link => link.handle));
    let { handle = 0 } = fields;
    while (fields.handle === undefined && taken.has(handle)) handle += 1;
    this.send('attach', { ...ours, ...fields, name, handle });
    return { role, name, handle };
  }
}
