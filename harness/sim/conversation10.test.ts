import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectionMachine } from '../endpoint/amqp10/connection.ts';
import type { ConnectionEvent, LinkEndpoint } from '../endpoint/amqp10/vocabulary.ts';
import { type Driven, drive } from '../endpoint/drive.ts';
import { plainClient, plainServer } from '../endpoint/sasl.ts';
import type { Clock, Stream } from '../endpoint/transport.ts';
import type { Conditions } from './pipe.ts';
import { createSimulation } from './simulator.ts';

interface Heard {
  readonly bodies: Buffer[];
  readonly violations: string[];
  ended: string | undefined;
}

const nothingHeard = (): Heard => ({ bodies: [], violations: [], ended: undefined });
const accepted = { settled: true, state: { type: 'accepted' } } as const;

function note(heard: Heard, event: ConnectionEvent): void {
  if (event.kind === 'delivery') heard.bodies.push(Buffer.concat(event.delivery.payload));
  else if (event.kind === 'violation') heard.violations.push(event.violation.detail);
  else if (event.kind === 'peer-silent') heard.violations.push('silent');
  else if (event.kind === 'ended') heard.ended = `${event.how} ${event.handshake}`;
}

/** A server that accepts all, takes every delivery, and sends it back on the first link that receives. */
function serve(stream: Stream, clock: Clock, heard: Heard, incomingWindow: number): void {
  const back: Buffer[] = [];
  const receivers: LinkEndpoint[] = [];
  const react = (event: ConnectionEvent, machine: ConnectionMachine): void => {
    const now = clock.now();
    if (event.kind === 'opened') machine.open(now);
    if (event.kind === 'session-begun') machine.accept(event.session, now, { incomingWindow });
    if (event.kind === 'link-attached') {
      machine.acceptLink(event.link, now);
      if (event.link.role === 'sender') receivers.push(event.link);
      else machine.grant(event.link, { credit: 3 }, now);
    }
    if (event.kind === 'delivery') {
      back.push(Buffer.concat(event.delivery.payload));
      machine.settle(event.link, [event.delivery.deliveryId], accepted, now);
      if (event.link.credit === 0) machine.grant(event.link, { credit: 3 }, now);
    }
    const [link] = receivers;
    while (link !== undefined && link.credit > 0 && back.length > 0)
      machine.deliver(link, { tag: Buffer.from([back.length]), payload: back.shift() as Buffer }, now);
  };
  const open = { containerId: 'server', maxFrameSize: 700, idleTimeOut: 10_000 };
  const sasl = { role: 'server', required: true, mechanisms: [plainServer(() => true)] } as const;
  const event = (what: ConnectionEvent): void => {
    note(heard, what);
    react(what, driven.machine);
  };
  const settings = { role: 'server', open, sasl, closeWithinMs: 60_000, automatic: { drain: false } } as const;
  const driven: Driven<ConnectionMachine> = drive(stream, clock, wire => new ConnectionMachine(settings, { ...wire, event }), { lingerMs: 600_000 });
}

/** Sends each body on one of two sessions, waits for all outcomes and for all to come back, and closes. */
function talk(stream: Stream, clock: Clock, bodies: readonly Uint8Array[], heard: Heard, pipelined: boolean): Promise<void> {
  return new Promise(resolve => {
    const left = [...bodies];
    let outcomes = 0;
    const senders: LinkEndpoint[] = [];
    const goOn = (machine: ConnectionMachine): void => {
      for (const sender of senders) {
        while (sender.credit > 0 && left.length > 0)
          machine.deliver(sender, { tag: Buffer.from([left.length]), payload: left.shift() as Uint8Array }, clock.now());
      }
      if (outcomes === bodies.length && heard.bodies.length === bodies.length && machine.state === 'OPENED') machine.close(clock.now());
    };
    const event = (what: ConnectionEvent): void => {
      note(heard, what);
      const { machine } = client;
      const now = clock.now();
      if (what.kind === 'opened') {
        for (const name of ['one', 'two']) senders.push(machine.attach(machine.begin(now, { incomingWindow: 2 }), { name, role: 'sender' }, now));
        machine.grant(machine.attach((senders[0] as LinkEndpoint).session, { name: 'back', role: 'receiver' }, now), { credit: bodies.length }, now);
      }
      if (what.kind === 'delivery') machine.settle(what.link, [what.delivery.deliveryId], accepted, now);
      if (what.kind === 'disposition') outcomes += what.deliveries.length;
      if (what.kind === 'ended') resolve();
      else goOn(machine);
    };
    const sasl = { role: 'client', mechanisms: [plainClient({ user: 'u', password: 'p' })], pipelined } as const;
    const settings = { role: 'client', open: { containerId: 'client', idleTimeOut: 5000 }, sasl } as const;
    const client: Driven<ConnectionMachine> = drive(stream, clock, wire => new ConnectionMachine(settings, { ...wire, event }));
    client.machine.start(clock.now());
    client.machine.open(clock.now());
  });
}

async function converse(seed: number, conditions: Conditions, bodies: readonly Uint8Array[], pipelined: boolean, window: number) {
  const simulation = createSimulation({ seed, ...conditions });
  const [client, server] = [nothingHeard(), nothingHeard()];
  await simulation.run(async () => {
    const stream = await simulation.transport(end => serve(end, simulation.clock, server, window)).dial();
    await talk(stream, simulation.clock, bodies, client, pipelined);
    // The server's end comes behind the client's.
    await new Promise<void>(resolve => simulation.clock.at(simulation.clock.now() + 60_000, resolve));
  });
  return { client, server };
}

const bodiesOf = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 12 });

const hex = (bodies: readonly Uint8Array[]): readonly string[] => bodies.map(body => Buffer.from(body).toString('hex')).sort();

describe('two machines over a simulated network', () => {
  test('open, send, settle and close, whatever the network does with the octets', async () => {
    const splits = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.integer(), splits, bodiesOf, fc.boolean(), fc.integer({ min: 1, max: 5 }), async (seed, pieces, bodies, pipelined, window) => {
        const network = { splits: pieces, delays: { minMs: 0, maxMs: 50 }, stalls: { probability: 0.05, ms: 3000 } };
        const { client, server } = await converse(seed, network, bodies, pipelined, window);
        expect(hex(server.bodies)).toEqual(hex(bodies));
        expect(hex(client.bodies)).toEqual(hex(bodies));
        expect([client, server]).toMatchObject([
          { violations: [], ended: 'eof true' },
          { violations: [], ended: 'eof true' },
        ]);
      }),
      { numRuns: 60 },
    );
  });

  test('both hear of the end when the network breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), bodiesOf, async (seed, bodies) => {
        const { client, server } = await converse(seed, { splits: 0.5, cuts: 0.2 }, bodies, false, 3);
        const ends = ['reset false', 'eof true', 'reset true'];
        expect([ends.includes(client.ended ?? ''), ends.includes(server.ended ?? '')]).toEqual([true, true]);
        expect([client.violations, server.violations]).toEqual([[], []]);
      }),
      { numRuns: 60 },
    );
  });
});
