import { ConnectionMachine } from '../../endpoint/amqp091/connection.ts';
import { ClientHandshake } from '../../endpoint/amqp091/handshake.ts';
import type { ConnectionEvent } from '../../endpoint/amqp091/vocabulary.ts';
import { type Driven, drive } from '../../endpoint/drive.ts';
import { plainClient } from '../../endpoint/sasl.ts';
import type { Clock, Stream } from '../../endpoint/transport.ts';
import { createSimulation, type Simulation, type SimulationOptions } from '../../sim/simulator.ts';
import type { Method, MethodArguments, MethodName } from '../../spec/amqp091/classes.ts';
import { memoryStore } from '../../store/memory.ts';
import { contentHeader, encodeContent } from '../../wire/amqp091/content.ts';
import { fieldTable } from '../../wire/amqp091/field-table.ts';
import { encodeMethodFrame, method } from '../../wire/amqp091/method.ts';
import { Broker, type BrokerOptions } from '../broker.ts';
import { serveAmqp091 } from './amqp091.ts';
import type { Amqp091Settings } from './amqp091-settings.ts';

/** A broker behind a simulated network, for tests of the dialect. */
export class DialectTestbed {
  readonly simulation: Simulation;
  readonly broker: Broker;
  /** Octets that the broker wrote, on all connections. */
  written = 0;
  readonly #settings: Partial<Amqp091Settings>;

  constructor(settings: Partial<Amqp091Settings> = {}, options: Partial<BrokerOptions> = {}, conditions: Partial<SimulationOptions> = {}) {
    this.simulation = createSimulation({ seed: 1, ...conditions });
    this.broker = new Broker({ store: memoryStore(), clock: this.simulation.clock, ...options });
    this.#settings = settings;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.simulation.run(work);
  }

  /** A client that came through the handshake. */
  async client(options: ClientOptions = {}): Promise<TestClient> {
    const transport = this.simulation.transport(stream => serveAmqp091(this.#counted(stream), this.simulation.clock, this.broker, this.#settings));
    const client = new TestClient(await transport.dial(), this.simulation.clock, options);
    await client.opened;
    return client;
  }

  #counted(stream: Stream): Stream {
    return {
      listen: listener => stream.listen(listener),
      write: bytes => {
        this.written += bytes.length;
        return stream.write(bytes);
      },
      onDrain: ready => stream.onDrain(ready),
      end: () => stream.end(),
      destroy: () => stream.destroy(),
      pause: () => stream.pause(),
      resume: () => stream.resume(),
    };
  }
}

export interface ClientOptions {
  readonly capabilities?: readonly string[];
  readonly heartbeatS?: number;
}

/** The client's machine with everything that it heard. */
export class TestClient {
  readonly driven: Driven<ConnectionMachine>;
  readonly events: ConnectionEvent[] = [];
  readonly opened: Promise<void>;
  readonly #clock: Clock;
  #wake: () => void = () => undefined;

  constructor(stream: Stream, clock: Clock, { capabilities = [], heartbeatS = 0 }: ClientOptions) {
    this.#clock = clock;
    let done: () => void = () => undefined;
    this.opened = new Promise(resolve => {
      done = resolve;
    });
    const take = (event: ConnectionEvent) => {
      if (handshake.handle(event, clock.now()).kind === 'done') done();
      this.events.push(event);
      this.#wake();
    };
    const settings = { role: 'client', limits: { channelMax: 0, frameMax: 0, heartbeatS } } as const;
    this.driven = drive(stream, clock, wire => new ConnectionMachine(settings, { ...wire, event: take }));
    const handshake = new ClientHandshake(this.driven.machine, {
      properties: fieldTable({ capabilities: Object.fromEntries(capabilities.map(name => [name, true])) }),
      mechanisms: [plainClient({ user: 'guest', password: 'guest' })],
      virtualHost: '/',
    });
    handshake.begin(clock.now());
  }

  send<N extends MethodName>(channel: number, name: N, args: Partial<MethodArguments<N>> = {}): void {
    this.driven.machine.send(channel, method(name, args) as Method, this.#clock.now());
  }

  /** Sends several things in one piece. */
  sendTogether(...pieces: readonly Uint8Array[]): void {
    this.driven.machine.sendBytes(Buffer.concat(pieces), this.#clock.now());
  }

  /** Sends a request and waits for this answer. */
  async call<N extends MethodName, R extends MethodName>(channel: number, name: N, args: Partial<MethodArguments<N>>, reply: R): Promise<Method<R>> {
    const before = this.methods(reply).length;
    this.send(channel, name, args);
    await this.until(() => this.methods(reply).length > before);
    return this.methods(reply)[before] as Method<R>;
  }

  /** What was received under one name, with content or without. */
  methods<N extends MethodName>(name: N): Method<N>[] {
    return this.events.flatMap(event =>
      (event.kind === 'method' || event.kind === 'content') && event.method.name === name ? [event.method as Method<N>] : [],
    );
  }

  /** Waits until this holds; asked again after each event. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  /** Lets virtual time pass. */
  pass(ms: number): Promise<void> {
    return new Promise(resolve => void this.#clock.at(this.#clock.now() + ms, resolve));
  }
}

/** The frames of one publish. */
export function publishFrames(channel: number, routingKey: string, body: Uint8Array, args: Partial<MethodArguments<'basic.publish'>> = {}): Uint8Array {
  const what = method('basic.publish', { routingKey, ...args });
  return Buffer.concat(encodeContent(channel, what, contentHeader({ bodySize: body.length }), [body], 131_072));
}

export function frame<N extends MethodName>(channel: number, name: N, args: Partial<MethodArguments<N>> = {}): Uint8Array {
  return encodeMethodFrame(channel, method(name, args) as Method);
}
