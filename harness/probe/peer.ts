import type { StreamEnd, Transport } from '../endpoint/transport.ts';
import type { BasicProperties, ContentMethodName, Method, MethodArguments, MethodName } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { ContentHeader } from '../wire/amqp091/content.ts';
import type { Peer10 } from './amqp10-peer.ts';
import type { Login } from './context.ts';
import type { Facilities } from './facilities.ts';
import type { Meanwhile, Tally } from './outage.ts';

/** Arguments of a method to send: what is left out is zero, empty or false. */
export type Draft<N extends MethodName> = Partial<MethodArguments<N>>;

/** Each wait has a kind with a budget of its own. */
export type WaitKind = 'reply' | 'close' | 'handshake' | 'idle';

export interface ConnectOptions {
  /** Where to dial, as `peer.facility('tls').transport()`; left out: the target's usual port. */
  readonly transport?: Transport;
  /** Who logs in, as `peer.facility('logins')['no-read']`; left out: the target's own login. What the next options name wins. */
  readonly as?: Login;
  readonly user?: string;
  readonly password?: string;
  readonly mechanism?: 'PLAIN' | 'AMQPLAIN' | 'ANONYMOUS' | 'EXTERNAL';
  readonly virtualHost?: string;
  /** What to agree to in tune-ok; left out: what the server offers. */
  readonly channelMax?: number;
  readonly frameMax?: number;
  /** Seconds; left out: 0, so that no heartbeat disturbs a check that is not about heartbeats. */
  readonly heartbeatS?: number;
  /** Merged into the client's capabilities table; left out: every capability that the probe honours. */
  readonly capabilities?: Readonly<Record<string, boolean>>;
  /** Added to client-properties. */
  readonly properties?: FieldTable;
  /** How far the healthy handshake goes, this step included; the check does the rest itself. After a step of the client nothing is awaited. Defaults to `open-ok`. */
  readonly upTo?: 'dial' | 'start' | 'start-ok' | 'tune' | 'tune-ok' | 'open' | 'open-ok';
  /** Cuts what the handshake sends into pieces, each of which travels by itself; left out: each method goes in one. */
  readonly cut?: (octets: Uint8Array) => readonly Uint8Array[];
  /** Whether the probe sends heartbeats as agreed. Defaults to true. */
  readonly heartbeats?: boolean;
}

/** A message as it came: its method, its properties and its whole body. */
export interface Arrival<N extends ContentMethodName = ContentMethodName> {
  readonly channel: number;
  readonly method: Method<N>;
  readonly header: ContentHeader;
  readonly properties: BasicProperties;
  readonly body: Uint8Array;
}

/** What a raw view of the connection saw first. */
export type Seen =
  | { readonly kind: 'method'; readonly channel: number; readonly method: Method; readonly arrival?: Arrival }
  | { readonly kind: 'heartbeat'; readonly channel: number; readonly atMs: number }
  | { readonly kind: 'protocol-header'; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly how: StreamEnd };

/** One connection of the probe. Every wait ends by its budget; what does not arrive ends the check with a verdict, never with a hang. */
export interface ProbeConnection {
  /** Whom it logs in as. */
  readonly user: string;
  readonly limits: { readonly channelMax: number; readonly frameMax: number; readonly heartbeatS: number };
  /** What the server sent in start and tune, once received. */
  readonly start: MethodArguments<'connection.start'>;
  readonly tune: MethodArguments<'connection.tune'>;
  readonly serverProperties: FieldTable;
  /** Opens a channel; the next free number unless one is given. */
  channel(number?: number): Promise<ProbeChannel>;
  /** A handle on a channel number without opening it. */
  bareChannel(number: number): ProbeChannel;
  send<N extends MethodName>(channel: number, name: N, args?: Draft<N>): void;
  /** Octets as they are, legal or not; each call travels in a piece of its own. */
  sendBytes(bytes: Uint8Array): void;
  /** Waits until what was sent has left us: what is sent next travels in a piece of its own. */
  flush(): Promise<void>;
  /** The peer's side of the stream has ended, or we dropped ours. */
  readonly over: boolean;
  /** Whether server-properties advertise this capability as true. */
  capability(name: string): boolean;
  /** Sends the request and waits for one of its replies. */
  call<N extends MethodName, R extends MethodName>(channel: number, name: N, args: Draft<N>, reply: R): Promise<Method<R>>;
  /**
   * Waits for this method and fails the check on any other answer, close or end. What a server sends unasked (deliveries, returns,
   * confirms, flow) is kept for whoever asks for it. A close that is taken this way, or by `next`, waits for its close-ok from the check.
   */
  expect<R extends MethodName>(channel: number, reply: R, wait?: WaitKind): Promise<Method<R>>;
  /** Takes the next thing seen on any channel. */
  next(wait?: WaitKind): Promise<Seen>;
  /**
   * After a departure: writes nothing more, waits for an answer or the end, sends close-ok where due, and fails the check unless the answer is
   * one of the legal answers of `duty` in the catalogue (or of `answers`, where the check is narrower). Where nothing comes, or silence is legal,
   * a request on the same path shows whether the conversation goes on. The budget is that of `close` where a legal answer closes without a word,
   * else that of `reply`.
   */
  answersTo(duty: DutyId, options?: { readonly channel?: number; readonly answers?: readonly Answer[]; readonly wait?: WaitKind }): Promise<Answer>;
  /** Healthy end: close, close-ok, and the socket closed by either side. */
  close(): Promise<void>;
  /** Half-close and abrupt end. */
  end(): void;
  destroy(): void;
  /** Waits for the peer's end of the stream. */
  ended(wait?: WaitKind): Promise<StreamEnd>;
}

/** Octets without a protocol: what is said to a port that may not speak AMQP at all. */
export interface RawStream {
  send(bytes: Uint8Array): void;
  /** Waits for the peer's end of the stream, at most as long as `wait` lasts, and gives all that came; `ended` is undefined where the stream is still open. */
  gather(wait?: WaitKind): Promise<{ readonly bytes: Uint8Array; readonly ended: StreamEnd | undefined }>;
}

/** One channel of the probe. */
export interface ProbeChannel {
  readonly number: number;
  readonly connection: ProbeConnection;
  send<N extends MethodName>(name: N, args?: Draft<N>): void;
  call<N extends MethodName, R extends MethodName>(name: N, args: Draft<N>, reply: R): Promise<Method<R>>;
  expect<R extends MethodName>(reply: R, wait?: WaitKind): Promise<Method<R>>;
  /** Waits for a method with content. */
  arrival<N extends ContentMethodName>(name: N, wait?: WaitKind): Promise<Arrival<N>>;
  publish(message: {
    readonly exchange?: string;
    readonly routingKey?: string;
    readonly mandatory?: boolean;
    readonly immediate?: boolean;
    readonly properties?: BasicProperties;
    /** Left out: one octet, since content without a body is a matter of its own. */
    readonly body?: Uint8Array | string;
  }): void;
  answersTo(duty: DutyId, options?: { readonly answers?: readonly Answer[]; readonly wait?: WaitKind }): Promise<Answer>;
  /** Barrier: a request on this channel whose answer comes after everything before it. Fails when one of `absent` came in between. */
  barrier(absent?: readonly MethodName[]): Promise<void>;
  /** Takes what arrived and was not yet taken, without waiting. */
  taken(): readonly Seen[];
  /** Declares a queue (exclusive unless said otherwise) and gives its name. */
  queue(args?: Draft<'queue.declare'>): Promise<string>;
  /** Declares an exchange of this type, to be deleted with the check, and gives its name. */
  exchange(type: 'direct' | 'fanout' | 'topic' | 'headers' | (string & {}), args?: Draft<'exchange.declare'>): Promise<string>;
  bind(queue: string, exchange: string, routingKey?: string, args?: FieldTable): Promise<void>;
  /** Gets one message, or null for get-empty. */
  get(queue: string, options?: { readonly noAck?: boolean }): Promise<Arrival<'basic.get-ok'> | null>;
  consume(queue: string, args?: Draft<'basic.consume'>): Promise<string>;
  close(): Promise<void>;
}

/** How a property is to be played, where the caller wants it otherwise than the property itself. */
export interface PropertyOptions {
  /** Random cases to play. */
  readonly runs?: number;
  /** One case alone: where it stands among what the seed gives, as a counterexample tells. */
  readonly path?: string;
  /** Cases to try at most in the search for a smaller one that fails too; 0: none. */
  readonly shrinks?: number;
}

/** The wire log of a script that plays many cases, of which one is to be read. */
export interface CaseLog {
  /** Forgets what was kept so far and keeps what comes. */
  begin(): void;
  /** Keeps nothing of what comes, until the next `begin`. */
  pause(): void;
  /** Remembers what is kept now; the answer, when called, makes that the whole log. */
  save(): () => void;
}

/** What a check is handed: one target, as a test peer sees it. */
export interface Peer extends Peer10 {
  /** A healthy connection in one call. */
  connection(options?: ConnectOptions): Promise<ProbeConnection>;
  /** A healthy connection with one open channel. */
  channel(options?: ConnectOptions): Promise<ProbeChannel>;
  /** A stream without AMQP on it; `refused` where the peer ended the handshake of TLS or WebSocket. The check ends where none can be opened for another reason. */
  raw(transport?: Transport): Promise<RawStream | 'refused'>;
  /** A name that belongs to this check in this run; whatever queue or exchange bears it is deleted afterwards. */
  name(label?: string): string;
  /** Seeded for this check in this run: the same seed gives the same script. */
  random(): number;
  /** Of the run. */
  readonly seed: number;
  /** As asked for on the command line, for scripts that are properties. */
  readonly properties: PropertyOptions;
  readonly log: CaseLog;
  /** Polls until `happened` answers true or the budget ends; false then fails the check with `what`. For effects promised without a moment. */
  eventually(what: string, happened: () => Promise<boolean>): Promise<void>;
  /** A labelled quiet window, where neither barrier nor promise exists. */
  quiet(ms: number, what: string): Promise<void>;
  now(): number;
  /** Waiting takes no time: the clock is virtual. */
  readonly timeless: boolean;
  /** How long this kind of wait lasts before it counts as silence, in milliseconds. */
  budgetMs(wait: WaitKind): number;
  /** Fails the check with a sentence unless the condition holds; `duty` says which of its duties was broken. */
  require(condition: boolean, sentence: string, duty?: DutyId): asserts condition;
  /** Ends the check: the negotiated limits leave nothing to break. */
  notApplicable(why: string): never;
  /** Ends the check: the feature is optional, and the peer gave this evidence that it lacks it. */
  unsupported(why: string): never;
  /** Something that was arranged on the target beforehand; where it was not, the check ends as not run. */
  facility<K extends keyof Facilities>(name: K): NonNullable<Facilities[K]>;
  /**
   * Takes the broker down as the check says it does, and resolves when it serves again and `meanwhile` is over. What went on before `meanwhile` calls `begun`
   * happened before the outage; connections of before are lost.
   */
  outage(meanwhile?: Meanwhile): Promise<void>;
  /** Adds to the record what became of the messages of a scenario. */
  account(scenario: string, tally: Tally): void;
  /** Adds a measurement to the record; `unit` as `ms` or `octets`, left out for plain counts and words. */
  measure(name: string, value: number | string | boolean, unit?: string): void;
  /** Adds a measurement that is a cell of a table in the reports. */
  tabulate(table: string, row: string, column: string, value: number | string | boolean): void;
  /** Adds a line to the wire log. */
  note(text: string): void;
}
