import type { StreamEnd } from '../endpoint/transport.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { AmqpOpen, Composite, PerformativeName, SaslBody, SaslBodyName } from '../wire/amqp10/codec.ts';
import type { Violation } from '../wire/decoded.ts';
import { answersTo10, type Departure10 } from './amqp10-answers.ts';
import { drafted } from './amqp10-drafts.ts';
import { describePerformative, describeSeen10, endingAfter10, errorOf, isUnasked10 } from './amqp10-expectation.ts';
import type { Connection10, Draft10, Frame10, Seen10 } from './amqp10-peer.ts';
import { Amqp10Session } from './amqp10-session.ts';
import type { Amqp10Wire } from './amqp10-wire.ts';
import type { Barriers } from './barriers.ts';
import type { Login } from './context.ts';
import type { Conversation } from './conversation.ts';
import { breachFinding, otherThan, silence } from './findings.ts';
import { flushed } from './flushed.ts';
import type { Item, Picked } from './inbox.ts';
import type { WaitKind } from './peer.ts';
import { atRest } from './rest.ts';
import { type Ending, Stop } from './stop.ts';

/** Largest frame of a peer whose open names no limit. */
const unlimited = 0xffff_ffff;
const channelMaxDefault = 0xffff;

/** Whose frames are awaited: ours of a session and of a link; left out: any. */
export interface About {
  readonly channel?: number | undefined;
  readonly handle?: number | undefined;
  readonly wait?: WaitKind | undefined;
}

type Look<T> = (item: Item<Seen10>) => Picked<T | Stop> | undefined;

/** A connection as checks use it: every wait ends with what was asked for, or with a `Stop` that says what came instead. */
export class Amqp10Connection implements Connection10, Conversation {
  readonly wire: Amqp10Wire;
  readonly #login: Login;
  #endTold = false;

  constructor(wire: Amqp10Wire, login: Login) {
    this.wire = wire;
    this.#login = login;
  }

  get user(): string {
    return this.#login.user;
  }

  plainResponse(identity = ''): Uint8Array {
    const { user, password } = this.#login;
    return new TextEncoder().encode([identity, user, password].join('\0'));
  }

  get open(): AmqpOpen {
    const { open } = this.wire;
    if (open === undefined) throw new Error('open was not received yet: this connection did not go that far');
    return open;
  }

  get mechanisms(): readonly string[] {
    return this.wire.mechanisms;
  }

  get limits(): Connection10['limits'] {
    const { maxFrameSize = unlimited, channelMax = channelMaxDefault, idleTimeOut: idleTimeOutMs = 0 } = this.open;
    return { maxFrameSize, channelMax, idleTimeOutMs };
  }

  get over(): boolean {
    return this.wire.over;
  }

  get mayLeave(): boolean {
    const { state } = this.wire.machine;
    return (state === 'OPENED' || state === 'CLOSE_RCVD') && this.wire.tap.atFrameEnd;
  }

  get unnoticed(): Violation | undefined {
    return this.wire.inbox.items.find(item => item.breach !== undefined)?.breach;
  }

  get reaction(): string | undefined {
    const { lastSeen } = this.wire;
    return lastSeen === undefined ? undefined : describeSeen10(lastSeen);
  }

  get ending(): Ending {
    return endingAfter10(this.wire.lastSeen);
  }

  stop(stop: Stop): void {
    this.wire.inbox.stop(stop);
  }

  capability(name: string): boolean {
    return this.open.offeredCapabilities?.includes(name) === true;
  }

  echoes(where: keyof Barriers): boolean {
    return this.wire.context.barrier10[where] === 'echo';
  }

  async session(begin: Draft10<'begin'> = {}): Promise<Amqp10Session> {
    const endpoint = this.wire.command((machine, now) => machine.begin(now, begin));
    const session = this.bareSession(endpoint.channel ?? 0);
    this.wire.sessions.set(session.channel, endpoint);
    session.begin = (await this.expect('begin', { channel: session.channel })).performative;
    return session;
  }

  bareSession(channel: number): Amqp10Session {
    return new Amqp10Session(this, channel);
  }

  send<N extends PerformativeName>(channel: number, name: N, fields: Draft10<N> = {}, payload?: Uint8Array): void {
    this.wire.send(channel, drafted(name, fields, this.wire.sessions.get(channel)), payload);
  }

  sendSasl(body: SaslBody): void {
    this.wire.sendSasl(body);
  }

  sendBytes(bytes: Uint8Array): void {
    this.wire.sendBytes(bytes);
  }

  flush(): Promise<void> {
    return flushed(this.wire);
  }

  async expect<N extends PerformativeName>(name: N, about: About = {}): Promise<Frame10<N>> {
    return (await this.find([name], about)) as Frame10<N>;
  }

  /** Waits for one of these performatives. What a server sends unasked is left for others; anything else is not what was expected. */
  find(names: readonly PerformativeName[], { channel, handle, wait = 'reply' }: About = {}): Promise<Frame10> {
    const expected = names.join(' or ');
    return this.look<Frame10>(expected, wait, ({ seen }) => {
      if (seen === undefined || seen.kind === 'empty') return undefined;
      if (seen.kind !== 'frame') return { value: this.other(expected, seen), keep: true };
      const { type } = seen.performative;
      if (type === 'close') return names.includes(type) ? { value: seen } : { value: this.other(expected, seen), keep: true };
      if (channel !== undefined && seen.local !== channel) return undefined;
      const ends = type === 'end' && !names.includes(type);
      if (!ends && handle !== undefined && seen.handle !== handle) return undefined;
      if (names.includes(type)) return { value: seen };
      return isUnasked10(type) ? undefined : { value: this.other(expected, seen), keep: true };
    });
  }

  async expectSasl<N extends SaslBodyName>(name: N, wait: WaitKind = 'handshake'): Promise<Composite<N>> {
    return this.look<Composite<N>>(name, wait, ({ seen }) => {
      if (seen === undefined || seen.kind === 'empty') return undefined;
      if (seen.kind === 'sasl' && seen.body.type === name) return { value: seen.body as unknown as Composite<N> };
      return { value: this.other(name, seen), keep: true };
    });
  }

  async expectHeader(wait: WaitKind = 'handshake'): Promise<Uint8Array> {
    return this.look<Uint8Array>('a protocol header', wait, ({ seen }) => {
      if (seen === undefined) return undefined;
      return seen.kind === 'protocol-header' ? { value: seen.bytes } : { value: this.other('a protocol header', seen), keep: true };
    });
  }

  async next(wait: WaitKind = 'reply'): Promise<Seen10> {
    return this.look<Seen10>('anything', wait, ({ seen }) => {
      if (seen === undefined) return undefined;
      if (seen.kind !== 'ended') return { value: seen };
      // Told once: a script that goes on asking would never come to an end.
      if (this.#endTold) return { value: this.other('anything more', seen), keep: true };
      this.#endTold = true;
      return { value: seen, keep: true };
    });
  }

  taken(): readonly Seen10[] {
    const all: Seen10[] = [];
    const any = () => this.wire.inbox.poll(({ seen }) => (seen === undefined || seen.kind === 'ended' ? undefined : { value: seen }));
    for (let found = any(); found !== undefined; found = any()) all.push(found.value);
    return all;
  }

  answersTo(duty: DutyId, options: Omit<Departure10, 'duty'> = {}): Promise<Answer> {
    return answersTo10(this.wire, { duty, ...options });
  }

  ended(wait: WaitKind = 'close'): Promise<StreamEnd> {
    return this.look<StreamEnd>('the socket closed', wait, ({ seen }) => (seen?.kind === 'ended' ? { value: seen.how, keep: true } : undefined));
  }

  async close(): Promise<void> {
    this.send(0, 'close');
    const { performative } = await this.expect('close', { wait: 'close' });
    if (performative.error !== undefined) throw this.otherThan('close', performative);
    this.end();
    await this.wire.wait(({ seen }) => (seen?.kind === 'ended' ? { value: true, keep: true } : undefined), this.wire.context.budgets.reply);
    this.destroy();
  }

  async leave(budgetMs: number): Promise<void> {
    this.send(0, 'close');
    const gone = ({ seen }: Item<Seen10>) => seen?.kind === 'ended' || (seen?.kind === 'frame' && seen.performative.type === 'close');
    await this.wire.wait(item => (gone(item) ? { value: true } : undefined), budgetMs);
  }

  end(): void {
    this.wire.end();
  }

  destroy(): void {
    if (!this.wire.over) this.wire.destroy();
  }

  /** Waits for what `look` answers; a breach that lies before it ends the check. */
  async look<T>(expected: string, wait: WaitKind, look: Look<T>): Promise<T> {
    const { budgets } = this.wire.context;
    const budget = wait === 'idle' ? budgets.idle + (this.wire.machine.localOpen?.idleTimeOut ?? 0) : budgets[wait];
    const waited = this.wire.wait<T | Stop>(item => {
      if (item.breach !== undefined) return { value: new Stop({ kind: 'failed', ...breachFinding(item.breach) }), keep: true };
      return look(item);
    }, budget);
    const found = await atRest(this.wire.context, wait, waited);
    if (found === undefined) throw silence(expected, wait, budget);
    if (found instanceof Stop) throw found;
    return found;
  }

  /** Something else came than what was expected. */
  other(expected: string, seen: Seen10): Stop {
    const text = seen.kind === 'frame' ? (errorOf(seen.performative)?.description ?? '') : '';
    const cut = seen.kind === 'ended' && seen.how === 'reset' && this.wire.tap.writing;
    return otherThan(expected, { reaction: describeSeen10(seen), text, ending: endingAfter10(seen), cut });
  }

  otherThan(expected: string, what: Composite<'close' | 'end' | 'detach'>): Stop {
    const seen = { kind: 'frame', channel: 0, local: undefined, handle: undefined, performative: what, payload: new Uint8Array(0), atMs: 0 } as const;
    return otherThan(expected, { reaction: describePerformative(what), text: what.error?.description ?? '', ending: endingAfter10(seen), cut: false });
  }
}
