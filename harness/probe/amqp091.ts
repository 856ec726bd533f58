import { announces } from '../endpoint/amqp091/negotiation.ts';
import type { StreamEnd } from '../endpoint/transport.ts';
import type { ContentMethodName, Method, MethodArguments, MethodName } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import { method } from '../wire/amqp091/codec.ts';
import type { Violation } from '../wire/decoded.ts';
import { Amqp091Channel } from './amqp091-channel.ts';
import type { Amqp091Wire } from './amqp091-wire.ts';
import { answersTo, type Departure } from './answers.ts';
import { idleBudget } from './budgets.ts';
import type { Conversation } from './conversation.ts';
import { arrivalIn, describeSeen, isUnasked } from './expectation.ts';
import { breachFinding, endingAfter, silence, unexpected } from './findings.ts';
import { flushed } from './flushed.ts';
import type { Item, Picked } from './inbox.ts';
import type { Arrival, Draft, ProbeChannel, ProbeConnection, Seen, WaitKind } from './peer.ts';
import { atRest } from './rest.ts';
import { type Ending, Stop } from './stop.ts';

type Found = Extract<Seen, { kind: 'method' }>;

/** A connection as checks use it: every wait ends with what was asked for, or with a `Stop` that says what came instead. */
export class Amqp091Connection implements ProbeConnection, Conversation {
  readonly wire: Amqp091Wire;
  readonly user: string;
  #endTold = false;

  constructor(wire: Amqp091Wire, user: string = wire.context.credentials.user) {
    this.wire = wire;
    this.user = user;
  }

  get limits(): ProbeConnection['limits'] {
    return this.wire.machine.limits;
  }

  get start(): MethodArguments<'connection.start'> {
    return received('connection.start', this.wire.start);
  }

  get tune(): MethodArguments<'connection.tune'> {
    return received('connection.tune', this.wire.tune);
  }

  get serverProperties(): FieldTable {
    return this.start.serverProperties;
  }

  get over(): boolean {
    return this.wire.over;
  }

  get mayLeave(): boolean {
    return this.wire.machine.state === 'open-ok' && this.wire.tap.atFrameEnd;
  }

  get unnoticed(): Violation | undefined {
    return this.wire.inbox.items.find(item => item.breach !== undefined)?.breach;
  }

  get reaction(): string | undefined {
    const { lastSeen } = this.wire;
    return lastSeen === undefined ? undefined : describeSeen(lastSeen);
  }

  get ending(): Ending {
    return endingAfter(this.wire.lastSeen);
  }

  stop(stop: Stop): void {
    this.wire.inbox.stop(stop);
  }

  capability(name: string): boolean {
    return announces(this.serverProperties, name);
  }

  async channel(number: number = this.wire.freshChannel()): Promise<ProbeChannel> {
    await this.call(number, 'channel.open', {}, 'channel.open-ok');
    return this.bareChannel(number);
  }

  bareChannel(number: number): Amqp091Channel {
    return new Amqp091Channel(this, number);
  }

  send<N extends MethodName>(channel: number, name: N, args: Draft<N> = {}): void {
    this.wire.send(channel, method(name, args) as Method);
  }

  sendBytes(bytes: Uint8Array): void {
    this.wire.sendBytes(bytes);
  }

  flush(): Promise<void> {
    return flushed(this.wire);
  }

  async call<N extends MethodName, R extends MethodName>(channel: number, name: N, args: Draft<N>, reply: R): Promise<Method<R>> {
    this.send(channel, name, args);
    return this.expect(channel, reply);
  }

  async expect<R extends MethodName>(channel: number, reply: R, wait: WaitKind = 'reply'): Promise<Method<R>> {
    return (await this.find(channel, [reply], wait)).method as Method<R>;
  }

  /** Waits for one of these methods. What a server sends unasked is left for others; anything else is not what was expected. */
  async find(channel: number, names: readonly MethodName[], wait: WaitKind = 'reply'): Promise<Found> {
    const expected = `${names.join(' or ')}${channel === 0 ? '' : ` on channel ${channel}`}`;
    return this.#wait(expected, wait, ({ seen }) => {
      if (seen === undefined || seen.kind === 'heartbeat') return undefined;
      if (seen.kind !== 'method') return { value: unexpected(expected, seen, this.wire.tap.writing), keep: true };
      const { name } = seen.method;
      if (seen.channel === channel && names.includes(name)) return { value: seen };
      if (name === 'connection.close') return { value: unexpected(expected, seen, false), keep: true };
      if (seen.channel !== channel || isUnasked(name)) return undefined;
      return { value: unexpected(expected, seen, false), keep: true };
    });
  }

  async next(wait: WaitKind = 'reply'): Promise<Seen> {
    return this.#wait<Seen>('anything', wait, ({ seen }) => {
      if (seen === undefined) return undefined;
      if (seen.kind !== 'ended') return { value: seen };
      // Told once: a script that goes on asking would never come to an end.
      if (this.#endTold) return { value: unexpected('anything more', seen, this.wire.tap.writing), keep: true };
      this.#endTold = true;
      return { value: seen, keep: true };
    });
  }

  answersTo(duty: DutyId, options: Omit<Departure, 'duty'> = {}): Promise<Answer> {
    return answersTo(this.wire, { duty, ...options });
  }

  async ended(wait: WaitKind = 'close'): Promise<StreamEnd> {
    return this.#wait<StreamEnd>('the socket closed', wait, ({ seen }) => (seen?.kind === 'ended' ? { value: seen.how, keep: true } : undefined));
  }

  async close(): Promise<void> {
    this.send(0, 'connection.close', { replyCode: 200, replyText: 'done' });
    await this.expect(0, 'connection.close-ok', 'close');
    this.end();
    await this.wire.wait(({ seen }) => (seen?.kind === 'ended' ? { value: true, keep: true } : undefined), this.wire.context.budgets.reply);
    this.destroy();
  }

  async leave(budgetMs: number, gently = false): Promise<void> {
    if (gently) await this.#leaveChannels(budgetMs);
    this.send(0, 'connection.close', { replyCode: 200, replyText: 'done' });
    const gone = ({ seen }: Item) => seen?.kind === 'ended' || (seen?.kind === 'method' && seen.method.name === 'connection.close-ok');
    await this.wire.wait(item => (gone(item) ? { value: true } : undefined), budgetMs);
  }

  async #leaveChannels(budgetMs: number): Promise<void> {
    const left = new Set(this.wire.openChannels());
    for (const number of left) this.send(number, 'channel.close', { replyCode: 200, replyText: 'done' });
    if (left.size === 0) return;
    await this.wire.wait(({ seen }) => {
      if (seen?.kind === 'method' && seen.method.name === 'channel.close-ok') left.delete(seen.channel);
      return left.size === 0 || seen?.kind === 'ended' ? { value: true, keep: true } : undefined;
    }, budgetMs);
  }

  end(): void {
    this.wire.end();
  }

  destroy(): void {
    if (!this.wire.over) this.wire.destroy();
  }

  /** A method with its content. */
  async arrival<N extends ContentMethodName>(channel: number, name: N, wait: WaitKind = 'reply'): Promise<Arrival<N>> {
    return arrivalIn(await this.find(channel, [name], wait)) as Arrival<N>;
  }

  async #wait<T>(expected: string, wait: WaitKind, look: (item: Item) => Picked<T | Stop> | undefined): Promise<T> {
    const { budgets } = this.wire.context;
    const budget = wait === 'idle' ? idleBudget(budgets, this.limits.heartbeatS) : budgets[wait];
    const waited = this.wire.wait<T | Stop>(item => {
      if (item.breach !== undefined) return { value: new Stop({ kind: 'failed', ...breachFinding(item.breach) }), keep: true };
      return look(item);
    }, budget);
    const found = await atRest(this.wire.context, wait, waited);
    if (found === undefined) throw silence(expected, wait, budget);
    if (found instanceof Stop) throw found;
    return found;
  }
}

function received<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`${name} was not received yet: this connection did not go that far`);
  return value;
}
