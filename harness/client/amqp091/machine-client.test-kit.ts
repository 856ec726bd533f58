import { ConnectionMachine } from '../../endpoint/amqp091/connection.ts';
import { ClientHandshake } from '../../endpoint/amqp091/handshake.ts';
import type { Automatic, ConnectionEvent } from '../../endpoint/amqp091/vocabulary.ts';
import { drive } from '../../endpoint/drive.ts';
import { plainClient } from '../../endpoint/sasl.ts';
import type { Stream } from '../../endpoint/transport.ts';
import { systemClock } from '../../net/clock.ts';
import { tcpTransport } from '../../net/dial.ts';
import type { Conversation, FrameSeam, Passing } from '../../saboteur/fault.ts';
import { sabotageTransport } from '../../saboteur/frame-seam.ts';
import { frames } from '../../saboteur/rewrites.ts';
import { frameEnd } from '../../spec/amqp091/constants.ts';
import { contentHeader, fieldTable, type Method, method } from '../../wire/amqp091/codec.ts';
import { altered, MachineSubject } from '../machine-subject.test-kit.ts';
import type { StartClient } from '../subject.ts';

/** How our own client is broken on purpose. */
export interface ClientFault {
  /** What its machine does not do by itself. */
  readonly automatic?: Partial<Automatic>;
  /** Stands between it and the wire. */
  readonly seam?: FrameSeam;
  /** It takes any version and any locale, and whatever frame-max is offered. */
  readonly credulous?: true;
  /** Its process dies of a signal when this comes. */
  readonly diesOf?: (passing: Passing, at: Conversation) => boolean;
  /** It takes each read for whole frames, and forgets those that are not. */
  readonly forgetful?: true;
  /** It publishes nothing. */
  readonly idle?: true;
  /** It goes on publishing when flow is off. */
  readonly flowsOn?: true;
  /** Its process stays when its connection is over. */
  readonly lingers?: true;
  readonly locale?: string;
  readonly virtualHost?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

const publishEveryMs = 20;
const body = new TextEncoder().encode('hello');
const smallest = 4096;
const channel = 1;
const properties = {
  product: 'machine',
  version: '1',
  platform: 'Node.js',
  information: 'our own machine',
  capabilities: { consumer_cancel_notify: true, 'connection.blocked': true, authentication_failure_close: true, publisher_confirms: true },
};

/** Our own machine as a client: publishes, consumes and acknowledges until it is told to end, or its connection is over. */
export function machineClient(fault: ClientFault = {}): StartClient {
  return environment => new MachineClient(environment, fault);
}

class MachineClient extends MachineSubject<ConnectionMachine> {
  readonly #fault: ClientFault;
  readonly #queue: string;
  #flows = true;

  constructor(environment: Readonly<Record<string, string>>, fault: ClientFault) {
    super(fault);
    this.#fault = fault;
    this.#queue = environment.AMQP_QUEUE ?? '';
    void this.#connect(new URL(environment.AMQP_URL ?? ''));
  }

  protected leave(): void {
    if (this.driven?.machine.state === 'open-ok') this.#send(0, method('connection.close', { replyCode: 200, replyText: 'bye' }));
    else this.kill();
  }

  protected drop(): void {
    this.driven?.drop();
  }

  async #connect({ hostname, port, username, password }: URL): Promise<void> {
    const { seam, diesOf, automatic = {}, virtualHost = '/', locale = 'en_US' } = this.#fault;
    const plain = tcpTransport({ host: hostname, port: Number(port) });
    const deadly = diesOf && frames((passing, at) => (passing.direction === 'to-client' && diesOf(passing, at) ? this.die() : 'pass'));
    const between = seam ?? deadly;
    const dialled = await (between === undefined ? plain : sabotageTransport(plain, between)).dial();
    const stream = this.#fault.forgetful === true ? forgetting(dialled) : dialled;
    const settings = { role: 'client', limits: { channelMax: 10, frameMax: 0, heartbeatS: 60 }, automatic } as const;
    let handshake: ClientHandshake | undefined;
    const event = (what: ConnectionEvent): void => {
      if (handshake !== undefined) this.#came(what, handshake);
    };
    this.driven = drive(stream, systemClock, wire => new ConnectionMachine(settings, { ...wire, event }), { lingerMs: 100 });
    const mechanisms = [plainClient({ user: username, password })];
    handshake = new ClientHandshake(this.driven.machine, { properties: fieldTable(this.#fault.properties ?? properties), mechanisms, virtualHost, locale });
    handshake.begin(this.#now);
  }

  get #now(): number {
    return systemClock.now();
  }

  #send(number: number, what: Method): void {
    this.driven?.machine.send(number, what, this.#now);
  }

  #came(event: ConnectionEvent, handshake: ClientHandshake): void {
    if (event.kind === 'ended') {
      this.over();
      return;
    }
    if (event.kind === 'method' && event.method.name === 'connection.start' && !this.#speaks(event.method.args.locales)) {
      this.driven?.machine.abort(this.#now);
      return;
    }
    const result = handshake.handle(this.#fault.credulous === true ? credulously(event) : event, this.#now);
    if (event.kind === 'method' && event.method.name === 'connection.tune' && !this.#takes(event.method.args.frameMax)) this.driven?.machine.abort(this.#now);
    if (result.kind === 'done') this.#send(channel, method('channel.open'));
    else if (event.kind === 'method') this.#told(event.method);
    else if (event.kind === 'content' && event.method.name === 'basic.deliver')
      this.#send(event.channel, method('basic.ack', { deliveryTag: event.method.args.deliveryTag, multiple: false }));
  }

  #takes(frameMax: number): boolean {
    return this.#fault.credulous === true || frameMax === 0 || frameMax >= smallest;
  }

  #speaks(locales: Uint8Array): boolean {
    return this.#fault.credulous === true || new TextDecoder().decode(locales).split(' ').includes('en_US');
  }

  #told(said: Method): void {
    if (said.name === 'channel.open-ok') this.#work();
    else if (said.name === 'channel.flow') this.#flows = said.args.active || this.#fault.flowsOn === true;
    else if (said.name === 'channel.close' && this.#fault.automatic?.closeOk !== false) setImmediate(() => this.terminate());
  }

  #work(): void {
    this.#send(channel, method('confirm.select'));
    this.#send(channel, method('basic.consume', { queue: this.#queue }));
    this.publishing = setInterval(() => {
      if (!this.#flows || this.#fault.idle === true || this.driven?.machine.state !== 'open-ok') return;
      const header = contentHeader({ bodySize: BigInt(body.length), properties: {} });
      this.driven.machine.sendContent(channel, method('basic.publish', { routingKey: this.#queue }), header, [body], this.#now);
    }, publishEveryMs);
  }
}

/** What is read without the end of a frame gets lost. */
function forgetting(stream: Stream): Stream {
  return altered(stream, { listen: ({ data, end }) => stream.listen({ data: bytes => (bytes.at(-1) === frameEnd ? data(bytes) : undefined), end }) });
}

/** As if the server had started the right version. */
function credulously(event: ConnectionEvent): ConnectionEvent {
  if (event.kind !== 'method' || event.method.name !== 'connection.start') return event;
  return { ...event, method: { ...event.method, args: { ...event.method.args, versionMajor: 0, versionMinor: 9 } } };
}
