import { ConnectionMachine } from '../../endpoint/amqp10/connection.ts';
import type { ConnectionEvent, LinkEndpoint, SessionEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import { type Driven, drive } from '../../endpoint/drive.ts';
import { plainClient } from '../../endpoint/sasl.ts';
import type { Clock, Stream } from '../../endpoint/transport.ts';
import { createSimulation, type Simulation } from '../../sim/simulator.ts';
import { memoryStore } from '../../store/memory.ts';
import {
  type AmqpError,
  type AmqpSource,
  type AmqpTarget,
  type Composite,
  type CompositeFields,
  type DeliveryState,
  decodeMessage,
  describedOf,
  encodeMessage,
  isViolation,
  type MessageDraft,
  type Message as WireMessage,
} from '../../wire/amqp10/codec.ts';
import { Broker, type BrokerOptions } from '../broker.ts';
import { serveAmqp10 } from './amqp10.ts';
import type { Amqp10Settings } from './amqp10-settings.ts';
import { define } from './amqp091-definitions.ts';

type EventOf<K extends ConnectionEvent['kind']> = Extract<ConnectionEvent, { readonly kind: K }>;

/** A broker behind a simulated network, for tests of the dialect of 1.0. It has the queues `q` and `r`. */
export class Testbed10 {
  readonly simulation: Simulation = createSimulation({ seed: 1 });
  readonly broker: Broker;
  readonly #settings: Partial<Amqp10Settings>;

  constructor(settings: Partial<Amqp10Settings> = {}, options: Partial<BrokerOptions> = {}) {
    this.broker = new Broker({ store: memoryStore(), clock: this.simulation.clock, ...options });
    define(this.broker, { queues: [{ name: 'q' }, { name: 'r' }] });
    this.#settings = settings;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.simulation.run(work);
  }

  /** A client that came through the opening, with a session. */
  async client(open: Partial<CompositeFields<'open'>> = {}): Promise<TestClient10> {
    const { clock } = this.simulation;
    const transport = this.simulation.transport(stream => serveAmqp10(stream, clock, this.broker, this.#settings));
    return new TestClient10(await transport.dial(), clock, { containerId: 'tester', ...open }).begin();
  }

  /** How many messages are ready in a queue. */
  ready(queue: string): number {
    return this.broker.core.virtualHosts.get('/')?.queues.get(queue)?.ready ?? -1;
  }
}

/** The client's machine with everything that it heard. */
export class TestClient10 {
  readonly driven: Driven<ConnectionMachine>;
  readonly events: ConnectionEvent[] = [];
  #session: SessionEndpoint | undefined;
  readonly #clock: Clock;
  #wake: () => void = () => undefined;
  #tags = 0;

  constructor(stream: Stream, clock: Clock, open: CompositeFields<'open'>) {
    this.#clock = clock;
    const sasl = { role: 'client', mechanisms: [plainClient({ user: 'guest', password: 'guest' })] } as const;
    const event = (each: ConnectionEvent) => {
      this.events.push(each);
      this.#wake();
    };
    this.driven = drive(stream, clock, wire => new ConnectionMachine({ role: 'client', open, sasl }, { ...wire, event }));
    this.machine.start(this.now);
    this.machine.open(this.now);
  }

  /** Begins a session, once the connection is open. */
  async begin(): Promise<this> {
    await this.until(() => this.machine.state === 'OPENED');
    this.#session = this.machine.begin(this.now);
    return this;
  }

  /** The session that links are attached on. */
  get session(): SessionEndpoint {
    if (this.#session === undefined) throw new Error('there is no session yet');
    return this.#session;
  }

  get machine(): ConnectionMachine {
    return this.driven.machine;
  }

  get now(): number {
    return this.#clock.now();
  }

  /** Waits until this holds; asked again after each event. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  pass(ms: number): Promise<void> {
    return new Promise(resolve => void this.#clock.at(this.now + ms, resolve));
  }

  all<K extends ConnectionEvent['kind']>(kind: K): EventOf<K>[] {
    return this.events.filter((each): each is EventOf<K> => each.kind === kind);
  }

  /** Attaches as the sender, and waits for credit. */
  async sender(target: CompositeFields<'target'> | Composite<'coordinator'> | string, fields: Partial<CompositeFields<'attach'>> = {}): Promise<LinkEndpoint> {
    const to = typeof target === 'string' ? { type: 'target' as const, address: target } : 'type' in target ? target : { type: 'target' as const, ...target };
    const source: AmqpSource = { type: 'source', outcomes: ['amqp:accepted:list', 'amqp:rejected:list', 'amqp:released:list'] };
    const link = this.machine.attach(this.session, { name: this.#name(), role: 'sender', source, target: to, ...fields }, this.now);
    await this.until(() => link.credit > 0 || this.errorOf(link) !== undefined);
    return link;
  }

  /** Attaches as the receiver, and waits for the answer. */
  async receiver(source: CompositeFields<'source'> | string, fields: Partial<CompositeFields<'attach'>> = {}): Promise<LinkEndpoint> {
    const from: AmqpSource = typeof source === 'string' ? { type: 'source', address: source } : { type: 'source', ...source };
    const target: AmqpTarget = { type: 'target' };
    const link = this.machine.attach(this.session, { name: this.#name(), role: 'receiver', source: from, target, ...fields }, this.now);
    await this.until(() => link.remoteAttach?.source !== undefined || this.errorOf(link) !== undefined);
    return link;
  }

  #name(): string {
    this.#tags += 1;
    return `link${this.#tags}`;
  }

  /** What a link was detached with. */
  errorOf(link: LinkEndpoint): AmqpError | undefined {
    return this.all('link-detached').find(each => each.link === link)?.detach.error;
  }

  /** Sends a message and answers its state. */
  async send(link: LinkEndpoint, message: MessageDraft, state?: DeliveryState): Promise<DeliveryState | undefined> {
    this.#tags += 1;
    const tag = Buffer.from(`${this.#tags}`);
    const id = this.machine.deliver(link, { tag, payload: encodeMessage(message), ...(state !== undefined && { state }) }, this.now);
    const told = () => this.all('disposition').flatMap(each => each.deliveries.filter(one => one.link === link && one.deliveryId === id));
    await this.until(() => told().length > 0 || this.errorOf(link) !== undefined);
    return told()[0]?.remoteState;
  }

  /** Asks a coordinator. */
  ask(link: LinkEndpoint, what: Composite<'declare' | 'discharge'>): Promise<DeliveryState | undefined> {
    return this.send(link, { body: { type: 'amqp-value', value: describedOf(what) } });
  }

  /** What came over a link. */
  received(link: LinkEndpoint): readonly { readonly deliveryId: number; readonly message: WireMessage }[] {
    return this.all('delivery').flatMap(({ link: of, delivery }) => {
      const message = decodeMessage(Buffer.concat(delivery.payload));
      return of !== link || isViolation(message) ? [] : [{ deliveryId: delivery.deliveryId, message }];
    });
  }

  /** Gives credit, has the queue used up for it, and answers what came by then, as text. */
  async drain(link: LinkEndpoint, credit = 100): Promise<readonly string[]> {
    const before = this.received(link).length;
    this.machine.grant(link, { credit, drain: true }, this.now);
    await this.until(() => link.credit === 0);
    return this.received(link)
      .slice(before)
      .map(({ message }) => textOf(message));
  }
}

/** A message whose body is a text. */
export function said(text: string, more: MessageDraft = {}): MessageDraft {
  return { ...more, body: { type: 'amqp-value', value: { type: 'string', value: text } } };
}

export function textOf({ body }: WireMessage): string {
  return body?.type === 'amqp-value' && body.value.type === 'string' ? body.value.value : '';
}
