import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectionMachine } from '../endpoint/amqp091/connection.ts';
import { ClientHandshake, ServerHandshake } from '../endpoint/amqp091/handshake.ts';
import type { ConnectionEvent } from '../endpoint/amqp091/vocabulary.ts';
import { type Driven, drive } from '../endpoint/drive.ts';
import { amqplainClient, amqplainServer } from '../endpoint/sasl.ts';
import type { Clock, Stream } from '../endpoint/transport.ts';
import { contentHeader } from '../wire/amqp091/content.ts';
import { method } from '../wire/amqp091/method.ts';
import type { Conditions } from './pipe.ts';
import { createSimulation } from './simulator.ts';

interface Heard {
  readonly bodies: Buffer[];
  readonly violations: string[];
  ended: string | undefined;
}

const nothingHeard = (): Heard => ({ bodies: [], violations: [], ended: undefined });

function note(heard: Heard, event: ConnectionEvent): void {
  if (event.kind === 'content') heard.bodies.push(Buffer.concat(event.body));
  else if (event.kind === 'violation') heard.violations.push(event.violation.detail);
  else if (event.kind === 'peer-silent') heard.violations.push('silent');
  else if (event.kind === 'ended') heard.ended = `${event.how} ${event.handshake}`;
}

/** A server that opens every channel and sends back every content. */
function serve(stream: Stream, clock: Clock, heard: Heard): void {
  const limits = { channelMax: 9, frameMax: 5000, heartbeatS: 10 };
  const verify = () => true;
  const event = (what: ConnectionEvent): void => {
    note(heard, what);
    handshake.handle(what, clock.now());
    if (what.kind === 'method' && what.method.name === 'channel.open') machine.send(what.channel, method('channel.open-ok'), clock.now());
    if (what.kind === 'content') machine.sendContent(what.channel, method('basic.deliver'), what.header, what.body, clock.now());
  };
  // Waits longer for the client's end than the network ever stalls: a heartbeat that comes behind the end of all waiting resets, and takes close-ok along.
  const patience = { lingerMs: 600_000 };
  const { machine } = drive(stream, clock, wire => new ConnectionMachine({ role: 'server', limits, closeOkWithinMs: 60_000 }, { ...wire, event }), patience);
  const handshake = new ServerHandshake(machine, { properties: [], mechanisms: [amqplainServer(verify)], openVirtualHost: () => 'open' });
}

/** Publishes each body on a channel of its own, waits for them all to come back, and closes. */
function talk(stream: Stream, clock: Clock, bodies: readonly Uint8Array[], heard: Heard): Promise<void> {
  return new Promise(resolve => {
    const publish = () => {
      bodies.forEach((body, index) => {
        const channel = 1 + (index % 9);
        if (index < 9) client.machine.send(channel, method('channel.open'), clock.now());
        client.machine.sendContent(channel, method('basic.publish'), contentHeader({ bodySize: body.length }), [body], clock.now());
      });
      if (bodies.length === 0) client.machine.send(0, method('connection.close'), clock.now());
    };
    const event = (what: ConnectionEvent): void => {
      note(heard, what);
      if (handshake.handle(what, clock.now()).kind === 'done') publish();
      if (what.kind === 'content' && heard.bodies.length === bodies.length) client.machine.send(0, method('connection.close'), clock.now());
      if (what.kind === 'ended') resolve();
    };
    const settings = { role: 'client', limits: { channelMax: 0, frameMax: 0, heartbeatS: 5 } } as const;
    const client: Driven<ConnectionMachine> = drive(stream, clock, wire => new ConnectionMachine(settings, { ...wire, event }));
    const mechanisms = [amqplainClient({ user: 'u', password: 'p' })];
    const handshake = new ClientHandshake(client.machine, { properties: [], mechanisms, virtualHost: '/' });
    handshake.begin(clock.now());
  });
}

async function converse(
  seed: number,
  conditions: Conditions,
  bodies: readonly Uint8Array[],
): Promise<{ readonly client: Heard; readonly server: Heard; readonly ms: number }> {
  const simulation = createSimulation({ seed, ...conditions });
  const { clock } = simulation;
  const [client, server] = [nothingHeard(), nothingHeard()];
  await simulation.run(async () => {
    const stream = await simulation.transport(accepted => serve(accepted, clock, server)).dial();
    await talk(stream, clock, bodies, client);
    await new Promise<void>(resolve => clock.at(clock.now() + 60_000, resolve));
  });
  return { client, server, ms: clock.now() };
}

const bodies = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 12_000 }), fc.nat(255)).map(([size, octet]) => new Uint8Array(size).fill(octet)),
  { maxLength: 12 },
);
const sorted = (all: readonly Uint8Array[]) => all.map(body => `${body.length} of ${body[0]}`).sort();

describe('client machine against server machine', () => {
  test('every content comes back, whatever the network does with the octets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), bodies, async (seed, splits, sent) => {
        const { client, server } = await converse(seed, { splits, delays: { minMs: 0, maxMs: 50 }, stalls: { probability: 0.05, ms: 3000 } }, sent);
        expect(sorted(client.bodies)).toEqual(sorted(sent));
        expect([client, server]).toMatchObject([
          { violations: [], ended: 'eof true' },
          { violations: [], ended: 'eof true' },
        ]);
      }),
      { numRuns: 60 },
    );
  });

  test('both sides hear of the end when the network breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), bodies, async (seed, sent) => {
        const { client, server } = await converse(seed, { splits: 0.5, cuts: 0.2 }, sent);
        expect(['reset false', 'eof true', 'reset true']).toContain(client.ended);
        expect(['reset false', 'eof true', 'reset true']).toContain(server.ended);
      }),
      { numRuns: 60 },
    );
  });

  test('a network that stalls for longer than two intervals ends the connection', async () => {
    const { client } = await converse(5, { stalls: { probability: 1, ms: 20_000 } }, [new Uint8Array(1)]);
    expect(client.violations).toEqual(['silent']);
    expect(client.ended).toBe('eof false');
  });
});
