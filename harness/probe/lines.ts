import type { Transport } from '../endpoint/transport.ts';
import type { Violation } from '../wire/decoded.ts';
import type { Amqp10Connection } from './amqp10.ts';
import { openConnection10 } from './amqp10-open.ts';
import type { Connection10Options } from './amqp10-peer.ts';
import type { Amqp091Connection } from './amqp091.ts';
import { dial, dialUnlessRefused, openConnection } from './amqp091-open.ts';
import type { ProbeContext } from './context.ts';
import type { Conversation } from './conversation.ts';
import type { ConnectOptions } from './peer.ts';
import { RawTalk } from './raw.ts';
import type { Ending, Stop } from './stop.ts';

/** All connections of one attempt, in the order in which they were dialled. */
export class Lines {
  readonly #context: ProbeContext;
  readonly #conversations: Conversation[] = [];
  readonly #raw: RawTalk[] = [];
  #dialled = 0;

  constructor(context: ProbeContext) {
    this.#context = context;
  }

  /** A stream was opened at least once. */
  get any(): boolean {
    return this.#conversations.length + this.#raw.length > 0;
  }

  /** The oldest breach that no wait has stumbled over. */
  get unnoticed(): Violation | undefined {
    return this.#conversations.find(({ unnoticed }) => unnoticed !== undefined)?.unnoticed;
  }

  /** The newest thing that the peer said on the youngest connection. */
  get reaction(): string | undefined {
    return this.#conversations.at(-1)?.reaction;
  }

  get ending(): Ending {
    return this.#conversations.at(-1)?.ending ?? { kind: 'open' };
  }

  async open(options: ConnectOptions): Promise<Amqp091Connection> {
    return openConnection(this.#context, this.#next(), options, connection => this.#opened(connection));
  }

  async open10(options: Connection10Options): Promise<Amqp10Connection> {
    const number = this.#next();
    const stream = await dial(options.transport ?? this.#context.transport);
    return openConnection10(this.#context, number, stream, options, connection => this.#opened(connection));
  }

  async raw(transport: Transport): Promise<RawTalk | 'refused'> {
    const number = this.#next();
    const stream = await dialUnlessRefused(transport);
    if (stream === 'refused') return stream;
    const talk = new RawTalk(this.#context, number, stream);
    this.#raw.push(talk);
    return talk;
  }

  stop(stop: Stop): void {
    for (const conversation of this.#conversations) conversation.stop(stop);
    for (const talk of this.#raw) talk.destroy();
  }

  /** Ends what is still open: with a handshake where the peer plays along within `budgetMs`, `gently` channel by channel, else at once. */
  async dispose(budgetMs: number, gently: boolean): Promise<void> {
    const open = this.#conversations.filter(conversation => !conversation.over);
    const polite = open.filter(({ mayLeave }) => mayLeave && this.#context.stopped === undefined);
    await Promise.all(polite.map(conversation => conversation.leave(budgetMs, gently)));
    for (const conversation of open) conversation.destroy();
    for (const talk of this.#raw) talk.destroy();
  }

  #next(): number {
    if (this.#context.stopped !== undefined) throw this.#context.stopped;
    this.#dialled += 1;
    return this.#dialled;
  }

  #opened(conversation: Conversation): void {
    this.#conversations.push(conversation);
    if (this.#context.stopped !== undefined) conversation.stop(this.#context.stopped);
  }
}
