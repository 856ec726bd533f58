import { ConnectionMachine as Connection10Machine } from '../endpoint/amqp10/connection.ts';
import type { ConnectionEvent as Connection10Event } from '../endpoint/amqp10/vocabulary.ts';
import { ConnectionMachine } from '../endpoint/amqp091/connection.ts';
import { ClientHandshake } from '../endpoint/amqp091/handshake.ts';
import type { ConnectionEvent } from '../endpoint/amqp091/vocabulary.ts';
import { drive } from '../endpoint/drive.ts';
import { anonymousClient, plainClient } from '../endpoint/sasl.ts';
import type { Clock, Stream, Transport } from '../endpoint/transport.ts';
import type { Protocol } from '../spec/catalogue.ts';
import type { Credentials } from './target.ts';

/** What a broker is asked before it is judged. */
export interface Reachable {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly credentials: Credentials;
  /** In which it is asked; left out: 0-9-1. */
  readonly protocol?: Protocol;
}

const pauseMs = 100;
const eachTryMs = 5_000;

/**
 * Resolves once the broker has let a client into its virtual host, or with false when it has not within `withinMs` milliseconds. An accepted
 * socket or a first octet proves too little: a container engine's proxy accepts before the broker listens, and a broker may listen before its
 * virtual host is there.
 */
export async function letsIn(broker: Reachable, withinMs: number): Promise<boolean> {
  const { clock } = broker;
  const end = clock.now() + withinMs;
  while (clock.now() < end) {
    if (await opens(broker, Math.min(eachTryMs, end - clock.now()))) return true;
    await new Promise<void>(resolve => clock.at(clock.now() + pauseMs, resolve));
  }
  return false;
}

async function opens(broker: Reachable, withinMs: number): Promise<boolean> {
  const admitted = await admit(broker, withinMs);
  admitted?.leave();
  return admitted !== undefined;
}

/** A connection that a broker has let into its virtual host, and that asks for nothing there. */
export interface Admitted {
  /** Whether the connection ends within some milliseconds, or nothing can be dialled any more, as where a whole machine is gone. */
  goneWithin(ms: number): Promise<boolean>;
  leave(): void;
}

/** Opens a connection without heartbeats; undefined where the broker has not let it in within `withinMs` milliseconds. */
export async function admit({ transport, clock, credentials, protocol = '0-9-1' }: Reachable, withinMs: number): Promise<Admitted | undefined> {
  const stream = await transport.dial().catch(() => undefined);
  if (stream === undefined) return undefined;
  let tellEnd = () => {};
  const ended = new Promise<true>(resolve => {
    tellEnd = () => resolve(true);
  });
  const opened = new Promise<boolean>(resolve => handshakes[protocol](stream, clock, credentials, { settled: resolve, ended: tellEnd }));
  if (!(await within(clock, opened, withinMs))) {
    stream.destroy();
    return undefined;
  }
  return {
    async goneWithin(ms) {
      for (const until = clock.now() + ms; clock.now() < until; ) {
        if ((await within(clock, ended, pauseMs)) || !(await dialled(transport))) return true;
      }
      return false;
    },
    leave: () => stream.destroy(),
  };
}

/** What is promised, or false where it does not come within some milliseconds. */
function within(clock: Clock, promised: Promise<boolean>, ms: number): Promise<boolean> {
  return new Promise(resolve => {
    const cancel = clock.at(clock.now() + ms, () => resolve(false));
    promised.then(value => {
      cancel();
      resolve(value);
    });
  });
}

function dialled(transport: Transport): Promise<boolean> {
  return transport.dial().then(
    stream => {
      stream.destroy();
      return true;
    },
    () => false,
  );
}

interface Told {
  settled(opened: boolean): void;
  ended(): void;
}

type Handshake = (stream: Stream, clock: Clock, credentials: Credentials, told: Told) => void;

const handshakes: Readonly<Record<Protocol, Handshake>> = { '0-9-1': handshake, '1.0': handshake10 };

/** As far as a session: a server that will not have us may answer our open with its own, and say so in a close behind it. */
function handshake10(stream: Stream, clock: Clock, credentials: Credentials, { settled, ended }: Told): void {
  const { mechanism = 'PLAIN' } = credentials;
  const mechanisms = [mechanism === 'PLAIN' ? plainClient(credentials) : anonymousClient('amqpspec')];
  const settings = { role: 'client' as const, open: { containerId: `amqpspec-${clock.now()}` }, sasl: { role: 'client' as const, mechanisms } };
  const driven = drive(stream, clock, wire => {
    const event = ({ kind }: Connection10Event) => {
      if (kind === 'opened') driven.machine.begin(clock.now());
      if (kind === 'session-begun') settled(true);
      if (kind === 'closed' || kind === 'ended' || kind === 'authentication-failed') settled(false);
      if (kind === 'ended') ended();
    };
    return new Connection10Machine(settings, { ...wire, event });
  });
  driven.machine.start(clock.now());
  driven.machine.open(clock.now());
}

function handshake(stream: Stream, clock: Clock, credentials: Credentials, { settled, ended }: Told): void {
  const limits = { channelMax: 0, frameMax: 0, heartbeatS: 0 };
  const { machine } = drive(stream, clock, wire => {
    const event = (each: ConnectionEvent) => {
      const { kind } = dialogue.handle(each, clock.now());
      if (kind !== 'pending') settled(kind === 'done');
      if (each.kind === 'ended') ended();
    };
    return new ConnectionMachine({ role: 'client', limits }, { ...wire, event });
  });
  const dialogue = new ClientHandshake(machine, { mechanisms: [plainClient(credentials)], properties: [], virtualHost: credentials.virtualHost });
  dialogue.begin(clock.now());
}
