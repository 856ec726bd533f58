import { decodeFrame, encodeFrame, type Frame, type Performative, type PerformativeName, protocolHeaders } from '../../wire/amqp10/codec.ts';
import { anonymousClient, anonymousServer } from '../sasl.ts';
import { ConnectionMachine } from './connection.ts';
import type { ConnectionEvent, ConnectionSettings, LinkEndpoint, Role, SessionEndpoint } from './vocabulary.ts';

/** A machine whose every output is kept. */
export interface Recorded {
  readonly machine: ConnectionMachine;
  readonly events: ConnectionEvent[];
  closed: 'flush' | 'abort' | undefined;
  wake: number | undefined;
  /** Octets transmitted since this was asked last. */
  octets(): Uint8Array;
  /** What they are, as short text: `header 0`, `0 open`, `sasl-init`, `0 close amqp:decode-error`. */
  said(): readonly string[];
  /** The performatives among them. */
  performatives(): readonly Performative[];
  /** What came to light since this was asked last, as short text, but for the frames themselves. */
  heard(): readonly string[];
}

const nothing = new Uint8Array(0);

export function recorded(
  settings: Partial<ConnectionSettings> & { readonly role: Role },
  onEvent: (event: ConnectionEvent, it: Recorded) => void = () => {},
): Recorded {
  const transmitted: Uint8Array[] = [];
  const octets = () => new Uint8Array(Buffer.concat(transmitted.splice(0)));
  const output = {
    transmit: (bytes: Uint8Array) => void transmitted.push(bytes.slice()),
    event: (event: ConnectionEvent) => {
      it.events.push(event);
      onEvent(event, it);
    },
    wakeAt: (ms: number | undefined) => {
      it.wake = ms;
    },
    close: (how: 'flush' | 'abort') => {
      it.closed = how;
    },
  };
  const it: Recorded = {
    machine: new ConnectionMachine({ open: { containerId: settings.role }, ...settings }, output),
    events: [],
    closed: undefined,
    wake: undefined,
    octets,
    said: () => pieces(octets()).map(piece => (typeof piece === 'string' ? piece : described(piece))),
    performatives: () =>
      pieces(octets()).flatMap(piece => (typeof piece !== 'string' && piece.type === 'amqp' && piece.performative ? [piece.performative] : [])),
    heard: () => it.events.splice(0).flatMap(heardOf),
  };
  return it;
}

/** Octets as headers and frames. */
export function pieces(octets: Uint8Array): readonly (Frame | string)[] {
  const found: (Frame | string)[] = [];
  for (let offset = 0; offset < octets.length; ) {
    if (octets[offset] === 0x41) {
      found.push(`header ${octets[offset + 4]}`);
      offset += 8;
      continue;
    }
    const frame = decodeFrame(octets, { offset });
    if (frame.kind !== 'value') throw new Error(`what was sent is no frame: ${JSON.stringify(frame)}`);
    found.push(frame.value);
    offset = frame.end;
  }
  return found;
}

function described(frame: Frame): string {
  if (frame.type === 'sasl') return frame.body.type === 'sasl-outcome' ? `sasl-outcome ${frame.body.code}` : frame.body.type;
  const { performative, channel } = frame;
  if (performative === undefined) return 'empty';
  const error = 'error' in performative && performative.error !== undefined ? ` ${performative.error.condition}` : '';
  return `${channel} ${performative.type}${error}`;
}

function heardOf(event: ConnectionEvent): readonly string[] {
  switch (event.kind) {
    case 'frame':
      return [];
    case 'violation':
      return [`violation ${event.violation.rule}`];
    case 'ended':
      return [`ended ${event.how}${event.handshake ? ' after handshake' : ''}`];
    case 'protocol-header':
      return [`header ${event.id}`];
    default:
      return [event.kind];
  }
}

/** A whole frame. */
export const frame = (performative: Performative, channel = 0, payload: Uint8Array = nothing): Uint8Array =>
  encodeFrame({ type: 'amqp', channel, performative, payload }).slice();

export const joined = (...octets: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(octets));

export const beginOf = (fields: object = {}): Performative => ({ type: 'begin', nextOutgoingId: 0, incomingWindow: 100, outgoingWindow: 100, ...fields });

/** The attach of a peer that sends to us, or receives from us. */
export const attachOf = (role: 'sender' | 'receiver', fields: object = {}): Performative => ({
  type: 'attach',
  name: `a ${role}`,
  handle: 0,
  role,
  ...(role === 'sender' && { initialDeliveryCount: 0 }),
  source: { type: 'source', address: 'here' },
  target: { type: 'target', address: 'there' },
  ...fields,
});

export const flowOf = (fields: object = {}): Performative => ({
  type: 'flow',
  nextIncomingId: 0,
  incomingWindow: 9,
  nextOutgoingId: 0,
  outgoingWindow: 9,
  ...fields,
});

/** A whole delivery on handle 0, unless other fields are given. */
export const transferOf = (fields: object = {}): Performative => ({
  type: 'transfer',
  handle: 0,
  deliveryId: 0,
  deliveryTag: Uint8Array.of(1),
  messageFormat: 0,
  ...fields,
});

export const openOctets = frame({ type: 'open', containerId: 'peer' });

/** A machine with an open connection; as a server it accepts every session and link, giving `credit` where it receives. */
export function opened(settings: Partial<ConnectionSettings> & { readonly role: Role }, credit = 0): Recorded {
  const it = recorded(settings, (event, { machine }) => acceptAll(machine, event, credit));
  if (settings.role === 'client') {
    it.machine.start(0);
    it.machine.open(0);
  }
  it.machine.receive(joined(protocolHeaders.amqp, openOctets), 0);
  it.octets();
  it.heard();
  return it;
}

/** What a willing server does upon an event. */
export function acceptAll(machine: ConnectionMachine, event: ConnectionEvent, credit: number): void {
  if (event.kind === 'opened' && machine.role === 'server') machine.open(0);
  else if (event.kind === 'session-begun' && event.session.state === 'BEGIN_RCVD') machine.accept(event.session, 0);
  else if (event.kind === 'link-attached' && event.link.state === 'ATTACH_RCVD') {
    machine.acceptLink(event.link, 0);
    if (event.link.role === 'receiver' && credit > 0) machine.grant(event.link, { credit }, 0);
  }
}

/** A machine with a session that the peer has begun on its channel 1 and a link for each role that the peer attached: handle 0 where it sends, 1 where it receives. */
export function attached(
  settings: Partial<ConnectionSettings> & { readonly role: Role },
  credit = 10,
): Recorded & { readonly session: SessionEndpoint; readonly receiver: LinkEndpoint; readonly sender: LinkEndpoint } {
  const it = opened(settings, credit);
  it.machine.receive(joined(frame(beginOf(), 1), frame(attachOf('sender'), 1), frame(attachOf('receiver', { handle: 1 }), 1)), 0);
  const links = it.events.flatMap(event => (event.kind === 'link-attached' ? [event.link] : []));
  const [receiver, sender] = links;
  if (receiver === undefined || sender === undefined) throw new Error(`not attached: ${it.heard().join()}`);
  it.octets();
  it.heard();
  return Object.assign(it, { session: receiver.session, receiver, sender });
}

export const anonymous = {
  server: { role: 'server', mechanisms: [anonymousServer('guest')], required: true },
  client: { role: 'client', mechanisms: [anonymousClient()] },
} as const;

/** Carries what two machines transmit to each other until both have fallen silent; answers how many times there was something to carry. */
export function converse(one: Recorded, other: Recorded, now = 0, cut = Number.POSITIVE_INFINITY): number {
  for (let turns = 0; ; turns += 1) {
    if (turns > 10_000) throw new Error('the conversation does not end');
    const [there, back] = [one.octets(), other.octets()];
    if (there.length + back.length === 0) return turns;
    for (let at = 0; at < there.length; at += cut) other.machine.receive(there.subarray(at, at + cut), now);
    for (let at = 0; at < back.length; at += cut) one.machine.receive(back.subarray(at, at + cut), now);
  }
}

export const names: readonly PerformativeName[] = ['open', 'begin', 'attach', 'flow', 'transfer', 'disposition', 'detach', 'end', 'close'];
