import { acceptAll, anonymous, joined, pieces, type Recorded, recorded } from '../endpoint/amqp10/recorded.test-kit.ts';
import type { ConnectionSettings, LinkEndpoint } from '../endpoint/amqp10/vocabulary.ts';
import { encodeMessage, type Frame, type Performative } from '../wire/amqp10/codec.ts';
import type { FrameSeam10 } from './fault10.ts';
import { type Listener, type ManualClock, type MemoryStream, serverSide } from './seam.test-kit.ts';

const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);

/** A message with a section of each kind that a broker passes on. */
export const message = encodeMessage({
  header: { durable: true, ttl: 60_000 },
  messageAnnotations: [['x-opt-a', { type: 'int', value: 1 }]],
  properties: { messageId: { type: 'string', value: 'm' }, subject: 'greeting' },
  applicationProperties: [['a', { type: 'uint', value: 1 }]],
  body: { type: 'data', value: [text('hello')] },
});
export const large = encodeMessage({ body: { type: 'data', value: [new Uint8Array(2000).fill(7)] } });

/** Client and server of 1.0 as machines, with a fault between them. */
export interface Talk {
  readonly client: Recorded;
  readonly server: Recorded;
  readonly wire: MemoryStream;
  readonly ear: Listener;
  /** Octets that each side has sent and heard so far. */
  readonly sent: { client: Uint8Array; server: Uint8Array };
  heard(side: 'client' | 'server'): Uint8Array;
  /** Carries what they say until both have fallen silent. */
  run(): void;
  /** Links of the server in the order in which they were attached. */
  readonly links: LinkEndpoint[];
}

const tolerant = { raise: false } as const;

export function talk(seam: FrameSeam10, settings: Partial<ConnectionSettings> = {}, chunk = Number.POSITIVE_INFINITY, clock?: ManualClock): Talk {
  const { wire, server: ear, stream, client: peer } = serverSide(seam, clock);
  const links: LinkEndpoint[] = [];
  const server = recorded({ role: 'server', sasl: anonymous.server, open: { containerId: 'server', maxFrameSize: 512 }, ...settings }, (event, { machine }) => {
    acceptAll(machine, event, 10);
    if (event.kind === 'link-attached') links.push(event.link);
    if (event.kind === 'delivery') machine.settle(event.link, [event.delivery.deliveryId], { settled: true, state: { type: 'accepted' } }, 0);
  });
  const client = recorded({ role: 'client', sasl: anonymous.client, automatic: tolerant, open: { containerId: 'client', maxFrameSize: 512 } });
  const sent: Talk['sent'] = { client: new Uint8Array(0), server: new Uint8Array(0) };
  let [heardByServer, heardByClient] = [0, 0];
  const step = (): boolean => {
    const [there, back] = [client.octets(), server.octets()];
    sent.client = joined(sent.client, there);
    sent.server = joined(sent.server, back);
    for (let at = 0; at < there.length; at += chunk) peer.send(there.subarray(at, at + chunk));
    for (let at = 0; at < back.length; at += chunk) stream.write(back.subarray(at, at + chunk));
    for (; heardByServer < ear.received.length; heardByServer += 1) server.machine.receive(ear.received[heardByServer] ?? text(''), 0);
    for (; heardByClient < wire.written.length; heardByClient += 1) client.machine.receive(wire.written[heardByClient] ?? text(''), 0);
    return there.length + back.length > 0;
  };
  const run = () => {
    for (let turns = 0; step(); turns += 1) if (turns > 1000) throw new Error('the conversation does not end');
  };
  const heard = (side: 'client' | 'server') => joined(...(side === 'server' ? ear.received : wire.written));
  return { client, server, wire, ear, sent, heard, run, links };
}

/** An ordinary conversation: a message each way and a large one, drain, detach, end and close. What the fault does to it may keep it from going on. */
export function story(seam: FrameSeam10, settings: Partial<ConnectionSettings> = {}, chunk?: number): Talk {
  const it = talk(seam, settings, chunk);
  const { machine } = it.client;
  machine.start(0);
  machine.open(0);
  it.run();
  const session = machine.begin(0);
  it.run();
  if (session.state === 'UNMAPPED' || session.state === 'END_RCVD') return it;
  const sender = machine.attach(session, { name: 's', role: 'sender', source: { type: 'source' }, target: { type: 'target', address: 'q' } }, 0);
  const receiver = machine.attach(session, { name: 'r', role: 'receiver', source: { type: 'source', address: 'q' }, target: { type: 'target' } }, 0);
  it.run();
  if (sender === undefined || receiver === undefined) return it;
  machine.grant(receiver, { credit: 5 }, 0);
  machine.deliver(sender, { tag: text('1'), payload: message }, 0);
  machine.deliver(sender, { tag: text('2'), payload: large }, 0);
  it.run();
  const theirs = it.links.find(({ role }) => role === 'sender');
  if (theirs !== undefined) for (const payload of [message, large]) it.server.machine.deliver(theirs, { tag: text(`t${payload.length}`), payload }, 0);
  it.run();
  const arrived = it.client.events.flatMap(event => (event.kind === 'delivery' ? [event.delivery.deliveryId] : []));
  machine.settle(receiver, arrived, { settled: true, state: { type: 'accepted' } }, 0);
  machine.grant(receiver, { credit: 3, drain: true }, 0);
  it.run();
  machine.detach(sender, 0, { closed: true });
  machine.end(session, 0);
  machine.close(0);
  it.run();
  return it;
}

/** What was heard, frame by frame. */
export function frames(octets: Uint8Array): readonly Frame[] {
  return pieces(octets).filter(piece => typeof piece !== 'string');
}

export function performatives(octets: Uint8Array): readonly Performative[] {
  return frames(octets).flatMap(each => (each.type === 'amqp' && each.performative !== undefined ? [each.performative] : []));
}

/** The performatives of that name. */
export function those<N extends Performative['type']>(octets: Uint8Array, name: N): readonly Extract<Performative, { type: N }>[] {
  return performatives(octets).filter((each): each is Extract<Performative, { type: N }> => each.type === name);
}
