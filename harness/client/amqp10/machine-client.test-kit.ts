import { ConnectionMachine } from '../../endpoint/amqp10/connection.ts';
import type { Automatic, ConnectionEvent, IncomingDelivery, LinkEndpoint, SessionEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import { drive } from '../../endpoint/drive.ts';
import { plainClient } from '../../endpoint/sasl.ts';
import type { Stream } from '../../endpoint/transport.ts';
import { Boundaries } from '../../fuzz/conversation/amqp10/boundaries.ts';
import { systemClock } from '../../net/clock.ts';
import { tcpTransport } from '../../net/dial.ts';
import type { Conversation10, FrameSeam10, Passing10 } from '../../saboteur/fault10.ts';
import { sabotageTransport } from '../../saboteur/frame-seam.ts';
import { frames10 } from '../../saboteur/rewrites10.ts';
import { type AmqpError, type DeliveryState, decodeMessage, encodeMessage, isViolation } from '../../wire/amqp10/codec.ts';
import { altered, MachineSubject } from '../machine-subject.test-kit.ts';
import type { StartClient } from '../subject.ts';

/** How our own client is broken on purpose. */
export interface ClientFault10 {
  /** What its machine does not do by itself. */
  readonly automatic?: Partial<Automatic>;
  /** Stands between it and the wire. */
  readonly seam?: FrameSeam10;
  /** Its process dies of a signal when this comes. */
  readonly diesOf?: (passing: Passing10, at: Conversation10) => boolean;
  /** It forgets what comes in pieces. */
  readonly forgetful?: true;
  /** It never ends a stream. */
  readonly clings?: true;
  /** It takes any message. */
  readonly credulous?: true;
  /** It tells what became of settled deliveries too. */
  readonly talkative?: true;
  /** It does nothing about a session or a link that was ended. */
  readonly unmoved?: true;
  /** It waits for the answer to its close, however long that takes. */
  readonly patient?: true;
  /** Its process stays when its connection is over. */
  readonly lingers?: true;
}

const publishEveryMs = 20;
const payload = encodeMessage({ body: { type: 'data', value: [new Uint8Array(1500).fill(0x78)] } });
const tagOf = (count: number): Uint8Array => new TextEncoder().encode(String(count));
const terminal: ReadonlySet<string> = new Set(['accepted', 'rejected', 'released', 'modified']);

/** Our own machine as a client: sends, receives and accepts until it is told to end, or its connection is over. */
export function machineClient10(fault: ClientFault10 = {}): StartClient {
  return environment => new MachineClient10(environment, fault);
}

class MachineClient10 extends MachineSubject<ConnectionMachine> {
  readonly #fault: ClientFault10;
  readonly #address: string;
  #stream: Stream | undefined;
  #sender: LinkEndpoint | undefined;
  #sent = 0;

  constructor(environment: Readonly<Record<string, string>>, fault: ClientFault10) {
    super(fault);
    this.#fault = fault;
    this.#address = environment.AMQP_ADDRESS ?? '';
    void this.#connect(new URL(environment.AMQP_URL ?? ''));
  }

  protected leave(): void {
    this.driven?.machine.close(systemClock.now());
  }

  protected drop(): void {
    this.#stream?.destroy();
  }

  async #connect({ hostname, port, username, password }: URL): Promise<void> {
    const { seam, diesOf, automatic = {}, forgetful, clings } = this.#fault;
    const plain = tcpTransport({ host: hostname, port: Number(port) });
    const deadly =
      diesOf && frames10((passing, at) => (passing.direction === 'to-client' && passing.what !== 'end' && diesOf(passing, at) ? this.die() : 'pass'));
    const between = seam ?? deadly;
    this.#stream = await (between === undefined ? plain : sabotageTransport(plain, between)).dial();
    const settings = {
      role: 'client',
      open: { containerId: 'machine', hostname, maxFrameSize: 65_536, channelMax: 20, idleTimeOut: 30_000 },
      sasl: { role: 'client', mechanisms: [plainClient({ user: username, password })] },
      automatic,
      ...(this.#fault.patient !== true && { closeWithinMs: 1_000 }),
    } as const;
    const heard = forgetful === true ? forgetting(this.#stream) : clings === true ? clinging(this.#stream) : this.#stream;
    this.driven = drive(heard, systemClock, wire => new ConnectionMachine(settings, { ...wire, event: what => this.#came(what) }), { lingerMs: 100 });
    const { machine } = this.driven;
    machine.start(systemClock.now());
    machine.open(systemClock.now());
  }

  #came(event: ConnectionEvent): void {
    const now = systemClock.now();
    const machine = this.driven?.machine;
    if (event.kind === 'ended') this.over();
    if (machine === undefined) return;
    if (event.kind === 'opened') machine.begin(now, { nextOutgoingId: 0, incomingWindow: 200, outgoingWindow: 200, handleMax: 15 });
    else if (event.kind === 'session-begun') this.#begun(machine, event.session);
    else if (event.kind === 'link-attached') this.#attached(machine, event.link);
    else if (event.kind === 'delivery') this.#delivered(machine, event.link, event.delivery);
    else if (event.kind === 'disposition') for (const { link, deliveryId } of event.deliveries) this.#told(machine, link, deliveryId, event.disposition);
    else if ((event.kind === 'session-ended' || event.kind === 'link-detached') && this.#fault.unmoved !== true) setImmediate(() => this.terminate());
  }

  #begun(machine: ConnectionMachine, session: SessionEndpoint): void {
    const now = systemClock.now();
    if (session.state === 'BEGIN_RCVD') {
      machine.accept(session, now);
      return;
    }
    const source = { type: 'source', address: this.#address } as const;
    const target = { type: 'target', address: this.#address } as const;
    const links = [
      { name: 'out', role: 'sender', source: { type: 'source' }, target },
      { name: 'in', role: 'receiver', source, target: { type: 'target' }, maxMessageSize: 100_000n },
      { name: 'control', role: 'sender', source: { type: 'source' }, target: { type: 'coordinator' } },
    ] as const;
    for (const link of links.slice(0, session.remoteHandleMax + 1)) machine.attach(session, link, now);
  }

  #attached(machine: ConnectionMachine, link: LinkEndpoint): void {
    const now = systemClock.now();
    if (link.state === 'ATTACH_RCVD') machine.acceptLink(link, now);
    else if (link.role === 'receiver' && link.remoteAttach?.source !== undefined) machine.grant(link, { credit: 150 }, now);
    else if (link.name === 'out' && link.remoteAttach?.target !== undefined) {
      this.#sender = link;
      this.publishing = setInterval(() => this.#publish(), publishEveryMs);
    }
  }

  #publish(): void {
    const link = this.#sender;
    const most = Number(link?.remoteAttach?.maxMessageSize ?? 0n);
    if (link === undefined || (most > 0 && most < payload.length) || link.session.queued > 0) return;
    if (this.driven?.machine.deliver(link, { tag: tagOf(this.#sent), payload }, systemClock.now()) !== undefined) this.#sent += 1;
  }

  #delivered(machine: ConnectionMachine, link: LinkEndpoint, { deliveryId, payload: pieces, settled, format }: IncomingDelivery): void {
    const now = systemClock.now();
    const error = this.#fault.credulous === true || format !== 0 ? undefined : wrongIn(pieces);
    if (error?.condition === 'amqp:not-implemented') machine.detach(link, now, { closed: true, error });
    else if (!settled || this.#fault.talkative === true) {
      const state: DeliveryState = error === undefined ? { type: 'accepted' } : { type: 'rejected', error };
      machine.settle(link, [deliveryId], { settled: true, state }, now);
    }
  }

  /** What is told without settling it is for us to settle. */
  #told(
    machine: ConnectionMachine,
    link: LinkEndpoint,
    deliveryId: number,
    { settled, state }: Extract<ConnectionEvent, { kind: 'disposition' }>['disposition'],
  ): void {
    if (settled !== true && link.role === 'sender' && state !== undefined && terminal.has(state.type))
      machine.settle(link, [deliveryId], { settled: true, state }, systemClock.now());
  }
}

/** Why a message cannot be taken; undefined: it can. */
function wrongIn(pieces: readonly Uint8Array[]): AmqpError | undefined {
  const message = decodeMessage(Buffer.concat(pieces));
  if (isViolation(message)) return { type: 'error', condition: 'amqp:decode-error', description: message.detail };
  const reserved = message.messageAnnotations?.find(([key]) => typeof key === 'string' && !key.startsWith('x-'));
  return reserved === undefined ? undefined : { type: 'error', condition: 'amqp:not-implemented', description: `an annotation ${reserved[0]}` };
}

/** A read that ends within a frame gets lost. */
function forgetting(stream: Stream): Stream {
  return altered(stream, { listen: ({ data, end }) => stream.listen({ data: bytes => (isWhole(bytes) ? data(bytes) : undefined), end }) });
}

function isWhole(bytes: Uint8Array): boolean {
  const boundaries = new Boundaries();
  boundaries.push(bytes, () => {});
  return !boundaries.unfinished;
}

/** Its end and its reset come to nothing. */
function clinging(stream: Stream): Stream {
  return altered(stream, { end: () => {}, destroy: () => {} });
}
